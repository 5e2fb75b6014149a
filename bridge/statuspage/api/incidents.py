"""Incidents of all three kinds: the five lists, one, a new one, what is told next, and deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bridge.statuspage.api.caller import parameters
from bridge.statuspage.api.models.incidents import Incident
from bridge.statuspage.api.pagination import LIMIT, PER_PAGE
from bridge.statuspage.api.resource import Resource
from bridge.statuspage.sending import Endpoint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bridge.statuspage.api.writes.incidents import IncidentChange, NewIncident

_ONE = msgspec.json.Decoder(Incident)
_MANY = msgspec.json.Decoder(tuple[Incident, ...])
LIST = Endpoint("GET", "/pages/{page_id}/incidents", _MANY)
UNRESOLVED = Endpoint("GET", "/pages/{page_id}/incidents/unresolved", _MANY)
SCHEDULED = Endpoint("GET", "/pages/{page_id}/incidents/scheduled", _MANY)
ACTIVE = Endpoint("GET", "/pages/{page_id}/incidents/active_maintenance", _MANY)
UPCOMING = Endpoint("GET", "/pages/{page_id}/incidents/upcoming", _MANY)
GET = Endpoint("GET", "/pages/{page_id}/incidents/{incident_id}", _ONE)
CREATE = Endpoint("POST", "/pages/{page_id}/incidents", _ONE)
UPDATE = Endpoint("PATCH", "/pages/{page_id}/incidents/{incident_id}", _ONE)
DELETE = Endpoint("DELETE", "/pages/{page_id}/incidents/{incident_id}", _ONE)


class Incidents(Resource):
    """Calls about incidents."""

    def list(self, page_id: str, *, q: str | None = None) -> AsyncIterator[Incident]:
        """All incidents and maintenances, newest first.

        Args:
            page_id: the page.
            q: a text to be found in name, status, postmortem or updates; metadata is not searched.
        """
        return self._caller.rows(LIST, {"page_id": page_id}, LIMIT, query=parameters(q=q))

    def unresolved(self, page_id: str) -> AsyncIterator[Incident]:
        """Realtime incidents that go on."""
        return self._caller.rows(UNRESOLVED, {"page_id": page_id}, PER_PAGE)

    def scheduled(self, page_id: str) -> AsyncIterator[Incident]:
        """Maintenances that are scheduled."""
        return self._caller.rows(SCHEDULED, {"page_id": page_id}, PER_PAGE)

    def active_maintenance(self, page_id: str) -> AsyncIterator[Incident]:
        """Maintenances that go on."""
        return self._caller.rows(ACTIVE, {"page_id": page_id}, PER_PAGE)

    def upcoming(self, page_id: str) -> AsyncIterator[Incident]:
        """Maintenances that are still to begin."""
        return self._caller.rows(UPCOMING, {"page_id": page_id}, PER_PAGE)

    async def get(self, page_id: str, incident_id: str) -> Incident:
        """Read an incident."""
        return await self._caller.call(GET, {"page_id": page_id, "incident_id": incident_id})

    async def create(self, page_id: str, incident: NewIncident) -> Incident:
        """Open an incident, schedule a maintenance, or enter what is past.

        If the answer is lost, look in the lists before doing it again: nothing on the page's side keeps it from being there twice.
        """
        return await self._caller.call(CREATE, {"page_id": page_id}, write=incident)

    async def update(self, page_id: str, incident_id: str, change: IncidentChange) -> Incident:
        """Change an incident; with a body, tell its next update. Sent twice, it tells it twice."""
        return await self._caller.call(UPDATE, {"page_id": page_id, "incident_id": incident_id}, write=change)

    async def delete(self, page_id: str, incident_id: str) -> Incident:
        """Delete an incident with all its updates; what it was is given back."""
        return await self._caller.call(DELETE, {"page_id": page_id, "incident_id": incident_id})
