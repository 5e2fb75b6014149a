"""The plan as a whole: its order, what waits for what, when it changes by itself, and that carrying it out leaves nothing to do."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.holds import NEVER
from bridge.core.incidents import IncidentMemory, IncidentPhase
from bridge.core.intents import OperationId
from bridge.core.observed import Listing, ListKind
from bridge.core.operations import (
    Operation,
    PushPoints,
    ReadIncident,
    ReadList,
    SetComponent,
    WriteIncident,
    component_target,
)
from bridge.core.page import Page, PlanSettings, Refusal
from bridge.core.plan import plan
from bridge.core.points import GRID
from bridge.core.reasons import Reason
from bridge.core.rules import ComponentName, MetricRule, Series
from bridge.core.statuses import CLAIMABLE, Automation, ComponentStatus, IncidentStatus
from tests.core.pages import (
    API,
    DEGRADED,
    IDS,
    MAJOR,
    NOW,
    OPERATIONAL,
    PARTIAL,
    SEARCH,
    SHOP,
    WEB,
    IdealIncident,
    IdealPage,
    lose,
    memory,
    page_of,
    tell_component,
    tell_incident,
    write_of,
)

CLOSED, INVESTIGATING, IDENTIFIED, MONITORING = IncidentPhase
LATENCY, ORDERS = Series("probe:shop:latency"), Series("query:main:orders")
METRICS = (MetricRule("Latency", LATENCY), MetricRule("Orders", ORDERS))


def operations(page: Page, now: float = NOW) -> tuple[Operation, ...]:
    """The planned operations."""
    return plan(page, now).operations


def kinds(page: Page, now: float = NOW) -> list[type[Operation]]:
    """The types of the planned operations."""
    return [type(operation) for operation in operations(page, now)]


def with_points(page: Page, *instants: float, series: Series = LATENCY) -> Page:
    """The page with samples of a metric at these instants."""
    for at in instants:
        page.points.record(series, at, 1.0)
    return page


def test_where_nothing_differs_nothing_is_planned_until_the_next_reading() -> None:
    planned = plan(page_of(), NOW)
    assert (planned.operations, planned.wake_at) == ((), NOW + 60)


@pytest.mark.parametrize("unread", [ListKind.COMPONENTS, ListKind.UNRESOLVED])
def test_before_everything_was_read_the_plan_holds_nothing_but_reads(unread: ListKind) -> None:
    page = with_points(page_of({API: MAJOR}, memory(), metrics=METRICS), NOW - 900)
    lose(page, write_of(page), deadline=NOW - 900)
    page.observed.listings[unread] = Listing()
    assert operations(page) == (ReadList("acme", unread, 1),)


def test_a_reading_under_way_goes_on_with_its_next_page() -> None:
    page = page_of()
    page.observed.listings[ListKind.COMPONENTS] = Listing(NOW - 5, NOW - 1, 3)
    assert operations(page) == (ReadList("acme", ListKind.COMPONENTS, 3),)


def test_lists_are_read_each_minute_maintenances_every_five_and_metrics_each_hour() -> None:
    assert operations(page_of(), NOW + 59.9) == ()
    assert operations(page_of(), NOW + 60) == (
        ReadList("acme", ListKind.COMPONENTS, 1),
        ReadList("acme", ListKind.UNRESOLVED, 1),
    )
    assert kinds(page_of(), NOW + 299.9) == [ReadList] * 2
    assert kinds(page_of(), NOW + 300) == [ReadList] * 4
    assert kinds(page_of(), NOW + 3600) == [ReadList] * 5


def test_a_list_that_is_being_read_is_not_read_twice() -> None:
    page = page_of()
    page.in_flight[ReadList("acme", ListKind.COMPONENTS, 1).target] = OperationId("reading")
    assert operations(page, NOW + 60) == (ReadList("acme", ListKind.UNRESOLVED, 1),)


@pytest.mark.parametrize("level", Automation)
def test_the_cap_of_automation(level: Automation) -> None:
    page = page_of({SEARCH: MAJOR}, memory(), settings=PlanSettings(automation_max=level))
    expected: dict[Automation, list[type[Operation]]] = {
        Automation.SHADOW: [],
        Automation.STATUSES: [SetComponent],
        Automation.DRAFT: [SetComponent],
        Automation.FULL: [WriteIncident, SetComponent],
    }
    assert kinds(page) == expected[level]


def test_a_claim_in_shadow_changes_nothing() -> None:
    page = page_of()
    page.desired.would_have = {API: MAJOR}
    assert operations(page) == ()


def test_components_ride_on_a_call_that_is_sent_anyway() -> None:
    page = page_of({API: MAJOR, SEARCH: DEGRADED}, memory())
    opened, alone = operations(page)
    assert isinstance(opened, WriteIncident)
    assert opened.components == ((IDS[API], MAJOR),)
    assert alone == SetComponent("acme", IDS[SEARCH], DEGRADED, Reason.CLAIMED)


def test_no_call_is_sent_to_an_incident_for_the_sake_of_a_component() -> None:
    page = page_of({API: MAJOR}, memory(high_water=MAJOR))
    tell_incident(page, high_water=MAJOR)
    assert operations(page) == (SetComponent("acme", IDS[API], MAJOR, Reason.CLAIMED),)


def test_a_component_waits_for_the_reading_before_the_call_that_it_rides_on() -> None:
    page = page_of({API: MAJOR}, memory(high_water=MAJOR))
    tell_incident(page, read_at=None)
    assert kinds(page) == [ReadIncident]


def test_a_component_does_not_wait_for_what_became_of_a_lost_call() -> None:
    page = page_of({API: MAJOR}, memory())
    lose(page, write_of(page))
    assert operations(page) == (SetComponent("acme", IDS[API], MAJOR, Reason.CLAIMED),)


def test_what_was_refused_twice_is_parked_and_what_would_have_ridden_goes_alone() -> None:
    page = page_of({API: MAJOR}, memory())
    refused = operations(page)[0]
    page.refused[refused.target] = Refusal(refused, 1, Reason.REJECTED)
    assert operations(page) == (refused,)
    page.refused[refused.target] = Refusal(refused, 2, Reason.REJECTED)
    alone = SetComponent("acme", IDS[API], MAJOR, Reason.CLAIMED)
    assert operations(page) == (alone,)
    page.refused[alone.target] = Refusal(alone, 2, Reason.REJECTED)
    assert operations(page) == ()


def test_a_parked_update_is_not_read_for_and_nothing_waits_for_it() -> None:
    page = page_of({API: MAJOR}, memory(CLOSED))
    tell_incident(page)
    refused = operations(page)[0]
    page.refused[refused.target] = Refusal(refused, 2, Reason.REJECTED)
    page.observed.listings = {kind: Listing(complete_at=NOW + 50) for kind in ListKind}
    assert operations(page, NOW + 50) == (SetComponent("acme", IDS[API], MAJOR, Reason.CLAIMED),)


def test_what_is_parked_is_sent_as_soon_as_it_differs() -> None:
    page = page_of({SEARCH: MAJOR})
    (refused,) = operations(page)
    page.refused[refused.target] = Refusal(refused, 2, Reason.REJECTED)
    page.desired.components[SEARCH] = PARTIAL
    assert operations(page) == (SetComponent("acme", IDS[SEARCH], PARTIAL, Reason.CLAIMED),)


def test_a_target_that_fails_again_and_again_waits_five_seconds_and_a_minute_in_the_end() -> None:
    page = page_of()
    target = SetComponent("acme", IDS[API], MAJOR, Reason.CLAIMED).target
    assert page.backed_off_until(target) == 0.0
    waits = []
    for _ in range(6):
        page.back_off(target, NOW)
        waits.append(page.backed_off_until(target) - NOW)
    assert waits == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]


def test_what_failed_is_left_out_until_its_wait_is_over_and_the_rest_is_not() -> None:
    page = page_of({API: MAJOR, SEARCH: DEGRADED})
    failed, other = operations(page)
    page.back_off(failed.target, NOW)
    assert (operations(page), plan(page, NOW).wake_at) == ((other,), NOW + 5)
    assert operations(page, NOW + 4.9) == (other,)
    assert operations(page, NOW + 5) == (failed, other)


def test_an_incident_that_failed_is_left_out_until_its_wait_is_over() -> None:
    page = page_of({}, memory())
    (failed,) = operations(page)
    page.back_off(failed.target, NOW)
    assert (operations(page), plan(page, NOW).wake_at) == ((), NOW + 5)
    assert operations(page, NOW + 5) == (failed,)


def test_a_list_that_failed_is_read_again_when_its_wait_is_over() -> None:
    page = page_of()
    page.observed.listings[ListKind.COMPONENTS] = Listing()
    (failed,) = operations(page)
    page.back_off(failed.target, NOW)
    assert (operations(page), plan(page, NOW).wake_at) == ((), NOW + 5)
    assert operations(page, NOW + 5) == (failed,)


def test_where_nothing_is_to_be_sent_a_wait_wakes_nobody() -> None:
    page = page_of()
    page.back_off(SetComponent("acme", IDS[API], MAJOR, Reason.CLAIMED).target, NOW)
    assert plan(page, NOW).wake_at == NOW + 60


def test_metrics_that_cannot_be_listed_keep_back_only_their_points() -> None:
    page = with_points(page_of({SEARCH: MAJOR}, metrics=METRICS), NOW - 90)
    page.observed.listings[ListKind.METRICS] = Listing()
    page.observed.metrics.clear()
    assert operations(page) == (
        ReadList("acme", ListKind.METRICS, 1),
        SetComponent("acme", IDS[SEARCH], MAJOR, Reason.CLAIMED),
    )


def test_after_a_lost_write_the_components_are_read_at_once_and_written_then() -> None:
    page = page_of({API: MAJOR})
    tell_component(page, API, MAJOR, OPERATIONAL, unsettled_until=NOW + 150, told_at=NOW + 1)
    assert operations(page, NOW + 1) == (ReadList("acme", ListKind.COMPONENTS, 1),)
    page.observed.listings[ListKind.COMPONENTS] = Listing(complete_at=NOW + 1)
    page.observed.components[IDS[API]] = replace(page.observed.components[IDS[API]], read_at=NOW + 1)
    assert operations(page, NOW + 2) == (SetComponent("acme", IDS[API], MAJOR, Reason.CLAIMED),)


@pytest.mark.parametrize("offset", [3600.0, -3600.0])
def test_where_the_clock_was_set_points_are_due_by_its_time_and_everything_else_by_ours(
    offset: float,
) -> None:
    page = with_points(page_of(metrics=METRICS), NOW + offset - 30)
    page.clock_offset = offset
    assert (operations(page), plan(page, NOW).wake_at) == ((), NOW + 30)
    assert kinds(page, NOW + 30) == [PushPoints]


@pytest.mark.parametrize("offset", [3600.0, -3600.0])
def test_where_the_clock_was_set_points_rise_as_a_gap_comes_near_by_its_time(offset: float) -> None:
    page = with_points(page_of({SEARCH: MAJOR}, metrics=METRICS), NOW + offset - 210)
    page.clock_offset = offset
    assert kinds(page) == [SetComponent, PushPoints]
    with_points(page, NOW + offset - 270)
    assert kinds(page) == [PushPoints, SetComponent]


def test_the_order_of_everything() -> None:
    """What opens, what grows, the readings that they need; what recovers; readings; components, worst first; points."""
    grown = replace(SHOP, id=type(SHOP.id)("grown"), components=(ComponentName("id:x"),))
    page = with_points(
        page_of({WEB: DEGRADED, SEARCH: MAJOR}, memory(components=(API,)), metrics=METRICS), NOW - 90
    )
    page.ruleset = replace(page.ruleset, incidents=(replace(SHOP, components=(API,)), grown))
    page.desired.incidents[grown.id, memory().group] = memory(CLOSED, rule=grown)
    tell_incident(page, rule=grown)
    page.observed.listings[ListKind.UNRESOLVED] = Listing(complete_at=NOW - 60)
    assert [(type(operation), operation.reason) for operation in operations(page)] == [
        (WriteIncident, Reason.OPENED),
        (WriteIncident, Reason.MONITORED_FOR),
        (ReadList, Reason.READ_OBSERVED),
        (SetComponent, Reason.CLAIMED),
        (SetComponent, Reason.CLAIMED),
        (PushPoints, Reason.POINTS_DUE),
    ]
    components = [operation for operation in operations(page) if isinstance(operation, SetComponent)]
    assert [component.status for component in components] == [MAJOR, DEGRADED]


# Seconds for which the degraded component has waited longer than the one that is out, and which goes first.
WAITED = {
    "both began to wait now": (0.0, [SEARCH, API]),
    "the mild one waits for less than two minutes more": (119.0, [SEARCH, API]),
    "the mild one waits for over two minutes more": (121.0, [API, SEARCH]),
}


@pytest.mark.parametrize(("seconds", "order"), WAITED.values(), ids=WAITED)
def test_a_component_is_overtaken_by_worse_ones_for_a_minute_each_step(
    seconds: float, order: list[ComponentName]
) -> None:
    page = page_of({API: DEGRADED, SEARCH: MAJOR}, rules=())
    targets = {name: component_target(IDS[name]) for name in (API, SEARCH)}
    page.wait([targets[API]], NOW - 10.0 - seconds)
    page.wait(targets.values(), NOW - 10.0)
    assert [one.target for one in operations(page)] == [targets[name] for name in order]


def test_what_waits_no_more_begins_anew() -> None:
    page = page_of({API: DEGRADED, SEARCH: MAJOR}, rules=())
    target = component_target(IDS[API])
    page.wait([target], NOW - 1000.0)
    page.wait([], NOW - 10.0)
    page.wait([target], NOW - 5.0)
    assert page.waiting_since == {target: NOW - 5.0}


def test_points_rise_above_components_as_a_gap_comes_near_and_never_above_what_opens() -> None:
    page = with_points(page_of({SEARCH: MAJOR}, memory(), metrics=METRICS), NOW - 240)
    assert kinds(page) == [WriteIncident, SetComponent, PushPoints]
    with_points(page, NOW - 270)
    assert kinds(page) == [WriteIncident, PushPoints, SetComponent]


def test_all_points_of_a_page_go_in_one_call_when_the_oldest_is_due() -> None:
    page = page_of(metrics=METRICS)
    with_points(page, NOW - 60, NOW - 30)
    with_points(page, NOW - 30, series=ORDERS)
    assert operations(page) == (
        PushPoints(
            "acme",
            (
                ("id-latency", LATENCY, ((int(NOW) - 60, 1.0), (int(NOW) - 30, 1.0))),
                ("id-orders", ORDERS, ((int(NOW) - 30, 1.0),)),
            ),
        ),
    )


def test_points_wait_for_more_until_the_oldest_is_due() -> None:
    page = with_points(page_of(metrics=METRICS), NOW - 30)
    assert (operations(page), plan(page, NOW).wake_at) == ((), NOW + 30)
    assert kinds(page, NOW + 30) == [PushPoints]


@pytest.mark.parametrize(("push_every", "due_after"), [(40.0, 40.0), (0.0, GRID / 2)])
def test_a_bucket_that_is_not_over_wakes_the_plan_when_it_is_due(push_every: float, due_after: float) -> None:
    page = with_points(page_of(metrics=METRICS, settings=PlanSettings(push_every=push_every)), NOW)
    assert (operations(page), plan(page, NOW).wake_at) == ((), NOW + due_after)
    assert kinds(page, NOW + due_after) == [PushPoints]


def test_points_of_a_metric_that_the_page_does_not_have_wait() -> None:
    page = with_points(page_of(metrics=(MetricRule("Nowhere", LATENCY),)), NOW - 900)
    assert operations(page) == ()


def test_one_push_at_a_time() -> None:
    page = with_points(page_of(metrics=METRICS), NOW - 900)
    page.in_flight[PushPoints("acme", ()).target] = OperationId("pushing")
    assert operations(page) == ()


def test_a_call_holds_three_thousand_points_and_the_oldest_go_first() -> None:
    page = with_points(page_of(metrics=METRICS), *(NOW - 30 * number for number in range(1, 3202)))
    with_points(page, NOW - 60, series=ORDERS)
    (push,) = operations(page)
    assert isinstance(push, PushPoints)
    (first,) = push.points
    assert (len(first[2]), first[2][0][0]) == (3000, NOW - 30 * 3201)


def test_the_plan_wakes_for_a_lost_write_that_becomes_settled() -> None:
    page = page_of({}, memory())
    lose(page, write_of(page), deadline=NOW - 140)
    assert plan(page, NOW).wake_at == NOW + 10
    other = page_of()
    tell_component(other, API, MAJOR, OPERATIONAL, unsettled_until=NOW + 7)
    assert plan(other, NOW).wake_at == NOW + 7


def test_with_nothing_read_and_all_under_way_the_plan_wakes_for_nothing() -> None:
    page = page_of()
    page.observed.listings = dict.fromkeys(ListKind, Listing())
    for kind in ListKind:
        page.in_flight[ReadList("acme", kind, 1).target] = OperationId(kind)
    assert (operations(page), plan(page, NOW).wake_at) == ((), NEVER)


@dataclass(frozen=True)
class Told:
    """What was told of the incident, and since when the page was read to show it."""

    status: IncidentStatus
    high_water: ComponentStatus
    yielded: bool
    read_at: float | None


@dataclass(frozen=True)
class Start:
    """A page on which anything may differ from anything."""

    claimed: dict[ComponentName, ComponentStatus]
    shown: dict[ComponentName, ComponentStatus | None]
    ledger: dict[ComponentName, ComponentStatus]
    remembered: IncidentMemory | None
    told: Told | None

    def page(self) -> tuple[Page, IdealPage]:
        """The page as we know it, not read yet, and the one that is there."""
        incidents = (self.remembered,) if self.remembered else ()
        page = with_points(
            page_of(self.claimed, *incidents, shown=self.shown, metrics=METRICS), NOW - 200, NOW - 90
        )
        for name, status in self.ledger.items():
            tell_component(page, name, status)
        told = self.told
        if told is not None:
            tell_incident(page, told.status, high_water=told.high_water, yielded=told.yielded)
        ideal = IdealPage(page)
        for one in page.incidents_told.values():
            # What is over is on the page, and in no list.
            ideal.incidents.setdefault(
                one.incident_id, IdealIncident([(one.status, False)], one.component_ids, one.operation)
            )
        if told is not None and told.read_at is None:
            page.observed.incidents.clear()
        page.observed.listings = dict.fromkeys(ListKind, Listing())
        return page, ideal

    def component(self, name: ComponentName, before: ComponentStatus | None) -> ComponentStatus | None:
        """What a component is to show in the end: by the rules of design.md, "People win", told once more in other words."""
        if before is ComponentStatus.UNDER_MAINTENANCE or before is not self.ledger.get(name, OPERATIONAL):
            return before
        return self.claimed.get(name, OPERATIONAL)


names = st.sampled_from((API, WEB, SEARCH))
statuses = st.sampled_from(ComponentStatus)
starts = st.builds(
    Start,
    st.dictionaries(names, st.sampled_from(CLAIMABLE)),
    st.dictionaries(names, st.one_of(st.none(), statuses)),
    st.dictionaries(names, statuses),
    st.one_of(
        st.none(),
        st.builds(
            lambda phase, high_water, components: memory(
                phase,
                sequence=3,
                fired_at=3,
                high_water=high_water,
                components=components,
                causes=("The disk is full.",) if phase is IDENTIFIED else (),
                identified_at=3 if phase is IDENTIFIED else 0,
            ),
            st.sampled_from(IncidentPhase),
            st.sampled_from(CLAIMABLE),
            st.sampled_from(((API,), (WEB,), (API, WEB), (ComponentName("Nowhere"),))),
        ),
    ),
    st.one_of(
        st.none(),
        st.builds(
            Told,
            st.sampled_from(
                (IncidentStatus.INVESTIGATING, IncidentStatus.MONITORING, IncidentStatus.RESOLVED)
            ),
            st.sampled_from(CLAIMABLE),
            st.booleans(),
            st.sampled_from((None, NOW)),
        ),
    ),
)


@given(starts)
def test_a_plan_carried_out_on_an_ideal_page_leaves_nothing_to_do(start: Start) -> None:
    page, ideal = start.page()
    before = dict(ideal.components)
    for _ in range(30):
        planned = operations(page)
        if not planned:
            break
        ideal.carry_out(planned[0])
    assert operations(page) == ()
    assert ideal.components == {
        component_id: start.component(name, before[component_id]) for name, component_id in IDS.items()
    }
    # Everything was said once: no component was written twice, nothing was said twice in an incident, nor was it read for nothing.
    writes = [one for one in ideal.sent if isinstance(one, WriteIncident | SetComponent)]
    targets = [(one.target, one.reason if isinstance(one, WriteIncident) else "") for one in writes]
    targets += [(target, "") for one in writes if isinstance(one, WriteIncident) for target in one.touches]
    assert len(targets) == len(set(targets))
    assert sum(isinstance(one, ReadIncident) for one in ideal.sent) <= 1
    assert sum(isinstance(one, PushPoints) for one in ideal.sent) == 1


@given(starts)
def test_an_incident_of_ours_says_in_the_end_what_evaluation_remembers(start: Start) -> None:
    page, ideal = start.page()
    while planned := operations(page):
        ideal.carry_out(planned[0])
    told, remembered = start.told, start.remembered
    ours = ideal.incidents.get("inc-1")
    if told is None:
        assert ours is None
    elif told.status is IncidentStatus.RESOLVED:
        assert ours is not None
        fires = remembered is not None and remembered.phase.fires
        if remembered is not None and fires and not told.yielded and remembered.components[0] in IDS:
            # We said that it was over, and it has fired again.
            assert [status for status, _ in ours.told[:2]] == [told.status, INVESTIGATING.status]
            assert ours.told[1][1]
            assert ours.told[-1][0] is remembered.phase.status
        else:
            assert ours.told == [(told.status, False)]
    elif told.yielded or remembered is None:
        assert ours is not None
        assert ours.told == [(told.status, False)]
    else:
        assert ours is not None
        assert ours.told[-1][0] is remembered.phase.status
