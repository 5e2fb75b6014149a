"""A bridge as it is often written, for comparison: it forwards. Each event becomes one call, in order, one a second, so that the limit is kept; what is refused all the same is repeated."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import TYPE_CHECKING

from bridge.simulation.world import TOKEN
from bridge.simulator.model import Request
from bridge.simulator.statuses import ComponentStatus
from tests.simulation.pacing.storm import AFTERWARDS, FLAPPING, QUIET, STORM, course, judged
from tests.simulation.pacing.traffic import REFUSED, Busy

if TYPE_CHECKING:
    from tests.simulation.pacing.storm import Healing

SPACING = 1.0
TIMEOUT = 30.0


class Forwarder:
    """The queue and its sender."""

    def __init__(self, busy: Busy) -> None:
        self._busy = busy
        self._queue: deque[tuple[str, bool]] = deque()
        self._down: set[str] = set()
        self._calls: set[asyncio.Task[object]] = set()
        self.known: list[tuple[float, str, bool]] = []

    def turn(self, name: str) -> None:
        """A component turned: one more call has to be made."""
        self._down ^= {name}
        down = name in self._down
        self.known.append((self._busy.world.now(), name, down))
        self._queue.append((name, down))

    async def run(self) -> None:
        """Send for ever."""
        while True:
            await asyncio.sleep(SPACING)
            if self._queue:
                call = asyncio.ensure_future(self._carry_out(self._queue.popleft()))
                self._calls.add(call)
                call.add_done_callback(self._calls.discard)

    async def _carry_out(self, event: tuple[str, bool]) -> None:
        if await self._send(*event) in REFUSED:
            self._queue.appendleft(event)

    async def _send(self, name: str, down: bool) -> int:  # noqa: FBT001 - the pair that stands in the queue
        world = self._busy.world
        status = ComponentStatus.MAJOR_OUTAGE if down else ComponentStatus.OPERATIONAL
        request = Request(
            "PATCH",
            f"/pages/{world.page_id}/components/{world.simulator.component(world.page_id, name).id}",
            {},
            {"Authorization": f"OAuth {TOKEN}", "Content-Type": "application/json"},
            json.dumps({"component": {"status": status}}).encode(),
        )
        return (await self._busy.network.exchange(request, TIMEOUT)).status


def forwarded(seed: int) -> Healing:
    """The same storm through it."""
    busy = Busy(seed, lone=FLAPPING)
    with busy.world as world:
        forwarder = Forwarder(busy)
        world.run_for(QUIET)
        began = world.now()
        with world.loop.outside():
            world.loop.create_task(forwarder.run(), name="forwarder")
            for flap in course(seed):
                world.loop.call_later(flap.after, forwarder.turn, flap.name)
        world.run_for(STORM + AFTERWARDS)
        return judged(busy, forwarder.known, began=began)
