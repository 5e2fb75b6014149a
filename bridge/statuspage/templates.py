"""Incident templates of the page: they are read, and never written."""

from __future__ import annotations

import msgspec

from bridge.statuspage.calls import Call, Calls, Endpoint, page_of
from bridge.statuspage.models import IncidentTemplate

LIST_TEMPLATES = Endpoint(
    "GET", "/pages/{page_id}/incident_templates", msgspec.json.Decoder(tuple[IncidentTemplate, ...])
)


class TemplateCalls(Calls):
    """Calls about incident templates."""

    def list_templates(self, page_number: int, per_page: int = 100, *, timeout: float) -> Call:
        """Read one page of the templates, from 1: `Done` holds a tuple of `IncidentTemplate`; one shorter than `per_page` is the last."""
        return self.call(LIST_TEMPLATES, timeout=timeout, query=page_of(page_number, per_page=per_page))
