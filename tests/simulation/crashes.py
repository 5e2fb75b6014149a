"""A crash at a chosen step: the same scenario, killed once, wherever one wants. Random crashes hardly ever hit the few steps that matter."""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge.simulation.world import World, WorldSettings
from tests.simulation.judge import violations
from tests.simulation.shop import (
    API,
    FOR,
    KEEP_FIRING_FOR,
    MONITOR_FOR,
    PROBE,
    WEB,
    fire,
    resolve,
    shop_rules,
    status,
    updates,
)

SETTLED = 150.0 + 120.0
"""Virtual seconds by which what a crash left open is settled (I5: S + 120 s)."""

DOWN_FOR = 3.0


@dataclass(slots=True)
class Outage:
    """One outage from beginning to end; with `crash_at`, the daemon is killed before that step and started again."""

    seed: int
    crash_at: int | None = None
    steps: int = 0
    crashed: bool = False
    found: list[str] = field(default_factory=list)

    def run(self) -> Outage:
        """Play it and judge it."""
        with World(self.seed, shop_rules(), WorldSettings(probes=(PROBE,))) as world:
            world.loop.on_step = lambda step: self._before(world, step)
            world.start()
            world.run_for(20)
            since = fire(world, "CheckoutErrors")
            world.services[PROBE.check.url] = 503
            world.run_for(FOR + SETTLED)
            worst = (status(world, API), status(world, WEB))
            resolve(world, "CheckoutErrors", since)
            world.services[PROBE.check.url] = 200
            world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + 2 * SETTLED)
            self.steps = world.loop.steps
            self.found = violations(world)
            if worst != ("major_outage", "major_outage"):
                self.found.append(f"I5: the page showed {worst} in the outage")
            if [told[-1] for told in updates(world)] != ["resolved"]:
                self.found.append(f"I5: {updates(world)}")
            if {status(world, API), status(world, WEB)} != {"operational"}:
                self.found.append("I5: a component is not operational in the end")
        return self

    def _before(self, world: World, step: int) -> None:
        if step == self.crash_at and world.engine is not None:
            self.crashed = True
            world.crash()
            with world.loop.outside():
                world.loop.call_later(DOWN_FOR, world.start)
