"""`bridge check`: every problem at once, and exit codes that a pipeline can act on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.terminal import call

BAD = Path(__file__).parent.parent / "config" / "bad"
RULES = Path(__file__).parent.parent.parent / "rules"

GOOD = """
page: acme
components:
  Search:
    - alert: SearchErrors
      status: partial_outage
"""
DOUBTFUL = """
page: acme
components:
  Checkout / API:
    - alert: CheckoutErrors
      status: partial_outage
  API:
    - alert: ApiErrors
      status: partial_outage
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_rules_that_are_shipped_are_good() -> None:
    ended = call("check", "--fatal", RULES)
    assert (ended.code, ended.errors) == (0, "")
    *told, last = ended.output.splitlines()
    assert [line for line in told if not line.startswith("  ")] == [
        "api: 4 component rules, 2 incidents, 0 metrics",
        "websites: 7 component rules, 3 incidents, 0 metrics",
        "cluster: 6 component rules, 1 incident, 0 metrics",
        "demo: 4 component rules, 1 incident, 3 metrics",
    ]
    assert len(told) == 4 + 4 + 7 + 6 + 4
    assert last == "2 probes, 1 query"


def test_what_the_rules_amount_to_is_told_for_each_page(folder: Path) -> None:
    (folder / "rules.yaml").write_text(GOOD)
    ended = call("check", "rules.yaml")
    assert (ended.code, ended.errors) == (0, "")
    assert ended.output.splitlines() == [
        "acme: 1 component rule, 0 incidents, 0 metrics",
        "  Search:SearchErrors: would be red after 2m, green 5m after its end",
        "0 probes, 0 queries",
    ]


TIMED = """
page: acme
components:
  Search:
    - {id: down, alert: SearchDown, status: major_outage, for: 0, keep_firing_for: 0, automation: full}
    - {id: slow, alert: SearchSlow, status: degraded_performance, for: 5m, automation: full}
    - {id: tried, alert: SearchErrors, status: major_outage}
incidents:
  - {id: search, components: [Search], title: Search, automation: full, monitor_for: 15m, lower_at: resolved}
  - {id: trial, components: [Search], title: Search, monitor_for: 1m}
"""


def test_the_earliest_moments_of_each_rule_are_told(folder: Path) -> None:
    (folder / "rules.yaml").write_text(TIMED)
    assert [line.strip() for line in call("check", "rules.yaml").output.splitlines()[1:-1]] == [
        (
            "Search:down: red at once, green 15m after its end; incident search opens at once, is resolved 15m after its end; "
            "incident trial would open at once, is resolved 1m after its end"
        ),
        "Search:slow: red after 5m, green 5m after its end",
        (
            "Search:tried: would be red after 2m, green 5m after its end; "
            "incident trial would open after 2m, is resolved 6m after its end"
        ),
    ]


def test_ten_mistakes_are_ten_lines_on_standard_error_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(BAD)
    ended = call("check", "ten_mistakes.yaml")
    assert ended.code == 1
    assert ended.output == ""
    assert ended.errors == (BAD / "ten_mistakes.txt").read_text(encoding="utf-8")
    assert len(ended.errors.splitlines()) == 10


def test_mistakes_of_one_file_do_not_hide_those_of_another(folder: Path) -> None:
    (folder / "a.yaml").write_text(GOOD.replace("partial_outage", "broken"))
    (folder / "b.yaml").write_text("page: [")
    ended = call("check", "a.yaml", "b.yaml")
    assert ended.code == 1
    assert [line.partition(":")[0] for line in ended.errors.splitlines()] == ["a.yaml", "b.yaml"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param((), 0, id="warnings alone are no failure"),
        pytest.param(("--fatal",), 3, id="unless they are made fatal"),
    ],
)
def test_warnings_are_told_and_decide_the_exit_code_only_with_fatal(
    folder: Path, arguments: tuple[str, ...], code: int
) -> None:
    (folder / "rules.yaml").write_text(DOUBTFUL)
    ended = call("check", *arguments, "rules.yaml")
    assert ended.code == code
    assert ended.errors.splitlines() == [
        'rules.yaml:7:3: "API" may be the same component as "Checkout / API" (hint: spell a component in one way) [ambiguous-component]'
    ]
    assert ended.output.startswith("acme: 2 component rules")


def test_a_lint_can_be_switched_off_for_a_run(folder: Path) -> None:
    (folder / "rules.yaml").write_text(DOUBTFUL)
    ended = call("check", "--fatal", "--disable", "ambiguous-component", "rules.yaml")
    assert (ended.code, ended.errors) == (0, "")
    wrong = call("check", "--disable", "ambiguous", "rules.yaml")
    assert wrong.code == 2
    assert wrong.errors.startswith("--disable cannot be ambiguous; one of unreachable-rule, ")


def test_problems_can_be_told_as_json(folder: Path) -> None:
    (folder / "rules.yaml").write_text(DOUBTFUL + "componets: {}\n")
    ended = call("check", "-o", "json", "rules.yaml")
    assert (ended.code, ended.errors) == (1, "")
    told = json.loads(ended.output)
    assert told["digest"] is None
    assert [(one["line"], one["severity"], one["lint"]) for one in told["problems"]] == [
        (10, "error", None),
        (7, "warning", "ambiguous-component"),
    ]
    assert told["problems"][0]["hint"] == 'did you mean "components"?'
    (folder / "rules.yaml").write_text(GOOD)
    good = json.loads(call("check", "-o", "json", "rules.yaml").output)
    assert good["problems"] == []
    assert len(good["digest"]) == 64


def test_problems_can_be_told_as_annotations_of_github(folder: Path) -> None:
    (folder / "rules, all.yaml").write_text(DOUBTFUL + "componets: {}\n")
    ended = call("check", "-o", "github", "rules, all.yaml")
    assert ended.code == 1
    assert ended.output.splitlines() == [
        '::error file=rules%2C all.yaml,line=10,col=1,title=bridge check::unknown key "componets" in a rule file (hint: did you mean "components"?)',
        '::warning file=rules%2C all.yaml,line=7,col=3,title=ambiguous-component::"API" may be the same component as "Checkout / API" (hint: spell a component in one way)',
    ]


def test_mistakes_count_more_than_fatal_warnings(folder: Path) -> None:
    (folder / "rules.yaml").write_text(DOUBTFUL + "componets: {}\n")
    ended = call("check", "--fatal", "rules.yaml")
    assert ended.code == 1
    assert len(ended.errors.splitlines()) == 2, "the warning is told with the mistake"


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    ended = call("check", folder / "missing.yaml")
    assert ended.code == 1
    assert ended.errors == f"{folder / 'missing.yaml'}: cannot be read: No such file or directory\n"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((), id="no path"),
        pytest.param(("--fatel", "rules.yaml"), id="an option that does not exist"),
    ],
)
def test_wrong_use_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    ended = call("check", *arguments)
    assert ended.code == 2
    assert ended.output == ""
    assert "Usage: bridge check" in ended.errors
