"""What time does to a maintenance: each thing once, at its own instant, however late somebody looks."""

from typing import Any

import pytest

from bridge.simulator.ledgers import Notification, NotificationKind
from bridge.simulator.model import Options
from bridge.simulator.options import MaintenanceComponents
from bridge.simulator.records.incidents import Incident
from bridge.simulator.resources.incident_transitions import expect
from bridge.simulator.statuses import ComponentStatus
from bridge.simulator.timeline import Timeline
from bridge.simulator.timestamps import in_seconds
from tests.simulator.audience import subscribe
from tests.simulator.desk import NOW, Desk, furnish

HOUR = 3600.0
BEGINS = NOW + 3 * HOUR
ENDS = NOW + 5 * HOUR
WINDOW: dict[str, Any] = {"scheduled_for": in_seconds(BEGINS), "scheduled_until": in_seconds(ENDS)}
AUTOMATIC: dict[str, Any] = {
    **WINDOW,
    "scheduled_remind_prior": True,
    "scheduled_auto_in_progress": True,
    "scheduled_auto_completed": True,
}
SWITCHED = {"auto_transition_to_maintenance_state": True, "auto_transition_to_operational_state": True}


def announced(desk: Desk, *, now: float = NOW, **fields: object) -> Incident:
    """Announce a maintenance of the API that remembers, begins and ends by itself."""
    answer = desk.open(**{"component_ids": [desk.api], "body": "We upgrade.", **AUTOMATIC, **fields}, now=now)
    return desk.simulator.page(desk.page_id).incidents[answer["id"]]


def later(desk: Desk) -> list[Notification]:
    """Return what was told after the announcement."""
    return [told for told in desk.simulator.notifications if told.at > NOW]


def shown(desk: Desk) -> str:
    return desk.simulator.component(desk.page_id, "API").status.value


def course(incident: Incident) -> list[tuple[float, str]]:
    """Return each update's time, in hours from the announcement, and status."""
    return [((update.created_at - NOW) / HOUR, update.status.value) for update in incident.updates]


def test_a_maintenance_takes_its_course_by_itself(desk: Desk) -> None:
    maintenance = announced(desk, **SWITCHED)
    desk.simulator.advance(BEGINS - HOUR - 0.001)
    assert later(desk) == []
    desk.simulator.advance(BEGINS - HOUR)
    assert [(told.kind, told.at, told.status) for told in later(desk)] == [
        (NotificationKind.REMINDER, BEGINS - HOUR, "scheduled")
    ]
    assert maintenance.scheduled_reminded_at == BEGINS - HOUR
    desk.simulator.advance(BEGINS - 0.001)
    assert (maintenance.status, shown(desk)) == ("scheduled", "operational")
    desk.simulator.advance(BEGINS)
    assert (maintenance.status, shown(desk)) == ("in_progress", "under_maintenance")
    desk.simulator.advance(ENDS - 0.001)
    assert course(maintenance)[2:] == []
    desk.simulator.advance(ENDS)
    assert (maintenance.status, shown(desk), maintenance.resolved_at) == ("completed", "operational", ENDS)
    assert course(maintenance) == [(0, "scheduled"), (3, "in_progress"), (5, "completed")]


def test_a_request_long_afterwards_finds_everything_at_its_own_instant(desk: Desk) -> None:
    maintenance = announced(desk, **SWITCHED)
    _, read = desk.ask("GET", f"/incidents/{maintenance.id}", now=ENDS + 9 * HOUR)
    assert [(update["status"], update["created_at"]) for update in read["incident_updates"]] == [
        ("completed", "2027-01-15T13:00:00.000Z"),
        ("in_progress", "2027-01-15T11:00:00.000Z"),
        ("scheduled", "2027-01-15T08:00:00.000Z"),
    ]
    assert read["scheduled_reminded_at"] == "2027-01-15T10:00:00Z"
    assert (read["resolved_at"], read["updated_at"]) == ("2027-01-15T13:00:00Z", "2027-01-15T13:00:00Z")
    assert [update["affected_components"][0]["new_status"] for update in read["incident_updates"]] == [
        "operational",
        "under_maintenance",
        "operational",
    ]
    changes = desk.simulator.component(desk.page_id, "API").changes
    assert [(change.at, change.status) for change in changes[1:]] == [
        (BEGINS, ComponentStatus.UNDER_MAINTENANCE),
        (ENDS, ComponentStatus.OPERATIONAL),
    ]


def test_everything_happens_once_however_often_it_is_looked_at(desk: Desk) -> None:
    maintenance = announced(desk, auto_transition_deliver_notifications_at_start=True)
    for hours in range(8):
        for _ in range(3):
            desk.simulator.advance(NOW + hours * HOUR)
    assert len(maintenance.updates) == 3
    assert [told.kind for told in later(desk)] == ["reminder", "update"]


def test_without_its_switches_a_maintenance_waits_for_somebody(desk: Desk) -> None:
    maintenance = desk.simulator.page(desk.page_id).incidents[desk.open(**WINDOW)["id"]]
    desk.simulator.advance(ENDS + HOUR)
    assert (course(maintenance), maintenance.scheduled_reminded_at, later(desk)) == (
        [(0, "scheduled")],
        None,
        [],
    )


@pytest.mark.parametrize("start", [True, False, None])
@pytest.mark.parametrize("end", [True, False, None])
@pytest.mark.parametrize("otherwise", [True, False])
def test_its_steps_notify_as_it_says_or_as_the_option_does(
    *, start: bool | None, end: bool | None, otherwise: bool
) -> None:
    desk = furnish(Options(automatic_steps_notify=otherwise))
    maintenance = announced(
        desk,
        scheduled_remind_prior=False,
        auto_transition_deliver_notifications_at_start=start,
        auto_transition_deliver_notifications_at_end=end,
    )
    desk.simulator.advance(ENDS)
    wanted = [otherwise if said is None else said for said in (start, end)]
    assert [update.deliver_notifications for update in maintenance.updates[1:]] == wanted
    assert [told.at for told in later(desk)] == [
        at for at, told in zip((BEGINS, ENDS), wanted, strict=True) if told
    ]


def test_who_is_told_is_who_listens_at_that_instant(desk: Desk) -> None:
    maintenance = announced(desk, auto_transition_deliver_notifications_at_end=True)
    early, elsewhere = subscribe(desk, "early"), subscribe(desk, "elsewhere", desk.search)
    desk.simulator.advance(BEGINS)
    late = subscribe(desk, "late", desk.api)
    own = subscribe(desk, "own", incident=maintenance)
    desk.simulator.advance(ENDS)
    assert [(told.kind, told.recipients) for told in later(desk)] == [
        ("reminder", (early,)),
        ("update", (early, late, own)),
    ]
    assert all(elsewhere not in told.recipients for told in later(desk))


def test_a_reminder_repeats_the_newest_text(desk: Desk) -> None:
    maintenance = announced(desk)
    desk.patch({"id": maintenance.id}, body="We upgrade twice.", now=NOW + 60)
    desk.simulator.advance(BEGINS - HOUR)
    told = desk.simulator.notifications[-1]
    assert (told.kind, told.body, told.update_id) == (
        "reminder",
        "We upgrade twice.",
        maintenance.updates[-1].id,
    )
    assert len(maintenance.updates) == 2


@pytest.mark.parametrize(("option", "reminded"), [(True, BEGINS - HOUR), (False, None)])
def test_what_was_announced_silently_is_reminded_of_as_its_updates_are_told(
    *, option: bool, reminded: float | None
) -> None:
    desk = furnish(Options(notify_after_silent_create=option))
    maintenance = announced(desk, deliver_notifications=False)
    desk.simulator.advance(BEGINS)
    assert [told.kind for told in later(desk)] == (["reminder"] if option else [])
    assert maintenance.scheduled_reminded_at == reminded
    assert course(maintenance) == [(0, "scheduled"), (3, "in_progress")]


def test_a_plan_that_is_entered_as_history_is_not_reminded_of(desk: Desk) -> None:
    entered = announced(desk, backfilled=True, status="scheduled", component_ids=[])
    desk.simulator.advance(BEGINS)
    assert desk.simulator.notifications == []
    assert (entered.scheduled_reminded_at, entered.status) == (None, "in_progress")


def test_what_time_told_is_marked_and_stands_before_the_next_request(desk: Desk) -> None:
    maintenance = announced(desk, auto_transition_deliver_notifications_at_start=True)
    desk.patch({"id": maintenance.id}, body="Over.", status="completed", now=ENDS)
    assert [(told.automatic, told.arrival, told.status) for told in desk.simulator.notifications] == [
        (False, 0, "scheduled"),
        (True, 1, "scheduled"),
        (True, 1, "in_progress"),
        (False, 1, "completed"),
    ]


@pytest.mark.parametrize("by", [-HOUR / 2, HOUR])
def test_a_window_that_was_moved_counts_as_it_is_now(desk: Desk, by: float) -> None:
    maintenance = announced(desk)
    moved = {"scheduled_for": in_seconds(BEGINS + by), "scheduled_until": in_seconds(ENDS + by)}
    desk.patch({"id": maintenance.id}, now=NOW + 60, **moved)
    desk.simulator.advance(ENDS + 9 * HOUR)
    hours = by / HOUR
    assert course(maintenance) == [(0, "scheduled"), (3 + hours, "in_progress"), (5 + hours, "completed")]
    assert [told.at for told in later(desk)] == [BEGINS + by - HOUR]


def test_a_start_that_is_moved_after_its_reminder_is_reminded_of_again(desk: Desk) -> None:
    maintenance = announced(desk)
    desk.simulator.advance(BEGINS - HOUR)
    moved = {"scheduled_for": in_seconds(BEGINS + HOUR), "scheduled_until": in_seconds(ENDS + HOUR)}
    desk.patch({"id": maintenance.id}, now=BEGINS - HOUR / 2, **moved)
    desk.simulator.advance(ENDS + 9 * HOUR)
    assert [told.at for told in later(desk)] == [BEGINS - HOUR, BEGINS]
    assert maintenance.scheduled_reminded_at == BEGINS


def test_an_end_that_is_moved_leaves_reminder_and_start_as_they_were(desk: Desk) -> None:
    maintenance = announced(desk)
    desk.simulator.advance(BEGINS - HOUR)
    desk.patch({"id": maintenance.id}, now=BEGINS - 60, scheduled_until=in_seconds(ENDS + HOUR))
    desk.simulator.advance(ENDS + 9 * HOUR)
    assert course(maintenance) == [(0, "scheduled"), (3, "in_progress"), (6, "completed")]
    assert len(later(desk)) == 1


@pytest.mark.parametrize("lead", [0.0, HOUR / 2, HOUR - 1])
def test_what_is_announced_within_the_hour_needs_no_reminder(desk: Desk, lead: float) -> None:
    maintenance = announced(desk, now=BEGINS - lead)
    desk.simulator.advance(ENDS)
    assert maintenance.scheduled_reminded_at is None
    assert [told.kind for told in desk.simulator.notifications] == ["update"]
    assert maintenance.status == "completed"


def test_a_window_in_the_past_is_caught_up_with_at_once_and_not_before_it_was_announced(desk: Desk) -> None:
    maintenance = announced(desk, now=ENDS + HOUR)
    assert maintenance.status == "scheduled"
    desk.simulator.advance(ENDS + HOUR)
    assert course(maintenance) == [(6, "scheduled"), (6, "in_progress"), (6, "completed")]


def test_a_switch_can_be_set_and_taken_back_later(desk: Desk) -> None:
    maintenance = announced(desk, scheduled_auto_completed=False)
    fields = {"scheduled_auto_completed": True, "scheduled_auto_in_progress": False}
    desk.patch({"id": maintenance.id}, now=NOW + 1, **fields)
    desk.simulator.advance(BEGINS)
    assert maintenance.status == "scheduled"
    desk.patch({"id": maintenance.id}, now=BEGINS + 1, status="in_progress")
    desk.simulator.advance(ENDS)
    assert maintenance.status == "completed"


def test_what_never_began_is_not_completed(desk: Desk) -> None:
    maintenance = announced(desk, scheduled_auto_in_progress=False)
    desk.simulator.advance(ENDS + HOUR)
    assert maintenance.status == "scheduled"


@pytest.mark.parametrize("status", ["in_progress", "verifying"])
def test_who_begins_by_hand_leaves_the_end_to_time(desk: Desk, status: str) -> None:
    maintenance = announced(desk)
    desk.patch({"id": maintenance.id}, now=BEGINS - 2 * HOUR, status=status, body="Early.")
    desk.simulator.advance(ENDS)
    assert course(maintenance) == [(0, "scheduled"), (1, status), (5, "completed")]
    assert maintenance.scheduled_reminded_at is None


def test_what_was_completed_by_hand_stays_so(desk: Desk) -> None:
    maintenance = announced(desk)
    desk.patch({"id": maintenance.id}, now=NOW + 60, status="completed", body="Not needed.")
    desk.simulator.advance(ENDS + HOUR)
    assert len(maintenance.updates) == 2
    assert [told.automatic for told in desk.simulator.notifications] == [False, False]


def test_what_was_put_back_by_hand_does_not_begin_a_second_time_by_itself(desk: Desk) -> None:
    maintenance = announced(desk)
    desk.simulator.advance(BEGINS)
    desk.patch({"id": maintenance.id}, now=BEGINS + 60, status="scheduled", body="Not yet.")
    desk.simulator.advance(BEGINS + HOUR)
    assert maintenance.status == "scheduled"


def test_a_deleted_maintenance_does_nothing_and_holds_nothing_up(desk: Desk) -> None:
    maintenance = announced(desk, **SWITCHED)
    other = announced(desk, component_ids=[desk.search])
    desk.ask("DELETE", f"/incidents/{maintenance.id}", now=NOW + 60)
    desk.simulator.advance(ENDS)
    assert shown(desk) == "operational"
    assert [told.incident_id for told in later(desk)] == [other.id]
    assert other.status == "completed"


def test_a_realtime_incident_has_no_course(desk: Desk) -> None:
    incident = announced(desk, status="investigating")
    desk.simulator.advance(ENDS)
    assert (incident.status, later(desk)) == ("investigating", [])


def test_maintenances_of_one_instant_begin_in_the_order_of_their_announcement(desk: Desk) -> None:
    names = ["first", "second", "third"]
    for name in names:
        announced(desk, name=name, auto_transition_deliver_notifications_at_start=True)
    desk.simulator.advance(BEGINS)
    ids = {incident.id: incident.name for incident in desk.simulator.incidents(desk.page_id)}
    assert [ids[told.incident_id] for told in later(desk)] == names * 2


def test_a_timeline_that_is_made_anew_from_the_records_repeats_nothing(desk: Desk) -> None:
    maintenance = announced(desk)
    desk.simulator.advance(BEGINS)
    account = desk.simulator._account
    account.timeline = Timeline()
    for at in maintenance.due.values():
        account.timeline.note(at, maintenance.page_id, maintenance.id)
    desk.simulator.advance(ENDS)
    assert course(maintenance) == [(0, "scheduled"), (3, "in_progress"), (5, "completed")]
    assert len(later(desk)) == 1


def test_looking_costs_nothing_while_nothing_is_due(desk: Desk) -> None:
    for _ in range(50):
        announced(desk)
    pages = desk.simulator._account.pages
    desk.simulator._account.pages = {}  # whoever looked at an incident would need its page
    desk.simulator.advance(BEGINS - HOUR - 1)
    desk.simulator._account.pages = pages
    desk.simulator.advance(ENDS)
    assert {incident.status for incident in desk.simulator.incidents(desk.page_id)} == {"completed"}


def test_a_list_that_lags_shows_each_step_as_late_as_a_write() -> None:
    desk = furnish(Options(list_lag=20.0, rate_limit=10_000))
    announced(desk, **SWITCHED)

    def listed(now: float) -> tuple[str, str]:
        (row,) = desk.ask("GET", "/incidents", now=now)[1]
        components = desk.ask("GET", "/components", now=now)[1]
        (status,) = (one["status"] for one in components if one["id"] == desk.api)
        assert (
            len(row["incident_updates"]) == {"scheduled": 1, "in_progress": 2, "completed": 3}[row["status"]]
        )
        return row["status"], status

    assert listed(BEGINS + 19) == ("scheduled", "operational")
    assert listed(BEGINS + 20) == ("in_progress", "under_maintenance")
    assert listed(ENDS + 19) == ("in_progress", "under_maintenance")
    assert listed(ENDS + 20) == ("completed", "operational")


def test_tweets_that_were_asked_for_are_wanted_by_the_updates(desk: Desk) -> None:
    tweets = {f"auto_tweet_{when}": True for when in ("on_creation", "at_beginning", "on_completion")}
    for fields, wanted in ((tweets, True), ({}, False)):
        maintenance = announced(desk, now=NOW, **fields)
        desk.simulator.advance(ENDS)
        assert [update.wants_twitter_update for update in maintenance.updates] == [wanted] * 3


# -- components -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "before", "running"),
    [
        (MaintenanceComponents.AT_ONCE, "degraded_performance", "degraded_performance"),
        (MaintenanceComponents.AT_START, "operational", "degraded_performance"),
    ],
)
@pytest.mark.parametrize("by_hand", [True, False])
def test_the_map_of_an_announcement_takes_effect_as_the_option_says(
    option: MaintenanceComponents, before: str, running: str, *, by_hand: bool
) -> None:
    desk = furnish(Options(maintenance_components=option))
    maintenance = announced(desk, components={desk.api: "degraded_performance"})
    assert shown(desk) == before
    if by_hand:
        desk.patch({"id": maintenance.id}, now=NOW + 60, status="in_progress")
    desk.simulator.advance(BEGINS)
    assert shown(desk) == running
    update = maintenance.updates[1].affected_components
    assert update is not None
    assert [(one.old_status.value, one.new_status.value) for one in update] == [(before, running)]
    desk.simulator.advance(ENDS)
    # Only the switch sets a component back.
    assert shown(desk) == running


def test_a_map_that_waits_can_be_changed_and_gives_way_to_whoever_begins() -> None:
    desk = furnish(Options(maintenance_components=MaintenanceComponents.AT_START))
    asked: dict[str, Any] = {desk.api: "major_outage", desk.search: "partial_outage"}
    maintenance = announced(desk, component_ids=[desk.api, desk.search], components=asked, **SWITCHED)
    desk.patch({"id": maintenance.id}, now=NOW + 1, components={desk.api: "degraded_performance"})
    assert {shown(desk), desk.simulator.component(desk.page_id, "Search").status} == {"operational"}
    desk.patch(
        {"id": maintenance.id}, now=NOW + 2, status="in_progress", components={desk.search: "operational"}
    )
    assert shown(desk) == "degraded_performance"
    assert desk.simulator.component(desk.page_id, "Search").status == "operational"


def test_a_map_that_waited_for_a_maintenance_which_never_was_is_forgotten() -> None:
    desk = furnish(Options(maintenance_components=MaintenanceComponents.AT_START))
    maintenance = announced(desk, components={desk.api: "major_outage"})
    desk.patch({"id": maintenance.id}, now=NOW + 1, status="completed")
    desk.patch({"id": maintenance.id}, now=NOW + 2, status="in_progress")
    assert shown(desk) == "operational"


def test_the_switches_of_components_hold_for_steps_by_hand_and_give_way_to_what_these_say(desk: Desk) -> None:
    maintenance = announced(desk, component_ids=[desk.api, desk.search], **SWITCHED)
    fields = {"status": "in_progress", "components": {desk.search: "major_outage"}}
    desk.patch({"id": maintenance.id}, now=NOW + 60, **fields)
    search = desk.simulator.component(desk.page_id, "Search")
    assert (shown(desk), search.status) == ("under_maintenance", "major_outage")
    desk.patch({"id": maintenance.id}, now=NOW + 70, status="verifying")
    assert search.status == "major_outage"
    fields = {"status": "completed", "components": {desk.search: "partial_outage"}}
    desk.patch({"id": maintenance.id}, now=NOW + 80, **fields)
    assert (shown(desk), search.status) == ("operational", "partial_outage")


def test_a_maintenance_that_is_made_running_shows_it(desk: Desk) -> None:
    announced(desk, status="in_progress", **SWITCHED)
    assert shown(desk) == "under_maintenance"


def test_a_component_that_is_gone_by_then_is_left_out() -> None:
    desk = furnish(Options(maintenance_components=MaintenanceComponents.AT_START))
    maintenance = announced(desk, components={desk.api: "major_outage"}, **SWITCHED)
    del desk.simulator.page(desk.page_id).components[desk.api]
    desk.simulator.advance(ENDS)
    assert maintenance.status == "completed"


def test_the_impact_of_a_maintenance_is_maintenance_whatever_its_components_show(desk: Desk) -> None:
    maintenance = announced(desk, **SWITCHED)
    for now in (BEGINS, ENDS):
        desk.simulator.advance(now)
        assert maintenance.impact == "maintenance"


def test_expecting_twice_notes_nothing_twice(desk: Desk) -> None:
    maintenance = announced(desk)
    expect(desk.simulator._account, maintenance, now=NOW)
    desk.simulator.advance(ENDS)
    assert (len(maintenance.updates), len(later(desk))) == (3, 1)
