"""`bridge test`: what it says of tests that pass, that fail, and that cannot be played."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from tests.cli import terminal

RULES = Path(__file__).parent.parent.parent / "rules"

SHOP = """
page: acme
defaults: {automation: full}
components:
  Search:
    - alert: SearchErrors
      status: {severity: {critical: major_outage, warning: degraded_performance}}
      for: 1m
  Payments:
    - probe: payments
      status: partial_outage
      for: 0
incidents:
  - id: search
    components: [Search]
    title: Search is having problems[ in {region}]
    group_by: [region]
    public_labels: [region]
probes:
  - id: payments
    http: {url: "https://pay.example/", expect: {status: [204], body: "^ok"}}
"""
OUTAGE = """
rules: shop.yaml
tests:
  - name: an outage
    alerts:
      - alert: SearchErrors
        labels: {severity: critical, region: eu, name: a label may be called so}
        timeline: 1m resolved, 10m firing, resolved
    expect:
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the rules, to stand in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.yaml").write_text(SHOP)
    return tmp_path


def call(*arguments: str) -> tuple[int, str, str]:
    """Call the command. Returns its exit code and what it wrote to each stream."""
    ended = terminal.call(*arguments)
    return ended.code, ended.output, ended.errors


def play(folder: Path, tests: str, *options: str) -> tuple[int, list[str]]:
    """Play a file of tests. Returns the exit code, and the lines of both streams."""
    (folder / "shop.test.yaml").write_text(tests)
    code, out, err = call("test", "shop.test.yaml", *options)
    return code, (out + err).splitlines()


def test_the_rules_that_are_shipped_pass_their_tests_with_everything_shown() -> None:
    code, out, err = call("test", str(RULES), "--coverage", "--threshold", "100")
    assert (code, err) == (0, "")
    assert "0 failed" in out
    assert "coverage: 100.0 %" in out
    assert "not shown" not in out


def test_everything_that_can_be_expected_is_compared_with_the_page(folder: Path) -> None:
    expected = """
      - at: 1m58s
        components: {}
        incidents: []
        calls: []
      - at: 2m
        components: {Search: major_outage}
        would_have: {}
        incidents:
          - id: search
            group: {region: eu}
            status: investigating
            title: Search is having problems in eu
            body: We are investigating a problem affecting Search.
            impact: critical
            components: [Search]
        updates: {search: [investigating]}
        notifications: 1
        calls: ['open search {region="eu"} investigating notify Search=major_outage']
      - at: 1h
        components: {}
        incidents: {}
        updates: {search: [investigating, monitoring, resolved]}
        notifications: 2
        calls:
          - 'update search {region="eu"} monitoring Search=operational'
          - 'update search {region="eu"} resolved notify'
    """
    code, lines = play(folder, OUTAGE + expected.replace("incidents: []", "incidents: {}"))
    assert (code, lines) == (0, ["ok    shop.test.yaml: an outage", "1 passed, 0 failed"])


@pytest.mark.parametrize(
    ("key", "wrong", "line"),
    [
        ("components", "{}", "expected nothing; found Search: major_outage"),
        (
            "components",
            "{Search: partial_outage}",
            "expected Search: partial_outage; found Search: major_outage",
        ),
        ("would_have", "{Search: major_outage}", "expected Search: major_outage; found nothing"),
        (
            "incidents",
            "{search: monitoring}",
            'expected search: monitoring; found search {region="eu"}: investigating',
        ),
        (
            "incidents",
            "[{id: search, group: {region: eu}, status: investigating, title: Another}]",
            (
                'expected search {region="eu"}: investigating, title: Another; '
                'found search {region="eu"}: investigating, title: Search is having problems in eu'
            ),
        ),
        (
            "incidents",
            "[{id: search, group: {region: eu}, status: investigating, impact: major, components: [Payments]}]",
            (
                'expected search {region="eu"}: investigating, impact: major, components: Payments; '
                'found search {region="eu"}: investigating, impact: critical, components: Search'
            ),
        ),
        (
            "updates",
            "{search: [investigating, resolved]}",
            "expected investigating, resolved; found investigating",
        ),
        ("notifications", "0", "expected 0; found 1"),
        (
            "calls",
            "[set Search major_outage]",
            'expected set Search major_outage; found open search {region="eu"} investigating notify Search=major_outage',
        ),
    ],
)
def test_each_difference_fails_the_test(folder: Path, key: str, wrong: str, line: str) -> None:
    code, lines = play(folder, f"{OUTAGE}      - at: 3m\n        {key}: {wrong}\n")
    assert (code, lines[0], lines[-1]) == (1, "FAIL  shop.test.yaml: an outage", "0 passed, 1 failed")
    assert lines[1] == f"      shop.test.yaml:10:9: at 3m, {key}: {line}"


def test_with_diff_the_chain_from_the_signals_to_the_page_stands_below(folder: Path) -> None:
    code, lines = play(
        folder, f"{OUTAGE}      - at: 1m30s\n        components: {{Search: major_outage}}\n", "--diff"
    )
    assert code == 1
    text = "\n".join(lines)
    assert "at 1m30s, components (- expected, + found)" in text
    assert "        - Search: major_outage" in text
    assert "Search: shown operational, wanted operational" in text
    assert (
        'Search:SearchErrors {region="eu"} major_outage: pending for 31s of 1m, 29s left; the condition holds'
        in text
    )
    assert 'severity="critical"} failing for 31s' in text
    assert 'condition_met group={region="eu"} phase=pending' in text


def test_a_timeline_that_must_fail_prints_a_diff_and_the_chain_that_led_to_it(folder: Path) -> None:
    """The whole of it, because it is what somebody whose test fails has to go by."""
    expected = """
      - at: 1m30s
        components: {Search: major_outage, Lorem: major_outage}
      - at: 3m
        notifications: 0
    """
    code, lines = play(
        folder,
        OUTAGE.replace(
            "        labels: {severity: critical, region: eu, name: a label may be called so}\n",
            "        labels: {severity: critical, region: eu}\n",
        )
        + expected,
        "--diff",
    )
    assert code == 1
    assert (
        [re.sub(r"(\d)\.\d{6}", r"\1", line) for line in lines]
        == """\
FAIL  shop.test.yaml: an outage
      shop.test.yaml:11:9: at 1m30s, components (- expected, + found)
        - Lorem: major_outage
        - Search: major_outage
        because
          Lorem: no rule is about it
          Search: shown operational, wanted operational
            Search:SearchErrors {region="eu"} degraded_performance: pending for 31s of 1m, 29s left; the condition holds
              alertmanager {alertname="SearchErrors", region="eu", severity="critical"} failing for 31s: SearchErrors is firing
            Search:SearchErrors {region="eu"} major_outage: pending for 31s of 1m, 29s left; the condition holds
              alertmanager {alertname="SearchErrors", region="eu", severity="critical"} failing for 31s: SearchErrors is firing
             60  bridge  hold     Search  condition_met group={region="eu"} phase=pending rule=Search:SearchErrors status=degraded_performance
             60  bridge  hold     Search  condition_met group={region="eu"} phase=pending rule=Search:SearchErrors status=major_outage
      shop.test.yaml:13:9: at 3m, notifications (- expected, + found)
        - 0
        + 1
        because
            120  bridge  incident search  opened episode=1790000120002 group={region="eu"} phase=investigating sequence=1 worst=major_outage
            120  page    subscribers are notified: investigating
0 passed, 1 failed""".splitlines()
    )


def test_what_was_written_instead_stands_below_calls_that_differ(folder: Path) -> None:
    code, lines = play(folder, f"{OUTAGE}      - {{at: 3m, calls: []}}\n", "--diff")
    assert code == 1
    assert lines[3] == "        because"
    assert re.search(r"page    POST /pages/\w+/incidents -> 201 status=investigating", lines[4])


def test_rules_in_shadow_are_played_at_the_level_that_the_tests_say(folder: Path) -> None:
    (folder / "shop.yaml").write_text(SHOP.replace("automation: full", "automation: shadow"))
    tests = """
rules: shop.yaml
automation: full
tests:
  - name: trusted
    alerts: &outage [{alert: SearchErrors, labels: {severity: critical, region: eu}, timeline: firing}]
    expect: [{at: 5m, components: {Search: major_outage}, would_have: {}, incidents: [{id: search, group: {region: eu}, status: investigating}], notifications: 1}]
  - name: statuses alone
    automation: statuses
    alerts: *outage
    expect: [{at: 5m, components: {Search: major_outage}, incidents: {}, notifications: 0}]
  - name: somebody has to approve it
    automation: draft
    alerts: *outage
    expect: [{at: 5m, components: {Search: major_outage}, incidents: {}, notifications: 0}]
  - name: as they are
    automation: shadow
    alerts: *outage
    expect: [{at: 5m, components: {}, would_have: {Search: major_outage}, incidents: {}, calls: []}]
""".replace("&outage ", "").replace(
        "*outage", "[{alert: SearchErrors, labels: {severity: critical, region: eu}, timeline: firing}]"
    )
    code, lines = play(folder, tests)
    assert (code, lines[-1]) == (0, "4 passed, 0 failed"), lines


def test_what_says_its_level_itself_keeps_it_whatever_the_tests_say(folder: Path) -> None:
    (folder / "shop.yaml").write_text(
        SHOP.replace("    group_by", "    automation: draft\n    group_by").replace(
            "automation: full", "automation: shadow", 1
        )
    )
    tests = OUTAGE.replace("tests:", "automation: full\ntests:")
    code, _ = play(
        folder, f"{tests}      - {{at: 5m, components: {{Search: major_outage}}, incidents: {{}}}}\n"
    )
    assert code == 0


def test_alerts_of_one_name_that_change_in_one_moment_arrive_together(folder: Path) -> None:
    """As Alertmanager groups them: three regions of five down are one statement, and not the first of three."""
    (folder / "shop.yaml").write_text(
        """
page: acme
defaults: {automation: full}
components:
  Search:
    - {alert: SearchErrors, of: 5, status: {at_least: {20%: partial_outage, 60%: major_outage}}, for: 0}
incidents:
  - {id: search, components: [Search], title: Search is having problems}
"""
    )
    alerts = "".join(
        f"      - {{alert: SearchErrors, labels: {{region: {region}}}, timeline: '1m resolved, firing'}}\n"
        for region in ("eu", "us", "ap")
    )
    expected = "      - {at: 2m, calls: [open search investigating notify Search=major_outage]}\n"
    tests = f"rules: shop.yaml\ntests:\n  - name: three\n    alerts:\n{alerts}    expect:\n{expected}"
    assert play(folder, tests)[1] == ["ok    shop.test.yaml: three", "1 passed, 0 failed"]


def test_a_probe_is_content_with_whatever_the_test_says_and_may_find_nothing_out(folder: Path) -> None:
    tests = """
rules: shop.yaml
tests:
  - name: a check fails, and then our own network
    probes: {payments: "1m ok, 5m failing, 5m unknown, ok"}
    expect:
      - {at: 58s, components: {}}
      - {at: 2m, components: {Payments: partial_outage}}
      - {at: 11m, components: {Payments: partial_outage}}
      - {at: 20m, components: {}}
"""
    assert play(folder, tests)[0] == 0


def test_commands_and_people_act_on_the_page(folder: Path) -> None:
    tests = f"""{OUTAGE}      - {{at: 3m, components: {{Search: degraded_performance, Payments: degraded_performance}}}}
      - at: 1h
        components: {{Payments: degraded_performance}}
        updates: {{search: [investigating, identified]}}
    commands:
      - {{at: 2m30s, command: override_set, by: me, component: Search, status: degraded_performance, for: 5m}}
    people:
      - {{at: 2m40s, component: Payments, status: degraded_performance}}
      - {{at: 5m, incident: search, status: identified, body: It was the index.}}
"""
    assert play(folder, tests) == (0, ["ok    shop.test.yaml: an outage", "1 passed, 0 failed"])


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ("    probes: {nothing: ok}\n", "the rules have no probe nothing; they have payments"),
        ("    commands: [{at: 1m, command: pauses}]\n", "shop.test.yaml:11:16: the command was refused: "),
        ("    people: [{at: 1m, incident: search, status: resolved}]\n", "no incident search is open then"),
    ],
)
def test_what_cannot_be_played_fails_and_says_why(folder: Path, extra: str, says: str) -> None:
    code, lines = play(folder, f"{OUTAGE}      - {{at: 3m, components: {{}}}}\n{extra}")
    assert (code, lines[0]) == (1, "FAIL  shop.test.yaml: an outage")
    assert says in lines[1]


def test_a_file_with_mistakes_is_told_with_all_of_them_and_the_others_are_played(folder: Path) -> None:
    (folder / "bad.test.yaml").write_text(
        """
rules: shop.yaml
test: []
tests:
  - name: one
    alerts: [{alert: A, timeline: 1m fireing}]
    expect: [{at: 5, component: {}}, {at: 1m}]
  - name: one
    people: [{at: 1m, component: Search, status: broken}]
    expect: [{at: 1m, notifications: many, components: {Search: red}}]
"""
    )
    (folder / "good.test.yaml").write_text(f"{OUTAGE}      - {{at: 1m, components: {{}}}}\n")
    code, out, err = call("test", ".")
    assert code == 1
    assert err.splitlines() == [
        'bad.test.yaml:3:1: unknown key "test" in a file of tests (hint: did you mean "tests"?)',
        'bad.test.yaml:6:38: "timeline" "fireing" is no state (hint: one of firing, resolved, silent)',
        "bad.test.yaml:7:14: nothing is expected here (hint: one of components, would_have, incidents, drafts, maintenances, updates, notifications, calls)",
        'bad.test.yaml:7:19: "at": "5" has no unit (hint: write 5s for seconds, 5m for minutes)',
        'bad.test.yaml:7:22: unknown key "component" in an expectation (hint: did you mean "components"?)',
        "bad.test.yaml:7:38: nothing is expected here (hint: one of components, would_have, incidents, drafts, maintenances, updates, notifications, calls)",
        'bad.test.yaml:8:11: the test "one" stands twice (hint: the first is at bad.test.yaml:5:11)',
        'bad.test.yaml:9:50: "status" cannot be "broken" (hint: one of operational, under_maintenance, degraded_performance, partial_outage, major_outage)',
        'bad.test.yaml:10:38: "notifications" must be a number, not "many"',
        'bad.test.yaml:10:65: a status cannot be "red" (hint: one of operational, under_maintenance, degraded_performance, partial_outage, major_outage)',
    ]
    assert "ok    good.test.yaml: an outage" in out


def test_rules_with_mistakes_are_told_as_check_tells_them(folder: Path) -> None:
    (folder / "shop.yaml").write_text("page: acme\ncomponents: {Search: [{alert: A, status: red}]}\n")
    code, lines = play(folder, f"{OUTAGE}      - {{at: 1m, components: {{}}}}\n")
    assert code == 1
    assert lines[1].startswith('shop.yaml:2:42: "status" cannot be "red"')


def test_only_the_tests_that_are_asked_for_are_played(folder: Path) -> None:
    tests = f"{OUTAGE}      - {{at: 1m, components: {{}}}}\n  - {{name: another, expect: [{{at: 1m, components: {{}}}}]}}\n"
    assert play(folder, tests, "--run", "^an out")[1] == [
        "ok    shop.test.yaml: an outage",
        "1 passed, 0 failed",
    ]
    assert play(folder, tests, "--run", "none")[0] == 2
    assert play(folder, tests, "--run", "(")[0] == 2


def test_coverage_names_what_no_test_has_shown_and_a_threshold_fails(folder: Path) -> None:
    tests = f"{OUTAGE}      - {{at: 1h, components: {{}}}}\n"
    code, lines = play(folder, tests, "--coverage", "--threshold", "81")
    assert code == 1
    assert lines[1:] == [
        "1 passed, 0 failed",
        "coverage: 80.0 % (4 of 5)",
        "  not shown: acme: rule Payments:payments claims partial_outage",
        "the coverage of 80.0 % is below 81 %",
    ]
    assert play(folder, tests, "--threshold", "80")[0] == 0


def test_rules_of_other_files_are_others_though_they_have_the_same_names(folder: Path) -> None:
    (folder / "other.yaml").write_text(SHOP)
    shown = f"{OUTAGE}      - {{at: 1h, components: {{}}}}\n"
    (folder / "shop.test.yaml").write_text(shown)
    (folder / "other.test.yaml").write_text(
        "rules: other.yaml\ntests: [{name: nothing, expect: [{at: 1m, components: {}}]}]\n"
    )
    _, out, _ = call("test", ".", "--coverage")
    assert "coverage: 40.0 % (4 of 10)" in out


def test_results_can_be_written_for_machines(folder: Path) -> None:
    bad = "  - {name: another, expect: [{at: 1m, notifications: 3}]}\n  - {name: third, probes: {no: ok}, expect: [{at: 1m, calls: []}]}\n"
    code, _ = play(folder, f"{OUTAGE}      - {{at: 1m, components: {{}}}}\n{bad}", "--junit", "out.xml")
    assert code == 1
    (suite,) = fromstring((folder / "out.xml").read_text())  # noqa: S314 - our own
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    first, second, third = suite
    assert list(first) == []
    assert [one.tag for one in second] == ["failure"]
    assert [one.tag for one in third] == ["error"]


def test_rule_files_do_not_hold_the_tests_that_lie_beside_them(folder: Path) -> None:
    (folder / "shop.test.yaml").write_text(f"{OUTAGE}      - {{at: 1m, components: {{}}}}\n")
    assert call("check", ".")[0] == 0
    code, _, err = call("check", "shop.test.yaml")
    assert code == 1
    assert "tests of rules are played by bridge test" in err
