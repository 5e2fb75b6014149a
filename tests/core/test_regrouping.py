"""Rules that group by other labels: what was claimed goes on being claimed, and an incident of another grouping is not told of."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.health import SourceHealth
from bridge.core.incidents import IncidentMemory, IncidentPhase
from bridge.core.matching import parse_matchers
from bridge.core.regrouping import is_regrouped, telling_rule
from bridge.core.rules import ComponentName, ComponentRule, IncidentRule, IncidentRuleId, RuleId, RuleSet
from bridge.core.signals import NO_LABELS, Labels, Signal, SignalState
from bridge.core.state import State
from bridge.core.statuses import Automation, ComponentStatus
from bridge.core.step import step

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


GROUPINGS = st.lists(st.sampled_from(("region", "zone")), unique=True).map(tuple)
HOLDS = st.sampled_from((0.0, 10.0, 60.0))
FAILING = st.fixed_dictionaries(
    {},
    optional={"region": st.sampled_from(("eu", "us")), "zone": st.sampled_from(("a", "b"))},
)


def rules_by(group_by: tuple[str, ...], *, for_: float, keep_firing_for: float) -> RuleSet:
    one = ComponentRule(
        RuleId("a"),
        ComponentName("A"),
        parse_matchers('alertname="A"'),
        ComponentStatus.MAJOR_OUTAGE,
        for_=for_,
        keep_firing_for=keep_firing_for,
        automation=Automation.FULL,
    )
    return RuleSet("page", (one,), (rule(*group_by),))


def signal(labels: dict[str, str], state: SignalState, now: float) -> Signal:
    return Signal("alerts", Labels({"alertname": "A", **labels}), state, now, now, now + 1e6)


@given(
    failing=st.lists(FAILING, min_size=1, max_size=4),
    before=GROUPINGS,
    after=GROUPINGS,
    for_=HOLDS,
    keep_firing_for=HOLDS,
    blind=st.booleans(),
)
def test_what_was_claimed_is_claimed_for_as_long_as_its_signals_fail(
    failing: list[dict[str, str]],
    before: tuple[str, ...],
    after: tuple[str, ...],
    *,
    for_: float,
    keep_firing_for: float,
    blind: bool,
) -> None:
    state = State(rules_by(before, for_=for_, keep_firing_for=keep_firing_for))
    step(state, [signal(labels, SignalState.FAILING, 1000.0) for labels in failing], 1000.0)
    step(state, [], 1000.0 + for_)
    shown = {ComponentName("A"): ComponentStatus.MAJOR_OUTAGE}
    assert state.claimed == shown
    now = 1000.0 + for_ + 1.0
    sources = [SourceHealth("alerts", now - 1.0, 0.5)] if blind else []
    step(state, [], now, sources=sources)
    other = State(rules_by(after, for_=for_, keep_firing_for=keep_firing_for), copy.deepcopy(state.memory))
    step(other, tuple(state.signals.values()), now, sources=sources)
    assert other.claimed == shown
    for at in (now + 9.0, now + 30.0, now + 200.0):
        step(other, [], at)
        assert other.claimed == shown
    seen = [SourceHealth("alerts", now + 200.0)] if blind else []
    step(
        other, [signal(labels, SignalState.OK, now + 200.0) for labels in failing], now + 200.0, sources=seen
    )
    step(other, [], now + 200.0 + keep_firing_for)
    assert other.claimed == {}
    assert other.memory.holds == {}
