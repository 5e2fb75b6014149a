"""A request's slot is held until S after its deadline, so its time-out must not outlast that deadline: what the commit took is taken off."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.simulation.pacing.traffic import Busy, services

if TYPE_CHECKING:
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response


def test_a_slow_commit_comes_off_the_time_out() -> None:
    busy = Busy(7, lone=services(3))
    timeouts: list[float] = []

    async def note(_request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109 - as in Hook
        timeouts.append(timeout)
        await asyncio.sleep(0)
        return None

    busy.network.hooks.append(note)
    with busy.world as world:
        world.start()
        world.run_for(30.0)
        assert min(timeouts) > 29.9
        timeouts.clear()
        world.loop.executor_delay = (0.8, 1.0)
        busy.turn(services(3))
        world.run_for(60.0)
        # A commit is two delays, until it is done and until that is known, and it may wait for another.
        assert 24.0 < min(timeouts) <= max(timeouts) < 28.4
