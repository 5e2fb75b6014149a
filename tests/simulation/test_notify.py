"""Of which transitions subscribers are told, as an incident's `notify` says: the others stand on the page all the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.matching import parse_matchers
from bridge.core.rules import DEFAULT_NOTIFY, Notify, RuleId
from bridge.core.statuses import ComponentStatus
from bridge.simulation.world import World
from tests.simulation.shop import (
    API,
    FOR,
    KEEP_FIRING_FOR,
    MONITOR_FOR,
    fire,
    notified,
    resolve,
    shop_rules,
    updates,
)

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet

A_LITTLE = 60.0
TOLD = ["investigating", "investigating", "monitoring", "investigating", "monitoring", "resolved"]
"""Opened, escalated, recovered, returned, recovered, resolved."""


def rules_of(notify: frozenset[Notify]) -> RuleSet:
    """The shop's rules with a milder alert beside the one of an outage."""
    rules = shop_rules()
    milder = replace(
        rules.components[0],
        id=RuleId("slow"),
        component=API,
        matchers=parse_matchers('alertname="CheckoutSlow"'),
        status=ComponentStatus.PARTIAL_OUTAGE,
    )
    (incident,) = rules.incidents
    return replace(
        rules, components=(*rules.components, milder), incidents=(replace(incident, notify=notify),)
    )


@pytest.mark.parametrize(
    ("notify", "mailed"),
    [
        (DEFAULT_NOTIFY, ["investigating", "investigating", "resolved"]),
        (frozenset({Notify.OPEN}), ["investigating"]),
        (frozenset({Notify.OPEN, Notify.RESOLVE}), ["investigating", "resolved"]),
        (
            frozenset({Notify.OPEN, Notify.RETURN, Notify.MONITOR}),
            ["investigating", "monitoring", "investigating", "monitoring"],
        ),
        (frozenset(Notify), TOLD),
    ],
    ids=lambda value: "-".join(sorted(value)) if isinstance(value, frozenset) else "",
)
def test_subscribers_are_told_of_what_notify_lists_and_the_page_of_everything(
    notify: frozenset[Notify], mailed: list[str]
) -> None:
    with World(11, rules_of(notify)) as world:
        world.start()
        world.run_for(20)
        slow = fire(world, "CheckoutSlow")
        world.run_for(FOR + A_LITTLE)
        down = fire(world, "CheckoutErrors")
        world.run_for(FOR + A_LITTLE)
        resolve(world, "CheckoutSlow", slow)
        resolve(world, "CheckoutErrors", down)
        world.run_for(KEEP_FIRING_FOR + A_LITTLE)
        again = fire(world, "CheckoutErrors")
        world.run_for(FOR + A_LITTLE)
        resolve(world, "CheckoutErrors", again)
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + 2 * A_LITTLE)
        assert updates(world) == [TOLD]
        assert notified(world) == mailed
