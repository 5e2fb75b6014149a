"""Pages, components, subscribers and metrics against the vendor's own document: its schemas, its samples, its scope."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from bridge.simulator.model import Request
from tests.simulator import vendor
from tests.simulator.desk import NOW, Desk, furnish
from tests.simulator.vendor import Operation, Sample

SUBJECTS = frozenset(
    {
        "pages",
        "subscribers",
        "components",
        "component groups",
        "metrics",
        "metric providers",
        "incident subscribers",
    }
)
OUTSIDE = ("page_access", "organizations", "uptime", "status_embed_config")

PLACEHOLDERS = {
    "component[status]": "degraded_performance",
    "subscriber[email]": "ann@example.com",
    "email": "ann@example.com",
    "metric[transform]": "average",
    "metrics_provider[type]": "Librato",
    "metrics_provider[email]": "ann@example.com",
}
"""Where a sample writes "string", what else than that word has to stand there; the word itself is as good elsewhere."""


class Stage:
    """A page on which every identifier that a path can ask for exists."""

    def __init__(self, desk: Desk) -> None:
        simulator = desk.simulator
        self.desk = desk
        incident_id = desk.open(component_ids=[desk.api])["id"]
        self.subscriber_id = simulator.add_subscriber(desk.page_id, email="old@example.com", now=NOW)
        self._incident_subscriber = simulator.add_subscriber(
            desk.page_id, email="old@example.com", incident_id=incident_id, now=NOW
        )
        (provider_id,) = simulator.page(desk.page_id).providers
        (group_id,) = simulator.page(desk.page_id).groups
        self._targets = {
            "page_id": desk.page_id,
            "component_id": desk.api,
            "id": group_id,
            "incident_id": incident_id,
            "metric_id": desk.metric,
            "metrics_provider_id": provider_id,
        }

    def path(self, template: str) -> str:
        """The path of an operation on what is there."""
        of_incident = "/incidents/" in template
        subscriber_id = self._incident_subscriber if of_incident else self.subscriber_id
        others = {
            "page_access_user_id": "x",
            "page_access_group_id": "x",
            "organization_id": "x",
            "user_id": "x",
        }
        return template.format(**self._targets, subscriber_id=subscriber_id, **others)

    def send(
        self, operation: Operation, body: bytes = b"", content_type: str = "application/json"
    ) -> tuple[int, Any]:
        """Ask for an operation; return the status and the decoded answer."""
        headers = {**self.desk.headers, "Content-Type": content_type}
        request = Request(operation.method, f"/v1{self.path(operation.template)}", {}, headers, body)
        response = self.desk.simulator.handle(request, now=NOW)
        return response.status, json.loads(response.body) if response.body else None


@pytest.fixture
def stage(desk: Desk) -> Stage:
    return Stage(desk)


def ours() -> Iterator[Operation]:
    """The operations in scope that this file answers for."""
    for operation in vendor.operations():
        subjects = vendor.document()["paths"][operation.template][operation.method.lower()]["tags"]
        if not SUBJECTS.isdisjoint(subjects) and not any(word in operation.template for word in OUTSIDE):
            yield operation


def example(operation: Operation, stage: Stage) -> object:
    """A body that an operation takes."""
    desk = stage.desk
    point = {"timestamp": int(NOW), "value": 1.5}
    resource = operation.template.removeprefix("/pages/{page_id}")
    bodies: dict[str, object] = {
        "": {"page": {"name": "Acme 2"}},
        "/components": {"component": {"name": "Mail"}},
        "/components/{component_id}": {"component": {"status": "major_outage"}},
        "/component-groups": {"component_group": {"name": "Two", "components": [desk.search]}},
        "/component-groups/{id}": {"component_group": {"name": "Two", "components": [desk.search]}},
        "/subscribers": {"subscriber": {"email": "ann@example.com"}},
        "/subscribers/{subscriber_id}": {"component_ids": [desk.api]},
        "/subscribers/unsubscribe": {"subscribers": [stage.subscriber_id]},
        "/subscribers/reactivate": {"subscribers": "all"},
        "/subscribers/resend_confirmation": {"subscribers": "all"},
        "/incidents/{incident_id}/subscribers": {"subscriber": {"email": "ann@example.com"}},
        "/metrics/data": {"data": {desk.metric: [point]}},
        "/metrics/{metric_id}": {"metric": {"name": "Speed"}},
        "/metrics/{metric_id}/data": {"data": point},
        "/metrics_providers": {"metrics_provider": {"type": "Self"}},
        "/metrics_providers/{metrics_provider_id}": {
            "metrics_provider": {"metric_base_uri": "https://x.example"}
        },
        "/metrics_providers/{metrics_provider_id}/metrics": {"metric": {"name": "Errors"}},
    }
    return bodies.get(resource, {})


def test_every_operation_answers_its_success_as_the_document_describes_it() -> None:
    wrong, asked = {}, 0
    for operation in ours():
        fresh = Stage(furnish())
        status, answer = fresh.send(operation, json.dumps(example(operation, fresh)).encode())
        asked += 1
        found = vendor.problems(operation, status, answer)
        if found or [status] != vendor.successes(operation):
            wrong[operation] = (status, found or answer)
    assert wrong == {}
    assert asked == 49


def test_an_answer_that_the_document_does_not_have_is_found() -> None:
    listing = Operation("GET", "/pages/{page_id}/subscribers")
    (row,) = Stage(furnish()).send(listing)[1]
    assert vendor.problems(listing, 200, [row]) == []
    assert len(vendor.problems(listing, 200, [{**row, "created_at": "yesterday"}])) == 1
    assert len(vendor.problems(listing, 200, [{name: row[name] for name in row if name != "mode"}])) == 1
    assert vendor.problems(listing, 201, [row]) == ["201 is not a status of this operation"]
    deleting = Operation("DELETE", "/pages/{page_id}/components/{component_id}")
    assert vendor.problems(deleting, 204, {}) == ["there should be no body"]


def our_samples() -> list[Sample]:
    known = set(ours())
    return [sample for sample in vendor.samples() if sample.operation in known]


@pytest.mark.parametrize("sample", our_samples(), ids=lambda sample: " ".join(sample.operation))
def test_the_vendors_own_samples_are_taken(stage: Stage, sample: Sample) -> None:
    operation = sample.operation
    known = stage.subscriber_id if "/subscribers/" in operation.template else stage.desk.api
    if operation.template.endswith("/subscribers/{subscriber_id}"):
        known = stage.desk.api
    fields = [
        (
            name.replace("metric_id", stage.desk.metric),
            known if value == "your-id" else PLACEHOLDERS.get(name, value),
        )
        for name, value in sample.fields
    ]
    # An instant of 1970 is no time to measure.
    fields = [(name, str(int(NOW)) if "timestamp" in name else value) for name, value in fields]
    status, answer = stage.send(operation, urlencode(fields).encode(), "application/x-www-form-urlencoded")
    assert [status] == vendor.successes(operation), answer
    assert vendor.problems(operation, status, answer) == []


def test_the_samples_of_every_writing_operation_were_found() -> None:
    assert len(our_samples()) == 22
    assert {name for sample in our_samples() for name, value in sample.fields if value == "your-id"} == {
        "subscribers[]",
        "component_ids[]",
        "component_group[components][]",
    }


def test_what_is_out_of_scope_says_so(stage: Stage) -> None:
    asked = 0
    for operation in vendor.operations():
        if any(word in operation.template for word in OUTSIDE):
            status, answer = stage.send(operation)
            assert status == 404, operation
            assert answer["error"].endswith("outside the scope of this simulator."), operation
            asked += 1
    assert asked == 44
    stage.desk.headers = {}
    assert stage.send(Operation("GET", "/pages/{page_id}/status_embed_config"))[0] == 401
