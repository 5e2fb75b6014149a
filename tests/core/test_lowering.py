"""Components that keep what they showed until their incident is over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given

from bridge.core.incidents import IncidentPhase
from bridge.core.lowering import lowers_late
from bridge.core.rules import LowerAt
from bridge.core.state import State
from bridge.core.step import step
from tests.core.strategies import Moment, rule_sets, shown_rule_sets, timelines

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet


def late(ruleset: RuleSet) -> RuleSet:
    """The rules, with every incident lowering late."""
    return replace(
        ruleset, incidents=tuple(replace(rule, lower_at=LowerAt.RESOLVED) for rule in ruleset.incidents)
    )


@given(ruleset=rule_sets() | shown_rule_sets(), timeline=timelines())
def test_what_took_part_and_shows_something_is_not_green_before_its_incident_is_over(
    ruleset: RuleSet, timeline: list[Moment]
) -> None:
    rules = late(ruleset)
    state = State(rules)
    for moment in timeline:
        before = dict(state.desired.components)
        step(state, moment.signals, moment.now, sources=moment.sources, terms=moment.terms)
        waiting = {
            name
            for memory in state.memory.incidents.values()
            if memory.phase is not IncidentPhase.CLOSED and lowers_late(state.incident_rules[memory.rule])
            for name in memory.components
        }
        assert waiting & before.keys() <= state.desired.components.keys()


@given(ruleset=rule_sets() | shown_rule_sets(), timeline=timelines())
def test_what_is_claimed_shows_its_claims_and_what_waits_for_nothing_shows_nothing(
    ruleset: RuleSet, timeline: list[Moment]
) -> None:
    kept, plain = State(late(ruleset)), State(at_once(ruleset))
    for moment in timeline:
        for state in (kept, plain):
            step(state, moment.signals, moment.now, sources=moment.sources, terms=moment.terms)
        assert plain.desired.components.items() <= kept.desired.components.items()
        remembered = dict(pair for memory in kept.memory.incidents.values() for pair in memory.kept)
        assert kept.desired.components == remembered | plain.desired.components
        assert all(
            not memory.kept
            for memory in kept.memory.incidents.values()
            if memory.phase is IncidentPhase.CLOSED or not lowers_late(kept.incident_rules[memory.rule])
        )


def at_once(ruleset: RuleSet) -> RuleSet:
    """The rules, with every incident lowering at once."""
    return replace(
        ruleset, incidents=tuple(replace(rule, lower_at=LowerAt.MONITORING) for rule in ruleset.incidents)
    )
