"""The main job on virtual time: signals in, a true status page out. Each test is one promise to the reader of the page."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bridge.core.page import PlanSettings
from bridge.core.rules import MetricRule
from bridge.core.statuses import Automation
from bridge.simulation.world import World, WorldSettings
from tests.simulation.judge import violations
from tests.simulation.shop import (
    API,
    EVERYTHING_AT_ONCE,
    FOR,
    KEEP_FIRING_FOR,
    MONITOR_FOR,
    PROBE,
    SEARCH,
    WEB,
    by_hand,
    component_id,
    fire,
    incident_id,
    notified,
    resolve,
    shop_rules,
    status,
    updates,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = WorldSettings(probes=(PROBE,))
A_LITTLE = 20.0
"""Seconds in which a decided change has reached the page."""


@pytest.fixture
def world() -> Iterator[World]:
    with World(7, shop_rules(), SETTINGS) as made:
        made.start()
        made.run_for(A_LITTLE)
        yield made
        assert violations(made) == []


def test_a_flap_shorter_than_for_never_reaches_the_page(world: World) -> None:
    since = fire(world, "CheckoutErrors")
    world.run_for(FOR / 2)
    resolve(world, "CheckoutErrors", since)
    world.run_for(600)
    assert status(world, API) == "operational"
    assert updates(world) == []
    assert all(arrival.method == "GET" for arrival in world.simulator.arrivals)


def test_an_outage_seen_by_alert_and_probe_is_one_incident_over_two_components(world: World) -> None:
    fire(world, "CheckoutErrors")
    world.services[PROBE.check.url] = 503
    world.run_for(FOR + PROBE.every + A_LITTLE)
    assert (status(world, API), status(world, WEB)) == ("major_outage", "major_outage")
    (incident,) = world.simulator.incidents(world.page_id)
    assert sorted(incident.component_ids) == sorted([component_id(world, API), component_id(world, WEB)])
    assert notified(world) == ["investigating"]


def test_the_incident_is_watched_and_resolved_when_its_cause_is_gone(world: World) -> None:
    since = fire(world, "CheckoutErrors")
    world.run_for(FOR + A_LITTLE)
    resolve(world, "CheckoutErrors", since)
    world.run_for(KEEP_FIRING_FOR - A_LITTLE)
    assert status(world, API) == "major_outage"
    world.run_for(2 * A_LITTLE)
    assert status(world, API) == "operational"
    assert updates(world) == [["investigating", "monitoring"]]
    world.run_for(MONITOR_FOR + A_LITTLE)
    assert updates(world) == [["investigating", "monitoring", "resolved"]]
    assert notified(world) == ["investigating", "resolved"]


def test_a_repeat_is_not_an_update(world: World) -> None:
    for _ in range(100):
        fire(world, "CheckoutErrors")
        world.run_for(10)
    assert updates(world) == [["investigating"]]
    assert notified(world) == ["investigating"]


def test_firing_again_while_watched_returns_to_investigating_without_a_mail(world: World) -> None:
    since = fire(world, "CheckoutErrors")
    world.run_for(FOR + A_LITTLE)
    resolve(world, "CheckoutErrors", since)
    world.run_for(KEEP_FIRING_FOR + A_LITTLE)
    fire(world, "CheckoutErrors")
    world.run_for(FOR + A_LITTLE)
    assert updates(world) == [["investigating", "monitoring", "investigating"]]
    assert status(world, API) == "major_outage"
    assert notified(world) == ["investigating"]


def test_a_new_outage_after_the_resolve_is_a_new_incident(world: World) -> None:
    since = fire(world, "CheckoutErrors")
    world.run_for(FOR + A_LITTLE)
    resolve(world, "CheckoutErrors", since)
    world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + 2 * A_LITTLE)
    fire(world, "CheckoutErrors")
    world.run_for(FOR + A_LITTLE)
    assert updates(world) == [["investigating", "monitoring", "resolved"], ["investigating"]]


def test_a_component_without_an_incident_rule_only_changes_its_status(world: World) -> None:
    since = fire(world, "SearchErrors")
    world.run_for(FOR + A_LITTLE)
    assert status(world, SEARCH) == "partial_outage"
    resolve(world, "SearchErrors", since)
    world.run_for(KEEP_FIRING_FOR + A_LITTLE)
    assert status(world, SEARCH) == "operational"
    assert updates(world) == []


def test_a_restart_in_the_middle_goes_on_where_it_stopped(world: World) -> None:
    since = fire(world, "CheckoutErrors")
    world.run_for(FOR + A_LITTLE)
    world.crash()
    world.run_for(30)
    world.start()
    world.run_for(A_LITTLE)
    resolve(world, "CheckoutErrors", since)
    world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + 3 * A_LITTLE)
    assert updates(world) == [["investigating", "monitoring", "resolved"]]
    assert status(world, API) == "operational"


def test_an_alert_that_is_sent_while_the_daemon_is_down_is_not_lost(world: World) -> None:
    world.crash()
    fire(world, "CheckoutErrors")
    world.run_for(60)
    world.start()
    world.run_for(FOR + A_LITTLE)
    assert updates(world) == [["investigating"]]


def test_with_an_empty_store_the_open_incident_is_found_again_and_resolved(world: World) -> None:
    since = fire(world, "CheckoutErrors")
    world.run_for(FOR + A_LITTLE)
    world.crash()
    world.lose_the_disk()
    world.start()
    world.run_for(A_LITTLE)
    fire(world, "CheckoutErrors")
    world.run_for(FOR + A_LITTLE)
    assert updates(world) == [["investigating"]]
    resolve(world, "CheckoutErrors", since + FOR + 2 * A_LITTLE)
    world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + 3 * A_LITTLE)
    assert updates(world) == [["investigating", "monitoring", "resolved"]]
    assert notified(world) == ["investigating", "resolved"]
    assert status(world, API) == "operational"


def test_with_an_empty_store_silence_about_the_cause_is_no_recovery(world: World) -> None:
    fire(world, "CheckoutErrors")
    world.run_for(FOR + A_LITTLE)
    world.crash()
    world.lose_the_disk()
    world.start()
    world.run_for(4 * 3600)
    assert updates(world) == [["investigating"]]
    assert status(world, API) == "major_outage"


def test_in_shadow_everything_is_decided_and_nothing_is_sent() -> None:
    with World(7, shop_rules(Automation.SHADOW), SETTINGS) as world:
        world.start()
        fire(world, "CheckoutErrors")
        world.run_for(FOR + 300)
        assert all(arrival.method == "GET" for arrival in world.simulator.arrivals)
        assert "opened" in world.trace()


def test_a_cap_at_shadow_sends_nothing_at_all() -> None:
    rules = replace(shop_rules(), metrics=(MetricRule("Latency", PROBE.latency),))
    capped = replace(SETTINGS, metrics=("Latency",), plan=PlanSettings(automation_max=Automation.SHADOW))
    with World(7, rules, capped) as world:
        world.start()
        fire(world, "CheckoutErrors")
        world.run_for(FOR + 300)
        assert all(arrival.method == "GET" for arrival in world.simulator.arrivals)


def test_a_cap_on_automation_holds_back_the_incident_and_not_the_status() -> None:
    capped = replace(SETTINGS, plan=PlanSettings(automation_max=Automation.STATUSES))
    with World(7, shop_rules(), capped) as world:
        world.start()
        fire(world, "CheckoutErrors")
        world.run_for(FOR + 60)
        assert status(world, API) == "major_outage"
        assert updates(world) == []


def test_an_incident_that_a_person_resolved_is_not_opened_again(world: World) -> None:
    since = fire(world, "CheckoutErrors")
    world.run_for(FOR + A_LITTLE)
    by_hand(
        world,
        "PATCH",
        f"/incidents/{incident_id(world)}",
        {"incident": {"status": "resolved", "body": "Fixed."}},
    )
    world.run_for(600)
    resolve(world, "CheckoutErrors", since)
    world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + A_LITTLE)
    assert updates(world) == [["investigating", "resolved"]]


def test_an_incident_that_a_person_deleted_stays_deleted(world: World) -> None:
    since = fire(world, "CheckoutErrors")
    world.run_for(FOR + A_LITTLE)
    by_hand(world, "DELETE", f"/incidents/{incident_id(world)}", {})
    world.run_for(600)
    resolve(world, "CheckoutErrors", since)
    world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + A_LITTLE)
    assert updates(world) == []


def test_what_a_person_says_in_the_incident_is_not_talked_over(world: World) -> None:
    since = fire(world, "CheckoutErrors")
    world.run_for(FOR + A_LITTLE)
    told = {"incident": {"status": "identified", "body": "A bad deployment."}}
    by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", told)
    resolve(world, "CheckoutErrors", since)
    world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + 200)
    assert updates(world) == [["investigating", "identified"]]
    assert status(world, API) == "operational"


def test_a_person_who_only_adds_a_text_has_the_word_from_then_on(world: World) -> None:
    since = fire(world, "CheckoutErrors")
    world.run_for(FOR + A_LITTLE)
    words = {"status": "investigating", "body": "We have found the machine.", "deliver_notifications": False}
    told = {"incident": words}
    by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", told)
    world.run_for(150)
    resolve(world, "CheckoutErrors", since)
    world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + 200)
    assert updates(world) == [["investigating", "investigating"]]
    assert status(world, API) == "operational"


def test_a_status_that_a_person_set_stands_until_it_is_handed_back(world: World) -> None:
    by_hand(
        world,
        "PATCH",
        f"/components/{component_id(world, SEARCH)}",
        {"component": {"status": "degraded_performance"}},
    )
    world.run_for(200)
    since = fire(world, "SearchErrors")
    world.run_for(FOR + 200)
    assert status(world, SEARCH) == "degraded_performance"
    resolve(world, "SearchErrors", since)
    world.run_for(KEEP_FIRING_FOR + 200)
    assert status(world, SEARCH) == "degraded_performance"


def test_a_component_that_a_person_set_green_is_not_turned_red_again_by_the_same_outage(world: World) -> None:
    since = fire(world, "SearchErrors")
    world.run_for(FOR + A_LITTLE)
    by_hand(
        world, "PATCH", f"/components/{component_id(world, SEARCH)}", {"component": {"status": "operational"}}
    )
    world.run_for(600)
    assert status(world, SEARCH) == "operational"
    resolve(world, "SearchErrors", since)
    world.run_for(KEEP_FIRING_FOR + 200)
    fire(world, "SearchErrors")
    world.run_for(FOR + A_LITTLE)
    assert status(world, SEARCH) == "partial_outage"


def test_a_probe_that_cannot_look_changes_nothing(world: World) -> None:
    world.services[PROBE.check.url] = 503
    world.run_for(FOR + PROBE.every + A_LITTLE)
    assert status(world, WEB) == "major_outage"
    world.blind = True
    world.run_for(3600)
    assert status(world, WEB) == "major_outage"
    assert updates(world) == [["investigating"]]


def test_metric_points_arrive_on_their_grid_without_a_gap() -> None:
    rules = replace(shop_rules(), metrics=(MetricRule("Latency", PROBE.latency),))
    with World(7, rules, replace(SETTINGS, metrics=("Latency",))) as world:
        world.start()
        world.run_for(1200)
        world.crash()
        world.run_for(20)
        world.start()
        world.run_for(1200)
        (metric_id,) = world.simulator.page(world.page_id).metrics
        instants = list(world.simulator.metric_points(world.page_id, metric_id))
        assert all(instant % 30 == 0 for instant in instants)
        assert max(later - earlier for earlier, later in pairwise(instants)) <= 60
        assert len(instants) >= 70
        assert violations(world) == []


def test_a_hundred_broken_components_never_exceed_the_rate_limit() -> None:
    names = tuple(f"Service {number}" for number in range(100))
    rule = shop_rules().components[0]
    many = replace(
        shop_rules(),
        components=tuple(
            replace(rule, id=type(rule.id)(name), component=type(rule.component)(name)) for name in names
        ),
        incidents=(),
    )
    with World(7, many, WorldSettings(components=names, plan=EVERYTHING_AT_ONCE)) as world:
        world.start()
        world.run_for(70)
        fire(world, "CheckoutErrors")
        world.run_for(FOR + 180)
        assert {status(world, name) for name in names} == {"major_outage"}
        assert violations(world) == []
