"""Defaults of documents, files and directories: the nearest holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.core.statuses import Automation
from tests.config.loading import load, told, write

if TYPE_CHECKING:
    from pathlib import Path

RULES = "page: acme\ncomponents: {%s: [{alert: A, status: partial_outage}]}\n"


def holds(folder: Path, *more: Path) -> dict[str, tuple[float, float]]:
    """`for` and `keep_firing_for` of each component's rule."""
    rules = load(folder, *more).rule_sets["acme"].components
    return {rule.component: (rule.for_, rule.keep_firing_for) for rule in rules}


def test_the_nearest_defaults_hold_and_what_they_do_not_say_comes_from_further_away(tmp_path: Path) -> None:
    team = tmp_path / "team" / "deep"
    team.mkdir(parents=True)
    write(tmp_path, _defaults="defaults: {for: 1m, keep_firing_for: 7m}", Far=RULES % "Far")
    write(tmp_path / "team", _defaults="defaults: {for: 3m}")
    own = "defaults: {keep_firing_for: 9m}\n"
    write(team, Deep=RULES % "Deep", Own=own + RULES % "Own")
    assert holds(tmp_path) == {"Far": (60.0, 420.0), "Deep": (180.0, 420.0), "Own": (180.0, 540.0)}
    assert load(tmp_path).warnings == ()


def test_a_directory_beside_it_is_not_touched_and_neither_is_one_above(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, rules=RULES % name)
    write(tmp_path / "one", _defaults="defaults: {for: 1m}")
    write(tmp_path, rules=RULES % "above")
    assert {name: times[0] for name, times in holds(tmp_path).items()} == {
        "above": 120.0,
        "one": 60.0,
        "two": 120.0,
    }


def test_a_document_of_defaults_alone_holds_for_those_after_it_in_its_file(tmp_path: Path) -> None:
    parts = [RULES % "Before", "defaults: {for: 1m}\n", RULES % "After"]
    write(tmp_path, a="---\n".join(parts), b=RULES % "Other")
    assert {name: times[0] for name, times in holds(tmp_path).items()} == {
        "Before": 120.0,
        "After": 60.0,
        "Other": 120.0,
    }


def test_the_automation_of_a_directory_is_that_of_its_rules_and_incidents(tmp_path: Path) -> None:
    incident = "incidents: [{id: search, components: [Search], title: Search is slow}]\n"
    write(tmp_path, _defaults="defaults: {automation: full}", rules=RULES % "Search" + incident)
    rules = load(tmp_path).rule_sets["acme"]
    assert (rules.components[0].automation, rules.incidents[0].automation) == (
        Automation.FULL,
        Automation.FULL,
    )


def test_a_file_that_is_named_alone_takes_the_defaults_beside_it(tmp_path: Path) -> None:
    write(tmp_path, _defaults="defaults: {for: 1m}", rules=RULES % "Search")
    assert holds(tmp_path / "rules.yaml") == {"Search": (60.0, 300.0)}


def test_a_file_of_a_mounted_configmap_takes_the_defaults_that_are_mounted_with_it(tmp_path: Path) -> None:
    data = tmp_path / "..2026"
    data.mkdir()
    write(data, _defaults="defaults: {for: 1m}", rules=RULES % "Search")
    (tmp_path / "..data").symlink_to(data)
    for name in ("_defaults.yaml", "rules.yaml"):
        (tmp_path / name).symlink_to(f"..data/{name}")
    assert holds(tmp_path) == {"Search": (60.0, 300.0)}


def test_a_change_of_the_defaults_is_a_change_of_the_rules(tmp_path: Path) -> None:
    write(tmp_path, _defaults="defaults: {for: 1m}", rules=RULES % "Search")
    before = load(tmp_path).digest
    write(tmp_path, _defaults="defaults: {for: 3m}")
    assert load(tmp_path).digest != before


def test_defaults_that_nothing_follows_are_a_warning(tmp_path: Path) -> None:
    write(tmp_path, rules=RULES % "Search" + "---\ndefaults: {for: 1m}\n")
    (warning,) = load(tmp_path).warnings
    assert (warning.line, warning.message) == (4, "nothing follows these defaults in their file")


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "for: 1m",
            [
                '1:1: a file of defaults has no "defaults" (hint: write defaults: {for: 2m})',
                '1:1: unknown key "for" in a file of defaults (hint: known are defaults)',
            ],
        ),
        (
            "defaults: {for: 60}",
            ['1:17: "for": "60" has no unit (hint: write 60s for seconds, 60m for minutes)'],
        ),
        (
            "page: acme\ndefaults: {for: 1m}",
            [
                '1:1: unknown key "page" in a file of defaults (hint: it belongs into a file of rules; this one holds defaults alone)'
            ],
        ),
        ("defaults: {for: 1m}\n---\ndefaults: {for: 2m}", ["3:1: a file of defaults has one document"]),
    ],
)
def test_a_file_of_defaults_that_is_none_is_told(tmp_path: Path, text: str, problems: list[str]) -> None:
    write(tmp_path, _defaults=text, rules=RULES % "Search")
    assert told(tmp_path) == problems
