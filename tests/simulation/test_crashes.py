"""A crash anywhere: no second incident, no second mail, and a true page in the end."""

from __future__ import annotations

import pytest

from tests.simulation.crashes import Outage

EVERY = 37
"""Steps from one crash to the next; a campaign takes every step."""


@pytest.mark.parametrize("seed", [1, 2])
def test_a_crash_at_any_step_leaves_one_incident_told_once(seed: int) -> None:
    whole = Outage(seed).run()
    assert whole.found == []
    crashed = [Outage(seed, crash_at=step).run() for step in range(seed, whole.steps, EVERY)]
    assert sum(run.crashed for run in crashed) > 0.9 * len(crashed)
    assert {run.crash_at: run.found for run in crashed if run.found} == {}
