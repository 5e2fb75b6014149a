"""Component groups. A group cannot be empty: when its last component goes, so does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bridge.statuspage.api.models.components import ComponentGroup
from bridge.statuspage.api.pagination import PER_PAGE
from bridge.statuspage.api.resource import Resource
from bridge.statuspage.sending import Endpoint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bridge.statuspage.api.writes.components import GroupWrite

_ONE = msgspec.json.Decoder(ComponentGroup)
_PATH = "/pages/{page_id}/component-groups/{id}"
LIST = Endpoint("GET", "/pages/{page_id}/component-groups", msgspec.json.Decoder(tuple[ComponentGroup, ...]))
GET = Endpoint("GET", _PATH, _ONE)
CREATE = Endpoint("POST", "/pages/{page_id}/component-groups", _ONE)
UPDATE = Endpoint("PATCH", _PATH, _ONE)
DELETE = Endpoint("DELETE", _PATH, _ONE)


class ComponentGroups(Resource):
    """Calls about component groups."""

    def list(self, page_id: str) -> AsyncIterator[ComponentGroup]:
        """All groups."""
        return self._caller.rows(LIST, {"page_id": page_id}, PER_PAGE)

    async def get(self, page_id: str, group_id: str) -> ComponentGroup:
        """Read a group."""
        return await self._caller.call(GET, {"page_id": page_id, "id": group_id})

    async def create(self, page_id: str, group: GroupWrite) -> ComponentGroup:
        """Make a group of components that exist."""
        return await self._caller.call(CREATE, {"page_id": page_id}, write=group)

    async def update(self, page_id: str, group_id: str, group: GroupWrite) -> ComponentGroup:
        """Say what a group is from now on."""
        return await self._caller.call(UPDATE, {"page_id": page_id, "id": group_id}, write=group)

    async def delete(self, page_id: str, group_id: str) -> ComponentGroup:
        """Delete a group; its components stay, without a group."""
        return await self._caller.call(DELETE, {"page_id": page_id, "id": group_id})
