"""A component's last ninety days: the worst status of each day, and how much of the time it was up.

Days are those of UTC. As on the real page, a major outage counts as down in full and a partial one at 30 %; a day
before the component existed is neither good nor bad.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from bridge.simulator.records.components import Component, StatusChange
from bridge.simulator.statuses import ComponentStatus, worst_component_status

DAYS = 90
DAY = 86_400.0
_EPOCH = date(1970, 1, 1)
_DOWN = {ComponentStatus.PARTIAL_OUTAGE: 0.3, ComponentStatus.MAJOR_OUTAGE: 1.0}


@dataclass(frozen=True, slots=True)
class TroubledDay:
    """A day on which something was wrong; `place` counts from 0 for the oldest day, `seconds` is for how long."""

    place: int
    day: date
    status: ComponentStatus
    seconds: float


@dataclass(frozen=True, slots=True)
class UptimeBars:
    """Ninety days: nothing is known before place `known_from`, and what is not in `troubles` was good.

    `percent` is the uptime, None for a component that has not existed yet.
    """

    known_from: int
    troubles: tuple[TroubledDay, ...]
    percent: float | None

    @property
    def good_path(self) -> str:
        """Return all good days as one SVG path: thousands of elements are what makes such pages slow."""
        return _path(self.known_from, DAYS, tuple(troubled.place for troubled in self.troubles))

    @property
    def unknown_path(self) -> str:
        """Return all days before it existed as one SVG path."""
        return _path(0, self.known_from, ())


def ninety_days(component: Component, now: float) -> UptimeBars:
    """Summarise the ninety days that end with the day of `now`."""
    first = int(now // DAY) - DAYS + 1
    began = max(_began(component), first * DAY)
    statuses: dict[int, set[ComponentStatus]] = {}
    seconds: dict[int, float] = {}
    down = 0.0
    for status, start, end in _bad_spans(component.changes, began, now):
        down += _DOWN.get(status, 0.0) * (end - start)
        for day in range(int(start // DAY), int(end // DAY) + 1):
            shared = min(end, (day + 1) * DAY) - max(start, day * DAY)
            # A span that ends at midnight has no part in the next day, but one of this instant has one in today.
            if shared > 0 or start == end:
                statuses.setdefault(day, set()).add(status)
                seconds[day] = seconds.get(day, 0.0) + shared
    existed = now - began
    return UptimeBars(
        known_from=DAYS if began > now else int(began // DAY) - first,
        troubles=tuple(
            TroubledDay(
                day - first, _EPOCH + timedelta(days=day), worst_component_status(statuses[day]), seconds[day]
            )
            for day in sorted(statuses)
        ),
        percent=max(0.0, 100.0 * (1 - down / existed)) if existed > 0 else None,
    )


def _began(component: Component) -> float:
    """Return when the component's record begins; a later start date cuts off what was before it."""
    if component.start_date is None:
        return component.created_at
    start = datetime.combine(date.fromisoformat(component.start_date), datetime.min.time(), UTC)
    return max(component.created_at, start.timestamp())


def _bad_spans(
    changes: list[StatusChange], began: float, now: float
) -> Iterator[tuple[ComponentStatus, float, float]]:
    """Walk the times at which something was wrong, within what is known; only the present may have no length."""
    last = changes[-1]
    for change, following in (*pairwise(changes), (last, None)):
        start, end = max(change.at, began), now if following is None else min(following.at, now)
        if change.status is not ComponentStatus.OPERATIONAL and (start < end or start == now == change.at):
            yield change.status, start, end


@lru_cache(maxsize=256)
def _path(begin: int, end: int, without: tuple[int, ...]) -> str:
    return "".join(f"M{place * 5} 0h3.6v30h-3.6z" for place in range(begin, end) if place not in without)
