"""The whole client against the simulator on virtual time, through a network that the simulator's faults can make bad."""

from __future__ import annotations

import random  # noqa: TID251 - seeded instances alone
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from bridge.simulation.loop import SimulationLoop
from bridge.simulation.network import Network, NetworkConditions
from bridge.simulator.model import Options, Simulator
from bridge.statuspage.api import StatuspageApi, Unpaced

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from bridge.simulator.faults import FaultRule

TOKEN = "canary-3f9c1d77e0b84a52"
EPOCH = 1_790_000_000.0
LATENCY = (0.01, 0.02)
TIMEOUT = 0.4

Result = TypeVar("Result")


@dataclass
class Stage:
    """A page in the simulator, and clients of it."""

    loop: SimulationLoop
    simulator: Simulator
    page_id: str
    component: str
    network: Network

    def api(self, token: str = TOKEN, **arguments: Any) -> StatuspageApi:
        """A client; unpaced unless it is given a pace."""
        return StatuspageApi(
            self.network.transport(token), **{"pace": Unpaced(), "timeout": TIMEOUT, **arguments}
        )

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What the work gives."""
        return self.loop.run_until_complete(work)

    def suffer(self, *rules: FaultRule) -> None:
        """Put faults in force from now on."""
        self.network.conditions = NetworkConditions(LATENCY, rules)

    @property
    def arrivals(self) -> list[tuple[str, float]]:
        """Method and time of everything that arrived, in seconds since the stage was set."""
        return [(arrival.method, arrival.at - EPOCH) for arrival in self.simulator.arrivals]


@contextmanager
def stage(
    *, rate_limit: int = 10_000, seed: int = 1, latency: tuple[float, float] = LATENCY
) -> Iterator[Stage]:
    """Set the stage."""
    with SimulationLoop(random.Random(seed)) as loop:
        simulator = Simulator(seed, Options(rate_limit=rate_limit))
        simulator.add_token(TOKEN)
        page_id = simulator.add_page("Acme", now=EPOCH)
        component = simulator.add_component(page_id, "API", now=EPOCH)
        network = Network(
            loop,
            random.Random(seed + 1),
            simulator,
            wall_clock=lambda: EPOCH + loop.time(),
            conditions=NetworkConditions(latency),
        )
        yield Stage(loop, simulator, page_id, component, network)
