"""Instants as a page's public side writes them: in the page's time zone.

Knows a zone and nothing else of a page. The public JSON has milliseconds and the zone's offset, `Z` on a UTC page
(recorded of live pages, `statuspage-api.md` 3.10); people read `Jan 15, 08:00 UTC`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bridge.simulator.time_zones import identifier_of

_UTC = "Etc/UTC"
_MINUTE = 60
_HOUR = 3600
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class PageTimes:
    """Writes instants (seconds since 1970) for one zone."""

    zone: ZoneInfo

    @classmethod
    def of(cls, time_zone: str) -> "PageTimes":
        """Write instants for a page with that time zone; one that is unknown here is UTC, for a page is always shown."""
        return cls(_zone(time_zone))

    @property
    def name(self) -> str:
        """Return the zone's name in the tz database."""
        return str(self.zone.key)

    @property
    def in_words(self) -> str:
        """Return the zone's name for people: `UTC`, `America/New York`."""
        return self.name.removeprefix("Etc/").replace("_", " ")

    def in_milliseconds(self, instant: float) -> str:
        """Write `2026-09-15T15:10:33.000-07:00`."""
        text = datetime.fromtimestamp(instant, self.zone).isoformat(timespec="milliseconds")
        return f"{text[:-6]}Z" if text.endswith("+00:00") and self.is_utc else text

    @property
    def is_utc(self) -> bool:
        """Say whether the zone is UTC all year, and not only now as London's is in winter."""
        return self.zone.key in {_UTC, "UTC"}

    def milliseconds_or_null(self, instant: float | None) -> str | None:
        """Write an instant as above, or nothing where there is none."""
        return None if instant is None else self.in_milliseconds(instant)

    def local(self, instant: float) -> datetime:
        """Return the instant on the page's clock."""
        return datetime.fromtimestamp(instant, self.zone)

    def day(self, instant: float) -> date:
        """Return the page's day of an instant."""
        return datetime.fromtimestamp(instant, self.zone).date()

    def moment(self, instant: float) -> str:
        """Write `Jan 15, 08:00 UTC`."""
        local = self.local(instant)
        return f"{local:%b} {local.day}, {local:%H:%M} {_zone_name(local)}"

    def span(self, start: float, end: float) -> str:
        """Write `Jan 15, 08:00 to 09:30 UTC`, with the second day where it is another one."""
        first, last = self.local(start), self.local(end)
        if (first.date(), first.utcoffset()) != (last.date(), last.utcoffset()):
            return f"{self.moment(start)} to {self.moment(end)}"
        return f"{first:%b} {first.day}, {first:%H:%M} to {last:%H:%M} {_zone_name(last)}"

    def midnights(self, now: float, days: int) -> tuple[float, ...]:
        """Return when each of the last days began, the day of `now` as the last, and when that one ends."""
        return _midnights(self.zone, self.day(now), days)


@lru_cache(maxsize=64)
def _zone(time_zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(identifier_of(time_zone) or _UTC)
    except (KeyError, ValueError, OSError):
        return ZoneInfo(_UTC)


@lru_cache(maxsize=64)
def _midnights(zone: ZoneInfo, today: date, days: int) -> tuple[float, ...]:
    starts = (today + timedelta(days=offset) for offset in range(1 - days, 2))
    return tuple(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() for day in starts)


def machine_readable(instant: float) -> str:
    """Write an instant for a `datetime` attribute, in UTC."""
    return f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%dT%H:%M:%SZ}"


def day_in_words(day: date) -> str:
    """Write `Jan 15, 2027`."""
    return f"{day:%b} {day.day}, {day.year}"


def duration_in_words(seconds: float) -> str:
    """Write how long something took: `2 d 3 h`, `1 h 36 min`, `12 min`."""
    minutes = round(seconds / _MINUTE)
    if minutes < 1:
        return "less than a minute"
    days, rest = divmod(minutes, _DAY // _MINUTE)
    hours, minutes = divmod(rest, _HOUR // _MINUTE)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    shown = parts[:2] if days else parts
    return " ".join(f"{count} {unit}" for count, unit in shown if count)


def _zone_name(local: datetime) -> str:
    # Zones without a name of their own are called by their offset: "-03".
    name = local.tzname() or ""
    return f"UTC{name}" if name[:1] in {"+", "-"} else name
