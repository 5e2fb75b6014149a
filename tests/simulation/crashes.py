"""A crash at a chosen step: the same scenario, killed once, wherever one wants. Random crashes hardly ever hit the few steps that matter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from bridge.simulation.world import World
from bridge.store.database import Database
from tests.simulation.judge import violations
from tests.simulation.shop import notified, status, updates

if TYPE_CHECKING:
    from tests.simulation.scenarios import Scenario

DOWN_FOR = 3.0
"""Virtual seconds until the daemon is started again."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: how many steps it took, whether the crash came, and what was wrong in the end."""

    steps: int
    crashed: bool
    found: list[str]
    trace: str


def play(scenario: Scenario, seed: int, *, crash_at: int | None = None) -> Run:
    """Play a scenario; with `crash_at`, kill the daemon before that step and start it again."""
    crashed = False
    with World(seed, scenario.rules, scenario.settings, database=_empty_store().clone()) as world:

        def before(step: int) -> None:
            nonlocal crashed
            if step == crash_at and world.engine is not None:
                crashed = True
                world.crash()
                with world.loop.outside():
                    world.loop.call_later(DOWN_FOR, world.start)

        world.loop.on_step = before
        world.start()
        for seconds in scenario.script(world):
            world.run_for(seconds)
        found = [*violations(world), *_ending(scenario, world)]
        return Run(world.loop.steps, crashed, found, world.trace() if found else "")


def _ending(scenario: Scenario, world: World) -> list[str]:
    """I5, and what must not be lost: how the page must end."""
    found = []
    shown = {name: status(world, name) for name in scenario.shown}
    if shown != scenario.shown:
        found.append(f"I5: in the end the page shows {shown}")
    ends = tuple(told[-1] for told in updates(world))
    if ends != scenario.ends:
        found.append(f"I5: in the end the incidents are {ends}")
    if len(notified(world)) != scenario.notified:
        found.append(f"I3: subscribers were told {notified(world)}")
    return found


@cache
def _empty_store() -> Database:
    """A template: cloned for each run, for migrations or tables made anew would cost more than the run."""
    return Database.in_memory()
