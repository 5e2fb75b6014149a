"""The incremental step against the full evaluation."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bridge.core.desired import Memory
from bridge.core.evaluation import evaluate
from bridge.core.holds import INACTIVE, NEVER, HoldPhase
from bridge.core.renames import renamed
from bridge.core.rules import IncidentRuleId, RuleId
from bridge.core.state import State
from bridge.core.statuses import Automation
from bridge.core.step import step
from tests.core.strategies import Moment, rule_sets, shown_rule_sets, timelines

if TYPE_CHECKING:
    from bridge.core.desired import IncidentPlace
    from bridge.core.health import SourceHealth
    from bridge.core.rules import ComponentName, RuleSet
    from bridge.core.signals import Signal, SignalKey
    from bridge.core.statuses import ComponentStatus

Timeline = list[Moment]


def agree(ruleset: RuleSet, timeline: Timeline, *, confirms: bool = False) -> None:
    """Give both the same, moment by moment."""
    state = State(ruleset)
    signals: dict[SignalKey, Signal] = {}
    sources: dict[str, SourceHealth] = {}
    memory = Memory()
    for moment in timeline:
        terms, hold = moment.terms, memory.blast.hold
        if confirms and hold is not None:
            terms = replace(terms, confirmed=frozenset({hold.id}))
        heard = [health for health in moment.sources if not state.hear(health)]
        taken = step(
            state,
            moment.signals,
            moment.now,
            sources=heard,
            terms=terms,
            maintained=moment.maintained,
            said=moment.said,
        )
        signals.update({signal.key: signal for signal in moment.signals})
        sources.update({health.source: health for health in moment.sources})
        for forgotten in taken.forgotten:
            signals.pop(forgotten, None)
        desired, memory = evaluate(
            ruleset,
            signals.values(),
            memory,
            moment.now,
            sources=sources.values(),
            terms=terms,
            maintained=moment.maintained,
            said=moment.said,
        )
        assert state.desired == desired
        assert state.memory == memory


@given(ruleset=rule_sets(), timeline=timelines())
def test_the_incremental_step_equals_the_full_evaluation(ruleset: RuleSet, timeline: Timeline) -> None:
    agree(ruleset, timeline)


@given(ruleset=rule_sets(), timeline=timelines(limits=(NEVER,)))
def test_a_component_shows_the_worst_of_its_live_claims(ruleset: RuleSet, timeline: Timeline) -> None:
    """Rules claim while they fire and while they keep firing; what a component keeps after its last claim is another matter."""
    state = State(ruleset)
    published = {rule.id: rule.component for rule in ruleset.components if rule.automation is Automation.FULL}
    for moment in timeline:
        step(state, moment.signals, moment.now, sources=moment.sources, terms=moment.terms)
        claimed: dict[ComponentName, list[ComponentStatus]] = {}
        for key, hold in state.memory.holds.items():
            if key.rule in published and hold.phase in {HoldPhase.FIRING, HoldPhase.KEEPING}:
                claimed.setdefault(published[key.rule], []).append(key.status)
        for component, statuses in claimed.items():
            assert state.desired.components[component] is max(statuses, key=lambda status: status.severity)
        assert state.claimed.keys() == claimed.keys()


@given(ruleset=shown_rule_sets(), timeline=timelines(limits=(NEVER,)))
def test_it_equals_it_in_the_labels_behind_claims_of_every_kind(ruleset: RuleSet, timeline: Timeline) -> None:
    agree(ruleset, timeline)


@given(ruleset=rule_sets(), timeline=timelines(limits=(0.0, 1.0)), confirms=st.booleans())
def test_it_equals_it_where_almost_everything_is_held_and_let_through(
    ruleset: RuleSet, timeline: Timeline, *, confirms: bool
) -> None:
    agree(ruleset, timeline, confirms=confirms)


@given(ruleset=rule_sets(), timeline=timelines(limits=(NEVER, 0.0)))
def test_the_answer_is_the_same_at_every_instant_before_wake_at(ruleset: RuleSet, timeline: Timeline) -> None:
    state = State(ruleset)
    for moment in timeline:
        now = moment.now
        taken = step(
            state,
            moment.signals,
            now,
            sources=moment.sources,
            terms=moment.terms,
            maintained=moment.maintained,
            said=moment.said,
        )
        wake_at = min(taken.wake_at, now + 10_000)
        before = copy.deepcopy((state.desired, state.memory.holds))
        for later in (now + (wake_at - now) * 0.5, now + (wake_at - now) * 0.999):
            if later >= taken.wake_at:
                continue
            desired, memory = evaluate(
                ruleset,
                state.signals.values(),
                copy.deepcopy(state.memory),
                later,
                sources=state.sources.values(),
                terms=moment.terms,
                maintained=moment.maintained,
                said=moment.said,
            )
            assert (desired.components, desired.would_have, desired.held) == (
                before[0].components,
                before[0].would_have,
                before[0].held,
            )
            assert {key: hold.phase for key, hold in memory.holds.items()} == {
                key: hold.phase for key, hold in before[1].items()
            }
            assert memory.blast.hold == state.memory.blast.hold
            assert {place: (kept.phase, kept.sequence) for place, kept in memory.incidents.items()} == {
                place: (kept.phase, kept.sequence) for place, kept in state.memory.incidents.items()
            }


@given(ruleset=rule_sets(), timeline=timelines())
def test_a_state_made_anew_from_signals_and_memory_goes_on_like_the_old_one(
    ruleset: RuleSet, timeline: Timeline
) -> None:
    old = State(ruleset)
    for moment in timeline:
        new = State(ruleset, copy.deepcopy(old.memory))
        everything = dict(old.signals) | {signal.key: signal for signal in moment.signals}
        sources = dict(old.sources) | {health.source: health for health in moment.sources}
        old_step = step(
            old,
            moment.signals,
            moment.now,
            sources=moment.sources,
            terms=moment.terms,
            maintained=moment.maintained,
            said=moment.said,
        )
        new_step = step(
            new,
            everything.values(),
            moment.now,
            sources=sources.values(),
            terms=moment.terms,
            maintained=moment.maintained,
            said=moment.said,
        )
        assert new.desired == old.desired
        assert new.memory == old.memory
        # It may wake once too often, never too late.
        assert new_step.wake_at <= old_step.wake_at


@given(ruleset=rule_sets(), timeline=timelines(), data=st.data())
def test_the_order_of_signals_of_one_instant_does_not_matter(
    ruleset: RuleSet, timeline: Timeline, data: st.DataObject
) -> None:
    one, other = State(ruleset), State(ruleset)
    for moment in timeline:
        changes = list({signal.key: signal for signal in moment.signals}.values())
        shuffled = data.draw(st.permutations(changes))
        first = step(
            one,
            changes,
            moment.now,
            sources=moment.sources,
            terms=moment.terms,
            maintained=moment.maintained,
            said=moment.said,
        )
        second = step(
            other,
            shuffled,
            moment.now,
            sources=moment.sources,
            terms=moment.terms,
            maintained=moment.maintained,
            said=moment.said,
        )
        assert other.desired == one.desired
        assert other.memory == one.memory
        assert second.wake_at == first.wake_at


def renamed_in_part(ruleset: RuleSet) -> RuleSet:
    """The rules, with other ids for every second one of them, which say those that they had."""
    rules = tuple(
        replace(rule, id=RuleId(f"new-{rule.id}"), was=(rule.id,)) if number % 2 == 0 else rule
        for number, rule in enumerate(ruleset.components)
    )
    ids = {
        rule.id: IncidentRuleId(f"new-{rule.id}")
        for number, rule in enumerate(ruleset.incidents)
        if number % 2 == 0
    }
    incidents = tuple(
        replace(
            rule,
            id=ids.get(rule.id, rule.id),
            was=(rule.id,) if rule.id in ids else (),
            absorbs=tuple(ids.get(one, one) for one in rule.absorbs),
        )
        for rule in ruleset.incidents
    )
    return replace(ruleset, components=rules, incidents=incidents)


def under_new_ids(said: dict[IncidentPlace, str], ruleset: RuleSet) -> dict[IncidentPlace, str]:
    """What operators say of incidents, as these rules call them."""
    return {(ruleset.former_incidents.get(rule, rule), group): cause for (rule, group), cause in said.items()}


@given(ruleset=rule_sets(), timeline=timelines(), at=st.integers(0, 5))
def test_renamed_rules_decide_what_they_would_have_decided_under_their_former_ids(
    ruleset: RuleSet, timeline: Timeline, at: int
) -> None:
    kept, renamed_one = State(ruleset), State(ruleset)
    other = renamed_in_part(ruleset)
    for number, moment in enumerate(timeline):
        if number == at:
            signals = tuple(renamed_one.signals.values())
            sources = tuple(renamed_one.sources.values())
            remembered = renamed_one.memory
            renamed_one = State(other, copy.deepcopy(remembered))
            # Once more at the instant of before, as a reload does.
            before = timeline[number - 1].now if number else moment.now
            terms = timeline[number - 1].terms if number else moment.terms
            said = under_new_ids(timeline[number - 1].said, other) if number else {}
            under = timeline[number - 1].maintained if number else moment.maintained
            taken = step(
                renamed_one, signals, before, sources=sources, terms=terms, maintained=under, said=said
            )
            assert renamed_one.memory == renamed(remembered, other)
            assert all(
                hold == renamed_one.memory.holds.get(key, INACTIVE) for key, hold in taken.holds.items()
            )
            assert (
                set(taken.incidents_gone) == remembered.incidents.keys() - renamed_one.memory.incidents.keys()
            )
        for state in (kept, renamed_one):
            step(
                state,
                moment.signals,
                moment.now,
                sources=moment.sources,
                terms=moment.terms,
                maintained=moment.maintained,
                said=under_new_ids(moment.said, state.ruleset),
            )
        assert renamed_one.desired.components == kept.desired.components
        assert renamed_one.desired.would_have == kept.desired.would_have
        expected = renamed(kept.memory, other) if number >= at else kept.memory
        assert renamed_one.memory == expected
