"""The incremental evaluation: only what a changed signal or a due instant can concern is looked at again.

`step` gives the same answers as `bridge.core.evaluation.evaluate`; the cost of a change is that of the rules under its labels, the cost of time that of what is due. There is
one heap of instants for all that moves by itself. An entry that has been overtaken stays in the heap and is passed over when its time comes, so that a repeated signal moves
its expiry for nothing.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from bridge.core.advancing import advance_incidents
from bridge.core.blast import UNLIMITED, advance_blast, blast_due_at, capped, is_held
from bridge.core.carrying import carried_holds
from bridge.core.claims import Claim, HoldKey
from bridge.core.desired import (
    BlastDecision,
    Decision,
    HoldDecision,
    SignalDecision,
    SourceDecision,
    Step,
)
from bridge.core.health import is_silent, seen_changes_after, seen_state
from bridge.core.holds import INACTIVE, NEVER, Hold, HoldPhase, HoldTimes, Truth, advance_hold, due_at
from bridge.core.incidents import Coverage, IncidentMemory
from bridge.core.lowering import just_ended
from bridge.core.reasons import Reason
from bridge.core.renames import renamed_holds, renamed_incidents
from bridge.core.rules import CountLadder
from bridge.core.signals import Labels, Signal, SignalKey, SignalState
from bridge.core.sparing import maintain, turn_silences
from bridge.core.state import State, Timer
from bridge.core.statuses import Automation, ComponentStatus, worst
from bridge.core.tallies import NOTHING, Tally, entry_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.core.blast import Blast, BlastTerms, Caps
    from bridge.core.desired import IncidentPlace
    from bridge.core.health import SourceHealth
    from bridge.core.rules import ComponentName, ComponentRule, IncidentRule
    from bridge.core.state import Instance, Wake


def step(
    state: State,
    changes: Iterable[Signal],
    now: float,
    *,
    sources: Iterable[SourceHealth] = (),
    terms: BlastTerms = UNLIMITED,
    maintained: Mapping[ComponentName, float] | None = None,
) -> Step:
    """Bring `state` to `now`, with the signals and the healths of sources that changed since the last step.

    `maintained` are all components that are under maintenance now, or were a moment ago, each with until when nothing begins to be claimed of it; None where that is as in the last step.

    The ruleset is the state's own; another ruleset is another state, made from the same signals, sources and memory.

    Cost: for each changed signal, its labels and the rules under them; for each source that went blind or sees again, its signals; then what became due.
    """
    work = _Work(state, now, terms)
    if not state.restored:
        work.restore()
    work.adopt()
    work.spare(maintained)
    for health in sources:
        work.hear(health)
    for signal in changes:
        state.signals[signal.key] = signal
        work.count(signal)
    work.wake()
    work.settle_holds()
    work.settle_blast()
    work.settle_incidents()
    return work.result()


class _Work:
    """One step under way: what is dirty, and what has been decided."""

    def __init__(self, state: State, now: float, terms: BlastTerms) -> None:
        self.state = state
        self.now = now
        self.terms = terms
        self.touched: dict[ComponentName, ComponentStatus] = {}
        """Components whose claims were looked at, each with its worst claim before."""
        self.blast: Blast | None = None
        self.ended: Mapping[ComponentName, ComponentStatus] = {}
        """Components whose last claim ended, each with what it showed."""
        self.dirty_instances: dict[Instance, None] = {}
        self.dirty_incidents: dict[IncidentPlace, None] = {}
        self.decisions: list[Decision] = []
        self.holds: dict[HoldKey, Hold] = {}
        self.incidents: dict[IncidentPlace, IncidentMemory] = {}
        self.incidents_gone: list[IncidentPlace] = []
        self.forgotten: list[SignalKey] = []

    def restore(self) -> None:
        """Look at all that is remembered once, after a start or a reload. What no rule stands for any more is let go."""
        state = self.state
        state.restored = True
        self._rename()
        carried = carried_holds(state.memory.holds, state.rules)
        state.memory.holds.update(carried)
        self.holds.update(carried)
        for key, hold in list(state.memory.holds.items()):
            rule = state.rules.get(key.rule)
            if rule is None or key.status not in rule.statuses:
                del state.memory.holds[key]
                self.holds[key] = INACTIVE
                continue
            if hold.claims:
                self._claim(rule, key)
            self._schedule(key, due_at(hold, HoldTimes(rule.for_, rule.keep_firing_for)))
            self.dirty_instances[key.rule, key.group] = None
        self.dirty_instances.update(state.always_known)
        for place, memory in state.memory.incidents.items():
            # An incident whose rule is gone stays as it is: it is listed and left alone until a person decides.
            state.desired.incidents[place] = memory
            state.absorption.note(memory)
            if place[0] in state.incident_rules:
                self.dirty_incidents[place] = None
        # What was claimed in the last life was judged there.
        self.touched = dict(state.claimed)

    def _rename(self) -> None:
        """What stands under a former id of a rule goes on under the one of now."""
        memory, ruleset = self.state.memory, self.state.ruleset
        for key, holds in renamed_holds(memory.holds, ruleset.former_rules).items():
            del memory.holds[key]
            memory.holds.update(holds)
            self.holds.update({key: INACTIVE} | holds)
        for place, incidents in renamed_incidents(memory.incidents, ruleset.former_incidents).items():
            del memory.incidents[place]
            self.incidents_gone.append(place)
            memory.incidents.update(incidents)
            self.incidents.update(incidents)

    def adopt(self) -> None:
        """Take up incidents that were found on the page; what is remembered already is not replaced."""
        state = self.state
        for memory in state.adopted:
            place = (memory.rule, memory.group)
            if place not in state.memory.incidents and memory.rule in state.incident_rules:
                state.memory.incidents[place] = state.desired.incidents[place] = self.incidents[place] = (
                    memory
                )
                self.dirty_incidents[place] = None
        state.adopted.clear()

    def spare(self, maintained: Mapping[ComponentName, float] | None) -> None:
        """Look again at the signals of silences that began or ended, and at the holds of what came under maintenance, or is no more."""
        turned = turn_silences(self.state, self.now)
        self.decisions.extend(turned.decisions)
        self._schedule(Timer.SILENCE, self.state.silences.turns_at)
        for signal in turned.signals:
            self.count(signal)
        self.dirty_instances.update(maintain(self.state, maintained))

    def hear(self, health: SourceHealth) -> None:
        """Enter a source's health. Its signals are looked at again if they count for something else by it."""
        state, source = self.state, health.source
        if source not in state.sources:
            state.of_source[source] = {key: None for key in state.signals if key.source == source}
        state.sources[source] = health
        if not health.sees(self.now):
            self._go_blind(source)
        elif source in state.blind_sources:
            state.blind_sources.discard(source)
            self.decisions.append(SourceDecision(source, Reason.SOURCE_SEES))
            self._count_source(source)
        self._schedule(source, health.blind_from if health.sees(self.now) else NEVER)

    def _go_blind(self, source: str) -> None:
        if source not in self.state.blind_sources:
            self.state.blind_sources.add(source)
            self.decisions.append(SourceDecision(source, Reason.SOURCE_BLIND))
        self._count_source(source)

    def _count_source(self, source: str) -> None:
        for key in list(self.state.of_source[source]):
            self.count(self.state.signals[key])

    def count(self, signal: Signal) -> None:
        """Take a signal's old contributions back and enter the new ones."""
        state, key = self.state, signal.key
        for counted, old in state.entries.pop(key, ()):
            state.tallies[counted].add(old, key.source, -1)
            self.dirty_instances[counted] = None
        self._unpublish(key)
        health = state.sources.get(key.source)
        if health is not None:
            state.of_source[key.source][key] = None
        silenced = state.silences.covers(signal.labels)
        known = seen_state(signal, health, self.now, silenced=silenced)
        self._count_unmapped(signal, known)
        if known is None:
            state.signals.pop(key, None)
            state.scheduled.pop(key, None)
            if health is not None:
                del state.of_source[key.source][key]
            self.forgotten.append(key)
            return
        entries = []
        failing: dict[HoldKey, ComponentRule] = {}
        silent = not silenced and is_silent(signal, health, self.now)
        # What is ok counts in few conditions, so the others need not even be found.
        index = state.ok_index if known is SignalState.OK else state.index
        for watch in index.matching(signal.labels):
            entry = entry_of(watch, signal.labels, known, silent=silent)
            if entry is None:
                continue
            rule = watch.rule
            instance = (rule.id, signal.labels.only(state.group_labels[rule.component]))
            state.tallies.setdefault(instance, Tally()).add(entry, key.source)
            entries.append((instance, entry))
            if entry.state is SignalState.FAILING and state.public_labels[rule.component]:
                failing[HoldKey(rule.id, entry.status, instance[1])] = rule
            self.dirty_instances[instance] = None
        if entries:
            state.entries[key] = tuple(entries)
        for hold, rule in failing.items():  # once for a rule, in however many of its conditions
            self._publish(signal, rule, hold)
        self._schedule(key, NEVER if silenced else seen_changes_after(signal, health, self.now))

    def _publish(self, signal: Signal, rule: ComponentRule, hold: HoldKey) -> None:
        """Count the public labels of a signal that counts as failing; incidents that may show them are looked at."""
        labels = signal.labels.only(self.state.public_labels[rule.component])
        if labels:
            self.state.published.enter(signal.key, hold, labels)
            self._dirty(rule.component, hold.group)

    def _unpublish(self, key: SignalKey) -> None:
        state = self.state
        for hold in state.published.leave(key):
            self._dirty(state.rules[hold.rule].component, hold.group)

    def _count_unmapped(self, signal: Signal, known: SignalState | None) -> None:
        state = self.state
        state.unmapped.pop(signal.key, None)
        if known in {SignalState.FAILING, SignalState.UNKNOWN} and any(
            True for _ in state.unmapped_index.matching(signal.labels)
        ):
            state.unmapped[signal.key] = None
        state.desired.unmapped = len(state.unmapped)

    def wake(self) -> None:
        """Take from the heap all that is due."""
        state = self.state
        while state.heap and state.heap[0][0] <= self.now:
            at, _, wake = heapq.heappop(state.heap)
            if state.scheduled.get(wake) != at:
                continue  # overtaken
            del state.scheduled[wake]
            match wake:
                case SignalKey():
                    self._wake_signal(wake)
                case HoldKey():
                    self.dirty_instances[wake.rule, wake.group] = None
                case str():
                    self._wake_source(wake)
                case Timer():
                    pass  # each step looks at them
                case _:
                    self.dirty_incidents[wake] = None

    def _wake_source(self, source: str) -> None:
        health = self.state.sources[source]
        if health.sees(self.now):  # it has succeeded since
            self._schedule(source, health.blind_from)
        else:
            self._go_blind(source)

    def _wake_signal(self, key: SignalKey) -> None:
        signal = self.state.signals.get(key)
        if signal is None:
            return
        if signal.expires_at <= self.now:
            self.decisions.append(SignalDecision(key, Reason.SIGNAL_EXPIRED))
        elif 0 < signal.counts_from <= self.now:
            self.decisions.append(SignalDecision(key, Reason.SIGNAL_CHANGED))
        self.count(signal)

    def settle_holds(self) -> None:
        state = self.state
        for instance in self.dirty_instances:
            rule = state.rules[instance[0]]
            tally = state.tallies.get(instance, NOTHING)
            keys = [HoldKey(rule.id, status, instance[1]) for status in rule.statuses]
            stands = (
                bool(tally)
                or instance in state.always_known
                or any(key in state.memory.holds for key in keys)
            )
            for key in keys:
                self._settle_hold(rule, key, tally.truth(rule, key.status) if stands else Truth.FALSE)
            if not tally:
                state.tallies.pop(instance, None)

    def _settle_hold(self, rule: ComponentRule, key: HoldKey, truth: Truth) -> None:
        state = self.state
        times = HoldTimes(rule.for_, rule.keep_firing_for)
        before = state.memory.holds.get(key, INACTIVE)
        until = state.maintained.get(rule.component, 0.0)
        hold, reason = advance_hold(before, truth, times, self.now, maintained=self.now < until)
        # What is true and may not be claimed is no recovery either.
        spared = self.now < until and truth is Truth.TRUE and not hold.claims
        self._note_blindness(rule, key, Truth.UNKNOWN if spared else truth)
        if hold.phase is HoldPhase.INACTIVE:
            self._schedule(key, until if spared else NEVER)
        if hold == before:
            return
        if hold.phase is HoldPhase.INACTIVE:
            hold = INACTIVE
            state.memory.holds.pop(key, None)
        else:
            state.memory.holds[key] = hold
        self.holds[key] = hold
        if reason is not None:
            self.decisions.append(HoldDecision(key, hold, reason, rule.component))
        if hold.claims and not before.claims:
            self._claim(rule, key)
        elif before.claims and not hold.claims:
            state.claims[rule.component].pop(key, None)
            self._touch(rule.component, key.group)
        if hold.phase is not HoldPhase.INACTIVE:
            self._schedule(key, due_at(hold, times))

    def _claim(self, rule: ComponentRule, key: HoldKey) -> None:
        claim = Claim(key, rule.component, key.status, key.group, shadow=rule.automation is Automation.SHADOW)
        self.state.claims.setdefault(rule.component, {})[key] = claim
        self._touch(rule.component, key.group)

    def _note_blindness(self, rule: ComponentRule, key: HoldKey, truth: Truth) -> None:
        blind = self.state.blind.setdefault(rule.component, {})
        if (truth is Truth.UNKNOWN) is (key in blind):
            return
        if truth is Truth.UNKNOWN:
            blind[key] = None
        else:
            del blind[key]
        self._touch(rule.component, key.group)

    def _touch(self, component: ComponentName, group: Labels) -> None:
        """A component's claims changed: its desired status follows, the incidents over it are dirty."""
        state = self.state
        self.touched.setdefault(component, state.claimed.get(component, ComponentStatus.OPERATIONAL))
        claims = state.claims.get(component, {})
        for shadow, statuses in ((False, state.claimed), (True, state.desired.would_have)):
            made = [claim.status for claim in claims.values() if claim.shadow is shadow]
            if made:
                statuses[component] = worst(made)
            else:
                statuses.pop(component, None)
        self._dirty(component, group)

    def _dirty(self, component: ComponentName, group: Labels) -> None:
        for incident in self.state.covering.get(component, ()):
            self.dirty_incidents[incident.id, group.only(incident.group_by)] = None

    def settle_blast(self) -> None:
        """Hold what got worse together with too much else; then desired statuses follow the claims as far as they are let through."""
        state = self.state
        before = state.memory.blast
        worse = {
            name: earlier
            for name, earlier in self.touched.items()
            if state.claimed.get(name, ComponentStatus.OPERATIONAL).severity > earlier.severity
        }
        blast, reasons = advance_blast(
            before, worse, state.claimed, self._sources_behind, terms=self.terms, now=self.now
        )
        if blast != before:
            state.memory.blast = self.blast = blast
        hold = blast.hold or before.hold
        if hold is not None:
            self.decisions.extend(BlastDecision(hold, reason) for reason in reasons)
        self._schedule(Timer.BLAST, blast_due_at(blast, self.terms))
        self._show(before.caps, blast.caps)

    def _show(self, before: Caps, caps: Caps) -> None:
        state = self.state
        for name in dict.fromkeys((*before, *caps)):
            if before.get(name) is not caps.get(name):
                self.touched.setdefault(name, state.claimed.get(name, ComponentStatus.OPERATIONAL))
                for key in state.claims.get(name, ()):
                    self._dirty(name, key.group)
        for name in self.touched:
            status = capped(state.claimed.get(name, ComponentStatus.OPERATIONAL), caps.get(name))
            if status is ComponentStatus.OPERATIONAL:
                state.desired.components.pop(name, None)
            else:
                state.desired.components[name] = status
        state.desired.held = frozenset(caps)
        self.ended = just_ended(self.touched, state.claimed, before=before, caps=caps)

    def _sources_behind(self, caps: Caps) -> set[str]:
        """The sources of failing signals that claim more than a held component may show."""
        state = self.state
        return {
            source
            for name, cap in caps.items()
            for key, claim in state.claims.get(name, {}).items()
            if not claim.shadow
            # That enough fail for something milder says nothing for the worse rungs of the same rule.
            if claim.status.severity > cap.severity
            or not isinstance(state.rules[key.rule].status, CountLadder)
            for source in state.tallies.get((key.rule, key.group), NOTHING).sources_above(cap)
        }

    def settle_incidents(self) -> None:
        """Advance the incidents that may differ, and have components whose claims have ended wait for theirs, where rules say so."""
        state = self.state
        advanced = advance_incidents(state, self.dirty_incidents, self._coverage, self.now)
        self.decisions.extend(advanced.decisions)
        self.incidents.update(advanced.changed)
        for place, at in advanced.due.items():
            self._schedule(place, at)
        self.incidents.update(
            state.lowering.settle(state, advanced.waiting, ended=self.ended, looked_at=self.touched)
        )

    def _coverage(self, rule: IncidentRule, group: Labels) -> Coverage:
        state = self.state
        shadow = rule.automation is Automation.SHADOW
        caps = state.memory.blast.caps
        overall = ComponentStatus.OPERATIONAL
        raised: list[ComponentName] = []
        blind = False
        raising: list[HoldKey] = []
        causes: list[tuple[int, str]] = []
        for name in rule.components:
            counted = [
                (claim, claim.status if claim.shadow else capped(claim.status, caps.get(name)))
                for claim in state.claims.get(name, {}).values()
                if (shadow or not claim.shadow) and claim.group.only(rule.group_by) == group
            ]
            status = worst(status for _, status in counted)
            for claim, let_through in counted if rule.public_labels or state.causes else ():
                if let_through.severity > rule.close_at.severity:
                    raising.append(claim.key)
                    if claim.key.rule in state.causes:
                        causes.append(state.causes[claim.key.rule])
            if status.severity > rule.close_at.severity:
                raised.append(name)
            overall = worst((overall, status))
            blind = blind or any(key.group.only(rule.group_by) == group for key in state.blind.get(name, ()))
            blind = blind or any(
                is_held(claim, caps.get(name)) and claim.group.only(rule.group_by) == group
                for claim in state.claims.get(name, {}).values()
            )
        labels = state.published.behind(raising, rule.public_labels) if rule.public_labels else ()
        found = tuple(dict.fromkeys(cause for _, cause in sorted(causes)))
        return Coverage(overall, tuple(raised), blind, labels, found)

    def _schedule(self, wake: Wake, at: float) -> None:
        state = self.state
        if at == NEVER:
            state.scheduled.pop(wake, None)
        elif state.scheduled.get(wake) != at:
            state.scheduled[wake] = at
            state.pushed += 1
            heapq.heappush(state.heap, (at, state.pushed, wake))

    def result(self) -> Step:
        state = self.state
        while state.heap and state.scheduled.get(state.heap[0][2]) != state.heap[0][0]:
            heapq.heappop(state.heap)
        return Step(
            tuple(self.decisions),
            self.holds,
            self.incidents,
            # What was reported again in this very step is not gone.
            tuple(key for key in self.forgotten if key not in state.signals),
            state.heap[0][0] if state.heap else NEVER,
            self.blast,
            tuple(self.incidents_gone),
        )
