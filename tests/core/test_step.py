"""The incremental step against the full evaluation."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from hypothesis import given

from bridge.core.desired import Memory
from bridge.core.evaluation import evaluate
from bridge.core.signals import Signal, SignalKey
from bridge.core.state import State
from bridge.core.step import step
from tests.core.strategies import rule_sets, timelines

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet

Timeline = list[tuple[float, list[Signal]]]


@given(ruleset=rule_sets(), timeline=timelines())
def test_the_incremental_step_equals_the_full_evaluation(ruleset: RuleSet, timeline: Timeline) -> None:
    state = State(ruleset)
    signals: dict[SignalKey, Signal] = {}
    memory = Memory()
    for now, changed in timeline:
        taken = step(state, changed, now)
        signals.update({signal.key: signal for signal in changed})
        for forgotten in taken.forgotten:
            signals.pop(forgotten, None)
        desired, memory = evaluate(ruleset, signals.values(), memory, now)
        assert state.desired == desired
        assert state.memory == memory


@given(ruleset=rule_sets(), timeline=timelines())
def test_the_answer_is_the_same_at_every_instant_before_wake_at(ruleset: RuleSet, timeline: Timeline) -> None:
    state = State(ruleset)
    for now, changed in timeline:
        taken = step(state, changed, now)
        wake_at = min(taken.wake_at, now + 10_000)
        before = copy.deepcopy((state.desired.components, state.desired.would_have, state.memory.holds))
        for later in (now + (wake_at - now) * 0.5, now + (wake_at - now) * 0.999):
            if later >= taken.wake_at:
                continue
            desired, memory = evaluate(ruleset, state.signals.values(), copy.deepcopy(state.memory), later)
            assert (desired.components, desired.would_have) == before[:2]
            assert {key: hold.phase for key, hold in memory.holds.items()} == {
                key: hold.phase for key, hold in before[2].items()
            }
            assert {place: (kept.phase, kept.sequence) for place, kept in memory.incidents.items()} == {
                place: (kept.phase, kept.sequence) for place, kept in state.memory.incidents.items()
            }


@given(ruleset=rule_sets(), timeline=timelines())
def test_a_state_made_anew_from_signals_and_memory_goes_on_like_the_old_one(
    ruleset: RuleSet, timeline: Timeline
) -> None:
    old = State(ruleset)
    for now, changed in timeline:
        new = State(ruleset, copy.deepcopy(old.memory))
        everything = dict(old.signals) | {signal.key: signal for signal in changed}
        old_step = step(old, changed, now)
        new_step = step(new, everything.values(), now)
        assert new.desired == old.desired
        assert new.memory == old.memory
        # It may wake once too often, never too late.
        assert new_step.wake_at <= old_step.wake_at
