"""Statuspage's own words for the state of components, incidents and impact.

The order of `ComponentStatus` is the order of severity by which claims are compared. Knows no rule and no API call.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class ComponentStatus(StrEnum):
    """A component's status as the API spells it (quick reference, "Component Status Values")."""

    OPERATIONAL = "operational"
    UNDER_MAINTENANCE = "under_maintenance"
    DEGRADED_PERFORMANCE = "degraded_performance"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"

    @property
    def severity(self) -> int:
        """Rank among the statuses; a larger number is worse."""
        return _SEVERITY[self]


_SEVERITY = {status: rank for rank, status in enumerate(ComponentStatus)}

CLAIMABLE = (
    ComponentStatus.DEGRADED_PERFORMANCE,
    ComponentStatus.PARTIAL_OUTAGE,
    ComponentStatus.MAJOR_OUTAGE,
)
"""What a rule may claim. `operational` is what the absence of claims means, maintenance has its own rules."""


def worst(statuses: Iterable[ComponentStatus]) -> ComponentStatus:
    """The most severe of the given statuses; `operational` for none."""
    result = ComponentStatus.OPERATIONAL
    for status in statuses:
        if _SEVERITY[status] > _SEVERITY[result]:
            result = status
    return result


class IncidentStatus(StrEnum):
    """The status of a realtime incident (quick reference, "Incident Status Values")."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"

    @property
    def live(self) -> bool:
        """Whether the incident goes on."""
        return self is not IncidentStatus.RESOLVED


class MaintenanceStatus(StrEnum):
    """The status of a scheduled maintenance, as far as we set it (statuspage-api.md, 3.7)."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


class Impact(StrEnum):
    """How bad an incident is to readers: as its components say, or one word for all of it (statuspage-api.md, 3.5)."""

    AUTO = "auto"
    """Nothing is said: the page works it out from the components."""
    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Automation(StrEnum):
    """How much a rule may do by itself; the least of all levels that apply is in force."""

    SHADOW = "shadow"
    STATUSES = "statuses"
    DRAFT = "draft"
    FULL = "full"

    @property
    def level(self) -> int:
        """Rank among the levels; a larger number may do more."""
        return _LEVEL[self]


_LEVEL = {automation: rank for rank, automation in enumerate(Automation)}


def least(*levels: Automation) -> Automation:
    """The level in force where several apply."""
    return min(levels, key=_LEVEL.__getitem__)
