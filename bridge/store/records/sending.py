"""Rows of what was begun and told: intents, slots, the ledger, bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridge.core.incidents import IncidentKey
from bridge.core.intents import Intent, IntentKind, IntentState, OperationId, Target
from bridge.core.ledger import ComponentTold, IncidentTold
from bridge.core.pacing import Lane, Slot
from bridge.core.reasons import Reason
from bridge.core.rules import ComponentName, IncidentRuleId
from bridge.core.statuses import ComponentStatus, IncidentStatus
from bridge.store.records.values import (
    finite,
    finite_or_none,
    labels_from,
    labels_text,
    names_from,
    names_text,
)

if TYPE_CHECKING:
    from bridge.store.statements import Row


def intent_row(intent: Intent) -> Row:
    """An intent's row."""
    return {
        "operation": intent.operation,
        "kind": intent.kind.value,
        "target": intent.target,
        "touches": names_text(intent.touches),
        "page": intent.page,
        "began_at": finite(intent.began_at, "an intent's began_at"),
        "deadline": finite(intent.deadline, "an intent's deadline"),
        "payload": intent.payload,
        "state": intent.state.value,
        "reason": None if intent.reason is None else intent.reason.value,
        "incident_id": intent.incident_id,
    }


def intent_from(row: Any) -> Intent:
    """What `intent_row` wrote."""
    return Intent(
        OperationId(row.operation),
        IntentKind(row.kind),
        Target(row.target),
        row.page,
        began_at=row.began_at,
        deadline=row.deadline,
        payload=row.payload,
        state=IntentState(row.state),
        reason=None if row.reason is None else Reason(row.reason),
        incident_id=row.incident_id,
        touches=names_from(row.touches, Target),
    )


def slot_row(budget: str, slot: Slot) -> Row:
    """A slot's row."""
    return {
        "operation": slot.operation,
        "budget": budget,
        "lane": slot.lane.value,
        "taken_at": finite(slot.taken_at, "a slot's taken_at"),
        "held_until": finite(slot.held_until, "a slot's held_until"),
    }


def slot_from(row: Any) -> tuple[str, Slot]:
    """What `slot_row` wrote: budget, slot."""
    return row.budget, Slot(OperationId(row.operation), Lane(row.lane), row.taken_at, row.held_until)


def component_told_row(told: ComponentTold) -> Row:
    """The row of what a component was told."""
    return {
        "page": told.page,
        "component_id": told.component_id,
        "status": told.status.value,
        "operation": told.operation,
        "told_at": finite(told.told_at, "a component's told_at"),
        "possible": names_text(told.possible),
        "unsettled_until": finite_or_none(told.unsettled_until, "a component's unsettled_until"),
    }


def component_told_from(row: Any) -> ComponentTold:
    """What `component_told_row` wrote."""
    return ComponentTold(
        row.page,
        row.component_id,
        ComponentStatus(row.status),
        OperationId(row.operation),
        told_at=row.told_at,
        possible=names_from(row.possible, ComponentStatus),
        unsettled_until=row.unsettled_until,
    )


def incident_told_row(told: IncidentTold) -> Row:
    """The row of what was told in an incident."""
    rule, group = told.place
    return {
        "key": told.key,
        "page": told.page,
        "rule": rule,
        "group_labels": labels_text(group),
        "incident_id": told.incident_id,
        "episode": told.episode,
        "sequence": told.sequence,
        "status": told.status.value,
        "high_water": told.high_water.value,
        "component_ids": names_text(told.component_ids),
        "operation": told.operation,
        "told_at": finite(told.told_at, "an incident's told_at"),
        "update_id": told.update_id,
        "yielded": told.yielded,
        "announced": told.announced,
        "identified_at": told.identified_at,
    }


def incident_told_from(row: Any) -> IncidentTold:
    """What `incident_told_row` wrote."""
    return IncidentTold(
        row.page,
        (IncidentRuleId(row.rule), labels_from(row.group_labels)),
        IncidentKey(row.key),
        row.incident_id,
        episode=row.episode,
        sequence=row.sequence,
        status=IncidentStatus(row.status),
        high_water=ComponentStatus(row.high_water),
        component_ids=names_from(row.component_ids, str),
        operation=OperationId(row.operation),
        told_at=row.told_at,
        update_id=row.update_id,
        yielded=row.yielded,
        announced=row.announced,
        identified_at=row.identified_at,
    )


def binding_row(page: str, name: ComponentName, component_id: str) -> Row:
    """A binding's row."""
    return {"page": page, "name": name, "component_id": component_id}


def binding_from(row: Any) -> tuple[str, ComponentName, str]:
    """What `binding_row` wrote: page, name, component id."""
    return row.page, ComponentName(row.name), row.component_id
