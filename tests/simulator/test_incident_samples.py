"""The vendor's own samples for incidents, their updates, postmortems and templates, as forms; those of everything else stand beside its schemas."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from bridge.simulator.model import Request
from tests.simulator import vendor
from tests.simulator.desk import NOW, Desk
from tests.simulator.vendor import Sample

TAGS = frozenset({"incidents", "incident updates", "incident postmortem", "templates"})
WORDS = {"incident[status]": "identified"}
"""Where a sample writes "string", what else than that word has to stand there."""


def samples() -> list[Sample]:
    return [
        sample
        for sample in vendor.samples()
        if TAGS.intersection(
            vendor.document()["paths"][sample.operation.template][sample.operation.method.lower()]["tags"]
        )
    ]


def test_the_samples_of_every_writing_operation_were_found() -> None:
    assert len(samples()) == 8


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: " ".join(sample.operation))
def test_the_vendors_own_samples_are_taken(desk: Desk, sample: Sample) -> None:
    incident = desk.open(component_ids=[desk.api])
    if sample.operation.template.endswith("/publish"):
        desk.patch(incident, status="resolved", body="It is over.")
        path = f"/incidents/{incident['id']}/postmortem"
        assert desk.ask("PUT", path, {"postmortem": {"body_draft": "It broke."}})[0] == 200
    path = sample.operation.template.format(
        page_id=desk.page_id,
        incident_id=incident["id"],
        incident_update_id=incident["incident_updates"][0]["id"],
    )
    fields = [(name, WORDS.get(name, value)) for name, value in sample.fields]

    answer = desk.simulator.handle(
        Request(
            sample.operation.method,
            f"/v1{path}",
            {},
            {**desk.headers, "Content-Type": "application/x-www-form-urlencoded"},
            urlencode(fields).encode(),
        ),
        now=NOW,
    )

    assert [answer.status] == vendor.successes(sample.operation), answer.body
    shown: Any = json.loads(answer.body)
    assert vendor.problems(sample.operation, answer.status, shown) == []
    for name, value in fields:
        member = name.split("[")[1].removesuffix("]")
        if member == "body" and "incident_updates" in shown:
            assert shown["incident_updates"][0]["body"] == value
        else:
            named = {"notify_tweets": "notify_twitter"}.get(member, member)
            assert shown[named] == (True if value == "true" else value)
