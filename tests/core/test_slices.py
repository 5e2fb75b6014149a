"""A step in parts against the full evaluation: however it is divided, and whoever takes over in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bridge.core.desired import Memory
from bridge.core.evaluation import evaluate
from bridge.core.holds import INACTIVE, HoldPhase
from bridge.core.state import State
from bridge.core.step import advance, step
from tests.core.strategies import Moment, rule_sets, timelines

if TYPE_CHECKING:
    from bridge.core.claims import HoldKey
    from bridge.core.desired import IncidentPlace, Step
    from bridge.core.health import SourceHealth
    from bridge.core.holds import Hold
    from bridge.core.incidents import IncidentMemory
    from bridge.core.rules import RuleSet
    from bridge.core.signals import Signal, SignalKey

parts = st.lists(st.integers(1, 4), max_size=6)


class Store:
    """What a store holds after each step: only what steps handed over."""

    def __init__(self) -> None:
        self.holds: dict[HoldKey, Hold] = {}
        self.incidents: dict[IncidentPlace, IncidentMemory] = {}

    def commit(self, taken: Step) -> None:
        """Take what a step handed over."""
        self.holds.update(taken.holds)
        self.holds = {key: hold for key, hold in self.holds.items() if hold is not INACTIVE}
        self.incidents.update(taken.incidents)
        for place in taken.incidents_gone:
            self.incidents.pop(place, None)


@given(ruleset=rule_sets(), timeline=timelines(), data=st.data())
def test_a_step_in_parts_equals_the_full_evaluation(
    ruleset: RuleSet, timeline: list[Moment], data: st.DataObject
) -> None:
    state, stored = State(ruleset), Store()
    signals: dict[SignalKey, Signal] = {}
    sources: dict[str, SourceHealth] = {}
    memory = Memory()
    # At a reload, what is claimed for one group may go on in another (`bridge.core.regrouping`); the full evaluation knows of no reload.
    grouped = any(incident.group_by for incident in ruleset.incidents)
    for moment in timeline:
        changes = {signal.key: signal for signal in moment.signals}
        heard = {health.source: health for health in moment.sources}
        signals.update(changes)
        sources.update(heard)
        for most in data.draw(parts):
            advance(state, changes, heard, moment.now, most=most)
            if data.draw(st.integers(0, 9)) == 0 and not grouped:  # a reload, in the middle
                state = State(ruleset, state.memory, unsaved=state.unsaved)
                changes, heard = dict(signals), dict(sources)
        taken = step(state, changes.values(), moment.now, sources=heard.values(), terms=moment.terms)
        stored.commit(taken)
        for forgotten in taken.forgotten:
            signals.pop(forgotten, None)
        desired, memory = evaluate(
            ruleset, signals.values(), memory, moment.now, sources=sources.values(), terms=moment.terms
        )
        assert state.desired == desired
        assert state.memory == memory
        assert stored.holds == memory.holds
        assert stored.incidents == memory.incidents


@given(ruleset=rule_sets(), timeline=timelines(), data=st.data())
def test_parts_at_several_instants_never_shorten_a_hold(
    ruleset: RuleSet, timeline: list[Moment], data: st.DataObject
) -> None:
    """A part moves a hold when everything is counted, by the clock of its own instant: not earlier than its time is over."""
    state = State(ruleset)
    began: dict[HoldKey, float] = {}
    rules = {rule.id: rule for rule in ruleset.components}
    for moment in timeline:
        changes = {signal.key: signal for signal in moment.signals}
        heard = {health.source: health for health in moment.sources}
        now = moment.now
        for most in [*data.draw(parts), None]:
            before = {key: hold.phase for key, hold in state.memory.holds.items()}
            if most is None:
                step(state, changes.values(), now, sources=heard.values(), terms=moment.terms)
            else:
                advance(state, changes, heard, now, most=most)
            for key in before.keys() | state.memory.holds.keys():
                was = before.get(key, HoldPhase.INACTIVE)
                phase = state.memory.holds.get(key, INACTIVE).phase
                if was is HoldPhase.INACTIVE and phase is not was:
                    began[key] = now
                if phase is HoldPhase.FIRING and was in {HoldPhase.INACTIVE, HoldPhase.PENDING}:
                    assert now - began[key] >= rules[key.rule].for_
                if phase is HoldPhase.KEEPING and was is not phase:
                    began[key] = now
                if phase is HoldPhase.INACTIVE and was is HoldPhase.KEEPING:
                    assert now - began[key] >= rules[key.rule].keep_firing_for
            now += 0.01
