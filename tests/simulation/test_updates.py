"""Readers of a long incident are told that it goes on: so often, so many times, and not by a daemon that cannot look."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.rules import Notify, Updates
from bridge.simulation.world import World, WorldSettings
from tests.simulation.shop import FOR, KEEP_FIRING_FOR, MONITOR_FOR, fire, notified, resolve, shop_rules
from tests.simulation.test_causes import said

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet

A_LITTLE = 60.0
EVERY = 1800.0
STILL = "We are still working on this problem. Affected: Checkout / API."


def rules_with_updates(*notify: Notify) -> RuleSet:
    rules = shop_rules()
    (incident,) = rules.incidents
    told = replace(incident, updates=Updates(EVERY, 2), notify=frozenset({Notify.OPEN, *notify}))
    return replace(rules, incidents=(told,))


def stills(world: World) -> int:
    return [body for _, body in said(world)].count(STILL)


def test_it_is_told_so_often_and_so_many_times_through_restarts() -> None:
    with World(31, rules_with_updates(Notify.UPDATE)) as world:
        world.start()
        world.run_for(20)
        since = fire(world, "CheckoutErrors")
        world.run_for(FOR + A_LITTLE)
        for told in (0, 1, 2, 2):
            assert stills(world) == told
            world.crash()
            world.start()
            world.run_for(EVERY + A_LITTLE)
        resolve(world, "CheckoutErrors", since)
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + 2 * A_LITTLE)
        statuses = [status for status, _ in said(world)]
        assert statuses == ["investigating", "investigating", "investigating", "monitoring", "resolved"]
        assert notified(world) == ["investigating"] * 3


def test_a_daemon_that_is_blind_says_nothing_of_how_it_goes_on() -> None:
    settings = WorldSettings(stale_after=600.0)
    with World(32, rules_with_updates(), settings) as world:
        world.start()
        world.run_for(20)
        since = fire(world, "CheckoutErrors")
        world.run_for(4 * EVERY)
        assert stills(world) == 0
        fire(world, "Watchdog")
        resolve(world, "CheckoutErrors", since)
        world.run_for(KEEP_FIRING_FOR + A_LITTLE)
        assert [status for status, _ in said(world)] == ["investigating", "monitoring"]
