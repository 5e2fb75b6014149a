"""The stopwatch: costs of operations that are compared with each other, taken in turn.

The least of several rounds is the cost: everything else on the machine can only add to it. Subject and floor take turns, so that a machine that slows down in between slows both.
Must not know what is timed.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from time import perf_counter  # noqa: TID251 - real time is what is measured
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[[], object]

ROUNDS = 9
ROUND_SECONDS = 0.01
"""Seconds that one round takes at least; shorter operations are repeated within it."""
PATIENCE = 3.0
"""Seconds after which slow operations get no further round."""


def costs_of(*runs: Run) -> tuple[float, ...]:
    """Seconds that one call of each takes."""
    with _undisturbed():
        started = perf_counter()
        repeats = [_repeats(run) for run in runs]
        least = [float("inf")] * len(runs)
        for _ in range(ROUNDS):
            for place, (run, count) in enumerate(zip(runs, repeats, strict=True)):
                least[place] = min(least[place], _seconds(run, count) / count)
            if perf_counter() - started > PATIENCE:
                break
    return tuple(least)


def cost_of_one(run: Run) -> float:
    """Seconds that a single call takes, for what is slow and cannot be repeated."""
    with _undisturbed():
        return _seconds(run, 1)


def _repeats(run: Run) -> int:
    """How many calls fill a round. Trying it warms caches, too."""
    count = 1
    while (taken := _seconds(run, count)) < ROUND_SECONDS:
        count = max(count + 1, min(count * 10, int(count * 1.2 * ROUND_SECONDS / max(taken, 1e-9))))
    return count


def _seconds(run: Run, count: int) -> float:
    started = perf_counter()
    for _ in range(count):
        run()
    return perf_counter() - started


@contextmanager
def _undisturbed() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
