"""Rules over what queries give, while there is nothing to give, nobody to ask, or another expression to ask."""

from __future__ import annotations

from bridge.core.conditions import Comparison, Condition, NoData, Threshold
from bridge.core.matching import parse_matchers
from bridge.core.observation import Poll, Query
from bridge.core.rules import ComponentRule, RuleId, RuleSet
from bridge.core.statuses import Automation, ComponentStatus
from bridge.simulation.world import PAGE, WorldSettings
from bridge.sources.exchange import Answer
from tests.mutants.scenarios.staging import LONG, opened, shows
from tests.simulation.shop import EVERYTHING_AT_ONCE, SEARCH, fire

HOUR = 3600.0
FOR = 60.0
RATIO, PERCENT, OTHER = "errors / requests", "100 * errors / requests", "up"


def _poll(identifier: str, expression: str) -> Poll:
    query = Query(identifier, expression, "main", 30.0)
    return Poll(query.series, expression, "main", query.every, (query,), charted=False)


def _rules(bound: float, *, for_: float = 0.0, no_data: NoData = NoData.HOLD) -> RuleSet:
    condition = Condition(
        parse_matchers('query="errors"'), no_data=no_data, value=Threshold(Comparison.ABOVE, bound)
    )
    rule = ComponentRule(
        RuleId("search"),
        SEARCH,
        (),
        ComponentStatus.PARTIAL_OUTAGE,
        for_,
        0.0,
        condition=condition,
        automation=Automation.FULL,
    )
    return RuleSet(PAGE, (rule,))


SETTINGS = WorldSettings(polls=(_poll("errors", RATIO), _poll("other", OTHER)), plan=EVERYTHING_AT_ONCE)


def a_query_without_data() -> list[str]:
    """I14: errors are there, and then Prometheus knows nothing of them."""
    with opened(_rules(0.05), SETTINGS) as (world, _):
        world.prometheus.values.update({RATIO: 0.2, OTHER: 1.0})
        world.run_for(LONG)
        assert not shows(world, SEARCH, "partial_outage")
        world.prometheus.values[RATIO] = None
        world.run_for(HOUR)
        return shows(world, SEARCH, "partial_outage", invariant="I14")


def a_query_that_is_not_answered_while_others_are() -> list[str]:
    """I14: a rule takes silence for the end; its query is refused, and Prometheus is well."""
    with opened(_rules(0.05, no_data=NoData.IGNORE), SETTINGS) as (world, _):
        world.prometheus.values.update({RATIO: 0.2, OTHER: 1.0})
        world.run_for(LONG)
        assert not shows(world, SEARCH, "partial_outage")
        world.prometheus.faults[RATIO] = Answer(422)
        world.run_for(HOUR)
        return shows(world, SEARCH, "partial_outage", invariant="I14")


def a_query_that_asks_for_something_else() -> list[str]:
    """I14: one percent is well, and would be an outage of the ratio that is asked for from now on, if anybody were there to ask."""
    percent = (_poll("errors", PERCENT), _poll("other", OTHER))
    with opened(_rules(5.0), WorldSettings(polls=percent, plan=EVERYTHING_AT_ONCE)) as (world, _):
        world.prometheus.values.update({PERCENT: 1.0, OTHER: 1.0})
        world.run_for(LONG)
        world.prometheus.down = True
        world.reload(_rules(0.05), SETTINGS.polls)
        world.run_for(HOUR)
        return shows(world, SEARCH, "operational", invariant="I14")


def a_value_of_the_life_before() -> list[str]:
    """I14: errors begin, and the daemon is killed a moment before they are told; nobody answers it after that."""
    with opened(_rules(0.05, for_=FOR), SETTINGS) as (world, _):
        world.prometheus.values.update({RATIO: 0.01, OTHER: 1.0})
        world.run_for(LONG)
        world.prometheus.values[RATIO] = 0.2
        while world.engine is not None and not world.engine.reconcilers[PAGE].state.memory.holds:
            world.run_for(1.0)
        world.run_for(FOR - 5.0)
        world.prometheus.slowness = HOUR
        fire(world, "Watchdog")  # what is committed tells the next life until when there was one
        world.run_for(1.0)
        world.crash()
        world.run_for(1.0)
        world.start()
        world.run_for(HOUR)
        return shows(world, SEARCH, "operational", invariant="I14")
