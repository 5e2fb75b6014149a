"""Review of the third issue's changes: what a restart, a thaw, a stale list or a reload makes the daemon do that it must not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.page import PlanSettings
from bridge.core.statuses import ComponentStatus
from bridge.simulation.world import PAGE, World, WorldSettings, alert
from bridge.simulator.options import MetadataInLists, Options
from tests.simulation.adversity.interference import (
    TIMEOUT,
    Hook,
    Interference,
    S,
    answered,
    claim,
    is_write,
    prompt_rules,
    rehearsed,
)
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
    shop_rules,
    status,
    updates,
)

if TYPE_CHECKING:
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

A_LITTLE = 10.0


@pytest.mark.parametrize("back", [600.0, 7200.0])
def test_an_alert_that_expired_is_not_failing_again_because_the_clock_was_set_back(back: float) -> None:
    """Nobody has reported it for an hour: it is unknown, whatever the clock says after the restart."""
    with World(7, shop_rules(), WorldSettings(alert_expiry=40.0)) as world:
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "SearchErrors")
        world.run_for(3600)
        assert status(world, SEARCH) == "operational"
        world.clock_set_by = -back
        world.run_for(60)
        world.crash()
        world.run_for(1)
        world.start()
        world.run_for(600)
        assert status(world, SEARCH) == "operational"


@pytest.mark.parametrize(("lives", "away"), [(5.0, 30.0), (8.0, 15.0), (20.0, 60.0)])
def test_a_crash_loop_with_pauses_still_publishes(lives: float, away: float) -> None:
    """An orchestrator waits longer and longer before it starts a crashed program again."""
    with World(7, prompt_rules()) as world:
        for _ in range(60):
            world.start()
            world.run_for(lives)
            world.crash()
            world.run_for(away)
        world.start()
        fire(world, "CheckoutErrors")
        for _ in range(20):
            world.run_for(lives)
            world.crash()
            world.run_for(away)
            world.start()
        assert status(world, API) == "major_outage"


def test_a_late_write_under_one_that_was_answered_just_now_is_not_taken_for_a_persons() -> None:
    """The answer of the second is no evidence of what the lost first did after it; a list within `LISTS_LAG` is not looked at."""
    worse = claim("worse", SEARCH, "SearchDown", ComponentStatus.MAJOR_OUTAGE)
    with rehearsed(prompt_rules(worse)) as (world, network):
        seen: list[str] = []

        async def hand(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if is_write(request, component_id(world, SEARCH)) and not seen:
                seen.append("search")
                return await network.apply_late(request, TIMEOUT + S - 2.0, timeout)
            if is_write(request, component_id(world, API)) and "armed" in seen:
                seen.remove("armed")
                return await network.fail_before(request, timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(hand)
        fire(world, "SearchErrors")
        world.run_for(TIMEOUT + S - 15.0)
        fire(world, "SearchDown")
        world.run_for(5.0)
        assert status(world, SEARCH) == "major_outage"
        world.run_for(11.0)
        assert status(world, SEARCH) == "partial_outage"
        # Something else is lost, so that the list of components is read at once.
        seen.append("armed")
        network.hooks.append(lose_posts(network))
        fire(world, "CheckoutErrors")
        world.run_for(900.0)
        assert status(world, SEARCH) == "major_outage"


def lose_posts(network: Interference) -> Hook:
    """The first create is answered with 500, and nothing was done."""
    lost: list[str] = []

    async def lose(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
        if is_write(request, "/incidents") and not lost:
            lost.append(request.path)
            return await network.fail_before(request, timeout)
        return None

    return lose


@pytest.mark.parametrize("before", [2.0, 5.0, 8.0])
def test_a_silent_twin_in_which_a_person_wrote_while_lists_lag_is_left_to_them(before: float) -> None:
    def play(person_at: float | None) -> tuple[list[list[str]], float]:
        settings = WorldSettings(plan=PlanSettings(create_silently=True), options=Options(list_lag=20.0))
        with rehearsed(prompt_rules(), settings) as (world, network):
            seen: list[str] = []

            async def late(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
                if is_write(request, "/incidents") and not seen:
                    seen.append(request.path)
                    return await network.apply_late(request, 900.0, timeout)
                return None

            world.start()
            world.run_for(A_LITTLE)
            network.hooks.append(late)
            began = world.now()
            fire(world, "CheckoutErrors")
            if person_at is not None:
                world.run_for(person_at)
                twin = world.simulator.incidents(world.page_id)[-1]
                said = {"status": "identified", "body": "We know.", "deliver_notifications": False}
                by_hand(world, "PATCH", f"/incidents/{twin.id}", {"incident": said})
            world.run_for(900 + 2 * S + 300 - (person_at or 0.0))
            twin = world.simulator.incidents(world.page_id)[-1]
            return updates(world), twin.updates[-1].created_at - began

    told, closed_at = play(None)
    assert told[1] == ["investigating", "resolved"]
    told, _ = play(closed_at - before)
    assert told[1] == ["investigating", "identified"]


def test_an_empty_store_lowers_what_it_raised_though_the_first_list_of_components_failed() -> None:
    with rehearsed(prompt_rules()) as (world, network):
        failed: list[str] = []

        async def fail_once(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if request.method == "GET" and request.path.endswith("/components") and not failed:
                failed.append(request.path)
                return await network.fail_before(request, timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(60)
        assert status(world, API) == "major_outage"
        world.crash()
        world.lose_the_disk()
        network.hooks.append(fail_once)
        world.start()
        world.run_for(60)
        world.send_alerts([alert("CheckoutErrors", firing=True, since=since)])
        world.run_for(60)
        resolve(world, "CheckoutErrors", since)
        world.run_for(900)
        assert [told[-1] for told in updates(world)] == ["resolved"]
        assert status(world, API) == "operational"


def test_a_thaw_while_a_delivery_is_being_committed_says_nothing_of_what_it_is_about() -> None:
    """The alert has expired meanwhile and is repeated; it was never resolved."""
    with World(7, prompt_rules(), WorldSettings(alert_expiry=120.0)) as world:
        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "SearchErrors")
        world.run_for(60)
        world.freeze()
        world.send_alerts([alert("SearchErrors", firing=True, since=since)])
        world.run_for(600)
        world.thaw()
        world.run_for(60)
        reasons = [entry.reason for _, entry in world.database.journal(limit=1000)]
        assert "kept_firing_for" not in reasons
        assert component_writes(world) == ["partial_outage"]


def component_writes(world: World) -> list[str]:
    """The statuses that the daemon set, in order, as it journaled them."""
    entries = (entry for _, entry in world.database.journal(limit=1000))
    return [
        str(entry.detail["status"])
        for entry in entries
        if entry.kind == "request" and entry.detail.get("kind") == "set_component"
    ]


def test_a_create_that_comes_too_late_for_a_rule_that_is_gone_does_not_stop_the_daemon() -> None:
    with rehearsed(prompt_rules()) as (world, network):
        seen: list[str] = []

        async def late(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if is_write(request, "/incidents") and not seen:
                seen.append(request.path)
                return await network.apply_late(request, 400.0, timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(late)
        fire(world, "CheckoutErrors")
        world.run_for(60)
        assert world.engine is not None
        world.ruleset = replace(world.ruleset, incidents=())
        world.engine.replace_rules({PAGE: world.ruleset})
        world.run_for(600)
        fire(world, "SearchErrors")
        world.run_for(60)
        assert status(world, SEARCH) == "partial_outage"


def test_a_lost_create_is_settled_beside_an_incident_that_cannot_be_read() -> None:
    settings = WorldSettings(options=Options(metadata_in_lists=MetadataInLists.ABSENT))
    with rehearsed(prompt_rules(), settings) as (world, network):
        told = {"name": "Search is slow", "status": "investigating", "body": "We look into it."}
        by_hand(
            world,
            "POST",
            "/incidents",
            {"incident": {**told, "component_ids": [component_id(world, SEARCH)]}},
        )
        theirs = incident_id(world)
        lost: list[str] = []

        async def hand(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if request.method == "GET" and request.path.endswith(f"/incidents/{theirs}"):
                return answered(500, {"error": "oops"})
            if is_write(request, "/incidents") and not lost:
                lost.append(request.path)
                return await network.drop(request, timeout)
            return None

        world.start()
        network.hooks.append(hand)
        world.run_for(1200)
        fire(world, "CheckoutErrors")
        world.run_for(4 * 3600)
        assert lost
        assert notified(world)[1:] == ["investigating"]


def test_a_page_that_makes_an_update_of_a_quiet_change_does_not_end_what_is_told() -> None:
    """Nobody has recorded that it makes none. Ours is taken for a person's, and the incident stays open for ever."""
    web = claim("web-errors", WEB, "WebErrors", ComponentStatus.MAJOR_OUTAGE)
    with rehearsed(prompt_rules(web)) as (world, network):

        async def speak(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            quiet = request.method == "PATCH" and "/incidents/" in request.path
            if not quiet or "status" in json.loads(request.body)["incident"]:
                return None
            network.handle(request)
            said = {"body": "We are continuing to investigate this issue.", "deliver_notifications": False}
            by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", {"incident": said})
            return network.handle(replace(request, method="GET", body=b""))

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(speak)
        checkout = fire(world, "CheckoutErrors")
        world.run_for(30)
        other = fire(world, "WebErrors")
        world.run_for(60)
        assert updates(world) == [["investigating", "investigating"]]
        resolve(world, "CheckoutErrors", checkout)
        resolve(world, "WebErrors", other)
        world.run_for(1200)
        assert notified(world) == ["investigating", "resolved"]
