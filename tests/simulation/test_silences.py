"""Silences of rule files: nothing is raised and nothing lowered by what one covers, and what else there is goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config.compile import load_rules
from bridge.simulation.world import EPOCH, PAGE, World, WorldSettings
from tests.mutants.scenarios import silences
from tests.simulation.shop import API, EVERYTHING_AT_ONCE, SEARCH, fire, status

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.core.rules import RuleSet

RULES = """
page: PAGE
defaults: {for: 0, keep_firing_for: 0, automation: full}
components:
  Checkout / API:
    - {alert: CheckoutErrors, status: major_outage}
  Search:
    - {alert: SearchErrors, status: partial_outage}
silences:
  - alert: SearchErrors
    schedule: {cron: "30 2 * * *", duration: 1h, time_zone: Europe/Berlin}
    comment: The index is rebuilt each night.
"""
AUTUMN = 1_792_888_200.0
"""2026-10-25 02:30 in Berlin, the first time; an hour later it is 02:30 again."""


def rules(folder: Path) -> RuleSet:
    path = folder / "rules.yaml"
    path.write_text(RULES.replace("PAGE", PAGE))
    return load_rules([path]).rule_sets[PAGE]


def test_an_outage_in_a_silence_is_shown_when_it_outlasts_it() -> None:
    assert silences.an_outage_in_a_silence() == []


def test_an_outage_that_ends_in_a_silence_is_over_when_the_silence_is() -> None:
    assert silences.an_outage_that_ends_in_a_silence() == []


def test_a_nightly_silence_lasts_one_hour_in_the_night_that_has_an_hour_twice(tmp_path: Path) -> None:
    settings = WorldSettings(plan=EVERYTHING_AT_ONCE, probes=())
    with World(3, rules(tmp_path), settings) as world:
        world.run_for(AUTUMN - 1800.0 - EPOCH)
        world.start()
        world.run_for(1800.0 + 60.0)
        fire(world, "SearchErrors")
        fire(world, "CheckoutErrors")
        world.run_for(60.0)
        # What it does not cover goes on.
        assert (status(world, SEARCH), status(world, API)) == ("operational", "major_outage")
        world.crash()
        world.start()
        world.run_for(AUTUMN + 3600.0 - 30.0 - world.now())
        assert status(world, SEARCH) == "operational"
        fire(world, "SearchErrors")
        world.run_for(90.0)
        # Half past two comes again, and the silence does not.
        assert status(world, SEARCH) == "partial_outage"


def test_that_a_silence_begins_and_ends_stands_in_the_journal(tmp_path: Path) -> None:
    settings = WorldSettings(plan=EVERYTHING_AT_ONCE, probes=())
    with World(3, rules(tmp_path), settings) as world:
        world.run_for(AUTUMN - 60.0 - EPOCH)
        world.start()
        world.run_for(3600.0 + 120.0)
        entries = [entry for _, entry in world.database.journal(limit=1000)]
        told = [
            (entry.subject, entry.reason, entry.at - AUTUMN) for entry in entries if entry.kind == "guard"
        ]
        silent = [one for one in told if one[1].startswith("silence")]
        assert [one[:2] for one in sorted(silent, key=lambda one: one[2])] == [
            ("The index is rebuilt each night.", "silence_began"),
            ("The index is rebuilt each night.", "silence_ended"),
        ]
        assert sorted(round(one[2]) for one in silent) == [0, 3600]
