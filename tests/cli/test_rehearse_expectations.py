"""`bridge test`: drafts, maintenances and templates; commands and people that name an incident by its rule; answers that take long. What differs is told, and what is written wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.terminal import call

RULES = """
page: acme
defaults: {automation: full, for: 1m}
components:
  Search: [{alert: SearchErrors, status: major_outage}]
  Shop: [{probe: shop, value: "> 2s", status: degraded_performance}]
  Mail: [{alert: MailDown, matchers: 'region!=""', status: major_outage}]
incidents:
  - {id: search, components: [Search], title: Search is down, automation: draft}
  - {id: mail, components: [Mail], title: Mail is down, group_by: [region]}
maintenances:
  - id: rebuild
    components: [Search]
    title: We rebuild the index
    window: {start: 2026-08-01T22:00Z, duration: 1h}
    announce: 1d
    automation: full
probes: [{id: shop, http: {url: "https://shop.example/"}, timeout: 5s}]
"""
DRAFTED = """
rules: rules.yaml
tests:
  - name: it waits
    alerts: [{alert: SearchErrors, timeline: firing}]
"""
PLANNED = """
rules: rules.yaml
tests:
  - name: announced
    starts: 2026-08-01T20:00Z
"""
TWO = """
rules: rules.yaml
tests:
  - name: two regions
    alerts:
      - {alert: MailDown, labels: {region: eu}, timeline: firing}
      - {alert: MailDown, labels: {region: us}, timeline: firing}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand beside the rules."""
    monkeypatch.chdir(tmp_path)
    Path("rules.yaml").write_text(RULES)


def play(tests: str, *options: str) -> tuple[int, list[str]]:
    """Play a file of tests. Returns the exit code, and the lines of both streams."""
    Path("a.test.yaml").write_text(tests)
    ended = call("test", "a.test.yaml", *options)
    return ended.code, (ended.output + ended.errors).splitlines()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (DRAFTED, "drafts: {search: waiting}, incidents: {}"),
        (
            DRAFTED,
            "drafts: [{id: search, state: waiting, title: Search is down, body: We are investigating a problem affecting Search., impact: auto, components: [Search]}]",
        ),
        (PLANNED, "maintenances: {rebuild: scheduled}, updates: {rebuild: [scheduled]}"),
        (
            PLANNED,
            "maintenances: [{id: rebuild, status: scheduled, title: We rebuild the index, starts: 2026-08-02T00:00+02:00, ends: 2026-08-01T23:00Z, components: [Search]}]",
        ),
        (PLANNED, "calls: [open rebuild scheduled notify]"),
    ],
)
def test_what_is_so_passes(given: str, expected: str) -> None:
    code, lines = play(f"{given}    expect: [{{at: 10m, {expected}}}]\n")
    assert code == 0, lines


@pytest.mark.parametrize(
    ("given", "expected", "line"),
    [
        (DRAFTED, "drafts: {}", "drafts: expected nothing; found search: waiting"),
        (
            DRAFTED,
            "drafts: {search: discarded}",
            "drafts: expected search: discarded; found search: waiting",
        ),
        (
            DRAFTED,
            "drafts: [{id: search, state: waiting, title: Mail is down}]",
            "drafts: expected search: waiting, title: Mail is down; found search: waiting, title: Search is down",
        ),
        (PLANNED, "drafts: {search: waiting}", "drafts: expected search: waiting; found nothing"),
        (PLANNED, "maintenances: {}", "maintenances: expected nothing; found rebuild: scheduled"),
        (
            PLANNED,
            "maintenances: [{id: rebuild, status: scheduled, ends: 2026-08-01T23:30Z}]",
            "maintenances: expected rebuild: scheduled, ends: 2026-08-01T23:30:00Z; found rebuild: scheduled, ends: 2026-08-01T23:00:00Z",
        ),
        (
            PLANNED,
            "updates: {rebuild: [scheduled, in_progress]}",
            "updates: expected scheduled, in_progress; found scheduled",
        ),
    ],
)
def test_what_is_not_so_fails(given: str, expected: str, line: str) -> None:
    code, lines = play(f"{given}    expect: [{{at: 10m, {expected}}}]\n")
    assert code == 1
    assert lines[1].endswith(f"at 10m, {line}")


def test_a_draft_that_differs_is_explained() -> None:
    _, lines = play(f"{DRAFTED}    expect: [{{at: 10m, drafts: {{}}}}]\n", "--diff")
    text = "\n".join(lines)
    assert "        + search: waiting" in text
    assert "Search:SearchErrors major_outage: firing for 8m59s; the condition holds" in text
    assert "drafted" in text


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("{at: 5m, command: draft_approve, by: Ada, incident: search}", 0),
        ("{at: 5m, command: draft_approve, by: Ada, incident: search, read_at: 3m}", 0),
        ("{at: 5m, command: draft_approve, by: Ada, incident: search, refused: true}", 1),
        ("{at: 5m, command: draft_approve, by: Ada, draft: 0a0a0a0a, hash: 0a0a0a0a0a0a, refused: true}", 1),
        ("{at: 5m, command: draft_discard, by: Ada, incident: search}", 1),
    ],
)
def test_a_draft_is_approved_by_the_rule_of_its_incident(command: str, code: int) -> None:
    tests = f"{DRAFTED}    commands: [{command}]\n    expect: [{{at: 10m, incidents: {{search: investigating}}, drafts: {{}}}}]\n"
    assert play(tests)[0] == code


def test_what_is_read_before_there_is_a_draft_is_told() -> None:
    command = "{at: 5m, command: draft_approve, by: Ada, incident: search, read_at: 30s}"
    _, lines = play(f"{DRAFTED}    commands: [{command}]\n    expect: [{{at: 10m, drafts: {{}}}}]\n")
    assert lines[1] == "      a.test.yaml:6:16: no draft of search waits then; there is none"


def test_of_several_incidents_of_a_rule_the_group_says_which_is_meant() -> None:
    expect = "    expect: [{at: 10m, incidents: [{id: mail, group: {region: eu}, status: investigating}, {id: mail, group: {region: us}, status: identified}]}]\n"
    command = "at: 5m, command: identify, by: Ada, incident: mail, cause: A provider is down"
    assert play(f"{TWO}    commands: [{{{command}, group: {{region: us}}}}]\n{expect}")[0] == 0
    _, lines = play(f"{TWO}    commands: [{{{command}}}]\n{expect}")
    assert (
        lines[1]
        == '      a.test.yaml:8:16: mail may be mail {region="eu"}, mail {region="us"}; say group: which'
    )
    _, lines = play(f"{TWO}    commands: [{{{command}, group: {{region: ap}}}}]\n{expect}")
    assert (
        lines[1]
        == '      a.test.yaml:8:16: no incident mail {region="ap"} is open then; there is mail {region="eu"}, mail {region="us"}'
    )


def test_a_person_moves_and_ends_a_maintenance() -> None:
    people = """
    people:
      - {at: 10m, maintenance: rebuild, starts: 2026-08-01T21:00Z, ends: 2026-08-01T23:00Z}
      - {at: 90m, maintenance: rebuild, status: completed, body: Done.}
    expect:
      - {at: 80m, maintenances: [{id: rebuild, status: in_progress, starts: 2026-08-01T21:00Z}]}
      - {at: 4h, maintenances: {}, updates: {rebuild: [scheduled, in_progress, completed]}}
"""
    assert play(f"{PLANNED}{people}") == (0, ["ok    a.test.yaml: announced", "1 passed, 0 failed"])


@pytest.mark.parametrize(("takes", "slow"), [("1900ms", "{}"), ("3s", "{Shop: degraded_performance}")])
def test_an_answer_takes_as_long_as_the_timeline_says(takes: str, slow: str) -> None:
    tests = f"rules: rules.yaml\ntests:\n  - name: slow\n    probes: {{shop: ok in {takes}}}\n    expect: [{{at: 10m, components: {slow}}}]\n"
    assert play(tests)[0] == 0


def test_a_name_that_the_rules_do_not_have_is_told_wherever_it_stands() -> None:
    tests = """
rules: rules.yaml
tests:
  - {name: one, expect: [{at: 1m, incidents: {seach: investigating}}]}
  - {name: two, expect: [{at: 1m, drafts: {seach: waiting}}]}
  - {name: three, expect: [{at: 1m, maintenances: {rebild: scheduled}}]}
  - {name: four, expect: [{at: 1m, updates: {seach: []}}]}
  - {name: five, commands: [{at: 1m, command: identify, by: Ada, incident: seach, cause: X}], expect: [{at: 1m, calls: []}]}
  - {name: six, people: [{at: 1m, incident: seach, status: resolved}], expect: [{at: 1m, calls: []}]}
  - {name: seven, people: [{at: 1m, maintenance: rebild, status: completed}], expect: [{at: 1m, calls: []}]}
"""
    code, lines = play(tests)
    assert code == 1
    incidents, maintenances = (
        "incident seach; they have mail, search",
        "maintenance rebild; they have rebuild",
    )
    assert lines[1:-1:2] == [
        f"      a.test.yaml:4:26: the rules have no {incidents}",
        f"      a.test.yaml:5:26: the rules have no {incidents}",
        f"      a.test.yaml:6:28: the rules have no {maintenances}",
        "      a.test.yaml:7:27: the rules have no incident or maintenance seach; they have mail, rebuild, search",
        f"      a.test.yaml:8:29: the rules have no {incidents}",
        f"      a.test.yaml:9:26: the rules have no {incidents}",
        f"      a.test.yaml:10:28: the rules have no {maintenances}",
    ]


def test_every_mistake_of_a_file_is_told_with_its_place() -> None:
    tests = """
rules: rules.yaml
automation: auto
tests:
  - name: one
    starts: 2026-08-01
    templates: {Orders fail: {text: Some fail.}}
    alerts: [{alert: A, timeline: 1m firing, resolved}]
    probes: {shop: 1m ok in, other: ok in fast}
    commands: [{at: 1m, command: pause, by: Ada, read_at: 5, refused: perhaps}]
    people:
      - {at: 1m, maintenance: rebuild, status: resolved}
      - {at: 1m, maintenance: rebuild, starts: now}
      - {at: 1m, maintenance: rebuild}
      - {at: 1m, component: Search, incident: search, status: resolved}
    expect:
      - {at: 1m, drafts: {search: published}}
      - {at: 1m, drafts: [{id: search, status: waiting}]}
      - {at: 1m, maintenances: [{id: rebuild, status: completed, group: {a: b}}]}
      - {at: 1m, updates: {search: [drafted]}}
"""
    code, lines = play(tests)
    assert code == 1
    assert lines[1:] == [
        'a.test.yaml:3:13: "automation" cannot be "auto" (hint: one of shadow, statuses, draft, full)',
        'a.test.yaml:6:13: "starts": "2026-08-01" is no time (hint: write a date and a time, such as 2026-08-01T22:00)',
        'a.test.yaml:7:30: a template has no "body" (hint: what it says)',
        'a.test.yaml:7:31: unknown key "text" in a template (hint: known are title, body)',
        'a.test.yaml:8:46: unknown key "resolved" in an alert (hint: in braces a timeline with commas stands in quotes)',
        'a.test.yaml:9:28: "timeline" lacks a duration here (hint: such as ok in 3s)',
        'a.test.yaml:9:43: "timeline" "fast" is not a duration (hint: units are y, w, d, h, m, s and ms, the largest first and without spaces, such as 1h30m)',
        'a.test.yaml:10:59: "read_at": "5" has no unit (hint: write 5s for seconds, 5m for minutes)',
        'a.test.yaml:10:71: "refused" cannot be "perhaps" (hint: write true or false)',
        'a.test.yaml:12:48: "status" cannot be "resolved" (hint: one of scheduled, in_progress, completed)',
        'a.test.yaml:13:48: "starts": "now" is no time (hint: write a date and a time, such as 2026-08-01T22:00)',
        'a.test.yaml:14:9: a person\'s deed has no "status" (hint: what the person sets it to)',
        "a.test.yaml:15:9: a person changes a component, an incident or a maintenance (hint: write - {at: 5m, component: Search, status: degraded_performance})",
        'a.test.yaml:17:35: a state cannot be "published" (hint: one of waiting, approved, discarded)',
        'a.test.yaml:18:27: a draft has no "state" (hint: one of waiting, approved, discarded)',
        'a.test.yaml:18:40: unknown key "status" in a draft (hint: it is called state)',
        'a.test.yaml:19:55: "status" cannot be "completed" (hint: one of scheduled, in_progress)',
        'a.test.yaml:19:66: unknown key "group" in a maintenance (hint: known are id, status, title, body, starts, ends, components)',
        'a.test.yaml:20:37: a status cannot be "drafted" (hint: one of investigating, identified, monitoring, resolved, scheduled, in_progress, completed)',
    ]
