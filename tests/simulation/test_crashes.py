"""A crash anywhere: no second incident, no second mail, and a true page in the end. `make crashes` takes every step; here every so many."""

from __future__ import annotations

import pytest

from tests.simulation.crashes import play
from tests.simulation.scenarios import SCENARIOS, Scenario

CRASHES = 12
"""Runs with a crash for each scenario, spread over its steps."""


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_crash_at_any_step_changes_nothing_in_the_end(scenario: Scenario) -> None:
    whole = play(scenario, 1)
    assert whole.found == []
    assert whole.steps >= 200
    every = whole.steps // CRASHES
    runs = {step: play(scenario, 1, crash_at=step) for step in range(every // 2, whole.steps, every)}
    assert sum(run.crashed for run in runs.values()) >= CRASHES - 2
    assert {step: run.found for step, run in runs.items() if run.found} == {}
