"""Nothing that is sent about incidents, updates, postmortems and templates makes the model raise, now or when time passes."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.simulator.model import Options, Request
from bridge.simulator.options import MaintenanceComponents
from tests.simulator.desk import NOW, Desk, furnish
from tests.simulator.test_hostile_requests import anything
from tests.simulator.test_workflows import EVERY_FIELD

DAY = 86_400.0
INSTANTS = [
    "1970-01-01",
    "2027-01-15T07:00:00Z",
    "2027-01-15T08:30:00Z",
    "2027-01-16",
    "2199-12-31T23:59:59Z",
]
INCIDENT = (*EVERY_FIELD, "component_ids", "components")
UPDATE = (
    "body",
    "status",
    "components",
    "component_ids",
    "deliver_notifications",
    "display_at",
    "wants_twitter_update",
)
TEMPLATE = (
    "name", "title", "body", "group_id", "update_status", "should_tweet", "should_send_notifications", "component_ids",
)  # fmt: skip
POSTMORTEM = ("body", "body_draft", "notify_subscribers", "notify_twitter", "notify_tweets", "custom_tweet")

values = anything | st.sampled_from([*INSTANTS, "in_progress", "completed", "scheduled", "true", "resolved"])


def operations(incident_id: str, update_id: str) -> list[tuple[str, str, str, tuple[str, ...]]]:
    one = f"/incidents/{incident_id}"
    return [
        ("POST", "/incidents", "incident", INCIDENT),
        ("PUT", one, "incident", INCIDENT),
        ("POST", f"{one}/incident_updates", "incident_update", UPDATE),
        ("PATCH", f"{one}/incident_updates/{update_id}", "incident_update", UPDATE),
        ("POST", "/incident_templates", "template", TEMPLATE),
        ("POST", "/incident_templates", "incident_template", TEMPLATE),
        ("PUT", f"{one}/postmortem", "postmortem", POSTMORTEM),
        ("POST", f"{one}/postmortem", "postmortem", POSTMORTEM),
        ("PUT", f"{one}/postmortem/publish", "postmortem", POSTMORTEM),
        ("PUT", f"{one}/postmortem/revert", "postmortem", POSTMORTEM),
    ]


def send(desk: Desk, method: str, path: str, body: object, *, now: float) -> int:
    request = Request(
        method, f"/pages/{desk.page_id}{path}", headers=desk.headers, body=json.dumps(body).encode()
    )
    response = desk.simulator.handle(request, now=now)
    answer = json.loads(response.body)
    if response.status >= 400:
        assert answer["status"] == response.status
        assert answer["error"]
    return response.status


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_wrong_types_in_every_field_are_answered(data: st.DataObject) -> None:
    components = data.draw(st.sampled_from(MaintenanceComponents))
    desk = furnish(Options(maintenance_components=components, rate_limit=10_000))
    opened = desk.open(status=data.draw(st.sampled_from(["resolved", "investigating"])))
    now = NOW
    for method, path, wrapper, names in operations(opened["id"], opened["incident_updates"][0]["id"]):
        fields = data.draw(st.dictionaries(st.sampled_from(names), values, max_size=5))
        sound = {name: EVERY_FIELD[name] for name in data.draw(st.sets(st.sampled_from([*EVERY_FIELD])))}
        for sent in (fields, {**fields, "name": "x", "body": "x"}, {**sound, "name": "x"}):
            assert send(desk, method, path, {wrapper: sent}, now=now) < 500
        assert send(desk, method, path, {wrapper: data.draw(anything)}, now=now) < 500
        now += data.draw(st.sampled_from([0.0, 1.0, 3600.0, DAY]))
    desk.simulator.advance(NOW + 100 * 365 * DAY)
    for path in ("/incidents", "/incidents/scheduled", "/components", "/incident_templates"):
        assert desk.ask("GET", path, now=NOW + 100 * 365 * DAY)[0] == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/incidents/{id}/incident_updates", b"{"),
        ("/incidents/{id}/incident_updates", b'{"incident_update": []}'),
        ("/incidents/{id}/incident_updates", b""),
        ("/incidents/{id}/postmortem", b'{"postmortem": 1}'),
        ("/incidents/{id}/postmortem", b"{}"),
        ("/incident_templates", b'{"template": null, "incident_template": {}}'),
        ("/incident_templates", b'{"incident_template": "x"}'),
    ],
)
def test_bodies_that_cannot_be_read_are_400(desk: Desk, path: str, body: bytes) -> None:
    target = f"/pages/{desk.page_id}{path.format(id=desk.open()['id'])}"
    request = Request("POST", target, headers=desk.headers, body=body)
    assert desk.simulator.handle(request, now=NOW).status == 400


def test_without_a_token_nothing_of_them_is_answered(desk: Desk) -> None:
    incident = desk.open()
    desk.headers = {}
    for method, path, wrapper, _ in operations(incident["id"], incident["incident_updates"][0]["id"]):
        assert desk.ask(method, path, {wrapper: {}}) == (401, {"error": "Could not authenticate"})
