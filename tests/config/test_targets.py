"""Rules over several components, and rules that take their component from a label: each is one rule for each component."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.core.conditions import Condition
from bridge.core.matching import match_all, parse_matchers
from bridge.core.signals import Labels
from tests.config.loading import load_text, told, write

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.core.rules import RuleSet

LABELLED = """
rules:
  - id: by-label
    component: {label: team, map: {a: Shop / API, b: Shop / Web, "b.x": Shop / Web}}
    alert: Down
    status: partial_outage
"""


def rule_set(folder: Path, text: str) -> RuleSet:
    return load_text(folder, f"page: acme\n{text}").rule_sets["acme"]


def test_a_group_is_all_that_the_files_name_of_it(tmp_path: Path) -> None:
    first = "page: acme\ncomponents: {Shop / *: [{alert: Down, status: major_outage}], Shop / Web: []}"
    second = (
        "page: acme\ncomponents: {Shop / API: [{alert: A, status: major_outage}], "
        "Search: [{alert: B, status: major_outage}]}"
    )
    compiled = load_text(write(tmp_path, other=second), first).rule_sets["acme"]
    assert sorted(rule.id for rule in compiled.components) == [
        "Search:B",
        "Shop / API:A",
        "Shop / API:Down",
        "Shop / Web:Down",
    ]


def test_a_name_with_a_slash_is_covered_by_its_group_and_by_itself(tmp_path: Path) -> None:
    text = """
rules: [{component: {group: Shop, name: Orders / Returns}, alert: A, status: major_outage}]
components: {Shop / *: [{alert: B, status: major_outage}]}
incidents:
  - {id: one, components: [{group: Shop, name: Orders / Returns}], title: One}
  - {id: all, components: [Shop / *], title: All}
"""
    compiled = rule_set(tmp_path, text)
    assert compiled.component_names == ("Shop / Orders / Returns",)
    assert [rule.id for rule in compiled.components] == [
        "Shop / Orders / Returns:B",
        "Shop / Orders / Returns:A",
    ]
    assert [incident.components for incident in compiled.incidents] == [("Shop / Orders / Returns",)] * 2


@pytest.mark.parametrize(
    ("team", "claimed", "unmapped"),
    [
        ("a", ["Shop / API"], False),
        ("b", ["Shop / Web"], False),
        ("b.x", ["Shop / Web"], False),
        ("bax", [], True),
        ("", [], True),
        ("ab", [], True),
    ],
)
def test_the_value_of_a_label_names_the_component_or_none(
    tmp_path: Path, team: str, claimed: list[str], *, unmapped: bool
) -> None:
    compiled = rule_set(tmp_path, LABELLED)
    labels = Labels({"alertname": "Down", "team": team})
    assert [rule.component for rule in compiled.components if match_all(rule.matchers, labels)] == claimed
    (left,) = compiled.unmapped
    assert any(match_all(each, labels) for each in left.matchers) is unmapped
    other = Labels({"alertname": "Other", "team": team})
    assert not any(match_all(each, other) for each in left.matchers)


def test_each_component_of_a_map_has_a_rule_and_so_a_hold_of_its_own(tmp_path: Path) -> None:
    compiled = rule_set(tmp_path, LABELLED)
    assert [rule.id for rule in compiled.components] == ["Shop / API:by-label", "Shop / Web:by-label"]


def test_every_condition_of_a_rule_by_label_is_about_its_component(tmp_path: Path) -> None:
    text = """
conditions: {a: {alert: A}, b: {alert: B, at_least: 2}}
rules: [{component: {label: team, map: {shop: Shop}}, all: [a, b], status: partial_outage}]
"""
    (rule,) = rule_set(tmp_path, text).components
    assert rule.conditions == (
        Condition(parse_matchers('alertname="A",team="shop"')),
        Condition(parse_matchers('alertname="B",team="shop"'), 2),
    )
    assert rule.id == "Shop:all(a,b)"


def test_the_probes_of_each_component_are_a_population_of_their_own(tmp_path: Path) -> None:
    probes = ", ".join(
        f"{{id: {name}, http: {{url: 'https://shop.example'}}, labels: {{team: {name[0]}}}}}"
        for name in ("a1", "a2", "a3", "b1")
    )
    text = f"""
rules:
  - component: {{label: team, map: {{a: Shop / API, b: Shop / Web}}}}
    matchers: 'probe=~".+"'
    at_least: 2/3
    of: probes
    status: partial_outage
probes: [{probes}]
"""
    counted = {
        rule.component: (one.at_least, sorted(one.of.values))
        for rule in rule_set(tmp_path, text).components
        for one in rule.conditions
        if one.of is not None
    }
    assert counted == {"Shop / API": (2, ["a1", "a2", "a3"]), "Shop / Web": (1, ["b1"])}


def test_a_file_of_few_lines_does_not_grow_without_end(tmp_path: Path) -> None:
    names = "\n".join(f"  Shop / C{number}: []" for number in range(1000))
    rules = "\n".join(f"    - {{alert: A{number}, status: major_outage}}" for number in range(100))
    (problem,) = told(write(tmp_path, rules=f"page: acme\ncomponents:\n{names}\n  Shop / *:\n{rules}\n"))
    assert "more than 20,000 rules on one page" in problem
