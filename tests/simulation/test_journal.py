"""What the journal keeps of what was received: enough to play it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.config.compile import load_rules
from bridge.core.journal import JournalKind
from bridge.core.reasons import Reason
from bridge.core.signals import Labels
from bridge.simulation.world import EPOCH, PAGE, World, WorldSettings, alert

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bridge.core.journal import Fact, JournalEntry

URL = "https://shop.example/"
RULES = f"""
page: {PAGE}
defaults: {{automation: full}}
components:
  Search:
    - {{alert: SearchErrors, status: partial_outage}}
    - {{probe: web, value: "> 2s", status: degraded_performance}}
incidents:
  - {{id: search, components: [Search], title: Search is down, public_annotations: [summary]}}
probes:
  - {{id: web, every: 30s, timeout: 10s, http: {{url: "{URL}"}}}}
"""
ERRORS = Labels({"alertname": "SearchErrors", "pod": "a", "zone": "ä"})


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    (tmp_path / "rules.yaml").write_text(RULES)
    loaded = load_rules([tmp_path / "rules.yaml"])
    settings = WorldSettings(probes=loaded.probes, alert_expiry=3600.0)
    with World(7, loaded.rule_sets[PAGE], settings) as made:
        made.start()
        made.run_for(60.0)
        yield made


def journal(world: World, kind: JournalKind) -> list[JournalEntry]:
    return [entry for _, entry in world.database.journal(limit=100_000) if entry.kind is kind]


def of_alerts(world: World) -> list[dict[str, Fact]]:
    """The entries of what Alertmanager said, without when and for whom."""
    entries = journal(world, JournalKind.SIGNAL)
    return [
        {name: value for name, value in entry.detail.items() if name not in {"since", "detail"}}
        for entry in entries
        if entry.subject == f"alertmanager:{ERRORS.fingerprint}" and entry.reason is Reason.SIGNAL_CHANGED
    ]


def say(world: World, *, firing: bool, since: float, until: float = 0.0) -> None:
    names = {name: value for name, value in ERRORS.items() if name != "alertname"}
    told = alert("SearchErrors", firing=firing, since=EPOCH + since, until=EPOCH + until, **names)
    world.send_alerts([{**told, "annotations": {"summary": "It is slow", "runbook": "https://wiki"}}])
    world.run_for(10.0)


def test_a_change_is_kept_with_its_labels_and_what_was_known_before(world: World) -> None:
    say(world, firing=True, since=60.0)
    say(world, firing=True, since=60.0)
    say(world, firing=False, since=60.0, until=75.0)
    summary = Labels({"summary": "It is slow"})
    assert of_alerts(world) == [
        {"labels": ERRORS, "state": "failing", "was": None, "annotations": summary},
        {"labels": ERRORS, "state": "ok", "was": "failing"},
    ]


def test_a_firing_that_has_to_wait_is_kept_with_when_it_begins_to_count(world: World) -> None:
    say(world, firing=True, since=60.0)
    say(world, firing=False, since=60.0, until=75.0)
    say(world, firing=True, since=60.0)
    (*_, again) = of_alerts(world)
    received = journal(world, JournalKind.SIGNAL)[-1].at
    assert (again["state"], again["was"], again["counts_from"]) == ("failing", "ok", received + 300.0)


def test_a_value_is_kept_whenever_it_comes_to_another_side_of_a_threshold(world: World) -> None:
    world.slowness[URL] = 3.0
    world.run_for(90.0)
    first, slow = (one for one in journal(world, JournalKind.SIGNAL) if one.subject.startswith("probe:"))
    assert first.detail["labels"] == slow.detail["labels"] == Labels({"probe": "web"})
    assert (first.detail["was"], slow.detail["was"], slow.detail["state"]) == (None, "ok", "ok")
    assert isinstance(first.detail["value"], float)
    assert isinstance(slow.detail["value"], float)
    assert first.detail["value"] < 2.0 < slow.detail["value"]


def test_what_expired_was_unknown_before_it_came_back(world: World) -> None:
    say(world, firing=True, since=60.0)
    world.run_for(3700.0)
    say(world, firing=True, since=60.0)
    assert [(one["was"], one["state"]) for one in of_alerts(world)] == [
        (None, "failing"),
        ("unknown", "failing"),
    ]


def test_each_start_says_for_how_long_nobody_watched(world: World) -> None:
    world.crash()
    world.run_for(1800.0)
    world.start()
    world.run_for(60.0)
    first, second = journal(world, JournalKind.PROCESS)
    assert (first.reason, first.detail) == (Reason.STARTED, {"away": 0.0})
    assert second.reason is Reason.STARTED
    away = second.detail["away"]
    assert isinstance(away, float)
    # It was last seen alive when it last asked the page for something.
    assert 1800.0 <= away <= 1860.0


def test_a_freeze_is_told_once_with_how_long_it_lasted(world: World) -> None:
    world.freeze()
    world.run_for(600.0)
    world.thaw()
    world.run_for(60.0)
    _, frozen = journal(world, JournalKind.PROCESS)
    assert frozen.reason is Reason.FROZEN
    away = frozen.detail["away"]
    assert isinstance(away, float)
    assert 600.0 <= away <= 620.0
