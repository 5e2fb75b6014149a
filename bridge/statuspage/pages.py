"""Pages: the profile of the page, read to make sure that a token and a page id mean the page that they meant yesterday."""

from __future__ import annotations

import msgspec

from bridge.statuspage.calls import Call, Calls, Endpoint
from bridge.statuspage.models import Page

GET_PAGE = Endpoint("GET", "/pages/{page_id}", msgspec.json.Decoder(Page))


class PageCalls(Calls):
    """Calls about the page itself."""

    def get_page(self, *, timeout: float) -> Call:
        """Read the page's profile: `Done` holds a `Page`."""
        return self.call(GET_PAGE, timeout=timeout)
