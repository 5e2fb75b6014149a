"""Windows of time as rule files write them: `window` for one that is written down, `schedule` for one that recurs.

Local times are read by the zone that stands beside them; one that daylight saving leaves out, or has twice, is refused, because it can only be guessed what was meant. Must not know what a
window is for, nor what time it is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from bridge.config.durations import format_duration
from bridge.config.fields import Fields, Span, read_duration, read_fields, read_text
from bridge.config.problems import shown
from bridge.core.windows import Recurring
from bridge.core.windows import Span as Lasting

if TYPE_CHECKING:
    from bridge.config.document import Node
    from bridge.config.problems import Placed, Problems
    from bridge.core.windows import Window

WINDOW_KEYS = ("window", "schedule")
LENGTH = Span(60.0, 31 * 86_400.0)
"""Seconds; what is shorter is over before anybody has read of it, what is longer is no window."""

_WINDOW_KNOWN = {
    "start": None,
    "end": None,
    "duration": None,
    "time_zone": None,
    "timezone": "it is called time_zone",
    "cron": "a window that recurs stands under schedule",
}
_SCHEDULE_KNOWN = {
    "cron": None,
    "duration": None,
    "time_zone": None,
    "timezone": "it is called time_zone",
    "start": "a window that comes once stands under window",
    "end": "write duration: how long each of them lasts",
}
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?", re.ASCII)
_MOMENT_HINT = "write a date and a time, such as 2026-08-01T22:00"
_ZONE_HINT = "write time_zone: Europe/Berlin, or time_zone: UTC"
_CRON_HINT = "write minute, hour, day of month, month and day of week, such as 0 2 * * SUN"
_LOOKED_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""From here on it is looked whether the times of a schedule come closer together than each lasts."""
_LOOKED_AT_TIMES = 60


def read_window(fields: Fields, problems: Problems, *, what: str) -> Window | None:
    """What stands under `window` or `schedule`, of which one is needed; None when faulty."""
    window, schedule = (fields.get(key) for key in WINDOW_KEYS)
    if window is not None and schedule is not None:
        message = '"schedule" stands beside "window"'
        problems.add(fields.key_place("schedule"), message, "write two entries, one for each")
    elif window is not None:
        return _read_once(window, problems)
    elif schedule is not None:
        return _read_schedule(schedule, problems)
    else:
        hint = "write window: {start: 2026-08-01T22:00, duration: 2h, time_zone: UTC}, or schedule: with cron"
        problems.add(fields.place, f'{what} has neither "window" nor "schedule"', hint)
    return None


def _read_once(node: Node, problems: Problems) -> Lasting | None:
    example = "write window: {start: 2026-08-01T22:00, duration: 2h, time_zone: UTC}"
    fields = read_fields(node, problems, what="a window", known=_WINDOW_KNOWN, example=example)
    if fields is None:
        return None
    begin, end = fields.need_text("start", "write when it begins"), fields.text("end")
    if "end" in fields and "duration" in fields:
        problems.add(fields.key_place("duration"), '"duration" stands beside "end"', "write one of them")
    elif "end" not in fields and "duration" not in fields:
        hint = "write duration: 2h, or when it ends"
        problems.add(fields.place, 'a window has neither "end" nor "duration"', hint)
    elif begin is not None:
        return _lasting(fields, problems, begin, end)
    return None


def _lasting(
    fields: Fields, problems: Problems, begin: Placed[str], end: Placed[str] | None
) -> Lasting | None:
    zone = _zone(fields, problems)
    if zone is None and "time_zone" in fields:
        return None
    if zone is not None and all(_has_offset(text.value) for text in (begin, end) if text is not None):
        hint = "leave it out, or write the times without Z and +01:00"
        problems.add(fields.key_place("time_zone"), '"time_zone" beside times that have one', hint)
        return None
    begins_at = read_moment(begin, zone, problems, what='"start"')
    if "end" in fields:
        ends_at = None if end is None else read_moment(end, zone, problems, what='"end"')
    else:
        length = _duration(fields, problems)
        ends_at = None if length is None or begins_at is None else begins_at + length
    if begins_at is None or ends_at is None:
        return None
    lasts = ends_at - begins_at
    if not LENGTH.least <= lasts <= LENGTH.most:
        said = f"lasts {format_duration(lasts)}" if lasts > 0 else "ends before it begins"
        hint = f"from {format_duration(LENGTH.least)} to {format_duration(LENGTH.most)}"
        problems.add(end.place if end is not None else begin.place, f"the window {said}", hint)
        return None
    return Lasting(begins_at, ends_at)


def _read_schedule(node: Node, problems: Problems) -> Recurring | None:
    example = 'write schedule: {cron: "0 2 * * SUN", duration: 2h, time_zone: Europe/Berlin}'
    fields = read_fields(node, problems, what="a schedule", known=_SCHEDULE_KNOWN, example=example)
    if fields is None:
        return None
    cron = fields.need_text("cron", _CRON_HINT)
    if fields.need("duration", "write how long each of them lasts, such as duration: 2h") is None:
        return None
    length = _duration(fields, problems)
    if fields.need("time_zone", _ZONE_HINT) is None:
        return None
    zone = _zone(fields, problems)
    if cron is None or zone is None or length is None:
        return None
    return _recurring(cron, length, zone, problems)


def _recurring(cron: Placed[str], length: float, zone: ZoneInfo, problems: Problems) -> Recurring | None:
    """The schedule, if its expression can be read, ever comes, and no time of it begins while the one before lasts."""
    told = f'"cron": {shown(cron.value)}'
    if len(cron.value.split()) != 5:  # noqa: PLR2004 - a sixth, for seconds, would be read too
        problems.add(cron.place, f"{told} has not five fields", _CRON_HINT)
        return None
    try:
        # In a zone without daylight saving: that two times come closer together once a year is nobody's mistake.
        times = list(islice(CronSim(cron.value, _LOOKED_AT), _LOOKED_AT_TIMES))
    except CronSimError as error:
        problems.add(cron.place, f"{told}: {str(error).lower()}", _CRON_HINT)
        return None
    if not times:
        problems.add(cron.place, f"{told} never comes", "no such day is in the calendar")
        return None
    closest = min(((later - earlier).total_seconds() for earlier, later in pairwise(times)), default=length)
    if closest < length:
        message = f'"duration" ({format_duration(length)}) is longer than from one time to the next ({format_duration(closest)})'
        problems.add(cron.place, message, "let them come less often, or last less long")
        return None
    return Recurring(" ".join(cron.value.split()), length, zone)


def _duration(fields: Fields, problems: Problems) -> float | None:
    """The window's length; None when faulty, which has been reported."""
    node = fields.get("duration")
    return None if node is None else read_duration(node, problems, what='"duration"', span=LENGTH)


def read_moment(text: Placed[str], zone: ZoneInfo | None, problems: Problems, *, what: str) -> float | None:
    """Unix seconds of a time with its offset, or by the clock of a zone; None when faulty."""
    found = _MOMENT.fullmatch(text.value)
    try:
        at = datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3] or ''}") if found else None
    except ValueError:
        at = None
    if at is None:
        problems.add(text.place, f"{what}: {shown(text.value)} is no time", _MOMENT_HINT)
        return None
    if at.tzinfo is not None:
        return at.timestamp()
    if zone is None:
        hint = f"{_ZONE_HINT}, or the time with its offset: {text.value}Z"
        problems.add(text.place, f"{what} has no time zone", hint)
        return None
    first, second = (at.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        twice = second.timestamp() > first.timestamp()
        said = "comes twice in" if twice else "does not exist in"
        offset = first.strftime("%z")
        hint = (
            f"the clock is put back then; write it with its offset: {text.value}{offset[:3]}:{offset[3:]}"
            if twice
            else "the clock is put forward then; write a later time"
        )
        problems.add(text.place, f"{what}: {shown(text.value)} {said} {zone.key}", hint)
        return None
    return first.timestamp()


def _has_offset(text: str) -> bool:
    found = _MOMENT.fullmatch(text)
    return found is not None and found[3] is not None


def _zone(fields: Fields, problems: Problems) -> ZoneInfo | None:
    """The zone; None when it is not there or unknown, which has been reported."""
    node = fields.get("time_zone")
    text = None if node is None else read_text(node, problems, what='"time_zone"')
    if text is None:
        return None
    if text.value in _zones():
        return ZoneInfo(text.value)
    message = f"there is no time zone {shown(text.value)}"
    hint = "write one of the IANA database, such as Europe/Berlin or UTC"
    problems.add_unknown(text.place, message, word=text.value, known=_zones(), hint=hint)
    return None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
