"""How bad an incident is to readers: as the page works it out, or as its rule says when it opens; a person's word stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.core.statuses import Impact
from bridge.simulation.world import World
from tests.simulation.shop import (
    FOR,
    KEEP_FIRING_FOR,
    MONITOR_FOR,
    by_hand,
    fire,
    incident_id,
    resolve,
    shop_rules,
    updates,
)

A_LITTLE = 60.0


@pytest.mark.parametrize(
    ("impact", "shown"),
    [
        (Impact.AUTO, "critical"),
        (Impact.NONE, "none"),
        (Impact.MINOR, "minor"),
        (Impact.MAJOR, "major"),
        (Impact.CRITICAL, "critical"),
    ],
)
def test_an_incident_has_the_impact_of_its_rule_until_a_person_says_another(
    impact: Impact, shown: str
) -> None:
    rules = shop_rules()
    (incident,) = rules.incidents
    with World(12, replace(rules, incidents=(replace(incident, impact=impact),))) as world:

        def seen() -> str:
            (one,) = world.simulator.incidents(world.page_id)
            return str(one.impact)

        world.start()
        world.run_for(20)
        since = fire(world, "CheckoutErrors")
        world.run_for(FOR + A_LITTLE)
        assert seen() == shown
        other = "minor" if shown != "minor" else "major"
        by_hand(
            world,
            "PATCH",
            f"/incidents/{incident_id(world)}",
            {"incident": {"impact_override": other, "deliver_notifications": False}},
        )
        resolve(world, "CheckoutErrors", since)
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + 3 * A_LITTLE)
        assert seen() == other
        assert updates(world) == [["investigating", "monitoring", "resolved"]]
