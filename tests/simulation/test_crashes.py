"""A crash anywhere: no second incident, no second mail, and a true page in the end. `make crashes` takes every step; here every so many."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.simulation.crashes import play
from tests.simulation.scenarios import BRISK, SCENARIOS, Scenario

CRASHES = 17
"""Runs with a crash for each scenario, spread over its steps: a tenth of what `make crashes` must do at least."""


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_crash_at_any_step_changes_nothing_in_the_end(scenario: Scenario) -> None:
    brisk = scenario.at(BRISK)
    whole = play(brisk, 1)
    assert whole.found == ()
    assert whole.steps >= 200
    every = whole.steps // CRASHES
    runs = {step: play(brisk, 1, crash_at=step) for step in range(every // 2, whole.steps, every)}
    assert sum(run.crashed for run in runs.values()) >= CRASHES
    assert {step: run.found for step, run in runs.items() if run.found} == {}


def test_a_copy_split_off_at_a_step_does_what_a_run_from_the_beginning_does() -> None:
    assert (
        _alone("""
from tests.simulation.crashes import crash_at_each, play
from tests.simulation.scenarios import BRISK, SCENARIOS
scenario = SCENARIOS[0].at(BRISK)
crashes = crash_at_each(scenario, 1, every=60).crashes
assert len(crashes) > 10
print([step for step, run in crashes.items() if run != play(scenario, 1, crash_at=step)])
""")
        == "[]"
    )


def test_a_copy_that_dies_or_hangs_is_a_finding_and_never_a_pass() -> None:
    assert (
        _alone("""
import os, signal
from tests.simulation.forks import Forks
forks = Forks(within=0.5)
if forks.split(1):
    os.kill(os.getpid(), signal.SIGKILL)
if forks.split(2):
    os._exit(0)
if forks.split(3):
    signal.pause()
if forks.split(4):
    forks.say("well")
print(*sorted(forks.gather().items()), sep="; ")
""")
        == "(1, Lost(why='it ended with -9')); (2, Lost(why='what it said cannot be read: Ran out of input'));"
        " (3, Lost(why='it did not end within 0.5 s')); (4, 'well')"
    )


def _alone(source: str) -> str:
    """What a program prints in a process of its own: that of the tests has threads, and is not to be split."""
    ran = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-W", "error", "-c", source], check=False, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip().splitlines()[-1]
