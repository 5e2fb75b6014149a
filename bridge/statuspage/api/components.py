"""Components. Their list holds groups too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bridge.statuspage.api.models.components import Component
from bridge.statuspage.api.pagination import PER_PAGE
from bridge.statuspage.api.resource import Resource
from bridge.statuspage.sending import Endpoint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bridge.statuspage.api.writes.components import ComponentChange, NewComponent

_ONE = msgspec.json.Decoder(Component)
_PATH = "/pages/{page_id}/components/{component_id}"
LIST = Endpoint("GET", "/pages/{page_id}/components", msgspec.json.Decoder(tuple[Component, ...]))
GET = Endpoint("GET", _PATH, _ONE)
CREATE = Endpoint("POST", "/pages/{page_id}/components", _ONE)
UPDATE = Endpoint("PATCH", _PATH, _ONE)
DELETE: Endpoint[None] = Endpoint("DELETE", _PATH, None)


class Components(Resource):
    """Calls about components."""

    def list(self, page_id: str) -> AsyncIterator[Component]:
        """All components, and groups (`group` is true)."""
        return self._caller.rows(LIST, {"page_id": page_id}, PER_PAGE)

    async def get(self, page_id: str, component_id: str) -> Component:
        """Read a component."""
        return await self._caller.call(GET, {"page_id": page_id, "component_id": component_id})

    async def create(self, page_id: str, component: NewComponent) -> Component:
        """Make a component."""
        return await self._caller.call(CREATE, {"page_id": page_id}, write=component)

    async def update(self, page_id: str, component_id: str, change: ComponentChange) -> Component:
        """Change a component; a status that is set again changes nothing."""
        return await self._caller.call(
            UPDATE, {"page_id": page_id, "component_id": component_id}, write=change
        )

    async def delete(self, page_id: str, component_id: str) -> None:
        """Delete a component with its history."""
        await self._caller.call(DELETE, {"page_id": page_id, "component_id": component_id})
