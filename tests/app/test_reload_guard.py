"""Rule files on disk, reloaded into an engine: what would change much waits, and is taken when it is confirmed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bridge.app.rulebook import Rulebook, loaded_digest, with_what_waits
from bridge.config.settings import load_settings
from bridge.core.commands import CommandId, Issued, Standing, StandingKind
from bridge.core.rule_changes import HeldRules, RuleChange, StatusChange
from bridge.core.statuses import ComponentStatus
from bridge.telemetry.metrics import Metrics
from bridge.web.ports import ReloadResult
from tests.core.pages import NOW, page_of

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.config.compile import LoadedRules

GOOD = """
page: acme
components:
  Search:
    - alert: SearchErrors
      status: partial_outage
"""
OTHER = GOOD.replace("SearchErrors", "SearchIsDown")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The rule file, good."""
    path = tmp_path / "rules.yaml"
    path.write_text(GOOD)
    return path


def rulebook_of(path: Path, metrics: Metrics) -> Rulebook:
    settings = load_settings(
        {
            "BRIDGE_RULES": str(path),
            "BRIDGE_INSTALLATION_SECRET": "an installation's secret of some length",
            "BRIDGE_PAGES__ACME__ID": "kctbh9vrtdwd",
            "BRIDGE_PAGES__ACME__TOKEN": "the-token-of-acme",
            "BRIDGE_WEBHOOK_BEARER_TOKEN": "the-token-of-alertmanager",
        }
    )
    return Rulebook(settings, metrics=metrics, now=lambda: 0.0)


def test_what_somebody_objects_to_is_held_and_the_rules_before_stay(path: Path) -> None:
    metrics = Metrics()
    rulebook = rulebook_of(path, metrics)
    before = rulebook.loaded
    applied: list[LoadedRules] = []
    objections: tuple[str, ...] = ("acme: Search: partial_outage to operational",)
    judged: list[str] = []

    async def judge(loaded: LoadedRules) -> tuple[str, ...]:
        judged.append(loaded_digest(loaded))
        return objections

    path.write_text(OTHER)
    with capture_logs() as logs:
        result = asyncio.run(rulebook.reload(applied.append, judge=judge))
    assert (result.problems, result.held) == (objections, judged[0])
    assert (rulebook.loaded, applied) == (before, [])
    assert metrics.registry.get_sample_value("bridge_config_last_reload_successful") == 0
    assert [(one["event"], one["digest"], one["first"]) for one in logs] == [
        ("reload_held", judged[0], objections[0])
    ]
    objections = ()
    result = asyncio.run(rulebook.reload(applied.append, judge=judge))
    assert (result.problems, result.held, rulebook.digest) == ((), "", judged[0])
    assert applied == [rulebook.loaded]
    assert judged == [judged[0]] * 2


def test_rules_that_are_in_force_already_are_not_judged(path: Path) -> None:
    rulebook = rulebook_of(path, Metrics())

    async def judge(loaded: LoadedRules) -> tuple[str, ...]:
        raise AssertionError(loaded)

    assert asyncio.run(rulebook.reload(lambda _loaded: None, judge=judge)).problems == ()


MUCH = HeldRules(
    "0123456789ab",
    RuleChange((StatusChange("Search", ComponentStatus.PARTIAL_OUTAGE, ComponentStatus.OPERATIONAL),)),
)


def test_a_reload_of_the_files_of_a_held_start_is_told_as_held_until_they_are_confirmed() -> None:
    page = page_of()
    assert with_what_waits(ReloadResult(), [page]) == ReloadResult()
    page.held_rules = MUCH
    assert with_what_waits(ReloadResult(), [page]) == ReloadResult(
        ("acme: Search: partial_outage to operational",), "0123456789ab", ("acme",), since_start=True
    )
    faulty = ReloadResult(("rules.yaml:1:1: wrong",))
    assert with_what_waits(faulty, [page]) == faulty
    standing = Standing(
        "acme", StandingKind.CONFIRM, "reload:0123456789ab", "", None, Issued(CommandId("one"), NOW, "Ada")
    )
    page.standing[standing.key] = standing
    assert with_what_waits(ReloadResult(), [page]) == ReloadResult()


def test_a_refused_reload_names_the_pages_on_which_it_is_to_be_confirmed() -> None:
    held, other = page_of(), page_of()
    held.held_reload = MUCH
    refused = ReloadResult(("acme: Search: partial_outage to operational",), "0123456789ab")
    assert with_what_waits(refused, [other, held]).pages == ("acme",)
