"""Times in which nobody could look: no network of our own, a daemon that was down. Nothing that is said in public may come of them."""

from __future__ import annotations

from dataclasses import replace

from bridge.simulation.world import WorldSettings
from tests.mutants.scenarios.staging import LONG, opened, shows
from tests.simulation.adversity.interference import prompt_rules
from tests.simulation.shop import FOR, PROBE, WEB, fire, resolve, shop_rules, updates

HOUR = 3600.0

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
