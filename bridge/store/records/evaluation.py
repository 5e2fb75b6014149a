"""Rows of what evaluation remembers: signals, holds, incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridge.core.claims import HoldKey
from bridge.core.holds import Hold, HoldPhase
from bridge.core.incidents import IncidentMemory, IncidentPhase
from bridge.core.reasons import Reason
from bridge.core.rules import ComponentName, IncidentRuleId, RuleId
from bridge.core.signals import AtExpiry, Signal, SignalKey, SignalState
from bridge.core.statuses import ComponentStatus
from bridge.store.records.values import (
    finite,
    finite_or_none,
    instants_from,
    instants_text,
    labels_from,
    labels_text,
    names_from,
    names_text,
    statuses_from,
    statuses_text,
    values_from,
    values_text,
)

if TYPE_CHECKING:
    from bridge.core.desired import IncidentPlace
    from bridge.store.statements import Row


def signal_row(signal: Signal) -> Row:
    """A signal's row."""
    return {
        "source": signal.source,
        "fingerprint": signal.labels.fingerprint,
        "labels": labels_text(signal.labels),
        "state": signal.state.value,
        "since": finite(signal.since, "a signal's since"),
        "received_at": finite(signal.received_at, "a signal's received_at"),
        "expires_at": finite(signal.expires_at, "a signal's expires_at"),
        "counts_from": finite(signal.counts_from, "a signal's counts_from"),
        "at_expiry": signal.at_expiry.value,
        "detail": signal.detail,
        "value": finite_or_none(signal.value, "a signal's value"),
        "annotations": labels_text(signal.annotations),
    }


def signal_key(key: SignalKey) -> Row:
    """The primary key of a signal's row."""
    return {"source": key.source, "fingerprint": key.fingerprint}


def signal_from(row: Any) -> Signal:
    """What `signal_row` wrote."""
    return Signal(
        row.source,
        labels_from(row.labels),
        SignalState(row.state),
        row.since,
        received_at=row.received_at,
        expires_at=row.expires_at,
        counts_from=row.counts_from,
        at_expiry=AtExpiry(row.at_expiry),
        detail=row.detail,
        value=row.value,
        annotations=labels_from(row.annotations),
    )


def hold_row(page: str, key: HoldKey, hold: Hold) -> Row:
    """A hold's row; an inactive one has none, but its key is the same."""
    return {
        "page": page,
        "rule": key.rule,
        "status": key.status.value,
        "group_fingerprint": key.group.fingerprint,
        "group_labels": labels_text(key.group),
        "phase": hold.phase.value,
        "since": finite(hold.since, "a hold's since"),
        "frozen_at": finite_or_none(hold.frozen_at, "a hold's frozen_at"),
    }


def hold_from(row: Any) -> tuple[str, HoldKey, Hold]:
    """What `hold_row` wrote: page, key, hold."""
    key = HoldKey(RuleId(row.rule), ComponentStatus(row.status), labels_from(row.group_labels))
    return row.page, key, Hold(HoldPhase(row.phase), row.since, row.frozen_at)


def incident_row(page: str, memory: IncidentMemory) -> Row:
    """An incident's row."""
    return {
        "page": page,
        "rule": memory.rule,
        "group_fingerprint": memory.group.fingerprint,
        "group_labels": labels_text(memory.group),
        "phase": memory.phase.value,
        "episode": memory.episode,
        "sequence": memory.sequence,
        "reason": None if memory.reason is None else memory.reason.value,
        "high_water": memory.high_water.value,
        "components": names_text(memory.components),
        "soaking_since": finite_or_none(memory.soaking_since, "an incident's soaking_since"),
        "frozen_at": finite_or_none(memory.frozen_at, "an incident's frozen_at"),
        "fired_at": memory.fired_at,
        "unproven_until": finite_or_none(memory.unproven_until, "an incident's unproven_until"),
        "labels": values_text(memory.labels),
        "causes": names_text(memory.causes),
        "identified_at": memory.identified_at,
        "moved_at": finite(memory.moved_at, "an incident's moved_at"),
        "stills": memory.stills,
        "kept": statuses_text(memory.kept),
        "grouped_by": None if memory.grouped_by is None else names_text(memory.grouped_by),
        "absorbed_by": memory.absorbed_by,
        "turns": instants_text(memory.turns, "an incident's turns"),
        "closed_at": finite(memory.closed_at, "an incident's closed_at"),
    }


def incident_place(page: str, place: IncidentPlace) -> Row:
    """The key of an incident's row."""
    return {"page": page, "rule": place[0], "group_fingerprint": place[1].fingerprint}


def incident_from(row: Any) -> tuple[str, IncidentMemory]:
    """What `incident_row` wrote: page, memory."""
    return row.page, IncidentMemory(
        IncidentRuleId(row.rule),
        labels_from(row.group_labels),
        IncidentPhase(row.phase),
        episode=row.episode,
        sequence=row.sequence,
        reason=None if row.reason is None else Reason(row.reason),
        high_water=ComponentStatus(row.high_water),
        components=names_from(row.components, ComponentName),
        soaking_since=row.soaking_since,
        frozen_at=row.frozen_at,
        unproven_until=row.unproven_until,
        fired_at=row.fired_at,
        labels=values_from(row.labels),
        kept=statuses_from(row.kept),
        grouped_by=None if row.grouped_by is None else names_from(row.grouped_by, str),
        absorbed_by=None if row.absorbed_by is None else IncidentRuleId(row.absorbed_by),
        causes=names_from(row.causes, str),
        identified_at=row.identified_at,
        moved_at=row.moved_at,
        stills=row.stills,
        turns=instants_from(row.turns),
        closed_at=row.closed_at,
    )
