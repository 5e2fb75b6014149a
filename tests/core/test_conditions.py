"""Conditions: Kleene's logic over what is known of signals, as the page would be told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.conditions import Combination, Combined, Comparison, Condition, NoData, Population, Threshold
from bridge.core.health import SourceHealth
from bridge.core.holds import HoldPhase, Truth
from bridge.core.matching import parse_matchers
from bridge.core.rules import ComponentName, ComponentRule, CountLadder, RuleId, RuleSet
from bridge.core.signals import Labels, Signal, SignalState
from bridge.core.state import State
from bridge.core.statuses import Automation, ComponentStatus
from bridge.core.step import step

F, O, U = SignalState.FAILING, SignalState.OK, SignalState.UNKNOWN  # noqa: E741
SEARCH = ComponentName("Search")
PARTIAL, MAJOR = ComponentStatus.PARTIAL_OUTAGE, ComponentStatus.MAJOR_OUTAGE
DEGRADED = ComponentStatus.DEGRADED_PERFORMANCE
NOW = 1000.0
SHELF_LIFE = 60.0
REGIONS = Population("region", frozenset({"eu", "us", "ap"}))
REPORTING = replace(REGIONS, reports_ok=True)


def rule(
    condition: Condition | Combined, status: ComponentStatus | CountLadder = PARTIAL, keep: float = 0.0
) -> ComponentRule:
    return ComponentRule(
        RuleId("rule"), SEARCH, (), status, 0.0, keep, condition=condition, automation=Automation.FULL
    )


def signal(number: int, state: SignalState, *, alert: str = "A", region: str = "") -> Signal:
    labels = Labels({"alertname": alert, "number": str(number), "region": region})
    return Signal("one", labels, state, since=NOW, received_at=NOW, expires_at=NOW + SHELF_LIFE)


def asked(text: str, at_least: int = 1, of: Population | None = None) -> Condition:
    return Condition(parse_matchers(text), at_least, of)


def truth(one: ComponentRule, signals: list[Signal]) -> Truth:
    """What the condition is: it claims, it is frozen, or neither. It fired before, or it would have nothing to freeze."""
    state = State(RuleSet("page", (replace(one, keep_firing_for=1000.0),)))
    every = [
        signal(100 + number, F, alert=alert, region=region)
        for number, (alert, region) in enumerate((a, r) for a in "AB" for r in ("eu", "us", "ap", "none"))
    ] + [signal(200 + number, F) for number in range(6)]
    step(state, every, NOW - 10)
    step(state, [replace(old, state=O) for old in every] + signals, NOW)
    (hold,) = state.memory.holds.values()
    if hold.frozen_at is not None:
        return Truth.UNKNOWN
    return Truth.TRUE if hold.phase is HoldPhase.FIRING else Truth.FALSE


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ("", Truth.FALSE),
        ("F", Truth.FALSE),
        ("FO", Truth.FALSE),
        ("FU", Truth.UNKNOWN),
        ("UU", Truth.UNKNOWN),
        ("U", Truth.FALSE),
        ("FF", Truth.TRUE),
        ("FFUU", Truth.TRUE),
        ("FUU", Truth.UNKNOWN),
    ],
)
def test_two_or_more_is_unknown_only_where_the_unknown_could_make_two(states: str, expected: Truth) -> None:
    signals = [signal(number, {"F": F, "O": O, "U": U}[letter]) for number, letter in enumerate(states)]
    assert truth(rule(asked("alertname=A", 2)), signals) is expected


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ([("eu", F), ("eu", F)], Truth.FALSE),
        ([("eu", F), ("us", F)], Truth.TRUE),
        ([("eu", F), ("moon", F)], Truth.FALSE),
        ([("eu", F), ("us", U)], Truth.UNKNOWN),
        ([("eu", F), ("us", O), ("us", U)], Truth.UNKNOWN),
        ([("eu", F), ("eu", U), ("us", O)], Truth.FALSE),
    ],
)
def test_of_the_values_of_a_label_each_counts_once_and_no_other(
    seen: list[tuple[str, SignalState]], expected: Truth
) -> None:
    signals = [signal(number, state, region=region) for number, (region, state) in enumerate(seen)]
    assert truth(rule(asked("alertname=A", 2, REGIONS)), signals) is expected


@pytest.mark.parametrize(
    ("how", "decided_by"), [(Combination.ALL, Truth.FALSE), (Combination.ANY, Truth.TRUE)]
)
@given(truths=st.tuples(*[st.sampled_from(Truth)] * 3))
def test_all_and_any_are_unknown_only_where_nothing_decides(
    how: Combination, decided_by: Truth, truths: tuple[Truth, ...]
) -> None:
    states = {Truth.TRUE: F, Truth.FALSE: O, Truth.UNKNOWN: U}
    nested = Combined(how, (asked("alertname=A,region=us"), asked("alertname=B,region=eu")))
    one = Combined(how, (asked("alertname=A,region=eu"), nested))
    where = (("A", "eu"), ("A", "us"), ("B", "eu"))
    signals = [
        signal(number, states[each], alert=alert, region=region)
        for number, (each, (alert, region)) in enumerate(zip(truths, where, strict=True))
    ]
    expected = truths[0]
    if decided_by in truths:
        expected = decided_by
    elif Truth.UNKNOWN in truths:
        expected = Truth.UNKNOWN
    assert truth(rule(one), signals) is expected


def test_what_reports_ok_and_was_not_heard_of_is_unknown() -> None:
    state = State(RuleSet("page", (rule(asked("alertname=A", 2, REPORTING)),)))
    step(state, [signal(1, O, region="eu")], NOW)
    assert state.live.blind[SEARCH]
    step(state, [signal(2, O, region="us")], NOW + 1)
    assert not state.live.blind[SEARCH]


def test_nothing_that_was_heard_of_a_reporting_population_is_unknown_from_the_start() -> None:
    state = State(RuleSet("page", (rule(asked("alertname=A", 2, REPORTING)),)))
    step(state, [], NOW)
    assert state.live.blind[SEARCH]
    assert state.desired.components == {}


STEPS = CountLadder(((1, DEGRADED), (2, PARTIAL), (3, MAJOR)))


@pytest.mark.parametrize(("failing", "shown"), [(1, DEGRADED), (2, PARTIAL), (3, MAJOR), (5, MAJOR)])
def test_the_more_fail_the_worse_it_is(failing: int, shown: ComponentStatus) -> None:
    state = State(RuleSet("page", (rule(asked("alertname=A"), STEPS),)))
    step(state, [signal(number, F) for number in range(failing)], NOW)
    assert state.desired.components == {SEARCH: shown}
    step(state, [signal(0, O)], NOW + 1)
    milder = {1: None, 2: DEGRADED, 3: PARTIAL, 5: MAJOR}[failing]
    assert state.desired.components.get(SEARCH) is milder


def silent(no_data: NoData, state: SignalState = F) -> tuple[State, float]:
    """A signal that nobody repeats, an instant after it expired."""
    state_ = State(RuleSet("page", (rule(Condition(parse_matchers("alertname=A"), no_data=no_data)),)))
    step(state_, [signal(1, state)], NOW)
    later = NOW + SHELF_LIFE
    step(state_, [], later)
    return state_, later


@pytest.mark.parametrize(
    ("no_data", "state", "shown"),
    [
        (NoData.HOLD, F, {SEARCH: PARTIAL}),
        (NoData.IGNORE, F, {}),
        (NoData.FAIL, F, {SEARCH: PARTIAL}),
        (NoData.HOLD, O, {}),
        (NoData.IGNORE, O, {}),
        (NoData.FAIL, O, {SEARCH: PARTIAL}),
        (NoData.FAIL, U, {}),
    ],
)
def test_no_data_says_what_silence_is(
    no_data: NoData, state: SignalState, shown: dict[ComponentName, ComponentStatus]
) -> None:
    assert silent(no_data, state)[0].desired.components == shown


@pytest.mark.parametrize("no_data", NoData)
@pytest.mark.parametrize("state", [F, O])
def test_a_blind_source_holds_whatever_no_data_says(no_data: NoData, state: SignalState) -> None:
    evaluation = State(RuleSet("page", (rule(Condition(parse_matchers("alertname=A"), no_data=no_data)),)))
    step(evaluation, [signal(1, state)], NOW, sources=[SourceHealth("one", NOW, 5.0)])
    before = dict(evaluation.desired.components)
    for later in (5.0, SHELF_LIFE, SHELF_LIFE * 10):
        step(evaluation, [], NOW + later)
        assert evaluation.desired.components == before
        # A life that begins in the silence counts everything anew.
        again = State(evaluation.ruleset, replace(evaluation.memory))
        step(again, evaluation.signals.values(), NOW + later, sources=evaluation.sources.values())
        assert again.desired.components == before


@pytest.mark.parametrize(
    ("written", "met", "unmet"),
    [
        (Threshold(Comparison.ABOVE, 2.0), (2.1,), (2.0, 0.5)),
        (Threshold(Comparison.AT_LEAST, 2.0), (2.0, 3.0), (1.9,)),
        (Threshold(Comparison.BELOW, 2.0), (1.9,), (2.0, 3.0)),
        (Threshold(Comparison.AT_MOST, 2.0), (2.0, 1.0), (2.1,)),
    ],
)
@pytest.mark.parametrize("said", [F, O])
def test_a_threshold_goes_by_the_value_whatever_the_source_says(
    written: Threshold, met: tuple[float, ...], unmet: tuple[float, ...], said: SignalState
) -> None:
    condition = Condition(parse_matchers("alertname=A"), value=written)
    for values, shown in ((met, {SEARCH: PARTIAL}), (unmet, {})):
        for value in values:
            state = State(RuleSet("page", (rule(condition),)))
            step(state, [replace(signal(1, said), value=value)], NOW)
            assert state.desired.components == shown


@pytest.mark.parametrize(("said", "value"), [(F, None), (O, None), (U, 3.0)])
def test_what_was_not_measured_is_unknown_to_a_threshold(said: SignalState, value: float | None) -> None:
    condition = Condition(parse_matchers("alertname=A"), value=Threshold(Comparison.ABOVE, 2.0))
    state = State(RuleSet("page", (rule(condition),)))
    step(state, [replace(signal(1, F), value=3.0)], NOW)
    step(state, [replace(signal(1, said), value=value)], NOW + 1)
    assert state.desired.components == {SEARCH: PARTIAL}
    assert all(hold.frozen_at == NOW + 1 for hold in state.memory.holds.values())


def test_a_rule_that_counts_now_keeps_its_hold_through_the_reload() -> None:
    before = State(RuleSet("page", (rule(asked("alertname=A")),)))
    signals = [signal(number, F) for number in range(3)]
    step(before, signals, NOW)
    after = State(RuleSet("page", (rule(asked("alertname=A", 3), STEPS),)), before.memory)
    taken = step(after, signals, NOW + 1)
    assert after.desired.components == {SEARCH: MAJOR}
    assert all(hold.phase is HoldPhase.FIRING for hold in after.memory.holds.values())
    assert not any(
        hold.phase is HoldPhase.INACTIVE and key.status is PARTIAL for key, hold in taken.holds.items()
    )
