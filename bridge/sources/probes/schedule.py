"""Repetition: each attempt at its own steady beat, none ever in the way of another.

An attempt starts on a grid that begins at a stable phase, so that neither slow attempts nor a busy loop make it drift; an instant that passed while the former attempt still
ran is skipped, never queued. What an attempt raises stays with it. Time is the loop's. Knows nothing of what is attempted.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiolimiter import AsyncLimiter

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST_WITHIN = 5.0
"""Seconds after the start in which everything has been attempted once, however rarely it is repeated."""
MAX_BACKOFF = 60.0
"""Seconds that a crashing attempt is held back beyond its own beat, at most."""
STARTS_PER_SECOND = 50.0
"""Starts in a second over a whole schedule."""

Crashed = Callable[[str, Exception], None]
"""Is told the id and what was raised; what it raises itself is dropped."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """Something to be repeated.

    Attributes:
        id: decides the phase; the same after a restart.
        every: seconds from start to start.
        attempt: does it once.
    """

    id: str
    every: float
    attempt: Callable[[], Awaitable[None]]


class AttemptCancelledError(Exception):
    """An attempt was cancelled, though nobody asked the schedule to stop."""


class Schedule:
    """Runs repetitions until it is cancelled."""

    def __init__(
        self,
        repetitions: Sequence[Repetition],
        *,
        crashed: Crashed,
        starts_per_second: float = STARTS_PER_SECOND,
    ) -> None:
        """Take what is repeated, who is told of crashes, and how closely starts may follow each other."""
        self._repetitions = tuple(repetitions)
        self._crashed = crashed
        self._pause = 1.0 / starts_per_second

    async def run(self) -> None:
        """Repeat everything; ends by cancellation only, also when there is nothing to repeat."""
        limiter = AsyncLimiter(1, self._pause)
        async with asyncio.TaskGroup() as group:
            for repetition in self._repetitions:
                group.create_task(self._repeat(repetition, limiter), name=f"repeat {repetition.id}")
            await asyncio.get_running_loop().create_future()

    async def _repeat(self, repetition: Repetition, limiter: AsyncLimiter) -> None:
        loop = asyncio.get_running_loop()
        origin = loop.time() + phase(repetition.id, repetition.every)
        due = origin
        crashes = 0
        while True:
            await asyncio.sleep(max(0.0, due - loop.time()))
            await limiter.acquire()
            error = await _attempted(repetition)
            if error is None:
                crashes = 0
            else:
                crashes += 1
                with contextlib.suppress(Exception):
                    self._crashed(repetition.id, error)
            # A loop may fire a timer a hair early: `due` itself must not be chosen again.
            due = next_start(
                origin, repetition.every, max(loop.time(), due) + backoff(crashes, repetition.every)
            )


async def _attempted(repetition: Repetition) -> Exception | None:
    try:
        await repetition.attempt()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return AttemptCancelledError(repetition.id)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
        return error
    return None


def phase(identifier: str, every: float) -> float:
    """Seconds from the start to the first attempt: below `every` and `FIRST_WITHIN`, spread by the id, and equal in every process."""
    digest = hashlib.blake2b(identifier.encode(errors="surrogatepass"), digest_size=6).digest()
    return int.from_bytes(digest) / (1 << 48) * min(every, FIRST_WITHIN)


def next_start(origin: float, every: float, after: float) -> float:
    """The first instant of the grid that lies after `after`."""
    beat = math.floor((after - origin) / every) + 1
    start = origin + beat * every
    # Rounding may put the product on, or before, the instant itself.
    return start if start > after else origin + (beat + 1) * every


def backoff(crashes: int, every: float) -> float:
    """Seconds to let pass beyond the next beat after so many crashes in a row: 0, 1, 3, 7, … beats, bounded by `MAX_BACKOFF`."""
    return min(every * ((1 << min(max(crashes - 1, 0), 16)) - 1), MAX_BACKOFF)
