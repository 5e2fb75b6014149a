"""What the scenarios of commands share: a world that has read its page, an operator, and kills right after the answer."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bridge.simulation.world import TOKEN
from tests.simulation.adversity.interference import S, prompt_rules, rehearsed
from tests.simulation.shop import by_hand, component_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.rules import RuleSet
    from bridge.simulation.world import Told, World, WorldSettings
    from tests.simulation.adversity.interference import Interference

A_LITTLE = 20.0
"""Virtual seconds in which a start reads the page, or a write is made and answered."""

LONG = 130.0
"""Virtual seconds in which everything is told that can be told at once, and the page is read twice."""

KNOWN_FOR_A_PERSONS = 2 * S + 3 * 60.0
"""Virtual seconds after which what a person did is known for a person's: 2·S, and two readings."""


@contextmanager
def operated(
    rules: RuleSet | None = None, settings: WorldSettings | None = None
) -> Iterator[tuple[World, Interference]]:
    """A world whose daemon has read the page."""
    with rehearsed(rules if rules is not None else prompt_rules(), settings) as (world, network):
        world.start()
        world.run_for(A_LITTLE)
        yield world, network


def accepted(world: World, command: str, **fields: object) -> Told:
    """Give a command and wait for its answer, which is 200."""
    told = answered(world, command, **fields)
    assert told.accepted, told.answer
    return told


def answered(world: World, command: str, **fields: object) -> Told:
    """Give a command and wait for its answer, and not a moment longer."""
    told = world.command(command, **fields)
    while told.status is None:
        world.run_for(0.001)
    return told


def killed(world: World) -> None:
    """Kill the daemon at this very moment, and start it again soon; it reads the page anew."""
    world.crash()
    world.run_for(3.0)
    world.start()
    world.run_for(A_LITTLE)


def set_by_hand(world: World, name: str, status: str) -> None:
    """A person sets a component on the page."""
    by_hand(world, "PATCH", f"/components/{component_id(world, name)}", {"component": {"status": status}})


def writes(world: World, since: float, *methods: str) -> list[str]:
    """What the daemon wrote to the page since an instant: method and path."""
    return [
        f"{arrival.method} {arrival.template}"
        for arrival in world.simulator.arrivals
        if arrival.token == TOKEN and arrival.at >= since and arrival.method in (methods or ("POST", "PATCH"))
    ]
