"""The rate limit under load: more changes than slots, with kills, after quiet, and with a server that asks for patience."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.rules import ComponentName, RuleId
from bridge.simulation.world import World, WorldSettings
from tests.mutants.scenarios.staging import A_LITTLE, opened
from tests.simulation.adversity.interference import answered, prompt_rules
from tests.simulation.judge import WINDOW, within_the_rate_limit
from tests.simulation.shop import EVERYTHING_AT_ONCE, fire

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

QUIET = 200.0
MANY = tuple(f"Service {number}" for number in range(150))
ASKED = 300.0
READ_EVERY = 60.0
BETWEEN_LOOKS = 11.0
"""Virtual seconds in which a daemon looks at the machine's clock, which it does every ten."""


def _many_rules() -> RuleSet:
    rule = prompt_rules().components[0]
    rules = tuple(replace(rule, id=RuleId(name), component=ComponentName(name)) for name in MANY)
    return replace(prompt_rules(), components=rules, incidents=())


def a_storm_after_a_quiet_time() -> list[str]:
    """I4: a hundred and fifty components break at once."""
    with World(7, _many_rules(), WorldSettings(components=MANY, plan=EVERYTHING_AT_ONCE)) as world:
        world.start()
        world.run_for(QUIET)
        fire(world, "CheckoutErrors")
        world.run_for(WINDOW + A_LITTLE)
        return within_the_rate_limit(world)


def a_crash_loop_in_a_storm() -> list[str]:
    """I4: the daemon is killed every five seconds while it has more to say than the limit lets it."""
    with World(7, _many_rules(), WorldSettings(components=MANY, plan=EVERYTHING_AT_ONCE)) as world:
        world.start()
        world.run_for(QUIET)
        fire(world, "CheckoutErrors")
        for _ in range(10):
            world.run_for(5.0)
            world.crash()
            world.run_for(0.5)
            world.start()
        return within_the_rate_limit(world)


def a_clock_that_is_set_in_a_storm() -> list[str]:
    """I4: the machine's clock is set forward again and again while there is more to say than the limit lets us."""
    with World(7, _many_rules(), WorldSettings(components=MANY, plan=EVERYTHING_AT_ONCE)) as world:
        world.start()
        world.run_for(QUIET)
        fire(world, "CheckoutErrors")
        world.run_for(WINDOW)
        for _ in range(5):
            world.clock_set_by += WINDOW + A_LITTLE
            world.run_for(BETWEEN_LOOKS)
        return within_the_rate_limit(world)


def a_refusal_that_asks_for_five_minutes() -> list[str]:
    """I4: the server refuses for the limit and says for how long; nothing comes before."""
    with opened(prompt_rules()) as (world, network):
        refused: list[float] = []

        async def refuse(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001 - as in Hook
            if refused:
                return None
            refused.append(world.now())
            headers = {"Retry-After": f"{ASKED:g}"}
            return answered(429, {"error": "Too many requests"}, **headers)

        network.hooks.append(refuse)
        world.run_for(READ_EVERY + ASKED + 2 * A_LITTLE)
        assert refused
        later = [at for at, _, _ in network.requests if at > refused[0]]
        assert later
        waited = later[0] - refused[0]
        return [f"I4: {waited:.0f} s after a refusal that asked for {ASKED:g} s"] if waited < ASKED else []
