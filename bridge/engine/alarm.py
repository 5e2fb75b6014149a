"""Sleeping until something changed or an instant came: what every loop of the engine does between two looks. Nothing ticks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.engine.ports import Clock

LONGEST = 3600.0
"""Seconds; a loop that has nothing to wait for looks once an hour all the same."""


class Alarm:
    """A flag that can be waited for up to an instant. Set twice before it is seen, it rings once."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Something changed."""
        self._event.set()

    async def wait_until(self, at: float, clock: Clock) -> None:
        """Return when it rang or when `at` (Unix seconds) has come. The flag is lowered before returning."""
        delay = min(at - clock.now(), LONGEST)
        if delay > 0 and not self._event.is_set():
            # A timer that rings, and not asyncio.timeout: there is nothing to cancel, and every loop of the engine waits here.
            timer = asyncio.get_running_loop().call_later(delay, self._event.set)
            try:
                await self._event.wait()
            finally:
                timer.cancel()
        elif not self._event.is_set():
            await asyncio.sleep(0)
        self._event.clear()
