"""Supervision on virtual time: a fault stays where it is, and what is essential ends the whole in order."""

from __future__ import annotations

import asyncio
import random  # noqa: TID251 - a seeded schedule
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from bridge.app.supervise import FIRST_PAUSE, LONGEST_PAUSE, STEADY, Supervisor
from bridge.simulation.loop import SimulationLoop
from bridge.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator


class BrokenError(Exception):
    """What the tests' tasks fail with."""


@pytest.fixture
def loop() -> Iterator[SimulationLoop]:
    with SimulationLoop(random.Random(1)) as made:
        yield made


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def supervisor(metrics: Metrics) -> Supervisor:
    return Supervisor(metrics)


def restarts(metrics: Metrics, name: str) -> float | None:
    return metrics.registry.get_sample_value("bridge_task_restarts_total", {"task": name})


def away(supervisor: Supervisor) -> list[str]:
    return [*supervisor.away]


class Source:
    """Runs for so many seconds and then fails, as often as it is told; then it runs for good."""

    def __init__(self, *lives: float) -> None:
        self._lives = [*lives]
        self.started: list[float] = []
        self.ended = 0

    async def run(self) -> None:
        """Live one of the lives."""
        self.started.append(asyncio.get_running_loop().time())
        try:
            if self._lives:
                await asyncio.sleep(self._lives.pop(0))
                raise BrokenError("the network is gone")
            await asyncio.Event().wait()
        finally:
            self.ended += 1

    @property
    def pauses(self) -> list[int]:
        """Whole seconds between its starts."""
        return [round(after - before) for before, after in zip(self.started, self.started[1:], strict=False)]


async def fail() -> NoReturn:
    raise BrokenError("the disk is gone")


async def for_ever() -> None:
    await asyncio.Event().wait()


def begin(loop: SimulationLoop, start: Callable[[], None]) -> None:
    """Call something that starts tasks, inside the loop."""

    async def begun() -> None:
        start()

    loop.run_until_complete(begun())


def done(loop: SimulationLoop, coroutine: Coroutine[Any, Any, object]) -> bool:
    """Whether a coroutine ends at once."""
    task = loop.create_task(coroutine)
    loop.run_for(0.01)
    ended = task.done()
    task.cancel()
    loop.run_for(0.01)
    return ended


# --- sources


def test_a_failing_source_is_started_again_after_growing_pauses(
    loop: SimulationLoop, supervisor: Supervisor, metrics: Metrics
) -> None:
    source = Source(*[0.0] * 9)
    begin(loop, lambda: supervisor.restarting("probes", source.run))
    loop.run_for(600)
    assert source.pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert (FIRST_PAUSE, LONGEST_PAUSE) == (1.0, 60.0)
    assert restarts(metrics, "probes") == 9
    assert away(supervisor) == []


def test_a_source_that_ran_steadily_has_its_failures_forgotten(
    loop: SimulationLoop, supervisor: Supervisor
) -> None:
    source = Source(0.0, 0.0, 0.0, STEADY + 1, 0.0)
    begin(loop, lambda: supervisor.restarting("probes", source.run))
    loop.run_for(1000)
    assert source.pauses == [1, 2, 4, round(STEADY + 1) + 1, 2]


def test_the_other_sources_go_on_while_one_fails(loop: SimulationLoop, supervisor: Supervisor) -> None:
    bad, good = Source(*[0.0] * 20), Source()
    begin(loop, lambda: supervisor.restarting("bad", bad.run))
    begin(loop, lambda: supervisor.restarting("good", good.run))
    loop.run_for(300)
    assert (len(good.started), good.ended) == (1, 0)
    assert supervisor.failure is None
    assert not done(loop, supervisor.wait())


def test_a_source_is_away_from_its_failure_to_its_next_start(
    loop: SimulationLoop, supervisor: Supervisor
) -> None:
    begin(loop, lambda: supervisor.restarting("probes", Source(5.0).run))
    loop.run_for(4.9)
    assert away(supervisor) == []
    loop.run_for(0.2)
    assert away(supervisor) == ["probes"]
    loop.run_for(FIRST_PAUSE)
    assert away(supervisor) == []


def test_a_source_that_ends_by_itself_is_not_started_again(
    loop: SimulationLoop, supervisor: Supervisor, metrics: Metrics
) -> None:
    runs = []

    async def once() -> None:
        runs.append(1)

    begin(loop, lambda: supervisor.restarting("reload", once))
    loop.run_for(100)
    assert (runs, restarts(metrics, "reload")) == ([1], 0)


def test_a_source_started_anew_ends_the_one_before(loop: SimulationLoop, supervisor: Supervisor) -> None:
    before, after = Source(), Source()
    begin(loop, lambda: supervisor.restarting("probes", before.run))
    loop.run_for(1)
    begin(loop, lambda: supervisor.restarting("probes", after.run))
    loop.run_for(1)
    assert (before.ended, len(after.started), after.ended) == (1, 1, 0)


def test_a_source_started_anew_while_it_was_away_is_away_no_more(
    loop: SimulationLoop, supervisor: Supervisor
) -> None:
    before = Source(*[0.0] * 20)
    begin(loop, lambda: supervisor.restarting("probes", before.run))
    loop.run_for(10)
    assert away(supervisor) == ["probes"]
    begin(loop, lambda: supervisor.restarting("probes", Source().run))
    loop.run_for(0.01)
    assert away(supervisor) == []
    starts = len(before.started)
    loop.run_for(300)
    assert len(before.started) == starts


async def fail_when_cancelled() -> None:
    try:
        await asyncio.Event().wait()
    finally:
        raise BrokenError("the connection could not be closed")


def test_a_source_that_fails_while_it_is_ended_does_not_come_back(
    loop: SimulationLoop, supervisor: Supervisor, metrics: Metrics
) -> None:
    begin(loop, lambda: supervisor.restarting("probes", fail_when_cancelled))
    loop.run_for(1)
    assert done(loop, supervisor.cancel("probes"))
    loop.run_for(300)
    assert (away(supervisor), restarts(metrics, "probes")) == ([], 0)


# --- what is essential


def test_an_essential_failure_lets_wait_return_and_cancels_nothing(
    loop: SimulationLoop, supervisor: Supervisor
) -> None:
    source, other = Source(), Source()
    begin(loop, lambda: supervisor.restarting("probes", source.run))
    begin(loop, lambda: supervisor.essential("dispatcher", other.run))
    loop.run_for(1)
    assert not done(loop, supervisor.wait())
    begin(loop, lambda: supervisor.essential("reconciler", fail))
    loop.run_for(1)
    assert done(loop, supervisor.wait())
    assert str(supervisor.failure) == "the disk is gone"
    loop.run_for(100)
    assert (source.ended, other.ended) == (0, 0), "a write in flight must be awaited, not cancelled"


def test_the_first_essential_failure_is_the_one_that_is_told(
    loop: SimulationLoop, supervisor: Supervisor
) -> None:
    begin(loop, lambda: supervisor.essential("reconciler", fail))
    loop.run_for(1)
    begin(loop, lambda: supervisor.essential("dispatcher", Source(1.0).run))
    loop.run_for(2)
    assert str(supervisor.failure) == "the disk is gone"


def test_an_essential_task_that_ends_by_itself_lets_wait_return(
    loop: SimulationLoop, supervisor: Supervisor
) -> None:
    async def once() -> None:
        pass

    begin(loop, lambda: supervisor.essential("dispatcher", once))
    assert done(loop, supervisor.wait())
    assert supervisor.failure is None


def test_an_essential_task_that_is_cancelled_is_no_failure(
    loop: SimulationLoop, supervisor: Supervisor
) -> None:
    begin(loop, lambda: supervisor.essential("dispatcher", for_ever))
    loop.run_for(1)
    assert done(loop, supervisor.cancel("dispatcher"))
    assert supervisor.failure is None
    assert not done(loop, supervisor.wait())


def test_interrupt_lets_wait_return_without_a_failure(loop: SimulationLoop, supervisor: Supervisor) -> None:
    assert not done(loop, supervisor.wait())
    supervisor.interrupt()
    assert done(loop, supervisor.wait())
    assert supervisor.failure is None


# --- the end


def test_cancel_ends_the_named_tasks_and_no_others(loop: SimulationLoop, supervisor: Supervisor) -> None:
    one, two = Source(), Source(0.0, 0.0, 0.0, 0.0)
    three = Source()
    for name, source in (("one", one), ("two", two), ("three", three)):
        begin(loop, lambda name=name, source=source: supervisor.restarting(name, source.run))  # type: ignore[misc]
    loop.run_for(2)
    assert away(supervisor) == ["two"]
    assert done(loop, supervisor.cancel("one", "two", "a name that does not run"))
    assert (one.ended, three.ended, away(supervisor)) == (1, 0, [])


def test_finish_waits_for_what_ends_in_time_and_names_what_does_not(
    loop: SimulationLoop, supervisor: Supervisor
) -> None:
    told = []
    cancelled = []

    async def write(seconds: float) -> None:
        try:
            await asyncio.sleep(seconds)
            told.append(seconds)
        except asyncio.CancelledError:
            cancelled.append(seconds)
            raise

    begin(loop, lambda: supervisor.essential("quick", lambda: write(3.0)))
    begin(loop, lambda: supervisor.essential("slow", lambda: write(30.0)))
    started = loop.time()
    late = loop.run_until_complete(
        supervisor.finish("quick", "slow", "a name that does not run", timeout=10.0)
    )
    assert late == ("slow",)
    assert (told, cancelled) == ([3.0], [30.0])
    assert loop.time() - started == pytest.approx(10.0, abs=0.1)


def test_finish_of_nothing_returns_at_once(loop: SimulationLoop, supervisor: Supervisor) -> None:
    assert loop.run_until_complete(supervisor.finish("nobody", timeout=10.0)) == ()
    assert loop.time() < 1.0
