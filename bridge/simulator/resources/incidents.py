"""Incidents: the lists, create, get, change, delete."""

from collections.abc import Callable, Iterable

from bridge.simulator.fields import Fields
from bridge.simulator.messages import Answer
from bridge.simulator.records.encoding import as_list
from bridge.simulator.records.incidents import Incident
from bridge.simulator.records.pages import Page
from bridge.simulator.resources.incident_changes import change, create
from bridge.simulator.resources.incident_fields import read_edit
from bridge.simulator.routing import Call, Handler, Route
from bridge.simulator.statuses import UNRESOLVED_STATUSES, IncidentStatus


def list_incidents(call: Call) -> Answer:
    """Answer with incidents, newest first; `q` looks into name, status, postmortem and updates, not into metadata."""
    page = call.listed_page
    wanted = call.query.get("q", "").casefold()
    found = [incident for incident in newest_first(page) if not wanted or _mentions(incident, wanted)]
    return _listed(call, page, call.one_page_of(found, size="limit"))


def _listing(belongs: Callable[[Incident, Call], bool]) -> Handler:
    def list_some(call: Call) -> Answer:
        page = call.listed_page
        found = [incident for incident in newest_first(page) if belongs(incident, call)]
        return _listed(call, page, call.one_page_of(found))

    return list_some


def _unresolved(incident: Incident, _call: Call) -> bool:
    return incident.status in UNRESOLVED_STATUSES


def _scheduled(incident: Incident, call: Call) -> bool:
    running = call.account.options.scheduled_lists_running and _active_maintenance(incident, call)
    return running or incident.status is IncidentStatus.SCHEDULED


def _upcoming(incident: Incident, call: Call) -> bool:
    begins = incident.scheduled_for
    due = call.account.options.upcoming_lists_due
    return incident.status is IncidentStatus.SCHEDULED and begins is not None and (due or begins > call.now)


def _active_maintenance(incident: Incident, _call: Call) -> bool:
    return incident.status in {IncidentStatus.IN_PROGRESS, IncidentStatus.VERIFYING}


def get_incident(call: Call) -> Answer:
    """Answer with one incident."""
    page = call.page
    return Answer(200, _written(page, call.target(page.incidents, "incident_id")))


def create_incident(call: Call) -> Answer:
    """Make an incident; names are not unique, and a repeated call makes another one."""
    page = call.page
    edit = read_edit(Fields(call.wrapped("incident")), page, None, call.account.options)
    return Answer(201, _written(page, create(call.account, page, edit, now=call.now)))


def change_incident(call: Call) -> Answer:
    """Change an incident; this is also how updates are made."""
    page = call.page
    incident = call.target(page.incidents, "incident_id")
    edit = read_edit(Fields(call.wrapped("incident")), page, incident, call.account.options)
    change(call.account, page, incident, edit=edit, now=call.now)
    return Answer(200, _written(page, incident))


def delete_incident(call: Call) -> Answer:
    """Delete an incident and answer with it."""
    page = call.page
    incident = call.target(page.incidents, "incident_id")
    del page.incidents[incident.id]
    return Answer(200, _written(page, incident))


def newest_first(page: Page) -> list[Incident]:
    """Return a page's incidents by creation, the newest first; of one instant, the later made first."""
    # Reversed after sorting, not by `reverse=True`, which would keep the order of equals.
    ordered = sorted(page.incidents.values(), key=lambda incident: incident.created_at)
    ordered.reverse()
    return ordered


def _mentions(incident: Incident, wanted: str) -> bool:
    postmortem = "" if incident.postmortem is None else incident.postmortem.body or ""
    texts = (incident.name, incident.status, postmortem, *(update.body for update in incident.updates))
    return any(wanted in text.casefold() for text in texts)


def _written(page: Page, incident: Incident) -> str:
    return incident.written(page.components_of(incident))


def _listed(call: Call, page: Page, incidents: Iterable[Incident]) -> Answer:
    metadata = call.account.options.metadata_in_lists
    texts = (incident.written(page.components_of(incident), metadata) for incident in incidents)
    return Answer(200, as_list(texts))


_ALL = "/pages/{page_id}/incidents"
_ONE = "/pages/{page_id}/incidents/{incident_id}"

ROUTES = (
    Route("GET", _ALL, list_incidents),
    Route("POST", _ALL, create_incident),
    Route("GET", f"{_ALL}/unresolved", _listing(_unresolved)),
    Route("GET", f"{_ALL}/scheduled", _listing(_scheduled)),
    Route("GET", f"{_ALL}/upcoming", _listing(_upcoming)),
    Route("GET", f"{_ALL}/active_maintenance", _listing(_active_maintenance)),
    Route("GET", _ONE, get_incident),
    Route("PATCH", _ONE, change_incident),
    Route("PUT", _ONE, change_incident),
    Route("DELETE", _ONE, delete_incident),
)
