"""Each lint by a pair of files: one that triggers it and nothing else, and one that just does not; and how it is switched off."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.config.compile import load_rules
from bridge.config.lint_names import Lint
from bridge.config.naming import check_names, templates_of
from bridge.config.problems import Place, Placed, Problems
from tests.config.loading import PAGES, load, write

LINTS = Path(__file__).parent / "lints"

OF_A_LOCK = {Lint.UNLOCKED_NAME, Lint.RENAMED_ON_PAGE}
"""They need a lock file, or a page: two tests of their own, at the end."""

TOLD = {
    Lint.UNREACHABLE_RULE: [
        (5, 'no signal can match: team="search", team=~"shop|payments" leave no value', ""),
        (6, 'no signal can match: the probe "search" has the labels {probe="search", region="us"}', ""),
        (7, 'no status is for any value of "severity" that its matchers let through', ""),
        (
            10,
            "it is never seen: the rule at {path}:9:12 claims as much of the same signals, as soon and as long",
            "leave one of them out",
        ),
        (12, 'no signal can match: the query "orders" has the labels {query="orders", region="us"}', ""),
    ],
    Lint.LADDER_HOLE: [
        (
            5,
            'its matchers let "severity" be "warning", and no status is for that',
            "add it to status, or to the matchers",
        ),
        (
            6,
            'its matchers never let "severity" be "warning"',
            "add it to the matchers, or leave it out of status",
        ),
    ],
    Lint.UNDRIVEN_INCIDENT: [
        (
            7,
            "no rule opens it: none claims partial_outage or worse for what it covers",
            "lower open_at, or cover other components",
        ),
        (
            8,
            "no rule opens it: those that are bad enough are in shadow, and it is not",
            "give a rule automation: full, or the incident automation: shadow",
        ),
    ],
    Lint.UNGUARANTEED_LABEL: [
        (
            7,
            'it shows "region", and no matcher of its rules guarantees that label',
            'add region!="" to their matchers',
        ),
        (
            8,
            'it is grouped by "region", and no matcher of its rules guarantees that label',
            'add region!="" to their matchers',
        ),
    ],
    Lint.SHORT_KEEP_FIRING: [
        (
            4,
            "its claim is kept for 4m59s only: when Prometheus dies, all of its alerts end at once",
            "keep it for 5m or more, and have a watchdog",
        )
    ],
}


def test_every_lint_has_a_pair_of_files() -> None:
    expected = {f"{lint}{form}.yaml" for lint in set(Lint) - OF_A_LOCK for form in ("", ".not")}
    assert {path.name for path in LINTS.iterdir()} == expected


@pytest.mark.parametrize("lint", [lint for lint in Lint if lint not in OF_A_LOCK])
def test_a_lint_is_told_where_it_is_meant_and_nothing_else_is(lint: Lint) -> None:
    warnings = load_rules([LINTS / f"{lint}.yaml"], lints=True).warnings
    assert {warning.lint for warning in warnings} == {lint}
    path = str(LINTS / f"{lint}.yaml")
    if lint in TOLD:
        assert [(one.line, one.message, one.hint) for one in warnings] == [
            (line, message.replace("{path}", path), hint) for line, message, hint in TOLD[lint]
        ]


@pytest.mark.parametrize("lint", [lint for lint in Lint if lint not in OF_A_LOCK])
def test_a_lint_says_nothing_where_it_just_is_not_so(lint: Lint) -> None:
    assert load_rules([LINTS / f"{lint}.not.yaml"], lints=True).warnings == ()


@pytest.mark.parametrize("lint", [lint for lint in Lint if lint not in OF_A_LOCK])
def test_a_file_switches_a_lint_off_for_itself_alone(tmp_path: Path, lint: Lint) -> None:
    text = (LINTS / f"{lint}.yaml").read_text()
    (tmp_path / "off.yaml").write_text(f"disable_lints: [{lint}]\n{text}")
    assert load_rules([tmp_path / "off.yaml"], lints=True).warnings == ()
    (tmp_path / "on.yaml").write_text(
        (LINTS / "unused-condition.yaml").read_text().replace("Search", "Other")
    )
    told = load_rules([tmp_path], lints=True).warnings
    assert {Path(one.path).name for one in told} == {"on.yaml"}


def test_the_daemon_does_not_look_for_what_takes_a_look_at_all_rules() -> None:
    assert load_rules([LINTS / "undriven-incident.yaml"]).warnings == ()


def test_a_lock_that_lacks_a_name_is_told_and_one_that_has_it_is_not(tmp_path: Path) -> None:
    write(tmp_path, rules="page: acme\ncomponents: {Search: [{alert: A, status: partial_outage}]}\n")
    for bound, expected in (("{}", [Lint.UNLOCKED_NAME]), ("{Search: 8kbf7d35c070}", [])):
        (tmp_path / "ids.lock.yaml").write_text(f"{PAGES['acme']}: {{page: acme, components: {bound}}}\n")
        assert [one.lint for one in load(tmp_path).warnings] == expected


def test_an_id_that_the_page_calls_otherwise_is_told_only_where_something_else_has_its_name() -> None:
    used = Placed("Find", Place("rules.yaml", 2, 3))
    ids = {"Find": Placed("8kbf7d35c070", Place("ids.lock.yaml", 1, 9))}
    for others, expected in (({"000000000001": "Find"}, [Lint.RENAMED_ON_PAGE]), ({}, [])):
        problems = Problems()
        page = templates_of({"8kbf7d35c070": "Search", **others}.items())
        check_names([used], ids, page, problems)
        assert ([one.lint for one in problems.warnings], problems.errors) == (expected, ())
