"""The page of a rehearsal: what the rules name, and when it begins."""

from __future__ import annotations

from bridge.config.observed_names import Observed
from bridge.core.rules import ComponentName, RuleSet
from bridge.core.statuses import ComponentStatus
from bridge.simulation.rehearsal.staged_world import StagedWorld
from tests.simulation.adversity.interference import claim


def test_a_name_with_slashes_stands_in_its_group() -> None:
    name = ComponentName("Shop / Orders / Returns")
    with StagedWorld(
        RuleSet("acme", (claim("returns", name, "ReturnsFail", ComponentStatus.PARTIAL_OUTAGE),)), Observed()
    ) as world:
        page = world.simulator.page(world.page_id)
        assert [group.name for group in page.groups.values()] == ["Shop"]
        assert [component.name for component in page.components.values()] == ["Orders / Returns"]


def test_it_begins_when_a_test_says() -> None:
    with StagedWorld(RuleSet("acme"), Observed(), begins_at=1_000_000_000.0) as world:
        assert world.now() == 1_000_000_000.0
        assert "0.000000  world" in started(world)


def started(world: StagedWorld) -> str:
    world.start()
    return world.trace()
