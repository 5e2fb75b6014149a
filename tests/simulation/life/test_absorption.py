"""What an incident absorbs: a cascade is told in one incident, and what it cannot tell opens by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.rules import IncidentRuleId
from bridge.core.statuses import Automation, ComponentStatus
from bridge.simulation.world import WorldSettings, alert
from tests.mutants.scenarios import absorption
from tests.mutants.scenarios.absorption import CHECKOUT, DATABASE, MONITOR_FOR, cascade_rules, told
from tests.mutants.scenarios.announced import announce, move
from tests.mutants.scenarios.staging import A_LITTLE, LONG, NOT_OURS_ANY_MORE, opened, restarted
from tests.simulation.adversity.interference import claim
from tests.simulation.life.examples import documented
from tests.simulation.shop import (
    API,
    SEARCH,
    WEB,
    by_hand,
    component_id,
    fire,
    incident_id,
    notified,
    resolve,
    status,
    updates,
)

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.simulation.world import World

WEB_DOWN = claim("web-down", WEB, "WebDown", ComponentStatus.PARTIAL_OUTAGE)


def broken(world: World, name: str) -> float:
    since = fire(world, name)
    world.run_for(LONG)
    return since


def mended(world: World, name: str, since: float) -> None:
    resolve(world, name, since)
    world.run_for(LONG)


def test_the_example_of_the_reference_tells_a_cascade_in_one_incident(tmp_path: Path) -> None:
    components = ("Checkout / API", "Search", "Database")
    settings = WorldSettings(components=components)
    with opened(documented(tmp_path, "Absorbing other incidents"), settings) as (world, _):
        broken(world, "DatabaseDown")
        broken(world, "CheckoutErrors")
        broken(world, "SearchErrors")
        (incident,) = world.simulator.incidents(world.page_id)
        assert {status(world, name) for name in components} == {"major_outage", "partial_outage"}
        assert set(incident.component_ids) == {component_id(world, name) for name in components}
        assert notified(world) == ["investigating"]


def test_a_cascade_is_one_incident_through_a_restart() -> None:
    assert absorption.a_cascade_and_a_restart() == []


def test_it_is_not_over_before_what_it_absorbed_is() -> None:
    assert absorption.a_cascade_of_which_the_last_goes_on() == []


def test_it_is_not_opened_for_what_it_absorbed_alone() -> None:
    assert absorption.a_lost_create_of_which_only_what_it_absorbed_goes_on() == []


def test_what_breaks_anew_after_a_person_ended_its_incident_is_told_though_an_absorbed_one_goes_on() -> None:
    assert absorption.a_cascade_that_a_person_ended_and_that_breaks_anew() == []


def test_what_breaks_in_the_same_moment_is_absorbed_too() -> None:
    with opened(cascade_rules()) as (world, _):
        since = world.now()
        world.send_alerts(
            [alert(name, firing=True, since=since) for name in ("CheckoutErrors", "SearchErrors")]
        )
        world.run_for(LONG)
        assert told(world) == [(DATABASE, "investigating", {SEARCH, API})]
        assert notified(world) == ["investigating"]


def test_what_was_open_before_goes_on_beside_it() -> None:
    with opened(cascade_rules()) as (world, _):
        checkout = broken(world, "CheckoutErrors")
        database = broken(world, "SearchErrors")
        assert told(world) == [(CHECKOUT, "investigating", {API}), (DATABASE, "investigating", {SEARCH})]
        mended(world, "SearchErrors", database)
        world.run_for(MONITOR_FOR)
        assert told(world)[1][1] == "resolved"
        mended(world, "CheckoutErrors", checkout)
        world.run_for(MONITOR_FOR)
        assert [one[1] for one in told(world)] == ["resolved", "resolved"]


def test_what_is_worse_than_the_absorber_escalates_it_and_subscribers_are_told_once() -> None:
    with opened(cascade_rules()) as (world, _):
        broken(world, "SearchErrors")
        broken(world, "CheckoutErrors")
        assert updates(world) == [["investigating", "investigating"]]
        assert notified(world) == ["investigating", "investigating"]


def test_what_breaks_while_the_absorber_is_monitored_returns_it() -> None:
    with opened(cascade_rules()) as (world, _):
        mended_at = broken(world, "SearchErrors")
        resolve(world, "SearchErrors", mended_at)
        world.run_for(A_LITTLE)
        assert told(world)[0][1] == "monitoring"
        broken(world, "CheckoutErrors")
        assert told(world) == [(DATABASE, "investigating", {SEARCH, API})]


def test_what_fires_again_after_the_absorber_is_over_opens_by_itself() -> None:
    with opened(cascade_rules()) as (world, _):
        database, checkout = broken(world, "SearchErrors"), broken(world, "CheckoutErrors")
        mended(world, "SearchErrors", database)
        mended(world, "CheckoutErrors", checkout)
        world.run_for(MONITOR_FOR)
        broken(world, "CheckoutErrors")
        assert told(world) == [(DATABASE, "resolved", {SEARCH, API}), (CHECKOUT, "investigating", {API})]


def test_what_joins_of_the_absorbed_one_later_joins_the_absorber() -> None:
    rules = cascade_rules()
    with opened(replace(rules, components=(*rules.components, WEB_DOWN))) as (world, _):
        broken(world, "SearchErrors")
        broken(world, "CheckoutErrors")
        restarted(world)
        broken(world, "WebDown")
        assert told(world) == [(DATABASE, "investigating", {SEARCH, API, WEB})]


@pytest.mark.parametrize("deed", ["resolved", "deleted"])
def test_once_a_person_ended_the_absorber_what_it_would_have_told_opens_by_itself(deed: str) -> None:
    with opened(cascade_rules()) as (world, _):
        broken(world, "SearchErrors")
        if deed == "resolved":
            by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", {"incident": {"status": "resolved"}})
        else:
            by_hand(world, "DELETE", f"/incidents/{incident_id(world)}", {})
        world.run_for(NOT_OURS_ANY_MORE)
        broken(world, "CheckoutErrors")
        assert told(world)[-1] == (CHECKOUT, "investigating", {API})


def test_what_a_person_took_over_absorbs_nothing_more_and_keeps_what_it_lists() -> None:
    rules = cascade_rules()
    with opened(replace(rules, components=(*rules.components, WEB_DOWN))) as (world, _):
        broken(world, "SearchErrors")
        checkout = broken(world, "CheckoutErrors")
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", {"incident": {"body": "We know more."}})
        world.run_for(NOT_OURS_ANY_MORE)
        assert [one[0] for one in told(world)] == [DATABASE]
        mended(world, "CheckoutErrors", checkout)
        broken(world, "WebDown")
        world.run_for(LONG)
        assert [one[0] for one in told(world)] == [DATABASE, CHECKOUT]


def test_where_the_absorber_is_under_maintenance_what_breaks_elsewhere_opens_by_itself() -> None:
    with opened(cascade_rules()) as (world, _):
        coming = announce(world, SEARCH, begins_in=30.0)
        world.run_for(360.0)
        move(world, coming, "in_progress")
        world.run_for(360.0)
        broken(world, "SearchErrors")
        assert DATABASE not in {one[0] for one in told(world)}
        broken(world, "CheckoutErrors")
        assert told(world)[-1] == (CHECKOUT, "investigating", {API})


def test_a_person_who_tells_of_what_is_absorbed_does_not_keep_the_absorber_from_opening() -> None:
    with opened(cascade_rules()) as (world, _):
        by_hand(
            world,
            "POST",
            "/incidents",
            {
                "incident": {
                    "name": "The checkout",
                    "status": "investigating",
                    "body": "We look into it.",
                    "component_ids": [component_id(world, API)],
                }
            },
        )
        world.run_for(LONG)
        broken(world, "CheckoutErrors")
        broken(world, "SearchErrors")
        assert [one[0] for one in told(world)] == ["The checkout", DATABASE]


def test_an_absorber_in_shadow_absorbs_nothing() -> None:
    rules = cascade_rules()
    checkout, database = rules.incidents
    trial = replace(database, automation=Automation.SHADOW)
    with opened(replace(rules, incidents=(checkout, trial))) as (world, _):
        broken(world, "SearchErrors")
        broken(world, "CheckoutErrors")
        assert told(world) == [(CHECKOUT, "investigating", {API})]


def test_of_two_absorbers_that_are_open_the_first_of_the_files_absorbs() -> None:
    rules = cascade_rules()
    checkout, database = rules.incidents
    web = replace(
        database,
        id=IncidentRuleId("web"),
        components=(WEB,),
        title="The web is having problems",
    )
    alone = replace(checkout, components=(API,))
    with opened(
        replace(rules, components=(*rules.components, WEB_DOWN), incidents=(alone, database, web))
    ) as (world, _):
        broken(world, "WebDown")
        broken(world, "SearchErrors")
        broken(world, "CheckoutErrors")
        assert {one[0]: one[2] for one in told(world)} == {
            "The web is having problems": {WEB},
            DATABASE: {SEARCH, API},
        }


def test_each_group_joins_the_absorber_of_its_own_group() -> None:
    rules = cascade_rules()
    checkout, database = (replace(rule, group_by=("region",)) for rule in rules.incidents)
    with opened(replace(rules, incidents=(checkout, database))) as (world, _):
        since = world.now()
        world.send_alerts([alert("SearchErrors", firing=True, since=since, region="eu")])
        world.run_for(LONG)
        world.send_alerts(
            [alert("CheckoutErrors", firing=True, since=since, region=region) for region in ("eu", "us")]
        )
        world.run_for(LONG)
        assert sorted(told(world), key=lambda one: one[0]) == [
            (CHECKOUT, "investigating", {API}),
            (DATABASE, "investigating", {SEARCH, API}),
        ]


def test_an_absorbed_incident_is_explained_by_the_journal() -> None:
    with opened(cascade_rules()) as (world, _):
        broken(world, "SearchErrors")
        broken(world, "CheckoutErrors")
        (entry,) = [
            one
            for _, one in world.database.journal()
            if one.subject == "checkout" and one.reason == "absorbed"
        ]
        assert entry.detail["by"] == "database"
