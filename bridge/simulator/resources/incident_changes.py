"""What creating and changing an incident does: statuses, impact, updates, notifications.

Nothing is refused here any more; every edit was checked when it was read.
"""

from bridge.simulator.account import Account
from bridge.simulator.options import MetadataPatch, MissingBody
from bridge.simulator.records.incidents import Incident
from bridge.simulator.records.pages import Page
from bridge.simulator.resources.incident_fields import IncidentEdit
from bridge.simulator.resources.incident_progress import (
    Message,
    set_components,
    set_impact,
    stamp,
    statuses_of,
    tell,
)
from bridge.simulator.resources.incident_transitions import Plan, expect
from bridge.simulator.statuses import DEFAULT_SENTENCES, IncidentStatus


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
        created_silently=not edit.deliver_notifications,
        postmortem_ignored=account.options.postmortem_ignored,
    )
    page.incidents[incident.id] = incident
    _set_plain_fields(incident, edit, MetadataPatch.REPLACE)
    former = statuses_of(page, incident)
    set_components(account, page, incident, edit.components, former=None, now=now)
    stamp(incident, at=created_at)
    set_impact(page, incident, keep_worst=True)
    tweets = incident.scheduled and incident.settings["auto_tweet_on_creation"] is True
    message = _message(account, incident, edit, wants_twitter_update=tweets)
    tell(account, page, incident, message, former=former, at=created_at)
    expect(account, incident, now=now)
    return incident


def change(
    account: Account, page: Page, incident: Incident, *, edit: IncidentEdit, now: float, update: bool = False
) -> None:
    """Change an incident, with an update if there is something to tell.

    A body always makes an update, and so does whoever asks for one by `update`. Whether a status alone does is a question
    for the options; as decided, one other than the present one does, and the present one does not.
    """
    options = account.options
    before, plan, status = _snapshot(incident), Plan.of(incident), incident.status
    turned = edit.status is not None and edit.status is not status
    _set_plain_fields(incident, edit, MetadataPatch(options.metadata_patch))
    former = statuses_of(page, incident)
    if edit.status is not None and turned:
        incident.status = edit.status
        stamp(incident, at=now)
    set_components(account, page, incident, edit.components, former=status, now=now)
    set_impact(page, incident, keep_worst=options.impact_keeps_worst)
    speaks = options.update_for_new_status if turned else options.update_for_same_status
    if update or edit.body is not None or (edit.status is not None and speaks):
        message = _message(account, incident, edit, wants_twitter_update=edit.wants_twitter_update)
        tell(account, page, incident, message, former=former, at=now)
        incident.touch(now)
    elif turned or _snapshot(incident) != before:
        incident.touch(now)
    expect(account, incident, former=plan, now=now)


def _message(
    account: Account, incident: Incident, edit: IncidentEdit, *, wants_twitter_update: bool
) -> Message:
    sentence = account.options.missing_body is MissingBody.SENTENCE
    return Message(
        body=edit.body or (DEFAULT_SENTENCES[incident.status] if sentence else ""),
        deliver_notifications=edit.deliver_notifications,
        wants_twitter_update=wants_twitter_update,
        display_at=edit.display_at,
    )


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
    if edit.component_ids is not None:
        incident.component_ids = edit.component_ids
    incident.settings.update(edit.settings)


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
