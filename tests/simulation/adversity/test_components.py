"""Review: components whose public status the daemon gets wrong and never corrects."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bridge.core.statuses import ComponentStatus
from bridge.simulation.world import WorldSettings
from bridge.simulator.options import Options
from tests.simulation.adversity.interference import (
    TIMEOUT,
    S,
    answered,
    claim,
    is_write,
    prompt_rules,
    rehearsed,
)
from tests.simulation.shop import SEARCH, by_hand, component_id, fire, resolve, status

if TYPE_CHECKING:
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

SLOW = claim("search-slow", SEARCH, "SearchSlow", ComponentStatus.DEGRADED_PERFORMANCE)
A_LITTLE = 10.0


def test_a_milder_lost_write_that_lands_over_a_worse_one_is_put_right() -> None:
    with rehearsed(prompt_rules(SLOW)) as (world, network):
        seen: list[str] = []

        async def late(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if is_write(request, component_id(world, SEARCH), status="degraded_performance") and not seen:
                seen.append(request.path)
                return await network.apply_late(request, 170.0, timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(late)
        fire(world, "SearchSlow")
        world.run_for(40)
        fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        network.hooks.clear()
        assert status(world, SEARCH) == "partial_outage"
        world.run_for(S + 600)
        assert status(world, SEARCH) == "partial_outage"


def test_a_lost_raise_that_lands_after_the_recovery_was_written_is_lowered_again() -> None:
    with rehearsed(prompt_rules()) as (world, network):
        seen: list[str] = []

        async def late(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if is_write(request, component_id(world, SEARCH), status="partial_outage") and not seen:
                seen.append(request.path)
                return await network.apply_late(request, 170.0, timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(late)
        since = fire(world, "SearchErrors")
        world.run_for(50)
        assert status(world, SEARCH) == "partial_outage"
        resolve(world, "SearchErrors", since)
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "operational"
        world.run_for(S + 600)
        assert status(world, SEARCH) == "operational"


@pytest.mark.parametrize("lag", [20.0, 90.0])
@pytest.mark.parametrize("lasts", [30.0, 75.0, 200.0])
def test_a_list_of_components_that_lags_does_not_make_our_own_value_a_persons(
    lag: float, lasts: float
) -> None:
    """No write of ours in the last 2·S may explain what is taken for a person's."""
    with rehearsed(prompt_rules()) as (world, network):
        history: list[tuple[float, Response]] = []

        async def stale(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            if request.method != "GET" or not request.path.endswith("/components"):
                return None
            network.handle(request)  # it costs budget all the same
            shown = [made for at, made in history if at <= world.now() - lag]
            return shown[-1]

        def remember() -> None:
            rows = world.simulator.page(world.page_id).components.values()
            text = "[" + ",".join(row.written() for row in rows) + "]"
            history.append((world.now(), answered_text(text)))
            world.loop.call_later(1.0, remember)

        with world.loop.outside():
            remember()
        world.run_for(100)
        network.hooks.append(stale)
        world.start()
        world.run_for(50)
        since = fire(world, "SearchErrors")
        world.run_for(lasts)
        resolve(world, "SearchErrors", since)
        world.run_for(2 * S + 600)
        assert status(world, SEARCH) == "operational"


def answered_text(text: str) -> Response:
    made = answered(200, [])
    return type(made)(made.status, made.headers, text.encode())


def test_a_lost_write_to_a_component_that_is_deleted_ends() -> None:
    with rehearsed(prompt_rules()) as (world, network):

        async def drop(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if is_write(request, component_id(world, SEARCH)):
                return await network.apply_late(request, 1e6, timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(drop)
        fire(world, "SearchErrors")
        world.run_for(25)
        network.hooks.clear()
        page = world.simulator.page(world.page_id)
        del page.components[component_id(world, SEARCH)]
        world.run_for(2 * S + 600)
        assert world.engine is not None
        assert list(world.engine.pages[0].intents.values()) == []


@pytest.mark.parametrize("more", [0, 24, 48])
def test_a_lost_write_ends_though_another_write_is_made_before_it_is_read(more: int) -> None:
    with rehearsed(prompt_rules(SLOW)) as (world, network):
        seen: list[str] = []

        async def lose(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if is_write(request, component_id(world, SEARCH)) and not seen:
                seen.append(request.path)
                return await network.apply_late(request, 0.1, timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(lose)
        since = fire(world, "SearchErrors")
        world.run_for(TIMEOUT_AND_S + more)
        resolve(world, "SearchErrors", since)
        world.run_for(1200)
        assert status(world, SEARCH) == "operational"
        assert world.engine is not None
        assert list(world.engine.pages[0].intents.values()) == []


TIMEOUT_AND_S = 30.0 + S + 1.0


def test_an_hour_of_errors_for_one_component_leaves_few_open_intents() -> None:
    with rehearsed(prompt_rules()) as (world, network):

        async def fail(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            if is_write(request, component_id(world, SEARCH)):
                return answered(500, {"error": "oops"})
            return None

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(fail)
        fire(world, "SearchErrors")
        world.run_for(3600)
        assert world.engine is not None
        assert len(world.engine.pages[0].intents) <= 20


def test_a_component_whose_address_was_unknown_for_a_minute_is_written_in_the_end() -> None:
    with rehearsed(prompt_rules()) as (world, network):

        async def unknown(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            return answered(404, {"error": "Not found"}) if request.method == "PATCH" else None

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(unknown)
        fire(world, "SearchErrors")
        world.run_for(60)
        network.hooks.clear()
        world.run_for(3600)
        assert status(world, SEARCH) == "partial_outage"


def test_a_component_that_was_deleted_and_made_anew_is_found_by_its_name() -> None:
    with rehearsed(prompt_rules(), WorldSettings()) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        page = world.simulator.page(world.page_id)
        del page.components[component_id(world, SEARCH)]
        world.simulator.add_component(world.page_id, SEARCH, now=world.now())
        world.run_for(130)
        fire(world, "SearchErrors")
        world.run_for(130)
        assert status(world, SEARCH) == "partial_outage"


def test_rules_that_are_taken_away_while_they_fire_do_not_make_a_component_green() -> None:
    """`Engine.replace_rules`: what is shown there stays as it is."""
    with rehearsed(prompt_rules()) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        assert world.engine is not None
        world.engine.replace_rules({world.ruleset.page: type(world.ruleset)(world.ruleset.page)})
        world.run_for(300)
        assert status(world, SEARCH) == "partial_outage"


def test_a_value_that_a_person_sets_right_after_our_write_is_not_lowered() -> None:
    """A list begun within half a minute of our write may lag; what it shows else keeps us from writing until a later one tells."""
    with rehearsed(prompt_rules()) as (world, _):
        world.start()
        world.run_for(58)
        since = fire(world, "SearchErrors")
        world.run_for(1)
        assert status(world, SEARCH) == "partial_outage"
        path = f"/components/{component_id(world, SEARCH)}"
        by_hand(world, "PATCH", path, {"component": {"status": "degraded_performance"}})
        world.run_for(10)
        resolve(world, "SearchErrors", since)
        world.run_for(600)
        assert status(world, SEARCH) == "degraded_performance"


def test_a_stale_list_right_after_a_restart_settles_nothing() -> None:
    """A lost write's last chance is over, a later one was answered a moment ago, and the first list of the new life is older than that answer."""
    with rehearsed(prompt_rules(), WorldSettings(options=Options(list_lag=20.0))) as (world, network):
        lost: list[str] = []

        async def lose(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if is_write(request, component_id(world, SEARCH), status="operational") and not lost:
                lost.append(request.path)
                return await network.drop(request, timeout)
            return None

        world.start()
        world.run_for(10)
        since = fire(world, "SearchErrors")
        world.run_for(40)
        network.hooks.append(lose)
        resolve(world, "SearchErrors", since)
        world.run_for(TIMEOUT + S - 2)
        assert status(world, SEARCH) == "operational"

        async def slowly(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            if request.method != "GET" or not request.path.endswith("/components"):
                return None
            await asyncio.sleep(8)
            return network.handle(request)

        since = fire(world, "SearchErrors")
        world.run_for(3)
        world.crash()
        network.hooks.append(slowly)
        resolve(world, "SearchErrors", since)
        world.start()
        world.run_for(600)
        assert lost
        assert status(world, SEARCH) == "operational"
