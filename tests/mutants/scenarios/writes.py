"""Lost writes where random runs hardly ever lose them: cancelled, killed in flight, resolved by a person meanwhile, or far down in a list."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from bridge.core.intents import Failure
from bridge.core.statuses import ComponentStatus
from bridge.simulation.world import WorldSettings
from bridge.simulator.model import Options
from bridge.statuspage.transport import TransportError
from tests.mutants.scenarios.staging import LONG, SETTLED, kill_after, opened, shows
from tests.simulation.adversity.interference import claim, is_write, prompt_rules
from tests.simulation.judge import one_live_incident
from tests.simulation.shop import SEARCH, by_hand, component_id, fire, incident_id, notified

if TYPE_CHECKING:
    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response
    from tests.simulation.adversity.interference import Interference

Lose = Callable[["Request", float], Awaitable["Response"]]


def _first(network: Interference, method: str, end: str, lose: Lose) -> list[str]:
    """Have the first request of this kind lost in a certain way. Returns the paths of those that were."""
    met: list[str] = []

    async def hook(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109 - as in Hook
        if met or request.method != method or not request.path.endswith(end):
            return None
        met.append(request.path)
        return await lose(request, timeout)

    network.hooks.append(hook)
    return met


def _late(network: Interference, after: float) -> Lose:
    async def lose(request: Request, timeout: float) -> Response:  # noqa: ASYNC109 - as in Hook
        return await network.apply_late(request, after, timeout)

    return lose


def _unanswered(network: Interference) -> Lose:
    async def lose(request: Request, timeout: float) -> Response:  # noqa: ASYNC109 - as in Hook
        network.handle(request)
        await asyncio.sleep(timeout)
        raise TransportError(Failure.TIMEOUT)

    return lose


def _told_once(world: World) -> list[str]:
    began = notified(world).count("investigating")
    return [f"I3: subscribers were told {began} times that it began"] if began > 1 else []


def a_cancelled_create() -> list[str]:
    """I2: the task of a create is cancelled in flight, as when the loop ends, and the create is applied a minute later."""
    with opened(prompt_rules()) as (world, network):
        met = _first(network, "POST", "/incidents", _late(network, 60.0))
        fire(world, "CheckoutErrors")
        world.run_for(5.0)
        assert met
        under_way = [task for task in asyncio.all_tasks(world.loop) if task.get_name().startswith("request:")]
        assert under_way
        for task in under_way:
            task.cancel()
        world.run_for(SETTLED)
        return [*one_live_incident(world), *_told_once(world)]


def a_kill_in_flight() -> list[str]:
    """I2: the daemon dies after its create was sent, and the create is applied a minute later."""
    found = []
    for after in (0.0, 5.0, 20.0):
        with opened(prompt_rules()) as (world, network):
            met = _first(network, "POST", "/incidents", _late(network, 60.0))
            fire(world, "CheckoutErrors")
            while not met:
                world.run_for(0.1)
            kill_after(world, after)
            world.run_for(SETTLED)
            found += [*one_live_incident(world), *_told_once(world)]
    return found


def a_lost_create_that_a_person_resolved() -> list[str]:
    """I3: the answer of a create never comes, and before anybody looks a person resolves what it made."""
    with opened(prompt_rules()) as (world, network):
        met = _first(network, "POST", "/incidents", _unanswered(network))
        fire(world, "CheckoutErrors")
        world.run_for(5.0)
        assert met
        done = {"incident": {"status": "resolved", "body": "It was a false alarm."}}
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", done)
        world.run_for(SETTLED + LONG)
        return _told_once(world)


def a_lost_create_behind_a_hundred_incidents() -> list[str]:
    """I2: the answer of a create never comes, and at once another tool opens a hundred incidents."""
    with opened(prompt_rules(), WorldSettings(options=Options(rate_limit=1000))) as (world, network):
        met = _first(network, "POST", "/incidents", _unanswered(network))
        fire(world, "CheckoutErrors")
        world.run_for(2.0)
        assert met
        for number in range(100):
            told = {"name": f"Ticket {number}", "status": "investigating", "body": "Imported."}
            by_hand(world, "POST", "/incidents", {"incident": told})
        world.run_for(SETTLED)
        return one_live_incident(world)


def a_component_that_is_written_late() -> list[str]:
    """I5: a write to a component lands a minute after its daemon gave up, over a newer value; it is still our own doing."""
    found = []
    slow = claim("search-slow", SEARCH, "SearchSlow", ComponentStatus.DEGRADED_PERFORMANCE)
    for first, second in ((160.0, 90.0), (90.0, 160.0), (170.0, 1.0)):
        with opened(prompt_rules(slow)) as (world, network):
            delays = [first, second]
            end = component_id(world, SEARCH)

            async def late(
                request: Request,
                timeout: float,  # noqa: ASYNC109 - as in Hook
                *,
                network: Interference = network,
                delays: list[float] = delays,
                end: str = end,
            ) -> Response | None:
                if delays and is_write(request, end):
                    return await network.apply_late(request, delays.pop(0), timeout)
                return None

            network.hooks.append(late)
            fire(world, "SearchSlow")
            world.run_for(5.0)
            fire(world, "SearchErrors")
            world.run_for(2 * SETTLED)
            found += shows(world, SEARCH, "partial_outage")
    return found
