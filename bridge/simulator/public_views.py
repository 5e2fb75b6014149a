"""What the public pages say, as values: records and the present go in, frozen views come out.

Must not know HTML. A view holds all that is shown of its subject and nothing else, so that two equal views look alike:
what was rendered of one may be shown again for the other, and never for anything that has changed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from bridge.simulator.page_times import PageTimes
from bridge.simulator.public_incidents import (
    ACTIVE_MAINTENANCE_STATUSES,
    PublishedPostmortem,
    began_at,
    published_postmortem,
    seconds_lasted,
    shown_at,
)
from bridge.simulator.records.components import Component
from bridge.simulator.records.incidents import AffectedComponent, Incident
from bridge.simulator.records.pages import Page
from bridge.simulator.statuses import SCHEDULED_STATUSES, ComponentStatus, Impact, IncidentStatus
from bridge.simulator.uptime_bars import UptimeBars, ninety_days

PAST_DAYS = 15
OPEN_GROUPS = 30
"""A page with more components than this begins with those groups closed in which all is well."""


@dataclass(frozen=True, slots=True)
class UpdateView:
    """One update of an incident."""

    status: IncidentStatus
    body: str
    at: float
    affected: tuple[AffectedComponent, ...]


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident or maintenance; `updates` is newest first, `lasted` in seconds once it is over."""

    id: str
    name: str
    status: IncidentStatus
    impact: Impact
    began_at: float
    scheduled_until: float | None
    resolved_at: float | None
    lasted: float | None
    components: tuple[str, ...]
    updates: tuple[UpdateView, ...]
    postmortem: PublishedPostmortem | None
    times: PageTimes

    @property
    def closed(self) -> bool:
        """Say whether it is over."""
        return self.resolved_at is not None

    @property
    def maintenance(self) -> bool:
        """Say whether it is a maintenance."""
        return self.status in SCHEDULED_STATUSES

    @property
    def under_way(self) -> bool:
        """Say whether it is a maintenance that has begun and is not over."""
        return self.status in ACTIVE_MAINTENANCE_STATUSES


@dataclass(frozen=True, slots=True)
class RowView:
    """A component with its last ninety days."""

    id: str
    name: str
    description: str | None
    status: ComponentStatus
    bars: UptimeBars


@dataclass(frozen=True, slots=True)
class SectionView:
    """A group with its components, or, without a name, components that stand alone."""

    id: str
    name: str
    description: str | None
    status: ComponentStatus
    rows: tuple[RowView, ...]
    opened: bool


@dataclass(frozen=True, slots=True)
class DayView:
    """What came to an end of what began on one day, and how much of it is still open."""

    day: date
    incidents: tuple[IncidentView, ...]
    still_open: int = 0


def incident_view(page: Page, incident: Incident, times: PageTimes) -> IncidentView:
    """Build the view of an incident."""
    return IncidentView(
        id=incident.id,
        name=incident.name,
        status=incident.status,
        impact=incident.impact,
        began_at=began_at(incident),
        scheduled_until=incident.scheduled_until,
        resolved_at=incident.resolved_at,
        lasted=seconds_lasted(incident),
        components=tuple(page.full_name(component, " - ") for component in page.components_of(incident)),
        updates=tuple(
            UpdateView(update.status, update.body, shown_at(update), update.affected_components or ())
            for update in reversed(incident.updates)
        ),
        postmortem=published_postmortem(incident),
        times=times,
    )


def section_views(page: Page, now: float, times: PageTimes) -> list[SectionView]:
    """Arrange groups and lone components as shown, leaving out those that show only when degraded."""
    sections: list[SectionView] = []
    small = len(page.components) <= OPEN_GROUPS
    for group, components in page.in_order():
        rows = tuple(
            _row(component, now, times)
            for component in components
            if not component.only_show_if_degraded or component.status is not ComponentStatus.OPERATIONAL
        )
        if not rows:
            continue
        if group is not None:
            status = page.group_status(group)
            opened = small or status is not ComponentStatus.OPERATIONAL
            sections.append(SectionView(group.id, group.name, group.description, status, rows, opened))
        elif sections and not sections[-1].name:
            rows = sections[-1].rows + rows
            sections[-1] = SectionView(rows[0].id, "", None, ComponentStatus.OPERATIONAL, rows, opened=True)
        else:
            sections.append(SectionView(rows[0].id, "", None, ComponentStatus.OPERATIONAL, rows, opened=True))
    return sections


def _row(component: Component, now: float, times: PageTimes) -> RowView:
    bars = ninety_days(component, now, times)
    return RowView(component.id, component.name, component.description, component.status, bars)


def past_days(page: Page, incidents: Iterable[Incident], now: float, times: PageTimes) -> list[DayView]:
    """Sort what is over into the last days, each of which appears even when nothing happened."""
    today = times.day(now)
    shown = [today - timedelta(days=back) for back in range(PAST_DAYS)]
    over: dict[date, list[IncidentView]] = {day: [] for day in shown}
    still_open: Counter[date] = Counter()
    for incident in incidents:
        day = times.day(began_at(incident))
        if incident.closed:
            if day in over:
                over[day].append(incident_view(page, incident, times))
        elif not incident.scheduled:
            still_open[day] += 1
    return [DayView(day, tuple(over[day]), still_open[day]) for day in shown]


def by_day(page: Page, incidents: Sequence[Incident], times: PageTimes) -> list[DayView]:
    """Group incidents by the day on which they began, the latest day first."""
    ordered = sorted(incidents, key=began_at, reverse=True)
    grouped = groupby(ordered, key=lambda incident: times.day(began_at(incident)))
    return [
        DayView(day, tuple(incident_view(page, incident, times) for incident in members))
        for day, members in grouped
    ]
