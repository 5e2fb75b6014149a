"""What the rule language means, where it is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.core.matching import parse_matchers
from bridge.core.observation import HttpExpectation
from bridge.core.rules import IncidentTexts, RuleSet
from bridge.core.signals import Labels
from bridge.core.statuses import Automation, ComponentStatus
from tests.config.loading import load_text, told, write

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.core.observation import Probe
    from bridge.core.rules import ComponentRule, IncidentRule


def rule_set(folder: Path, text: str) -> RuleSet:
    return load_text(folder, f"page: acme\n{text}").rule_sets["acme"]


def rules_of(folder: Path, *rules: str) -> tuple[ComponentRule, ...]:
    return rule_set(folder, f"components: {{Search: [{', '.join(rules)}]}}").components


def incident_of(folder: Path, text: str) -> IncidentRule:
    components = "Search: [{alert: A, status: major_outage}]"
    fields = f"id: search, components: [Search], title: Search is slow, {text}"
    (incident,) = rule_set(folder, f"components: {{{components}}}\nincidents: [{{{fields}}}]").incidents
    return incident


def probe_of(folder: Path, text: str) -> Probe:
    (probe,) = load_text(folder, f"probes: [{{id: shop, {text}}}]").probes
    return probe


@pytest.mark.parametrize(
    ("rule", "matchers"),
    [
        pytest.param("alert: A", 'alertname="A"', id="an alert is short for its name"),
        pytest.param("matchers: ['a=b', 'c!=d']", 'a="b", c!="d"', id="a list of matchers"),
        pytest.param("matchers: 'a=b, c!=d'", 'a="b", c!="d"', id="one text with several"),
        pytest.param("matchers: ['{a=b,}', 'c!=d']", 'a="b", c!="d"', id="braces and a trailing comma"),
        pytest.param("alert: A, matchers: 'a=~\"b|c\"'", 'alertname="A", a=~"b|c"', id="an alert and more"),
    ],
)
def test_matchers_add_up(tmp_path: Path, rule: str, matchers: str) -> None:
    (compiled,) = rules_of(tmp_path, f"{{{rule}, status: partial_outage}}")
    assert compiled.matchers == parse_matchers(matchers)


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        pytest.param("id: slow, alert: A", "Search:slow", id="the id that is written"),
        pytest.param("alert: A", "Search:A", id="else the alert"),
        pytest.param("matchers: 'a=b, c!=d'", 'Search:a="b",c!="d"', id="else what it matches"),
        pytest.param(
            f"matchers: 'a={'b' * 200}'", "Search:dcbad8d4f15bdb76", id="shortened where that is long"
        ),
    ],
)
def test_a_rule_is_called_by_what_does_not_change_when_others_come_and_go(
    tmp_path: Path, rule: str, name: str
) -> None:
    alone = rules_of(tmp_path, f"{{{rule}, status: partial_outage}}")
    after = rules_of(tmp_path, "{alert: Before, status: major_outage}", f"{{{rule}, status: partial_outage}}")
    assert alone[0].id == after[1].id
    assert alone[0].id == name


def test_holds_and_automation_have_the_defaults_of_the_language(tmp_path: Path) -> None:
    (rule,) = rules_of(tmp_path, "{alert: A, status: partial_outage}")
    assert (rule.for_, rule.keep_firing_for, rule.automation) == (120.0, 300.0, Automation.SHADOW)


def test_the_defaults_of_a_document_hold_for_what_says_nothing_else(tmp_path: Path) -> None:
    text = """
components:
  Search:
    - {alert: A, status: partial_outage}
    - {alert: B, status: partial_outage, for: 1m, automation: shadow}
incidents:
  - {id: search, components: [Search], title: Search is slow}
defaults: {for: 7m, keep_firing_for: 9m, automation: full}
"""
    compiled = rule_set(tmp_path, text)
    first, second = compiled.components
    assert (first.for_, first.keep_firing_for, first.automation) == (420.0, 540.0, Automation.FULL)
    assert (second.for_, second.keep_firing_for, second.automation) == (60.0, 540.0, Automation.SHADOW)
    assert compiled.incidents[0].automation is Automation.FULL


def test_an_incident_has_the_defaults_of_the_language(tmp_path: Path) -> None:
    incident = incident_of(tmp_path, "")
    assert incident.automation is Automation.SHADOW
    assert incident.monitor_for == 600.0
    assert (incident.open_at, incident.close_at) == (
        ComponentStatus.PARTIAL_OUTAGE,
        ComponentStatus.OPERATIONAL,
    )
    assert incident.texts == IncidentTexts()


def test_an_incident_takes_levels_grouping_and_texts(tmp_path: Path) -> None:
    text = (
        "automation: draft, group_by: [region, tier], open_at: major_outage, close_at: degraded_performance, "
        'texts: {escalated: "Worse: {components}."}'
    )
    incident = incident_of(tmp_path, text)
    assert incident.automation is Automation.DRAFT
    assert incident.group_by == ("region", "tier")
    assert incident.close_at is ComponentStatus.DEGRADED_PERFORMANCE
    assert incident.texts == IncidentTexts(escalated="Worse: {components}.")


@pytest.mark.parametrize(
    ("patterns", "covered"),
    [
        pytest.param("'*'", ["Shop / API", "Shop / Web", "Search", "id:8kbf7d35c070"], id="everything"),
        pytest.param("Shop / *", ["Shop / API", "Shop / Web"], id="a group"),
        pytest.param(
            "Search, Shop / *", ["Search", "Shop / API", "Shop / Web"], id="in the order that is written"
        ),
        pytest.param("Shop / Web, Shop / *", ["Shop / Web", "Shop / API"], id="each once"),
        pytest.param("Shop   /   Web", ["Shop / Web"], id="whatever the white space"),
        pytest.param("id:8kbf7d35c070", ["id:8kbf7d35c070"], id="an id"),
    ],
)
def test_an_incident_covers_the_components_of_its_patterns(
    tmp_path: Path, patterns: str, covered: list[str]
) -> None:
    rule = "[{alert: A, status: major_outage}]"
    names = "\n".join(
        f"  {name}: {rule}" for name in ("Shop / API", "Shop / Web", "Search", "id:8kbf7d35c070")
    )
    incident = f"{{id: shop, components: [{patterns}], title: Shop}}"
    compiled = rule_set(tmp_path, f"components:\n{names}\nincidents: [{incident}]")
    assert list(compiled.incidents[0].components) == covered


def test_a_name_may_hold_a_slash_without_spaces(tmp_path: Path) -> None:
    text = "components: {TCP/IP: [{alert: A, status: major_outage}]}"
    assert rule_set(tmp_path, text).component_names == ("TCP/IP",)


def test_a_component_covered_twice_is_a_warning_that_names_both_places(tmp_path: Path) -> None:
    text = """page: acme
components: {Search: [{alert: A, status: major_outage}]}
incidents:
  - {id: one, components: [Search], title: One}
  - {id: two, components: ['*'], title: Two}
"""
    (warning,) = load_text(tmp_path, text).warnings
    place = tmp_path / "rules.yaml"
    assert str(warning) == (
        f'{place}:5:5: "Search" is also covered by the incident "one" (hint: that one is at {place}:4:5; both may open)'
    )


def test_a_component_spelled_with_and_without_its_group_is_a_warning(tmp_path: Path) -> None:
    rules = "[{alert: A, status: major_outage}]"
    text = f"page: acme\ncomponents: {{Shop / API: {rules}, API: {rules}}}"
    (warning,) = load_text(tmp_path, text).warnings
    assert warning.message == '"API" may be the same component as "Shop / API"'


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("{}", HttpExpectation(), id="any success"),
        pytest.param("{status: 204}", HttpExpectation(statuses=((204, 204),)), id="one status"),
        pytest.param(
            "{status: [200, 3xx, 401-403]}",
            HttpExpectation(statuses=((200, 200), (300, 399), (401, 403))),
            id="statuses, a family, a range",
        ),
        pytest.param("{within: 2s}", HttpExpectation(within=2.0), id="a time"),
        pytest.param("{body: '^ok$'}", HttpExpectation(body_regexp="^ok$"), id="a body"),
    ],
)
def test_an_expectation_is_compiled(tmp_path: Path, written: str, expected: HttpExpectation) -> None:
    probe = probe_of(tmp_path, f"http: {{url: 'https://shop.example', expect: {written}}}")
    assert probe.check.expect == expected


def test_a_probe_has_the_defaults_of_the_language(tmp_path: Path) -> None:
    probe = probe_of(tmp_path, "http: {url: 'https://shop.example'}")
    assert (probe.every, probe.timeout, probe.check.method) == (30.0, 10.0, "GET")
    assert probe.signal_labels == Labels({"probe": "shop"})


def test_a_timeout_that_is_left_out_fits_a_short_interval(tmp_path: Path) -> None:
    assert probe_of(tmp_path, "http: {url: 'https://shop.example'}, every: 5s").timeout == 5.0


def test_a_timeout_that_is_written_must_fit_the_interval(tmp_path: Path) -> None:
    text = "probes: [{id: shop, http: {url: 'https://shop.example'}, every: 5s, timeout: 6s}]"
    assert told(write(tmp_path, rules=text)) == [
        '1:69: "timeout" (6s) is longer than "every" (5s) (hint: one attempt must end before the next begins)'
    ]


def test_a_probe_takes_method_headers_and_labels(tmp_path: Path) -> None:
    text = (
        "http: {url: 'https://shop.example', method: HEAD, headers: {Authorization: Bearer x, Accept: 1}}, "
        "labels: {team: shop}"
    )
    probe = probe_of(tmp_path, text)
    assert probe.check.method == "HEAD"
    assert probe.check.headers == (("Authorization", "Bearer x"), ("Accept", "1"))
    assert probe.signal_labels == Labels({"probe": "shop", "team": "shop"})
    assert "Bearer" not in repr(probe)


def test_two_metrics_of_one_query_share_it_at_the_shorter_interval(tmp_path: Path) -> None:
    text = """page: acme
metrics:
  - {metric: Orders, query: sum(orders), prometheus: main, every: 2m}
  - {metric: Sales, query: sum(orders), prometheus: main, every: 1m}
"""
    loaded = load_text(tmp_path, text)
    assert [(query.series, query.every) for query in loaded.polls] == [("query:main:sum(orders)", 60.0)]
    assert len(loaded.rule_sets["acme"].metrics) == 2


def test_a_probe_slower_than_five_minutes_makes_a_metric_with_gaps_and_a_warning(tmp_path: Path) -> None:
    text = """page: acme
probes: [{id: shop, http: {url: 'https://shop.example'}, every: 10m}]
metrics: [{metric: Latency, probe: shop, value: latency}]
"""
    (warning,) = load_text(tmp_path, text).warnings
    assert warning.message == 'the probe "shop" runs every 10m'


def test_a_section_whose_entries_are_commented_out_is_empty(tmp_path: Path) -> None:
    loaded = load_text(tmp_path, "page: acme\ncomponents:\nincidents:\nprobes:\nmetrics:\n")
    assert (loaded.rule_sets, loaded.probes) == ({}, ())


def test_probes_alone_need_no_page(tmp_path: Path) -> None:
    assert probe_of(tmp_path, "http: {url: 'https://shop.example'}").id == "shop"
