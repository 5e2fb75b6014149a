"""The guide's workflows and the vendor's own samples, each request as it is written there."""

from typing import Any

import pytest

from bridge.simulator.model import Request
from bridge.simulator.timestamps import parse
from tests.simulator.audience import subscribe
from tests.simulator.desk import NOW, Desk

FORM = "application/x-www-form-urlencoded"


def send_form(desk: Desk, method: str, path: str, *fields: str) -> int:
    headers = {**desk.headers, "Content-Type": FORM}
    request = Request(method, f"/v1/pages/{desk.page_id}{path}", {}, headers, "&".join(fields).encode())
    return desk.simulator.handle(request, now=NOW).status


def status_of(desk: Desk, name: str) -> str:
    return desk.simulator.component(desk.page_id, name).status.value


def test_an_incident_is_created_told_of_and_resolved(desk: Desk) -> None:
    reader = subscribe(desk, "reader")
    status, incident = desk.ask(
        "POST",
        "/incidents",
        {
            "incident": {
                "name": "API Latency Issues",
                "status": "investigating",
                "impact_override": "major",
                "body": "We're investigating elevated API response times.",
                "component_ids": [desk.api],
                "components": {desk.api: "degraded_performance"},
            }
        },
    )
    assert (status, incident["impact"], status_of(desk, "API")) == (201, "major", "degraded_performance")
    path = f"/incidents/{incident['id']}"
    for minutes, (body, reached) in enumerate(
        (
            ("Issue identified - database connection pool exhausted.", "identified"),
            ("Fix deployed, monitoring for stability.", "monitoring"),
        ),
        start=1,
    ):
        status, update = desk.ask(
            "POST",
            f"{path}/incident_updates",
            {"incident_update": {"body": body, "status": reached}},
            now=NOW + 60 * minutes,
        )
        assert (status, update["body"], update["status"]) == (201, body, reached)
    status, resolved = desk.ask(
        "PATCH",
        path,
        {
            "incident": {
                "status": "resolved",
                "body": "All systems operational. Issue resolved.",
                "components": {desk.api: "operational"},
            }
        },
        now=NOW + 180,
    )
    assert (status, resolved["status"], status_of(desk, "API")) == (200, "resolved", "operational")
    assert [update["status"] for update in resolved["incident_updates"]] == [
        "resolved",
        "monitoring",
        "identified",
        "investigating",
    ]
    assert [told.recipients for told in desk.simulator.notifications] == [(reader,)] * 4


def test_a_maintenance_is_reminded_of_begun_and_completed(desk: Desk) -> None:
    reader = subscribe(desk, "reader")
    announced_at = parse("2026-02-13T09:00:00Z")
    status, incident = desk.ask(
        "POST",
        "/incidents",
        {
            "incident": {
                "name": "Database Upgrade - Postgres 15",
                "status": "scheduled",
                "scheduled_for": "2026-02-20T03:00:00Z",
                "scheduled_until": "2026-02-20T05:00:00Z",
                "scheduled_remind_prior": True,
                "scheduled_auto_in_progress": True,
                "scheduled_auto_completed": True,
                "body": "We will upgrade our database to PostgreSQL 15.",
                "component_ids": [desk.search],
                "components": {desk.search: "under_maintenance"},
            }
        },
        now=announced_at,
    )
    assert (status, incident["status"], incident["impact"]) == (201, "scheduled", "maintenance")
    path = f"/incidents/{incident['id']}"

    def read(when: str) -> tuple[str, str | None]:
        _, answer = desk.ask("GET", path, now=parse(when))
        return answer["status"], answer["scheduled_reminded_at"]

    assert read("2026-02-20T01:59:59Z") == ("scheduled", None)
    assert read("2026-02-20T02:00:00Z") == ("scheduled", "2026-02-20T02:00:00Z")
    assert [(told.kind, told.recipients) for told in desk.simulator.notifications] == [
        ("update", (reader,)),
        ("reminder", (reader,)),
    ]
    assert read("2026-02-20T03:00:00Z")[0] == "in_progress"
    assert status_of(desk, "Search") == "under_maintenance"
    assert read("2026-02-20T05:00:00Z")[0] == "completed"


def test_several_components_are_set_while_an_incident_goes_on(desk: Desk) -> None:
    incident = desk.open(component_ids=[desk.api])
    wanted = {desk.api: "major_outage", desk.payments: "major_outage", desk.search: "degraded_performance"}
    status, changed = desk.ask(
        "PATCH",
        f"/incidents/{incident['id']}",
        {"incident": {"status": "identified", "components": wanted}},
        now=NOW + 60,
    )
    assert (status, changed["status"]) == (200, "identified")
    assert changed["incident_updates"][0]["body"] == (
        "The issue has been identified and a fix is being implemented."
    )
    shown = {one.id: one.status for one in desk.simulator.page(desk.page_id).components.values()}
    assert shown == wanted


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_the_vendors_samples_are_forms_and_are_taken(desk: Desk, method: str) -> None:
    words = ("incident[name]=string", "incident[status]=identified", "incident[body]=string")
    assert send_form(desk, "POST", "/incidents", *words) == 201
    (incident,) = desk.simulator.incidents(desk.page_id)
    path = f"/incidents/{incident.id}"
    assert send_form(desk, method, path, "incident[name]=string", "incident[status]=resolved") == 200
    update = f"{path}/incident_updates/{incident.updates[0].id}"
    said = ("incident_update[wants_twitter_update]=true", "incident_update[body]=other")
    assert send_form(desk, method, update, *said) == 200
    assert (incident.updates[0].body, incident.updates[0].wants_twitter_update) == ("other", True)
    assert send_form(desk, "PUT", f"{path}/postmortem", "postmortem[body_draft]=string") == 200
    told = ("postmortem[notify_tweets]=true", "postmortem[notify_subscribers]=true")
    assert send_form(desk, "PUT", f"{path}/postmortem/publish", *told) == 200
    assert incident.postmortem is not None
    assert (incident.postmortem.body, incident.postmortem.notified_twitter) == ("string", True)
    assert desk.simulator.notifications[-1].kind == "postmortem"
    assert send_form(desk, "PUT", f"{path}/postmortem/revert") == 200
    assert incident.postmortem.body_draft == "string"


def test_the_vendors_sample_of_a_template_is_taken(desk: Desk) -> None:
    fields = ("template[name]=string", "template[title]=string", "template[body]=string")
    assert send_form(desk, "POST", "/incident_templates", *fields) == 201
    (template,) = desk.simulator.page(desk.page_id).templates.values()
    assert (template.name, template.title, template.body) == ("string", "string", "string")


EVERY_FIELD: dict[str, Any] = {
    "name": "Work",
    "status": "scheduled",
    "impact_override": "minor",
    "scheduled_for": "2027-01-16T08:00:00Z",
    "scheduled_until": "2027-01-16T09:00:00Z",
    "scheduled_remind_prior": True,
    "auto_transition_to_maintenance_state": True,
    "auto_transition_to_operational_state": False,
    "scheduled_auto_in_progress": True,
    "scheduled_auto_completed": True,
    "auto_transition_deliver_notifications_at_start": True,
    "auto_transition_deliver_notifications_at_end": False,
    "reminder_intervals": "[1, 5, 7, 10]",
    "metadata": {"jira": {"issue_id": "value"}},
    "deliver_notifications": False,
    "auto_tweet_at_beginning": True,
    "auto_tweet_on_completion": True,
    "auto_tweet_on_creation": True,
    "auto_tweet_one_hour_before": True,
    "backfill_date": "2026-12-24",
    "backfilled": False,
    "body": "Soon.",
    "scheduled_auto_transition": True,
}
NOT_SHOWN = {
    "deliver_notifications", "body", "backfilled", "backfill_date", "scheduled_auto_transition", "auto_tweet_at_beginning",
    "auto_tweet_on_completion", "auto_tweet_on_creation", "auto_tweet_one_hour_before",
}  # fmt: skip


def test_every_field_of_the_document_is_taken_and_shown_where_an_incident_has_it(desk: Desk) -> None:
    listed: dict[str, Any] = {"component_ids": [desk.api], "components": {desk.api: "operational"}}
    incident = desk.open(**EVERY_FIELD, **listed)
    expected = {name: value for name, value in EVERY_FIELD.items() if name not in NOT_SHOWN}
    assert {name: incident[name] for name in expected} == expected
    assert [component["id"] for component in incident["components"]] == [desk.api]
    opened = desk.open(scheduled_for=EVERY_FIELD["scheduled_for"], scheduled_until="2027-01-16T10:00:00Z")
    changed = desk.patch(opened, now=NOW + 60, **EVERY_FIELD, **listed)
    assert {name: changed[name] for name in expected} == expected
    (update, _) = changed["incident_updates"]
    assert (update["body"], update["deliver_notifications"]) == ("Soon.", False)


@pytest.mark.parametrize(
    "name", sorted(name for name, value in EVERY_FIELD.items() if isinstance(value, bool))
)
def test_every_switch_must_be_one(desk: Desk, name: str) -> None:
    fields = {**EVERY_FIELD, name: "perhaps"}
    status, answer = desk.ask("POST", "/incidents", {"incident": fields})
    assert (status, list(answer["error"])) == (422, [name])
