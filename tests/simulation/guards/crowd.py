"""A page of ten shops: each breaks by an alert of its own, by one that concerns all, by a probe that sees all, or by a query about all; all share an incident."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.conditions import Comparison, Condition, Threshold
from bridge.core.matching import parse_matchers
from bridge.core.observation import Poll, Query
from bridge.core.page import PlanSettings
from bridge.core.rules import ComponentName, ComponentRule, IncidentRule, IncidentRuleId, RuleId, RuleSet
from bridge.core.statuses import Automation, ComponentStatus
from bridge.simulation.world import PAGE, World, WorldSettings, alert
from tests.simulation.judge import violations
from tests.simulation.shop import PROBE, status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bridge.core.blast import BlastHold

SHOPS = tuple(ComponentName(f"Shops / {number}") for number in range(10))
LIMIT = 5
"""Of ten, by the default share."""
HOLD = 300.0
WINDOW = 300.0
QUERY = Query("errors", "sum(errors)", "main", 30.0)
POLL = Poll(QUERY.series, QUERY.expression, QUERY.prometheus, QUERY.every, (QUERY,), charted=False)
THRESHOLD = 5.0
A_LITTLE = 20.0
RED = "major_outage"
GREEN = "operational"


def crowd_rules(*, probed: bool = False, queried: bool = False, monitor_for: float = 60.0) -> RuleSet:
    """Without waiting, so that the guard alone decides when something is said."""

    def rule(name: str, shop: ComponentName, matchers: str) -> ComponentRule:
        return ComponentRule(
            RuleId(name),
            shop,
            parse_matchers(matchers),
            ComponentStatus.MAJOR_OUTAGE,
            for_=0.0,
            keep_firing_for=0.0,
            automation=Automation.FULL,
        )

    rules = []
    for number, shop in enumerate(SHOPS):
        rules.append(rule(f"{number} alone", shop, f'alertname="ShopDown", shop="{number}"'))
        rules.append(rule(f"{number} with all", shop, 'alertname="EverythingDown"'))
        if probed:
            rules.append(rule(f"{number} probed", shop, 'probe="web"'))
        if queried:
            failing = Condition(
                parse_matchers('query="errors"'), value=Threshold(Comparison.ABOVE, THRESHOLD)
            )
            rules.append(replace(rule(f"{number} queried", shop, 'query="errors"'), condition=failing))
    incident = IncidentRule(
        IncidentRuleId("shops"),
        SHOPS,
        "Shops are having problems",
        automation=Automation.FULL,
        monitor_for=monitor_for,
    )
    return RuleSet(PAGE, tuple(rules), (incident,))


@contextmanager
def crowd(
    *,
    probed: bool = False,
    queried: bool = False,
    plan: PlanSettings | None = None,
    stale_after: float | None = None,
) -> Iterator[World]:
    """A daemon that has read the page of ten shops."""
    settings = WorldSettings(
        components=SHOPS,
        probes=(PROBE,) if probed else (),
        polls=(POLL,) if queried else (),
        plan=plan or PlanSettings(),
        stale_after=stale_after,
    )
    with World(7, crowd_rules(probed=probed, queried=queried), settings) as world:
        world.start()
        world.run_for(A_LITTLE)
        yield world
        assert violations(world) == []


def all_down(world: World) -> float:
    """One alert says that everything is down. Returns since when."""
    since = world.now()
    world.send_alerts([alert("EverythingDown", firing=True, since=since)])
    return since


def all_up(world: World, since: float) -> None:
    """It is resolved."""
    world.send_alerts([alert("EverythingDown", firing=False, since=since, until=world.now())])


def down(world: World, shops: Iterable[int]) -> float:
    """These shops break, each by an alert of its own, in one delivery. Returns since when."""
    since = world.now()
    world.send_alerts([alert("ShopDown", firing=True, since=since, shop=str(shop)) for shop in shops])
    return since


def up(world: World, shops: Iterable[int], since: float) -> None:
    """They are mended."""
    world.send_alerts(
        [alert("ShopDown", firing=False, since=since, until=world.now(), shop=str(shop)) for shop in shops]
    )


def red(world: World) -> list[int]:
    """The shops that the page shows as broken."""
    return [number for number, shop in enumerate(SHOPS) if status(world, shop) == RED]


def held(world: World) -> BlastHold | None:
    """What the daemon holds."""
    assert world.engine is not None
    return world.engine.reconcilers[PAGE].state.memory.blast.hold


def confirm(world: World, hold_id: str) -> None:
    """An operator confirms a hold, and waits for the answer."""
    told = world.command("confirm", guard="blast_radius", subject=hold_id)
    while told.status is None:
        world.run_for(0.001)
    assert told.accepted, told.answer
