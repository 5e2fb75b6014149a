"""Holds: every row of the transition table, and what must be true of every course of time."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.holds import (
    CLAIMING,
    HOLD_TRANSITIONS,
    INACTIVE,
    NEVER,
    Hold,
    HoldEvent,
    HoldPhase,
    HoldTimes,
    Truth,
    advance_hold,
    due_at,
)
from bridge.core.reasons import Reason

QUIET, PENDING, FIRING, KEEPING = HoldPhase
TRUE, FALSE, UNKNOWN = Truth
TIMES = HoldTimes(10.0, 20.0)

TABLE = {
    (QUIET, HoldEvent.TRUE): (PENDING, Reason.CONDITION_MET),
    (QUIET, HoldEvent.FALSE): None,
    (QUIET, HoldEvent.HELD): None,
    (PENDING, HoldEvent.TRUE): None,
    (PENDING, HoldEvent.FALSE): (QUIET, Reason.CLEARED_WHILE_PENDING),
    (PENDING, HoldEvent.HELD): (FIRING, Reason.HELD_FOR),
    (FIRING, HoldEvent.TRUE): None,
    (FIRING, HoldEvent.FALSE): (KEEPING, Reason.CLEARED),
    (FIRING, HoldEvent.HELD): None,
    (KEEPING, HoldEvent.TRUE): (FIRING, Reason.FIRED_AGAIN),
    (KEEPING, HoldEvent.FALSE): None,
    (KEEPING, HoldEvent.HELD): (QUIET, Reason.KEPT_FIRING_FOR),
}
PAIRS = [*product(HoldPhase, HoldEvent)]


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_the_table_says_what_follows_each_pair(pair: tuple[HoldPhase, HoldEvent]) -> None:
    step = HOLD_TRANSITIONS.get(pair)
    assert (step and (step.phase, step.reason)) == TABLE[pair]


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_advancing_follows_the_table(pair: tuple[HoldPhase, HoldEvent]) -> None:
    phase, event = pair
    truths = {HoldEvent.TRUE: TRUE, HoldEvent.FALSE: FALSE}
    # Time passes under the truth that leaves the phase as it is.
    lasting = TRUE if phase in {PENDING, FIRING} else FALSE
    truth, now = truths.get(event, lasting), 100.0 + (1 if event in truths else 30)
    expected = TABLE[pair] or (phase, None)
    hold, reason = advance_hold(Hold(phase, 100.0), truth, TIMES, now)
    assert (hold.phase, reason) == expected
    assert hold.since == (now if TABLE[pair] else 100.0)


def test_firing_and_keeping_claim() -> None:
    assert {phase for phase in HoldPhase if Hold(phase).claims} == CLAIMING == {FIRING, KEEPING}


@pytest.mark.parametrize(
    ("truth", "phase", "reason"), [(TRUE, FIRING, Reason.HELD_FOR), (FALSE, QUIET, None)]
)
def test_no_for_fires_at_once(truth: Truth, phase: HoldPhase, reason: Reason | None) -> None:
    hold, why = advance_hold(INACTIVE, truth, HoldTimes(0, 0), 5.0)
    assert (hold.phase, why) == (phase, reason)


def test_no_keep_firing_for_ends_at_once() -> None:
    hold, reason = advance_hold(Hold(FIRING, 1.0), FALSE, HoldTimes(10, 0), 5.0)
    assert (hold.phase, reason) == (QUIET, Reason.KEPT_FIRING_FOR)


LATE = {
    "pending that is over and true fires": (PENDING, TRUE, FIRING),
    "pending that is over and false never fires": (PENDING, FALSE, QUIET),
    "pending that is over and unknown does not fire": (PENDING, UNKNOWN, PENDING),
    "keeping that is over and false ends": (KEEPING, FALSE, QUIET),
    "keeping that is over and true goes on firing": (KEEPING, TRUE, FIRING),
    "keeping that is over and unknown does not end": (KEEPING, UNKNOWN, KEEPING),
}


@pytest.mark.parametrize(("phase", "truth", "expected"), LATE.values(), ids=LATE)
def test_a_late_look_never_says_what_is_contradicted(
    phase: HoldPhase, truth: Truth, expected: HoldPhase
) -> None:
    hold, _ = advance_hold(Hold(phase, 0.0), truth, TIMES, 1000.0)
    assert hold.phase is expected


@pytest.mark.parametrize("phase", HoldPhase)
def test_unknown_freezes_every_phase(phase: HoldPhase) -> None:
    frozen, reason = advance_hold(Hold(phase, 5.0), UNKNOWN, TIMES, 8.0)
    assert (frozen.phase, frozen.since, reason) == (phase, 5.0, None)
    assert due_at(frozen, TIMES) == NEVER
    still, _ = advance_hold(frozen, UNKNOWN, TIMES, 5000.0)
    assert still == frozen


def test_a_span_that_was_unknown_counts_for_nothing() -> None:
    frozen, _ = advance_hold(Hold(PENDING, 0.0), UNKNOWN, TIMES, 4.0)
    thawed, _ = advance_hold(frozen, TRUE, TIMES, 1004.0)
    assert (thawed.phase, due_at(thawed, TIMES)) == (PENDING, 1010.0)
    fired, _ = advance_hold(thawed, TRUE, TIMES, 1010.0)
    assert fired.phase is FIRING


@pytest.mark.parametrize(
    ("phase", "expected"), [(QUIET, NEVER), (PENDING, 110.0), (FIRING, NEVER), (KEEPING, 120.0)]
)
def test_when_a_hold_moves_by_itself(phase: HoldPhase, expected: float) -> None:
    assert due_at(Hold(phase, 100.0), TIMES) == expected


# Quarters of seconds, so that sums are exact.
moments = st.integers(0, 60).map(lambda quarters: quarters / 4)
courses = st.lists(st.tuples(moments, st.sampled_from(Truth)), min_size=1, max_size=25)
spans = st.sampled_from((0.0, 0.25, 5.0, 20.0))


@given(courses, spans, spans)
def test_a_hold_never_shortens_what_it_waits_for(
    course: list[tuple[float, Truth]], for_: float, keep_firing_for: float
) -> None:
    times = HoldTimes(for_, keep_firing_for)
    hold, now, last = INACTIVE, 0.0, FALSE
    held = {TRUE: 0.0, FALSE: 0.0}
    for pause, truth in course:
        now += pause
        # What holds between two looks is what the earlier one saw.
        if last is not UNKNOWN:
            held[last] += pause
        if truth is not UNKNOWN and truth is not (TRUE if hold.phase in {PENDING, FIRING} else FALSE):
            held = {TRUE: 0.0, FALSE: 0.0}
        before = hold
        hold, reason = advance_hold(hold, truth, times, now)
        if hold.claims and not before.claims:
            assert truth is TRUE
            assert held[TRUE] >= for_
            assert reason is Reason.HELD_FOR
        if before.claims and not hold.claims:
            assert truth is FALSE
            assert held[FALSE] >= keep_firing_for
        last = truth


@given(courses)
def test_unknown_moves_nothing(course: list[tuple[float, Truth]]) -> None:
    hold, now = INACTIVE, 0.0
    for pause, truth in course:
        now += pause
        before = hold
        hold, reason = advance_hold(hold, truth, TIMES, now)
        assert (reason is None) is (before.phase is hold.phase)
        if truth is UNKNOWN:
            assert (hold.phase, hold.since) == (before.phase, before.since)
        else:
            assert hold.frozen_at is None


@given(courses, moments)
def test_nothing_happens_before_it_is_due(course: list[tuple[float, Truth]], pause: float) -> None:
    hold, now, truth = INACTIVE, 0.0, FALSE
    for before, seen in course:
        now, truth = now + before, seen
        hold, _ = advance_hold(hold, truth, TIMES, now)
    later, _ = advance_hold(hold, truth, TIMES, now + pause)
    assert (later == hold) is (now + pause < due_at(hold, TIMES))
