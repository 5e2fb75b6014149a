"""A plan as JSON, for people and their tools. What the bodies say is what the page would be told; the rest is for operators. Must not know how a plan is made."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, assert_never

import msgspec

from bridge.core.operations import DraftPostmortem, PushPoints, SetComponent, WriteIncident, WriteMaintenance
from bridge.web.instants import instant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.planned import Cause, Sendable
    from bridge.web.plans import PlannedPage, PlannedRequest


def plan_document(pages: Iterable[PlannedPage]) -> dict[str, Any]:
    """What would be sent to each page, by its name."""
    return {"pages": {one.plan.page: _page(one) for one in pages}}


def _page(one: PlannedPage) -> dict[str, Any]:
    plan, offset = one.plan, one.offset
    return {
        "at": instant(plan.at, offset),
        "read_at": instant(plan.read_at, offset),
        "changes_by_itself_at": _later(plan.next_at, offset),
        "calls": [_call(number, request, one) for number, request in enumerate(one.requests, 1)],
        "waits": [
            {"reason": wait.reason, "text": wait.text, "until": _later(wait.until, offset)}
            for wait in plan.waits
        ],
    }


def _later(at: float, offset: float) -> str | None:
    return instant(at, offset) if math.isfinite(at) else None


def _call(number: int, request: PlannedRequest, page: PlannedPage) -> dict[str, Any]:
    operation = request.call.operation
    return {
        "number": number,
        "method": request.method,
        "path": request.path,
        "body": msgspec.json.decode(request.body),
        "reason": operation.reason,
        **_about(operation, page),
        "causes": [_cause(cause, page.offset) for cause in request.call.causes],
        "notifies": "subscribers" if _notifies(operation) else "nobody",
        # No call of the daemon's tells who would be: those of a page and of its components are not the same.
        "subscribers": "unknown" if _notifies(operation) else 0,
        **({"later": later} if (later := _later_mails(operation)) else {}),
        **({"presumes": request.call.presumes} if request.call.presumes else {}),
    }


def _about(operation: Sendable, page: PlannedPage) -> dict[str, Any]:
    """Which rule, incident or component a call is about, and what it sets."""
    match operation:
        case WriteIncident():
            return {
                "incident": operation.place[0],
                "group": dict(operation.place[1]),
                "sets": {_name(page, one): status for one, status in operation.components},
                **({"silenced": True} if operation.silenced else {}),
                **({"withheld": list(operation.withheld)} if operation.withheld else {}),
                **({"draft": operation.draft} if operation.draft else {}),
            }
        case WriteMaintenance():
            return {"maintenance": operation.rule}
        case SetComponent():
            return {"component": _name(page, operation.component_id)}
        case PushPoints():
            return {
                "metrics": len(operation.points),
                "points": sum(len(one) for _, _, one in operation.points),
            }
        case DraftPostmortem():
            return {"incident_id": operation.incident_id}
        case _:
            assert_never(operation)


def _notifies(operation: Sendable) -> bool:
    return isinstance(operation, WriteIncident | WriteMaintenance) and operation.notify


def _later_mails(operation: Sendable) -> list[str]:
    """What the page itself mails later because of a maintenance."""
    if not isinstance(operation, WriteMaintenance):
        return []
    asked = {
        "an hour before it begins": operation.remind,
        "when it begins": operation.notify_begin,
        "when it ends": operation.notify_end,
    }
    return [when for when, wanted in asked.items() if wanted]


def _cause(cause: Cause, offset: float) -> dict[str, Any]:
    return {
        "rule": cause.key.rule,
        "component": cause.component,
        "status": cause.key.status,
        "group": dict(cause.key.group),
        "phase": cause.phase,
        "since": instant(cause.since, offset),
        "failing": cause.failing,
        "signals": [
            {
                "source": signal.key.source,
                "labels": dict(signal.labels),
                "since": instant(signal.since, offset),
                "detail": signal.detail,
            }
            for signal in cause.signals
        ],
    }


def _name(page: PlannedPage, component_id: str) -> str:
    return page.components.get(component_id, f"id:{component_id}")
