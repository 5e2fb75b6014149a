"""The public JSON: which incidents each document holds, and the recorded shapes (`statuspage-api.md`, section 4)."""

import json
from typing import Any

import pytest

from bridge.simulator import public_json
from bridge.simulator.public_json import DOCUMENTS, LONGEST_LIST
from tests.simulator.desk import NOW, Desk

WINDOW: dict[str, Any] = {"scheduled_for": "2027-01-16T08:00:00Z", "scheduled_until": "2027-01-16T09:00:00Z"}


def document(desk: Desk, name: str) -> Any:
    return json.loads(DOCUMENTS[f"{name}.json"](desk.simulator.page(desk.page_id)))


def listed(desk: Desk, name: str) -> list[str]:
    """The names in the one list of a document."""
    (members,) = (value for value in document(desk, name).values() if isinstance(value, list))
    return [member["name"] for member in members]


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A page with everything on it, each made a minute after the one before."""
    desk.patch(desk.open(name="Over"), now=NOW + 30, status="resolved")
    desk.open(name="Open", now=NOW + 60)
    desk.open(name="Planned", now=NOW + 120, **WINDOW)
    desk.patch(desk.open(name="Running", now=NOW + 180, **WINDOW), now=NOW + 190, status="in_progress")
    desk.patch(desk.open(name="Checked", now=NOW + 240, **WINDOW), now=NOW + 250, status="verifying")
    desk.patch(desk.open(name="Done", now=NOW + 300, **WINDOW), now=NOW + 310, status="completed")
    return desk


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("incidents", ["Open", "Over"]),
        ("incidents/unresolved", ["Open"]),
        ("scheduled-maintenances", ["Done", "Checked", "Running", "Planned"]),
        ("scheduled-maintenances/upcoming", ["Planned"]),
        ("scheduled-maintenances/active", ["Checked", "Running"]),
    ],
)
def test_each_list_holds_its_own_the_newest_first(busy: Desk, name: str, names: list[str]) -> None:
    assert listed(busy, name) == names


def test_the_summary_holds_what_is_not_over(busy: Desk) -> None:
    summary = document(busy, "summary")
    assert [*summary] == ["page", "components", "incidents", "scheduled_maintenances", "status"]
    assert [one["name"] for one in summary["incidents"]] == ["Open"]
    assert [one["name"] for one in summary["scheduled_maintenances"]] == ["Checked", "Running", "Planned"]
    assert summary["components"] == document(busy, "components")["components"]
    assert summary["status"] == document(busy, "status")["status"]


def test_lists_of_everything_end_at_the_fiftieth(desk: Desk) -> None:
    for number in range(LONGEST_LIST + 5):
        desk.open(name=f"{number}", now=NOW + number)
        desk.open(name=f"m{number}", now=NOW + number, **WINDOW)
    assert listed(desk, "incidents") == [f"{number}" for number in range(54, 4, -1)]
    assert listed(desk, "scheduled-maintenances") == [f"m{number}" for number in range(54, 4, -1)]
    assert len(listed(desk, "incidents/unresolved")) == LONGEST_LIST + 5


def test_an_incident_has_the_recorded_members(desk: Desk) -> None:
    made = desk.open(component_ids=[desk.api], components={desk.api: "degraded_performance"}, body="Looking.")
    desk.patch(made, now=NOW + 60.25, status="monitoring")
    (incident,) = document(desk, "incidents")["incidents"]
    assert [*incident] == [
        *("id", "name", "status", "created_at", "updated_at", "monitoring_at", "resolved_at", "impact"),
        *("shortlink", "started_at", "page_id", "incident_updates", "components"),
    ]
    assert incident["started_at"] == incident["created_at"] == "2027-01-15T08:00:00.000Z"
    assert incident["monitoring_at"] == "2027-01-15T08:01:00.250Z"
    newest, first = incident["incident_updates"]
    assert [*first] == [
        *("id", "status", "body", "incident_id", "created_at", "updated_at", "display_at"),
        *("affected_components", "deliver_notifications", "custom_tweet", "tweet_id"),
    ]
    assert (newest["status"], first["status"], first["body"]) == ("monitoring", "investigating", "Looking.")
    assert first["affected_components"][0]["name"] == "Checkout - API"
    (component,) = incident["components"]
    assert (component["id"], component["status"]) == (desk.api, "degraded_performance")


def test_a_maintenance_says_when_it_is_and_starts_by_its_plan(desk: Desk) -> None:
    desk.open(name="Upgrade", scheduled_for="2027-01-16T08:00:00Z", scheduled_until="2027-01-16T09:00:00Z")
    (upcoming,) = document(desk, "scheduled-maintenances/upcoming")["scheduled_maintenances"]
    assert (upcoming["scheduled_for"], upcoming["scheduled_until"]) == (
        "2027-01-16T08:00:00.000Z",
        "2027-01-16T09:00:00.000Z",
    )
    assert (upcoming["started_at"], upcoming["impact"]) == ("2027-01-16T08:00:00.000Z", "maintenance")


def test_components_are_groups_with_their_children_and_no_address(desk: Desk) -> None:
    rows = document(desk, "components")["components"]
    assert [(row["name"], row["group"]) for row in rows] == [
        ("Checkout", True),
        ("API", False),
        ("Payments", False),
        ("Search", False),
    ]
    assert rows[0]["components"] == [desk.api, desk.payments]
    assert [row["group_id"] for row in rows] == [None, rows[0]["id"], rows[0]["id"], None]
    assert all("automation_email" not in row for row in rows)
    assert all("components" not in row for row in rows[1:])


@pytest.mark.parametrize(
    ("named", "zone", "instant"),
    [
        ("UTC", "Etc/UTC", "2027-01-15T08:00:00.000Z"),
        ("London", "Europe/London", "2027-01-15T08:00:00.000+00:00"),
        ("Pacific Time (US & Canada)", "America/Los_Angeles", "2027-01-15T00:00:00.000-08:00"),
        ("Asia/Kolkata", "Asia/Kolkata", "2027-01-15T13:30:00.000+05:30"),
        ("Nowhere", "Etc/UTC", "2027-01-15T08:00:00.000Z"),
    ],
)
def test_instants_are_in_the_pages_time_zone(desk: Desk, named: str, zone: str, instant: str) -> None:
    desk.simulator.page(desk.page_id).time_zone = named
    desk.open()
    shown = document(desk, "incidents")
    assert (shown["page"]["time_zone"], shown["page"]["updated_at"]) == (zone, instant)
    assert shown["incidents"][0]["incident_updates"][0]["display_at"] == instant


def test_one_incident_shows_what_the_lists_leave_out(busy: Desk) -> None:
    page = busy.simulator.page(busy.page_id)
    incident = next(one for one in page.incidents.values() if one.name == "Done")
    shown = json.loads(public_json.one_incident(page, incident))
    listed_too = next(
        one
        for one in document(busy, "scheduled-maintenances")["scheduled_maintenances"]
        if one["id"] == incident.id
    )
    assert {name: shown[name] for name in listed_too} == listed_too
    assert {*shown} - {*listed_too} == {
        *("backfilled", "impact_override", "scheduled_remind_prior", "scheduled_reminded_at"),
        *(
            "scheduled_auto_in_progress",
            "scheduled_auto_completed",
            "postmortem_body",
            "postmortem_published_at",
        ),
    }


def test_components_decide_the_banner_before_anything_else(desk: Desk) -> None:
    desk.open(name="Upgrade", status="in_progress", **WINDOW)
    desk.open(component_ids=[desk.api], components={desk.api: "degraded_performance"})
    assert document(desk, "status")["status"] == {
        "indicator": "minor",
        "description": "Partially Degraded Service",
    }


def test_a_maintenance_under_way_is_told_where_no_component_shows_it(desk: Desk) -> None:
    maintenance = desk.open(name="Upgrade", **WINDOW)
    assert document(desk, "status")["status"]["indicator"] == "none"
    desk.patch(maintenance, now=NOW + 60, status="in_progress")
    shown = {"indicator": "maintenance", "description": "Service Under Maintenance"}
    assert document(desk, "status")["status"] == shown
    desk.patch(maintenance, now=NOW + 120, status="verifying")
    assert document(desk, "status")["status"] == shown
    desk.patch(maintenance, now=NOW + 180, status="completed")
    assert document(desk, "status")["status"]["indicator"] == "none"


@pytest.mark.parametrize(
    ("impacts", "description"),
    [
        ([], "All Systems Operational"),
        (["none"], "All Systems Operational"),
        (["minor"], "Minor Service Outage"),
        (["minor", "major"], "Partial System Outage"),
        (["critical", "minor"], "Major System Outage"),
    ],
)
def test_without_components_the_worst_open_incident_speaks(
    desk: Desk, impacts: list[str], description: str
) -> None:
    page = desk.simulator.page(desk.page_id)
    page.components.clear()
    page.groups.clear()
    desk.patch(desk.open(impact_override="critical"), status="resolved")
    for impact in impacts:
        desk.open(impact_override=impact)
    assert document(desk, "status")["status"]["description"] == description
