"""Guards: what a source that fell silent once said, what one source alone says of everything, and mails without end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.simulation.world import WorldSettings
from tests.mutants.scenarios.staging import A_LITTLE, LONG, opened, restart, shows
from tests.simulation.adversity.interference import answered
from tests.simulation.guards.crowd import (
    HOLD,
    POLL,
    QUERY,
    SHOPS,
    THRESHOLD,
    all_down,
    confirm,
    crowd_rules,
    held,
    red,
)
from tests.simulation.guards.mails import capped, checkout, checkout_recovers
from tests.simulation.shop import (
    API,
    FOR,
    KEEP_FIRING_FOR,
    SEARCH,
    by_hand,
    component_id,
    fire,
    notified,
    resolve,
    shop_rules,
    status,
    updates,
)

if TYPE_CHECKING:
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

STALE_AFTER = 200.0
HOUR = 3600.0


def a_source_that_fell_silent() -> list[str]:
    """I14: an alert is resolved, and its source is not heard again until the resolve should be told."""
    with opened(shop_rules(), WorldSettings(stale_after=STALE_AFTER)) as (world, _):
        since = fire(world, "SearchErrors")
        world.run_for(FOR + LONG / 2)
        assert not shows(world, SEARCH, "partial_outage")
        resolve(world, "SearchErrors", since)
        world.run_for(KEEP_FIRING_FOR + HOUR)
        return shows(world, SEARCH, "partial_outage", invariant="I14")


def everything_down_by_one_source() -> list[str]:
    """I8: one alert says that the whole page is down, and nobody else does."""
    with opened(crowd_rules(), WorldSettings(components=SHOPS)) as (world, _):
        all_down(world)
        world.run_for(2 * HOLD)
        return _unsaid(red(world), updates(world))


def everything_down_by_an_alert_and_a_query() -> list[str]:
    """I8: an alert says so, and a query whose Prometheus may be the one that evaluates the alert."""
    settings = WorldSettings(components=SHOPS, polls=(POLL,))
    with opened(crowd_rules(queried=True), settings) as (world, _):
        all_down(world)
        world.prometheus.values[QUERY.expression] = 2 * THRESHOLD
        world.run_for(3 * HOLD)
        return _unsaid(red(world), updates(world))


def a_restart_while_everything_is_held() -> list[str]:
    """I8: the same, and the daemon is killed while it holds that."""
    with opened(crowd_rules(), WorldSettings(components=SHOPS)) as (world, _):
        all_down(world)
        world.run_for(A_LITTLE)
        restart(world)
        world.run_for(HOLD)
        return _unsaid(red(world), updates(world))


def a_hold_that_is_confirmed() -> list[str]:
    """I5: the same, and an operator says that it is true."""
    with opened(crowd_rules(), WorldSettings(components=SHOPS)) as (world, _):
        all_down(world)
        world.run_for(2 * HOLD)
        hold = held(world)
        assert hold is not None
        confirm(world, hold.id)
        world.run_for(LONG)
        unsaid = len(SHOPS) - len(red(world))
        return [f"I5: {unsaid} shops are down, and the page does not say so"] if unsaid else []


def a_hand_back_while_everything_is_held() -> list[str]:
    """I5: a person had set one of the shops; an operator hands it back while everything is held, and confirms the hold."""
    with opened(crowd_rules(), WorldSettings(components=SHOPS)) as (world, _):
        degraded = {"component": {"status": "degraded_performance"}}
        by_hand(world, "PATCH", f"/components/{component_id(world, SHOPS[0])}", degraded)
        world.run_for(LONG)
        all_down(world)
        world.run_for(LONG)
        hold = held(world)
        assert hold is not None
        told = world.command("override_clear", component=SHOPS[0])
        world.run_for(LONG)
        assert told.accepted
        confirm(world, hold.id)
        world.run_for(LONG)
        unsaid = len(SHOPS) - len(red(world))
        return [f"I5: {unsaid} shops are down, and the page does not say so"] if unsaid else []


def _unsaid(shown: list[int], told: list[list[str]]) -> list[str]:
    found = [f"I8: shop {shop} is shown as down, by what one source says of everything" for shop in shown]
    return [*found, *(f"I8: an incident tells {statuses} of it" for statuses in told)]


def a_resolve_over_the_cap() -> list[str]:
    """I5: the page's notifications are used up when its incident is over."""
    with capped(1) as (world, _):
        since = checkout(world)
        world.run_for(LONG)
        checkout_recovers(world, since)
        world.run_for(2 * LONG)
        assert not shows(world, API, "operational")
        return [
            f"I5: an incident that is over says {told[-1]}"
            for told in updates(world)
            if told[-1] != "resolved"
        ]


def a_restart_at_the_cap() -> list[str]:
    """I3: the page's notifications are used up, and the daemon is killed before more is to be told."""
    with capped(1) as (world, _):
        checkout(world)
        world.run_for(LONG)
        restart(world)
        world.run_for(LONG)
        fire(world, "SearchErrors")
        world.run_for(LONG)
        assert status(world, SEARCH) == "partial_outage"
        return _beyond_one(notified(world))


def room_after_a_silent_beginning() -> list[str]:
    """I3: an incident began silently over the cap, and goes on for longer than an hour."""
    with capped(1) as (world, _):
        checkout(world)
        world.run_for(LONG)
        fire(world, "SearchErrors")
        world.run_for(HOUR + LONG)
        return _beyond_one(notified(world))


def an_announcement_that_finds_no_room() -> list[str]:
    """I3: two incidents are created silently while there is room for one mail: what cannot be announced is not said again without one."""
    with capped(1, silently=True) as (world, network):

        async def refuse(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001 - as in Hook
            busy = request.method == "PATCH" and "/incidents/" in request.path
            return answered(420, {"error": "slow"}, **{"Retry-After": "5"}) if busy else None

        network.hooks.append(refuse)
        since = checkout(world)
        slow = fire(world, "SearchErrors")
        world.run_for(10.0)
        network.hooks.clear()
        world.run_for(3 * HOUR)
        said = sum(map(len, updates(world)))
        found = _beyond_one(notified(world))
        if said > 3:
            found.append(f"I3: {said} updates of two beginnings, of which one was announced")
        checkout_recovers(world, since)
        resolve(world, "SearchErrors", slow)
        world.run_for(2 * LONG)
        found += [
            f"I5: an incident that is over says {told[-1]}"
            for told in updates(world)
            if told[-1] != "resolved"
        ]
        return found


def _beyond_one(told: list[str]) -> list[str]:
    return [f"I3: subscribers were told {len(told)} times where one was left"] if len(told) > 1 else []
