"""The life of an incident: every row of the transition table, its clock, its growth and its identity."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.holds import NEVER
from bridge.core.incidents import (
    INCIDENT_TRANSITIONS,
    Coverage,
    IncidentEvent,
    IncidentMemory,
    IncidentPhase,
    Level,
    advance_incident,
    incident_due_at,
    incident_key,
    level_of,
)
from bridge.core.reasons import Reason
from bridge.core.rules import ComponentName, IncidentRule, IncidentRuleId
from bridge.core.signals import NO_LABELS, Labels
from bridge.core.statuses import ComponentStatus, IncidentStatus

OPERATIONAL, MAINTENANCE, DEGRADED, PARTIAL, MAJOR = ComponentStatus
CLOSED, INVESTIGATING, IDENTIFIED, MONITORING = IncidentPhase
API, WEB = ComponentName("API"), ComponentName("Web")
RULE = IncidentRule(IncidentRuleId("shop"), (API, WEB), "The shop", monitor_for=60.0)

TABLE = {
    (CLOSED, IncidentEvent.RAISED): (INVESTIGATING, Reason.OPENED),
    (CLOSED, IncidentEvent.BETWEEN): None,
    (CLOSED, IncidentEvent.RECOVERED): None,
    (CLOSED, IncidentEvent.ABSORBED): (INVESTIGATING, Reason.ABSORBED),
    (CLOSED, IncidentEvent.REOPENED): (INVESTIGATING, Reason.REOPENED),
    (CLOSED, IncidentEvent.IDENTIFIED): None,
    (CLOSED, IncidentEvent.MONITORED): None,
    (INVESTIGATING, IncidentEvent.RAISED): None,
    (INVESTIGATING, IncidentEvent.BETWEEN): None,
    (INVESTIGATING, IncidentEvent.RECOVERED): (MONITORING, Reason.RECOVERED),
    (INVESTIGATING, IncidentEvent.ABSORBED): None,
    (INVESTIGATING, IncidentEvent.REOPENED): None,
    (INVESTIGATING, IncidentEvent.IDENTIFIED): (IDENTIFIED, Reason.IDENTIFIED),
    (INVESTIGATING, IncidentEvent.MONITORED): None,
    (IDENTIFIED, IncidentEvent.RAISED): None,
    (IDENTIFIED, IncidentEvent.BETWEEN): None,
    (IDENTIFIED, IncidentEvent.RECOVERED): (MONITORING, Reason.RECOVERED),
    (IDENTIFIED, IncidentEvent.ABSORBED): None,
    (IDENTIFIED, IncidentEvent.REOPENED): None,
    (IDENTIFIED, IncidentEvent.IDENTIFIED): (IDENTIFIED, Reason.IDENTIFIED),
    (IDENTIFIED, IncidentEvent.MONITORED): None,
    (MONITORING, IncidentEvent.RAISED): (INVESTIGATING, Reason.RETURNED),
    (MONITORING, IncidentEvent.BETWEEN): None,
    (MONITORING, IncidentEvent.RECOVERED): None,
    (MONITORING, IncidentEvent.ABSORBED): None,
    (MONITORING, IncidentEvent.REOPENED): None,
    (MONITORING, IncidentEvent.IDENTIFIED): None,
    (MONITORING, IncidentEvent.MONITORED): (CLOSED, Reason.MONITORED_FOR),
}
PAIRS = [*product(IncidentPhase, IncidentEvent)]


def coverage(worst: ComponentStatus, *raised: ComponentName, blind: bool = False) -> Coverage:
    """What an incident covers at one instant."""
    return Coverage(worst, raised or ((API,) if worst.severity else ()), blind)


RAISED, BETWEEN, RECOVERED = coverage(PARTIAL), coverage(DEGRADED), coverage(OPERATIONAL)
KNOWN = replace(RAISED, causes=("The disk is full.",))
SHOWN = {
    IncidentEvent.RAISED: RAISED,
    IncidentEvent.BETWEEN: BETWEEN,
    IncidentEvent.RECOVERED: RECOVERED,
    IncidentEvent.ABSORBED: RAISED,
    IncidentEvent.REOPENED: RAISED,
    IncidentEvent.IDENTIFIED: replace(RAISED, causes=("The cable is cut.",)),
    IncidentEvent.MONITORED: RECOVERED,
}


SHOWN_UNTIL = {
    CLOSED: (),
    INVESTIGATING: (RAISED,),
    IDENTIFIED: (KNOWN,),
    MONITORING: (RAISED, RECOVERED),
}


def in_phase(phase: IncidentPhase) -> IncidentMemory:
    """An incident of which the last transition was at 1000."""
    memory = IncidentMemory(RULE.id, NO_LABELS)
    for shown in SHOWN_UNTIL[phase]:
        memory, _ = advance_incident(memory, RULE, shown, 1000.0)
    assert memory.phase is phase
    return memory


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_the_table_says_what_follows_each_pair(pair: tuple[IncidentPhase, IncidentEvent]) -> None:
    step = INCIDENT_TRANSITIONS.get(pair)
    assert (step and (step.phase, step.reason)) == TABLE[pair]


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_advancing_follows_the_table(pair: tuple[IncidentPhase, IncidentEvent]) -> None:
    phase, event = pair
    before = in_phase(phase)
    if phase.fires and event is IncidentEvent.MONITORED:
        return  # only the clock of monitoring gives this event, and it does not run here
    if not phase.fires and event is IncidentEvent.IDENTIFIED:
        return  # a cause comes with what raises, which is told first
    if phase is not CLOSED and event is IncidentEvent.ABSORBED:
        return  # what is open is absorbed by nothing
    if event is IncidentEvent.REOPENED:
        return  # it needs a rule and a past of its own: tests/core/test_reopening.py
    now = 1060.0 if event is IncidentEvent.MONITORED else 1059.0
    absorber = IncidentRuleId("everything") if event is IncidentEvent.ABSORBED else None
    after, reasons = advance_incident(before, RULE, SHOWN[event], now, absorber=absorber)
    assert after.absorbed_by == absorber
    if TABLE[pair] is None:
        assert (after.phase, after.sequence, reasons) == (phase, before.sequence, ())
    else:
        assert (after.phase, *reasons) == TABLE[pair]
        assert after.reason is reasons[0]
        assert after.sequence == before.sequence + 1


def test_every_level_is_an_event() -> None:
    others = {IncidentEvent.MONITORED, IncidentEvent.IDENTIFIED, IncidentEvent.ABSORBED}
    others.add(IncidentEvent.REOPENED)
    assert {IncidentEvent(level.value) for level in Level} == {*IncidentEvent} - others


LEVELS = {
    OPERATIONAL: Level.RECOVERED,
    MAINTENANCE: Level.BETWEEN,
    DEGRADED: Level.BETWEEN,
    PARTIAL: Level.RAISED,
    MAJOR: Level.RAISED,
}


@pytest.mark.parametrize("status", ComponentStatus)
def test_the_level_of_a_status(status: ComponentStatus) -> None:
    assert level_of(status, RULE) is LEVELS[status]


def test_one_threshold_for_both_leaves_nothing_between() -> None:
    rule = replace(RULE, open_at=PARTIAL, close_at=DEGRADED)
    assert [level_of(status, rule) for status in (DEGRADED, PARTIAL)] == [Level.RECOVERED, Level.RAISED]


@pytest.mark.parametrize(
    ("phase", "status"),
    [
        (CLOSED, IncidentStatus.RESOLVED),
        (INVESTIGATING, IncidentStatus.INVESTIGATING),
        (MONITORING, IncidentStatus.MONITORING),
    ],
)
def test_what_the_page_should_say_in_a_phase(phase: IncidentPhase, status: IncidentStatus) -> None:
    assert phase.status is status


def test_monitoring_lasts_its_time_from_the_recovery() -> None:
    memory = in_phase(MONITORING)
    assert incident_due_at(memory, RULE) == 1060.0
    memory, reasons = advance_incident(memory, RULE, RECOVERED, 1059.9)
    assert (memory.phase, reasons) == (MONITORING, ())
    memory, reasons = advance_incident(memory, RULE, RECOVERED, 1060.0)
    assert (memory.phase, reasons, incident_due_at(memory, RULE)) == (CLOSED, (Reason.MONITORED_FOR,), NEVER)


def test_without_a_time_of_monitoring_recovery_resolves_at_once() -> None:
    rule = replace(RULE, monitor_for=0.0)
    memory, reasons = advance_incident(in_phase(INVESTIGATING), rule, RECOVERED, 1100.0)
    assert (memory.phase, memory.sequence) == (CLOSED, 3)
    assert reasons == (Reason.RECOVERED, Reason.MONITORED_FOR)


@pytest.mark.parametrize("shown", [RAISED, BETWEEN])
def test_a_late_look_does_not_resolve_what_is_not_recovered(shown: Coverage) -> None:
    memory, _ = advance_incident(in_phase(MONITORING), RULE, shown, 9000.0)
    assert memory.phase is not CLOSED


def test_between_the_thresholds_the_clock_begins_anew() -> None:
    memory, _ = advance_incident(in_phase(MONITORING), RULE, BETWEEN, 1050.0)
    assert (memory.phase, incident_due_at(memory, RULE)) == (MONITORING, NEVER)
    memory, _ = advance_incident(memory, RULE, RECOVERED, 1055.0)
    assert incident_due_at(memory, RULE) == 1115.0


def test_while_nobody_can_look_the_clock_stands_still() -> None:
    blind = replace(RECOVERED, blind=True)
    memory, _ = advance_incident(in_phase(MONITORING), RULE, blind, 1030.0)
    assert incident_due_at(memory, RULE) == NEVER
    memory, _ = advance_incident(memory, RULE, blind, 9000.0)
    assert memory.phase is MONITORING
    memory, _ = advance_incident(memory, RULE, RECOVERED, 9000.0)
    assert (memory.phase, incident_due_at(memory, RULE)) == (MONITORING, 9030.0)


def test_what_becomes_blind_as_it_is_due_is_not_resolved() -> None:
    memory, reasons = advance_incident(in_phase(MONITORING), RULE, replace(RECOVERED, blind=True), 1060.0)
    assert (memory.phase, reasons) == (MONITORING, ())


def test_recovery_seen_while_partly_blind_starts_no_clock() -> None:
    memory, _ = advance_incident(in_phase(INVESTIGATING), RULE, replace(RECOVERED, blind=True), 1100.0)
    assert (memory.phase, incident_due_at(memory, RULE)) == (MONITORING, NEVER)
    memory, _ = advance_incident(memory, RULE, RECOVERED, 1200.0)
    assert incident_due_at(memory, RULE) == 1260.0


def test_blind_between_the_thresholds_and_seeing_again_counts_from_the_recovery() -> None:
    memory, _ = advance_incident(in_phase(MONITORING), RULE, replace(RECOVERED, blind=True), 1010.0)
    memory, _ = advance_incident(memory, RULE, replace(BETWEEN, blind=True), 1020.0)
    memory, _ = advance_incident(memory, RULE, RECOVERED, 1030.0)
    assert incident_due_at(memory, RULE) == 1090.0


def test_blindness_opens_nothing_and_what_is_raised_opens_in_spite_of_it() -> None:
    closed = IncidentMemory(RULE.id, NO_LABELS)
    assert advance_incident(closed, RULE, replace(RECOVERED, blind=True), 5.0)[0] == closed
    assert advance_incident(closed, RULE, replace(RAISED, blind=True), 5.0)[0].phase is INVESTIGATING


FOUND = replace(in_phase(INVESTIGATING), unproven_until=5000.0)
"""As an empty store finds it on the page."""


@pytest.mark.parametrize("phase", [INVESTIGATING, MONITORING])
def test_what_an_empty_store_found_does_not_recover_before_its_cause_could_be_told(
    phase: IncidentPhase,
) -> None:
    found = replace(in_phase(phase), unproven_until=5000.0)
    memory, reasons = advance_incident(found, RULE, RECOVERED, 4999.0)
    assert (memory.phase, reasons, incident_due_at(memory, RULE)) == (phase, (), 5000.0)
    memory, _ = advance_incident(memory, RULE, RECOVERED, 5000.0)
    assert (memory.phase, incident_due_at(memory, RULE)) == (MONITORING, 5060.0)


def test_what_an_empty_store_found_is_proven_by_its_cause() -> None:
    memory, _ = advance_incident(FOUND, RULE, RAISED, 2000.0)
    assert (memory.phase, memory.unproven_until, incident_due_at(memory, RULE)) == (
        INVESTIGATING,
        None,
        NEVER,
    )
    memory, reasons = advance_incident(memory, RULE, RECOVERED, 2001.0)
    assert reasons == (Reason.RECOVERED,)


@pytest.mark.parametrize("phase", [INVESTIGATING, MONITORING])
def test_what_an_empty_store_found_is_proven_by_a_milder_claim_too(phase: IncidentPhase) -> None:
    found = replace(in_phase(phase), unproven_until=5000.0)
    memory, reasons = advance_incident(found, RULE, BETWEEN, 2000.0)
    assert (memory.phase, memory.unproven_until, reasons) == (phase, None, ())
    assert advance_incident(memory, RULE, RECOVERED, 2001.0)[0].phase is MONITORING


def test_what_an_empty_store_found_in_monitoring_may_return() -> None:
    memory, reasons = advance_incident(
        replace(in_phase(MONITORING), unproven_until=5000.0), RULE, RAISED, 2000.0
    )
    assert (memory.phase, memory.unproven_until, reasons) == (INVESTIGATING, None, (Reason.RETURNED,))


def test_an_opened_incident_remembers_what_took_part() -> None:
    memory, _ = advance_incident(IncidentMemory(RULE.id, NO_LABELS), RULE, coverage(PARTIAL, WEB), 1234.5678)
    assert memory == IncidentMemory(
        RULE.id, NO_LABELS, INVESTIGATING, 1234567, 1, Reason.OPENED, PARTIAL, (WEB,), grouped_by=()
    )


def test_a_worse_status_escalates_once_and_is_never_lowered() -> None:
    memory = in_phase(INVESTIGATING)
    memory, reasons = advance_incident(memory, RULE, coverage(MAJOR), 1001.0)
    assert (memory.high_water, memory.sequence, memory.reason, reasons) == (
        MAJOR,
        2,
        Reason.ESCALATED,
        (Reason.ESCALATED,),
    )
    for shown in (RAISED, coverage(MAJOR), BETWEEN, coverage(MAJOR)):
        again, reasons = advance_incident(memory, RULE, shown, 1002.0)
        assert (again, reasons) == (memory, ())


def test_what_joins_is_kept_in_the_order_of_the_rule_and_is_no_transition() -> None:
    memory, _ = advance_incident(IncidentMemory(RULE.id, NO_LABELS), RULE, coverage(PARTIAL, WEB), 1000.0)
    memory, reasons = advance_incident(memory, RULE, coverage(PARTIAL, API), 1001.0)
    assert (memory.components, memory.sequence, reasons) == ((API, WEB), 1, (Reason.JOINED,))


def test_what_returns_worse_returns_and_escalates() -> None:
    memory, reasons = advance_incident(in_phase(MONITORING), RULE, coverage(MAJOR, WEB), 1010.0)
    assert (memory.phase, memory.high_water, memory.components) == (INVESTIGATING, MAJOR, (API, WEB))
    assert reasons == (Reason.RETURNED, Reason.JOINED, Reason.ESCALATED)
    assert memory.sequence == 4


def test_a_new_episode_starts_from_nothing() -> None:
    memory, _ = advance_incident(in_phase(INVESTIGATING), RULE, coverage(MAJOR, API, WEB), 1000.0)
    for shown, now in ((RECOVERED, 1001.0), (RECOVERED, 1061.0), (coverage(PARTIAL, WEB), 2000.0)):
        memory, _ = advance_incident(memory, RULE, shown, now)
    assert (memory.episode, memory.sequence, memory.high_water, memory.components) == (
        2_000_000,
        1,
        PARTIAL,
        (WEB,),
    )


@pytest.mark.parametrize("now", [1000.0, 500.0])
def test_two_episodes_never_share_a_number_even_if_the_clock_was_set_back(now: float) -> None:
    rule = replace(RULE, monitor_for=0.0)
    first = in_phase(INVESTIGATING)
    closed, _ = advance_incident(first, rule, RECOVERED, now)
    second, _ = advance_incident(closed, rule, RAISED, now)
    assert second.episode > first.episode


shown = st.builds(
    Coverage,
    st.sampled_from(ComponentStatus),
    st.sampled_from(((), (API,), (WEB,), (API, WEB))),
    st.booleans(),
)


@given(st.lists(st.tuples(st.sampled_from((0.0, 1.0, 30.0, 60.0, 300.0)), shown), max_size=25))
def test_in_every_course_numbers_only_grow_and_nothing_resolves_unseen(
    course: list[tuple[float, Coverage]],
) -> None:
    memory, now, recovered = IncidentMemory(RULE.id, NO_LABELS), 0.0, 0.0
    last: Coverage | None = None
    for pause, covered in course:
        now += pause
        if last is not None and level_of(last.worst, RULE) is Level.RECOVERED and not last.blind:
            recovered += pause
        if level_of(covered.worst, RULE) is not Level.RECOVERED:
            recovered = 0.0
        before = memory
        memory, reasons = advance_incident(memory, RULE, covered, now)
        assert (memory.episode, memory.sequence) >= (before.episode, before.sequence)
        told = [reason for reason in reasons if reason is not Reason.JOINED]
        if memory.episode == before.episode:
            assert memory.sequence == before.sequence + len(told)
            assert memory.high_water.severity >= before.high_water.severity
            assert set(memory.components) >= set(before.components)
        if before.phase is not CLOSED and memory.phase is CLOSED:
            assert not covered.blind
            assert recovered >= RULE.monitor_for
        again, more = advance_incident(memory, RULE, covered, now)
        assert (again, more) == (memory, ())
        last = covered


def test_the_identity_is_the_same_for_the_same_place_and_differs_for_every_other() -> None:
    eu = Labels({"region": "eu"})
    keys = {
        incident_key(b"secret", "page", RULE.id, eu),
        incident_key(b"another", "page", RULE.id, eu),
        incident_key(b"secret", "other", RULE.id, eu),
        incident_key(b"secret", "page", IncidentRuleId("other"), eu),
        incident_key(b"secret", "page", RULE.id, NO_LABELS),
        incident_key(b"secret", "page", RULE.id, Labels({"region": "us"})),
        incident_key(b"secret", "page", RULE.id, Labels({"region": "eu", "zone": "a"})),
        # The parts must not run into each other.
        incident_key(b"secret", "pages", IncidentRuleId("hop"), eu),
        incident_key(b"secret", "page", RULE.id, Labels({"regio": "neu"})),
    }
    assert len(keys) == 9
    assert all(len(key) == 32 and set(key) <= set("0123456789abcdef") for key in keys)
    assert incident_key(b"secret", "page", RULE.id, Labels({"region": "eu"})) in keys


def test_the_identity_of_an_installation_never_changes() -> None:
    """The open incidents of yesterday carry it: another value here would orphan them."""
    key = incident_key(b"secret", "page", RULE.id, Labels({"region": "eu"}))
    assert key == "7245dedcf114beaaa94ef6d6808490b3"


def test_a_label_that_is_not_unicode_has_an_identity_too() -> None:
    assert incident_key(b"secret", "page", RULE.id, Labels({"region": "\ud800"}))
