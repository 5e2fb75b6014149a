"""The one place that reads the machine's clock: wall time is an anchor plus the loop's time.

A fake loop clock so moves all time, and a step of the machine's clock is noticed instead of being believed. Knows nothing of what is timed.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

STEP = 1.0
"""Seconds of difference from which a clock has been set rather than drifted (design.md, "Time")."""


def read_wall_clock() -> float:
    """The machine's wall clock, Unix seconds."""
    return time.time()  # noqa: TID251 (the anchor)


class Clock:
    """Wall time for one event loop."""

    def __init__(self, read_wall: Callable[[], float] = read_wall_clock) -> None:
        """Anchor the running loop's time to the wall clock.

        Args:
            read_wall: the machine's clock; the simulation gives its own.

        Raises:
            RuntimeError: no loop is running.
        """
        self._loop = asyncio.get_running_loop()
        self._read_wall = read_wall
        self._anchor = read_wall() - self._loop.time()
        self._stepped = 0.0

    def now(self) -> float:
        """Unix seconds by the loop's time: it never jumps, so that durations are as long as they are."""
        return self._anchor + self._loop.time()

    def wall(self) -> float:
        """Unix seconds by the machine's clock, as it was when it was last looked at: what others call this instant."""
        return self.now() + self._stepped

    def anchor(self) -> float:
        """Look at the machine's clock, and return by how many seconds it was off.

        A drift below `STEP` is taken over. A clock that was set moves `wall` alone: holds, expiries and the window of the rate limit go on undisturbed until the next start.
        """
        difference = self._read_wall() - self.wall()
        if abs(difference) < STEP:
            self._anchor += difference
        else:
            self._stepped += difference
        return difference
