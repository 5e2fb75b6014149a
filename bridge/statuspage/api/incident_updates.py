"""Incident updates. The API reads them as part of their incident, adds one by a change of the incident, and can correct one (statuspage-api.md, 2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bridge.statuspage.api import incidents
from bridge.statuspage.api.models.incidents import Incident, IncidentUpdate
from bridge.statuspage.api.resource import Resource
from bridge.statuspage.api.writes.incidents import IncidentChange
from bridge.statuspage.sending import Endpoint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bridge.statuspage.api.values import MaintenanceStatus, RealtimeStatus
    from bridge.statuspage.api.writes.incidents import Statuses, UpdateCorrection

CORRECT = Endpoint(
    "PATCH",
    "/pages/{page_id}/incidents/{incident_id}/incident_updates/{incident_update_id}",
    msgspec.json.Decoder(IncidentUpdate),
)


class IncidentUpdates(Resource):
    """Calls about incident updates."""

    async def list(self, page_id: str, incident_id: str) -> AsyncIterator[IncidentUpdate]:
        """All updates of an incident, newest first."""
        places = {"page_id": page_id, "incident_id": incident_id}
        for update in (await self._caller.call(incidents.GET, places)).incident_updates:
            yield update

    async def create(
        self,
        page_id: str,
        incident_id: str,
        *,
        status: RealtimeStatus | MaintenanceStatus,
        body: str,
        deliver_notifications: bool,
        component_ids: tuple[str, ...] | None = None,
        components: Statuses | None = None,
    ) -> Incident:
        """Tell the next update of an incident; the newest of its updates is then this one. Sent twice, it is told twice.

        Raises:
            ValueError: as for `IncidentChange`.
        """
        change = IncidentChange(
            deliver_notifications=deliver_notifications,
            status=status,
            body=body,
            component_ids=component_ids,
            components=components,
        )
        return await self._caller.call(
            incidents.UPDATE, {"page_id": page_id, "incident_id": incident_id}, write=change
        )

    async def correct(
        self, page_id: str, incident_id: str, incident_update_id: str, correction: UpdateCorrection
    ) -> IncidentUpdate:
        """Correct an update that was told already."""
        places = {
            "page_id": page_id,
            "incident_id": incident_id,
            "incident_update_id": incident_update_id,
        }
        return await self._caller.call(CORRECT, places, write=correction)
