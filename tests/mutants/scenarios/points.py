"""Metric points where there are many."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from bridge.core.rules import MetricRule, RuleSet
from bridge.simulation.world import PAGE, World, WorldSettings
from tests.simulation.shop import PROBE

GAP = 300.0
MINUTES = 12
PROBES = tuple(replace(PROBE, id=f"web-{number}") for number in range(40))
METRICS = tuple(f"Latency {number}" for number in range(40))


def forty_metrics() -> list[str]:
    """I7: forty probes give a point each in every half minute; no metric may show five minutes without one."""
    rules = tuple(MetricRule(name, probe.latency) for name, probe in zip(METRICS, PROBES, strict=True))
    settings = WorldSettings(metrics=METRICS, probes=PROBES)
    with World(7, RuleSet(PAGE, metrics=rules), settings) as world:
        world.start()
        world.run_for(MINUTES * 60.0)
        found = []
        for metric_id, metric in world.simulator.page(world.page_id).metrics.items():
            instants = [
                world.now() - MINUTES * 60.0,
                *world.simulator.metric_points(world.page_id, metric_id),
                world.now(),
            ]
            gap = max(later - earlier for earlier, later in pairwise(instants))
            if gap > GAP:
                found.append(f"I7: {metric.name} has no point in {gap:.0f} s")
        return found
