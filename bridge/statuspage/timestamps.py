"""The two ways in which Statuspage writes an instant: RFC 3339 in bodies, an HTTP date or seconds in headers.

Everything becomes Unix epoch seconds, or None for what cannot be read; nothing raises, since the texts come from outside.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

_RFC_3339 = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ](?P<minute>[0-9]{2}:[0-9]{2}):(?P<second>[0-9]{2})"
    r"(?:\.(?P<fraction>[0-9]{1,18}))?(?:[Zz]|(?P<sign>[+-])(?P<hours>[0-9]{2}):(?P<minutes>[0-9]{2}))"
)
_SECONDS = re.compile(r"[0-9]{1,9}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND_DIGITS = 6


def epoch_seconds(text: str | None) -> float | None:
    """An RFC 3339 timestamp as Unix epoch seconds.

    Incidents are written without milliseconds, their updates with them, public pages with the offset of the page's time zone (statuspage-api.md, 3.10). Microseconds are kept.
    """
    found = _RFC_3339.fullmatch(text) if text is not None else None
    if found is None:
        return None
    offset = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
    fraction = (found["fraction"] or "")[:_MICROSECOND_DIGITS].ljust(_MICROSECOND_DIGITS, "0")
    leap = found["second"] == "60"  # RFC 3339 has leap seconds, datetime has not
    second = "59" if leap else found["second"]
    try:
        zone = timezone(-offset if found["sign"] == "-" else offset)
        local = datetime.fromisoformat(f"{found['day']}T{found['minute']}:{second}.{fraction}")
        instant = local.replace(tzinfo=zone)
    except ValueError:
        return None
    return (instant - _EPOCH).total_seconds() + leap


def utc_second(text: str | None) -> str:
    """An RFC 3339 timestamp in one spelling, whatever zone and fraction it was written with; empty for what cannot be read. For comparing, not for computing."""
    seconds = epoch_seconds(text)
    if seconds is None:
        return ""
    try:
        instant = _EPOCH + timedelta(seconds=seconds // 1)
    except OverflowError:  # before the year 1, or after 9999, once the zone is taken off
        return ""
    return f"{instant.replace(tzinfo=None).isoformat()}Z"


def http_date(text: str | None) -> float | None:
    """An HTTP date, such as the `Date` header's, as Unix epoch seconds."""
    if text is None:
        return None
    try:
        instant = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return (instant - _EPOCH).total_seconds()


def retry_after_seconds(text: str | None, *, now: float | None) -> float | None:
    """The `Retry-After` header as seconds to wait; None for one that is absent, negative or unreadable.

    Args:
        text: whole seconds or an HTTP date (RFC 9110, 10.2.3).
        now: Unix epoch seconds to which a date is compared; None if it is not known. The answer's own `Date` is best: it is the clock that made the other date.
    """
    stripped = (text or "").strip()
    if _SECONDS.fullmatch(stripped):
        return float(stripped)
    until = http_date(stripped)
    if until is None or now is None or until < now:
        return None
    return until - now


def rfc_3339(seconds: float) -> str:
    """Unix epoch seconds as an RFC 3339 timestamp in UTC, with milliseconds where there are any.

    Raises:
        OverflowError: it is before the year 1 or after 9999.
    """
    instant = (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None)
    return f"{instant.isoformat(timespec='milliseconds' if seconds % 1 else 'seconds')}Z"
