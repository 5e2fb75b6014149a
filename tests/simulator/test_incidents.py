"""Incidents: what is answered, what is announced, and what happens to the components."""

from typing import Any

import pytest

from bridge.simulator.model import Options
from tests.simulator.desk import NOW, Desk, furnish


def statuses(desk: Desk) -> dict[str, str]:
    return {
        name: desk.simulator.component(desk.page_id, name).status.value
        for name in ("API", "Payments", "Search")
    }


def test_an_incident_is_shown_in_the_recorded_order_of_fields(desk: Desk) -> None:
    incident = desk.open()
    assert list(incident) == [
        "id", "components", "created_at", "impact", "impact_override", "incident_updates",
        "incident_impacts", "metadata", "monitoring_at", "name", "page_id", "postmortem_body", "postmortem_body_last_updated_at",
        "postmortem_ignored", "postmortem_notified_subscribers", "postmortem_notified_twitter",
        "postmortem_published_at", "resolved_at", "scheduled_auto_completed", "scheduled_auto_in_progress",
        "scheduled_for", "auto_transition_deliver_notifications_at_end",
        "auto_transition_deliver_notifications_at_start", "auto_transition_to_maintenance_state",
        "auto_transition_to_operational_state", "scheduled_remind_prior", "scheduled_reminded_at",
        "scheduled_until", "shortlink", "status", "updated_at", "reminder_intervals",
    ]  # fmt: skip
    assert incident["created_at"] == "2027-01-15T08:00:00Z"
    assert incident["incident_updates"][0]["created_at"] == "2027-01-15T08:00:00.000Z"
    assert incident["scheduled_auto_completed"] is False
    assert incident["auto_transition_to_operational_state"] is None
    assert incident["metadata"] == {}
    assert incident["incident_impacts"] == []
    assert incident["shortlink"].startswith("https://stspg.io/")


def test_a_name_alone_is_investigated_and_announced(desk: Desk) -> None:
    incident = desk.open()
    (update,) = incident["incident_updates"]
    assert (incident["status"], incident["impact"]) == ("investigating", "none")
    assert update["body"] == "We are currently investigating this issue."
    assert update["affected_components"] is None
    (told,) = desk.simulator.notifications
    assert (told.incident_id, told.update_id, told.status) == (incident["id"], update["id"], "investigating")


def test_listing_components_and_setting_their_statuses_are_two_things(desk: Desk) -> None:
    incident = desk.open(component_ids=[desk.search], components={desk.api: "partial_outage"})
    assert [component["name"] for component in incident["components"]] == ["Search"]
    assert statuses(desk)["API"] == "partial_outage"
    assert incident["impact"] == "none"


def test_updates_name_every_component_of_the_incident_with_its_group_and_statuses(desk: Desk) -> None:
    incident = desk.open(component_ids=[desk.api, desk.search], components={desk.api: "major_outage"})
    desk.patch(incident, body="Getting better.", components={desk.api: "degraded_performance"})
    _, read = desk.ask("GET", f"/incidents/{incident['id']}")
    newest, oldest = read["incident_updates"]
    assert newest["body"] == "Getting better."
    assert newest["affected_components"] == [
        {
            "code": desk.api,
            "name": "Checkout - API",
            "old_status": "major_outage",
            "new_status": "degraded_performance",
        },
        {"code": desk.search, "name": "Search", "old_status": "operational", "new_status": "operational"},
    ]
    assert oldest["affected_components"][0]["old_status"] == "operational"


@pytest.mark.parametrize(
    ("sentence", "fields", "counts"),
    [
        ("a new status without a body tells the vendor's sentence", {"status": "identified"}, (2, 2)),
        ("the same status without a body tells nothing", {"status": "investigating"}, (1, 1)),
        ("the same status with a body tells it", {"status": "investigating", "body": "Still."}, (2, 2)),
        ("a body without a status tells it", {"body": "Still."}, (2, 2)),
        ("a blank body is no body", {"body": "  "}, (1, 1)),
        (
            "a silent update is written but not sent",
            {"body": "Hush.", "deliver_notifications": False},
            (2, 1),
        ),
        ("a new name tells nothing", {"name": "Other"}, (1, 1)),
        ("statuses of components tell nothing", {"components": {}}, (1, 1)),
    ],
)
def test_a_patch_announces_as_decided(
    desk: Desk, sentence: str, fields: dict[str, Any], counts: tuple[int, int]
) -> None:
    changed = desk.patch(desk.open(), **fields)
    assert (len(changed["incident_updates"]), len(desk.simulator.notifications)) == counts, sentence


def test_a_status_without_a_body_gets_the_vendors_sentence(desk: Desk) -> None:
    changed = desk.patch(desk.open(), status="resolved")
    assert changed["incident_updates"][0]["body"] == "This incident has been resolved."


def test_a_silent_create_is_in_no_ledger(desk: Desk) -> None:
    incident = desk.open(deliver_notifications=False)
    assert incident["incident_updates"][0]["deliver_notifications"] is False
    assert desk.simulator.notifications == []


def test_resolving_leaves_the_components_as_they_are(desk: Desk) -> None:
    incident = desk.open(component_ids=[desk.api], components={desk.api: "partial_outage"})
    resolved = desk.patch(incident, now=NOW + 60, status="resolved")
    assert resolved["components"][0]["status"] == "partial_outage"
    assert resolved["resolved_at"] == "2027-01-15T08:01:00Z"
    assert resolved["updated_at"] == resolved["resolved_at"]


def test_the_times_of_monitoring_and_resolving_follow_the_status(desk: Desk) -> None:
    incident = desk.open()
    monitored = desk.patch(incident, now=NOW + 10, status="monitoring")
    assert (monitored["monitoring_at"], monitored["resolved_at"]) == ("2027-01-15T08:00:10Z", None)
    resolved = desk.patch(incident, now=NOW + 20, status="resolved")
    assert (resolved["monitoring_at"], resolved["resolved_at"]) == (
        "2027-01-15T08:00:10Z",
        "2027-01-15T08:00:20Z",
    )
    reopened = desk.patch(incident, now=NOW + 30, status="investigating")
    assert (reopened["status"], reopened["resolved_at"]) == ("investigating", None)


@pytest.mark.parametrize(
    ("status", "impact"),
    [
        ("operational", "none"),
        ("under_maintenance", "none"),
        ("degraded_performance", "minor"),
        ("partial_outage", "major"),
        ("major_outage", "critical"),
    ],
)
def test_the_impact_is_that_of_the_worst_component_and_stays(desk: Desk, status: str, impact: str) -> None:
    incident = desk.open(component_ids=[desk.search, desk.api], components={desk.api: status})
    assert incident["impact"] == impact
    assert desk.patch(incident, status="resolved", components={desk.api: "operational"})["impact"] == impact


def test_an_override_of_the_impact_wins_until_it_is_taken_back(desk: Desk) -> None:
    incident = desk.open(
        impact_override="minor", component_ids=[desk.api], components={desk.api: "major_outage"}
    )
    assert (incident["impact"], incident["impact_override"]) == ("minor", "minor")
    assert desk.patch(incident, impact_override="none")["impact"] == "none"
    assert desk.patch(incident, impact_override=None)["impact"] == "critical"


def test_component_ids_replace_the_list(desk: Desk) -> None:
    incident = desk.open(component_ids=[desk.api])
    changed = desk.patch(incident, component_ids=[desk.search, desk.search])
    assert [component["id"] for component in changed["components"]] == [desk.search]
    assert desk.patch(incident, component_ids=[])["components"] == []


@pytest.mark.parametrize(
    ("option", "kept"),
    [
        ("replace", {"b": {"n": 2}}),
        ("merge", {"a": {"n": 1}, "b": {"n": 2}}),
    ],
)
def test_metadata_is_replaced_or_merged_by_option(option: str, kept: dict[str, object]) -> None:
    desk = furnish(Options(metadata_patch=option))
    incident = desk.open(metadata={"a": {"n": 1}})
    assert desk.patch(incident, name="Other")["metadata"] == {"a": {"n": 1}}
    assert desk.patch(incident, metadata={"b": {"n": 2}})["metadata"] == kept


FUTURE: dict[str, Any] = {
    "scheduled_for": "2027-01-16T08:00:00Z",
    "scheduled_until": "2027-01-16T09:00:00+00:00",
}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": "x" * 256}, "name"),
        ({"name": ""}, "name"),
        ({"body": "x" * 25_001}, "body"),
        ({"body": 5}, "body"),
        ({"status": "postmortem"}, "status"),
        ({"impact_override": "huge"}, "impact_override"),
        ({"metadata": {"a": 1}}, "metadata"),
        ({"metadata": [1]}, "metadata"),
        ({"component_ids": ["nonesuch"]}, "component_ids"),
        ({"component_ids": "x"}, "component_ids"),
        ({"components": {"nonesuch": "operational"}}, "components"),
        ({"components": ["x"]}, "components"),
        ({"deliver_notifications": "perhaps"}, "deliver_notifications"),
        ({"reminder_intervals": "[5, 1]"}, "reminder_intervals"),
        ({"reminder_intervals": "25"}, "reminder_intervals"),
        ({"scheduled_for": "soon"}, "scheduled_for"),
        ({"scheduled_for": "9999-12-31T23:59:59-14:00"}, "scheduled_for"),
    ],
)
def test_wrong_fields_are_named_and_nothing_happens(
    desk: Desk, fields: dict[str, object], wrong: str
) -> None:
    incident = desk.open()
    status, answer = desk.ask("PATCH", f"/incidents/{incident['id']}", {"incident": fields})
    assert (status, list(answer["error"])) == (422, [wrong])
    assert desk.ask("GET", f"/incidents/{incident['id']}") == (200, incident)
    status, answer = desk.ask("POST", "/incidents", {"incident": {"name": "New", **fields}})
    assert status == 422
    assert wrong in answer["error"]
    assert len(desk.simulator.incidents(desk.page_id)) == 1


def test_limits_count_code_points_and_include_their_bound(desk: Desk) -> None:
    incident = desk.open(name="ü" * 255, body="\N{FIRE}" * 25_000)
    assert len(incident["incident_updates"][0]["body"]) == 25_000


def test_a_refused_patch_sets_no_component(desk: Desk) -> None:
    incident = desk.open()
    fields = {"components": {desk.api: "major_outage"}, "metadata": {"a": 1}}
    assert desk.ask("PATCH", f"/incidents/{incident['id']}", {"incident": fields})[0] == 422
    assert statuses(desk)["API"] == "operational"


def test_lists_are_newest_first_and_searched_in_name_status_and_updates_only(desk: Desk) -> None:
    first = desk.open(name="Slow search", metadata={"key": {"hidden": "x"}})
    second = desk.open(name="Checkout", body="Cards are refused.", now=NOW + 1)
    third = desk.open(name="Same moment", now=NOW + 1)

    def found(**query: str) -> list[str]:
        _, rows = desk.ask("GET", "/incidents", query=query)
        return [row["id"] for row in rows]

    assert found() == [third["id"], second["id"], first["id"]]
    assert found(q="SEARCH") == [first["id"]]
    assert found(q="cards") == [second["id"]]
    assert found(q="hidden") == []
    assert found(limit="1", page="2") == [second["id"]]
    assert len(found(q="investigating")) == 3


def test_each_list_holds_what_belongs_to_it(desk: Desk) -> None:
    opened = desk.open()
    desk.patch(desk.open(), status="resolved")
    future = desk.open(status="scheduled", **FUTURE)
    past = desk.open(scheduled_for="2027-01-14T08:00:00Z", scheduled_until="2027-01-14T09:00:00Z")
    running = desk.open(status="in_progress", **FUTURE)

    def listed(name: str) -> set[str]:
        _, rows = desk.ask("GET", f"/incidents/{name}")
        return {row["id"] for row in rows}

    assert listed("unresolved") == {opened["id"]}
    assert listed("scheduled") == {future["id"], past["id"]}
    assert listed("upcoming") == {future["id"]}
    assert listed("active_maintenance") == {running["id"]}
    assert past["status"] == "scheduled"
    assert future["impact"] == "maintenance"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"status": "scheduled"}, {"scheduled_for", "scheduled_until"}),
        ({"status": "scheduled", "scheduled_for": "2027-01-16T08:00:00Z"}, {"scheduled_until"}),
        ({**FUTURE, "scheduled_until": "2027-01-16T07:00:00Z"}, {"scheduled_until"}),
        ({"backfilled": True, "components": {}, "component_ids": ["?"]}, {"components", "component_ids"}),
    ],
)
def test_a_maintenance_needs_its_times_and_history_has_no_components(
    desk: Desk, fields: dict[str, object], wrong: set[str]
) -> None:
    status, answer = desk.ask("POST", "/incidents", {"incident": {"name": "Work", **fields}})
    assert (status, set(answer["error"])) == (422, wrong)


def test_a_status_of_the_other_life_cycle_is_refused(desk: Desk) -> None:
    realtime, maintenance = desk.open(), desk.open(**FUTURE)
    for incident, status in ((realtime, "completed"), (maintenance, "resolved")):
        answer = desk.ask("PATCH", f"/incidents/{incident['id']}", {"incident": {"status": status}})
        assert (answer[0], list(answer[1]["error"])) == (422, ["status"])


def test_a_maintenance_is_completed(desk: Desk) -> None:
    maintenance = desk.open(scheduled_auto_transition=True, scheduled_remind_prior="true", **FUTURE)
    assert maintenance["scheduled_auto_in_progress"] is True
    assert maintenance["scheduled_remind_prior"] is True
    done = desk.patch(maintenance, now=NOW + 60, status="completed")
    assert (done["status"], done["resolved_at"]) == ("completed", "2027-01-15T08:01:00Z")


def test_a_backfilled_incident_is_resolved_in_its_past_and_tells_nobody(desk: Desk) -> None:
    incident = desk.open(backfilled=True, backfill_date="2026-12-24")
    assert (incident["status"], incident["created_at"]) == ("resolved", "2026-12-24T00:00:00Z")
    assert desk.simulator.notifications == []


def test_a_deleted_incident_is_answered_once_more(desk: Desk) -> None:
    incident = desk.open()
    assert desk.ask("DELETE", f"/incidents/{incident['id']}") == (200, incident)
    assert desk.ask("GET", f"/incidents/{incident['id']}")[0] == 404
    assert desk.ask("DELETE", f"/incidents/{incident['id']}")[0] == 404
