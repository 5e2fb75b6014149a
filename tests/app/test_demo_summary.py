"""What a demo says happened, counted from a page that was written to by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import pytest

from bridge.app.demo.narrator import Narrator
from bridge.app.demo.summary import summarise
from bridge.app.example_page import ExamplePage, add_example_page
from bridge.simulator.model import Options, Request, Response, Simulator

BEGAN = 1_790_000_010.0
TOKEN = "token"


@dataclass
class Desk:
    """The example page, and somebody who writes to it at given seconds of the script."""

    simulator: Simulator = field(default_factory=lambda: Simulator(options=Options(rate_limit=6)))

    def __post_init__(self) -> None:
        """Set the page up."""
        self.simulator.add_token(TOKEN)
        self.page: ExamplePage = add_example_page(self.simulator, BEGAN)
        self.now = BEGAN

    def ask(self, at: float, method: str, path: str, body: object = None) -> Response:
        """Send one request."""
        self.now = BEGAN + at
        headers = {"Authorization": f"OAuth {TOKEN}", "Content-Type": "application/json"}
        sent = b"" if body is None else json.dumps(body).encode()
        request = Request(method, f"/v1/pages/{self.page.page_id}{path}", {}, headers, sent)
        return self.simulator.handle(request, now=self.now)

    def id_of(self, name: str) -> str:
        """A component's id."""
        return self.simulator.component(self.page.page_id, name).id

    def set(self, at: float, name: str, status: str) -> Response:
        """Write a component's status."""
        return self.ask(at, "PATCH", f"/components/{self.id_of(name)}", {"component": {"status": status}})

    def open(self, at: float, *names: str) -> str:
        """Open an incident that notifies, with components in a major outage. Returns its id."""
        incident = {
            "name": "Checkout is having problems",
            "status": "investigating",
            "body": "We are investigating.",
            "components": {self.id_of(name): "major_outage" for name in names},
            "component_ids": [self.id_of(name) for name in names],
            "deliver_notifications": True,
        }
        answer = self.ask(at, "POST", "/incidents", {"incident": incident})
        assert answer.status == 201, answer.body
        return str(json.loads(answer.body)["id"])

    def move(self, at: float, incident_id: str, status: str, **more: object) -> None:
        """Tell an update of an incident, without a mail."""
        incident = {"status": status, "body": "News.", "deliver_notifications": False, **more}
        answer = self.ask(at, "PATCH", f"/incidents/{incident_id}", {"incident": incident})
        assert answer.status == 200, answer.body

    def push(self, at: float, metric: str, *instants: float) -> None:
        """Push points."""
        points = [{"timestamp": int(BEGAN + instant), "value": 1.0} for instant in instants]
        self.ask(at, "POST", "/metrics/data", {"data": {self.page.metrics[metric]: points}})

    def summary(self) -> dict[str, Any]:
        """What happened."""
        return summarise(self.simulator, self.page, began_at=BEGAN)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_page_that_nobody_touched_has_nothing_to_tell(desk: Desk) -> None:
    summary = desk.summary()
    assert summary["components"] == dict.fromkeys(
        ("Checkout / API", "Checkout / Web", "Search", "Payments"), "operational"
    )
    assert (summary["incidents"], summary["requests"]) == ([], {})
    assert (summary["rejected"], summary["stale_writes"]) == (0, 0)
    assert summary["points"] == dict.fromkeys(desk.page.metrics, 0)


def test_an_incident_is_told_with_its_updates_and_its_mails(desk: Desk) -> None:
    incident = desk.open(16, "Checkout / API", "Checkout / Web")
    desk.move(33, incident, "monitoring")
    desk.move(41, incident, "resolved")
    (told,) = desk.summary()["incidents"]
    assert told == {
        "name": "Checkout is having problems",
        "status": "resolved",
        "updates": ["investigating", "monitoring", "resolved"],
        "notified": 1,
    }


def test_a_true_write_is_not_stale_and_a_false_one_is_alone_or_with_an_incident(desk: Desk) -> None:
    desk.set(16, "Checkout / API", "major_outage")
    assert desk.summary()["stale_writes"] == 0
    desk.set(20, "Checkout / API", "operational")
    assert desk.summary()["stale_writes"] == 1
    desk.open(60, "Checkout / API", "Checkout / Web")
    assert desk.summary()["stale_writes"] == 3


def test_a_refused_write_changed_nothing_and_is_not_stale(desk: Desk) -> None:
    desk.set(5, "Search", "broken")
    summary = desk.summary()
    assert (summary["stale_writes"], summary["rejected"]) == (0, 0)
    assert summary["requests"] == {"PATCH /pages/{page_id}/components/{component_id}": 1}


def test_a_write_beyond_the_budget_is_counted_as_rejected(desk: Desk) -> None:
    answers = [desk.ask(at, "GET", "/components").status for at in range(8)]
    assert answers == [200] * 6 + [420] * 2
    assert desk.summary()["rejected"] == 2


def test_a_point_that_is_pushed_twice_counts_once(desk: Desk) -> None:
    desk.push(30, "Orders per minute", 0, 30)
    desk.push(60, "Orders per minute", 30, 60)
    desk.push(60, "Search availability", 60)
    assert desk.summary()["points"] == {
        "Checkout latency": 0,
        "Search availability": 1,
        "Orders per minute": 3,
    }


# --- the narrator


def test_the_narrator_tells_each_write_and_mail_once_and_no_read(desk: Desk) -> None:
    stream = StringIO()
    narrator = Narrator(desk.simulator, desk.page, now=lambda: desk.now, stream=stream)
    narrator.begin()
    desk.ask(1, "GET", "/components")
    incident = desk.open(16, "Checkout / API")
    narrator.look()
    narrator.look()
    desk.set(20, "Search", "degraded_performance")
    desk.move(33, incident, "monitoring", components={desk.id_of("Checkout / API"): "operational"})
    desk.push(34, "Orders per minute", 0)
    desk.set(35, "Search", "broken")
    narrator.look()
    assert [line.split(maxsplit=2) for line in stream.getvalue().splitlines()] == [
        ["16.0s", "page", "a new incident: investigating; Checkout / API is major_outage"],
        ["16.0s", "mail", "subscribers are told: investigating"],
        ["35.0s", "page", "Search is degraded_performance"],
        ["35.0s", "page", "the incident: monitoring; Checkout / API is operational"],
        ["35.0s", "page", "1 metric point"],
        ["35.0s", "page", "PATCH /pages/{page_id}/components/{component_id} was answered 422"],
    ]
