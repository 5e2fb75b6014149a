"""What operators and settings change under the daemon's feet: the page, the rule files, the cap. And calls that nobody opened."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bridge.core.statuses import Automation
from bridge.simulation.world import TOKEN, World
from bridge.statuspage.calls import Calls, Endpoint, ForbiddenCallError
from bridge.statuspage.pages import GET_PAGE
from tests.mutants.scenarios.staging import LONG
from tests.simulation.guards.worlds import (
    A_LITTLE,
    ALL,
    LATER,
    OTHER,
    SIX,
    CappedWorld,
    ReloadedWorld,
    TwoPages,
)
from tests.simulation.shop import fire, shop_rules

if TYPE_CHECKING:
    from collections.abc import Mapping


STORM = 8.0
"""Virtual seconds after which a part of forty components is written."""


def another_page_behind_the_settings() -> list[str]:
    """I8: the settings lead to another page, or to a copy of it, and after a restart still do."""
    found = []
    for copied in (False, True):
        with TwoPages() as world:
            world.start()
            world.run_for(A_LITTLE)
            if copied:
                world.made_anew(by=3600.0)
            else:
                world.served = world.other
            written = len(world.writes())
            for _ in range(2):
                world.restart()
                fire(world, "CheckoutErrors")
                world.run_for(LONG)
            found += [
                f"I8: {write.method} {write.template} at {write.at}, to another page"
                for write in world.writes()[written:]
            ]
    return found


def rules_that_would_change_much() -> list[str]:
    """I8: rules are loaded that would lower six components at once, and others that would raise six when their holds are over."""
    found = []
    for alertname, rules in (("ServicesDown", OTHER), ("DiskFull", LATER)):
        with ReloadedWorld() as world:
            world.start()
            world.run_for(A_LITTLE)
            fire(world, alertname)
            world.run_for(A_LITTLE)
            broken = world.broken()
            world.offer(rules, "second")
            world.run_for(5 * LONG)
            if world.broken() != broken:
                found.append(
                    f"I8: {world.broken()} of {len(SIX)} services are shown as broken, for nobody confirmed it"
                )
    return found


def other_rule_files_at_a_start() -> list[str]:
    """I8: while the daemon is down the rule files are changed much; it is started twice."""
    with ReloadedWorld(ALL) as world:
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "ServicesDown")
        world.run_for(A_LITTLE)
        for _ in range(2):
            world.restart(OTHER, "second")
            world.run_for(LONG)
        return (
            []
            if world.broken() == len(SIX)
            else ["I8: the services are shown as well, and nobody confirmed it"]
        )


def a_cap_that_is_lowered_in_a_storm() -> list[str]:
    """I8: forty components are being written when the cap is lowered, or its file is spoilt."""
    found = []
    for level in (Automation.SHADOW, None):
        with CappedWorld() as world:
            world.start()
            world.run_for(LONG)
            fire(world, "SearchErrors")
            world.run_for(STORM)
            world.level = level
            at = world.now()
            world.run_for(LONG)
            found += [f"I8: {write} left after the cap was lowered" for write in world.begun_since(at)]
    return found


def calls_that_nobody_opened() -> list[str]:
    """I9: something of ours asks the client to delete an incident, and to call another page."""
    with World(7, shop_rules()) as world:
        other = world.simulator.add_page("Other", now=world.now())
        deletion: Endpoint[None] = Endpoint("DELETE", "/pages/{page_id}/incidents/{incident_id}", None)
        client = Calls(world.network.transport(TOKEN), world.page_id)

        async def call(endpoint: Endpoint[Any], places: Mapping[str, str]) -> None:
            with suppress(ForbiddenCallError):
                await client.call(endpoint, places, timeout=10.0)

        async def calls() -> None:
            await asyncio.gather(call(deletion, {"incident_id": "i1"}), call(GET_PAGE, {"page_id": other}))

        world.loop.create_task(calls(), name="calls")
        world.run_for(A_LITTLE)
        return [
            f"I9: {arrival.method} {arrival.template} of page {arrival.targets.get('page_id')}"
            for arrival in world.simulator.arrivals
        ]
