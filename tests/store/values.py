"""Plain values for tests that do not care which."""

from __future__ import annotations

from bridge.core.changes import Changes
from bridge.core.intents import Intent, IntentKind, OperationId, Target
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.pacing import Lane, Slot
from bridge.core.reasons import Reason
from bridge.core.signals import Labels, Signal, SignalState

NOW = 1_790_000_000.0


def signal(name: str, state: SignalState = SignalState.FAILING) -> Signal:
    return Signal(
        "alertmanager", Labels({"alertname": name}), state, since=NOW, received_at=NOW, expires_at=NOW + 300
    )


def entry(subject: str, *, page: str = "acme", at: float = NOW) -> JournalEntry:
    return JournalEntry(at, JournalKind.REQUEST, page, subject, Reason.CLAIMED)


def intent(name: str, *, began_at: float = NOW) -> Intent:
    return Intent(
        OperationId(name),
        IntentKind.SET_COMPONENT,
        Target(f"component:{name}"),
        "acme",
        began_at=began_at,
        deadline=began_at + 30,
        payload="{}",
    )


def slot(name: str) -> Slot:
    return Slot(OperationId(name), Lane.ROUTINE, NOW, NOW + 240)


def unit(subject: str) -> Changes:
    """One unit that is told from others by its journal entry."""
    return Changes(journal=[entry(subject)])


def unstorable(subject: str) -> Changes:
    """One unit that no database takes: a lone surrogate is no Unicode text."""
    return Changes(journal=[entry(subject), entry("\ud800")])
