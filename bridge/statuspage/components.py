"""Components: reading all of them, groups included, and setting one's status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bridge.statuspage.calls import Call, Calls, Endpoint, page_of
from bridge.statuspage.models import Component

if TYPE_CHECKING:
    from bridge.core.statuses import ComponentStatus

LIST_COMPONENTS = Endpoint("GET", "/pages/{page_id}/components", msgspec.json.Decoder(tuple[Component, ...]))
SET_COMPONENT = Endpoint(
    "PATCH", "/pages/{page_id}/components/{component_id}", msgspec.json.Decoder(Component)
)


class ComponentCalls(Calls):
    """Calls about components."""

    def list_components(self, page_number: int, per_page: int = 100, *, timeout: float) -> Call:
        """Read one page of the components, from 1: `Done` holds a tuple of `Component`; one shorter than `per_page` is the last."""
        return self.call(LIST_COMPONENTS, timeout=timeout, query=page_of(page_number, per_page=per_page))

    def set_component(self, component_id: str, status: ComponentStatus, *, timeout: float) -> Call:
        """Set a component's status: `Done` holds the `Component`. It makes no incident and sends no mail (statuspage-api.md, 3.4)."""
        payload = {"component": {"status": status}}
        return self.call(SET_COMPONENT, {"component_id": component_id}, timeout=timeout, payload=payload)
