"""What is told of incidents: each transition once, after a look at the page, and nothing that came and went untold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.core.commands import CommandId, Issued, Standing, StandingKind
from bridge.core.component_plan import component_changes
from bridge.core.holds import NEVER
from bridge.core.incident_plan import NOTIFIES, plan_incidents
from bridge.core.incidents import Coverage, IncidentKey, IncidentMemory, IncidentPhase, advance_incident
from bridge.core.intents import IntentState, OperationId
from bridge.core.observed import ObservedIncident
from bridge.core.operations import FindIncident, Operation, ReadIncident, SetComponent, WriteIncident
from bridge.core.page import Page, PlanSettings, Refusal
from bridge.core.plan import plan
from bridge.core.reasons import Reason
from bridge.core.rules import ComponentName
from bridge.core.signals import Labels
from bridge.core.statuses import Automation, ComponentStatus, IncidentStatus
from tests.core.pages import (
    API,
    DEGRADED,
    EPISODE,
    IDS,
    LOST,
    MAJOR,
    NOW,
    OPERATIONAL,
    PARTIAL,
    SEARCH,
    SHOP,
    TOLD,
    WEB,
    lose,
    memory,
    page_of,
    shop_target,
    tell_component,
    tell_incident,
    write_of,
)

CLOSED, INVESTIGATING, IDENTIFIED, MONITORING = IncidentPhase
S = IncidentStatus


def planned(page: Page, now: float = NOW) -> list[Operation]:
    """The operations for incidents now."""
    return plan_incidents(page, component_changes(page, NOW), now).operations


def the_write(page: Page, now: float = NOW) -> WriteIncident:
    """The only operation, which is a write."""
    (write,) = planned(page, now)
    assert isinstance(write, WriteIncident)
    return write


# What evaluation remembers, what was told (status, high water, episode) or None, and what is told now.
Told = tuple[IncidentStatus, ComponentStatus, int] | None
LAST = EPISODE - 1
AGAIN = replace(memory(sequence=4, fired_at=4, reason=Reason.REOPENED), turns=(NOW - 90.0, NOW - 60.0, NOW))
TRANSITIONS: dict[str, tuple[IncidentMemory, Told, Reason | None]] = {
    "what was never told is opened": (memory(), None, Reason.OPENED),
    "what opened and recovered untold costs nothing": (memory(MONITORING), None, None),
    "what opened and closed untold costs nothing": (memory(CLOSED), None, None),
    "what was told stays": (memory(), (S.INVESTIGATING, PARTIAL, EPISODE), None),
    "a recovery is told": (memory(MONITORING), (S.INVESTIGATING, PARTIAL, EPISODE), Reason.RECOVERED),
    "a recovery that was told stays": (memory(MONITORING), (S.MONITORING, PARTIAL, EPISODE), None),
    "a return is told": (
        memory(sequence=3, fired_at=3),
        (S.MONITORING, PARTIAL, EPISODE),
        Reason.RETURNED,
    ),
    "a return that was told as a text alone stays": (memory(), (S.MONITORING, PARTIAL, EPISODE), None),
    "the recovery after it is told": (
        memory(MONITORING, sequence=2),
        (S.MONITORING, PARTIAL, EPISODE),
        Reason.RECOVERED,
    ),
    "a recovery and return untold cost nothing": (
        memory(sequence=3),
        (S.INVESTIGATING, PARTIAL, EPISODE),
        None,
    ),
    "growth is told": (memory(high_water=MAJOR), (S.INVESTIGATING, PARTIAL, EPISODE), Reason.ESCALATED),
    "what shrinks is not told": (memory(high_water=PARTIAL), (S.INVESTIGATING, MAJOR, EPISODE), None),
    "what returns worse is told as growth, because that notifies": (
        memory(high_water=MAJOR),
        (S.MONITORING, PARTIAL, EPISODE),
        Reason.ESCALATED,
    ),
    "growth that recovered untold is told as recovery": (
        memory(MONITORING, high_water=MAJOR),
        (S.INVESTIGATING, PARTIAL, EPISODE),
        Reason.RECOVERED,
    ),
    "the end is told after monitoring": (
        memory(CLOSED),
        (S.MONITORING, PARTIAL, EPISODE),
        Reason.MONITORED_FOR,
    ),
    "the end is told even if the recovery was not": (
        memory(CLOSED),
        (S.INVESTIGATING, PARTIAL, EPISODE),
        Reason.MONITORED_FOR,
    ),
    "an end that was told stays": (memory(CLOSED), (S.RESOLVED, PARTIAL, EPISODE), None),
    "what a person resolved is not opened again in its episode": (
        memory(),
        (S.RESOLVED, PARTIAL, EPISODE),
        None,
    ),
    "a later episode is opened anew": (memory(), (S.RESOLVED, MAJOR, LAST), Reason.OPENED),
    "a later episode that is over already is not": (memory(MONITORING), (S.RESOLVED, PARTIAL, LAST), None),
    "a later episode goes on in an incident whose end was never told": (
        memory(),
        (S.INVESTIGATING, PARTIAL, LAST),
        None,
    ),
    "and returns in one that was monitored": (memory(), (S.MONITORING, PARTIAL, LAST), Reason.RETURNED),
    "growth that recovered untold and returned is told, because nobody was told of it": (
        memory(high_water=MAJOR, sequence=4, reason=Reason.RETURNED),
        (S.MONITORING, PARTIAL, EPISODE),
        Reason.ESCALATED,
    ),
    "an identified incident recovers like any other": (
        memory(MONITORING),
        (S.IDENTIFIED, PARTIAL, EPISODE),
        Reason.RECOVERED,
    ),
}


@pytest.mark.parametrize(("remembered", "told", "expected"), TRANSITIONS.values(), ids=TRANSITIONS)
def test_transitions(remembered: IncidentMemory, told: Told, expected: Reason | None) -> None:
    page = page_of({}, remembered)
    if told is not None:
        status, high_water, episode = told
        tell_incident(page, status, high_water=high_water, episode=episode)
    operations = planned(page)
    assert [operation.reason for operation in operations] == ([expected] if expected else [])
    for operation in operations:
        assert isinstance(operation, WriteIncident)
        assert operation.status is remembered.phase.status
        assert (operation.episode, operation.sequence) == (remembered.episode, remembered.sequence)
        assert operation.notify is (expected in {Reason.OPENED, Reason.ESCALATED, Reason.MONITORED_FOR})
        assert operation.incident_id == ("" if expected is Reason.OPENED else "inc-1")
        assert operation.body


def test_what_fires_again_after_we_said_that_it_was_over_is_looked_at_before_it_is_opened_again() -> None:
    page = page_of({}, AGAIN)
    tell_incident(page, S.RESOLVED)
    (operation,) = planned(page)
    assert isinstance(operation, ReadIncident)
    assert operation.incident_id == "inc-1"


def test_where_the_page_refuses_to_open_it_again_another_one_is_opened() -> None:
    page = page_of({}, AGAIN)
    tell_incident(page, S.RESOLVED)
    page.one_way.add("inc-1")
    (operation,) = planned(page)
    assert isinstance(operation, WriteIncident)
    assert (operation.reason, operation.incident_id) == (Reason.OPENED, "")


def test_what_was_let_go_for_good_is_not_opened_again() -> None:
    page = page_of({}, AGAIN)
    tell_incident(page, S.RESOLVED)
    issued = Issued(CommandId("one"), NOW, "Ada", "ours")
    standing = Standing("acme", StandingKind.RELEASE, "inc-1", "", None, issued)
    page.standing[standing.key] = standing
    assert planned(page) == []


def test_beginning_growth_and_end_notify_and_nothing_else_does() -> None:
    by_default = {reason for reason, word in NOTIFIES.items() if word in SHOP.notify}
    assert by_default == {Reason.OPENED, Reason.REOPENED, Reason.ESCALATED, Reason.MONITORED_FOR}


def test_an_opened_incident_carries_all_that_is_known() -> None:
    page = page_of({API: PARTIAL}, memory(components=(API, WEB)))
    assert planned(page) == [
        WriteIncident(
            "acme",
            (SHOP.id, Labels({})),
            page.key((SHOP.id, Labels({}))),
            "",
            EPISODE,
            1,
            "The shop is having problems",
            S.INVESTIGATING,
            "We are investigating a problem affecting Shop / API and Shop / Web.",
            (IDS[API], IDS[WEB]),
            ((IDS[API], PARTIAL),),
            PARTIAL,
            notify=True,
            reason=Reason.OPENED,
            shown=((IDS[API], PARTIAL),),
        )
    ]


def test_of_what_is_not_bound_nothing_is_opened() -> None:
    assert planned(page_of({}, memory(components=(ComponentName("Nowhere"),)))) == []


def test_what_is_bound_is_opened_without_what_is_not() -> None:
    write = the_write(page_of({}, memory(components=(ComponentName("Nowhere"), API))))
    assert (write.component_ids, write.body) == (
        (IDS[API],),
        "We are investigating a problem affecting Shop / API.",
    )


def test_every_group_has_an_incident_of_its_own() -> None:
    eu, us = Labels({"region": "eu"}), Labels({"region": "us"})
    rule = replace(SHOP, group_by=("region",))
    page = page_of({}, memory(group=eu), memory(group=us), rules=(rule,))
    keys = {operation.target for operation in planned(page)}
    assert len(keys) == 2


@pytest.mark.parametrize("level", Automation)
def test_only_full_automation_tells(level: Automation) -> None:
    rule = replace(SHOP, automation=level)
    by_rule = page_of({}, memory(rule=rule), rules=(rule,))
    by_cap = page_of({}, memory(), settings=PlanSettings(automation_max=level))
    assert [bool(planned(page)) for page in (by_rule, by_cap)] == [level is Automation.FULL] * 2


def test_an_incident_whose_rule_is_gone_is_left_alone() -> None:
    page = page_of({}, memory(CLOSED), rules=())
    tell_incident(page)
    assert planned(page) == []


# Quiet updates tell subscribers nothing, so what they were told of stays as it was.
HIGH_WATERS = {
    "what opens tells its status": (memory(high_water=MAJOR), None, MAJOR),
    "growth is told": (memory(high_water=MAJOR), S.INVESTIGATING, MAJOR),
    "the end tells all": (memory(CLOSED, high_water=MAJOR), S.MONITORING, MAJOR),
    "a recovery tells of no growth": (memory(MONITORING, high_water=MAJOR), S.INVESTIGATING, PARTIAL),
    "a return tells of no growth": (
        memory(sequence=3, fired_at=3, high_water=DEGRADED),
        S.MONITORING,
        PARTIAL,
    ),
    "who joins tells of no growth": (
        memory(high_water=DEGRADED, components=(API, WEB)),
        S.INVESTIGATING,
        PARTIAL,
    ),
}


@pytest.mark.parametrize(("remembered", "status", "expected"), HIGH_WATERS.values(), ids=HIGH_WATERS)
def test_the_worst_that_was_told_moves_only_with_what_notifies(
    remembered: IncidentMemory, status: IncidentStatus | None, expected: ComponentStatus
) -> None:
    page = page_of({}, remembered)
    if status is not None:
        tell_incident(page, status)
    assert the_write(page).high_water is expected


# What is remembered after a person resolved our incident at transition 1, and whether it is opened anew.
AFTER_A_PERSONS_RESOLVE = {
    "what goes on is theirs": (memory(), False),
    "what grows meanwhile is theirs": (
        memory(high_water=MAJOR, sequence=2, reason=Reason.ESCALATED),
        False,
    ),
    "what recovered is theirs": (memory(MONITORING, sequence=2, reason=Reason.RECOVERED), False),
    "what ended is theirs": (memory(CLOSED, sequence=3, reason=Reason.MONITORED_FOR), False),
    "what had returned before they resolved is theirs": (memory(sequence=1, reason=Reason.RETURNED), False),
    "what cleared and fires anew is told": (
        replace(memory(sequence=3, reason=Reason.RETURNED), fired_at=3),
        True,
    ),
    "a later episode is told": (memory(episode=EPISODE + 1), True),
}


@pytest.mark.parametrize(
    ("remembered", "anew"), AFTER_A_PERSONS_RESOLVE.values(), ids=AFTER_A_PERSONS_RESOLVE
)
def test_what_a_person_resolved_is_opened_again_only_when_it_fires_anew(
    remembered: IncidentMemory, *, anew: bool
) -> None:
    page = page_of({}, remembered)
    tell_incident(page, S.RESOLVED, yielded=True)
    assert [operation.reason for operation in planned(page)] == ([Reason.OPENED] if anew else [])


def lived(*worst: ComponentStatus) -> IncidentMemory:
    """What evaluation remembers after the worst claims of these instants."""
    remembered = memory()
    for number, status in enumerate(worst):
        coverage = Coverage(status, (API,) if status is not OPERATIONAL else (), blind=False)
        remembered, _ = advance_incident(remembered, SHOP, coverage, NOW + number)
    return remembered


def test_a_return_worse_than_before_is_told_after_a_persons_resolve() -> None:
    """The return and the growth come in one instant, and growth is the last reason that is remembered."""
    page = page_of({}, lived(OPERATIONAL, MAJOR))
    tell_incident(page, S.RESOLVED, yielded=True)
    assert the_write(page).reason is Reason.OPENED


def test_what_grows_after_a_person_resolved_its_return_is_theirs() -> None:
    returned, grown = lived(OPERATIONAL, PARTIAL), lived(OPERATIONAL, PARTIAL, MAJOR)
    page = page_of({}, grown)
    told = tell_incident(page, S.RESOLVED, yielded=True)
    page.incidents_told[told.key] = replace(told, sequence=returned.sequence)
    assert planned(page) == []


def show_incident(
    page: Page,
    *components: ComponentName,
    key: IncidentKey | None = None,
    status: IncidentStatus | None = S.INVESTIGATING,
) -> None:
    """Let the page be read to show an unresolved incident that the ledger does not know."""
    ids = tuple(IDS[name] for name in components)
    ours = key is not None
    page.observed.incidents["inc-9"] = ObservedIncident(
        "inc-9",
        status,
        key,
        EPISODE - 5,
        1,
        TOLD if ours else None,
        ids,
        NOW,
        NOW,
        "update-9",
        verified_at=NOW,
    )


# The components of a person's own open incident, and whether ours opens about the API and the web.
BESIDE = {
    "on the same component": ((API,), False),
    "on one of them": ((WEB, SEARCH), False),
    "on another": ((SEARCH,), True),
    "on none": ((), True),
}


@pytest.mark.parametrize(("theirs", "opens"), BESIDE.values(), ids=BESIDE)
def test_beside_a_persons_own_incident_ours_is_not_opened(
    theirs: tuple[ComponentName, ...], *, opens: bool
) -> None:
    page = page_of({}, memory(components=(API, WEB)))
    show_incident(page, *theirs)
    assert [operation.reason for operation in planned(page)] == ([Reason.OPENED] if opens else [])


def test_a_persons_own_incident_does_not_keep_ours_from_going_on() -> None:
    page = page_of({}, memory(CLOSED))
    tell_incident(page)
    show_incident(page, API)
    assert the_write(page).reason is Reason.MONITORED_FOR


def test_the_components_of_what_is_not_opened_are_written_alone() -> None:
    page = page_of({API: MAJOR}, memory())
    show_incident(page, API)
    assert plan(page, NOW).operations == (SetComponent("acme", IDS[API], MAJOR, Reason.CLAIMED),)


# What an incident with our identity shows that a lost store does not know, what is remembered, what is told in it.
FOUND = {
    "what goes on is told already": (memory(), S.INVESTIGATING, None),
    "it is not opened a second time, even if it grows": (memory(high_water=MAJOR), S.INVESTIGATING, None),
    "a return goes on in it": (memory(sequence=3, fired_at=3), S.MONITORING, Reason.RETURNED),
    "a recovery is told in it": (memory(MONITORING), S.INVESTIGATING, Reason.RECOVERED),
    "the end is told in it": (memory(CLOSED), S.MONITORING, Reason.MONITORED_FOR),
    "who joins is added to it": (memory(components=(API, WEB)), S.INVESTIGATING, Reason.JOINED),
}


@pytest.mark.parametrize(("remembered", "status", "expected"), FOUND.values(), ids=FOUND)
def test_an_incident_of_ours_that_the_ledger_does_not_know_is_updated(
    remembered: IncidentMemory, status: IncidentStatus, expected: Reason | None
) -> None:
    page = page_of({}, remembered)
    show_incident(page, API, key=page.key((SHOP.id, Labels({}))), status=status)
    writes = [operation for operation in planned(page) if isinstance(operation, WriteIncident)]
    assert [(write.incident_id, write.reason) for write in writes] == (
        [("inc-9", expected)] if expected else []
    )


def test_an_incident_of_another_group_is_not_ours_to_update() -> None:
    page = page_of({}, memory())
    show_incident(page, API, key=page.key((SHOP.id, Labels({"region": "eu"}))))
    assert the_write(page).incident_id == ""


def test_what_was_told_comes_before_what_is_found() -> None:
    page = page_of({}, memory(CLOSED))
    tell_incident(page)
    show_incident(page, API, key=page.key((SHOP.id, Labels({}))))
    assert the_write(page).incident_id == "inc-1"


def test_a_listed_component_that_the_page_no_longer_has_is_left_out() -> None:
    page = page_of({}, memory(CLOSED, components=(API, WEB)))
    tell_incident(page, components=(API, WEB))
    del page.observed.components[IDS[WEB]]
    assert the_write(page).component_ids == (IDS[API],)


def test_a_list_verifies_nothing_for_it_may_lag() -> None:
    page = page_of({}, memory(CLOSED))
    tell_incident(page)
    page.observed.incidents["inc-1"] = replace(page.observed.incidents["inc-1"], verified_at=0.0)
    assert [type(one) for one in planned(page)] == [ReadIncident]


def test_a_slow_reading_counts_from_its_answer() -> None:
    """The request began eight seconds ago; what was seen three seconds ago is still clean."""
    page = page_of({}, memory(CLOSED))
    tell_incident(page, read_at=NOW - 8)
    page.observed.incidents["inc-1"] = replace(page.observed.incidents["inc-1"], verified_at=NOW - 3)
    assert the_write(page).reason is Reason.MONITORED_FOR
    assert [type(one) for one in planned(page, NOW + 2.1)] == [ReadIncident]


# How the page was read before the write: at what time, showing what; and whether that will do.
VERIFIED = {
    "read just now": (NOW, {}, True),
    "read five seconds ago": (NOW - 5, {}, True),
    "read earlier": (NOW - 5.1, {}, False),
    "never read": (None, {}, False),
    "another update shows": (NOW, {"operation": OperationId("other")}, False),
    "no update of ours shows": (NOW, {"operation": None}, False),
    "a person's update shows": (NOW, {"update_id": "theirs"}, False),
    "another status shows": (NOW, {"status": S.IDENTIFIED}, False),
    "an unknown status shows": (NOW, {"status": None}, False),
}


@pytest.mark.parametrize(("read_at", "shows", "clean"), VERIFIED.values(), ids=VERIFIED)
@pytest.mark.parametrize(
    "remembered",
    [memory(CLOSED), memory(MONITORING), memory(high_water=MAJOR)],
    ids=["end", "recovery", "growth"],
)
def test_every_update_follows_a_clean_reading(
    remembered: IncidentMemory,
    read_at: float | None,
    shows: dict[str, str | None],
    *,
    clean: bool,
) -> None:
    page = page_of({API: PARTIAL}, remembered)
    told = tell_incident(page, read_at=read_at)
    if shows:
        observed = page.observed.incidents["inc-1"]
        page.observed.incidents["inc-1"] = replace(observed, **shows)  # type: ignore[arg-type]
    incidents = plan_incidents(page, component_changes(page, NOW), NOW)
    if clean:
        assert [type(operation) for operation in incidents.operations] == [WriteIncident]
        assert incidents.awaited == set()
    else:
        assert incidents.operations == [ReadIncident("acme", "inc-1", told.key)]
        assert incidents.awaited == {IDS[API]}


def test_what_waits_to_ride_waits_while_the_reading_is_under_way() -> None:
    page = page_of({API: PARTIAL}, memory(high_water=MAJOR))
    tell_incident(page, read_at=None)
    page.in_flight[shop_target(page)] = OperationId("reading")
    incidents = plan_incidents(page, component_changes(page, NOW), NOW)
    assert (incidents.operations, incidents.awaited) == ([], {IDS[API]})


def test_a_person_who_acted_is_left_the_word() -> None:
    for remembered in (
        memory(high_water=MAJOR),
        memory(MONITORING),
        memory(CLOSED),
        memory(components=(API, WEB)),
    ):
        page = page_of({}, remembered)
        tell_incident(page, yielded=True)
        assert planned(page) == []


def test_what_joins_is_added_quietly_after_a_reading() -> None:
    page = page_of({WEB: DEGRADED}, memory(components=(API, WEB)))
    tell_incident(page, read_at=None)
    assert [type(one) for one in planned(page)] == [ReadIncident]
    tell_incident(page)
    write = the_write(page)
    assert (write.status, write.body, write.notify, write.reason) == (None, "", False, Reason.JOINED)
    assert write.component_ids == (IDS[API], IDS[WEB])
    assert write.components == ((IDS[WEB], DEGRADED),)


def test_what_joined_before_a_recovery_is_not_added_after_it() -> None:
    page = page_of({}, memory(MONITORING, components=(API, WEB)))
    tell_incident(page, S.MONITORING)
    assert planned(page) == []


def test_what_took_part_once_stays_listed() -> None:
    page = page_of({}, memory(CLOSED, components=(WEB,)))
    tell_incident(page, components=(API,))
    assert the_write(page).component_ids == (IDS[API], IDS[WEB])


def test_a_change_of_a_covered_component_rides_and_of_any_other_does_not() -> None:
    page = page_of({API: PARTIAL, SEARCH: MAJOR}, memory(CLOSED), shown={WEB: DEGRADED})
    tell_component(page, WEB, DEGRADED)
    tell_incident(page)
    assert the_write(page).components == ((IDS[API], PARTIAL), (IDS[WEB], OPERATIONAL))


def test_a_lost_write_is_left_alone_until_it_would_have_been_applied() -> None:
    page = page_of({}, memory(CLOSED))
    tell_incident(page)
    lose(page, write_of(page), deadline=NOW - 149.9)
    incidents = plan_incidents(page, {}, NOW)
    assert incidents.operations == []
    assert incidents.wake_at == NOW - 149.9 + 150


def test_a_lost_create_is_then_looked_for_and_the_search_goes_on_where_it_was() -> None:
    page = page_of({}, memory())
    intent = lose(page, write_of(page), deadline=NOW - 150)
    key = page.key((SHOP.id, Labels({})))
    assert planned(page) == [FindIncident("acme", key, intent, 1)]
    page.searches[LOST] = 3
    assert planned(page) == [FindIncident("acme", key, intent, 3)]
    assert plan_incidents(page, {}, NOW).wake_at == NEVER


def test_a_lost_update_is_then_read() -> None:
    page = page_of({}, memory(CLOSED))
    told = tell_incident(page)
    intent = lose(page, write_of(page, told, status=S.RESOLVED), deadline=NOW - 150)
    assert planned(page) == [ReadIncident("acme", "inc-1", told.key, Reason.SETTLE_UNKNOWN, intent)]


def test_what_was_lost_is_settled_even_if_automation_was_taken_back() -> None:
    page = page_of({}, memory(), settings=PlanSettings(automation_max=Automation.SHADOW))
    lose(page, write_of(page), deadline=NOW - 150)
    assert [type(operation) for operation in planned(page)] == [FindIncident]


def test_while_it_is_looked_for_nothing_else_is_planned() -> None:
    page = page_of({}, memory())
    lose(page, write_of(page), deadline=NOW - 150)
    page.in_flight[shop_target(page)] = OperationId("looking")
    assert planned(page) == []


def test_while_a_write_is_open_nothing_else_is_planned_for_its_incident() -> None:
    page = page_of({}, memory(CLOSED))
    told = tell_incident(page)
    lose(page, write_of(page, told), state=IntentState.OPEN)
    assert planned(page) == []
    assert plan_incidents(page, {}, NOW + 9999).wake_at == NEVER


def test_a_lost_write_to_a_component_stops_no_incident() -> None:
    page = page_of({}, memory())
    lose(page, SetComponent("acme", IDS[API], MAJOR, Reason.CLAIMED))
    assert the_write(page).reason is Reason.OPENED


def test_what_the_page_refused_twice_is_not_read_for_again() -> None:
    page = page_of({}, memory(CLOSED))
    tell_incident(page)
    page.refused[shop_target(page)] = Refusal(the_write(page), 2, Reason.REJECTED)
    assert planned(page, NOW + 3600) == [the_write(page)]
    page.refused[shop_target(page)] = Refusal(the_write(page), 1, Reason.REJECTED)
    assert [type(operation) for operation in planned(page, NOW + 3600)] == [ReadIncident]
