"""One step of an incident: a status is entered, components are set, an update tells of it and may notify.

Must not know whether a request or time takes the step.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bridge.simulator.account import Account
from bridge.simulator.options import MaintenanceComponents
from bridge.simulator.records.incidents import AffectedComponent, Incident, IncidentUpdate
from bridge.simulator.records.pages import Page
from bridge.simulator.statuses import ComponentStatus, IncidentStatus, impact_of, worst_impact

_RUNNING = frozenset({IncidentStatus.IN_PROGRESS, IncidentStatus.VERIFYING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What an update says; `display_at` is the time that the page is to show beside it, by default its own.

    `automatic` says that time sends it.
    """

    body: str
    deliver_notifications: bool
    wants_twitter_update: bool = False
    display_at: float | None = None
    automatic: bool = False


def statuses_of(page: Page, incident: Incident) -> dict[str, ComponentStatus]:
    """Return what the components that an incident lists show now."""
    return {component.id: component.status for component in page.components_of(incident)}


def set_components(
    account: Account,
    page: Page,
    incident: Incident,
    asked: Mapping[str, ComponentStatus],
    *,
    former: IncidentStatus | None,
    now: float,
) -> None:
    """Set what a step that led from status `former` (None: a new incident) to the present one sets.

    What a maintenance's switches and its announcement set gives way to what the step itself asks for.
    """
    switches, listed = incident.settings, incident.component_ids
    waits = account.options.maintenance_components is MaintenanceComponents.AT_START
    if incident.status is IncidentStatus.SCHEDULED and waits:
        incident.components_at_start.update(asked)
        return
    statuses: dict[str, ComponentStatus] = {}
    begins = incident.status in _RUNNING and former not in _RUNNING
    ends = incident.status is IncidentStatus.COMPLETED and former is not IncidentStatus.COMPLETED
    if begins and switches["auto_transition_to_maintenance_state"]:
        statuses |= dict.fromkeys(listed, ComponentStatus.UNDER_MAINTENANCE)
    if begins:
        statuses |= incident.components_at_start
    if ends and switches["auto_transition_to_operational_state"]:
        statuses |= dict.fromkeys(listed, ComponentStatus.OPERATIONAL)
    if begins or ends:
        incident.components_at_start.clear()
    for identifier, status in {**statuses, **asked}.items():
        if identifier in page.components:
            page.components[identifier].set_status(status, now=now)


def stamp(incident: Incident, *, at: float) -> None:
    """Note when a status was entered."""
    if incident.status is IncidentStatus.MONITORING:
        incident.monitoring_at = at
    incident.resolved_at = at if incident.closed else None


def set_impact(page: Page, incident: Incident, *, keep_worst: bool) -> None:
    """Calculate the impact anew from the components; `keep_worst` never lets it become less."""
    present = impact_of(statuses_of(page, incident).values(), scheduled=incident.scheduled)
    incident.worst_impact = worst_impact((incident.worst_impact, present)) if keep_worst else present


def tell(
    account: Account,
    page: Page,
    incident: Incident,
    message: Message,
    *,
    former: Mapping[str, ComponentStatus],
    at: float,
) -> IncidentUpdate:
    """Add an update and let the subscribers be told, if they are to be; `former` is what the components showed before."""
    affected = tuple(
        AffectedComponent(
            component.id,
            page.full_name(component, " - "),
            former.get(component.id, component.status),
            component.status,
        )
        for component in page.components_of(incident)
    )
    update = IncidentUpdate(
        id=account.identifiers.draw(),
        incident_id=incident.id,
        status=incident.status,
        body=message.body,
        created_at=at,
        updated_at=at,
        display_at=at if message.display_at is None else message.display_at,
        deliver_notifications=message.deliver_notifications,
        wants_twitter_update=message.wants_twitter_update,
        affected_components=affected or None,
    )
    incident.updates.append(update)
    if message.deliver_notifications and not muted(account, incident):
        account.notify(incident, update, at=at, automatic=message.automatic)
    return update


def muted(account: Account, incident: Incident) -> bool:
    """Say whether an incident's updates reach nobody, whatever they ask for."""
    silent = incident.created_silently and not account.options.notify_after_silent_create
    # History that is entered afterwards is on the page only.
    return incident.backfilled or silent
