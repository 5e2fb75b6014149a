"""Incident updates: the guide's create and list, the document's change of an earlier one.

An update's status and components belong to the moment that it tells of; a change leaves them as they are.
"""

from dataclasses import replace

from bridge.simulator.fields import Fields
from bridge.simulator.messages import Answer, not_found
from bridge.simulator.options import StatusOfUpdate
from bridge.simulator.records.encoding import as_list
from bridge.simulator.records.incidents import Incident
from bridge.simulator.resources.components import TEXT_LENGTH
from bridge.simulator.resources.incident_changes import change
from bridge.simulator.resources.incident_fields import read_edit
from bridge.simulator.resources.incident_progress import muted
from bridge.simulator.routing import Call, Route

# What a new update shares with a change of its incident, which it is.
_SHARED = ("status", "body", "component_ids", "components", "deliver_notifications")
_OWN = ("display_at", "wants_twitter_update")


def list_updates(call: Call) -> Answer:
    """Answer with an incident's updates, newest first."""
    incident = call.target(call.page.incidents, "incident_id")
    listed = call.listed_page.incidents.get(incident.id)
    updates = [] if listed is None else listed.updates[::-1]
    return Answer(200, as_list(update.written for update in call.one_page_of(updates)))


def create_update(call: Call) -> Answer:
    """Add an update; unlike a change of the incident it always makes one, and so it needs a text or a status."""
    page = call.page
    incident = call.target(page.incidents, "incident_id")
    sent = call.wrapped("incident_update")
    fields = Fields({name: sent[name] for name in (*_SHARED, *_OWN) if name in sent})
    display_at, tweets = fields.instant("display_at"), fields.boolean("wants_twitter_update")
    if not sent.get("status") and _blank(sent.get("body")):
        fields.refuse("body", "can't be blank")
    edit = read_edit(fields, page, incident, call.account.options)
    edit = replace(edit, display_at=display_at, wants_twitter_update=tweets is True)
    change(call.account, page, incident, edit=edit, now=call.now, update=True)
    return Answer(201, incident.updates[-1].written)


def change_update(call: Call) -> Answer:
    """Change an earlier update; it notifies only if it says so. A request without any body changes nothing."""
    page = call.page
    incident = call.target(page.incidents, "incident_id")
    place = _place_of(incident, call.targets["incident_update_id"])
    if call.body:
        _change(call, incident, place)
    return Answer(200, incident.updates[place].written)


def _place_of(incident: Incident, identifier: str) -> int:
    for place, update in enumerate(incident.updates):
        if update.id == identifier:
            return place
    raise not_found()


def _change(call: Call, incident: Incident, place: int) -> None:
    update, fields = incident.updates[place], Fields(call.wrapped("incident_update"))
    body = fields.text("body", maximum=TEXT_LENGTH, required=fields.given("body"))
    display_at, deliver = fields.instant("display_at"), fields.boolean("deliver_notifications")
    tweets = fields.boolean("wants_twitter_update")
    if fields.given("status") and call.account.options.status_of_update is StatusOfUpdate.REFUSED:
        fields.refuse("status", "cannot be changed")
    fields.finish()
    changed = replace(
        update,
        body=update.body if body is None else body,
        display_at=update.display_at if display_at is None else display_at,
        deliver_notifications=update.deliver_notifications if deliver is None else deliver,
        wants_twitter_update=update.wants_twitter_update if tweets is None else tweets,
    )
    if changed != update:
        changed = replace(changed, updated_at=call.now)
        incident.updates[place] = changed
        incident.touch(call.now)
    if deliver and not muted(call.account, incident):
        call.account.notify(incident, changed, at=call.now)


def _blank(body: object) -> bool:
    return body is None or (isinstance(body, str) and not body.strip())


_ALL = "/pages/{page_id}/incidents/{incident_id}/incident_updates"
_ONE = f"{_ALL}/{{incident_update_id}}"

ROUTES = (
    Route("GET", _ALL, list_updates),
    Route("POST", _ALL, create_update),
    Route("PATCH", _ONE, change_update),
    Route("PUT", _ONE, change_update),
)
