"""A tenth of `make simulate`: random runs in which everything goes wrong at once, each judged by every invariant."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pytest

from bridge.core.maintenance_rules import Extend, Tell
from bridge.core.rules import RuleSet, WhileDrafted
from bridge.simulation.world import PAGE
from tests.config.loading import load_text
from tests.simulation.campaign import play, run_operated, run_ruled, run_seed
from tests.simulation.causes import DELIVERY_TITLE, PAYMENTS_TITLE, SEARCH_TITLE, Extra, Holds
from tests.simulation.course import LENGTH, Course, Deed, Happening, draw_course
from tests.simulation.operators import OPERATORS, draw_operated
from tests.simulation.regime import REVIEWERS, draw_ruled
from tests.simulation.shrinker import shrink
from tests.simulation.terms import with_extras

if TYPE_CHECKING:
    from pathlib import Path

EXTRA_RULES = """
page: acme
defaults: {automation: full, for: 20s, keep_firing_for: 30s}
components:
  Search:
    - id: nodes
      alert: SearchNodeDown
      of: {region: [eu, us, ap]}
      status: {at_least: {1/3: degraded_performance, 2/3: partial_outage}}
  Delivery: []
rules:
  - id: hosts
    component: {label: service, map: {search: Search, delivery: Delivery}}
    alert: HostDown
    status: partial_outage
incidents:
  - {id: search, components: [Search], title: Search is having problems, monitor_for: 60s}
"""

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
        timed = ruled.regime is not None and bool(ruled.regime.planned or ruled.regime.silences)
        without = {Deed.LOSE_DISK, Deed.SET_CLOCK} if timed else {Deed.LOSE_DISK}
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


def test_regimes_hold_every_way_in_which_an_incident_lives() -> None:
    regimes = [course.regime for course in map(draw_ruled, range(300)) if course.regime is not None]
    lives = [regime.life for regime in regimes if regime.life is not None]
    assert {title for life in lives for title in life.absorbed} == {
        PAYMENTS_TITLE,
        DELIVERY_TITLE,
        SEARCH_TITLE,
    }
    assert {bool(life.reopen_within) for life in lives} == {True, False}
    assert {len(life.late) for life in lives} == {0, 1, 2, 4}
    assert {life.updates is None for life in lives} == {True, False}
    assert {(life.all_told, life.explained) for life in lives} == set(product((True, False), repeat=2))
    assert {len(regime.silences) for regime in regimes} == {0, 1, 2}
    assert {regime.extras for regime in regimes} == {
        frozenset(),
        *map(frozenset, ({one} for one in Extra)),
        frozenset(Extra),
    }


def test_the_extras_of_a_regime_are_rules_as_files_have_them(tmp_path: Path) -> None:
    (written,) = load_text(tmp_path, EXTRA_RULES).rule_sets.values()
    rules = with_extras(RuleSet(PAGE), frozenset(Extra), Holds(20.0, 30.0, 60.0))
    assert (rules.components, rules.incidents, rules.unmapped) == (
        written.components,
        written.incidents,
        written.unmapped,
    )


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
