"""Whether a request notifies is judged by the request alone, and the ledger agrees wherever it is done."""

import json
from typing import Any

import pytest

from bridge.simulator.messages import Request
from bridge.simulator.notifying import notifies
from tests.simulator.desk import NOW, Desk

SAID = {"body": "So.", "status": "resolved"}


@pytest.mark.parametrize(
    ("method", "path", "body", "told"),
    [
        ("POST", "", {"incident": {"name": "New"}}, True),
        ("POST", "", {"incident": {"name": "New", "deliver_notifications": False}}, False),
        ("POST", "", {"incident": {"name": "Old", "backfilled": True}}, False),
        ("PATCH", "/{incident}", {"incident": {"body": "So."}}, True),
        ("PUT", "/{incident}", {"incident": {"status": "monitoring"}}, True),
        ("PATCH", "/{incident}", {"incident": {"name": "Other"}}, False),
        ("PATCH", "/{incident}", {"incident": {**SAID, "deliver_notifications": False}}, False),
        ("POST", "/{incident}/incident_updates", {"incident_update": SAID}, True),
        ("POST", "/{incident}/incident_updates", {"incident_update": {"status": "monitoring"}}, True),
        (
            "POST",
            "/{incident}/incident_updates",
            {"incident_update": {**SAID, "deliver_notifications": "false"}},
            False,
        ),
        ("PATCH", "/{incident}/incident_updates/{update}", {"incident_update": {"body": "So."}}, False),
        (
            "PATCH",
            "/{incident}/incident_updates/{update}",
            {"incident_update": {"deliver_notifications": True}},
            True,
        ),
        (
            "PUT",
            "/{incident}/incident_updates/{update}",
            {"incident_update": {"body": "So.", "deliver_notifications": "true"}},
            True,
        ),
        ("PATCH", "/{incident}/incident_updates/{update}", None, False),
        ("PUT", "/{over}/postmortem", {"postmortem": {"body_draft": "Why."}}, False),
        ("POST", "/{over}/postmortem", {"postmortem": {"body": "Why."}}, False),
        ("PUT", "/{over}/postmortem/publish", {"postmortem": {"notify_subscribers": True}}, True),
        ("PUT", "/{over}/postmortem/publish", {"postmortem": {"notify_twitter": True}}, False),
        ("PUT", "/{over}/postmortem/publish", None, False),
        ("PUT", "/{published}/postmortem/revert", None, False),
        ("DELETE", "/{over}/postmortem", None, False),
        ("DELETE", "/{incident}", None, False),
        ("GET", "/{incident}/incident_updates", None, False),
    ],
)
def test_the_judgement_of_a_request_and_the_ledger_agree(
    desk: Desk, method: str, path: str, body: Any, *, told: bool
) -> None:
    incident = desk.open()
    over, published = desk.open(status="resolved"), desk.open(status="resolved")
    for one in (over, published):
        drafted = {"postmortem": {"body_draft": "Why."}}
        assert desk.ask("PUT", f"/incidents/{one['id']}/postmortem", drafted)[0] == 200
    assert desk.ask("PUT", f"/incidents/{published['id']}/postmortem/publish")[0] == 200
    names = {"incident": incident["id"], "over": over["id"], "published": published["id"]}
    path = path.format(**names, update=incident["incident_updates"][0]["id"])
    before = len(desk.simulator.notifications)
    assert desk.ask(method, f"/incidents{path}", body, now=NOW + 60)[0] < 300
    request = Request(
        method,
        f"/v1/pages/{desk.page_id}/incidents{path}",
        body=b"" if body is None else json.dumps(body).encode(),
    )
    assert notifies(request, desk.simulator.template_of(request)) is told
    assert len(desk.simulator.notifications) - before == told
