"""Rules that count, while some of what they count cannot be known."""

from __future__ import annotations

from dataclasses import replace

from bridge.core.conditions import Comparison, Condition, NoData, Population, Threshold
from bridge.core.matching import parse_matchers
from bridge.core.observation import HttpCheck, Probe
from bridge.core.rules import ComponentRule, RuleId, RuleSet
from bridge.core.statuses import Automation, ComponentStatus
from bridge.simulation.world import PAGE, WorldSettings
from tests.mutants.scenarios.staging import A_LITTLE, LONG, opened, shows
from tests.simulation.shop import EVERYTHING_AT_ONCE, SEARCH, fire

HOUR = 3600.0
STALE_AFTER = 200.0
EXPIRY = 900.0

PROBES = tuple(
    Probe(name, HttpCheck(f"http://{name}.example/"), every=30.0, timeout=10.0) for name in ("eu", "us", "ap")
)


def _rules(condition: Condition) -> RuleSet:
    """One rule that says at once what its condition is."""
    rule = ComponentRule(
        RuleId("search"),
        SEARCH,
        (),
        ComponentStatus.PARTIAL_OUTAGE,
        0.0,
        0.0,
        condition=condition,
        automation=Automation.FULL,
    )
    return RuleSet(PAGE, (rule,))


def two_of_three_probes_and_no_network() -> list[str]:
    """I14: two of three probes fail, which is enough, and then none can look for an hour."""
    population = Population("probe", frozenset(probe.id for probe in PROBES), reports_ok=True)
    rules = _rules(Condition(parse_matchers('probe=~".+"'), 2, population))
    with opened(rules, WorldSettings(probes=PROBES, plan=EVERYTHING_AT_ONCE)) as (world, _):
        for probe in PROBES[:2]:
            world.services[probe.check.url] = 503
        world.run_for(LONG)
        assert not shows(world, SEARCH, "partial_outage")
        world.blind = True
        world.run_for(HOUR)
        return shows(world, SEARCH, "partial_outage", invariant="I14")


def a_probe_that_becomes_slow() -> list[str]:
    """I5: a probe answers as it should, and later than its rule lets it."""
    slow = Condition(parse_matchers('probe="eu"'), value=Threshold(Comparison.ABOVE, 2.0))
    with opened(_rules(slow), WorldSettings(probes=PROBES, plan=EVERYTHING_AT_ONCE)) as (world, _):
        world.slowness[PROBES[0].check.url] = 3.0
        world.run_for(
            2 * A_LITTLE
        )  # a beat and a write, and less than what makes an evaluation look at it anyhow
        return shows(world, SEARCH, "partial_outage")


def an_alert_that_expires_while_its_source_is_blind() -> list[str]:
    """I14: a rule takes silence for the end; its source goes blind before the alert expires, and the daemon starts anew after that."""
    rules = _rules(Condition(parse_matchers('alertname="SearchErrors"'), no_data=NoData.IGNORE))
    settings = replace(WorldSettings(plan=EVERYTHING_AT_ONCE), stale_after=STALE_AFTER, alert_expiry=EXPIRY)
    with opened(rules, settings) as (world, _):
        fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        assert not shows(world, SEARCH, "partial_outage")
        world.run_for(EXPIRY + HOUR)
        world.crash()
        world.start()
        world.run_for(HOUR)
        return shows(world, SEARCH, "partial_outage", invariant="I14")
