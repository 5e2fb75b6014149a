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

    def now(self) -> float:
        """Unix seconds, monotonic between anchors."""
        return self._anchor + self._loop.time()

    def anchor(self) -> float:
        """Read the wall clock again and return by how many seconds it was off; a drift below `STEP` is simply taken over."""
        difference = self._read_wall() - self._loop.time() - self._anchor
        self._anchor += difference
        return difference
