"""A restart: the time in which nobody watched counts for nothing, and makes nothing be said earlier."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.changes import Stored
from bridge.core.claims import HoldKey
from bridge.core.desired import Memory
from bridge.core.holds import Hold, HoldPhase, HoldTimes, Truth, advance_hold, due_at
from bridge.core.incidents import Coverage, IncidentPhase, advance_incident, incident_due_at
from bridge.core.intents import OperationId
from bridge.core.pacing import Lane, Slot
from bridge.core.resumption import last_alive, resume_memory, resume_signals
from bridge.core.rules import RuleId
from bridge.core.signals import NO_LABELS, AtExpiry, Labels, Signal, SignalState
from bridge.core.statuses import ComponentStatus
from tests.core.pages import SHOP, memory

KEY = HoldKey(RuleId("rule"), ComponentStatus.MAJOR_OUTAGE, NO_LABELS)
TIMES = HoldTimes(10.0, 20.0)
FAILING = Signal("am", Labels({"a": "1"}), SignalState.FAILING, 50.0, 900.0, 1200.0)


def slot(taken_at: float) -> Slot:
    """A slot that was taken then."""
    return Slot(OperationId(str(taken_at)), Lane.OBSERVE, taken_at, taken_at + 60)


ALIVE = {
    "nothing is stored": (Stored(), 1000.0),
    "the last request": (Stored(slots={"a": [slot(700), slot(800)], "b": [slot(750)]}), 800.0),
    "the last signal": (Stored(slots={"a": [slot(800)]}, signals=[FAILING]), 900.0),
    "what comes from the future says nothing": (Stored(slots={"a": [slot(800), slot(1001)]}), 800.0),
    "this very instant": (Stored(slots={"a": [slot(1000)]}), 1000.0),
    "only the future": (Stored(slots={"a": [slot(2000)]}), 1000.0),
}


@pytest.mark.parametrize(("stored", "expected"), ALIVE.values(), ids=ALIVE)
def test_when_something_was_committed_last(stored: Stored, expected: float) -> None:
    assert last_alive(stored, 1000.0) == expected


def resumed(hold: Hold, away: float, now: float) -> Hold:
    """The hold after a restart."""
    kept = Memory(holds={KEY: hold})
    resume_memory(kept, away=away, now=now)
    return kept.holds[KEY]


@given(st.sampled_from(HoldPhase), st.integers(0, 30), st.integers(0, 10_000))
def test_a_hold_waits_as_long_as_it_still_had_to(phase: HoldPhase, waited: int, away: int) -> None:
    hold = Hold(phase, 1000.0 - waited)
    now = 1000.0 + away
    assert due_at(resumed(hold, away, now), TIMES) - now == due_at(hold, TIMES) - 1000.0 or phase not in {
        HoldPhase.PENDING,
        HoldPhase.KEEPING,
    }


def test_an_hour_away_does_not_fire_what_was_pending_nor_end_what_was_keeping() -> None:
    for phase, truth in ((HoldPhase.PENDING, Truth.TRUE), (HoldPhase.KEEPING, Truth.FALSE)):
        hold, _ = advance_hold(resumed(Hold(phase, 995.0), 3600.0, 4600.0), truth, TIMES, 4600.0)
        assert hold.phase is phase


def test_a_frozen_hold_is_moved_when_it_thaws_and_not_twice() -> None:
    frozen = Hold(HoldPhase.PENDING, 990.0, frozen_at=995.0)
    assert resumed(frozen, 3600.0, 4600.0) == frozen
    thawed, _ = advance_hold(frozen, Truth.TRUE, TIMES, 4700.0)
    assert due_at(thawed, TIMES) == 4705.0


def test_no_hold_is_moved_into_the_future() -> None:
    assert resumed(Hold(HoldPhase.PENDING, 4599.0), 3600.0, 4600.0).since == 4600.0


def test_monitoring_goes_on_where_it_stood() -> None:
    clear = Coverage(ComponentStatus.OPERATIONAL, (), blind=False)
    soaking = replace(memory(IncidentPhase.MONITORING), soaking_since=700.0)
    frozen = replace(soaking, group=Labels({"region": "eu"}), frozen_at=800.0)
    kept = Memory(incidents={(one.rule, one.group): one for one in (soaking, frozen)})
    resume_memory(kept, away=3600.0, now=4600.0)
    moved, left = kept.incidents.values()
    assert incident_due_at(moved, SHOP) == 4600.0 + 300.0
    assert left == frozen
    assert advance_incident(moved, SHOP, clear, 4600.0)[0].phase is IncidentPhase.MONITORING


def test_an_incident_that_is_not_soaking_stays_as_it_is() -> None:
    before = memory(IncidentPhase.INVESTIGATING)
    kept = Memory(incidents={(before.rule, before.group): before})
    resume_memory(kept, away=3600.0, now=4600.0)
    assert [*kept.incidents.values()] == [before]


def test_who_could_not_speak_while_nobody_listened_has_as_long_to_speak_as_before() -> None:
    found = replace(memory(IncidentPhase.INVESTIGATING), unproven_until=1500.0)
    kept = Memory(incidents={(found.rule, found.group): found})
    resume_memory(kept, away=3600.0, now=4600.0)
    assert [one.unproven_until for one in kept.incidents.values()] == [5100.0]


# A signal as stored at 1000, when the last thing was committed; the restart is at 4600.
ENDED = replace(FAILING, state=SignalState.OK, at_expiry=AtExpiry.FORGOTTEN)
SIGNALS = {
    "what was still reported expires as long after the restart as after its receipt": (
        FAILING,
        {4600: SignalState.FAILING, 4899: SignalState.FAILING, 4900: SignalState.UNKNOWN},
    ),
    "what had expired before is not believed again": (
        replace(FAILING, received_at=600.0, expires_at=900.0),
        {4600: SignalState.UNKNOWN, 4899: SignalState.UNKNOWN},
    ),
    "what expired at that very instant is not either": (
        replace(FAILING, expires_at=1000.0),
        {4600: SignalState.UNKNOWN},
    ),
    "what expired while nobody watched is believed": (
        replace(FAILING, expires_at=1000.5),
        {4600: SignalState.FAILING, 4700: SignalState.FAILING, 4701: SignalState.UNKNOWN},
    ),
    "what had ended is kept for order as long as it still would have been": (
        ENDED,
        {4600: SignalState.OK, 4799: SignalState.OK, 4800: None},
    ),
    "what was forgotten when the last life ended stays forgotten": (
        replace(ENDED, expires_at=1000.0),
        {4600: None},
    ),
    "a provisional firing waits as long as it still had to": (
        replace(FAILING, counts_from=1100.0),
        {4600: SignalState.OK, 4699: SignalState.OK, 4700: SignalState.FAILING},
    ),
    "a provisional firing that counted already counts": (
        replace(FAILING, counts_from=950.0),
        {4600: SignalState.FAILING},
    ),
}


@pytest.mark.parametrize(("signal", "expected"), SIGNALS.values(), ids=SIGNALS)
def test_signals_after_a_restart(signal: Signal, expected: dict[float, SignalState | None]) -> None:
    (after,) = resume_signals([signal], 4600.0, away=3600.0)
    assert {now: after.state_at(now) for now in expected} == expected
    assert (after.since, after.received_at) == (signal.since, signal.received_at)


def test_a_restart_in_no_time_changes_nothing() -> None:
    assert resume_signals([FAILING, ENDED], FAILING.received_at, away=0.0) == [FAILING, ENDED]
