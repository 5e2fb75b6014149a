"""The beat of repetitions, on the simulated loop: hours in milliseconds."""

from __future__ import annotations

import asyncio
import random  # noqa: TID251 - the seed of the simulated loop
from collections import defaultdict
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.simulation.loop import SimulationLoop
from bridge.sources.probes.schedule import (
    FIRST_WITHIN,
    MAX_BACKOFF,
    AttemptCancelledError,
    Repetition,
    Schedule,
    backoff,
    next_start,
    phase,
)

Body = Callable[[str], Awaitable[None]]


class Rehearsal:
    """Runs a schedule for some virtual seconds and keeps when each id was attempted, and what crashed."""

    def __init__(self, everies: dict[str, float], body: Body, *, starts_per_second: float = 1000.0) -> None:
        self.starts: dict[str, list[float]] = defaultdict(list)
        self.crashes: list[tuple[str, str]] = []
        self.body = body
        self.schedule = Schedule(
            [Repetition(name, every, self._attempt(name)) for name, every in everies.items()],
            crashed=self._crashed,
            starts_per_second=starts_per_second,
        )

    def run(self, seconds: float) -> None:
        """Run for so long, cancel, and see what became of it."""
        with SimulationLoop(random.Random(7)) as loop:
            self.task = loop.create_task(self.schedule.run())
            loop.run_for(seconds)
            self.alive = not self.task.done()
            self.task.cancel()
            loop.run_for(1.0)
            self.cancelled = self.task.cancelled()

    def _attempt(self, name: str) -> Callable[[], Awaitable[None]]:
        async def attempt() -> None:
            self.starts[name].append(asyncio.get_running_loop().time())
            await self.body(name)

        return attempt

    def _crashed(self, name: str, error: Exception) -> None:
        self.crashes.append((name, type(error).__name__))
        raise RuntimeError("whoever is told of a crash may crash too")


async def nothing(_name: str) -> None:
    """Take no time."""


def gaps(starts: list[float]) -> set[float]:
    return {round(later - earlier, 2) for earlier, later in pairwise(starts)}


def test_attempts_keep_their_beat_for_a_day_without_drift() -> None:
    async def slow(_name: str) -> None:
        await asyncio.sleep(1.7)

    rehearsal = Rehearsal({"shop": 10.0}, slow)
    rehearsal.run(86_400)
    starts = rehearsal.starts["shop"]
    assert len(starts) == 8640
    assert starts[-1] - starts[0] == pytest.approx(8639 * 10.0, abs=0.01)


def test_a_beat_that_passes_while_an_attempt_runs_is_skipped_and_not_queued() -> None:
    running = 0
    together = 0

    async def overlong(_name: str) -> None:
        nonlocal running, together
        running += 1
        together = max(together, running)
        await asyncio.sleep(25)
        running -= 1

    rehearsal = Rehearsal({"shop": 10.0}, overlong)
    rehearsal.run(3600)
    assert together == 1
    assert gaps(rehearsal.starts["shop"]) == {30.0}


def test_a_slow_attempt_does_not_delay_the_others() -> None:
    async def body(name: str) -> None:
        if name == "hanging":
            await asyncio.get_running_loop().create_future()

    rehearsal = Rehearsal({"hanging": 10.0, "shop": 10.0}, body)
    rehearsal.run(600)
    assert len(rehearsal.starts["hanging"]) == 1
    assert gaps(rehearsal.starts["shop"]) == {10.0}


def test_what_one_attempt_raises_stops_no_other_and_holds_that_one_back() -> None:
    async def body(name: str) -> None:
        if name == "broken":
            raise UnicodeError(name)

    rehearsal = Rehearsal({"broken": 10.0, "shop": 10.0}, body)
    rehearsal.run(3600)
    assert rehearsal.alive
    assert gaps(rehearsal.starts["shop"]) == {10.0}
    broken = [round(later - earlier) for earlier, later in pairwise(rehearsal.starts["broken"])]
    assert broken[:4] == [10, 20, 40, 70]
    assert set(broken[4:]) == {70}
    assert set(rehearsal.crashes) == {("broken", "UnicodeError")}


def test_an_attempt_that_works_again_has_its_beat_again() -> None:
    async def body(_name: str) -> None:
        if len(rehearsal.starts["shop"]) <= 3:
            raise RuntimeError

    rehearsal = Rehearsal({"shop": 10.0}, body)
    rehearsal.run(600)
    assert len(rehearsal.crashes) == 3
    assert gaps(rehearsal.starts["shop"][3:]) == {10.0}


def test_an_attempt_cancelled_from_elsewhere_is_a_crash_and_not_our_end() -> None:
    async def body(_name: str) -> None:
        raise asyncio.CancelledError

    rehearsal = Rehearsal({"shop": 10.0}, body)
    rehearsal.run(100)
    assert rehearsal.alive
    assert ("shop", AttemptCancelledError.__name__) in rehearsal.crashes


def test_a_cancelled_schedule_ends_with_its_attempts() -> None:
    async def body(_name: str) -> None:
        await asyncio.sleep(1000)

    rehearsal = Rehearsal({"shop": 10.0}, body)
    rehearsal.run(100)
    assert rehearsal.cancelled
    assert rehearsal.crashes == []


def test_a_schedule_of_nothing_waits_until_it_is_cancelled() -> None:
    rehearsal = Rehearsal({}, nothing)
    rehearsal.run(100)
    assert rehearsal.alive
    assert rehearsal.cancelled


def test_starts_are_paced_over_the_whole_schedule() -> None:
    rehearsal = Rehearsal({f"probe-{number}": 1.0 for number in range(40)}, nothing, starts_per_second=10.0)
    rehearsal.run(60)
    starts = sorted(start for times in rehearsal.starts.values() for start in times)
    assert min(later - earlier for earlier, later in pairwise(starts)) >= 0.099
    # Forty a second are wanted and ten are granted: all are late, and none is starved.
    assert min(len(times) for times in rehearsal.starts.values()) >= 8


def test_everything_is_attempted_once_within_seconds_of_the_start() -> None:
    rehearsal = Rehearsal({f"probe-{number}": 3600.0 for number in range(200)}, nothing)
    rehearsal.run(FIRST_WITHIN + 1)
    assert len(rehearsal.starts) == 200


def test_phases_are_the_same_in_every_process_and_spread() -> None:
    assert phase("checkout", 30.0) == pytest.approx(0.70591 * FIRST_WITHIN, abs=0.0001)
    thirds = {int(phase(f"probe-{number}", 30.0) // (FIRST_WITHIN / 3)) for number in range(50)}
    assert thirds == {0, 1, 2}


@given(
    origin=st.floats(0, 1e9),
    every=st.floats(1, 86_400),
    elapsed=st.floats(0, 1e9),
)
def test_the_next_start_lies_ahead_on_the_grid_and_within_a_beat(
    origin: float, every: float, elapsed: float
) -> None:
    after = origin + elapsed
    start = next_start(origin, every, after)
    assert after < start <= after + every * 1.000001 + 1e-5
    beats = (start - origin) / every
    assert beats == pytest.approx(round(beats), abs=1e-5)


def test_the_backoff_grows_by_beats_and_is_bounded() -> None:
    assert [backoff(crashes, 5.0) for crashes in range(7)] == [0, 0, 5, 15, 35, MAX_BACKOFF, MAX_BACKOFF]
    assert backoff(10**9, 5.0) == MAX_BACKOFF
