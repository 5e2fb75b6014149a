"""Review: a rule is edited while its alert fires. That says nothing about the component."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.statuses import ComponentStatus
from tests.simulation.adversity.interference import rehearsed
from tests.simulation.shop import (
    FOR,
    KEEP_FIRING_FOR,
    SEARCH,
    component_id,
    fire,
    resolve,
    shop_rules,
    status,
)

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet
    from bridge.simulation.world import World

LONG = 130.0


def edited(to: ComponentStatus) -> RuleSet:
    """The shop's rules, with another status for errors of the search."""
    rules = shop_rules()
    components = tuple(
        replace(rule, status=to) if rule.component == SEARCH else rule for rule in rules.components
    )
    assert components != rules.components
    return replace(rules, components=components)


def reload(world: World, rules: RuleSet) -> None:
    """The rule files changed."""
    world.ruleset = rules
    assert world.engine is not None
    world.engine.replace_rules({rules.page: rules})


def shown(world: World, since: float) -> list[str]:
    """What was written to the component, and in the incident that lists it, since an instant."""
    wanted = component_id(world, SEARCH)
    return [
        str(body["component"]["status"] if "component" in body else body["incident"]["components"][wanted])
        for arrival in world.simulator.arrivals
        if arrival.at >= since
        and (body := arrival.body or {})
        and (
            wanted in arrival.targets.values() or wanted in (body.get("incident") or {}).get("components", {})
        )
    ]


@pytest.mark.parametrize("restarts", [False, True], ids=["by a reload", "by a restart"])
@pytest.mark.parametrize("to", [ComponentStatus.DEGRADED_PERFORMANCE, ComponentStatus.MAJOR_OUTAGE])
def test_a_status_that_is_edited_while_its_alert_fires_is_never_green_in_between(
    to: ComponentStatus, *, restarts: bool
) -> None:
    with rehearsed() as (world, _):
        world.start()
        world.run_for(20.0)
        since = fire(world, "SearchErrors")
        world.run_for(FOR + LONG)
        before = status(world, SEARCH)
        edit = world.now()
        if restarts:
            world.crash()
            world.ruleset = edited(to)
            world.start()
        else:
            reload(world, edited(to))
        world.run_for(FOR + KEEP_FIRING_FOR + 2 * LONG)
        assert before not in {to, "operational"}
        assert (status(world, SEARCH), shown(world, edit)) == (to, [to])
        resolve(world, "SearchErrors", since)
        world.run_for(KEEP_FIRING_FOR + LONG)
        assert status(world, SEARCH) == "operational"
