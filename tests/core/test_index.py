"""The index of rules gives what trying every rule would give, and tries few of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bridge.core.index import RuleIndex
from bridge.core.matching import match_all, parse_matchers
from bridge.core.rules import ComponentName, ComponentRule, RuleId, RuleSet
from bridge.core.signals import Labels
from bridge.core.statuses import ComponentStatus
from tests.core.strategies import labels, rule_sets


def names(index: RuleIndex[ComponentRule], signal: dict[str, str]) -> list[str]:
    return [watch.rule.id for watch in index.matching(Labels(signal))]


def rule(name: str, matchers: str) -> ComponentRule:
    """A rule of which only the matchers count."""
    return ComponentRule(
        RuleId(name), ComponentName("API"), parse_matchers(matchers), ComponentStatus.MAJOR_OUTAGE, 0, 0
    )


@given(rule_sets(), labels)
def test_the_index_finds_each_condition_that_matches_once(ruleset: RuleSet, signal: Labels) -> None:
    index = RuleIndex(ruleset.components)
    found = sorted((watch.rule.id, watch.number) for watch in index.matching(signal))
    assert found == sorted(
        (one.id, number)
        for one in ruleset.components
        for number, condition in enumerate(one.conditions)
        if match_all(condition.matchers, signal)
    )


def test_rules_without_a_value_to_look_up_are_found_too() -> None:
    rules = (rule("all", ""), rule("regex", "a=~1|2"), rule("not", "a!=3"), rule("absent", 'b=""'))
    index = RuleIndex(rules)
    assert set(names(index, {"a": "1"})) == {"all", "regex", "not", "absent"}
    assert set(names(index, {"a": "3", "b": "1"})) == {"all"}
    assert set(names(index, {})) == {"all", "not", "absent"}


def test_a_rule_with_two_values_for_one_label_never_matches() -> None:
    index = RuleIndex((rule("both", "a=1,a=2"),))
    assert list(index.matching(Labels({"a": "1"}))) == []
    assert list(index.matching(Labels({"a": "2"}))) == []


def test_a_rule_stands_under_the_value_that_it_shares_with_the_fewest() -> None:
    rules = tuple(rule(f"rule-{number}", f"team=web,alertname=A{number}") for number in range(100))
    index = RuleIndex(rules)
    assert max(len(under) for under in index._by_label.values()) == 1
    assert names(index, {"team": "web", "alertname": "A7"}) == ["rule-7"]


@given(st.integers(1, 5))
def test_the_order_of_rules_under_one_value_is_that_of_the_files(count: int) -> None:
    rules = tuple(rule(f"rule-{number}", "a=1") for number in range(count))
    assert names(RuleIndex(rules), {"a": "1"}) == [one.id for one in rules]
