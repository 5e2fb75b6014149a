"""Templates of incidents and maintenances. The API lists and makes them, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bridge.statuspage.api.models.incidents import IncidentTemplate
from bridge.statuspage.api.pagination import PER_PAGE
from bridge.statuspage.api.resource import Resource
from bridge.statuspage.sending import Endpoint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bridge.statuspage.api.writes.templates import NewTemplate

LIST = Endpoint(
    "GET", "/pages/{page_id}/incident_templates", msgspec.json.Decoder(tuple[IncidentTemplate, ...])
)
CREATE = Endpoint("POST", "/pages/{page_id}/incident_templates", msgspec.json.Decoder(IncidentTemplate))


class Templates(Resource):
    """Calls about templates."""

    def list(self, page_id: str) -> AsyncIterator[IncidentTemplate]:
        """All templates of a page."""
        return self._caller.rows(LIST, {"page_id": page_id}, PER_PAGE)

    async def create(self, page_id: str, template: NewTemplate) -> IncidentTemplate:
        """Make a template."""
        return await self._caller.call(CREATE, {"page_id": page_id}, write=template)
