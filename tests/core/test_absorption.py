"""What absorbs and what is absorbed, in random courses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given

from bridge.core.absorption import absorbed_by, absorbers, place_of
from bridge.core.desired import IncidentDecision
from bridge.core.incidents import IncidentPhase
from bridge.core.reasons import Reason
from bridge.core.state import State
from bridge.core.statuses import Automation
from bridge.core.step import step
from tests.core.strategies import Moment, rule_sets, timelines

if TYPE_CHECKING:
    from bridge.core.desired import IncidentPlace
    from bridge.core.rules import RuleSet


def open_places(state: State) -> set[IncidentPlace]:
    return {
        place for place, memory in state.memory.incidents.items() if memory.phase is not IncidentPhase.CLOSED
    }


@given(ruleset=rule_sets(), timeline=timelines())
def test_what_begins_while_its_absorber_is_open_is_absorbed(ruleset: RuleSet, timeline: list[Moment]) -> None:
    state, by = State(ruleset), absorbers(ruleset)
    for moment in timeline:
        before = open_places(state)
        taken = step(state, moment.signals, moment.now, sources=moment.sources, terms=moment.terms)
        throughout = before & open_places(state)
        for decision in taken.decisions:
            if isinstance(decision, IncidentDecision) and decision.reason in {
                Reason.OPENED,
                Reason.REOPENED,
            }:
                group = decision.memory.group
                absorbing = {place_of(rule, group) for rule in by.get(decision.memory.rule, ())}
                assert absorbing.isdisjoint(throughout)


@given(ruleset=rule_sets(), timeline=timelines())
def test_nothing_is_monitored_while_what_it_absorbed_goes_on(
    ruleset: RuleSet, timeline: list[Moment]
) -> None:
    state = State(ruleset)
    for moment in timeline:
        step(state, moment.signals, moment.now, sources=moment.sources, terms=moment.terms)
        for memory in state.memory.incidents.values():
            place = absorbed_by(ruleset, memory)
            absorber = state.memory.incidents.get(place) if place is not None else None
            # What only a trial counts is none of the absorber's.
            tried = ruleset.incident_rules[memory.rule].automation is Automation.SHADOW
            if absorber is None or not memory.phase.fires or tried:
                continue
            assert absorber.phase is not IncidentPhase.MONITORING
            if absorber.phase is not IncidentPhase.CLOSED and not memory.unproven_until:
                assert set(memory.components) <= set(absorber.components)
