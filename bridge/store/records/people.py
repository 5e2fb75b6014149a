"""Rows of what people told and did, and of what guards remember."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridge.core.commands import CommandId, Issued, Standing, StandingKind
from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.people import Taken
from bridge.core.statuses import ComponentStatus
from bridge.store.records.values import finite, finite_or_none

if TYPE_CHECKING:
    from bridge.store.statements import Row


def standing_row(standing: Standing) -> Row:
    """The row of what an operator told."""
    issued = standing.issued
    return {
        "page": standing.page,
        "kind": standing.kind.value,
        "subject": standing.subject,
        "value": standing.value,
        "until": finite_or_none(standing.until, "a command's until"),
        "issued_id": issued.id,
        "issued_at": finite(issued.at, "a command's instant"),
        "issued_by": issued.by,
        "note": issued.note,
    }


def standing_from(row: Any) -> Standing:
    """What `standing_row` wrote."""
    issued = Issued(CommandId(row.issued_id), row.issued_at, row.issued_by, row.note)
    return Standing(row.page, StandingKind(row.kind), row.subject, row.value, row.until, issued)


def taken_row(taken: Taken) -> Row:
    """The row of a component that is a person's."""
    return {
        "page": taken.page,
        "component_id": taken.component_id,
        "status": taken.status.value,
        "since": finite(taken.since, "a component's since"),
        "until": finite_or_none(taken.until, "a component's until"),
    }


def taken_from(row: Any) -> Taken:
    """What `taken_row` wrote."""
    return Taken(row.page, row.component_id, ComponentStatus(row.status), since=row.since, until=row.until)


def guard_row(record: GuardRecord) -> Row:
    """The row of what a guard remembers."""
    return {
        "page": record.page,
        "kind": record.kind.value,
        "subject": record.subject,
        "at": finite(record.at, "a guard's instant"),
        "value": record.value,
    }


def guard_from(row: Any) -> GuardRecord:
    """What `guard_row` wrote."""
    return GuardRecord(row.page, GuardKind(row.kind), row.subject, at=row.at, value=row.value)


def subject_key(page: str, kind: str, subject: str) -> Row:
    """The key of one row of either table."""
    return {"page": page, "kind": str(kind), "subject": subject}
