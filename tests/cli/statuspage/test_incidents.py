"""Incidents by the command line: what readers see afterwards, and which of them were mailed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.statuspage.stand import Stand

OPEN = ("incidents", "create", "Orders fail", "--body", "We are looking into it.")


def opened(shop: Stand, name: str = "Orders fail", *more: str) -> str:
    """An incident that nobody was told of; its id."""
    words = ("incidents", "create", name, *more, "--yes", "--no-notify", "-o", "id")
    return shop.output(*words).strip()


# --- create


def test_an_incident_is_opened_with_its_components_and_subscribers_are_told(shop: Stand) -> None:
    said = shop.output(
        *OPEN,
        "--component",
        "Checkout / API=major_outage",
        "--component",
        "Search",
        "--impact",
        "minor",
        "--yes",
        "--notify",
    )
    (incident,) = shop.incidents
    assert said == f"{incident.id} is investigating: Orders fail\n"
    assert incident.impact_override == "minor"
    assert incident.component_ids == [shop.component_id("Checkout / API"), shop.component_id("Search")]
    assert (shop.component("Checkout / API"), shop.component("Search")) == ("major_outage", "operational")
    (told,) = shop.told
    assert (told.body, len(told.recipients)) == ("We are looking into it.", 3)


def test_without_notification_nobody_is_told(shop: Stand) -> None:
    shop.output(*OPEN, "--yes", "--no-notify")
    assert len(shop.incidents) == 1
    assert shop.told == []


def test_a_text_comes_from_a_file(shop: Stand, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("From a file,\ntwo lines.\n")
    opened(shop, "Orders fail", "--body-file", str(tmp_path / "text"))
    assert shop.incidents[0].updates[0].body == "From a file,\ntwo lines."


OPEN_PAST = ("incidents", "create", "It was down", "--backfilled", "2026-01-31", "--body", "It was.")


def test_what_is_past_is_entered_on_its_day(shop: Stand) -> None:
    shop.output(*OPEN_PAST, "--yes")
    (incident,) = shop.incidents
    assert incident.status == "resolved"
    document = shop.json("incidents", "show", "It was down")
    assert document["created_at"].startswith("2026-01-31T")
    assert shop.told == []


def test_what_is_past_tells_nobody_and_nobody_is_asked_about_it(shop: Stand) -> None:
    refused = shop.run(*OPEN_PAST, "--yes", "--notify")
    assert (refused.code, shop.writes) == (2, [])
    assert refused.errors.startswith("--notify: nobody is told of a past incident")
    entered = shop.converse(*OPEN_PAST, answers=["y"])
    assert entered.code == 0
    assert "notifies  nobody" in entered.errors
    assert [one.name for one in shop.incidents] == ["It was down"]
    shop.output(*OPEN_PAST, "--yes", "--no-notify")
    assert shop.told == []


def test_what_is_past_names_no_components(shop: Stand) -> None:
    ended = shop.run(*OPEN, "--backfilled", "2026-01-31", "--component", "Search", "--yes", "--no-notify")
    assert (ended.code, shop.writes) == (2, [])


@pytest.mark.parametrize(
    ("more", "told"),
    [
        pytest.param(("--component", "Search=broken"), "operational", id="a status that is none"),
        pytest.param(
            ("--component", "Search=major_outage", "--component", "Search"), "twice", id="a component twice"
        ),
        pytest.param(("--body-file", "/nonexistent"), "/nonexistent", id="a file that is not there"),
        pytest.param(("--backfilled", "yesterday"), "2026-01-31", id="a day that is none"),
    ],
)
def test_what_cannot_be_meant_is_told_and_nothing_is_sent(
    shop: Stand, more: tuple[str, ...], told: str
) -> None:
    words = ("incidents", "create", "Orders fail", *more, "--yes", "--no-notify")
    ended = shop.run(*words)
    assert ended.code == 2, ended
    assert told in ended.errors
    assert shop.writes == []


def test_a_title_that_is_too_long_is_told_before_anything_is_sent(shop: Stand) -> None:
    ended = shop.run("incidents", "create", "x" * 256, "--yes", "--no-notify")
    assert (ended.code, shop.writes) == (2, [])
    assert "at most 255" in ended.errors


# --- update and resolve


def test_an_update_takes_the_incidents_status_where_none_is_named(shop: Stand) -> None:
    identity = opened(shop, "Orders fail", "--status", "identified", "--component", "Search=partial_outage")
    shop.output("incidents", "update", identity, "--body", "Still at it.", "--yes", "--notify")
    (incident,) = shop.incidents
    assert [(update.status, update.body) for update in incident.updates][-1] == ("identified", "Still at it.")
    assert len(incident.updates) == 2
    assert [told.body for told in shop.told] == ["Still at it."]
    assert shop.component("Search") == "partial_outage"


def test_a_component_that_joins_does_not_push_the_others_out(shop: Stand) -> None:
    opened(shop, "Orders fail", "--component", "Search")
    words = ("--status", "identified", "--component", "Payments=degraded_performance", "--yes", "--no-notify")
    shop.output("incidents", "update", "Orders fail", *words)
    (incident,) = shop.incidents
    assert set(incident.component_ids) == {shop.component_id("Search"), shop.component_id("Payments")}
    assert shop.component("Payments") == "degraded_performance"


def test_a_resolve_leaves_components_as_they_are(shop: Stand) -> None:
    opened(shop, "Orders fail", "--component", "Search=major_outage")
    shop.output("incidents", "resolve", "Orders fail", "--yes", "--no-notify")
    assert (shop.incidents[0].status, shop.component("Search")) == ("resolved", "major_outage")


def test_a_resolve_sets_components_operational_where_that_is_said(shop: Stand) -> None:
    opened(
        shop, "Orders fail", "--component", "Search=major_outage", "--component", "Payments=partial_outage"
    )
    more = ("--operational", "--component", "Payments=degraded_performance", "--yes", "--notify")
    shop.output("incidents", "resolve", "Orders fail", "--body", "Over.", *more)
    assert (shop.component("Search"), shop.component("Payments")) == ("operational", "degraded_performance")
    assert [told.status for told in shop.told] == ["resolved"]


def test_an_incident_that_is_over_is_not_resolved_again(shop: Stand) -> None:
    identity = opened(shop)
    shop.output("incidents", "resolve", identity, "--yes", "--no-notify")
    before = len(shop.writes)
    ended = shop.run("incidents", "resolve", identity, "--yes", "--notify")
    assert (ended.code, len(shop.writes)) == (2, before)
    assert "resolved already" in ended.errors


def test_of_several_of_a_name_the_one_that_goes_on_is_resolved(shop: Stand) -> None:
    for _ in range(2):
        shop.output("incidents", "resolve", opened(shop), "--yes", "--no-notify")
    last = opened(shop)
    shop.output("incidents", "resolve", "Orders fail", "--yes", "--no-notify")
    assert {incident.id: str(incident.status) for incident in shop.incidents}[last] == "resolved"


def test_several_that_go_on_are_listed_and_none_is_touched(shop: Stand) -> None:
    ids = [opened(shop), opened(shop)]
    before = len(shop.writes)
    ended = shop.run("incidents", "resolve", "Orders fail", "--yes", "--notify")
    assert (ended.code, len(shop.writes)) == (1, before)
    assert all(identity in ended.errors for identity in ids)


def test_whoever_adds_to_what_is_over_is_told_that_it_is(shop: Stand) -> None:
    one = opened(shop)
    wanted = ("incidents", "update", one, "--body", "It was the disk.", "--no-notify")
    assert "it is over" not in shop.converse(*wanted, answers=["n"]).errors
    shop.output("incidents", "resolve", one, "--yes", "--no-notify")
    asked = shop.converse(*wanted, answers=["n"])
    assert re.search(r"it is over +resolved since \d{4}-", asked.errors), asked
    assert len(shop.incidents[0].updates) == 2


# --- schedule


def test_a_maintenance_takes_no_status_and_says_what_sets_one(shop: Stand) -> None:
    words = ("incidents", "schedule", "New disks", "--at", "2030-02-20T03:00:00Z", "--for", "2h", "--yes")
    refused = shop.run(*words, "--no-notify", "--component", "Search=under_maintenance")
    assert (refused.code, shop.writes) == (2, [])
    assert '"Search=under_maintenance" holds a status, and none is taken here' in refused.errors
    assert '"Search" alone' in refused.errors
    assert "--automatic" in refused.errors
    unknown = shop.run(*words, "--no-notify", "--component", "Serch=odd")
    assert (unknown.code, shop.writes) == (1, [])
    assert "no component is called" in unknown.errors


def test_a_maintenance_is_scheduled_to_run_by_itself(shop: Stand) -> None:
    shop.output(
        "incidents",
        "schedule",
        "New disks",
        "--at",
        "2030-02-20T03:00:00Z",
        "--for",
        "2h",
        "--component",
        "Search",
        "--automatic",
        "--remind",
        "--notify-end",
        "--body",
        "We change disks.",
        "--yes",
        "--notify",
    )
    document = shop.json("incidents", "show", "New disks")
    assert document["status"] == "scheduled"
    assert document["scheduled_for"].startswith("2030-02-20T03:00:00")
    assert document["scheduled_until"].startswith("2030-02-20T05:00:00")
    flags = {
        "scheduled_remind_prior": True,
        "scheduled_auto_in_progress": True,
        "scheduled_auto_completed": True,
        "auto_transition_to_maintenance_state": True,
        "auto_transition_to_operational_state": True,
        "auto_transition_deliver_notifications_at_start": False,
        "auto_transition_deliver_notifications_at_end": True,
    }
    assert {name: document[name] for name in flags} == flags
    assert shop.component("Search") == "operational"
    assert [told.body for told in shop.told] == ["We change disks."]


def test_a_maintenance_is_completed_by_resolve(shop: Stand) -> None:
    words = ("New disks", "--at", "2030-02-20T03:00:00Z", "--until", "2030-02-20T04:00:00Z")
    shop.output("incidents", "schedule", *words, "--yes", "--no-notify")
    shop.output("incidents", "resolve", "New disks", "--yes", "--no-notify")
    assert shop.incidents[0].status == "completed"


@pytest.mark.parametrize(
    "when",
    [
        pytest.param(("--at", "tomorrow", "--for", "2h"), id="no instant"),
        pytest.param(("--at", "2030-02-20T03:00:00Z"), id="no end"),
        pytest.param(("--at", "2030-02-20T03:00:00Z", "--for", "2"), id="a duration without a unit"),
        pytest.param(
            ("--at", "2030-02-20T03:00:00Z", "--until", "2030-02-20T02:00:00Z"), id="over before it begins"
        ),
        pytest.param(
            ("--at", "2030-02-20T03:00:00Z", "--for", "2h", "--notify-end"),
            id="a mail of what is not automatic",
        ),
    ],
)
def test_a_time_that_cannot_be_meant_is_wrong_use(shop: Stand, when: tuple[str, ...]) -> None:
    ended = shop.run("incidents", "schedule", "New disks", *when, "--yes", "--no-notify")
    assert (ended.code, shop.writes) == (2, []), ended


# --- delete, lists, updates


def test_a_deleted_incident_is_gone(shop: Stand) -> None:
    kept, gone = opened(shop, "Kept"), opened(shop, "Gone")
    shop.output("incidents", "delete", "Gone", "--yes")
    assert [incident.id for incident in shop.incidents] == [kept]
    assert shop.run("incidents", "show", gone).code == 1
    assert shop.told == []


def test_each_list_holds_what_it_says(shop: Stand) -> None:
    opened(shop, "Goes on")
    shop.output("incidents", "resolve", opened(shop, "Over"), "--yes", "--no-notify")
    words = ("Planned", "--at", "2030-02-20T03:00:00Z", "--for", "1h", "--yes", "--no-notify")
    shop.output("incidents", "schedule", *words)

    def names(*options: str) -> list[str]:
        return [one["name"] for one in shop.json("incidents", "list", *options)]

    assert names() == ["Planned", "Over", "Goes on"]
    assert names("--unresolved") == ["Goes on"]
    assert names("--scheduled") == ["Planned"]
    assert names("--upcoming") == ["Planned"]
    assert names("--active") == []
    assert names("-q", "over") == ["Over"]
    assert names("--limit", "1") == ["Planned"]
    assert shop.run("incidents", "list", "--active", "-q", "x").code == 2


def test_an_update_is_corrected(shop: Stand) -> None:
    identity = opened(shop, "Orders fail", "--body", "Ordres fail.")
    words = ("last", "--body", "Orders fail.", "--yes", "--no-notify")
    shop.output("updates", "edit", "Orders fail", *words)
    assert [one["body"] for one in shop.json("updates", "list", identity)] == ["Orders fail."]
    assert shop.told == []
    assert shop.run("updates", "edit", identity, "nosuchupdate", "--body", "x", "--yes", "--notify").code == 1
