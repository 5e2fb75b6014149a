"""Conditions as rule files write them, and what they mean compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.core.conditions import Combination, Combined, Condition, NoData, Population
from bridge.core.matching import parse_matchers
from bridge.core.rules import CountLadder
from bridge.core.statuses import ComponentStatus
from tests.config.loading import load_text

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.core.rules import ComponentRule

PROBES = "\n".join(
    f"  - {{id: {name}, http: {{url: 'https://shop.example'}}, labels: {{team: {team}, severity: {severity}}}}}"
    for name, team, severity in (("eu", "shop", "high"), ("us", "shop", "low"), ("mail", "post", "high"))
)
ALERTS = parse_matchers('alertname="A"')


def rule_of(folder: Path, keys: str, *, conditions: str = "") -> ComponentRule:
    named = f"conditions:\n{conditions}\n" if conditions else ""
    text = f"page: acme\n{named}components:\n  Search:\n    - {{{keys}}}\nprobes:\n{PROBES}\n"
    (rule,) = load_text(folder, text).rule_sets["acme"].components
    return rule


@pytest.mark.parametrize(
    ("keys", "needed", "population"),
    [
        pytest.param("at_least: 3", 3, None, id="a count"),
        pytest.param("at_least: 60%, of: 12", 8, None, id="a share of a number is rounded up"),
        pytest.param("at_least: 60%, of: 5", 3, None, id="a share is exact"),
        pytest.param("at_least: 33.4%, of: 3", 2, None, id="a little more than a third of three is two"),
        pytest.param("at_least: 100%, of: 7", 7, None, id="all of them"),
        pytest.param(
            "at_least: 2/3, of: {region: [eu, us, ap]}",
            2,
            Population("region", frozenset({"eu", "us", "ap"})),
            id="a fraction of the values of a label",
        ),
        pytest.param(
            "at_least: 1, of: {region: [eu, us]}",
            1,
            Population("region", frozenset({"eu", "us"})),
            id="a count of values",
        ),
    ],
)
def test_how_many_are_enough_is_worked_out_from_the_population(
    tmp_path: Path, keys: str, needed: int, population: Population | None
) -> None:
    rule = rule_of(tmp_path, f"alert: A, {keys}, status: partial_outage")
    assert rule.asked == Condition(ALERTS, needed, population)
    assert rule.id == "Search:A"


def test_the_probes_that_match_are_a_population_that_reports_ok(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, "matchers: 'team=shop', at_least: 60%, of: probes, status: partial_outage")
    population = Population("probe", frozenset({"eu", "us"}), reports_ok=True)
    assert rule.asked == Condition(parse_matchers("team=shop"), 2, population)


def test_a_probe_that_can_claim_no_status_is_not_in_the_population(tmp_path: Path) -> None:
    keys = "matchers: 'team=shop', at_least: 100%, of: probes, status: {severity: {high: major_outage}}"
    (condition,) = rule_of(tmp_path, keys).conditions
    assert condition.of == Population("probe", frozenset({"eu"}), reports_ok=True)
    assert condition.at_least == 1


@pytest.mark.parametrize("word", NoData)
def test_no_data_is_a_word_of_the_condition(tmp_path: Path, word: NoData) -> None:
    rule = rule_of(tmp_path, f"alert: A, no_data: {word}, status: partial_outage")
    assert rule.asked == Condition(ALERTS, no_data=word)


def test_a_rule_that_says_nothing_of_it_asks_for_one_signal_and_holds_without_data(tmp_path: Path) -> None:
    assert rule_of(tmp_path, "alert: A, status: partial_outage").asked == Condition(ALERTS)


def test_steps_say_which_status_is_claimed_for_how_many(tmp_path: Path) -> None:
    steps = "{30%: degraded_performance, 2/3: partial_outage, 10: major_outage}"
    rule = rule_of(tmp_path, f"alert: A, of: 10, status: {{at_least: {steps}}}")
    degraded, partial, major = rule.statuses
    assert rule.status == CountLadder(((3, degraded), (7, partial), (10, major)))
    assert (degraded, major) == (ComponentStatus.DEGRADED_PERFORMANCE, ComponentStatus.MAJOR_OUTAGE)


def test_named_conditions_are_combined_and_may_name_those_above_them(tmp_path: Path) -> None:
    conditions = "  a: {alert: A}\n  b: {alert: B, at_least: 2}\n  either: {any: [a, b]}"
    rule = rule_of(tmp_path, "all: [either, b], status: partial_outage", conditions=conditions)
    a = Condition(ALERTS)
    b = Condition(parse_matchers('alertname="B"'), 2)
    assert rule.asked == Combined(Combination.ALL, (Combined(Combination.ANY, (a, b)), b))
    assert rule.conditions == (a, b, b)
    assert rule.id == "Search:all(either,b)"


def test_a_condition_that_no_rule_uses_is_a_warning(tmp_path: Path) -> None:
    text = "page: acme\nconditions: {a: {alert: A}}\ncomponents: {Search: [{alert: B, status: major_outage}]}"
    (warning,) = load_text(tmp_path, text).warnings
    assert warning.message == 'no rule uses the condition "a"'


def test_another_label_may_be_counted_where_incidents_are_grouped(tmp_path: Path) -> None:
    text = """page: acme
components:
  Search: [{alert: A, at_least: 2/3, of: {zone: [a, b, c]}, status: major_outage}]
incidents: [{id: search, components: [Search], title: Search, group_by: [region]}]
"""
    assert load_text(tmp_path, text).rule_sets["acme"].components[0].conditions[0].at_least == 2
