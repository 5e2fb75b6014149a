"""Which component statuses are written: a person's value stands, and nothing is lowered but what we wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.component_plan import component_changes, ended_yields, yielded_components
from bridge.core.intents import IntentState, OperationId
from bridge.core.operations import SetComponent
from bridge.core.reasons import Reason
from bridge.core.rules import ComponentName
from bridge.core.statuses import CLAIMABLE, ComponentStatus
from tests.core.pages import (
    API,
    DEGRADED,
    IDS,
    MAINTENANCE,
    MAJOR,
    NOW,
    OPERATIONAL,
    PARTIAL,
    SEARCH,
    WEB,
    lose,
    page_of,
    show,
    target_of,
    tell_component,
    write_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.page import Page

LATER = NOW + 100.0


def told(
    status: ComponentStatus,
    *possible: ComponentStatus,
    until: float | None = None,
    told_at: float = NOW - 1000,
) -> Callable[[Page], None]:
    """We wrote the API's status; long ago, unless it is said."""
    return lambda page: tell_component(page, API, status, *possible, unsettled_until=until, told_at=told_at)


def nothing_told(_page: Page) -> None:
    """We never wrote the API's status."""


C, E = Reason.CLAIMED, Reason.CLAIM_ENDED

# The claim on the API, what the page shows, what we told, and the change that follows.
CHANGES = {
    "a claim on what is operational is written": (PARTIAL, OPERATIONAL, nothing_told, (PARTIAL, C)),
    "a claim that the page shows already costs nothing": (PARTIAL, PARTIAL, nothing_told, None),
    "a claim that was written costs nothing more": (PARTIAL, PARTIAL, told(PARTIAL), None),
    "no claim and nothing told writes nothing": (None, OPERATIONAL, nothing_told, None),
    "a worse claim raises our own value": (MAJOR, PARTIAL, told(PARTIAL), (MAJOR, C)),
    "a milder claim lowers our own value": (DEGRADED, MAJOR, told(MAJOR), (DEGRADED, C)),
    "a claim that ended lowers our own value": (None, PARTIAL, told(PARTIAL), (OPERATIONAL, E)),
    "a claim that ended lowers no other value": (None, MAJOR, told(PARTIAL), None),
    "a claim that ended finds the page operational": (None, OPERATIONAL, told(PARTIAL), None),
    "a person's worse value stands": (PARTIAL, MAJOR, told(PARTIAL), None),
    "a person's milder value stands": (MAJOR, DEGRADED, told(MAJOR), None),
    "a person who set it operational is not overruled": (PARTIAL, OPERATIONAL, told(PARTIAL), None),
    "a person's value stands where we never wrote": (MAJOR, DEGRADED, nothing_told, None),
    "a person's value is not lowered where we never wrote": (None, MAJOR, nothing_told, None),
    "a maintenance is not written over": (MAJOR, MAINTENANCE, nothing_told, None),
    "a maintenance over our value is not written over": (MAJOR, MAINTENANCE, told(PARTIAL), None),
    "a maintenance is not ended by us": (None, MAINTENANCE, told(PARTIAL), None),
    "a maintenance is not ended even if a lost write could explain it": (
        None,
        MAINTENANCE,
        told(PARTIAL, MAINTENANCE, until=LATER),
        None,
    ),
    "a status that we do not know is not written over": (MAJOR, None, nothing_told, None),
    "a status that we do not know is not lowered": (None, None, told(MAJOR), None),
    "a lost write that does not show is written again": (
        PARTIAL,
        OPERATIONAL,
        told(PARTIAL, OPERATIONAL, until=LATER),
        (PARTIAL, C),
    ),
    "a lost write that shows is not": (PARTIAL, PARTIAL, told(PARTIAL, OPERATIONAL, until=LATER), None),
    "an older lost write that shows late is corrected": (
        PARTIAL,
        MAJOR,
        told(PARTIAL, MAJOR, until=LATER),
        (PARTIAL, C),
    ),
    "a lost lowering that shows late over a new claim is corrected": (
        MAJOR,
        OPERATIONAL,
        told(MAJOR, OPERATIONAL, until=LATER),
        (MAJOR, C),
    ),
    "a lost write that shows after its claim ended is lowered": (
        None,
        MAJOR,
        told(OPERATIONAL, MAJOR, until=LATER),
        (OPERATIONAL, E),
    ),
    "after a lost write nothing is raised before a reading begun later": (
        MAJOR,
        PARTIAL,
        told(MAJOR, PARTIAL, until=LATER, told_at=NOW + 0.1),
        None,
    ),
    "after a lost write our own value is not lowered before a reading begun later": (
        None,
        PARTIAL,
        told(MAJOR, PARTIAL, until=LATER, told_at=NOW + 0.1),
        None,
    ),
    "a reading begun as the write was given up will do": (
        MAJOR,
        PARTIAL,
        told(MAJOR, PARTIAL, until=LATER, told_at=NOW),
        (MAJOR, C),
    ),
    "a write that was answered needs no reading": (
        MAJOR,
        PARTIAL,
        told(PARTIAL, told_at=NOW + 0.1),
        (MAJOR, C),
    ),
    "what no lost write explains is a person's even while one is open": (
        PARTIAL,
        DEGRADED,
        told(PARTIAL, OPERATIONAL, until=LATER),
        None,
    ),
}


@pytest.mark.parametrize(("claimed", "shown", "ledger", "expected"), CHANGES.values(), ids=CHANGES)
def test_changes(
    claimed: ComponentStatus | None,
    shown: ComponentStatus | None,
    ledger: Callable[[Page], None],
    expected: tuple[ComponentStatus, Reason] | None,
) -> None:
    page = page_of({API: claimed} if claimed else {}, shown={API: shown})
    ledger(page)
    changes = component_changes(page, NOW)
    assert set(changes) <= {IDS[API]}
    change = changes.get(IDS[API])
    assert (change and (change.status, change.reason)) == expected


def test_what_no_rule_names_any_more_is_never_lowered() -> None:
    page = page_of({SEARCH: MAJOR}, shown={API: PARTIAL, WEB: DEGRADED})
    tell_component(page, API, PARTIAL)
    tell_component(page, WEB, DEGRADED)
    kept = tuple(rule for rule in page.ruleset.components if rule.component != API)
    page.ruleset = replace(page.ruleset, components=kept)
    assert {one.component_id: one.status for one in component_changes(page, NOW).values()} == {
        IDS[SEARCH]: MAJOR,
        IDS[WEB]: OPERATIONAL,
    }


def test_a_component_that_was_deleted_and_made_anew_is_found_by_its_name() -> None:
    page = page_of({API: MAJOR})
    page.component_ids[API] = "id-deleted"
    assert set(component_changes(page, NOW)) == {IDS[API]}


def test_two_names_of_one_component_make_the_worse_claim() -> None:
    page = page_of({API: DEGRADED, ComponentName(f"id:{IDS[API]}"): MAJOR, ComponentName("API"): PARTIAL})
    assert [(one.component_id, one.status) for one in component_changes(page, NOW).values()] == [
        (IDS[API], MAJOR)
    ]


def test_a_name_that_is_not_bound_is_left_out() -> None:
    assert component_changes(page_of({ComponentName("Nowhere"): MAJOR}), NOW) == {}


def test_a_component_that_is_gone_is_left_alone() -> None:
    page = page_of({API: MAJOR})
    tell_component(page, WEB, MAJOR)
    del page.observed.components[IDS[API]], page.observed.components[IDS[WEB]]
    assert component_changes(page, NOW) == {}
    assert list(yielded_components(page, NOW)) == []
    assert list(ended_yields(page)) == []


def test_a_component_with_a_request_under_way_is_left_out() -> None:
    page = page_of({API: MAJOR})
    page.in_flight[target_of(API)] = OperationId("now")
    assert component_changes(page, NOW) == {}


def test_a_component_that_rides_on_an_open_call_is_left_out_and_one_that_rode_on_a_lost_one_is_not() -> None:
    page = page_of({API: MAJOR})
    tell_component(page, API, MAJOR, OPERATIONAL, unsettled_until=LATER)
    write = write_of(page, components=((IDS[API], MAJOR),))
    lose(page, write, state=IntentState.OPEN)
    assert component_changes(page, NOW) == {}
    lose(page, write, state=IntentState.UNKNOWN)
    assert set(component_changes(page, NOW)) == {IDS[API]}


def test_a_lost_write_of_its_own_does_not_keep_a_component_from_being_written_again() -> None:
    page = page_of({API: MAJOR})
    tell_component(page, API, MAJOR, OPERATIONAL, unsettled_until=LATER)
    lose(page, SetComponent("acme", IDS[API], MAJOR, C))
    assert set(component_changes(page, NOW)) == {IDS[API]}


# The claim, what is shown and in how many reads, what we told, whether a person is said to stand there.
YIELDED = {
    "a person's value that two reads show": (PARTIAL, DEGRADED, 2, told(PARTIAL), True),
    "one read may be a stale list": (PARTIAL, DEGRADED, 1, told(PARTIAL), False),
    "what a write of ours within 2·S may explain": (
        PARTIAL,
        DEGRADED,
        9,
        told(PARTIAL, told_at=NOW - 300),
        False,
    ),
    "what shows longer than 2·S after our write": (
        PARTIAL,
        DEGRADED,
        2,
        told(PARTIAL, told_at=NOW - 300.1),
        True,
    ),
    "a value where we never wrote": (PARTIAL, DEGRADED, 1, nothing_told, True),
    "our own value": (PARTIAL, MAJOR, 9, told(MAJOR), False),
    "what is wanted anyway": (PARTIAL, PARTIAL, 9, told(MAJOR), False),
    "what a lost write may explain": (PARTIAL, MAJOR, 9, told(PARTIAL, MAJOR, until=LATER), False),
    "anything while a lost write is open": (PARTIAL, DEGRADED, 9, told(PARTIAL, MAJOR, until=LATER), False),
    "what nobody claims": (None, DEGRADED, 9, told(PARTIAL), False),
}


@pytest.mark.parametrize(("claimed", "shown", "reads", "ledger", "expected"), YIELDED.values(), ids=YIELDED)
def test_where_a_persons_value_stands(
    claimed: ComponentStatus | None,
    shown: ComponentStatus,
    reads: int,
    ledger: Callable[[Page], None],
    *,
    expected: bool,
) -> None:
    page = page_of({API: claimed} if claimed else {})
    show(page, API, shown, reads=reads)
    ledger(page)
    assert list(yielded_components(page, NOW)) == ([IDS[API]] if expected else [])


# The claim, what is shown and in how many reads, what we told, whether our record ends.
ENDED = {
    "a claimed component keeps its record": (PARTIAL, DEGRADED, 9, told(PARTIAL), False),
    "our value still shows and is to be lowered": (None, PARTIAL, 9, told(PARTIAL), False),
    "a person's value shows in two reads": (None, DEGRADED, 2, told(PARTIAL), True),
    "a person's value shows in one": (None, DEGRADED, 1, told(PARTIAL), False),
    "a person made it operational, as two reads show": (None, OPERATIONAL, 2, told(PARTIAL), True),
    "one reading of operational may be a stale list": (None, OPERATIONAL, 1, told(PARTIAL), False),
    "our write within 2·S may explain it": (None, OPERATIONAL, 9, told(PARTIAL, told_at=NOW - 300), False),
    "our write is older than 2·S": (None, OPERATIONAL, 2, told(PARTIAL, told_at=NOW - 300.1), True),
    "a lost write may still be applied": (None, OPERATIONAL, 9, told(PARTIAL, until=LATER), False),
}


@pytest.mark.parametrize(("claimed", "shown", "reads", "ledger", "expected"), ENDED.values(), ids=ENDED)
def test_when_a_record_ends(
    claimed: ComponentStatus | None,
    shown: ComponentStatus,
    reads: int,
    ledger: Callable[[Page], None],
    *,
    expected: bool,
) -> None:
    page = page_of({API: claimed} if claimed else {})
    show(page, API, shown, reads=reads)
    ledger(page)
    assert [one.component_id for one in ended_yields(page)] == ([IDS[API]] if expected else [])


statuses = st.sampled_from(ComponentStatus)


@given(
    st.one_of(st.none(), st.sampled_from(CLAIMABLE)),
    st.one_of(st.none(), statuses),
    st.one_of(st.none(), st.tuples(statuses, st.lists(statuses, max_size=2))),
)
def test_whatever_is_written_was_claimed_or_ours_and_never_a_maintenance(
    claimed: ComponentStatus | None,
    shown: ComponentStatus | None,
    ledger: tuple[ComponentStatus, list[ComponentStatus]] | None,
) -> None:
    page = page_of({API: claimed} if claimed else {}, shown={API: shown})
    ours = {OPERATIONAL} if ledger is None else {ledger[0], *ledger[1]}
    if ledger is not None:
        tell_component(page, API, ledger[0], *ledger[1])
    for change in component_changes(page, NOW).values():
        assert change.status is (claimed or OPERATIONAL)
        assert shown in ours - {MAINTENANCE}
        assert claimed is not None or ledger is not None
