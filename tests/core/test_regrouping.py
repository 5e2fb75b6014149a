"""Rules that group by other labels: what was claimed goes on being claimed, and an incident of another grouping is not told of."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.conditions import Combination, Combined
from bridge.core.incidents import IncidentMemory, IncidentPhase
from bridge.core.regrouping import is_regrouped, telling_rule
from bridge.core.rules import ComponentName, ComponentRule, CountLadder, IncidentRule, IncidentRuleId, RuleSet
from bridge.core.signals import NO_LABELS, Labels
from bridge.core.state import State
from bridge.core.step import step
from tests.core.strategies import Moment, rule_sets, timelines

EU = Labels({"region": "eu"})


def rule(*group_by: str) -> IncidentRule:
    return IncidentRule(IncidentRuleId("shop"), (ComponentName("A"),), "Trouble", group_by=group_by)


def opened(*group_by: str, group: Labels = NO_LABELS) -> IncidentMemory:
    return IncidentMemory(
        IncidentRuleId("shop"), group, IncidentPhase.INVESTIGATING, episode=1, grouped_by=group_by
    )


@pytest.mark.parametrize(
    ("memory", "now", "expected"),
    [
        (opened("region", group=EU), rule("region"), False),
        (opened("region", group=EU), rule(), True),
        (opened(), rule("region"), True),
        (opened("region"), rule("region"), False),
        (opened("a", "b"), rule("b", "a"), False),
        (replace(opened(), phase=IncidentPhase.CLOSED), rule("region"), False),
        (replace(opened(), grouped_by=None), rule("region"), False),
    ],
)
def test_an_open_incident_belongs_to_the_grouping_for_which_it_was_opened(
    memory: IncidentMemory, now: IncidentRule, *, expected: bool
) -> None:
    assert is_regrouped(memory, now) is expected
    assert (telling_rule({now.id: now}, (memory.rule, memory.group), memory) is None) is expected


def test_of_what_nothing_remembers_the_group_itself_tells() -> None:
    assert telling_rule({IncidentRuleId("shop"): rule()}, (IncidentRuleId("shop"), EU), None) is None
    assert telling_rule({IncidentRuleId("shop"): rule("region")}, (IncidentRuleId("shop"), EU), None)
    assert telling_rule({}, (IncidentRuleId("shop"), NO_LABELS), None) is None


def counts_each_signal(one: ComponentRule) -> bool:
    """Whether one failing signal is enough, in whichever group it is counted."""
    combined = isinstance(one.asked, Combined) and one.asked.how is Combination.ALL
    return (
        not combined
        and not isinstance(one.status, CountLadder)
        and all(condition.at_least == 1 and condition.of is None for condition in one.conditions)
        and all(not isinstance(part, Combined) for part in getattr(one.asked, "parts", ()))
    )


@given(
    ruleset=rule_sets(),
    timeline=timelines(),
    at=st.integers(1, 5),
    group_by=st.sampled_from(((), ("region",), ("zone",))),
)
def test_rules_that_group_otherwise_claim_what_was_claimed(
    ruleset: RuleSet, timeline: list[Moment], at: int, group_by: tuple[str, ...]
) -> None:
    state = State(ruleset)
    for moment in timeline[:at]:
        step(state, moment.signals, moment.now, sources=moment.sources, terms=moment.terms)
    other = replace(
        ruleset, incidents=tuple(replace(incident, group_by=group_by) for incident in ruleset.incidents)
    )
    regrouped = State(other, copy.deepcopy(state.memory))
    last = timeline[:at][-1]
    signals, sources = tuple(state.signals.values()), tuple(state.sources.values())
    taken = step(regrouped, signals, last.now, sources=sources, terms=last.terms)
    for name in ruleset.component_names:
        if all(counts_each_signal(one) for one in ruleset.components if one.component == name):
            assert regrouped.claimed.get(name) is state.claimed.get(name)
    for key, hold in taken.holds.items():
        assert (regrouped.memory.holds.get(key) == hold) or not hold.claims
