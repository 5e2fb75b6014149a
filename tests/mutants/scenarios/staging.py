"""What the scenarios share: a world that has read its page, kills at chosen places, and judgements as sentences that begin with the invariant's name."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bridge.simulation.world import TOKEN
from tests.simulation.adversity.interference import S, rehearsed
from tests.simulation.shop import status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.rules import RuleSet
    from bridge.simulation.world import World, WorldSettings
    from bridge.simulator.ledgers import Arrival
    from tests.simulation.adversity.interference import Interference

A_LITTLE = 20.0
"""Virtual seconds in which a start reads the page, or a write is made and answered."""

LONG = 120.0
"""Virtual seconds in which everything is told that can be told at once."""

SETTLED = 30.0 + 150.0 + 120.0
"""Virtual seconds after which a lost write is settled, and what follows from that is told: time-out, S, and some."""

NOT_OURS_ANY_MORE = 2 * S + 3 * 60.0
"""Virtual seconds after which what a person did is known for a person's: 2·S, and two readings."""

DOWN_FOR = 3.0


@contextmanager
def opened(
    rules: RuleSet, settings: WorldSettings | None = None, *, seed: int = 7
) -> Iterator[tuple[World, Interference]]:
    """A world with a hand in its network, whose daemon has read the page."""
    with rehearsed(rules, settings, seed=seed) as (world, network):
        world.start()
        world.run_for(A_LITTLE)
        yield world, network


def restart(world: World) -> None:
    """Kill the daemon now, and start it again soon."""
    world.crash()
    with world.loop.outside():
        world.loop.call_later(DOWN_FOR, world.start)


def restarted(world: World) -> None:
    """Kill the daemon now, and let it be up again and have read the page."""
    restart(world)
    world.run_for(DOWN_FOR + A_LITTLE)


def kill_after_steps(world: World, steps: int) -> None:
    """Kill the daemon before the step that is so many from now."""
    at = world.loop.steps + steps

    def before(step: int) -> None:
        if step == at and world.engine is not None:
            restart(world)

    world.loop.on_step = before


def kill_after(world: World, seconds: float) -> None:
    """Kill the daemon in so many seconds."""
    with world.loop.outside():
        world.loop.call_later(seconds, restart, world)


def shows(world: World, name: str, wanted: str, *, invariant: str = "I5") -> list[str]:
    """That a component shows what it should."""
    shown = status(world, name)
    return [] if shown == wanted else [f"{invariant}: {name} shows {shown} instead of {wanted}"]


def writes_to(world: World, incident_id: str) -> list[Arrival]:
    """The daemon's writes to an incident that arrived."""
    return [
        arrival
        for arrival in world.simulator.arrivals
        if arrival.token == TOKEN
        and arrival.method == "PATCH"
        and arrival.targets.get("incident_id") == incident_id
    ]
