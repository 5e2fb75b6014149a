"""Which incidents the public sees where, and what it sees of them that no record says by itself.

Must not know JSON or HTML: both, and the feeds, show the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bridge.simulator.records.incidents import Incident, IncidentUpdate
from bridge.simulator.records.pages import Page
from bridge.simulator.resources.incidents import newest_first
from bridge.simulator.statuses import UNRESOLVED_STATUSES, Impact, IncidentStatus, PageStatus, roll_up

POSTMORTEM = "postmortem"
"""The status of an incident whose postmortem is published; only the public side has it."""

ACTIVE_MAINTENANCE_STATUSES = frozenset({IncidentStatus.IN_PROGRESS, IncidentStatus.VERIFYING})


@dataclass(frozen=True, slots=True)
class PublishedPostmortem:
    """A postmortem that everybody may read; `body` is Markdown."""

    published_at: float
    body: str


def published_postmortem(incident: Incident) -> PublishedPostmortem | None:
    """Return an incident's postmortem, once it is published."""
    postmortem = incident.postmortem
    if postmortem is None or postmortem.published_at is None:
        return None
    return PublishedPostmortem(postmortem.published_at, postmortem.body or "")


def shown_status(incident: Incident) -> str:
    """Return the status that the public sees."""
    return incident.status if published_postmortem(incident) is None else POSTMORTEM


def shown_at(update: IncidentUpdate) -> float:
    """Return the instant that an update carries on the page, which may be entered afterwards."""
    return update.display_at


def began_at(incident: Incident) -> float:
    """Return when it began: a maintenance by its plan, anything else when it was made, whatever times it carries."""
    planned = incident.scheduled_for if incident.scheduled else None
    return incident.created_at if planned is None else planned


def seconds_lasted(incident: Incident) -> float | None:
    """Return how long something closed took, None where nothing says so."""
    if incident.resolved_at is None:
        return None
    if not incident.scheduled:
        return max(0.0, incident.resolved_at - incident.created_at)
    begun = (update.created_at for update in incident.updates if update.status is IncidentStatus.IN_PROGRESS)
    start = next(begun, None)
    return None if start is None else max(0.0, incident.resolved_at - start)


def realtime(page: Page) -> list[Incident]:
    """Return the incidents that are no maintenance, the newest first."""
    return [incident for incident in newest_first(page) if not incident.scheduled]


def unresolved(page: Page) -> list[Incident]:
    """Return the incidents that are still open, the newest first."""
    return [incident for incident in newest_first(page) if incident.status in UNRESOLVED_STATUSES]


def maintenances(page: Page) -> list[Incident]:
    """Return all maintenances, the newest first."""
    return [incident for incident in newest_first(page) if incident.scheduled]


def upcoming(page: Page) -> list[Incident]:
    """Return the maintenances that have not begun, the newest first."""
    return [incident for incident in newest_first(page) if incident.status is IncidentStatus.SCHEDULED]


def active(page: Page) -> list[Incident]:
    """Return the maintenances that are under way, the newest first."""
    return [incident for incident in newest_first(page) if incident.status in ACTIVE_MAINTENANCE_STATUSES]


def page_status(page: Page) -> PageStatus:
    """Return the banner of a page.

    Its components decide (`statuspage-api.md` 3.6). Two cases that the vendor's table leaves open are decided here: a
    maintenance that is under way is told even where no component shows it, and without any component the worst open
    incident speaks.
    """
    rolled = roll_up([component.status for component in page.components.values()])
    if rolled.indicator is not Impact.NONE:
        return rolled
    if not page.components:
        impacts = {incident.impact for incident in page.incidents.values() if _is_open(incident)}
        told = next((status for impact, status in _WITHOUT_COMPONENTS.items() if impact in impacts), None)
        if told is not None:
            return told
    return UNDER_MAINTENANCE if _any_active(page.incidents.values()) else rolled


UNDER_MAINTENANCE = PageStatus(Impact.MAINTENANCE, "Service Under Maintenance")
_WITHOUT_COMPONENTS = {
    Impact.CRITICAL: PageStatus(Impact.CRITICAL, "Major System Outage"),
    Impact.MAJOR: PageStatus(Impact.MAJOR, "Partial System Outage"),
    Impact.MINOR: PageStatus(Impact.MINOR, "Minor Service Outage"),
}


def _is_open(incident: Incident) -> bool:
    return incident.status in UNRESOLVED_STATUSES


def _any_active(incidents: Iterable[Incident]) -> bool:
    return any(incident.status in ACTIVE_MAINTENANCE_STATUSES for incident in incidents)
