"""Times in which nobody could look: no network of our own, a daemon that was down, a clock that was set. Nothing that is said in public may come of them."""

from __future__ import annotations

from dataclasses import replace

from bridge.simulation.world import WorldSettings
from tests.mutants.scenarios.staging import A_LITTLE, LONG, opened, shows
from tests.simulation.adversity.interference import prompt_rules
from tests.simulation.shop import FOR, KEEP_FIRING_FOR, PROBE, WEB, fire, resolve, shop_rules, updates

HOUR = 3600.0
BETWEEN_LOOKS = 20.0
"""Virtual seconds in which a daemon looks at the machine's clock, which it does every ten."""

PROBED = WorldSettings(probes=(PROBE,))


def a_broken_service_and_no_network() -> list[str]:
    """I14: a probe says that a service is down, and then cannot look for an hour."""
    with opened(shop_rules(), PROBED) as (world, _):
        world.services[PROBE.check.url] = 503
        world.run_for(FOR + LONG)
        assert not shows(world, WEB, "major_outage")
        world.blind = True
        world.run_for(HOUR)
        return shows(world, WEB, "major_outage", invariant="I14")


def a_healthy_service_and_no_network() -> list[str]:
    """I8: nothing is wrong but our own network."""
    with opened(shop_rules(), PROBED) as (world, _):
        world.run_for(LONG)
        world.blind = True
        world.run_for(HOUR)
        return shows(world, WEB, "operational", invariant="I8")


def a_daemon_that_was_down_for_an_hour() -> list[str]:
    """I8: a recovered incident is watched for ten minutes before it is over; an hour without a daemon is not watching."""
    rules = replace(
        prompt_rules(),
        incidents=tuple(replace(rule, monitor_for=600.0) for rule in prompt_rules().incidents),
    )
    with opened(rules) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        resolve(world, "CheckoutErrors", since)
        world.run_for(LONG)
        assert updates(world) == [["investigating", "monitoring"]]
        world.crash()
        world.run_for(HOUR)
        world.start()
        world.run_for(LONG)
        (told,) = updates(world)
        return [] if told[-1] == "monitoring" else [f"I8: {told[-1]} after an hour in which nobody watched"]


def a_clock_that_is_set_forward() -> list[str]:
    """I8: the machine's clock is set forward by an hour while something flaps."""
    with opened(shop_rules()) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(FOR / 4)
        world.clock_set_by = HOUR
        world.run_for(BETWEEN_LOOKS)
        fire(world, "SearchErrors")  # whatever makes it look
        world.run_for(A_LITTLE / 4)
        resolve(world, "CheckoutErrors", since)
        world.run_for(KEEP_FIRING_FOR + LONG)
        return [f"I8: {told} of a flap" for told in updates(world)]
