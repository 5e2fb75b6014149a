"""What the page shows of a probe that answers slowly: the state of its signal stays `ok`, its value does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.config.compile import load_rules
from bridge.core.reasons import Reason
from bridge.simulation.world import PAGE, World, WorldSettings
from tests.simulation.judge import violations
from tests.simulation.shop import API, EVERYTHING_AT_ONCE, SEARCH, status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = "https://shop.example/"
OTHERS = ("https://eu.example/", "https://us.example/")
RULES = f"""
page: {PAGE}
defaults: {{for: 1m, keep_firing_for: 0, automation: full}}
components:
  Checkout / API:
    - {{id: down, probe: web, for: 0, status: major_outage}}
    - {{id: slow, probe: web, value: "> 2s", status: degraded_performance}}
  Search:
    - {{matchers: ['team="search"'], value: ">= 500ms", at_least: 2, of: probes, status: degraded_performance}}
probes:
  - {{id: web, every: 30s, timeout: 10s, http: {{url: "{URL}"}}}}
  - {{id: eu, every: 30s, http: {{url: "{OTHERS[0]}"}}, labels: {{team: search}}}}
  - {{id: us, every: 30s, http: {{url: "{OTHERS[1]}"}}, labels: {{team: search}}}}
"""
FOR = 60.0
SOON = 60.0
"""A probe's beat, and a write."""
LATE = 600.0


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES)
    loaded = load_rules([path])
    settings = WorldSettings(probes=loaded.probes, plan=EVERYTHING_AT_ONCE, stale_after=None)
    with World(7, loaded.rule_sets[PAGE], settings) as made:
        made.start()
        made.run_for(SOON)
        yield made
        assert violations(made) == []


def test_a_probe_that_becomes_slow_degrades_and_one_that_is_quick_again_recovers(world: World) -> None:
    world.slowness[URL] = 3.0
    world.run_for(FOR + SOON)
    assert status(world, API) == "degraded_performance"
    world.slowness[URL] = 1.9 - 0.2
    world.run_for(SOON)
    assert status(world, API) == "operational"


def test_one_slow_answer_is_shorter_than_for_and_never_shows(world: World) -> None:
    world.slowness[URL] = 3.0
    world.run_for(30.0)
    world.slowness.clear()
    world.run_for(LATE)
    assert status(world, API) == "operational"
    assert all(arrival.method == "GET" for arrival in world.simulator.arrivals)


def test_no_answer_at_all_is_an_outage_by_its_own_rule_and_leaves_the_threshold_as_it_was(
    world: World,
) -> None:
    world.slowness[URL] = 3.0
    world.run_for(FOR + SOON)
    world.services[URL] = 0
    world.run_for(SOON)
    assert status(world, API) == "major_outage"
    world.services[URL] = 200
    world.run_for(SOON)
    assert status(world, API) == "degraded_performance"


def test_an_answer_that_is_wrong_and_quick_is_no_slow_one(world: World) -> None:
    world.services[URL] = 503
    world.run_for(SOON)
    assert status(world, API) == "major_outage"
    world.services[URL] = 200
    world.run_for(SOON)
    assert status(world, API) == "operational"


def test_a_restart_forgets_neither_the_value_nor_the_hold(world: World) -> None:
    world.slowness[URL] = 3.0
    world.run_for(FOR + SOON)
    world.crash()
    world.run_for(5.0)
    world.blind = True  # nothing is measured in the new life
    world.start()
    world.run_for(LATE)
    assert status(world, API) == "degraded_performance"


def test_enough_of_the_probes_have_to_be_slow(world: World) -> None:
    world.slowness[OTHERS[0]] = 1.0
    world.run_for(FOR + SOON)
    assert status(world, SEARCH) == "operational"
    world.slowness[OTHERS[1]] = 1.0
    world.run_for(FOR + SOON)
    assert status(world, SEARCH) == "degraded_performance"


def test_only_a_value_on_another_side_of_a_threshold_is_committed_as_a_change(world: World) -> None:
    def changes() -> int:
        entries = (entry for _, entry in world.database.journal(limit=10_000))
        return sum(entry.reason is Reason.SIGNAL_CHANGED for entry in entries)

    world.run_for(LATE)
    before = changes()
    world.slowness[URL] = 1.0
    world.run_for(LATE)
    assert changes() == before
    world.slowness[URL] = 3.0
    world.run_for(LATE)
    assert changes() == before + 1
