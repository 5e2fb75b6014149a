"""A tenth of `make simulate`: random runs in which everything goes wrong at once, each judged by every invariant."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

from bridge.core.maintenance_rules import Extend, Tell
from bridge.core.rules import WhileDrafted
from tests.simulation.campaign import play, run_operated, run_ruled, run_seed
from tests.simulation.course import LENGTH, Course, Deed, Happening, draw_course
from tests.simulation.operators import OPERATORS, draw_operated
from tests.simulation.regime import REVIEWERS, draw_ruled
from tests.simulation.shrinker import shrink

SEEDS = 60
OPERATED_SEEDS = 30
RULED_SEEDS = 30


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_random_run_breaks_no_invariant(seed: int) -> None:
    result = run_seed(seed)
    assert result.violations == [], f"make simulate SEED={seed} tells the story\n{result.trace[-3000:]}"
    assert result.seconds >= LENGTH


@pytest.mark.parametrize("seed", range(OPERATED_SEEDS))
def test_a_random_run_with_operators_breaks_no_invariant(seed: int) -> None:
    result = run_operated(seed)
    assert result.violations == [], f"make operators SEED={seed} tells the story\n{result.trace[-3000:]}"


@pytest.mark.parametrize("seed", range(RULED_SEEDS))
def test_a_random_run_with_drafts_and_planned_maintenances_breaks_no_invariant(seed: int) -> None:
    result = run_ruled(seed)
    assert result.violations == [], f"make regimes SEED={seed} tells the story\n{result.trace[-3000:]}"


def test_a_course_under_a_regime_is_the_seeds_own_with_deeds_added() -> None:
    deeds: Counter[Deed] = Counter()
    regimes = []
    for seed in range(200):
        plain, ruled = draw_course(seed), draw_ruled(seed)
        assert ruled == draw_ruled(seed)
        without = (
            {Deed.LOSE_DISK, Deed.SET_CLOCK} if ruled.regime and ruled.regime.planned else {Deed.LOSE_DISK}
        )
        kept = [happening for happening in plain.happenings if happening.deed not in without]
        assert [happening for happening in ruled.happenings if happening in kept] == kept
        assert (ruled.holds, ruled.conditions, ruled.options) == (
            plain.holds,
            plain.conditions,
            plain.options,
        )
        deeds.update(happening.deed for happening in ruled.happenings)
        assert ruled.regime is not None
        regimes.append(ruled.regime)
    assert set(deeds) >= REVIEWERS
    drafts = [regime.drafts for regime in regimes if regime.drafts is not None]
    assert {(one.publish_after is None, one.while_drafted) for one in drafts} == set(
        product((True, False), WhileDrafted)
    )
    planned = [one for regime in regimes for one in regime.planned]
    assert {type(one.overrun) for one in planned} == {type(None), Extend, Tell}
    assert {(one.changed_at is None, one.moved_by is None) for one in planned} == {
        (True, True),
        (False, True),
        (False, False),
    }


def test_a_course_with_operators_is_the_seeds_own_with_deeds_added() -> None:
    deeds: Counter[Deed] = Counter()
    for seed in range(100):
        plain, operated = draw_course(seed), draw_operated(seed)
        kept = [happening for happening in plain.happenings if happening.deed is not Deed.LOSE_DISK]
        assert [happening for happening in operated.happenings if happening in kept] == kept
        assert (operated.holds, operated.conditions, operated.options) == (
            plain.holds,
            plain.conditions,
            plain.options,
        )
        deeds.update(happening.deed for happening in operated.happenings)
    assert set(deeds) >= OPERATORS


def test_courses_hold_every_deed_and_every_ending() -> None:
    courses = [draw_course(seed) for seed in range(600)]
    deeds = Counter(happening.deed for course in courses for happening in course.happenings)
    assert set(deeds) == set(Deed) - OPERATORS - REVIEWERS
    assert {course.healthy for course in courses} == {True, False}
    assert all(draw_course(seed) == course for seed, course in enumerate(courses[:20]))


def test_the_same_seed_gives_the_same_trace_under_another_pythonhashseed() -> None:
    command = [sys.executable, "-m", "tests.simulate", "--determinism", "6"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)  # noqa: S603
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "6 seeds in two processes, 0 differ" in ended.stdout


# --- the shrinker


def lasting(course: Course) -> bool:
    """Stands for a failure: something breaks twice while the network has a fault."""
    broken = [one for one in course.happenings if one.deed is Deed.BREAK and one.subject == "payments"]
    return len(broken) >= 2 and bool(course.conditions.faults)


def test_a_course_is_shrunk_to_what_its_failure_needs() -> None:
    course = next(course for course in map(draw_course, range(100)) if lasting(course))
    short = shrink(course, lasting)
    assert [(one.deed, one.subject) for one in short.happenings] == 2 * [(Deed.BREAK, "payments")]
    assert len(short.conditions.faults) == 1
    assert short.options == type(short.options)()
    assert short.seed == course.seed


def test_a_course_that_does_not_fail_is_not_shrunk() -> None:
    with pytest.raises(ValueError, match="seed 3 does not fail"):
        shrink(draw_course(3), lambda course: False)  # noqa: ARG005


def test_a_violation_is_still_found_in_the_course_that_was_shrunk() -> None:
    """An outage that nobody reports to the bridge must not be told: the judge says so of one that is."""
    quiet = replace(draw_course(0), happenings=(), healthy=True)
    assert play(quiet).violations == []
    # The judge's own truth is bent: a person's write under the daemon's token is nobody's claim.
    tool = Happening(100.0, Deed.OTHER_TOOL)
    crowded = replace(quiet, happenings=tuple(replace(tool, at=100.0 + number) for number in range(25)))
    assert any(violation.startswith("I4") for violation in play(crowded).violations)
