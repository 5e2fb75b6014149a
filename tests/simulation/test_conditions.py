"""What the page shows of rules that count and combine: rule files as people write them, and the daemon on virtual time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.config.compile import load_rules
from bridge.simulation.world import PAGE, World, WorldSettings, alert
from tests.simulation.shop import API, EVERYTHING_AT_ONCE, SEARCH, WEB, status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RULES = """
page: PAGE
defaults: {for: 0, keep_firing_for: 0, automation: full}
conditions:
  errors: {alert: CheckoutErrors}
  unreachable: {matchers: ['team="checkout"'], at_least: 2/3, of: probes}
components:
  Checkout / API:
    - {all: [errors, unreachable], status: major_outage}
  Checkout / Web:
    - alert: WebDown
      of: {region: [eu, us, ap]}
      status: {at_least: {30%: degraded_performance, 2/3: major_outage}}
  Search:
    - {alert: SearchDown, no_data: ignore, status: partial_outage}
probes:
  - {id: one, http: {url: "https://one.example/"}, labels: {team: checkout}}
  - {id: two, http: {url: "https://two.example/"}, labels: {team: checkout}}
  - {id: three, http: {url: "https://three.example/"}, labels: {team: checkout}}
"""
SOON = 60.0
"""A probe's beat, and a write."""
EXPIRY = 900.0


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES.replace("PAGE", PAGE))
    loaded = load_rules([path])
    settings = WorldSettings(
        probes=loaded.probes, plan=EVERYTHING_AT_ONCE, alert_expiry=EXPIRY, stale_after=None
    )
    with World(7, loaded.rule_sets[PAGE], settings) as made:
        made.start()
        made.run_for(SOON)
        yield made


def fire(world: World, name: str, *, since: float, region: str = "eu", firing: bool = True) -> None:
    until = 0.0 if firing else world.now()
    world.send_alerts([alert(name, firing=firing, since=since, until=until, region=region)])
    world.run_for(SOON)


def break_probes(world: World, *names: str) -> None:
    for name in ("one", "two", "three"):
        world.services[f"https://{name}.example/"] = 500 if name in names else 200
    world.run_for(SOON)


def test_all_waits_for_both_and_ends_with_the_first(world: World) -> None:
    begun = world.now()
    fire(world, "CheckoutErrors", since=begun)
    assert status(world, API) == "operational"
    break_probes(world, "one")
    assert status(world, API) == "operational"
    break_probes(world, "one", "three")
    assert status(world, API) == "major_outage"
    break_probes(world, "three")
    assert status(world, API) == "operational"


def test_a_blind_network_freezes_what_it_could_change_and_nothing_else(world: World) -> None:
    begun = world.now()
    break_probes(world, "one", "two")
    fire(world, "CheckoutErrors", since=begun)
    assert status(world, API) == "major_outage"
    world.blind = True
    world.run_for(SOON * 10)
    assert status(world, API) == "major_outage"
    fire(world, "CheckoutErrors", since=begun, firing=False)
    assert status(world, API) == "operational"
    fire(world, "CheckoutErrors", since=world.now())
    world.run_for(SOON * 10)
    assert status(world, API) == "operational"


def test_a_share_of_regions_makes_it_worse_and_better_step_by_step(world: World) -> None:
    begun = world.now()
    fire(world, "WebDown", since=begun, region="eu")
    assert status(world, WEB) == "degraded_performance"
    fire(world, "WebDown", since=begun, region="moon")
    assert status(world, WEB) == "degraded_performance"
    fire(world, "WebDown", since=begun, region="ap")
    assert status(world, WEB) == "major_outage"
    fire(world, "WebDown", since=begun, region="eu", firing=False)
    assert status(world, WEB) == "degraded_performance"
    fire(world, "WebDown", since=begun, region="ap", firing=False)
    assert status(world, WEB) == "operational"


def test_silence_ends_only_what_says_that_it_does(world: World) -> None:
    begun = world.now()
    fire(world, "SearchDown", since=begun)
    fire(world, "WebDown", since=begun)
    world.run_for(EXPIRY)
    assert status(world, SEARCH) == "operational"
    assert status(world, WEB) == "degraded_performance"


def test_a_restart_goes_on_counting_where_it_was(world: World) -> None:
    begun = world.now()
    fire(world, "WebDown", since=begun, region="eu")
    fire(world, "WebDown", since=begun, region="ap")
    world.crash()
    world.start()
    world.run_for(SOON)
    assert status(world, WEB) == "major_outage"
    fire(world, "WebDown", since=begun, region="ap", firing=False)
    assert status(world, WEB) == "degraded_performance"


LABELLED = """
page: PAGE
defaults: {for: 0, keep_firing_for: 0, automation: full}
components:
  Checkout / *: [{alert: DatacenterDown, status: major_outage}]
rules:
  - component: {label: team, map: {api: Checkout / API, web: Checkout / Web}}
    alert: TeamAlert
    status: partial_outage
"""


def unmapped(world: World) -> float | None:
    assert world.engine is not None
    world.engine.gauges.update()
    return world.engine.gauges.metrics.registry.get_sample_value("bridge_signals_unmapped", {"page": PAGE})


def test_a_label_names_the_component_and_what_names_none_is_only_counted(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(LABELLED.replace("PAGE", PAGE))
    with World(7, load_rules([path]).rule_sets[PAGE], WorldSettings(plan=EVERYTHING_AT_ONCE)) as world:
        world.start()
        world.run_for(SOON)
        assert unmapped(world) == 0
        begun = world.now()
        for team in ("web", "mail"):
            world.send_alerts([alert("TeamAlert", firing=True, since=begun, team=team)])
        world.run_for(SOON)
        assert (status(world, API), status(world, WEB)) == ("operational", "partial_outage")
        assert unmapped(world) == 1
        fire(world, "DatacenterDown", since=begun)
        assert (status(world, API), status(world, WEB)) == ("major_outage", "major_outage")
        assert status(world, SEARCH) == "operational"
        fire(world, "DatacenterDown", since=begun, firing=False)
        assert (status(world, API), status(world, WEB)) == ("operational", "partial_outage")
        world.send_alerts([alert("TeamAlert", firing=False, since=begun, until=world.now(), team="mail")])
        world.run_for(SOON)
        assert unmapped(world) == 0
