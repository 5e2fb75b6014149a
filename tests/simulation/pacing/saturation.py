"""*Budget*: three hundred lone components that always differ from what they should be, and incidents that have to leave at once all the same."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.simulation.pacing.traffic import MEAN_LATENCY, REFUSED, Busy, most_in_any_window, services

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.simulation.world import World

LIMIT, RESERVE, SHARE = 60, 6, 3
CEILING = (LIMIT - RESERVE - SHARE) * 60 / (60 + MEAN_LATENCY)
"""Accepted calls a minute, if every slot that the lanes leave were taken again in the instant in which it comes back (the issue's figure)."""

LONE = services(300)
MINUTES = 20
QUIET = 200.0
"""Seconds before the load: the start's first window is over."""

LOOK_EVERY = 0.25
AT_ONCE = 4
BURSTS = 10
BETWEEN_BURSTS = 10.0
"""Seconds: four calls and four more within a few seconds are eight, and the reserve holds six."""

RESTARTS = 10
LIFE, DOWN = 6.0, 1.0
"""Seconds from one start to the next at most, and of these without a daemon: ten restarts in a minute."""


@dataclass(frozen=True)
class Figures:
    """What a run showed.

    Attributes:
        accepted: calls a minute that were not refused, over all twenty minutes.
        refused: calls refused for the limit.
        busiest: the most arrivals in any sixty seconds.
        slowest: seconds from the acknowledgement of an alert to the start of the call that opens its incident, at worst.
        opened: how many incidents were opened.
        longest_wait: seconds between two writes to one component, at worst.
    """

    accepted: float
    refused: int
    busiest: int
    slowest: float
    opened: int
    longest_wait: float

    @property
    def share(self) -> float:
        """Of the ceiling."""
        return self.accepted / CEILING


def saturate(seed: int, *, cold: bool = False, minutes: int = MINUTES, bursts: int = BURSTS) -> Figures:
    """Play twenty minutes in which everything differs.

    Args:
        seed: of the world, and of the instants of the incidents.
        cold: the daemon starts with the load, on an empty store, and its first minute counts; else it has known its window for a while.
        minutes: virtual minutes of load.
        bursts: at so many random instants, four incidents are opened at once.
    """
    covered = services(AT_ONCE * bursts, "Shop")
    busy = Busy(seed, lone=LONE, covered=covered)
    with busy.world as world:
        if not cold:
            world.start()
            world.run_for(QUIET)
        began = world.now()
        busy.turn(LONE)
        with world.loop.outside():
            world.loop.create_task(keep_differing(busy), name="always-dirty")
        if cold:
            world.start()
        for number, at in enumerate(_instants(world, minutes * 60.0, bursts)):
            with world.loop.outside():
                world.loop.call_later(at, busy.turn, covered[number * AT_ONCE : (number + 1) * AT_ONCE])
        world.run_for(minutes * 60.0)
        return _figures(busy, began, minutes)


def _instants(world: World, seconds: float, count: int) -> list[float]:
    """Random instants, in order, no two of them closer than `BETWEEN_BURSTS`."""
    spare = seconds - 2 * BETWEEN_BURSTS - (count - 1) * BETWEEN_BURSTS
    drawn = sorted(world.random.uniform(0.0, spare) for _ in range(count))
    return [BETWEEN_BURSTS * (number + 1) + at for number, at in enumerate(drawn)]


def crash_loop(seed: int) -> Figures:
    """Everything differs, and the daemon is killed ten times in a minute."""
    busy = Busy(seed, lone=LONE)
    with busy.world as world:
        world.start()
        world.run_for(QUIET)
        began = world.now()
        busy.turn(LONE)
        with world.loop.outside():
            world.loop.create_task(keep_differing(busy), name="always-dirty")
        world.run_for(world.random.uniform(20.0, 80.0))
        for _ in range(RESTARTS):
            world.run_for(world.random.uniform(0.5, LIFE - DOWN))
            world.crash()
            world.run_for(world.random.uniform(0.0, DOWN))
            world.start()
        world.run_for(240.0)
        return _figures(busy, began, (world.now() - began) / 60)


async def keep_differing(busy: Busy) -> None:
    """What was written is wrong again, a moment later."""
    seen = len(busy.world.simulator.arrivals)
    names = {one.id: one.name for one in busy.world.simulator.page(busy.world.page_id).components.values()}
    while True:
        await asyncio.sleep(LOOK_EVERY)
        arrivals = busy.world.simulator.arrivals
        written = {
            names[one.targets["component_id"]]
            for one in arrivals[seen:]
            if one.method == "PATCH" and "component_id" in one.targets and one.status not in REFUSED
        }
        seen = len(arrivals)
        busy.turn(sorted(written))


def _figures(busy: Busy, began: float, minutes: float) -> Figures:
    arrived = busy.arrived(since=began)
    accepted = [one for one in arrived if one.status not in REFUSED]
    creates = [
        at for at, method, path in busy.network.requests if method == "POST" and path.endswith("/incidents")
    ]
    told = sorted(
        one.at for one in busy.world.acknowledged if one.signal.labels.get("service").startswith("Shop")
    )
    writes: dict[str, list[float]] = {}
    for one in arrived:
        if one.method == "PATCH" and "component_id" in one.targets:
            writes.setdefault(one.targets["component_id"], [began]).append(one.at)
    return Figures(
        accepted=len(accepted) / minutes,
        refused=len(arrived) - len(accepted),
        busiest=most_in_any_window([one.at for one in busy.arrived()]),
        slowest=max((left - at for at, left in zip(told, creates, strict=True)), default=0.0),
        opened=len(creates),
        longest_wait=max((_longest(instants) for instants in writes.values()), default=0.0),
    )


def _longest(instants: Sequence[float]) -> float:
    return max(later - earlier for earlier, later in pairwise(instants))
