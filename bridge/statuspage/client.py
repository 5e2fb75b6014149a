"""The client: the calls of every resource, for one page."""

from __future__ import annotations

from bridge.statuspage.components import ComponentCalls
from bridge.statuspage.incidents import IncidentCalls
from bridge.statuspage.metrics import MetricCalls
from bridge.statuspage.pages import PageCalls
from bridge.statuspage.templates import TemplateCalls


class StatuspageClient(PageCalls, ComponentCalls, IncidentCalls, MetricCalls, TemplateCalls):
    """One page of Statuspage.

    Each method makes one request, once, within `timeout` seconds, and gives an `Outcome`; it raises for nothing that the network or the server does. Only the endpoints of
    `calls.ALLOWED` can be called, and none of another page.
    """
