"""What evaluation decided, as lines of the journal: each with what it takes to explain it later, when rules and signals are others. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
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
    from collections.abc import Iterable, Iterator, Mapping

    from bridge.core.claims import HoldKey
    from bridge.core.desired import IncidentPlace, Step
    from bridge.core.holds import Hold
    from bridge.core.incidents import IncidentMemory
    from bridge.core.journal import Fact
    from bridge.core.state import State

NO_DETAIL: Mapping[str, Fact] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class DecisionEntries:
    """What becomes an entry.

    Attributes:
        page: its name.
        state: the evaluation that decided.
        now: our clock.
    """

    page: str
    state: State
    now: float

    def of_step(self, taken: Step, *, trial: bool = False) -> list[JournalEntry]:
        """The lines of a step, in order. With `trial`, by rules that are not in force: nothing of it counts."""
        entries = [self._decision(decision) for decision in taken.decisions]
        if not trial:
            return entries
        return [replace(one, detail={**one.detail, "trial": True}) for one in entries]

    def of_other_rules(self, before: Memory, taken: Step) -> Iterator[JournalEntry]:
        """Lines of what came or went with other rules alone, without a decision: what was under a former id, was carried or grouped anew, or has no rule any more.

        Args:
            before: holds and incidents as the rules before left them.
            taken: the first step by those of now.
        """
        holds = {one.key for one in taken.decisions if isinstance(one, HoldDecision)}
        lives = (one.memory for one in taken.decisions if isinstance(one, IncidentDecision))
        known = {(memory.rule, memory.group) for memory in lives} | before.incidents.keys()
        after = Memory(
            {key: hold for key, hold in taken.holds.items() if key not in holds},
            {place: memory for place, memory in taken.incidents.items() if place not in known},
        )
        yield from self.of_difference(before, after, gone=taken.incidents_gone)

    def of_difference(
        self, before: Memory, after: Memory, *, gone: Iterable[IncidentPlace] = ()
    ) -> Iterator[JournalEntry]:
        """Lines of the holds and incidents that stand otherwise after than before, because of the rules."""
        for key, hold in after.holds.items():
            if before.holds.get(key, INACTIVE).phase is not hold.phase:
                yield self._hold(key, hold, Reason.RULES_CHANGED)
        for place, memory in after.incidents.items():
            if before.incidents.get(place) != memory:
                yield self._incident(memory, Reason.RULES_CHANGED)
        for rule, group in gone:
            closed: dict[str, Fact] = {"phase": IncidentPhase.CLOSED, **of_group(group)}
            yield self._entry(JournalKind.INCIDENT, rule, Reason.RULES_CHANGED, closed)

    def _decision(self, decision: Decision) -> JournalEntry:
        match decision:
            case HoldDecision():
                return self._hold(decision.key, decision.hold, decision.reason)
            case IncidentDecision():
                return self._incident(decision.memory, decision.reason)
            case SignalDecision():
                subject = f"{decision.key.source}:{decision.key.fingerprint}"
                return self._entry(JournalKind.SIGNAL, subject, decision.reason)
            case SourceDecision():
                return self._entry(JournalKind.SOURCE, decision.source, decision.reason)
            case SilenceDecision():
                silence = decision.silence
                covers = ", ".join(str(matcher) for matcher in silence.matchers)
                return self._entry(JournalKind.GUARD, silence.comment, decision.reason, {"matchers": covers})
            case BlastDecision():
                hold = decision.hold
                detail: dict[str, Fact] = {
                    "hold": hold.id,
                    "since": hold.since,
                    "components": ", ".join(hold.caps),
                }
                return self._entry(JournalKind.GUARD, "blast_radius", decision.reason, detail)

    def _hold(self, key: HoldKey, hold: Hold, reason: Reason) -> JournalEntry:
        detail: dict[str, Fact] = {"rule": key.rule, "status": key.status, "phase": hold.phase}
        if key.group:
            detail["group"] = key.group
        rule = self.state.rules.get(key.rule)
        if rule is None:
            return self._entry(JournalKind.HOLD, "", reason, detail)
        if rule.automation is not Automation.FULL:
            detail["automation"] = rule.automation
        if len(rule.conditions) > 1 or rule.needed(rule.conditions[0], key.status) > 1:
            counts = self.state.tallies.get((rule.id, key.group), NOTHING).counts(rule, key.status)
            detail["counted"] = "; ".join(map(str, counts))
        return self._entry(JournalKind.HOLD, rule.component, reason, detail)

    def _incident(self, memory: IncidentMemory, reason: Reason) -> JournalEntry:
        detail: dict[str, Fact] = {
            "phase": memory.phase,
            "episode": memory.episode,
            "sequence": memory.sequence,
            "worst": memory.high_water,
            **of_group(memory.group),
        }
        rule = self.state.incident_rules.get(memory.rule)
        if rule is not None and rule.automation is not Automation.FULL:
            detail["automation"] = rule.automation
        if reason is Reason.ABSORBED:
            detail["by"] = memory.absorbed_by
        return self._entry(JournalKind.INCIDENT, memory.rule, reason, detail)

    def _entry(
        self, kind: JournalKind, subject: str, reason: Reason, detail: Mapping[str, Fact] = NO_DETAIL
    ) -> JournalEntry:
        return JournalEntry(self.now, kind, self.page, subject, reason, detail)
