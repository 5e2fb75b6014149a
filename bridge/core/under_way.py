"""Writes that were begun about something and have not ended: on their way, or lost and not settled yet. For explanations; nothing decides by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.intents import IntentKind, IntentState
from bridge.core.payload import decode_component_write, decode_incident_write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.intents import Intent, OperationId, Target
    from bridge.core.page import Page
    from bridge.core.reasons import Reason


@dataclass(frozen=True, slots=True)
class UnderWay:
    """One write that was begun.

    Attributes:
        operation: its name, as in the journal.
        status: what it sets, of an incident or of the component that was asked about; empty for a quiet change.
        reason: why it was sent.
        began_at: our clock.
        failure: why nobody knows what became of it; None while its answer is awaited.
        settled_at: our clock; when it has been applied, if it ever will be: then it is looked for. None while its answer is awaited.
    """

    operation: OperationId
    status: str
    reason: Reason
    began_at: float
    failure: Reason | None
    settled_at: float | None


def writes_under_way(page: Page, target: Target) -> Iterator[UnderWay]:
    """The writes to a target that were begun, those included on which it only rides. Cost: the requests under way."""
    for intent in page.intents.values():
        if target == intent.target or target in intent.touches:
            lost = intent.state is IntentState.UNKNOWN
            status, reason = _said(page, intent, target)
            yield UnderWay(
                intent.operation,
                status,
                reason,
                intent.began_at,
                intent.reason if lost else None,
                intent.settled_at(page.settings.settle_for) if lost else None,
            )


def _said(page: Page, intent: Intent, target: Target) -> tuple[str, Reason]:
    if intent.kind is IntentKind.SET_COMPONENT:
        component = decode_component_write(page.name, intent.payload)
        return component.status, component.reason
    write = decode_incident_write(page.name, intent.payload)
    if target == intent.target:
        return write.status or "", write.reason
    return next((part.status for part in write.parts if part.target == target), ""), write.reason
