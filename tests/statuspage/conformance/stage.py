"""A probe of a simulated page on virtual time, and what the page was before and is after it."""

from __future__ import annotations

import random  # noqa: TID251 - seeded instances alone
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bridge.core.capabilities import Finding
from bridge.simulation.loop import SimulationLoop
from bridge.simulation.network import Network, NetworkConditions
from bridge.simulator.model import Options, Simulator
from bridge.statuspage.api.pace import RollingWindow
from bridge.statuspage.conformance.asking import Asker
from bridge.statuspage.conformance.questions import findings
from bridge.statuspage.conformance.survey import survey
from bridge.statuspage.conformance.visit import Itinerary, Visit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.simulator.faults import FaultRule
    from bridge.statuspage.transport import Transport

TOKEN = "canary-3f9c1d77e0b84a52"
EPOCH = 1_790_000_000.0
MARK = "probe-1f2e3d4c"


@dataclass
class Stage:
    loop: SimulationLoop
    simulator: Simulator
    page_id: str
    other_page: str
    network: Network
    answers: dict[str, Any] = field(default_factory=dict)
    before: Any = None

    def asker(self, transport: Transport | None = None) -> Asker:
        return Asker(
            transport or self.network.transport(TOKEN),
            self.page_id,
            pace=RollingWindow(50),
            now=lambda: EPOCH + self.loop.time(),
        )


@contextmanager
def stage(
    options: Options, *, latency: tuple[float, float] = (0.0, 0.0), faults: tuple[FaultRule, ...] = ()
) -> Iterator[Stage]:
    with SimulationLoop(random.Random(1)) as loop:
        simulator = Simulator(1, options)
        page_id = simulator.add_page("Throw-away", now=EPOCH)
        other = simulator.add_page("Somebody's", now=EPOCH)
        simulator.add_token(TOKEN, [page_id])
        simulator.add_component(page_id, "API", group="Checkout", now=EPOCH)
        network = Network(
            loop,
            random.Random(2),
            simulator,
            wall_clock=lambda: EPOCH + loop.time(),
            conditions=NetworkConditions(latency, faults),
        )
        yield Stage(loop, simulator, page_id, other, network)


def probed(stage: Stage) -> dict[str, Finding]:
    async def go() -> tuple[Finding, ...]:
        asker = stage.asker()
        surveyed = await survey(asker)
        visit = Visit(asker, Itinerary(MARK, other_page=stage.other_page), surveyed)
        record = await visit.make()
        print(asker.calls, stage.loop.time(), visit.made.left)
        return findings(record)

    return {finding.question: finding for finding in stage.loop.run_until_complete(go())}
