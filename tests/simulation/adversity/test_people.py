"""Review: a person acts at an awkward moment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.simulation.adversity.interference import TIMEOUT, S, answered, prompt_rules, rehearsed
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
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

A_LITTLE = 10.0


@pytest.mark.parametrize("at", [5.0, 40.0, 100.0, 200.0])
def test_a_value_that_a_person_sets_while_a_write_is_unsettled_stands(at: float) -> None:
    with rehearsed(prompt_rules()) as (world, network):
        seen: list[str] = []

        async def late(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if request.method == "PATCH" and request.path.endswith(component_id(world, SEARCH)) and not seen:
                seen.append(request.path)
                return await network.apply_late(request, 1.0, timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(late)
        fire(world, "SearchErrors")
        world.run_for(at)
        by_hand(
            world,
            "PATCH",
            f"/components/{component_id(world, SEARCH)}",
            {"component": {"status": "degraded_performance"}},
        )
        world.run_for(TIMEOUT + 3 * S)
        assert status(world, SEARCH) == "degraded_performance"


@pytest.mark.parametrize("at", [0.5, 5.0, 40.0, 100.0])
def test_an_incident_that_a_person_deletes_while_its_update_is_lost_ends(at: float) -> None:
    with rehearsed(prompt_rules()) as (world, network):
        seen: list[str] = []

        async def late(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if request.method == "PATCH" and "/incidents/" in request.path and not seen:
                seen.append(request.path)
                return await network.apply_late(request, 90.0, timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        network.hooks.append(late)
        resolve(world, "CheckoutErrors", since)
        world.run_for(at)
        by_hand(world, "DELETE", f"/incidents/{incident_id(world)}", {})
        world.run_for(900)
        assert updates(world) == []
        assert status(world, API) == "operational"
        assert world.engine is not None
        assert list(world.engine.pages[0].intents) == []
        fire(world, "CheckoutErrors")
        world.run_for(60)
        assert updates(world) == [["investigating"]]


@pytest.mark.parametrize("at", [0.5, 5.0, 40.0, 100.0])
def test_an_incident_that_a_person_resolves_while_its_update_is_lost_stays_resolved(at: float) -> None:
    with rehearsed(prompt_rules()) as (world, network):
        seen: list[str] = []

        async def drop(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if request.method == "PATCH" and "/incidents/" in request.path and not seen:
                seen.append(request.path)
                return await network.drop(request, timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        network.hooks.append(drop)
        resolve(world, "CheckoutErrors", since)
        world.run_for(at)
        done = {"incident": {"status": "resolved", "body": "Fixed."}}
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", done)
        world.run_for(1200)
        assert updates(world) == [["investigating", "resolved"]]
        assert notified(world) == ["investigating", "resolved"]
        fire(world, "CheckoutErrors")
        world.run_for(60)
        assert len(updates(world)) == 2


def test_an_outage_that_outlasts_a_maintenance_is_shown_after_it() -> None:
    """The page itself sets a component to operational when its maintenance ends; no person said that it works."""
    with rehearsed(prompt_rules()) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        path = f"/components/{component_id(world, SEARCH)}"
        by_hand(world, "PATCH", path, {"component": {"status": "under_maintenance"}})
        world.run_for(1800)
        by_hand(world, "PATCH", path, {"component": {"status": "operational"}})
        world.run_for(1800)
        assert status(world, SEARCH) == "partial_outage"


def test_a_persons_own_open_incident_keeps_ours_from_opening_on_its_components() -> None:
    with rehearsed(prompt_rules()) as (world, _):
        told = {"name": "Checkout is down", "status": "investigating", "body": "We look into it."}
        by_hand(
            world,
            "POST",
            "/incidents",
            {"incident": {**told, "component_ids": [component_id(world, API), component_id(world, WEB)]}},
        )
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "CheckoutErrors")
        world.run_for(300)
        assert updates(world) == [["investigating"]]


def test_a_component_that_a_person_set_green_early_is_raised_by_the_next_outage() -> None:
    """Clearing signals ends the yield for the next raise, also where the person acted within 2·S of our write and nothing was reconciled since."""
    with rehearsed(prompt_rules()) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        path = f"/components/{component_id(world, SEARCH)}"
        by_hand(world, "PATCH", path, {"component": {"status": "operational"}})
        world.run_for(150)
        resolve(world, "SearchErrors", since)
        world.run_for(1800)
        fire(world, "SearchErrors")
        world.run_for(120)
        assert status(world, SEARCH) == "partial_outage"


def test_a_component_that_one_list_lacks_is_still_ours_to_lower() -> None:
    """Rows move between the pages of a list while it is read; one reading is no proof that a component was deleted."""
    with rehearsed(prompt_rules()) as (world, network):
        seen: list[str] = []

        async def without(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            if request.method != "GET" or not request.path.endswith("/components") or seen:
                return None
            seen.append(request.path)
            made = network.handle(request)
            rows = [row for row in json.loads(made.body) if row["id"] != component_id(world, SEARCH)]
            return answered(200, rows)

        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        network.hooks.append(without)
        world.run_for(130)
        assert seen
        resolve(world, "SearchErrors", since)
        world.run_for(300)
        assert status(world, SEARCH) == "operational"
