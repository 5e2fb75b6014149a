"""What the journal says of what was received, and of times in which nobody watched. A history can be read from it (`bridge.simulation.replay`). Knows nothing of what is stored otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.journal import JournalEntry, JournalKind

if TYPE_CHECKING:
    from bridge.core.journal import Fact
    from bridge.core.reasons import Reason
    from bridge.core.signals import Signal, SignalState


def watched_anew(reason: Reason, now: float, *, away: float) -> JournalEntry:
    """Nobody watched for the last `away` seconds: what was received around that time is to be read so."""
    return JournalEntry(now, JournalKind.PROCESS, "", "daemon", reason, {"away": away})


def received(signal: Signal, reason: Reason, was: SignalState | None) -> JournalEntry:
    """All that it takes to tell what was received, and what was known before: entries before this one may have been forgotten."""
    detail: dict[str, Fact] = {
        "labels": signal.labels,
        "state": signal.state,
        "was": was,
        "since": signal.since,
        "detail": signal.detail,
    }
    if signal.counts_from > signal.received_at:
        detail["counts_from"] = signal.counts_from
    if signal.value is not None:
        detail["value"] = signal.value
    if signal.annotations:
        detail["annotations"] = signal.annotations
    subject = f"{signal.source}:{signal.labels.fingerprint}"
    return JournalEntry(signal.received_at, JournalKind.SIGNAL, "", subject, reason, detail)
