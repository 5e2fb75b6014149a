"""How often it is told that an incident goes on: counted from the last transition, never while nobody can look, and not for ever."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.core.desired import Memory
from bridge.core.holds import NEVER
from bridge.core.incident_plan import plan_incidents
from bridge.core.incidents import (
    Coverage,
    IncidentMemory,
    IncidentPhase,
    advance_incident,
    incident_due_at,
)
from bridge.core.operations import WriteIncident
from bridge.core.reasons import Reason
from bridge.core.resumption import resume_memory
from bridge.core.rules import Notify, Updates
from bridge.core.signals import NO_LABELS
from bridge.core.statuses import ComponentStatus, IncidentStatus
from tests.core.pages import API, MAJOR, NOW, PARTIAL, SHOP, memory, page_of, tell_incident

EVERY = 1800.0
RULE = replace(SHOP, updates=Updates(EVERY, 2), monitor_for=60.0)
FAILS = Coverage(PARTIAL, (API,), blind=False)
BLIND = replace(FAILS, blind=True)
WORSE = replace(FAILS, worst=MAJOR)
KNOWN = replace(FAILS, causes=("The disk is full.",))
WELL = Coverage(ComponentStatus.OPERATIONAL, (), blind=False)
BEGAN = 1000.0


def lived(*moments: tuple[float, Coverage]) -> tuple[IncidentMemory, list[tuple[float, Reason]]]:
    """An incident that is looked at at these seconds after it began, and everything that happened in it."""
    one = IncidentMemory(RULE.id, NO_LABELS)
    happened: list[tuple[float, Reason]] = []
    for after, coverage in ((0.0, FAILS), *moments):
        one, reasons = advance_incident(one, RULE, coverage, BEGAN + after)
        happened += [(after, reason) for reason in reasons]
    return one, happened


def stills(*moments: tuple[float, Coverage]) -> list[float]:
    """When it was told that it goes on."""
    return [after for after, reason in lived(*moments)[1] if reason is Reason.STILL]


def test_it_is_told_so_often_and_so_many_times() -> None:
    assert stills(*((300.0 * number, FAILS) for number in range(60))) == [EVERY, 2 * EVERY]


def test_it_wakes_when_the_next_is_due_and_not_after_the_last() -> None:
    one, _ = lived()
    assert incident_due_at(one, RULE) == BEGAN + EVERY
    one, _ = lived((EVERY, FAILS), (2 * EVERY, FAILS))
    assert incident_due_at(one, RULE) == NEVER
    assert incident_due_at(one, SHOP) == NEVER


@pytest.mark.parametrize("coverage", [WORSE, KNOWN], ids=["growth", "a cause"])
def test_it_is_counted_from_the_last_thing_that_was_said(coverage: Coverage) -> None:
    assert stills((1000.0, coverage), (EVERY, coverage), (1000.0 + EVERY, coverage)) == [1000.0 + EVERY]


def test_a_return_counts_anew_and_the_number_does_not() -> None:
    moments = [(EVERY, FAILS), (EVERY + 1, WELL), (EVERY + 2, FAILS), (2 * EVERY, FAILS)]
    moments += [(EVERY + 2 + EVERY * number, FAILS) for number in range(1, 5)]
    assert stills(*moments) == [EVERY, EVERY + 2 + EVERY]


def test_what_is_late_is_told_once() -> None:
    assert stills((10 * EVERY, FAILS), (10 * EVERY + 1, FAILS)) == [10 * EVERY]


def test_the_clock_stands_still_while_nobody_can_look() -> None:
    one, _ = lived((1000.0, BLIND))
    assert incident_due_at(one, RULE) == NEVER
    moments = ((1000.0, BLIND), (EVERY, BLIND), (9 * EVERY, BLIND), (10 * EVERY, FAILS))
    assert stills(*moments) == []
    left = EVERY - 1000.0
    assert stills(*moments, (10 * EVERY + left - 1, FAILS), (10 * EVERY + left, FAILS)) == [10 * EVERY + left]


def test_growth_while_nobody_can_look_counts_from_when_somebody_can() -> None:
    worse_and_blind = replace(WORSE, blind=True)
    moments = ((1000.0, BLIND), (1500.0, worse_and_blind), (2000.0, WORSE))
    assert stills(*moments, (2000.0 + EVERY - 1, WORSE), (2000.0 + EVERY, WORSE)) == [2000.0 + EVERY]


def test_nothing_is_told_of_what_recovered_or_is_over() -> None:
    assert stills((10.0, WELL), (20.0, WELL), (10 * EVERY, WELL), (20 * EVERY, WELL)) == []


def test_time_in_which_nobody_watched_does_not_count() -> None:
    one, _ = lived()
    kept = Memory(incidents={(one.rule, one.group): one})
    resume_memory(kept, away=600.0, now=BEGAN + 900.0)
    (resumed,) = kept.incidents.values()
    assert incident_due_at(resumed, RULE) == BEGAN + 600.0 + EVERY


def test_an_incident_that_an_empty_store_found_says_nothing_before_its_cause_is_reported() -> None:
    found = memory(IncidentPhase.INVESTIGATING, reason=Reason.ADOPTED)
    found = replace(found, unproven_until=NOW + 9 * EVERY)
    for after in (0.0, 2 * EVERY):
        found, reasons = advance_incident(found, RULE, WELL, NOW + after)
        assert reasons == ()
    found, reasons = advance_incident(found, RULE, FAILS, NOW + 3 * EVERY)
    assert reasons == ()
    assert incident_due_at(found, RULE) == NOW + 4 * EVERY


def test_updates_that_a_reload_brings_are_counted_from_then() -> None:
    before = memory(IncidentPhase.INVESTIGATING)
    after, reasons = advance_incident(before, RULE, FAILS, NOW)
    assert (reasons, incident_due_at(after, RULE)) == ((), NOW + EVERY)


# --- what is told of it


GOES_ON = memory(IncidentPhase.INVESTIGATING, sequence=2, reason=Reason.STILL)


def told_next(status: IncidentStatus, remembered: IncidentMemory, *notify: Notify) -> WriteIncident | None:
    rule = replace(RULE, notify=frozenset({Notify.OPEN, *notify}))
    page = page_of({}, remembered, rules=(rule,))
    tell_incident(page, status)
    operations = plan_incidents(page, {}, NOW).operations
    for operation in operations:
        assert isinstance(operation, WriteIncident)
        return operation
    return None


@pytest.mark.parametrize("notify", [(), (Notify.UPDATE,)])
def test_it_is_told_with_the_status_of_before_and_a_mail_where_the_rule_says_so(
    notify: tuple[Notify, ...],
) -> None:
    telling = told_next(IncidentStatus.INVESTIGATING, GOES_ON, *notify)
    assert telling is not None
    assert (telling.reason, telling.status) == (Reason.STILL, IncidentStatus.INVESTIGATING)
    assert (telling.sequence, telling.notify) == (2, bool(notify))
    assert telling.body == "We are still working on this problem. Affected: Shop / API."


def test_what_was_told_is_not_told_again_and_growth_says_as_much() -> None:
    assert told_next(IncidentStatus.INVESTIGATING, replace(GOES_ON, sequence=1)) is None
    grown = told_next(IncidentStatus.INVESTIGATING, replace(GOES_ON, sequence=3, high_water=MAJOR))
    assert grown is not None
    assert (grown.reason, grown.sequence) == (Reason.ESCALATED, 3)
