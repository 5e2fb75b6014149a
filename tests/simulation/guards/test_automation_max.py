"""The cap on automation is lowered and raised while the daemon runs: what is lowered counts before the next request, and what is raised goes on with the difference of then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.core.statuses import Automation
from tests.simulation.guards.worlds import A_LITTLE, MANY, CappedWorld
from tests.simulation.judge import violations
from tests.simulation.shop import API, fire, resolve, status, updates

if TYPE_CHECKING:
    from collections.abc import Iterator


A_FEW = 5.0
"""Virtual seconds within which a level that was raised counts."""
LONG = 600.0


@pytest.fixture
def world() -> Iterator[CappedWorld]:
    with CappedWorld() as made:
        made.start()
        made.run_for(120.0)
        yield made
        assert violations(made) == []


def lower_in_a_storm(world: CappedWorld, level: Automation | None) -> float:
    """Forty components break, and while they are being written the cap is lowered. Returns when."""
    fire(world, "SearchErrors")
    world.run_for(8.0)
    shown = {status(world, name) for name in MANY}
    assert shown == {"operational", "partial_outage"}, "the storm is under way"
    world.level = level
    return world.now()


@pytest.mark.parametrize("level", [Automation.SHADOW, None], ids=["shadow", "a file without a level"])
def test_what_is_lowered_counts_before_the_next_request_begins(
    world: CappedWorld, level: Automation | None
) -> None:
    at = lower_in_a_storm(world, level)
    since = fire(world, "CheckoutErrors")
    world.run_for(LONG)
    assert world.begun_since(at) == []  # no status, no incident, no point; what was on its way arrived
    resolve(world, "CheckoutErrors", since)
    world.run_for(A_LITTLE)
    world.level = Automation.FULL
    world.run_for(LONG)
    assert {status(world, name) for name in MANY} == {"partial_outage"}
    assert updates(world) == []  # what came and went meanwhile is never told


def test_what_was_planned_before_is_not_sent_after_the_cap_was_lowered_in_its_commit(
    world: CappedWorld,
) -> None:
    world.loop.executor_delay = (0.5, 1.0)
    fire(world, "CheckoutErrors")
    engine = world.engine
    assert engine is not None
    while not engine.pages[0].intents:
        world.run_for(0.01)
    world.level = Automation.SHADOW
    at = world.now()
    world.run_for(LONG)
    assert world.begun_since(at) == []
    assert updates(world) == []
    world.level = Automation.FULL
    world.run_for(A_LITTLE)
    assert updates(world) == [["investigating"]]


def test_what_is_raised_counts_within_seconds_and_sends_the_difference_of_then(world: CappedWorld) -> None:
    world.level = Automation.SHADOW
    world.run_for(A_FEW)
    fire(world, "CheckoutErrors")
    world.run_for(A_LITTLE)
    assert status(world, API) == "operational"
    world.level = Automation.STATUSES
    world.run_for(A_FEW)
    assert (status(world, API), updates(world)) == ("major_outage", [])
    world.level = Automation.FULL
    world.run_for(A_FEW)
    assert updates(world) == [["investigating"]]


def test_a_start_under_a_lowered_cap_writes_nothing(world: CappedWorld) -> None:
    at = lower_in_a_storm(world, Automation.SHADOW)
    world.crash()
    world.run_for(3.0)
    world.start()
    fire(world, "CheckoutErrors")
    world.run_for(LONG)
    assert world.begun_since(at) == []
    world.level = Automation.FULL
    world.run_for(LONG)
    assert {status(world, name) for name in (API, *MANY)} == {"major_outage", "partial_outage"}


def test_the_lower_of_the_page_and_of_all_is_in_force_and_shown(world: CappedWorld) -> None:
    engine = world.engine
    assert engine is not None
    sample = engine.gauges.metrics.registry.get_sample_value
    labels = {"page": "acme"}
    assert sample("bridge_automation_max", labels) == Automation.FULL.level
    world.level = Automation.STATUSES
    world.run_for(A_FEW)
    assert sample("bridge_automation_max", labels) == Automation.STATUSES.level
    assert sample("bridge_automation_max_unusable", labels) == 0
    world.level = None
    world.run_for(A_FEW)
    assert sample("bridge_automation_max", labels) == Automation.SHADOW.level
    assert sample("bridge_automation_max_unusable", labels) == 1
