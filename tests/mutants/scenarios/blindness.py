"""A time in which nobody could look. Nothing that is said in public may come of it."""

from __future__ import annotations

from bridge.simulation.world import WorldSettings
from tests.mutants.scenarios.staging import LONG, opened, shows
from tests.simulation.shop import FOR, PROBE, WEB, shop_rules

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
