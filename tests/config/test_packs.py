"""The packs of rules that ship: complete, in shadow, and explained to whoever has never seen one. Their timelines are played by tests/cli/test_rehearse.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.config.compile import load_rules
from bridge.config.files import TESTS_SUFFIXES
from bridge.core.matching import MatchOperator
from bridge.core.statuses import Automation
from tests.cli.terminal import call

RULES = Path(__file__).parents[2] / "rules"
PACKS = {path.stem: path for path in sorted(RULES.glob("*.yaml")) if not path.name.endswith(TESTS_SUFFIXES)}
TO_BE_TRUSTED = [name for name in PACKS if name != "shop"]
"""The shop is what the demo runs: it publishes, on a page that is simulated."""


def head(name: str) -> str:
    """The comment with which a pack begins."""
    lines = PACKS[name].read_text(encoding="utf-8").splitlines()
    return "\n".join(lines[: next(n for n, line in enumerate(lines) if not line.startswith("#"))])


def test_there_are_four() -> None:
    assert list(PACKS) == ["api-regions", "blackbox-exporter", "kube-prometheus-stack", "shop"]


def test_all_of_them_together_have_nothing_that_check_warns_of() -> None:
    ended = call("check", "--fatal", str(RULES))
    assert (ended.code, ended.errors) == (0, "")


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_has_its_tests_beside_it_and_is_one_page(name: str) -> None:
    assert (RULES / f"{name}{TESTS_SUFFIXES[0]}").is_file()
    assert len(load_rules([PACKS[name]]).rule_sets) == 1


@pytest.mark.parametrize("name", TO_BE_TRUSTED)
def test_a_pack_publishes_nothing_before_somebody_trusts_it(name: str) -> None:
    (rules,) = load_rules([PACKS[name]]).rule_sets.values()
    assert {rule.automation for rule in rules.components} == {Automation.SHADOW}
    assert {incident.automation for incident in rules.incidents} == {Automation.SHADOW}
    assert not rules.maintenances


@pytest.mark.parametrize("name", TO_BE_TRUSTED)
@pytest.mark.parametrize(
    "word",
    [
        "Never told here",
        "What to change",
        "The first week",
        'statuspage="yes"',
        "Watchdog",
        "automation: full",
    ],
)
def test_a_pack_tells_a_newcomer_what_there_is_to_know(name: str, word: str) -> None:
    assert word in head(name)


@pytest.mark.parametrize("name", TO_BE_TRUSTED)
def test_a_pack_names_every_alert_that_it_expects_in_its_head(name: str) -> None:
    (rules,) = load_rules([PACKS[name]]).rule_sets.values()
    alerts = {
        matcher.value
        for rule in rules.components
        for condition in rule.conditions
        for matcher in condition.matchers
        if (matcher.name, matcher.operator) == ("alertname", MatchOperator.EQUAL)
    }
    assert alerts
    assert {alert for alert in alerts if alert not in head(name)} == set()
