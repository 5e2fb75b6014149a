"""A process that is frozen: a moved virtual machine, a sleeping laptop, SIGSTOP. Nobody watched meanwhile, so nothing may be concluded from that time."""

from __future__ import annotations

import asyncio
import random  # noqa: TID251 - a seeded instance
from typing import TYPE_CHECKING

import pytest

from bridge.simulation.loop import SimulationLoop
from bridge.simulation.world import World, WorldSettings
from tests.simulation.judge import violations
from tests.simulation.shop import (
    API,
    FOR,
    KEEP_FIRING_FOR,
    MONITOR_FOR,
    PROBE,
    fire,
    notified,
    resolve,
    shop_rules,
    status,
    updates,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

A_LITTLE = 20.0
LONG = 600.0


@pytest.fixture
def world() -> Iterator[World]:
    with World(7, shop_rules(), WorldSettings(probes=(PROBE,))) as made:
        made.start()
        made.run_for(A_LITTLE)
        yield made
        assert violations(made) == []


def freeze(world: World, seconds: float) -> None:
    world.freeze()
    world.run_for(seconds)
    world.thaw()


def test_an_alert_that_was_pending_does_not_fire_by_the_time_that_was_frozen(world: World) -> None:
    since = fire(world, "CheckoutErrors")
    world.run_for(FOR / 2)
    freeze(world, LONG)
    world.run_for(A_LITTLE / 2)
    resolve(world, "CheckoutErrors", since)
    world.run_for(LONG)
    assert updates(world) == []
    assert status(world, API) == "operational"


def test_an_alert_that_goes_on_after_it_fires_when_it_was_watched_for_long_enough(world: World) -> None:
    fire(world, "CheckoutErrors")
    world.run_for(FOR / 2)
    freeze(world, LONG)
    world.run_for(FOR + A_LITTLE)
    assert status(world, API) == "major_outage"


def test_what_recovered_is_kept_and_monitored_for_time_that_was_watched(world: World) -> None:
    since = fire(world, "CheckoutErrors")
    world.run_for(FOR + A_LITTLE)
    resolve(world, "CheckoutErrors", since)
    world.run_for(A_LITTLE)
    freeze(world, KEEP_FIRING_FOR + LONG)
    world.run_for(A_LITTLE)
    assert status(world, API) == "major_outage"
    world.run_for(KEEP_FIRING_FOR)
    assert updates(world) == [["investigating", "monitoring"]]
    freeze(world, MONITOR_FOR)
    world.run_for(A_LITTLE)
    assert updates(world) == [["investigating", "monitoring"]]
    world.run_for(MONITOR_FOR)
    assert notified(world) == ["investigating", "resolved"]


def test_a_short_pause_delays_nothing(world: World) -> None:
    fire(world, "CheckoutErrors")
    world.run_for(1.0)
    freeze(world, 3.0)
    world.run_for(FOR - 3.0)
    assert status(world, API) == "major_outage"


def test_a_kill_after_the_thaw_does_not_make_the_frozen_time_count() -> None:
    with World(7, shop_rules()) as world:  # no probe whose answer would have it look again
        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(FOR + A_LITTLE)
        resolve(world, "CheckoutErrors", since)
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR / 2)
        freeze(world, MONITOR_FOR / 4)
        world.run_for(A_LITTLE)  # long enough to read the page, and so to be known to live
        world.crash()
        world.start()
        # Half of it was watched before; without the frozen quarter it would be over by now.
        world.run_for(MONITOR_FOR / 2 - 3 * A_LITTLE)
        assert updates(world) == [["investigating", "monitoring"]]
        world.run_for(5 * A_LITTLE)
        assert updates(world) == [["investigating", "monitoring", "resolved"]]


# --- the loop's part of it


def test_a_frozen_incarnation_runs_nothing_until_it_is_thawed() -> None:
    said: list[tuple[str, float]] = []

    async def speak(name: str) -> None:
        while True:
            await asyncio.sleep(1.0)
            said.append((name, round(loop.time())))

    with SimulationLoop(random.Random(1)) as loop:
        loop.create_task(speak("world"))
        with loop.incarnation("daemon"):
            loop.create_task(speak("daemon"))
        loop.run_for(1.5)
        assert loop.freeze("daemon")
        loop.run_for(3.0)
        loop.thaw("daemon")
        loop.run_for(1.0)
    assert [at for name, at in said if name == "world"] == [1, 2, 3, 4, 5]
    assert [at for name, at in said if name == "daemon"][:2] == [1, 4]


def test_a_frozen_incarnation_can_be_killed_and_there_may_be_none() -> None:
    ran: list[str] = []
    with SimulationLoop(random.Random(1)) as loop:
        assert not loop.freeze("daemon")
        with loop.incarnation("daemon"):
            loop.call_later(1.0, ran.append, "late")
        assert loop.freeze("daemon")
        loop.run_for(2.0)
        assert loop.crash("daemon")
        loop.thaw("daemon")
        loop.run_for(2.0)
    assert ran == []
