"""A probe of a simulated page on virtual time: what it finds, what is left on the page, and what its listener hears."""

from __future__ import annotations

import asyncio
import random  # noqa: TID251 - seeded instances alone
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from bridge.simulation.loop import SimulationLoop
from bridge.simulation.network import Network, NetworkConditions
from bridge.simulator.model import Options, Simulator
from bridge.simulator.webhooks import calls
from bridge.statuspage.api.pace import RollingWindow
from bridge.statuspage.conformance.asking import Asker
from bridge.statuspage.conformance.listening import tells
from bridge.statuspage.conformance.questions import findings
from bridge.statuspage.conformance.survey import survey
from bridge.statuspage.conformance.visit import Itinerary, Part, Visit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bridge.core.capabilities import Finding
    from bridge.simulator.faults import FaultRule
    from bridge.statuspage.transport import Request, Response, Transport

TOKEN = "canary-3f9c1d77e0b84a52"
EPOCH = 1_790_000_000.0
MARK = "bridge-probe-1f2e3d4c"
DELIVERED_AFTER = 20.0
ADDRESS = "http://127.0.0.1:9/secret"


class LedgerListener:
    """Hears what the simulator would call its endpoint with, without a socket, and `DELIVERED_AFTER` it was entered."""

    address = ADDRESS

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._read = 0
        self._heard: list[Any] = []

    async def hears(self, incident_id: str, body: str, *, within: float) -> bool:
        """Look into the ledger each second."""
        loop = asyncio.get_running_loop()
        until = loop.time() + within
        while not self._told(incident_id, body):
            if loop.time() >= until:
                return False
            await asyncio.sleep(1.0)
        return True

    def _told(self, incident_id: str, body: str) -> bool:
        now = EPOCH + asyncio.get_running_loop().time()
        entered = [
            notification
            for notification in self._simulator.notifications[self._read :]
            if notification.at + DELIVERED_AFTER <= now
        ]
        self._read += len(entered)
        for notification in entered:
            self._heard += [
                msgspec.json.decode(call.body)["incident"]
                for call in calls(self._simulator, notification)
                if call.endpoint == ADDRESS
            ]
        return any(tells(incident, incident_id, body) for incident in self._heard)


class InterruptingTransport:
    """Cancels the task that makes calls while it makes those of certain numbers, counted from when it is begun."""

    def __init__(self, transport: Transport, *numbers: int) -> None:
        self._transport = transport
        self._numbers = numbers
        self.made = 0
        self.task: asyncio.Task[Any] | None = None

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - as in Transport
        """Send it, and cancel meanwhile if it is one of these."""
        if self.task is not None:
            self.made += 1
            if self.made in self._numbers:
                asyncio.get_running_loop().call_soon(self.task.cancel)
        return await self._transport.send(request, timeout=timeout)


@dataclass
class Stage:
    """A throw-away page with something on it, another page, and the network before them."""

    loop: SimulationLoop
    simulator: Simulator
    page_id: str
    other_page: str
    network: Network

    def asker(self, transport: Transport | None = None, *, requests: int = 50) -> Asker:
        """What makes the calls."""
        return Asker(
            transport or self.network.transport(TOKEN),
            self.page_id,
            pace=RollingWindow(requests),
            now=lambda: EPOCH + self.loop.time(),
        )

    async def visit(
        self,
        transport: Transport | None = None,
        *,
        listens: bool = True,
        skip: Collection[Part] = (),
        requests: int = 50,
    ) -> Visit:
        """A visit that is about to begin."""
        asker = self.asker(transport, requests=requests)
        listener = LedgerListener(self.simulator) if listens else None
        itinerary = Itinerary(
            MARK, frozenset(skip), other_page=self.other_page if listens else None, listener=listener
        )
        return Visit(asker, itinerary, await survey(asker))

    def probe(self, *, listens: bool = True, skip: Collection[Part] = ()) -> dict[str, Finding]:
        """What a whole visit finds; it leaves nothing behind."""

        async def whole() -> tuple[Finding, ...]:
            visit = await self.visit(listens=listens, skip=skip)
            record = await visit.make()
            assert visit.made.left == []
            return findings(record)

        return {finding.question: finding for finding in self.loop.run_until_complete(whole())}

    @property
    def state(self) -> Any:
        """Everything on the page that the API shows, but for when the page itself changed, and for whom it remembers to have left."""
        page = self.simulator.page(self.page_id)
        return {
            "page": {**msgspec.json.decode(page.written()), "updated_at": None},
            "components": [one.written() for one in page.components.values()],
            "groups": [(one.name, one.component_ids) for one in page.groups.values()],
            "incidents": [one.written(page.components_of(one)) for one in page.incidents.values()],
            "metrics": [(one.written(), one.points) for one in page.metrics.values()],
            "providers": [one.written() for one in page.providers.values()],
            "subscribers": [
                one.written() for one in page.subscribers.values() if one.unsubscribed_at is None
            ],
            "templates": [one.id for one in page.templates.values()],
        }


@contextmanager
def stage(
    options: Options | None = None,
    *,
    latency: tuple[float, float] = (0.0, 0.0),
    faults: tuple[FaultRule, ...] = (),
) -> Iterator[Stage]:
    """Set the stage."""
    with SimulationLoop(random.Random(1)) as loop:
        simulator = Simulator(1, options or Options())
        page_id = simulator.add_page("Throw-away", now=EPOCH)
        other = simulator.add_page("Somebody's", now=EPOCH)
        simulator.add_token(TOKEN, [page_id])
        simulator.add_component(page_id, "API", group="Checkout", now=EPOCH)
        metric = simulator.add_metric(page_id, "Latency", "ms", now=EPOCH)
        simulator.add_metric_points(page_id, metric, [(EPOCH, 1.0)])
        network = Network(
            loop,
            random.Random(2),
            simulator,
            wall_clock=lambda: EPOCH + loop.time(),
            conditions=NetworkConditions(latency, faults),
        )
        yield Stage(loop, simulator, page_id, other, network)
