"""The vendor's own code samples, all of them, sent as the forms that they are; every other request here and in `tests/documents` is JSON."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from bridge.simulator.model import Request, Response
from tests.documents.examples import Sample, samples
from tests.documents.openapi import Operation, successes
from tests.documents.validation import answer_problems
from tests.simulator.desk import NOW, Desk

WORDS = {
    "incident[status]": "identified",
    "component[status]": "degraded_performance",
    "subscriber[email]": "ann@example.com",
    "email": "ann@example.com",
    "metric[transform]": "average",
    "metrics_provider[type]": "Librato",
    "metrics_provider[email]": "ann@example.com",
}
"""Where a sample writes "string", what else than that word has to stand there; the word itself is as good elsewhere."""

SHOWN_AS = {"notify_tweets": "notify_twitter"}
"""Fields that the answer calls otherwise."""


class Scene:
    """A page on which everything exists that a sample can name."""

    def __init__(self, desk: Desk) -> None:
        simulator = desk.simulator
        self.desk = desk
        incident = desk.open(component_ids=[desk.api])
        self.subscriber_id = simulator.add_subscriber(desk.page_id, email="old@example.com", now=NOW)
        self.incident_subscriber_id = simulator.add_subscriber(
            desk.page_id, email="old@example.com", incident_id=incident["id"], now=NOW
        )
        (provider_id,) = simulator.page(desk.page_id).providers
        (group_id,) = simulator.page(desk.page_id).groups
        self.incident = incident
        self.named = {
            "page_id": desk.page_id,
            "component_id": desk.api,
            "id": group_id,
            "incident_id": incident["id"],
            "incident_update_id": incident["incident_updates"][0]["id"],
            "metric_id": desk.metric,
            "metrics_provider_id": provider_id,
        }

    def path(self, template: str) -> str:
        """The path of an operation on what is there."""
        of_incident = "/incidents/" in template
        subscriber_id = self.incident_subscriber_id if of_incident else self.subscriber_id
        return template.format(**self.named, subscriber_id=subscriber_id)

    def fields(self, sample: Sample) -> list[tuple[str, str]]:
        """The fields of a sample, with what is there in the place of its placeholders."""
        bulk = sample.operation.template.endswith(("/unsubscribe", "/reactivate", "/resend_confirmation"))
        known = self.subscriber_id if bulk else self.desk.api
        fields = [
            (
                name.replace("metric_id", self.desk.metric),
                known if value == "your-id" else WORDS.get(name, value),
            )
            for name, value in sample.fields
        ]
        # An instant of 1970 is no time to measure.
        return [(name, str(int(NOW)) if "timestamp" in name else value) for name, value in fields]

    def send(self, operation: Operation, fields: list[tuple[str, str]]) -> Response:
        """Send a form."""
        headers = {**self.desk.headers, "Content-Type": "application/x-www-form-urlencoded"}
        path = f"/v1{self.path(operation.template)}"
        request = Request(operation.method, path, {}, headers, urlencode(fields).encode())
        return self.desk.simulator.handle(request, now=NOW)


@pytest.fixture
def scene(desk: Desk) -> Scene:
    return Scene(desk)


SAMPLES = [*samples()]
OF_INCIDENTS = [
    sample
    for sample in SAMPLES
    if ("/incident" in sample.operation.template and "/subscribers" not in sample.operation.template)
]


def taken(scene: Scene, sample: Sample) -> tuple[list[tuple[str, str]], Any]:
    """Send a sample that has to succeed; return its fields and the decoded answer, which is the document's."""
    if sample.operation.template.endswith("/publish"):
        scene.desk.patch(scene.incident, status="resolved", body="It is over.")
        path = f"/incidents/{scene.incident['id']}/postmortem"
        assert scene.desk.ask("PUT", path, {"postmortem": {"body_draft": "It broke."}})[0] == 200
    fields = scene.fields(sample)
    answer = scene.send(sample.operation, fields)
    assert {answer.status} == successes(sample.operation), answer.body
    assert answer_problems(sample.operation, answer.status, answer.body) == []
    return fields, json.loads(answer.body) if answer.body else None


def test_the_samples_of_every_writing_operation_were_found() -> None:
    assert (len(SAMPLES), len(OF_INCIDENTS)) == (30, 8)
    assert {name for sample in SAMPLES for name, value in sample.fields if value == "your-id"} == {
        "subscribers[]",
        "component_ids[]",
        "component_group[components][]",
    }


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: str(sample.operation))
def test_the_vendors_own_samples_are_taken(scene: Scene, sample: Sample) -> None:
    taken(scene, sample)


@pytest.mark.parametrize("sample", OF_INCIDENTS, ids=lambda sample: str(sample.operation))
def test_what_a_sample_says_of_an_incident_is_shown(scene: Scene, sample: Sample) -> None:
    fields, shown = taken(scene, sample)
    for name, value in fields:
        member = name.split("[")[1].removesuffix("]")
        if member == "body" and "incident_updates" in shown:
            assert shown["incident_updates"][0]["body"] == value
        else:
            assert shown[SHOWN_AS.get(member, member)] == (True if value == "true" else value)
