"""Whose a component and an incident are: what a person set, announced or took over is remembered, and what waits for a person is listed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.component_plan import (
    component_changes,
    eased_yields,
    ended_takings,
    takings,
    yielded_components,
)
from bridge.core.incidents import IncidentKey, IncidentPhase
from bridge.core.intents import OperationId
from bridge.core.observed import Listing, ListKind, ObservedIncident
from bridge.core.overruled import overruled
from bridge.core.people import Taken, left_open, orphans
from bridge.core.plan import plan
from bridge.core.rules import IncidentRuleId
from bridge.core.signals import NO_LABELS
from bridge.core.statuses import ComponentStatus, IncidentStatus
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
    SHOP,
    lose,
    memory,
    page_of,
    show,
    target_of,
    tell_component,
    tell_incident,
    write_of,
)

if TYPE_CHECKING:
    from bridge.core.page import Page

LATER = NOW + 600.0


def take(page: Page, status: ComponentStatus, *, until: float | None = None) -> Taken:
    """The API is a person's."""
    taken = page.taken[IDS[API]] = Taken(page.name, IDS[API], status, NOW - 1000, until)
    return taken


def open_incident(page: Page, identifier: str, *, key: IncidentKey | None = None) -> ObservedIncident:
    """Somebody's open incident about the API."""
    one = page.observed.incidents[identifier] = ObservedIncident(
        identifier, IncidentStatus.INVESTIGATING, key, 1, 1, OperationId("op"), (IDS[API],), NOW, NOW
    )
    return one


# --- components


# What is shown, and what is remembered of the component as taken; what is remembered then.
TAKINGS = {
    "a person's value is taken": (DEGRADED, None, DEGRADED),
    "the claimed value is taken where we never wrote it": (PARTIAL, None, PARTIAL),
    "operational is nobody's": (OPERATIONAL, None, None),
    "a maintenance is the page's": (MAINTENANCE, None, None),
    "a status that we do not know is left": (None, None, None),
    "what is taken and shows the same is not noted again": (DEGRADED, DEGRADED, None),
    "what is taken follows them": (MAJOR, DEGRADED, MAJOR),
    "what is taken follows them to operational": (OPERATIONAL, DEGRADED, OPERATIONAL),
    "what is taken does not follow a maintenance": (MAINTENANCE, DEGRADED, None),
}


@pytest.mark.parametrize(("shown", "before", "expected"), TAKINGS.values(), ids=TAKINGS)
def test_takings(
    shown: ComponentStatus | None, before: ComponentStatus | None, expected: ComponentStatus | None
) -> None:
    page = page_of({API: PARTIAL}, shown={API: shown})
    if before is not None:
        take(page, before)
    assert [one.status for one in takings(page, NOW)] == ([expected] if expected is not None else [])


def test_nothing_is_taken_without_a_claim_or_before_the_incidents_were_read_or_while_a_request_is_under_way() -> (
    None
):
    assert list(takings(page_of(shown={API: DEGRADED}), NOW)) == []
    page = page_of({API: PARTIAL}, shown={API: DEGRADED})
    page.in_flight[target_of(API)] = OperationId("now")
    assert list(takings(page, NOW)) == []
    page = page_of({API: PARTIAL}, shown={API: DEGRADED})
    page.observed.listings[ListKind.UNRESOLVED] = Listing()
    assert list(takings(page, NOW)) == []


def test_what_a_reading_shows_that_may_be_older_than_a_write_of_ours_takes_nothing() -> None:
    page = page_of({API: PARTIAL}, shown={API: DEGRADED})
    shown = page.observed.components[IDS[API]]
    page.observed.components[IDS[API]] = replace(shown, doubtful_until=NOW + 0.1, reads=9)
    assert list(takings(page, NOW)) == []


def test_what_a_maintenance_set_takes_nothing_and_may_be_written_over() -> None:
    page = page_of({API: PARTIAL}, shown={API: DEGRADED})
    page.observed.components[IDS[API]] = replace(page.observed.components[IDS[API]], page_own=True)
    assert list(takings(page, NOW)) == []
    assert component_changes(page, NOW)[IDS[API]].status is PARTIAL


@pytest.mark.parametrize("shown", [OPERATIONAL, DEGRADED, PARTIAL, MAJOR])
def test_whatever_a_component_shows_that_is_taken_nothing_is_written_to_it(shown: ComponentStatus) -> None:
    page = page_of({API: MAJOR}, shown={API: shown})
    take(page, DEGRADED)
    assert component_changes(page, NOW) == {}
    assert list(yielded_components(page, NOW)) == [IDS[API]]


def test_until_its_time_has_come_and_then_a_claim_is_written_over_what_they_had_set() -> None:
    page = page_of({API: MAJOR}, shown={API: DEGRADED})
    take(page, DEGRADED, until=LATER)
    assert component_changes(page, LATER - 0.1) == {}
    assert plan(page, NOW).wake_at <= LATER
    assert component_changes(page, LATER)[IDS[API]].status is MAJOR
    assert list(yielded_components(page, LATER)) == []
    show(page, API, PARTIAL)  # they set another value since
    assert component_changes(page, LATER) == {}
    assert [one.until for one in takings(page, LATER)] == [None]


def test_without_a_claim_what_was_handed_back_is_not_lowered() -> None:
    page = page_of(shown={API: DEGRADED})
    take(page, DEGRADED, until=NOW)
    assert component_changes(page, NOW) == {}


@pytest.mark.parametrize("shown", [OPERATIONAL, DEGRADED, PARTIAL])
def test_what_is_taken_ends_with_its_claims_whatever_shows(shown: ComponentStatus) -> None:
    page = page_of({API: PARTIAL}, shown={API: shown})
    page.evaluated = True
    taken = take(page, DEGRADED)
    assert list(ended_takings(page)) == []
    del page.desired.components[API]
    assert list(ended_takings(page)) == [taken]


def test_that_nobody_claims_it_says_nothing_before_rules_were_looked_at_or_while_the_page_lacks_it() -> None:
    page = page_of(shown={API: DEGRADED})
    take(page, DEGRADED)
    assert list(ended_takings(page)) == []
    page.evaluated = True
    del page.observed.components[IDS[API]]
    assert list(ended_takings(page)) == []


def test_operational_since_the_claim_ended_is_nobodys_and_only_then() -> None:
    page = page_of(shown={API: OPERATIONAL})
    tell_component(page, API, PARTIAL)
    assert [one.possible for one in eased_yields(page)] == [(OPERATIONAL,)]
    assert list(eased_yields(page_of({API: PARTIAL}))) == []
    show(page, API, DEGRADED)
    assert list(eased_yields(page)) == []


# --- incidents


def test_a_component_of_a_persons_own_incident_is_raised_and_not_lowered() -> None:
    page = page_of({API: MAJOR}, shown={API: PARTIAL})
    tell_component(page, API, PARTIAL)
    open_incident(page, "theirs")
    assert component_changes(page, NOW)[IDS[API]].status is MAJOR
    page.desired.components[API] = DEGRADED
    assert component_changes(page, NOW) == {}
    del page.desired.components[API]
    assert component_changes(page, NOW) == {}
    del page.observed.incidents["theirs"]
    assert component_changes(page, NOW)[IDS[API]].status is OPERATIONAL


def test_what_a_person_tells_of_is_remembered_as_if_it_were_told_and_left_to_them() -> None:
    page = page_of({API: MAJOR}, memory(sequence=3, fired_at=3), shown={API: MAJOR})
    open_incident(page, "theirs")
    (tombstone,) = overruled(page)
    assert (tombstone.open, tombstone.yielded, tombstone.sequence) == (False, True, 3)
    page.incidents_told[tombstone.key] = tombstone
    assert list(overruled(page)) == []
    del page.observed.incidents["theirs"]
    assert plan(page, NOW).operations == ()


def test_nothing_is_remembered_of_what_is_ours_or_may_be_or_is_not_raised() -> None:
    page = page_of({API: MAJOR}, memory(), shown={API: MAJOR})
    assert list(overruled(page)) == []
    open_incident(page, "theirs")
    page.observed.unidentified["theirs"] = 99
    assert list(overruled(page)) == []
    page.observed.unidentified.clear()
    lose(page, write_of(page), deadline=LATER)
    assert list(overruled(page)) == []
    page = page_of({}, memory(IncidentPhase.MONITORING))
    open_incident(page, "theirs")
    assert list(overruled(page)) == []
    page = page_of({API: MAJOR}, memory(), shown={API: MAJOR})
    tell_incident(page)
    open_incident(page, "theirs")
    assert list(overruled(page)) == []


def test_what_was_left_to_a_person_and_is_over_is_listed_until_they_resolve_it() -> None:
    page = page_of({}, memory(IncidentPhase.CLOSED))
    told = tell_incident(page, yielded=True)
    assert list(left_open(page)) == [told]
    page.incidents_told[told.key] = replace(told, status=IncidentStatus.RESOLVED)
    assert list(left_open(page)) == []
    page.incidents_told[told.key] = replace(told, yielded=False)
    assert list(left_open(page)) == []
    page = page_of({}, memory(IncidentPhase.MONITORING))
    tell_incident(page, yielded=True)
    assert list(left_open(page)) == []


def test_open_incidents_of_ours_without_a_rule_are_listed_until_they_are_over() -> None:
    page = page_of({}, memory())
    told = tell_incident(page)
    open_incident(page, "unknown", key=IncidentKey("of another rule"))
    open_incident(page, "theirs")
    assert [(one.incident_id, one.place) for one in orphans(page)] == [("unknown", None)]
    renamed = replace(SHOP, id=IncidentRuleId("renamed"))
    page.ruleset = replace(page.ruleset, incidents=(renamed,))
    assert [(one.incident_id, one.place) for one in orphans(page)] == [
        ("inc-1", (SHOP.id, NO_LABELS)),
        ("unknown", None),
    ]
    page.incidents_told[told.key] = replace(told, status=IncidentStatus.RESOLVED)
    assert [one.incident_id for one in orphans(page)] == ["unknown"]


def test_what_was_adopted_by_another_rule_is_no_orphan_though_it_carries_its_former_identity() -> None:
    page = page_of({}, memory())
    told = tell_incident(page)
    page.observed.incidents["inc-1"] = replace(page.observed.incidents["inc-1"], key=IncidentKey("former"))
    assert told.incident_id == "inc-1"
    assert list(orphans(page)) == []


def test_a_component_without_a_person_is_not_yielded() -> None:
    assert list(yielded_components(page_of({SEARCH: PARTIAL}), NOW)) == []
