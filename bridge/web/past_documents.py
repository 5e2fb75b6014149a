"""Accounts of the past as JSON, for tools, with their lines for people. Must not know where the journal's lines come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridge.core.past_obstacles import group_in, text_in
from bridge.core.past_signals import Received
from bridge.core.recollection import recollect
from bridge.core.recollection_lines import MOST_SIGNALS, recollection_lines
from bridge.core.rules import RuleId
from bridge.core.signals import Labels
from bridge.web.instants import instant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.journal import JournalEntry
    from bridge.core.past_signals import PastSignal
    from bridge.core.recollection import PastChange, Recorded, Subject
    from bridge.core.rules import ComponentRule


def past_document(
    subject: Subject, past: Recorded, at: float, *, offset: float, rules: Mapping[RuleId, ComponentRule]
) -> dict[str, Any]:
    """What was of one thing.

    Args:
        subject: what.
        past: what the journal has.
        at: our clock.
        offset: seconds by which the time of day is ahead of it.
        rules: those of now, by which signals are found; empty where none are known.
    """
    account = recollect(subject, past.entries, at)
    received = Received.of(past.signals)
    signals = {
        number: list(received.behind(hold, rule))
        for number, hold in enumerate(account.holds)
        if (rule := rules.get(RuleId(text_in(hold, "rule")))) is not None
    }

    def spelled(one: float) -> str:
        return instant(one, offset) or ""

    return {
        "kind": "component" if subject.component_id or not subject.rules else "incident",
        "name": subject.name,
        "component_id": subject.component_id or None,
        "told": account.status or None,
        "told_at": instant(account.told_at, offset),
        "holds": [
            {
                "rule": text_in(hold, "rule"),
                "status": text_in(hold, "status"),
                "group": dict(group_in(hold)),
                "phase": text_in(hold, "phase"),
                "since": spelled(hold.at),
                "reason": hold.reason,
                "counted": text_in(hold, "counted") or None,
                "automation": text_in(hold, "automation") or "full",
                "signals": [
                    _signal(one, spelled(one.since)) for one in signals.get(number, [])[:MOST_SIGNALS]
                ],
            }
            for number, hold in enumerate(account.holds)
        ],
        "incidents": [_line(one, offset) for one in account.incidents],
        "obstacles": [
            {
                "reason": one.reason,
                "about": one.about,
                "by": one.by,
                "since": instant(one.since, offset),
                "until": instant(one.until, offset),
            }
            for one in account.obstacles
        ],
        "changes": [_change(one, offset) for one in account.changes],
        "since": [_line(one, offset) for one in account.since],
        "lines": list(recollection_lines(account, spelled, signals)),
    }


def _signal(one: PastSignal, since: str) -> dict[str, Any]:
    threshold = one.threshold
    return {
        "source": one.source,
        "labels": dict(one.labels),
        "state": one.state,
        "since": since,
        "value": one.value,
        "threshold": None if threshold is None else f"{threshold.comparison} {threshold.bound:g}",
        "detail": one.detail,
    }


def _change(change: PastChange, offset: float) -> dict[str, Any]:
    outcome, lost = change.outcome, change.lost
    return {
        "operation": change.operation,
        "at": instant(change.request.at, offset),
        "status": change.status or None,
        "reason": change.request.reason,
        "rides_on": text_in(change.request, "rule") if change.rides else None,
        "lost": lost.reason if lost is not None else None,
        "outcome": outcome.reason if outcome is not None else None,
        "outcome_at": instant(outcome.at, offset) if outcome is not None else None,
        "because": [_line(one, offset) for one in change.because],
    }


def _line(entry: JournalEntry, offset: float) -> dict[str, Any]:
    detail = {
        name: dict(value.items()) if isinstance(value, Labels) else value
        for name, value in entry.detail.items()
    }
    return {
        "at": instant(entry.at, offset),
        "kind": entry.kind,
        "subject": entry.subject,
        "reason": entry.reason,
        "detail": detail,
    }
