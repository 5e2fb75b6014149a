"""The incremental evaluation: only what a changed signal or a due instant can concern is looked at again.

`step` gives the same answers as `bridge.core.evaluation.evaluate`; the cost of a change is that of the rules under its labels, the cost of time that of what is due. There is
one heap of instants for all that moves by itself. An entry that has been overtaken stays in the heap and is passed over when its time comes, so that a repeated signal moves
its expiry for nothing. Much at once (a start, a reload, a source that goes blind) is brought behind a bit at a time by `advance`, so that nobody waits for it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.advancing import advance_incidents
from bridge.core.blast import UNLIMITED, advance_blast, blast_due_at, capped
from bridge.core.carrying import carried_holds
from bridge.core.claims import Claim, HoldKey
from bridge.core.counting import Counting
from bridge.core.desired import BlastDecision, HoldDecision, Step
from bridge.core.holds import INACTIVE, NEVER, HoldPhase, Truth, advance_hold, due_at
from bridge.core.lowering import just_ended
from bridge.core.regrouping import is_regrouped, live_groups, regrouped_holds, stranded_holds
from bridge.core.renames import renamed_holds, renamed_incidents
from bridge.core.rules import CountLadder
from bridge.core.sparing import is_judged, maintain, note_spared, turn_silences
from bridge.core.state import Timer, Unsaved
from bridge.core.statuses import Automation, ComponentStatus, worst
from bridge.core.tallies import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.core.blast import Blast, BlastTerms, Caps
    from bridge.core.desired import IncidentPlace
    from bridge.core.health import SourceHealth
    from bridge.core.holds import Hold
    from bridge.core.incidents import IncidentMemory
    from bridge.core.rules import ComponentName, ComponentRule
    from bridge.core.signals import Signal, SignalKey
    from bridge.core.state import Instance, State


def step(
    state: State,
    changes: Iterable[Signal],
    now: float,
    *,
    sources: Iterable[SourceHealth] = (),
    terms: BlastTerms = UNLIMITED,
    maintained: Mapping[ComponentName, float] | None = None,
    said: Mapping[IncidentPlace, str] | None = None,
) -> Step:
    """Bring `state` to `now`, with the signals and the healths of sources that changed since the last step.

    `maintained` are all components that are under maintenance now, or were a moment ago, each with until when nothing begins to be claimed of it; None where that is as in the last step. `said` is all that operators say of causes.

    The ruleset is the state's own; another ruleset is another state, made from the same signals, sources and memory.

    Cost: for each changed signal, its labels and the rules under them; for each source that went blind or sees again, its signals; then what became due.
    """
    advance(
        state,
        {signal.key: signal for signal in changes},
        {health.source: health for health in sources},
        now,
        maintained=maintained,
        most=NEVER,
    )
    work = _Work(state, now, terms)
    work.adopt()
    state.hear_causes(said or {})
    work.settle_blast()
    work.settle_incidents()
    return work.result()


def advance(
    state: State,
    changes: dict[SignalKey, Signal],
    sources: dict[str, SourceHealth],
    now: float,
    *,
    maintained: Mapping[ComponentName, float] | None = None,
    most: float,
) -> bool:
    """Do a part of a step: everything before a page is judged as a whole. Nothing that is published follows from it.

    Parts may be done at different instants, and more may change between them; holds move when all that is known was counted, never before. A step that follows does the rest.

    Args:
        state: the evaluation.
        changes: signals that changed; taken out as they are counted.
        sources: the same for healths.
        now: our clock.
        maintained: as in `step`.
        most: so many signals, holds and instants, and no more.

    Returns:
        Whether something is left.
    """
    work = _Work(state, now, UNLIMITED)
    left = work.restore(most)
    if left > 0:
        work.spare(maintained)
        left = work.count(changes, sources, left)
    if left > 0:
        work.regroup()
        left = work.settle_holds(left)
    return left <= 0


class _Work:
    """A step, or a part of one, at one instant."""

    def __init__(self, state: State, now: float, terms: BlastTerms) -> None:
        self.state = state
        self.now = now
        self.terms = terms
        self.blast: Blast | None = None
        self.ended: Mapping[ComponentName, ComponentStatus] = {}
        """Components whose last claim ended, each with what it showed."""

    def restore(self, left: float) -> float:
        """Look at all that is remembered once, after a start or a reload. What no rule stands for any more is let go. Returns how much of `left` is left."""
        state = self.state
        if state.restored:
            return left
        if state.unrestored is None:
            self._rename()
            carried = carried_holds(state.memory.holds, state.rules)
            state.memory.holds.update(carried)
            state.unsaved.holds.update(dict.fromkeys(carried))
            state.unrestored = list(state.memory.holds.items())
            state.unrestored.reverse()
        while state.unrestored:
            if left <= 0:
                return left
            left -= 1
            self._restore_hold(*state.unrestored.pop())
        state.restored = True
        state.dirty_instances.update(state.always_known)
        for place, memory in state.memory.incidents.items():
            # An incident whose rule is gone stays as it is: it is listed and left alone until a person decides.
            state.absorption.note(memory)
            incident = state.incident_rules.get(place[0])
            if incident is not None and is_regrouped(memory, incident):
                self._leave(place, memory)
            elif incident is not None:
                state.dirty_incidents[place] = None
            state.desired.incidents[place] = state.memory.incidents[place]
        self._claim_worst(state.live.by_component)
        for name in state.live.by_component:
            # What was claimed in the last life was judged there, but for what another state did and did not judge.
            state.unsaved.touched.setdefault(name, state.claimed.get(name, ComponentStatus.OPERATIONAL))
        return left

    def _restore_hold(self, key: HoldKey, hold: Hold) -> None:
        state = self.state
        rule = state.rules.get(key.rule)
        if rule is None or key.status not in rule.statuses:
            del state.memory.holds[key]
            state.unsaved.holds[key] = None
            return
        if hold.claims:
            state.live.add(_claim_of(rule, key))
            state.dirty(rule.component, key.group)
        state.schedule(key, due_at(hold, rule.times))
        state.dirty_instances[key.rule, key.group] = None

    def _leave(self, place: IncidentPlace, memory: IncidentMemory) -> None:
        """An incident of another grouping stays as it is, and keeps no component from being lowered."""
        if memory.kept:
            self.state.memory.incidents[place] = replace(memory, kept=())
            self.state.unsaved.incidents[place] = None

    def regroup(self) -> None:
        """What was claimed of signals that are counted in other groups now goes on there: once, when all signals have been counted."""
        state = self.state
        if state.regrouped:
            return
        state.regrouped = True
        stranded = stranded_holds(state)
        live = live_groups(state, {key.rule for key in stranded}) if stranded else {}
        for key, moved in regrouped_holds(stranded, state.memory.holds, live).items():
            rule = state.rules[key.rule]
            del state.memory.holds[key]
            state.live.remove(rule.component, key)
            state.schedule(key, NEVER)
            state.memory.holds.update(moved)
            state.unsaved.holds.update(dict.fromkeys((key, *moved)))
            for place, hold in moved.items():
                if hold.claims:
                    self._claim(rule, place)
                state.schedule(place, due_at(hold, rule.times))
                state.dirty_instances[rule.id, place.group] = None
            state.touch(rule.component, key.group)

    def _rename(self) -> None:
        """What stands under a former id of a rule goes on under the one of now."""
        memory, ruleset, unsaved = self.state.memory, self.state.ruleset, self.state.unsaved
        for key, holds in renamed_holds(memory.holds, ruleset.former_rules).items():
            del memory.holds[key]
            memory.holds.update(holds)
            unsaved.holds.update(dict.fromkeys((key, *holds)))
        for place, incidents in renamed_incidents(memory.incidents, ruleset.former_incidents).items():
            del memory.incidents[place]
            memory.incidents.update(incidents)
            unsaved.incidents.update(dict.fromkeys((place, *incidents)))

    def adopt(self) -> None:
        """Take up incidents that were found on the page; what is remembered already is not replaced."""
        state = self.state
        for memory in state.adopted:
            place = (memory.rule, memory.group)
            if place not in state.memory.incidents and memory.rule in state.incident_rules:
                state.memory.incidents[place] = state.desired.incidents[place] = memory
                state.unsaved.incidents[place] = None
                state.dirty_incidents[place] = None
        state.adopted.clear()

    def count(self, changes: dict[SignalKey, Signal], sources: dict[str, SourceHealth], left: float) -> float:
        """Count what changed, what a source's health changed, and what is due. Returns how much of `left` is left."""
        state, counting = self.state, Counting(self.state, self.now)
        for health in sources.values():
            counting.hear(health)
        sources.clear()
        if len(changes) <= left:
            for signal in changes.values():
                counting.enter(signal)
            left -= len(changes)
            changes.clear()
        while changes and left > 0:
            left -= 1
            counting.enter(changes.popitem()[1])
        while left > 0 and not changes:
            while state.backlog and left > 0:
                left -= 1
                known = state.signals.get(state.backlog.popitem()[0])
                if known is not None:
                    counting.count(known)
            wake = counting.due() if not state.backlog else None
            if wake is None:
                break
            left -= 1
            counting.wake(wake)
        return counting.pass_over(left)

    def spare(self, maintained: Mapping[ComponentName, float] | None) -> None:
        """Look again at all signals when silences began or ended, and at the holds of what came under maintenance, or is no more."""
        state = self.state
        turned = turn_silences(state, self.now)
        if turned:
            state.unsaved.decisions.extend(turned)
            # Which of them it covers is asked when each is counted: at once would be too many.
            state.backlog.update(dict.fromkeys(state.signals))
        state.schedule(Timer.SILENCE, state.silences.turns_at)
        state.dirty_instances.update(maintain(state, maintained))

    def settle_holds(self, left: float) -> float:
        """Move the holds whose conditions were counted anew. Returns how much of `left` is left."""
        dirty = self.state.dirty_instances
        if len(dirty) <= left:
            for instance in dirty:
                self._settle_instance(instance)
            left -= len(dirty)
            dirty.clear()
        while dirty and left > 0:
            left -= 1
            self._settle_instance(dirty.popitem()[0])
        return left

    def _settle_instance(self, instance: Instance) -> None:
        state = self.state
        rule = state.rules[instance[0]]
        tally = state.tallies.get(instance, NOTHING)
        keys = [HoldKey(rule.id, status, instance[1]) for status in rule.statuses]
        stands = (
            bool(tally) or instance in state.always_known or any(key in state.memory.holds for key in keys)
        )
        for key in keys:
            truth = tally.truth(rule, key.status) if stands else Truth.FALSE
            if truth is Truth.FALSE and key not in state.memory.holds:
                # By far the most of them, and nothing was there before.
                self._let_be(rule, key)
            else:
                self._settle_hold(rule, key, truth)
        if not tally:
            state.tallies.pop(instance, None)

    def _let_be(self, rule: ComponentRule, key: HoldKey) -> None:
        """A hold that is inactive and stays so: nothing is spared by it, unknown of it, or due."""
        note_spared(self.state, rule, key, Truth.FALSE)
        self._note_blindness(rule, key, Truth.FALSE)
        self.state.scheduled.pop(key, None)

    def _settle_hold(self, rule: ComponentRule, key: HoldKey, truth: Truth) -> None:
        state = self.state
        times, before = rule.times, state.memory.holds.get(key, INACTIVE)
        until = state.maintained.get(rule.component, 0.0)
        hold, reason = advance_hold(before, truth, times, self.now, maintained=self.now < until)
        waits = truth if is_judged(hold, until, rule.for_, self.now) else Truth.FALSE
        note_spared(state, rule, key, waits)
        self._note_blindness(rule, key, truth)
        due, claims, claimed = due_at(hold, times), hold.claims, before.claims
        if not claims and waits is not Truth.FALSE:
            judged_at = until if waits is Truth.TRUE and self.now < until else until + rule.for_
            if judged_at > self.now:  # else it is pending, and judged when that is over
                due = min(due, judged_at)
        state.schedule(key, due)
        if hold is before or hold == before:
            return
        if hold.phase is HoldPhase.INACTIVE:
            hold = INACTIVE
            state.memory.holds.pop(key, None)
        else:
            state.memory.holds[key] = hold
        state.unsaved.holds[key] = None
        if reason is not None:
            state.unsaved.decisions.append(HoldDecision(key, hold, reason, rule.component))
        if claims and not claimed:
            self._claim(rule, key)
        elif claimed and not claims:
            state.live.remove(rule.component, key)
            state.touch(rule.component, key.group)

    def _claim(self, rule: ComponentRule, key: HoldKey) -> None:
        self.state.live.add(_claim_of(rule, key))
        self.state.touch(rule.component, key.group)

    def _note_blindness(self, rule: ComponentRule, key: HoldKey, truth: Truth) -> None:
        if self.state.live.note(rule.component, key, blind=truth is Truth.UNKNOWN):
            self.state.touch(rule.component, key.group)

    def _claim_worst(self, components: Iterable[ComponentName]) -> None:
        """The claims of these changed: what is claimed of each follows."""
        state = self.state
        for component in components:
            claims = state.live.by_component.get(component, {})
            for shadow, statuses in ((False, state.claimed), (True, state.desired.would_have)):
                made = [claim.status for claim in claims.values() if claim.shadow is shadow]
                if made:
                    statuses[component] = worst(made)
                else:
                    statuses.pop(component, None)

    def settle_blast(self) -> None:
        """Hold what got worse together with too much else; then desired statuses follow the claims as far as they are let through."""
        state = self.state
        self._claim_worst(state.unsaved.touched)
        before = state.memory.blast
        worse = {
            name: earlier
            for name, earlier in state.unsaved.touched.items()
            if state.claimed.get(name, ComponentStatus.OPERATIONAL).severity > earlier.severity
        }
        blast, reasons = advance_blast(
            before, worse, state.claimed, self._sources_behind, terms=self.terms, now=self.now
        )
        if blast != before:
            state.memory.blast = self.blast = blast
        hold = blast.hold or before.hold
        if hold is not None:
            state.unsaved.decisions.extend(BlastDecision(hold, reason) for reason in reasons)
        self.state.schedule(Timer.BLAST, blast_due_at(blast, self.terms))
        self._show(before.caps, blast.caps)

    def _show(self, before: Caps, caps: Caps) -> None:
        state = self.state
        for name in dict.fromkeys((*before, *caps)):
            if before.get(name) is not caps.get(name):
                state.unsaved.touched.setdefault(name, state.claimed.get(name, ComponentStatus.OPERATIONAL))
                for key in state.live.by_component.get(name, ()):
                    self.state.dirty(name, key.group)
        for name in state.unsaved.touched:
            status = capped(state.claimed.get(name, ComponentStatus.OPERATIONAL), caps.get(name))
            if status is ComponentStatus.OPERATIONAL:
                state.desired.components.pop(name, None)
            else:
                state.desired.components[name] = status
        state.desired.held = frozenset(caps)
        self.ended = just_ended(state.unsaved.touched, state.claimed, before=before, caps=caps)

    def _sources_behind(self, caps: Caps) -> set[str]:
        """The sources of failing signals that claim more than a held component may show."""
        state = self.state
        return {
            source
            for name, cap in caps.items()
            for key, claim in state.live.by_component.get(name, {}).items()
            if not claim.shadow
            # That enough fail for something milder says nothing for the worse rungs of the same rule.
            if claim.status.severity > cap.severity
            or not isinstance(state.rules[key.rule].status, CountLadder)
            for source in state.tallies.get((key.rule, key.group), NOTHING).sources_above(cap)
        }

    def settle_incidents(self) -> None:
        """Advance the incidents that may differ, and have components whose claims have ended wait for theirs, where rules say so."""
        state = self.state
        advanced = advance_incidents(state, state.dirty_incidents, self.now)
        state.dirty_incidents.clear()
        state.unsaved.decisions.extend(advanced.decisions)
        state.unsaved.incidents.update(dict.fromkeys(advanced.changed))
        for place, at in advanced.due.items():
            state.schedule(place, at)
        settled = state.lowering.settle(
            state, advanced.waiting, ended=self.ended, looked_at=state.unsaved.touched
        )
        state.unsaved.incidents.update(dict.fromkeys(settled))

    def result(self) -> Step:
        state = self.state
        Counting(state, self.now).pass_over(NEVER)
        unsaved, state.unsaved = state.unsaved, Unsaved()
        memory = state.memory
        return Step(
            tuple(unsaved.decisions),
            {key: memory.holds.get(key, INACTIVE) for key in unsaved.holds},
            {place: memory.incidents[place] for place in unsaved.incidents if place in memory.incidents},
            # What was reported again in this very step is not gone.
            tuple(key for key in unsaved.forgotten if key not in state.signals),
            state.heap[0][0] if state.heap else NEVER,
            self.blast,
            tuple(place for place in unsaved.incidents if place not in memory.incidents),
        )


def _claim_of(rule: ComponentRule, key: HoldKey) -> Claim:
    return Claim(key, rule.component, key.status, key.group, shadow=rule.automation is Automation.SHADOW)
