"""Pages: reading and changing their profiles. The API can neither make nor delete one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bridge.statuspage.api.models.pages import Page
from bridge.statuspage.api.resource import Resource
from bridge.statuspage.sending import Endpoint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bridge.statuspage.api.writes.pages import PageChange

_ONE = msgspec.json.Decoder(Page)
LIST = Endpoint("GET", "/pages", msgspec.json.Decoder(tuple[Page, ...]))
GET = Endpoint("GET", "/pages/{page_id}", _ONE)
UPDATE = Endpoint("PATCH", "/pages/{page_id}", _ONE)


class Pages(Resource):
    """Calls about pages."""

    def list(self) -> AsyncIterator[Page]:
        """All pages that the token may see; the API gives them at once."""
        return self._caller.rows(LIST, {}, None)

    async def get(self, page_id: str) -> Page:
        """Read a page's profile."""
        return await self._caller.call(GET, {"page_id": page_id})

    async def update(self, page_id: str, change: PageChange) -> Page:
        """Change a page's profile."""
        return await self._caller.call(UPDATE, {"page_id": page_id}, write=change)
