"""What creating and changing an incident does: statuses, impact, updates, notifications.

Nothing is refused here any more; every edit was checked when it was read.
"""

from bridge.simulator.account import Account
from bridge.simulator.options import MetadataPatch, MissingBody
from bridge.simulator.records.incidents import AffectedComponent, Incident, IncidentUpdate
from bridge.simulator.records.pages import Page
from bridge.simulator.resources.incident_fields import IncidentEdit
from bridge.simulator.statuses import (
    DEFAULT_SENTENCES,
    ComponentStatus,
    IncidentStatus,
    impact_of,
    worst_impact,
)


def create(account: Account, page: Page, edit: IncidentEdit, *, now: float) -> Incident:
    """Make an incident with its first update."""
    created_at = now
    if edit.backfilled and edit.backfill_date is not None:
        created_at = edit.backfill_date
    incident = Incident(
        id=account.identifiers.draw(),
        page_id=page.id,
        name=edit.name or "",
        status=edit.status or _first_status(edit),
        shortlink=f"https://stspg.io/{account.identifiers.draw()}",
        created_at=created_at,
        updated_at=now,
        backfilled=edit.backfilled,
    )
    page.incidents[incident.id] = incident
    _set_plain_fields(incident, edit, MetadataPatch.REPLACE)
    former = _set_components(page, incident, edit, now=now)
    _stamp(incident, at=created_at)
    _set_impact(page, incident, keep_worst=True)
    incident.created_silently = not edit.deliver_notifications
    _add_update(account, page, incident, edit, former=former, at=created_at)
    return incident


def change(account: Account, page: Page, incident: Incident, *, edit: IncidentEdit, now: float) -> None:
    """Change an incident, with an update if there is something to tell.

    A body always makes an update. Whether a status alone does is a question for the options; as decided, one other than
    the present one does, and the present one does not.
    """
    options = account.options
    before = _snapshot(incident)
    turned = edit.status is not None and edit.status is not incident.status
    _set_plain_fields(incident, edit, MetadataPatch(options.metadata_patch))
    former = _set_components(page, incident, edit, now=now)
    if edit.status is not None and turned:
        incident.status = edit.status
        _stamp(incident, at=now)
    _set_impact(page, incident, keep_worst=options.impact_keeps_worst)
    speaks = options.update_for_new_status if turned else options.update_for_same_status
    if edit.body is not None or (edit.status is not None and speaks):
        _add_update(account, page, incident, edit, former=former, at=now)
        incident.touch(now)
    elif turned or _snapshot(incident) != before:
        incident.touch(now)


def _first_status(edit: IncidentEdit) -> IncidentStatus:
    if edit.backfilled:
        return IncidentStatus.RESOLVED
    return IncidentStatus.INVESTIGATING if edit.scheduled_for is None else IncidentStatus.SCHEDULED


def _set_plain_fields(incident: Incident, edit: IncidentEdit, metadata_patch: MetadataPatch) -> None:
    if edit.name is not None:
        incident.name = edit.name
    if "impact_override" in edit.given:
        incident.impact_override = edit.impact_override
    if "metadata" in edit.given:
        sent = edit.metadata or {}
        merging = metadata_patch is MetadataPatch.MERGE
        incident.metadata = {**incident.metadata, **sent} if merging else sent
    if "reminder_intervals" in edit.given:
        incident.reminder_intervals = edit.reminder_intervals
    if "scheduled_for" in edit.given:
        incident.scheduled_for = edit.scheduled_for
    if "scheduled_until" in edit.given:
        incident.scheduled_until = edit.scheduled_until
    incident.settings.update(edit.settings)


def _set_components(
    page: Page, incident: Incident, edit: IncidentEdit, *, now: float
) -> dict[str, ComponentStatus]:
    """List the components asked for and set the statuses asked for, which are two things; return the old statuses."""
    if edit.component_ids is not None:
        incident.component_ids = edit.component_ids
    former = {component.id: component.status for component in page.components_of(incident)}
    for identifier, status in edit.components.items():
        page.components[identifier].set_status(status, now=now)
    return former


def _stamp(incident: Incident, *, at: float) -> None:
    if incident.status is IncidentStatus.MONITORING:
        incident.monitoring_at = at
    incident.resolved_at = at if incident.closed else None


def _set_impact(page: Page, incident: Incident, *, keep_worst: bool) -> None:
    statuses = [component.status for component in page.components_of(incident)]
    present = impact_of(statuses, scheduled=incident.scheduled)
    incident.worst_impact = worst_impact((incident.worst_impact, present)) if keep_worst else present


def _add_update(
    account: Account,
    page: Page,
    incident: Incident,
    edit: IncidentEdit,
    *,
    former: dict[str, ComponentStatus],
    at: float,
) -> None:
    options = account.options
    missing = DEFAULT_SENTENCES[incident.status] if options.missing_body is MissingBody.SENTENCE else ""
    affected = tuple(
        AffectedComponent(
            component.id, page.full_name(component, " - "), former[component.id], component.status
        )
        for component in page.components_of(incident)
    )
    update = IncidentUpdate(
        id=account.identifiers.draw(),
        incident_id=incident.id,
        status=incident.status,
        body=edit.body or missing,
        created_at=at,
        deliver_notifications=edit.deliver_notifications,
        affected_components=affected or None,
    )
    incident.updates.append(update)
    # History that is entered afterwards is on the page only.
    muted = incident.backfilled or (incident.created_silently and not options.notify_after_silent_create)
    if edit.deliver_notifications and not muted:
        account.notify(incident, update)


def _snapshot(incident: Incident) -> tuple[object, ...]:
    return (
        incident.name,
        incident.impact_override,
        incident.worst_impact,
        incident.metadata,
        tuple(incident.component_ids),
        incident.reminder_intervals,
        incident.scheduled_for,
        incident.scheduled_until,
        tuple(incident.settings.values()),
    )
