"""The simulated Statuspage of a test, served in the test's own process with real time, and a gate that holds answers back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from bridge.app.example_page import ExamplePage, add_example_page
from bridge.clock import Clock
from bridge.simulator import front
from bridge.simulator.model import Simulator

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

    from bridge.simulator.ledgers import Arrival
    from bridge.simulator.records.incidents import Incident

TOKEN = "api-token-of-the-tests"


@dataclass(slots=True)
class Hold:
    """The next creation of an incident, whose answer does not come before `released`.

    Attributes:
        applied: whether it takes effect.
        arrived: set when it came, and took effect if it does.
        released: the test sets it.
    """

    applied: bool
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)


class Page:
    """One page and what reached it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.simulator = Simulator()
        self.simulator.add_token(TOKEN)
        self.example: ExamplePage = add_example_page(self.simulator, self.clock.now())
        self._holds: list[Hold] = []
        self._next: Hold | None = None
        self.url = ""

    async def open(self) -> None:
        """Serve it."""
        app = front.build_app(self.simulator, self.clock.now, refresh_seconds=None)
        app.middlewares.append(self._gate)
        self._listening = await front.start(app)
        self.url = self._listening.url

    async def close(self) -> None:
        """Answer what is held, and end."""
        for hold in self._holds:
            hold.released.set()
        await self._listening.close()

    def hold_creation(self, *, applied: bool) -> Hold:
        """Hold the answer of the next creation of an incident back; without effect, it is as if it had been lost on its way."""
        self._next = Hold(applied)
        self._holds.append(self._next)
        return self._next

    @property
    def id(self) -> str:
        """Statuspage's id of it."""
        return self.example.page_id

    @property
    def incidents(self) -> list[Incident]:
        """All incidents, oldest first."""
        return self.simulator.incidents(self.id)

    def updates(self) -> list[list[str]]:
        """For each incident the statuses of its updates in order."""
        return [[str(update.status) for update in incident.updates] for incident in self.incidents]

    def component(self, name: str) -> str:
        """A component's status."""
        return str(self.simulator.component(self.id, name).status)

    def notified(self) -> list[str]:
        """The status of each update that subscribers were told."""
        return [str(notification.status) for notification in self.simulator.notifications]

    def writes(self) -> list[Arrival]:
        """Every request so far that was no read."""
        return [arrival for arrival in self.simulator.arrivals if arrival.method != "GET"]

    def templates(self) -> list[str]:
        """Method and path template of every request so far."""
        return [f"{arrival.method} {arrival.template}" for arrival in self.simulator.arrivals]

    @web.middleware
    async def _gate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        hold = self._next
        if hold is None or request.method != "POST" or not request.path.endswith("/incidents"):
            return await handler(request)
        self._next = None
        answer = await handler(request) if hold.applied else web.Response(status=503)
        hold.arrived.set()
        await hold.released.wait()
        return answer
