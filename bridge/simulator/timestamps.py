"""Instants as the API writes and reads them; seconds since 1970, UTC, inside the model.

Incidents, components and pages carry whole seconds; incident updates and the public JSON carry milliseconds
(recorded of the live service, `statuspage-api.md` 3.10).
"""

from datetime import UTC, date, datetime
from email.utils import formatdate

_EARLIEST = 0.0
_LATEST = 7258118400.0  # the year 2200: beyond it lies only hostile input


def is_writable(instant: float) -> bool:
    """Say whether an instant lies within 1970 to 2200, so that it can be kept and written again."""
    return _EARLIEST <= instant <= _LATEST


def in_seconds(instant: float) -> str:
    """Write an instant as `2024-06-07T22:26:34Z`."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def in_milliseconds(instant: float) -> str:
    """Write an instant as `2024-06-07T22:26:34.370Z`."""
    moment = datetime.fromtimestamp(instant, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def seconds_or_null(instant: float | None) -> str | None:
    """Write an instant in whole seconds, or nothing where there is none."""
    return None if instant is None else in_seconds(instant)


def milliseconds_or_null(instant: float | None) -> str | None:
    """Write an instant in milliseconds, or nothing where there is none."""
    return None if instant is None else in_milliseconds(instant)


def http_date(instant: float) -> str:
    """Write an instant as HTTP's headers do: `Fri, 07 Jun 2024 22:26:34 GMT`."""
    return formatdate(instant, usegmt=True)


def parse(text: str) -> float:
    """Read an RFC 3339 instant; one without an offset is UTC.

    Raises:
        ValueError: The text is no instant, or one outside 1970 to 2200.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    instant = moment.timestamp()
    if not is_writable(instant):
        raise ValueError("outside 1970 to 2200")
    return instant


def parse_day(text: str) -> str:
    """Read a day written `YYYY-MM-DD` and return it in that form.

    Raises:
        ValueError: The text is no day.
    """
    return date.fromisoformat(text).isoformat()
