"""Review: one lost write, applied at every awkward moment, with kills and a cause that ends before it is settled."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.statuses import ComponentStatus
from bridge.simulation.world import WorldSettings
from bridge.simulator.options import Options
from tests.simulation.adversity.interference import TIMEOUT, S, claim, prompt_rules, rehearsed
from tests.simulation.judge import violations
from tests.simulation.shop import API, SEARCH, by_hand, component_id, fire, notified, resolve, status, updates

if TYPE_CHECKING:
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

A_LITTLE = 10.0


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("after", [0.1, 20.0, 31.0, 100.0, 178.0, 1e7])
@pytest.mark.parametrize("killed", [None, 0.2, 10.0, 40.0, 120.0])
@pytest.mark.parametrize("lasts", [5.0, 50.0, 400.0])
def test_one_lost_write_of_an_incident_leaves_one_incident_told_once(
    method: str, after: float, killed: float | None, lasts: float
) -> None:
    with rehearsed(prompt_rules()) as (world, network):
        seen: list[str] = []

        async def late(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if request.method == method and "/incidents" in request.path and not seen:
                seen.append(request.path)
                return await network.apply_late(request, after, timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(late)
        since = fire(world, "CheckoutErrors")

        def restart() -> None:
            world.crash()
            world.loop.call_later(3.0, world.start)

        if killed is not None:
            with world.loop.outside():
                world.loop.call_later(killed, restart)
        world.run_for(lasts)
        resolve(world, "CheckoutErrors", since)
        world.run_for(3 * (TIMEOUT + S) + 600)
        assert violations(world) == []
        assert [told[-1] for told in updates(world)] in ([], ["resolved"])
        assert max(Counter(notified(world)).values(), default=0) <= 1
        assert status(world, API) == "operational"


def test_a_late_recovery_does_not_leave_a_component_green_in_the_outage_that_came_back() -> None:
    rules = prompt_rules()
    rules = replace(rules, incidents=tuple(replace(rule, monitor_for=1200.0) for rule in rules.incidents))
    with rehearsed(rules) as (world, network):
        seen: list[str] = []

        async def late(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if request.method == "PATCH" and "/incidents" in request.path and not seen:
                seen.append(request.path)
                return await network.apply_late(request, 150.0, timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(late)
        since = fire(world, "CheckoutErrors")
        world.run_for(60)
        resolve(world, "CheckoutErrors", since)
        world.run_for(50)
        # Writes of its own meanwhile: lowered alone, then raised again.
        fire(world, "CheckoutErrors")
        world.run_for(S + 600)
        assert status(world, API) == "major_outage"


@pytest.mark.parametrize(("first", "second"), [(160.0, 90.0), (90.0, 160.0), (170.0, 1.0), (1.0, 170.0)])
def test_two_lost_writes_of_different_values_end_at_what_is_desired(first: float, second: float) -> None:
    slow = claim("search-slow", SEARCH, "SearchSlow", ComponentStatus.DEGRADED_PERFORMANCE)
    with rehearsed(prompt_rules(slow)) as (world, network):
        delays = [first, second]

        async def late(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if request.method == "PATCH" and request.path.endswith(component_id(world, SEARCH)) and delays:
                return await network.apply_late(request, delays.pop(0), timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(late)
        fire(world, "SearchSlow")
        world.run_for(5)
        fire(world, "SearchErrors")
        world.run_for(2 * (TIMEOUT + S) + 300)
        assert status(world, SEARCH) == "partial_outage"


def test_a_lost_write_that_covered_a_maintenance_which_a_stale_list_still_shows_is_ours_to_lower() -> None:
    with rehearsed(prompt_rules(), WorldSettings(options=Options(list_lag=20.0))) as (world, network):
        lost: list[str] = []

        async def lose(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if request.method == "PATCH" and request.path.endswith(component_id(world, SEARCH)) and not lost:
                lost.append(request.path)
                return await network.fail_after(request, timeout)
            return None

        world.start()
        world.run_for(10)
        network.hooks.append(lose)
        path = f"/components/{component_id(world, SEARCH)}"
        by_hand(world, "PATCH", path, {"component": {"status": "under_maintenance"}})
        world.run_for(22)  # not read again before the alert; what is read after it is twenty seconds old
        since = fire(world, "SearchErrors")
        world.run_for(60)
        assert lost
        assert status(world, SEARCH) == "partial_outage"
        resolve(world, "SearchErrors", since)
        world.run_for(400)
        assert status(world, SEARCH) == "operational"
