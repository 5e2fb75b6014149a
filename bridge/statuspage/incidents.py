"""Incidents: reading them, opening one, and telling its next update; maintenances, which are incidents too, are only read.

An update is a PATCH of the incident with status and body together: the endpoint of the guide that would create one does not exist (statuspage-api.md, 2.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from bridge.statuspage.calls import Call, Calls, Endpoint, page_of
from bridge.statuspage.models import Incident, Postmortem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.statuses import ComponentStatus, IncidentStatus
    from bridge.statuspage.maintenances import MaintenanceWrite

_ONE = msgspec.json.Decoder(Incident)
_POSTMORTEM = msgspec.json.Decoder(Postmortem)
_MANY = msgspec.json.Decoder(tuple[Incident, ...])

LIST_INCIDENTS = Endpoint("GET", "/pages/{page_id}/incidents", _MANY)
LIST_UNRESOLVED = Endpoint("GET", "/pages/{page_id}/incidents/unresolved", _MANY)
LIST_SCHEDULED = Endpoint("GET", "/pages/{page_id}/incidents/scheduled", _MANY)
LIST_ACTIVE = Endpoint("GET", "/pages/{page_id}/incidents/active_maintenance", _MANY)
GET_INCIDENT = Endpoint("GET", "/pages/{page_id}/incidents/{incident_id}", _ONE)
CREATE_INCIDENT = Endpoint("POST", "/pages/{page_id}/incidents", _ONE)
UPDATE_INCIDENT = Endpoint("PATCH", "/pages/{page_id}/incidents/{incident_id}", _ONE)

GET_POSTMORTEM = Endpoint("GET", "/pages/{page_id}/incidents/{incident_id}/postmortem", _POSTMORTEM)
DRAFT_POSTMORTEM = Endpoint("PUT", "/pages/{page_id}/incidents/{incident_id}/postmortem", _POSTMORTEM)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentWrite:
    """What to write of an incident; a member that is None is not sent, and stays as it is.

    Attributes:
        deliver_notifications: whether subscribers are told. Always sent: the API's default is yes, for changes too.
        name: title, at most 255 characters; needed to create.
        status: goes together with `body`.
        body: text of the update, at most 25,000 characters.
        component_ids: all components that the incident lists from now on.
        components: statuses to set in the same call; needs `component_ids`.
        impact_override: none, minor, major or critical, whatever the components say.
        metadata: the values at the top must be objects.

    Raises:
        ValueError: a defect of the caller: members that have to go together do not.
    """

    deliver_notifications: bool
    name: str | None = None
    status: IncidentStatus | None = None
    body: str | None = None
    component_ids: tuple[str, ...] | None = None
    components: Mapping[str, ComponentStatus] | None = None
    impact_override: str | None = None
    metadata: Mapping[str, Mapping[str, object]] | None = None

    def __post_init__(self) -> None:
        if self.body is not None and self.status is None:
            raise ValueError("an update's body goes with its status, or two updates are made of it")
        if self.components is not None and self.component_ids is None:
            raise ValueError("components are set beside component_ids, never alone")

    def document(self) -> dict[str, Any]:
        """The request's body."""
        members: dict[str, Any] = {
            "name": self.name,
            "status": self.status,
            "body": self.body,
            "component_ids": self.component_ids,
            "components": self.components,
            "impact_override": self.impact_override,
            "metadata": self.metadata,
        }
        written = {key: value for key, value in members.items() if value is not None}
        return {"incident": {**written, "deliver_notifications": self.deliver_notifications}}


class IncidentCalls(Calls):
    """Calls about incidents."""

    def list_unresolved(self, page_number: int, per_page: int = 100, *, timeout: float) -> Call:
        """Read one page of the unresolved incidents, from 1: `Done` holds a tuple of `Incident`; one shorter than `per_page` is the last."""
        return self.call(LIST_UNRESOLVED, timeout=timeout, query=page_of(page_number, per_page=per_page))

    def list_scheduled(self, page_number: int, per_page: int = 100, *, timeout: float) -> Call:
        """Read one page of the maintenances to come, from 1: as `list_unresolved`."""
        return self.call(LIST_SCHEDULED, timeout=timeout, query=page_of(page_number, per_page=per_page))

    def list_active(self, page_number: int, per_page: int = 100, *, timeout: float) -> Call:
        """Read one page of the maintenances that go on, from 1: as `list_unresolved`."""
        return self.call(LIST_ACTIVE, timeout=timeout, query=page_of(page_number, per_page=per_page))

    def list_incidents(self, page_number: int, limit: int = 100, *, timeout: float) -> Call:
        """Read one page of all incidents, newest first, from 1: `Done` holds a tuple of `Incident`; one shorter than `limit` is the last."""
        query = (("page", str(page_number)), ("limit", str(limit)))  # this list has a dialect of its own
        return self.call(LIST_INCIDENTS, timeout=timeout, query=query)

    def get_incident(self, incident_id: str, *, timeout: float) -> Call:
        """Read an incident: `Done` holds an `Incident`."""
        return self.call(GET_INCIDENT, {"incident_id": incident_id}, timeout=timeout)

    def create_incident(self, write: IncidentWrite | MaintenanceWrite, *, timeout: float) -> Call:
        """Open an incident: `Done` holds the `Incident`.

        Raises:
            ValueError: it has no name.
        """
        if write.name is None:
            raise ValueError("an incident is created with a name")
        return self.call(CREATE_INCIDENT, timeout=timeout, payload=write.document())

    def update_incident(
        self, incident_id: str, write: IncidentWrite | MaintenanceWrite, *, timeout: float
    ) -> Call:
        """Change an incident, and add an update if there is a body: `Done` holds the `Incident`."""
        return self.call(
            UPDATE_INCIDENT, {"incident_id": incident_id}, timeout=timeout, payload=write.document()
        )

    def get_postmortem(self, incident_id: str, *, timeout: float) -> Call:
        """Read what stands as an incident's postmortem: `Done` holds a `Postmortem`; where there is none, it is not found."""
        return self.call(GET_POSTMORTEM, {"incident_id": incident_id}, timeout=timeout)

    def draft_postmortem(self, incident_id: str, body: str, *, timeout: float) -> Call:
        """Write the draft of a postmortem, over any that is there; nothing is published: `Done` holds the `Postmortem`."""
        payload = {"postmortem": {"body_draft": body}}
        return self.call(DRAFT_POSTMORTEM, {"incident_id": incident_id}, timeout=timeout, payload=payload)
