"""Random runs: services that fail and recover, a bad network, and a daemon that is killed, all drawn from one seed; then quiet, and a judgement."""

from __future__ import annotations

import random  # noqa: TID251 - seeded instances alone
from collections import Counter
from dataclasses import dataclass, field, replace

from bridge.core.statuses import ComponentStatus
from bridge.simulation.network import NetworkConditions
from bridge.simulation.world import World, WorldSettings, alert
from bridge.simulator.faults import FaultKind, FaultRule
from tests.simulation.judge import violations
from tests.simulation.shop import (
    API,
    FOR,
    KEEP_FIRING_FOR,
    MONITOR_FOR,
    PROBE,
    SEARCH,
    WEB,
    fire,
    resolve,
    shop_rules,
    status,
    updates,
)

BUSY = 1800.0
"""Virtual seconds in which things happen."""

QUIET = 150.0 + 120.0 + KEEP_FIRING_FOR + MONITOR_FOR + 180.0
"""Virtual seconds after which the page must be right: S + 120 s (I5), and the holds of the rules."""

ALERTS = ("CheckoutErrors", "SearchErrors")
EXPECTED = {
    "CheckoutErrors": (API, ComponentStatus.MAJOR_OUTAGE),
    "SearchErrors": (SEARCH, ComponentStatus.PARTIAL_OUTAGE),
    "web": (WEB, ComponentStatus.MAJOR_OUTAGE),
}


@dataclass(slots=True)
class Result:
    """What one seed did and what was found."""

    seed: int
    violations: list[str]
    faults: Counter[str] = field(default_factory=Counter)
    crashes: int = 0
    steps: int = 0
    seconds: float = 0.0
    incidents: int = 0
    trace_hash: str = ""
    trace: str = ""


class Workload:
    """What the world does in one run."""

    def __init__(self, world: World, drawn: random.Random) -> None:
        self._world = world
        self._drawn = drawn
        self._since: dict[str, float] = {}
        self.crashes = 0

    @property
    def failing(self) -> set[str]:
        """What is broken now."""
        return set(self._since)

    def act(self) -> None:
        """Do one thing."""
        drawn, world = self._drawn, self._world
        choice = drawn.random()
        if choice < 0.12:
            world.crash()
            world.run_for(drawn.choice((0.0, 0.5, 5.0, 40.0)))
            world.start()
            self.crashes += 1
        elif choice < 0.3:
            self._toggle("web")
        elif choice < 0.45 and self._since:
            for name in sorted(self._since):
                if name in ALERTS:
                    fire_again(world, name, self._since[name])
        else:
            self._toggle(drawn.choice(ALERTS))

    def settle(self, *, healthy: bool) -> None:
        """Mend everything, or leave everything broken."""
        for name in (*ALERTS, "web"):
            if (name in self._since) is healthy:
                self._toggle(name)

    def _toggle(self, name: str) -> None:
        world = self._world
        if name == "web":
            broken = name not in self._since
            world.services[PROBE.check.url] = 503 if broken else 200
            world.note(f"web is {'broken' if broken else 'mended'}")
            self._since.pop(name, None)
            if broken:
                self._since[name] = world.now()
        elif name in self._since:
            world.note(f"{name} resolves")
            resolve(world, name, self._since.pop(name))
        else:
            world.note(f"{name} fires")
            self._since[name] = fire(world, name)


def fire_again(world: World, name: str, since: float) -> None:
    """Send an alert again that is firing."""
    world.send_alerts([alert(name, firing=True, since=since)])


def run_seed(seed: int, *, keep_trace: bool = False) -> Result:
    """One run. A function of its seed."""
    drawn = random.Random(f"campaign {seed}")
    share = drawn.choice((0.0, 0.02, 0.1))
    faults = tuple(FaultRule(kind=kind, share=share * drawn.random()) for kind in FaultKind)
    conditions = NetworkConditions(latency=(0.02, drawn.choice((0.2, 2.0))), faults=faults)
    with World(seed, shop_rules(), WorldSettings(probes=(PROBE,), conditions=conditions)) as world:
        workload = Workload(world, drawn)
        world.start()
        while world.loop.time() < BUSY:
            world.run_for(drawn.expovariate(1 / 60.0))
            workload.act()
        healthy = drawn.random() < 0.6
        workload.settle(healthy=healthy)
        world.network.conditions = replace(conditions, faults=())
        world.note("the faults end")
        world.run_for(FOR + QUIET)
        found = [*violations(world), *_final(world, healthy=healthy)]
        return Result(
            seed,
            found,
            Counter({str(fault): count for fault, count in world.network.faults_met.items()}),
            workload.crashes,
            world.loop.steps,
            world.loop.time(),
            len(world.simulator.incidents(world.page_id)),
            world.loop.trace_hash(),
            world.trace() if keep_trace or found else "",
        )


def _final(world: World, *, healthy: bool) -> list[str]:
    """I5: once the faults have stopped, the page is what it should be."""
    found = []
    for name, (component, broken) in EXPECTED.items():
        wanted = ComponentStatus.OPERATIONAL if healthy else broken
        shown = status(world, component)
        if shown != wanted:
            found.append(f"I5: {component} shows {shown} instead of {wanted} ({name})")
    unresolved = [told for told in updates(world) if told[-1] != "resolved"]
    if healthy and unresolved:
        found.append(f"I5: {unresolved} was not resolved")
    if not healthy and [told[-1] for told in unresolved] != ["investigating"]:
        found.append(f"I5: {unresolved} instead of one open incident")
    return found
