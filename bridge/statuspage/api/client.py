"""The whole client: every operation of the API's resources, for people and other programs. The daemon's is `bridge.statuspage.client`, and cannot do most of this."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.statuspage.api.caller import Caller
from bridge.statuspage.api.component_groups import ComponentGroups
from bridge.statuspage.api.components import Components
from bridge.statuspage.api.incident_subscribers import IncidentSubscribers
from bridge.statuspage.api.incident_updates import IncidentUpdates
from bridge.statuspage.api.incidents import Incidents
from bridge.statuspage.api.metrics import Metrics
from bridge.statuspage.api.metrics_providers import MetricsProviders
from bridge.statuspage.api.operations import OPERATIONS
from bridge.statuspage.api.pace import RollingWindow
from bridge.statuspage.api.pages import Pages
from bridge.statuspage.api.postmortems import Postmortems
from bridge.statuspage.api.subscribers import Subscribers
from bridge.statuspage.api.templates import Templates
from bridge.statuspage.sending import Sender

if TYPE_CHECKING:
    from collections.abc import Collection

    from bridge.statuspage.api.pace import Pace
    from bridge.statuspage.transport import Transport

TIMEOUT: Final = 30.0
"""Seconds for a request."""


class StatuspageApi:
    """Statuspage, as far as one token may use it.

    Each method makes one call, once, and gives its answer as a typed value; what does not succeed is a `StatuspageError`, what is out of bounds a `ValueError` before anything is sent. Lists are
    asynchronous iterators that make a call for each of their pages when it is needed. A write is never repeated; a read may be, within `patience`.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        pace: Pace | None = None,
        timeout: float = TIMEOUT,
        patience: float = 0.0,
        allowed: frozenset[tuple[str, str]] = OPERATIONS,
        pages: Collection[str] | None = None,
    ) -> None:
        """Make a client.

        Args:
            transport: carries each request, and holds the token.
            pace: says when a request may start; a window of 60 requests a minute for this client alone if None.
            timeout: seconds that a request has from its start.
            patience: seconds within which a read that was answered 420, 429 or 5xx is repeated: after as long as the server asks, else after a minute (420, 429) or one second, two, four and so on
                (5xx). What would come later is not waited for. 0 repeats nothing.
            allowed: shuts what it leaves out, such as all writes (`READS`); it opens nothing that `OPERATIONS` has not.
            pages: ids of the only pages that may be called; None for all that the token sees.
        """
        caller = Caller(
            Sender(transport, allowed=OPERATIONS & allowed),
            pages=None if pages is None else frozenset(pages),
            timeout=timeout,
            patience=patience,
            pace=RollingWindow() if pace is None else pace,
        )
        self.pages = Pages(caller)
        self.incidents = Incidents(caller)
        self.incident_updates = IncidentUpdates(caller)
        self.incident_subscribers = IncidentSubscribers(caller)
        self.components = Components(caller)
        self.component_groups = ComponentGroups(caller)
        self.subscribers = Subscribers(caller)
        self.metrics = Metrics(caller)
        self.metrics_providers = MetricsProviders(caller)
        self.templates = Templates(caller)
        self.postmortems = Postmortems(caller)
