"""The pulse: notices that this process did not run for a while, and that the machine's clock was set.

A virtual machine that is moved, a laptop that sleeps, SIGSTOP: the loop's time goes on, and nobody watched. A beat that comes late says for how long. It is asked for by whoever
counts time that was watched, before they decide, because after a thaw nobody can say which task runs first. Knows neither pages nor rules.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bridge.clock import STEP

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.engine.ports import Clock

BEAT_EVERY = 10.0
"""Seconds between beats, and between looks at the machine's clock (design.md, "Time")."""

LATE = 5.0
"""Seconds by which a busy loop may be late; beyond, the process was frozen."""

logger = structlog.get_logger(__name__)


class Pulse:
    """Beats while the process runs."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._beat_at = clock.now()
        self._missed = 0.0
        self._listeners: list[Callable[[], None]] = []
        self._drift_listeners: list[Callable[[float], None]] = []

    def tell(self, listener: Callable[[], None]) -> None:
        """Call `listener` when the process was frozen: what that means has to be remembered before it may be killed."""
        self._listeners.append(listener)

    def tell_drift(self, listener: Callable[[float], None]) -> None:
        """Call `listener` with the seconds by which our clock was moved forward, because the machine's had drifted away."""
        self._drift_listeners.append(listener)

    def missed(self) -> float:
        """Seconds in all, since the start, in which this process may not have run; those up to this very instant too.

        Since the last beat nobody knows when it stopped, so all of that counts.
        """
        since = self._clock.now() - self._beat_at
        return self._missed + since if since > BEAT_EVERY + LATE else self._missed

    def beat(self) -> None:
        """The process runs."""
        missed = self.missed()
        if missed > self._missed:
            logger.warning("process_was_frozen", seconds=missed - self._missed)
            for listener in self._listeners:
                listener()
        self._missed = missed
        self._beat_at = self._clock.now()

    async def run(self) -> None:
        """Beat for ever."""
        while True:
            await asyncio.sleep(BEAT_EVERY)
            self.beat()
            difference = self._clock.anchor()
            if abs(difference) >= STEP:
                logger.warning("clock_stepped", seconds=difference)
            elif difference > 0:
                for listener in self._drift_listeners:
                    listener(difference)
