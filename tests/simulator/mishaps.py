"""Every kind of fault once, with what its client sees: one table for virtual time and for real sockets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.simulator.faults import Ending, FaultBody, FaultKind, FaultRule
from bridge.statuspage.transport import Request, TransportError

if TYPE_CHECKING:
    from bridge.simulator.model import Simulator
    from bridge.statuspage.transport import Transport

TIMEOUT = 0.4
"""Seconds that the client waits."""
SHORT = (0.05, 0.05)


@dataclass(frozen=True, slots=True)
class Mishap:
    """One row: a sentence, the rule, what the client sees of a create, and whether the incident is there afterwards."""

    sentence: str
    rule: FaultRule
    seen: str
    applied: bool


MISHAPS = (
    Mishap(
        "an error before anything was done",
        FaultRule(kind=FaultKind.STATUS_BEFORE),
        "500 json",
        applied=False,
    ),
    Mishap(
        "a gateway's page of HTML before anything was done",
        FaultRule(kind=FaultKind.STATUS_BEFORE, status=502),
        "502 html",
        applied=False,
    ),
    Mishap(
        "a limit that says when to come back",
        FaultRule(kind=FaultKind.STATUS_BEFORE, status=420, retry_after=30),
        "420 json, retry after 30",
        applied=False,
    ),
    Mishap(
        "an error without a body",
        FaultRule(kind=FaultKind.STATUS_BEFORE, status=503, body=FaultBody.EMPTY),
        "503 empty",
        applied=False,
    ),
    Mishap("an error after all was done", FaultRule(kind=FaultKind.STATUS_AFTER), "502 html", applied=True),
    Mishap(
        "an answer that is slow", FaultRule(kind=FaultKind.DELAY, seconds=SHORT), "201 json", applied=True
    ),
    Mishap(
        "an answer that is slower than patience",
        FaultRule(kind=FaultKind.DELAY, seconds=(60.0, 60.0)),
        "timeout",
        applied=True,
    ),
    Mishap("a lost answer", FaultRule(kind=FaultKind.ANSWER_LOST), "timeout", applied=True),
    Mishap(
        "a connection that breaks before the answer",
        FaultRule(kind=FaultKind.ANSWER_LOST, ending=Ending.RESET),
        "lost",
        applied=True,
    ),
    Mishap("a request that never arrives", FaultRule(kind=FaultKind.DROPPED), "timeout", applied=False),
    Mishap(
        "a connection that breaks before the request arrives",
        FaultRule(kind=FaultKind.DROPPED, ending=Ending.RESET),
        "lost",
        applied=False,
    ),
    Mishap(
        "a request that is applied late",
        FaultRule(kind=FaultKind.LATE, seconds=SHORT),
        "timeout",
        applied=True,
    ),
    Mishap(
        "half of a body as if it were all", FaultRule(kind=FaultKind.CUT_BODY), "201 unreadable", applied=True
    ),
    Mishap(
        "a connection that breaks in the body",
        FaultRule(kind=FaultKind.CUT_BODY, ending=Ending.RESET),
        "lost after 201",
        applied=True,
    ),
    Mishap(
        "a body that stops in the middle",
        FaultRule(kind=FaultKind.CUT_BODY, ending=Ending.SILENCE),
        "timeout after 201",
        applied=True,
    ),
    Mishap("an answer without its body", FaultRule(kind=FaultKind.EMPTY_BODY), "201 empty", applied=True),
    Mishap("HTML instead of the answer", FaultRule(kind=FaultKind.HTML), "200 html", applied=True),
)


async def create(transport: Transport, page_id: str) -> str:
    """Create an incident and say in a few words what came back."""
    body = json.dumps({"incident": {"name": "Trouble", "deliver_notifications": True}}).encode()
    try:
        answer = await transport.send(
            Request("POST", f"/pages/{page_id}/incidents", body=body), timeout=TIMEOUT
        )
    except TransportError as error:
        after = f" after {error.head.status}" if error.head is not None else ""
        return f"{error.failure}{after}"
    waiting = answer.header("Retry-After")
    told = f", retry after {waiting}" if waiting is not None else ""
    return f"{answer.status} {_kind_of(answer.body)}{told}"


def _kind_of(body: bytes) -> str:
    if not body:
        return "empty"
    if body.startswith(b"<!DOCTYPE html>"):
        return "html"
    try:
        json.loads(body)
    except ValueError:
        return "unreadable"
    return "json"


def applied(simulator: Simulator, page_id: str) -> bool:
    """Say whether the incident is there, once and told once."""
    incidents, told = simulator.incidents(page_id), simulator.notifications
    assert len(incidents) == len(told) <= 1
    return bool(incidents)
