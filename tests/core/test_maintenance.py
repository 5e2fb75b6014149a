"""Maintenances: what they keep from getting worse, when their lists are read, and what is remembered of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.component_plan import component_changes
from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.maintenance import (
    BELIEVED_FOR,
    Maintenance,
    held_components,
    is_over,
    page_may_have_changed,
    recall,
    record_of,
)
from bridge.core.observed import UNREAD_AFTER, Listing, ListKind
from bridge.core.operations import ReadList, WriteIncident
from bridge.core.plan import plan
from tests.core.pages import (
    API,
    DEGRADED,
    IDS,
    MAJOR,
    NOW,
    OPERATIONAL,
    PARTIAL,
    WEB,
    memory,
    page_of,
    tell_component,
    tell_incident,
)

if TYPE_CHECKING:
    from bridge.core.page import Page
    from bridge.core.statuses import ComponentStatus

HOUR = 3600.0


def announce(
    page: Page,
    *,
    active: bool = False,
    begins_at: float | None = NOW + HOUR,
    ends_at: float | None = NOW + 2 * HOUR,
    gone_at: float | None = None,
) -> Maintenance:
    """A maintenance of the API."""
    kind = ListKind.ACTIVE if active else ListKind.SCHEDULED
    one = page.observed.maintenances["m"] = Maintenance(
        "m", active, (IDS[API],), begins_at, ends_at, kind, gone_at
    )
    return one


# Seconds from the instant at which it begins, and whether it holds its component then.
HOLDS = {
    "long before": (-3600.0, False),
    "a minute before": (-60.0, True),
    "just before": (-1.0, True),
    "within a minute after": (59.9, True),
    "a minute after, as long as nobody has taken it on": (60.0, False),
    "a minute before its end": (3540.0, True),
    "a minute after its end": (3660.0, False),
}


@pytest.mark.parametrize(("after", "expected"), HOLDS.values(), ids=HOLDS)
@pytest.mark.parametrize("offset", [0.0, 5000.0, -5000.0])
def test_when_a_maintenance_holds_its_component(after: float, offset: float, *, expected: bool) -> None:
    page = page_of()
    page.clock_offset = offset
    one = announce(page)
    now = NOW + HOUR + after - offset
    assert held_components(page, now) == ({IDS[API]} if expected else set())
    page.observed.maintenances["m"] = replace(one, active=True)
    assert held_components(page, now) == {IDS[API]}


# What is claimed, shown and was told, and what is written while the maintenance goes on.
CHANGES = {
    "nothing is raised": (PARTIAL, OPERATIONAL, None, None),
    "nothing of ours is raised": (MAJOR, PARTIAL, PARTIAL, None),
    "a milder claim is written": (DEGRADED, PARTIAL, PARTIAL, DEGRADED),
    "what recovers is set back": (None, PARTIAL, PARTIAL, OPERATIONAL),
}


@pytest.mark.parametrize(("claimed", "shown", "told", "expected"), CHANGES.values(), ids=CHANGES)
def test_changes_under_maintenance(
    claimed: ComponentStatus | None,
    shown: ComponentStatus,
    told: ComponentStatus | None,
    expected: ComponentStatus | None,
) -> None:
    page = page_of({API: claimed} if claimed else {}, shown={API: shown})
    if told is not None:
        tell_component(page, API, told)
    announce(page, active=True)
    change = component_changes(page, NOW).get(IDS[API])
    assert (change and change.status) == expected


def test_nothing_is_raised_or_opened_before_maintenances_were_read_or_could_not_be() -> None:
    page = page_of({API: MAJOR}, memory())
    page.observed.listings[ListKind.ACTIVE] = Listing()
    assert {type(one) for one in plan(page, NOW).operations} == {ReadList}
    page.observed.listings[ListKind.ACTIVE] = Listing(failures=UNREAD_AFTER)
    assert {type(one) for one in plan(page, NOW).operations} == {ReadList, WriteIncident}


def test_what_is_under_maintenance_joins_no_incident() -> None:
    page = page_of({API: MAJOR, WEB: MAJOR}, memory(components=(WEB, API)), shown={API: MAJOR, WEB: MAJOR})
    announce(page, active=True)
    (opened,) = plan(page, NOW).operations
    assert isinstance(opened, WriteIncident)
    assert opened.component_ids == (IDS[WEB],)
    tell_incident(page, components=(WEB,), read_at=NOW)
    assert plan(page, NOW).operations == ()


def test_a_change_between_two_readings_is_the_pages_where_a_boundary_is_near() -> None:
    page = page_of()
    announce(page, begins_at=NOW)
    assert page_may_have_changed(page, IDS[API], NOW + 50, NOW + 110)
    assert page_may_have_changed(page, IDS[API], NOW - 120, NOW - 60)
    assert not page_may_have_changed(page, IDS[API], NOW + 60, NOW + 120)
    assert not page_may_have_changed(page, IDS[WEB], NOW - 10, NOW + 10)


def test_the_lists_are_read_again_when_what_was_announced_has_begun_or_left_the_list() -> None:
    page = page_of()
    announce(page, begins_at=NOW + 100)
    assert plan(page, NOW).wake_at == NOW + 60
    due = [one.kind for one in plan(page, NOW + 145).operations if isinstance(one, ReadList)]
    assert {ListKind.SCHEDULED, ListKind.ACTIVE} <= set(due)
    page = page_of()
    announce(page, gone_at=NOW + 1)
    due = [one.kind for one in plan(page, NOW + 2).operations if isinstance(one, ReadList)]
    assert due == [ListKind.ACTIVE]


def test_what_no_list_shows_is_forgotten_once_all_was_read_after_it_and_its_boundaries_are_past() -> None:
    page = page_of()
    one = announce(page, begins_at=NOW - HOUR, ends_at=NOW - 100, gone_at=NOW - 40)
    assert not is_over(page, one, NOW)
    page.observed.listings[ListKind.ACTIVE] = Listing(complete_at=NOW + 300)
    assert not is_over(page, one, NOW + 300)  # what the page did to its components may not have been read
    page.observed.listings[ListKind.COMPONENTS] = Listing(complete_at=NOW + 20)
    assert is_over(page, one, NOW + 300)
    page.observed.listings[ListKind.ACTIVE] = Listing(complete_at=NOW - 20)
    assert not is_over(page, one, NOW + 300)
    assert not is_over(page, replace(one, gone_at=None), NOW + HOUR)


at_some_time = st.one_of(st.none(), st.floats(0, 2e9))
maintenances = st.builds(
    Maintenance,
    st.just("m"),
    st.booleans(),
    st.lists(st.text(min_size=1, max_size=3), max_size=3).map(tuple),
    at_some_time,
    at_some_time,
    st.sampled_from([ListKind.SCHEDULED, ListKind.ACTIVE]),
    at_some_time,
)


@given(maintenances)
def test_a_restart_knows_what_was_announced(one: Maintenance) -> None:
    page = page_of()
    record = record_of(page, one, NOW)
    page.guards[record.key] = record
    recall(page, NOW)
    assert page.observed.maintenances == {"m": one}


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (NOW - 10, NOW - 10),
        (NOW - BELIEVED_FOR, NOW - BELIEVED_FOR),
        (NOW - BELIEVED_FOR - 1, None),
        (NOW + 1, None),
    ],
)
def test_a_restart_believes_a_reading_of_a_while_ago(at: float, expected: float | None) -> None:
    page = page_of()
    page.observed.listings = dict.fromkeys(ListKind, Listing())
    record = GuardRecord(page.name, GuardKind.MAINTENANCES_READ, ListKind.ACTIVE, at)
    page.guards[record.key] = record
    recall(page, NOW)
    assert page.observed.listings[ListKind.ACTIVE].complete_at == expected
