"""What evaluation decided, as lines of the journal: each with what it takes to explain it later, when rules and signals are others. Decides nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.desired import (
    BlastDecision,
    Decision,
    HoldDecision,
    IncidentDecision,
    Memory,
    SignalDecision,
    SilenceDecision,
    SourceDecision,
)
from bridge.core.holds import INACTIVE
from bridge.core.incidents import IncidentPhase
from bridge.core.journal import JournalEntry, JournalKind, of_group
from bridge.core.reasons import Reason
from bridge.core.statuses import Automation
from bridge.core.tallies import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bridge.core.claims import HoldKey
    from bridge.core.desired import IncidentPlace, Step
    from bridge.core.holds import Hold
    from bridge.core.incidents import IncidentMemory
    from bridge.core.journal import Fact
    from bridge.core.state import State


def decision_entries(
    page: str, state: State, taken: Step, now: float, *, trial: bool = False
) -> list[JournalEntry]:
    """The lines of a step, in order. With `trial`, by rules that are not in force: nothing of it counts."""
    entries = [_entry(page, state, decision, now) for decision in taken.decisions]
    if not trial:
        return entries
    return [replace(one, detail={**one.detail, "trial": True}) for one in entries]


def _entry(page: str, state: State, decision: Decision, now: float) -> JournalEntry:
    match decision:
        case HoldDecision():
            return _hold(page, state, decision.key, decision.hold, decision.reason, now)
        case IncidentDecision():
            return _incident(page, state, decision.memory, decision.reason, now)
        case SignalDecision():
            subject = f"{decision.key.source}:{decision.key.fingerprint}"
            return JournalEntry(now, JournalKind.SIGNAL, page, subject, decision.reason)
        case SourceDecision():
            return JournalEntry(now, JournalKind.SOURCE, page, decision.source, decision.reason)
        case SilenceDecision():
            silence = decision.silence
            covers = ", ".join(str(matcher) for matcher in silence.matchers)
            told: dict[str, Fact] = {"matchers": covers}
            return JournalEntry(now, JournalKind.GUARD, page, silence.comment, decision.reason, told)
        case BlastDecision():
            hold = decision.hold
            detail: dict[str, Fact] = {
                "hold": hold.id,
                "since": hold.since,
                "components": ", ".join(hold.caps),
            }
            return JournalEntry(now, JournalKind.GUARD, page, "blast_radius", decision.reason, detail)


def entries_of_other_rules(
    page: str, state: State, before: Memory, taken: Step, now: float
) -> Iterator[JournalEntry]:
    """Lines of what came or went with other rules alone, without a decision: what was under a former id, was carried or grouped anew, or has no rule any more.

    Args:
        page: its name.
        state: the evaluation, after the first step by these rules.
        before: holds and incidents as the rules before left them.
        taken: that step.
        now: our clock.
    """
    holds = {one.key for one in taken.decisions if isinstance(one, HoldDecision)}
    lived = {
        (one.memory.rule, one.memory.group) for one in taken.decisions if isinstance(one, IncidentDecision)
    }
    after = Memory(
        {key: hold for key, hold in taken.holds.items() if key not in holds},
        {
            place: memory
            for place, memory in taken.incidents.items()
            if place not in lived and place not in before.incidents
        },
    )
    yield from entries_of_difference(page, state, before, after, now, gone=taken.incidents_gone)


def entries_of_difference(
    page: str,
    state: State,
    before: Memory,
    after: Memory,
    now: float,
    *,
    gone: Iterable[IncidentPlace] = (),
) -> Iterator[JournalEntry]:
    """Lines of the holds and incidents that stand otherwise after than before, because of the rules."""
    for key, hold in after.holds.items():
        known = before.holds.get(key, INACTIVE)
        if known.phase is not hold.phase:
            yield _hold(page, state, key, hold, Reason.RULES_CHANGED, now)
    for place, memory in after.incidents.items():
        if before.incidents.get(place) != memory:
            yield _incident(page, state, memory, Reason.RULES_CHANGED, now)
    for rule, group in gone:
        detail: dict[str, Fact] = {"phase": IncidentPhase.CLOSED, **of_group(group)}
        yield JournalEntry(now, JournalKind.INCIDENT, page, rule, Reason.RULES_CHANGED, detail)


def _hold(page: str, state: State, key: HoldKey, hold: Hold, reason: Reason, now: float) -> JournalEntry:  # noqa: PLR0917
    detail: dict[str, Fact] = {"rule": key.rule, "status": key.status, "phase": hold.phase}
    if key.group:
        detail["group"] = key.group
    rule = state.rules.get(key.rule)
    if rule is None:
        return JournalEntry(now, JournalKind.HOLD, page, "", reason, detail)
    if rule.automation is not Automation.FULL:
        detail["automation"] = rule.automation
    if len(rule.conditions) > 1 or rule.needed(rule.conditions[0], key.status) > 1:
        counts = state.tallies.get((rule.id, key.group), NOTHING).counts(rule, key.status)
        detail["counted"] = "; ".join(map(str, counts))
    return JournalEntry(now, JournalKind.HOLD, page, rule.component, reason, detail)


def _incident(page: str, state: State, memory: IncidentMemory, reason: Reason, now: float) -> JournalEntry:
    detail: dict[str, Fact] = {
        "phase": memory.phase,
        "episode": memory.episode,
        "sequence": memory.sequence,
        "worst": memory.high_water,
        **of_group(memory.group),
    }
    rule = state.incident_rules.get(memory.rule)
    if rule is not None and rule.automation is not Automation.FULL:
        detail["automation"] = rule.automation
    if reason is Reason.ABSORBED:
        detail["by"] = memory.absorbed_by
    return JournalEntry(now, JournalKind.INCIDENT, page, memory.rule, reason, detail)
