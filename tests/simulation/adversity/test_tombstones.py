"""What a person deleted stays deleted, until its cause cleared and fires anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.core.matching import parse_matchers
from bridge.core.rules import ComponentRule, RuleId
from bridge.core.statuses import Automation, ComponentStatus
from bridge.simulation.world import WorldSettings
from bridge.simulator.options import MetadataInLists, Options
from tests.simulation.adversity.interference import TIMEOUT, S, prompt_rules, rehearsed
from tests.simulation.judge import violations
from tests.simulation.shop import API, WEB, by_hand, fire, incident_id, notified, resolve, status, updates

if TYPE_CHECKING:
    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

A_LITTLE = 10.0
LISTS = [MetadataInLists.SHOWN, MetadataInLists.EMPTY]
WORSE = ComponentRule(
    RuleId("worse"),
    WEB,
    parse_matchers('alertname="CheckoutWorse"'),
    ComponentStatus.MAJOR_OUTAGE,
    for_=0.0,
    keep_firing_for=0.0,
    automation=Automation.FULL,
)


def delete(world: World) -> None:
    by_hand(world, "DELETE", f"/incidents/{incident_id(world)}", {})


def stays_deleted(world: World, since: float, *, restarted: bool) -> None:
    """For an hour, with more trouble and restarts in it; and the next time the cause fires, it is told."""
    for seconds in (400.0, 600.0, 2600.0):
        if restarted:
            world.crash()
            world.run_for(3.0)
            world.start()
        world.run_for(seconds)
        assert updates(world) == []
        fire(world, "CheckoutWorse")
    resolve(world, "CheckoutErrors", since)
    resolve(world, "CheckoutWorse", world.now())
    world.run_for(600)
    assert updates(world) == []
    fire(world, "CheckoutErrors")
    world.run_for(60)
    assert updates(world) == [["investigating"]]
    assert violations(world) == []


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("lists", LISTS)
@pytest.mark.parametrize("at", [70.0, 100.0, 170.0])
def test_a_create_whose_answer_was_lost_and_that_was_seen_is_not_created_again(
    at: float, lists: MetadataInLists, *, restarted: bool
) -> None:
    settings = WorldSettings(options=Options(metadata_in_lists=lists))
    with rehearsed(prompt_rules(WORSE), settings) as (world, network):
        seen: list[str] = []

        async def lose(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if request.method == "POST" and request.path.endswith("/incidents") and not seen:
                seen.append(request.path)
                return await network.apply_late(request, 1.0, timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(lose)
        since = fire(world, "CheckoutErrors")
        world.run_for(at)
        delete(world)
        stays_deleted(world, since, restarted=restarted)


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("lists", LISTS)
def test_a_create_that_was_seen_while_its_answer_was_awaited_is_not_created_again(
    lists: MetadataInLists, *, restarted: bool
) -> None:
    """It shows in a list while the request hangs; a person deletes it before anybody gives up waiting."""
    settings = WorldSettings(options=Options(metadata_in_lists=lists))
    with rehearsed(prompt_rules(WORSE), settings) as (world, network):
        seen: list[str] = []

        async def lose(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if request.method == "POST" and request.path.endswith("/incidents") and not seen:
                seen.append(request.path)
                return await network.apply_late(request, 1.0, timeout)
            return None

        world.start()
        world.run_for(50)
        network.hooks.append(lose)
        since = fire(world, "CheckoutErrors")
        world.run_for(20)  # a list is read once a minute
        delete(world)
        stays_deleted(world, since, restarted=restarted)


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("lists", LISTS)
@pytest.mark.parametrize("at", [2.0, 5.0, 40.0, 100.0])  # the incident is read before it is written to
@pytest.mark.parametrize("applied", [0.2, 90.0])
def test_an_incident_that_is_deleted_while_its_update_is_lost_is_not_created_again(
    at: float, applied: float, lists: MetadataInLists, *, restarted: bool
) -> None:
    """The update is a recovery; the cause comes back before anybody knows what became of it, and goes on."""
    settings = WorldSettings(options=Options(metadata_in_lists=lists))
    with rehearsed(prompt_rules(WORSE), settings) as (world, network):
        seen: list[str] = []

        async def late(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if request.method == "PATCH" and "/incidents/" in request.path and not seen:
                seen.append(request.path)
                return await network.apply_late(request, applied, timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        network.hooks.append(late)
        fire(world, "CheckoutWorse")  # joins: a quiet update
        world.run_for(at)
        assert seen
        delete(world)
        stays_deleted(world, since, restarted=restarted)


@pytest.mark.parametrize("restarted", [False, True])
def test_an_incident_that_is_deleted_right_after_its_create_is_not_created_again(*, restarted: bool) -> None:
    with rehearsed(prompt_rules(WORSE)) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(2)
        delete(world)
        stays_deleted(world, since, restarted=restarted)


def test_what_was_deleted_before_anybody_saw_it_cannot_be_told_from_what_never_was() -> None:
    """A limit, not a wish: the answer was lost, and the search finds nothing. To say nothing of an outage would be worse."""
    with rehearsed(prompt_rules()) as (world, network):
        seen: list[str] = []

        async def lose(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if request.method == "POST" and request.path.endswith("/incidents") and not seen:
                seen.append(request.path)
                return await network.apply_late(request, 1.0, timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(lose)
        fire(world, "CheckoutErrors")
        world.run_for(3)
        delete(world)
        world.run_for(TIMEOUT + S + 60)
        assert updates(world) == [["investigating"]]
        assert notified(world) == ["investigating", "investigating"]


def test_an_empty_store_knows_of_no_deletion() -> None:
    """A limit: what was deleted leaves no trace on the page."""
    with rehearsed(prompt_rules()) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        delete(world)
        world.run_for(2 * S + 200)
        world.crash()
        world.lose_the_disk()
        world.start()
        world.run_for(A_LITTLE)
        assert since
        fire(world, "CheckoutErrors")
        world.run_for(60)
        assert updates(world) == [["investigating"]]


@pytest.mark.parametrize("lists", LISTS)
def test_what_a_create_set_that_was_seen_while_its_answer_was_awaited_is_set_back_in_the_end(
    lists: MetadataInLists,
) -> None:
    """A list says nothing of the components that rode on the create; they are ours all the same."""
    settings = WorldSettings(options=Options(metadata_in_lists=lists))
    with rehearsed(prompt_rules(), settings) as (world, network):
        seen: list[str] = []

        async def lose(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if request.method == "POST" and request.path.endswith("/incidents") and not seen:
                seen.append(request.path)
                return await network.apply_late(request, 1.0, timeout)
            return None

        world.start()
        world.run_for(50)
        network.hooks.append(lose)
        since = fire(world, "CheckoutErrors")
        world.run_for(25)
        assert status(world, API) == "major_outage"
        resolve(world, "CheckoutErrors", since)  # nobody claims it any more when the request is given up
        world.run_for(2 * S + 600)
        assert status(world, API) == "operational"
        assert updates(world) == [["investigating", "monitoring", "resolved"]]
