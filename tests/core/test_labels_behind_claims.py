"""Which signals stand behind a claim, for the labels that an incident shows: the step and its oracle over conditions of every kind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.core.conditions import Combination, Combined, Condition, Expression, NoData, Population
from bridge.core.desired import Memory
from bridge.core.evaluation import evaluate
from bridge.core.matching import parse_matchers
from bridge.core.public_labels import PublicLabel
from bridge.core.rules import ComponentRule, IncidentRule, IncidentRuleId, RuleId, RuleSet
from bridge.core.signals import AtExpiry, Labels, Signal, SignalKey, SignalState
from bridge.core.state import State
from bridge.core.statuses import Automation
from bridge.core.step import step
from tests.core.pages import API, MAJOR

NOW = 1000.0


def heard(alert: str, region: str, state: SignalState = SignalState.FAILING) -> Signal:
    labels = Labels({"alertname": alert, "region": region})
    return Signal("one", labels, state, since=NOW, received_at=NOW, expires_at=NOW + 600.0)


def regions(asked: Expression, *deliveries: list[Signal], for_: float = 0.0) -> tuple[str, ...]:
    """What the incident over a rule remembers after deliveries ten seconds apart."""
    rule = ComponentRule(
        RuleId("rule"), API, (), MAJOR, for_, 0.0, condition=asked, automation=Automation.FULL
    )
    incident = IncidentRule(
        IncidentRuleId("incident"), (API,), "Down", public_labels=(PublicLabel("region"),)
    )
    ruleset = RuleSet("page", (rule,), (incident,))
    state, memory = State(ruleset), Memory()
    signals: dict[SignalKey, Signal] = {}
    for number, delivery in enumerate(deliveries):
        now = NOW + 10.0 * number
        step(state, delivery, now)
        signals |= {signal.key: signal for signal in delivery}
        _, memory = evaluate(ruleset, signals.values(), memory, now)
    assert state.memory == memory
    return tuple(value for one in memory.incidents.values() for _, values in one.labels for value in values)


@pytest.mark.parametrize(
    ("how", "failing", "expected"),
    [
        (Combination.ALL, {"A": "eu", "B": "us", "C": "asia"}, ("eu", "us")),
        (Combination.ANY, {"A": "eu", "B": "us", "C": "asia"}, ("eu", "us")),
        (Combination.ANY, {"B": "us", "C": "asia"}, ("us",)),
        (Combination.ALL, {"A": "eu", "C": "asia"}, ()),
    ],
)
def test_all_parts_of_what_is_combined_stand_behind_the_claim_and_nothing_else(
    how: Combination, failing: dict[str, str], expected: tuple[str, ...]
) -> None:
    asked = Combined(how, tuple(Condition(parse_matchers(f"alertname={name}")) for name in "AB"))
    signals = [heard(name, region) for name, region in failing.items()]
    assert regions(asked, signals) == expected


def test_those_that_are_counted_stand_behind_the_claim_once_enough_are_failing() -> None:
    asked = Condition(
        parse_matchers("alertname=A"), at_least=2, of=Population("region", frozenset({"eu", "us"}))
    )
    assert regions(asked, [heard("A", "eu"), heard("A", "asia")]) == ()
    assert regions(asked, [heard("A", "eu"), heard("A", "asia"), heard("A", "us")]) == ("eu", "us")


@pytest.mark.parametrize(
    ("no_data", "expected"), [(NoData.FAIL, ("eu", "us")), (NoData.IGNORE, ("us",)), (NoData.HOLD, ("us",))]
)
def test_a_silent_signal_stands_behind_a_claim_where_silence_is_failing(
    no_data: NoData, expected: tuple[str, ...]
) -> None:
    asked = Condition(parse_matchers("alertname=A"), no_data=no_data)
    silent = replace(heard("A", "eu", SignalState.OK), expires_at=NOW + 5.0, at_expiry=AtExpiry.UNKNOWN)
    assert regions(asked, [silent], [heard("A", "us")]) == expected


def test_a_signal_in_two_conditions_of_a_rule_is_taken_out_of_both() -> None:
    twice = Combined(Combination.ANY, (Condition(parse_matchers("alertname=A")),) * 2)
    well = heard("A", "eu", SignalState.OK)
    assert regions(twice, [heard("A", "eu"), heard("A", "us")]) == ("eu", "us")
    # It opens only after the first has ended: then nothing of that one is told.
    assert regions(twice, [heard("A", "eu")], [well, heard("A", "us")], for_=5.0) == ("us",)
