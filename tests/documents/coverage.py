"""Every operation in scope, once at least, by the client against the simulator: both are held to the document.

The calls are those of the client's own test, each on a page that holds one of everything; what the client leaves out, being an alias by PUT, is sent as its PATCH says it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bridge.statuspage.api import RejectedError, StatuspageApi, Unpaced
from bridge.statuspage.transport import Request, Response
from tests.documents.defects import vendor_document
from tests.documents.openapi import Operation, operations_of, successes
from tests.documents.stage import Stage, furnish
from tests.documents.validation import answer_problems, request_problems
from tests.statuspage.api.calls import CALLS, FOUR, PLACES, OneCall
from tests.statuspage.api.calls import OTHER as ANOTHER

_SUCCESS = range(200, 300)
OUT_OF_SCOPE = b'{"error": {"page_access_user": ["is outside the scope of this simulator"]}, "status": 422}'
"""What the one call is answered that names a user of an audience-specific page."""

_MAINTENANCE = frozenset({"scheduled", "in_progress", "verifying", "completed"})


@dataclass
class Coverage:
    """What was shown.

    Attributes:
        answered: operation → the success statuses that it answered.
        filled: those that answered with more than an empty list, which satisfies every schema of rows.
        problems: what the document has against a request or an answer, in words.
    """

    answered: dict[Operation, set[int]] = field(default_factory=lambda: defaultdict(set))
    filled: set[Operation] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def missing(self) -> list[str]:
        """Success statuses that the document has and nobody saw, and lists of which nobody saw a row."""
        unseen = [
            f"{operation}: {status}"
            for operation in operations_of(vendor_document())
            for status in sorted(successes(operation) - self.answered[operation])
        ]
        return unseen + [f"{operation}: a row" for operation in self.answered if operation not in self.filled]

    def look_at(self, operation: Operation, sent: bytes | None, response: Response) -> None:
        """Hold one exchange to the document."""
        if response.body == OUT_OF_SCOPE:
            return
        if response.status not in _SUCCESS:
            self.problems.append(f"{operation}: answered {response.status} {response.body[:200]!r}")
            return
        self.answered[operation].add(response.status)
        if response.body != b"[]":
            self.filled.add(operation)
        self.problems += [
            f"{operation}: sent: {problem}" for problem in request_problems(operation, sent or b"")
        ]
        self.problems += [
            f"{operation}: answered: {problem}"
            for problem in answer_problems(operation, response.status, response.body)
        ]


@dataclass
class _Wire:
    """A transport from the client to a stage: the ids of the client's calls become those of the stage."""

    stage: Stage
    call: OneCall
    coverage: Coverage

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ARG002, ASYNC109 - as in Transport
        """Send a request that the client made, and have the exchange looked at."""
        return self.exchange(request.method, request)

    def exchange(self, method: str, request: Request) -> Response:
        """Send a request, be it under another method."""
        path = _translated(request.path, self.stage)
        sent = None if request.body is None else _translated(request.body.decode(), self.stage).encode()
        body = None if sent is None else json.loads(sent)
        answer = self.stage.send(method, path, body, query=dict(request.query))
        response = Response(answer.status, answer.headers, answer.body)
        self.coverage.look_at(Operation(method, self.call.template), sent, response)
        self.last = request
        return response


def _translated(text: str, stage: Stage) -> str:
    for place, written in {**PLACES, "other": ANOTHER}.items():
        text = text.replace(written, stage.named[place])
    return text


def _stage_for(call: OneCall) -> Stage:
    """A page on which a call can succeed."""
    stage = furnish()
    stage.named["other"] = stage.named["database_component_id"]
    if "/data" in call.template:
        stage.now = FOUR + 60
        stage.named["other"] = stage.simulator.add_metric(stage.page_id, "Errors")
    page = f"/pages/{stage.page_id}"
    inner: Any = (call.body or {}).get("incident", {})
    if call.template.endswith("/incidents/{incident_id}") and (
        inner.get("status") in _MAINTENANCE or "scheduled_for" in inner
    ):
        window = {"scheduled_for": "2023-02-11T04:00:00Z", "scheduled_until": "2026-02-16T04:00:00Z"}
        stage.named["incident_id"] = stage.make("/incidents", {"incident": {"name": "Upgrade", **window}})
    _fill_list(stage, call)
    incident = f"{page}/incidents/{stage.named['incident_id']}"
    stage.named["incident_update_id"] = stage.ask("GET", incident)["incident_updates"][0]["id"]
    if "/postmortem" in call.template:
        stage.ask("PATCH", incident, {"incident": {"status": "resolved", "body": "Over."}})
        stage.ask("PUT", f"{incident}/postmortem", {"postmortem": {"body_draft": "It broke."}})
        if call.template.endswith("/revert"):
            stage.ask("PUT", f"{incident}/postmortem/publish", {"postmortem": {}})
    below = incident.removeprefix(page) if "{incident_id}/subscribers" in call.template else ""
    # The lists show active subscribers; the other calls are about one who has still to confirm.
    reader = {"email": "reader@example.com", "skip_confirmation_notification": call.method == "GET"}
    stage.named["subscriber_id"] = stage.make(f"{below}/subscribers", {"subscriber": reader})
    if call.template.endswith("/unsubscribed"):
        stage.ask("DELETE", f"{page}/subscribers/{stage.named['subscriber_id']}")
    stage.named["metrics_provider_id"] = stage.make(
        "/metrics_providers", {"metrics_provider": {"type": "Self"}}
    )
    if call.method == "GET" and call.template.endswith("{metrics_provider_id}/metrics"):
        metric = {"metric": {"name": "Errors"}}
        stage.make(f"/metrics_providers/{stage.named['metrics_provider_id']}/metrics", metric)
    return stage


def _fill_list(stage: Stage, call: OneCall) -> None:
    """Have something stand in a list of incidents or templates that would be empty else."""
    window = {"scheduled_for": "2026-02-15T04:00:00Z", "scheduled_until": "2026-02-16T04:00:00Z"}
    match call.method, call.template.rsplit("/", 1)[1]:
        case "GET", "scheduled" | "upcoming":
            stage.make("/incidents", {"incident": {"name": "Upgrade", **window}})
        case "GET", "active_maintenance":
            stage.make("/incidents", {"incident": {"name": "Upgrade", "status": "in_progress", **window}})
        case "GET", "incidents":
            stage.make("/incidents", {"incident": {"name": call.query["q"]}})
        case "GET", "incident_templates":
            stage.make("/incident_templates", {"template": {"name": "a", "title": "b", "body": "c"}})
        case _:
            pass


async def cover() -> Coverage:
    """Make every call of the client, and every alias."""
    coverage = Coverage()
    aliases = {operation for operation in operations_of(vendor_document()) if operation.method == "PUT"}
    for call in CALLS:
        wire = _Wire(_stage_for(call), call, coverage)
        with suppress(RejectedError):  # it stands among the problems
            await call.make(StatuspageApi(wire, pace=Unpaced()))
        if call.method == "PATCH" and Operation("PUT", call.template) in aliases:
            _Wire(_stage_for(call), call, coverage).exchange("PUT", wire.last)
    return coverage
