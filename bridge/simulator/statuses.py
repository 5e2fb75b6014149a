"""The vendor's closed words for statuses and impacts, and the arithmetic over them.

Must not know records: everything here is a function of words.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum


class ComponentStatus(StrEnum):
    """What a component shows, best first; the order is that of severity."""

    OPERATIONAL = "operational"
    UNDER_MAINTENANCE = "under_maintenance"
    DEGRADED_PERFORMANCE = "degraded_performance"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"


class IncidentStatus(StrEnum):
    """The two life cycles: the first four are realtime, the others are scheduled maintenance."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"


class Impact(StrEnum):
    """How bad an incident is, best first."""

    NONE = "none"
    MAINTENANCE = "maintenance"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


SCHEDULED_STATUSES = frozenset(
    {
        IncidentStatus.SCHEDULED,
        IncidentStatus.IN_PROGRESS,
        IncidentStatus.VERIFYING,
        IncidentStatus.COMPLETED,
    }
)
UNRESOLVED_STATUSES = frozenset(
    {
        IncidentStatus.INVESTIGATING,
        IncidentStatus.IDENTIFIED,
        IncidentStatus.MONITORING,
    }
)
CLOSED_STATUSES = frozenset({IncidentStatus.RESOLVED, IncidentStatus.COMPLETED})

# What the vendor's own form writes when a status is set without a text.
DEFAULT_SENTENCES: dict[IncidentStatus, str] = {
    IncidentStatus.INVESTIGATING: "We are currently investigating this issue.",
    IncidentStatus.IDENTIFIED: "The issue has been identified and a fix is being implemented.",
    IncidentStatus.MONITORING: "A fix has been implemented and we are monitoring the results.",
    IncidentStatus.RESOLVED: "This incident has been resolved.",
    IncidentStatus.SCHEDULED: "We will be undergoing scheduled maintenance during this time.",
    IncidentStatus.IN_PROGRESS: (
        "Scheduled maintenance is currently in progress. We will provide updates as necessary."
    ),
    IncidentStatus.VERIFYING: "Verification is currently underway for the maintenance items.",
    IncidentStatus.COMPLETED: "The scheduled maintenance has been completed.",
}

_COMPONENT_SEVERITY = {status: place for place, status in enumerate(ComponentStatus)}
_IMPACT_SEVERITY = {impact: place for place, impact in enumerate(Impact)}
_IMPACT_OF_COMPONENT = {
    ComponentStatus.OPERATIONAL: Impact.NONE,
    ComponentStatus.UNDER_MAINTENANCE: Impact.NONE,
    ComponentStatus.DEGRADED_PERFORMANCE: Impact.MINOR,
    ComponentStatus.PARTIAL_OUTAGE: Impact.MAJOR,
    ComponentStatus.MAJOR_OUTAGE: Impact.CRITICAL,
}


def worst_component_status(statuses: Iterable[ComponentStatus]) -> ComponentStatus:
    """Return the most severe status; nothing at all is operational."""
    return max(statuses, key=_COMPONENT_SEVERITY.__getitem__, default=ComponentStatus.OPERATIONAL)


def worst_impact(impacts: Iterable[Impact]) -> Impact:
    """Return the most severe impact; nothing at all is none."""
    return max(impacts, key=_IMPACT_SEVERITY.__getitem__, default=Impact.NONE)


def impact_of(statuses: Iterable[ComponentStatus], *, scheduled: bool) -> Impact:
    """Return the impact that an incident's components give it now."""
    if scheduled:
        return Impact.MAINTENANCE
    return worst_impact(_IMPACT_OF_COMPONENT[status] for status in statuses)


@dataclass(frozen=True, slots=True)
class PageStatus:
    """The banner of a page: the indicator (an impact's word) and the vendor's sentence."""

    indicator: Impact
    description: str


_ALL_OPERATIONAL = PageStatus(Impact.NONE, "All Systems Operational")
_MAJOR = PageStatus(Impact.CRITICAL, "Major System Outage")
_PARTIAL = PageStatus(Impact.MAJOR, "Partial System Outage")
_SOME_PARTIAL = PageStatus(Impact.MINOR, "Minor Service Outage")
_DEGRADED = PageStatus(Impact.MINOR, "Degraded System Service")
_SOME_DEGRADED = PageStatus(Impact.MINOR, "Partially Degraded Service")
_MAINTENANCE = PageStatus(Impact.MAINTENANCE, "Service Under Maintenance")

_SINGLE = {
    ComponentStatus.OPERATIONAL: _ALL_OPERATIONAL,
    ComponentStatus.UNDER_MAINTENANCE: _MAINTENANCE,
    ComponentStatus.DEGRADED_PERFORMANCE: _SOME_DEGRADED,
    ComponentStatus.PARTIAL_OUTAGE: _PARTIAL,
    ComponentStatus.MAJOR_OUTAGE: _MAJOR,
}


def roll_up(statuses: Collection[ComponentStatus]) -> PageStatus:
    """Return the page's status from its leaf components (`statuspage-api.md` 3.6, first rule that matches)."""
    if len(statuses) == 1:
        return _SINGLE[next(iter(statuses))]
    present = frozenset(statuses)
    if present <= {ComponentStatus.OPERATIONAL}:
        return _ALL_OPERATIONAL
    rules = (
        (present == {ComponentStatus.MAJOR_OUTAGE}, _MAJOR),
        (present == {ComponentStatus.PARTIAL_OUTAGE} or ComponentStatus.MAJOR_OUTAGE in present, _PARTIAL),
        (ComponentStatus.PARTIAL_OUTAGE in present, _SOME_PARTIAL),
        (present == {ComponentStatus.DEGRADED_PERFORMANCE}, _DEGRADED),
        (ComponentStatus.DEGRADED_PERFORMANCE in present, _SOME_DEGRADED),
    )
    return next((status for matches, status in rules if matches), _MAINTENANCE)
