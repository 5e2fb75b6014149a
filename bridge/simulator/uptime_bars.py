"""A component's last ninety days: the worst status of each day, and how much of the time it was up.

Days are those of the page's time zone. As on the real page, a major outage counts as down in full and a partial one at
30 %; a day before the component existed is neither good nor bad.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from bridge.simulator.page_times import PageTimes
from bridge.simulator.records.components import Component, StatusChange
from bridge.simulator.statuses import ComponentStatus, worst_component_status

DAYS = 90
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

    `percent` is the uptime as it is shown, with two decimals; None for a component that has not existed yet.
    """

    known_from: int
    troubles: tuple[TroubledDay, ...]
    percent: str | None


def ninety_days(component: Component, now: float, times: PageTimes) -> UptimeBars:
    """Summarise the ninety days that end with the day of `now`."""
    midnights = times.midnights(now, DAYS)
    began = max(_began(component, times), midnights[0])
    statuses: dict[int, set[ComponentStatus]] = {}
    seconds: dict[int, float] = {}
    down = 0.0
    for status, start, end in _bad_spans(component.changes, began, now):
        down += _DOWN.get(status, 0.0) * (end - start)
        for place in range(bisect_right(midnights, start) - 1, DAYS):
            if midnights[place] > end:
                break
            shared = min(end, midnights[place + 1]) - max(start, midnights[place])
            # A span that ends at midnight has no part in the next day, but one of this instant has one in today.
            if shared > 0 or start == end:
                statuses.setdefault(place, set()).add(status)
                seconds[place] = seconds.get(place, 0.0) + shared
    existed = now - began
    oldest = times.day(now) - timedelta(days=DAYS - 1)
    return UptimeBars(
        known_from=DAYS if began > now else bisect_right(midnights, began) - 1,
        troubles=tuple(
            TroubledDay(
                place,
                oldest + timedelta(days=place),
                worst_component_status(statuses[place]),
                round(seconds[place]),
            )
            for place in sorted(statuses)
        ),
        percent=_two_decimals(100.0 * (1 - down / existed)) if existed > 0 else None,
    )


def _two_decimals(percent: float) -> str:
    """Round down: what was down for a minute was not up all the time."""
    return f"{int(max(0.0, min(100.0, percent)) * 100 + 1e-6) / 100:.2f}"


def _began(component: Component, times: PageTimes) -> float:
    """Return when the component's record begins; a later start date cuts off what was before it."""
    if component.start_date is None:
        return component.created_at
    day = date.fromisoformat(component.start_date)
    start = datetime(day.year, day.month, day.day, tzinfo=times.zone)
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
