"""When components are lowered whose claims have ended: `lower_at`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.matching import parse_matchers
from bridge.core.rules import IncidentRuleId, LowerAt, OnYield
from bridge.core.statuses import Automation, ComponentStatus
from tests.mutants.scenarios import lowering
from tests.mutants.scenarios.lowering import MONITOR_FOR, late_rules
from tests.mutants.scenarios.staging import A_LITTLE, LONG, NOT_OURS_ANY_MORE, opened
from tests.mutants.scenarios.taken import set_by_hand
from tests.simulation.adversity.interference import claim, prompt_rules
from tests.simulation.life.examples import documented
from tests.simulation.shop import API, SEARCH, WEB, by_hand, fire, incident_id, resolve, status, updates

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.simulation.world import World

WHOLE = [["investigating", "monitoring", "resolved"]]
MILD = claim("api-slow", API, "CheckoutSlow", ComponentStatus.DEGRADED_PERFORMANCE)
WEB_DOWN = claim("web-down", WEB, "WebDown", ComponentStatus.PARTIAL_OUTAGE)


def broken(world: World, name: str = "CheckoutErrors") -> float:
    since = fire(world, name)
    world.run_for(LONG)
    return since


def mended(world: World, since: float, name: str = "CheckoutErrors") -> None:
    resolve(world, name, since)
    world.run_for(LONG)


def test_the_example_of_the_reference_stays_red_until_its_incident_is_over(tmp_path: Path) -> None:
    with opened(documented(tmp_path, "When components are lowered")) as (world, _):
        since = broken(world)
        assert status(world, API) == "major_outage"
        mended(world, since)
        assert (status(world, API), updates(world)) == ("major_outage", [["investigating", "monitoring"]])
        (incident,) = world.simulator.incidents(world.page_id)
        assert "seems to be over" in str(incident.updates[-1].body)
        world.run_for(600.0)
        assert (status(world, API), updates(world)) == ("operational", WHOLE)


def test_the_lowering_rides_on_the_resolve() -> None:
    with opened(late_rules()) as (world, network):
        mended(world, broken(world))
        network.requests.clear()
        world.run_for(MONITOR_FOR)
        assert status(world, API) == "operational"
        assert [
            path for _, method, path in network.requests if method != "GET" and "/components/" in path
        ] == []


def test_by_default_a_component_is_lowered_when_nothing_claims_it_any_more() -> None:
    with opened(prompt_rules()) as (world, _):
        mended(world, broken(world))
        assert status(world, API) == "operational"


def test_it_follows_milder_claims_and_keeps_the_last_of_them() -> None:
    with opened(replace(late_rules(), components=(*late_rules().components, MILD))) as (world, _):
        slow = broken(world, "CheckoutSlow")
        down = broken(world)
        mended(world, down)
        assert status(world, API) == "degraded_performance"
        mended(world, slow, "CheckoutSlow")
        assert (status(world, API), updates(world)) == (
            "degraded_performance",
            [["investigating", "monitoring"]],
        )
        world.run_for(MONITOR_FOR)
        assert (status(world, API), updates(world)) == ("operational", WHOLE)


def test_of_two_components_the_one_that_recovers_first_waits_for_the_other() -> None:
    with opened(replace(late_rules(), components=(*late_rules().components, WEB_DOWN))) as (world, _):
        api, web = broken(world), broken(world, "WebDown")
        mended(world, web, "WebDown")
        world.run_for(MONITOR_FOR)
        assert (status(world, API), status(world, WEB)) == ("major_outage", "partial_outage")
        mended(world, api)
        assert (status(world, API), status(world, WEB)) == ("major_outage", "partial_outage")
        world.run_for(MONITOR_FOR)
        assert (status(world, API), status(world, WEB)) == ("operational", "operational")


def test_what_never_took_part_is_lowered_at_once() -> None:
    rules = late_rules()
    (incident,) = rules.incidents
    mild = replace(MILD, component=WEB)
    late = replace(incident, close_at=ComponentStatus.DEGRADED_PERFORMANCE)
    with opened(replace(rules, components=(*rules.components, mild), incidents=(late,))) as (world, _):
        broken(world)
        slow = broken(world, "CheckoutSlow")
        assert status(world, WEB) == "degraded_performance"
        mended(world, slow, "CheckoutSlow")
        assert (status(world, API), status(world, WEB)) == ("major_outage", "operational")


def test_what_fires_again_while_it_waits_changes_nothing_on_the_component() -> None:
    with opened(late_rules()) as (world, _):
        mended(world, broken(world))
        mended(world, broken(world))
        assert status(world, API) == "major_outage"
        world.run_for(MONITOR_FOR)
        assert status(world, API) == "operational"
        assert updates(world) == [["investigating", "monitoring", "investigating", "monitoring", "resolved"]]


def test_a_restart_in_the_middle_lowers_nothing() -> None:
    assert lowering.a_restart_while_a_component_waits_for_its_incident() == []


def test_after_the_store_was_lost_in_the_middle_it_is_still_lowered_with_the_resolve_and_not_before() -> None:
    with opened(late_rules()) as (world, _):
        mended(world, broken(world))
        world.crash()
        world.lose_the_disk()
        world.start()
        world.run_for(LONG)
        assert status(world, API) == "major_outage"
        # That its cause comes and goes once more proves to the empty store that it is over.
        mended(world, broken(world))
        assert status(world, API) == "major_outage"
        world.run_for(MONITOR_FOR)
        assert (status(world, API), len(updates(world))) == ("operational", 1)


def test_an_incident_found_by_an_empty_store_is_lowered_with_its_resolve_though_its_cause_never_comes() -> (
    None
):
    with opened(late_rules()) as (world, _):
        mended(world, broken(world))
        world.crash()
        world.lose_the_disk()
        world.start()
        world.run_for(5 * 3600.0 + LONG)
        assert (status(world, API), updates(world)) == ("major_outage", [["investigating", "monitoring"]])
        world.run_for(MONITOR_FOR)
        assert (status(world, API), updates(world)) == ("operational", WHOLE)


def test_what_a_person_sets_while_it_waits_stands() -> None:
    with opened(late_rules()) as (world, _):
        mended(world, broken(world))
        world.run_for(NOT_OURS_ANY_MORE - LONG)
        set_by_hand(world, API, "operational")
        world.run_for(A_LITTLE)
        assert status(world, API) == "operational"
        world.run_for(2 * MONITOR_FOR)
        assert (status(world, API), updates(world)) == ("operational", WHOLE)


def test_where_a_person_resolves_the_incident_its_components_wait_for_their_time_all_the_same() -> None:
    with opened(late_rules()) as (world, _):
        mended(world, broken(world))
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", {"incident": {"status": "resolved"}})
        world.run_for(LONG)
        assert status(world, API) == "major_outage"
        world.run_for(MONITOR_FOR)
        assert (status(world, API), updates(world)) == ("operational", WHOLE)


def test_what_a_person_took_over_and_keeps_open_is_lowered_when_it_would_be_over() -> None:
    rules = late_rules()
    (incident,) = rules.incidents
    with opened(replace(rules, incidents=(replace(incident, on_yield=OnYield.LEAVE),))) as (world, _):
        since = broken(world)
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", {"incident": {"body": "We know more."}})
        world.run_for(LONG)
        mended(world, since)
        assert status(world, API) == "major_outage"
        world.run_for(MONITOR_FOR)
        assert (status(world, API), updates(world)) == ("operational", [["investigating", "investigating"]])


def test_an_incident_in_shadow_keeps_nothing_of_what_is_published() -> None:
    rules = late_rules()
    (incident,) = rules.incidents
    with opened(replace(rules, incidents=(replace(incident, automation=Automation.SHADOW),))) as (world, _):
        since = broken(world)
        assert status(world, API) == "major_outage"
        mended(world, since)
        assert status(world, API) == "operational"


def test_at_statuses_components_wait_for_an_incident_that_nobody_sees() -> None:
    rules = late_rules()
    (incident,) = rules.incidents
    with opened(replace(rules, incidents=(replace(incident, automation=Automation.STATUSES),))) as (world, _):
        mended(world, broken(world))
        assert (status(world, API), updates(world)) == ("major_outage", [])
        world.run_for(MONITOR_FOR)
        assert (status(world, API), updates(world)) == ("operational", [])


def test_of_two_incidents_over_a_component_the_last_one_lowers_it() -> None:
    rules = late_rules()
    (incident,) = rules.incidents
    other = replace(
        incident,
        id=IncidentRuleId("everything"),
        components=(API, SEARCH),
        title="Everything is having problems",
    )
    with opened(replace(rules, incidents=(incident, other))) as (world, _):
        api, search = broken(world), broken(world, "SearchErrors")
        mended(world, api)
        world.run_for(MONITOR_FOR)
        assert [told[-1] for told in updates(world)] == ["resolved", "investigating"]
        assert status(world, API) == "major_outage"
        mended(world, search, "SearchErrors")
        world.run_for(MONITOR_FOR)
        assert [told[-1] for told in updates(world)] == ["resolved", "resolved"]
        assert (status(world, API), status(world, SEARCH)) == ("operational", "operational")


def test_with_groups_a_component_follows_the_claims_of_every_group() -> None:
    rules = prompt_rules()
    (incident,) = rules.incidents
    regions = tuple(
        replace(
            claim(f"api-{region}", API, "Down", found),
            matchers=parse_matchers(f'alertname="Down{region}", region="{region}"'),
        )
        for region, found in (
            ("eu", ComponentStatus.MAJOR_OUTAGE),
            ("us", ComponentStatus.PARTIAL_OUTAGE),
        )
    )
    grouped = replace(
        incident, components=(API,), group_by=("region",), lower_at=LowerAt.RESOLVED, monitor_for=MONITOR_FOR
    )
    with opened(replace(rules, components=regions, incidents=(grouped,))) as (world, _):
        eu = world.now()
        world.send_alerts([lowering.regional("eu", since=eu)])
        us = world.now()
        world.send_alerts([lowering.regional("us", since=us)])
        world.run_for(LONG)
        assert status(world, API) == "major_outage"
        world.send_alerts([lowering.regional("eu", since=eu, until=world.now())])
        world.run_for(LONG)
        assert status(world, API) == "partial_outage"
        world.send_alerts([lowering.regional("us", since=us, until=world.now())])
        world.run_for(LONG)
        assert status(world, API) == "partial_outage"
        world.run_for(MONITOR_FOR)
        assert status(world, API) == "operational"
