"""A time in which nobody could look. Nothing that is said in public may come of it."""

from __future__ import annotations

from bridge.simulation.world import TOKEN, WorldSettings
from tests.mutants.scenarios.staging import A_LITTLE, LONG, opened, shows
from tests.simulation.shop import FOR, PROBE, WEB, fire, resolve, shop_rules

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


def a_frozen_process_and_a_pending_alert() -> list[str]:
    """I8: the process is frozen for an hour while an alert is pending, and the alert ends right after the thaw."""
    with opened(shop_rules()) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(FOR / 2)
        world.freeze()
        world.run_for(HOUR)
        world.thaw()
        world.run_for(A_LITTLE / 2)
        resolve(world, "CheckoutErrors", since)
        world.run_for(LONG)
        return [
            f"I8: {arrival.method} {arrival.template} at {arrival.at}, by time in which nobody could look"
            for arrival in world.simulator.arrivals
            if arrival.token == TOKEN and arrival.method != "GET"
        ]
