"""What signals count for: which rules a signal concerns, what it is worth there, and when that changes by time alone.

The part of an evaluation whose cost grows with signals; it decides nothing that is published. It can be done a bit at a time, because what was counted stays counted: a signal that
changes meanwhile is counted again, and nothing is judged before everything is.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from bridge.core.claims import HoldKey
from bridge.core.desired import SignalDecision, SourceDecision
from bridge.core.health import is_silent, seen_changes_after, seen_state
from bridge.core.holds import NEVER
from bridge.core.reasons import Reason
from bridge.core.signals import SignalKey, SignalState
from bridge.core.state import Timer
from bridge.core.tallies import Tally, entry_of

if TYPE_CHECKING:
    from bridge.core.health import SourceHealth
    from bridge.core.rules import ComponentRule
    from bridge.core.signals import Signal
    from bridge.core.state import State, Wake


_NOTHING_SHOWN: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


class Counting:
    """Counts for one state, at one instant."""

    def __init__(self, state: State, now: float) -> None:
        self.state = state
        self.now = now

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
            state.unsaved.decisions.append(SourceDecision(source, Reason.SOURCE_SEES))
            state.backlog.update(state.of_source[source])
        state.schedule(source, health.blind_from if health.sees(self.now) else NEVER)

    def _go_blind(self, source: str) -> None:
        state = self.state
        if source not in state.blind_sources:
            state.blind_sources.add(source)
            state.unsaved.decisions.append(SourceDecision(source, Reason.SOURCE_BLIND))
        state.backlog.update(state.of_source[source])

    def enter(self, signal: Signal) -> None:
        """A signal changed, or is new."""
        self.state.signals[signal.key] = signal
        self.state.backlog.pop(signal.key, None)
        self.count(signal)

    def count(self, signal: Signal) -> None:
        """Take a signal's old contributions back and enter the new ones."""
        state, key = self.state, signal.key
        self._take_back(key)
        health = state.sources.get(key.source)
        if health is not None:
            state.of_source[key.source][key] = None
        silenced = state.silences.covers(signal.labels)
        known = seen_state(signal, health, self.now, silenced=silenced)
        if state.ruleset.unmapped:
            self._count_unmapped(signal, known)
        if known is None:
            state.signals.pop(key, None)
            state.scheduled.pop(key, None)
            if health is not None:
                del state.of_source[key.source][key]
            state.unsaved.forgotten.append(key)
            return
        self._count_seen(signal, known, health, silenced=silenced)
        state.schedule(key, NEVER if silenced else seen_changes_after(signal, health, self.now))

    def _count_seen(
        self, signal: Signal, known: SignalState, health: SourceHealth | None, *, silenced: bool
    ) -> None:
        """Enter what a signal of which something is known counts for."""
        state, key = self.state, signal.key
        entries = []
        failing: dict[HoldKey, ComponentRule] = {}
        silent = known is SignalState.UNKNOWN and not silenced and is_silent(signal, health, self.now)
        # What is ok counts in few conditions, so the others need not even be found.
        index = state.ok_index if known is SignalState.OK else state.index
        for watch in index.matching(signal.labels):
            entry = entry_of(watch, signal, known, silent=silent)
            if entry is None:
                continue
            rule = watch.rule
            instance = (rule.id, state.group(signal.labels, rule.component))
            tally = state.tallies.get(instance)
            if tally is None:
                tally = state.tallies[instance] = Tally()
            tally.add(entry, key.source)
            entries.append((instance, entry))
            if entry.state is SignalState.FAILING and state.shown[rule.component] != _NOTHING_SHOWN:
                failing[HoldKey(rule.id, entry.status, instance[1])] = rule
            state.dirty_instances[instance] = None
        if entries:
            state.entries[key] = tuple(entries)
        for hold, rule in failing.items():  # once for a rule, in however many of its conditions
            self._publish(signal, rule, hold)

    def _publish(self, signal: Signal, rule: ComponentRule, hold: HoldKey) -> None:
        """Count the public labels of a signal that counts as failing; incidents that may show them are looked at."""
        names, annotations = self.state.shown[rule.component]
        labels = {name: value for name in names if (value := signal.labels.get(name))}
        if annotations and signal.annotations:
            labels |= {name: value for name in annotations if (value := signal.annotations.get(name))}
        if labels:
            self.state.published.enter(signal.key, hold, labels)
            self.state.dirty(rule.component, hold.group)

    def _take_back(self, key: SignalKey) -> None:
        state = self.state
        for counted, entry in state.entries.pop(key, ()):
            state.tallies[counted].add(entry, key.source, -1)
            state.dirty_instances[counted] = None
        for hold in state.published.leave(key):
            state.dirty(state.rules[hold.rule].component, hold.group)

    def _count_unmapped(self, signal: Signal, known: SignalState | None) -> None:
        state = self.state
        state.unmapped.pop(signal.key, None)
        if known in {SignalState.FAILING, SignalState.UNKNOWN} and any(
            True for _ in state.unmapped_index.matching(signal.labels)
        ):
            state.unmapped[signal.key] = None
        state.desired.unmapped = len(state.unmapped)

    def wake(self, wake: Wake) -> None:
        """Something is due."""
        state = self.state
        match wake:
            case SignalKey():
                self._wake_signal(wake)
            case HoldKey():
                state.dirty_instances[wake.rule, wake.group] = None
            case str():
                self._wake_source(wake)
            case Timer():
                pass  # each step looks at them
            case _:
                state.dirty_incidents[wake] = None

    def due(self) -> Wake | None:
        """Take from the heap what is due; None for nothing."""
        state = self.state
        while state.heap and state.heap[0][0] <= self.now:
            at, _, wake = heapq.heappop(state.heap)
            if state.scheduled.get(wake) == at:  # else it was overtaken
                del state.scheduled[wake]
                return wake
        return None

    def pass_over(self, most: float) -> float:
        """Take from the heap's head what was overtaken, so that its first entry is what is due next. Returns how much of `most` is left."""
        state = self.state
        while most > 0 and state.heap and state.scheduled.get(state.heap[0][2]) != state.heap[0][0]:
            heapq.heappop(state.heap)
            most -= 1
        return most

    def _wake_source(self, source: str) -> None:
        health = self.state.sources[source]
        if health.sees(self.now):  # it has succeeded since
            self.state.schedule(source, health.blind_from)
        else:
            self._go_blind(source)

    def _wake_signal(self, key: SignalKey) -> None:
        signal = self.state.signals.get(key)
        if signal is None:
            return
        decisions = self.state.unsaved.decisions
        if signal.expires_at <= self.now:
            decisions.append(SignalDecision(key, Reason.SIGNAL_EXPIRED))
        elif 0 < signal.counts_from <= self.now:
            decisions.append(SignalDecision(key, Reason.SIGNAL_CHANGED))
        self.count(signal)
