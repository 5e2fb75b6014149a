"""What comes in: deliveries that are killed, late, restored, doubled, refused, or never repeated."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from bridge.errors import StoreError
from bridge.simulation.world import DAEMON, World, WorldSettings, alert, webhook
from tests.mutants.scenarios.staging import A_LITTLE, LONG, kill_after_steps, opened, shows
from tests.simulation.adversity.interference import prompt_rules
from tests.simulation.shop import API, fire, resolve, status
from tests.web.served import serving

if TYPE_CHECKING:
    from bridge.engine.engine import Engine
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

REORDER_WINDOW = 300.0
EXPIRY = 600.0
STEPS_AFTER = 6


def a_delivery_and_a_kill() -> list[str]:
    """I1: a kill at each of the steps around a delivery. It is delivered again unless it was acknowledged, so the page must always show it."""
    found = []
    for steps in range(1, _steps_to_acknowledge() + STEPS_AFTER):
        with opened(prompt_rules()) as (world, _):
            fire(world, "CheckoutErrors")
            kill_after_steps(world, steps)
            world.run_for(LONG)
            if status(world, API) != "major_outage":
                found.append(f"I1: a kill {steps} steps after a delivery was begun loses its alert")
    return found


def _steps_to_acknowledge() -> int:
    with opened(prompt_rules()) as (world, _):
        fire(world, "CheckoutErrors")
        began = world.loop.steps
        while not world.acknowledged:
            world.run_for(0.001)
        return world.loop.steps - began


def a_resolve_that_comes_late() -> list[str]:
    """I5: an alert fires anew before the resolve of its last time is delivered."""
    with opened(prompt_rules()) as (world, _):
        began = fire(world, "CheckoutErrors")
        ended = world.now() + 10.0
        world.run_for(20.0)
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        world.send_alerts([alert("CheckoutErrors", firing=False, since=began, until=ended)])
        world.run_for(LONG)
        return shows(world, API, "major_outage")


def an_alert_that_is_restored() -> list[str]:
    """I5: Prometheus comes back, and the alert fires on with the start that it had before its resolve."""
    with opened(prompt_rules()) as (world, _):
        began = fire(world, "CheckoutErrors")
        world.run_for(20.0)
        resolve(world, "CheckoutErrors", began)
        world.run_for(20.0)
        world.send_alerts([alert("CheckoutErrors", firing=True, since=began)])
        world.run_for(REORDER_WINDOW + LONG)
        return shows(world, API, "major_outage")


def an_alert_that_nobody_repeats() -> list[str]:
    """I14: an alert expires while it fires; what it said is neither so nor over."""
    with opened(prompt_rules(), WorldSettings(alert_expiry=EXPIRY)) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(EXPIRY + LONG)
        return shows(world, API, "major_outage", invariant="I14")


def two_deliveries_at_once() -> list[str]:
    """I5: two Alertmanagers deliver a firing and its resolve in the same instant, and their commits are noticed in any order."""
    found = []
    for seed in range(20):
        with World(seed, prompt_rules()) as world:
            world.start()
            world.run_for(A_LITTLE)
            assert world.engine is not None
            began = world.now()
            # While this one is committed the others wait, and are then committed together.
            deliver_at_once(world, world.engine, alert("SearchErrors", firing=True, since=began))
            deliver_at_once(world, world.engine, alert("CheckoutErrors", firing=True, since=began))
            ended = alert("CheckoutErrors", firing=False, since=began, until=began + 5.0)
            deliver_at_once(world, world.engine, ended)
            world.run_for(LONG)
            found += shows(world, API, "operational")
    return found


def deliver_at_once(world: World, engine: Engine, one: dict[str, object]) -> None:
    """Hand a delivery in, beside whatever is under way."""
    body = json.dumps(webhook([one])).encode()
    with world.loop.incarnation(DAEMON):
        world.loop.create_task(world._accept(engine, body, world.loop.create_future()), name="webhook")


def a_delivery_while_the_store_is_down() -> list[str]:
    """I1: a sender that gives up after any 4xx, as Alertmanager does, delivers while nothing can be stored, and again once it can."""
    return asyncio.run(_deliver_until_given_up())


async def _deliver_until_given_up() -> list[str]:
    async with serving() as served:
        served.puppet.fault = StoreError("no room")
        first = await served.deliver()
        served.puppet.fault = None
        if 400 <= first.status < 500:
            return [f"I1: a delivery is given up after {first.status}, and its alert is lost"]
        second = await served.deliver()
        assert (first.status, second.status) == (503, 200)
        assert served.puppet.accepted
    return []


def a_lost_disk_and_an_open_incident() -> list[str]:
    """I2: the store is empty, the alert is repeated at once, its incident is open on the page, and the list of incidents is slow to come."""

    async def slow(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001 - as in Hook
        if request.path.endswith("/incidents/unresolved"):
            await asyncio.sleep(A_LITTLE)
        return None

    with opened(prompt_rules()) as (world, network):
        began = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        world.crash()
        world.lose_the_disk()
        network.hooks.append(slow)
        world.send_alerts([alert("CheckoutErrors", firing=True, since=began)])
        world.start()
        world.run_for(LONG)
        opened_now = world.simulator.incidents(world.page_id)
        return [f"I2: {len(opened_now)} incidents are open"] if len(opened_now) > 1 else []
