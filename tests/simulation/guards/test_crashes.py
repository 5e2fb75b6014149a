"""A kill at any step: what is held stays held, and a mail that was begun counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.core.page import PlanSettings
from bridge.simulation.world import WorldSettings
from tests.simulation.adversity.interference import prompt_rules
from tests.simulation.crashes import play
from tests.simulation.guards.crowd import GREEN, HOLD, SHOPS, all_down, all_up, crowd_rules
from tests.simulation.scenarios import Pace, Scenario
from tests.simulation.shop import fire, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.simulation.world import World

CRASHES = 40


def everything_down_for_a_while(world: World, _pace: Pace) -> Iterator[float]:
    """One source says so, for longer than the hold; nobody may hear of it."""
    yield 5.0
    since = all_down(world)
    yield HOLD + 60.0
    all_up(world, since)
    yield 600.0


def four_outages_in_an_hour(world: World, pace: Pace) -> Iterator[float]:
    """Two notifications may be sent: of the first, that it began and that it is over."""
    for _ in range(4):
        yield 10.0
        since = fire(world, "CheckoutErrors")
        yield pace.settled
        resolve(world, "CheckoutErrors", since)
        yield pace.settled + 120.0


SCENARIOS = (
    Scenario(
        "everything down, by one source",
        everything_down_for_a_while,
        shown=dict.fromkeys(SHOPS, GREEN),
        ends=(),
        notified=0,
        rules=crowd_rules(),
        settings=WorldSettings(components=SHOPS),
    ),
    Scenario(
        "mails without end",
        four_outages_in_an_hour,
        ends=("resolved",) * 4,
        notified=2,
        rules=prompt_rules(),
        settings=WorldSettings(plan=PlanSettings(notifications_per_hour=2)),
    ),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_kill_at_any_step_changes_nothing_of_what_is_said(scenario: Scenario) -> None:
    whole = play(scenario, 1)
    assert whole.found == ()
    every = whole.steps // CRASHES
    runs = {step: play(scenario, 1, crash_at=step) for step in range(every // 2, whole.steps, every)}
    # A mail counts when it is begun: killed before it has left, one fewer is told.
    spared = ("I3: subscribers were told ['investigating']",) if scenario.notified else ()
    assert {step: run.found for step, run in runs.items() if run.found not in {(), spared}} == {}
