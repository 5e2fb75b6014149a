"""Review: what restarts make the daemon say, and what they leave behind."""

from __future__ import annotations

import pytest

from bridge.simulation.world import World, WorldSettings
from tests.simulation.adversity.interference import prompt_rules, rehearsed
from tests.simulation.judge import violations
from tests.simulation.shop import (
    API,
    FOR,
    KEEP_FIRING_FOR,
    MONITOR_FOR,
    SEARCH,
    fire,
    resolve,
    shop_rules,
    status,
    updates,
)

A_LITTLE = 20.0


@pytest.fixture
def world() -> World:
    return World(7, shop_rules())


def test_two_restarts_do_not_make_a_hold_fire_earlier_than_it_was_watched(world: World) -> None:
    """The first restart leaves out the time in which nobody watched; the second must not count it again."""
    with world:
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "SearchErrors")
        world.run_for(5)
        world.crash()
        world.run_for(600)
        world.start()
        world.run_for(5)
        world.crash()
        world.run_for(1)
        world.start()
        world.run_for(10)
        assert status(world, SEARCH) == "operational"  # watched for 20 of 60 seconds


def test_two_restarts_do_not_make_a_recovery_earlier_than_it_was_watched(world: World) -> None:
    with world:
        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(FOR + A_LITTLE)
        resolve(world, "CheckoutErrors", since)
        world.run_for(5)
        world.crash()
        world.run_for(600)
        world.start()
        world.run_for(5)
        world.crash()
        world.run_for(1)
        world.start()
        world.run_for(10)
        assert status(world, API) == "major_outage"  # kept for 20 of 300 seconds


def test_two_restarts_do_not_resolve_an_incident_earlier_than_it_was_watched(world: World) -> None:
    with world:
        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(FOR + A_LITTLE)
        resolve(world, "CheckoutErrors", since)
        world.run_for(KEEP_FIRING_FOR + 10)
        assert updates(world) == [["investigating", "monitoring"]]
        world.crash()
        world.run_for(MONITOR_FOR)
        world.start()
        world.run_for(5)
        world.crash()
        world.run_for(1)
        world.start()
        world.run_for(20)
        assert updates(world) == [["investigating", "monitoring"]]


def test_an_alert_that_expired_long_ago_is_not_failing_again_after_a_restart() -> None:
    """Nobody has reported it for an hour: it is unknown, and unknown never causes a public statement."""
    with World(7, shop_rules(), WorldSettings(alert_expiry=40.0)) as world:
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "SearchErrors")
        world.run_for(3600)
        assert status(world, SEARCH) == "operational"
        for _ in range(3):
            world.crash()
            world.run_for(1)
            world.start()
            world.run_for(30)
        assert status(world, SEARCH) == "operational"


def test_a_restart_every_two_seconds_keeps_the_window_and_publishes_in_the_end() -> None:
    with World(7, prompt_rules()) as world:
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "CheckoutErrors")
        for _ in range(300):
            world.crash()
            world.run_for(0.2)
            world.start()
            world.run_for(1.8)
        during = status(world, API)
        world.run_for(500)
        assert violations(world) == []
        assert status(world, API) == "major_outage"
        assert updates(world) == [["investigating"]]
        assert during == "major_outage"


def test_the_store_does_not_keep_every_slot_that_was_ever_taken() -> None:
    with rehearsed(prompt_rules()) as (world, _):
        world.start()
        world.run_for(6 * 3600)
        kept = sum(len(slots) for slots in world.database.load().slots.values())
        assert kept <= 100
