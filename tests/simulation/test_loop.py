"""The seeded loop: virtual time, seeded order, executors in two steps, crashes that run no `finally`."""

import asyncio
import contextlib
import functools
import gc
import math
import os
import random  # noqa: TID251 - seeds are what is tested
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any

import pytest
from aiolimiter import AsyncLimiter
from hypothesis import given
from hypothesis import strategies as st

from bridge.simulation.loop import FailedRunError, LivelockError, SimulationLoop, StalledError

EPOCH = 1_790_000_000.0


@pytest.fixture
def loop() -> Iterator[SimulationLoop]:
    with SimulationLoop(random.Random(1)) as loop:
        yield loop


def at_seed(seed: int, work: Callable[[list[Any]], Coroutine[Any, Any, None]], **options: Any) -> list[Any]:
    said: list[Any] = []
    with SimulationLoop(random.Random(seed), **options) as loop:
        loop.run_until_complete(work(said))
        loop.run_for(0.001)
    return said


def running_simulation() -> SimulationLoop:
    running = asyncio.get_running_loop()
    assert isinstance(running, SimulationLoop)
    return running


def fail_by_key() -> None:
    raise KeyError("missing")


# --- time


def test_a_day_of_sleep_takes_no_time_and_ends_strictly_later_than_asked(loop: SimulationLoop) -> None:
    loop.run_until_complete(asyncio.sleep(86_400))
    assert loop.time() == 86_400.000001


@given(
    when=st.floats(0, 4e9) | st.floats(EPOCH, EPOCH + 10),
    start=st.sampled_from([0.0, EPOCH, EPOCH + 0.3]),
)
def test_a_timer_always_sees_a_time_strictly_later_than_its_deadline(when: float, start: float) -> None:
    fired: list[float] = []
    with SimulationLoop(random.Random(0), start=start) as loop:
        loop.call_at(when, lambda: fired.append(loop.time()))
        loop.run_until(4.1e9)
    assert len(fired) == 1
    assert fired[0] > when
    assert fired[0] <= max(when, start) + 0.000003


def test_timers_fire_by_deadline_whatever_the_order_of_asking(loop: SimulationLoop) -> None:
    fired: list[int] = []
    for seconds in (3, 1, 2):
        loop.call_later(seconds, fired.append, seconds)
    loop.run_for(2.5)
    assert fired == [1, 2]
    assert loop.time() == 2.5
    loop.run_for(1)
    assert fired == [1, 2, 3]


def test_a_cancelled_timer_does_not_hold_time_up_nor_fill_memory(loop: SimulationLoop) -> None:
    for _ in range(10_000):
        loop.call_later(3600, print).cancel()
    assert len(loop._timers._heap) <= 202
    loop.call_later(7200, lambda: None)
    loop.run_until_complete(asyncio.sleep(7000))
    assert loop.steps == 3  # the task's beginning, its timer, its end


def test_a_deadline_beyond_reach_never_comes_and_one_that_is_no_number_is_refused(
    loop: SimulationLoop,
) -> None:
    loop.call_later(math.inf, print)
    loop.run_for(1e6)
    with pytest.raises(ValueError, match="not a number"):
        loop.call_later(math.nan, print)
    with pytest.raises(ValueError, match="the length of a run"):
        loop.run_for(math.inf)
    with pytest.raises(ValueError, match="the end of a run"):
        loop.run_until(math.nan)
    assert loop.time() == 1e6


def test_a_predicate_ends_a_run_at_the_step_that_made_it_true(loop: SimulationLoop) -> None:
    ticks: list[float] = []

    async def tick() -> None:
        while True:
            ticks.append(loop.time())
            await asyncio.sleep(1)

    loop.create_task(tick())
    loop.run_until(lambda: len(ticks) == 3)
    assert loop.time() == pytest.approx(2, abs=1e-4)


def test_what_nobody_will_ever_answer_is_an_error_that_names_who_waits(loop: SimulationLoop) -> None:
    async def wait_for_godot() -> None:
        await loop.create_future()

    with loop.incarnation("bridge-1"):
        loop.create_task(wait_for_godot())
    with pytest.raises(StalledError, match=r"bridge-1: .*wait_for_godot"):
        loop.run_until(lambda: False)


# --- asyncio's own tools


async def timeouts(said: list[Any]) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(5):
            await asyncio.sleep(10)
    said.append(round(asyncio.get_running_loop().time(), 3))
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 2)
    said.append(round(asyncio.get_running_loop().time(), 3))
    said.append(await asyncio.wait_for(asyncio.sleep(1, "kept"), 2))


async def task_groups(said: list[Any]) -> None:
    async def fail() -> None:
        await asyncio.sleep(1)
        raise LookupError

    async def be_cancelled() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            said.append("cancelled")

    with contextlib.suppress(ExceptionGroup):
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())
            group.create_task(be_cancelled())
    said.append(round(asyncio.get_running_loop().time(), 3))


async def queues_and_locks(said: list[Any]) -> None:
    queue: asyncio.Queue[int] = asyncio.Queue(2)
    lock, condition, inside, passed = asyncio.Lock(), asyncio.Condition(), 0, 0

    async def produce() -> None:
        for number in range(20):
            await queue.put(number)

    async def take_turns() -> None:
        nonlocal inside
        async with lock:
            inside += 1
            assert inside == 1
            await asyncio.sleep(0.01)
            inside -= 1

    async def wait_in_line() -> None:
        nonlocal passed
        async with condition:
            await condition.wait()
            passed += 1

    async with asyncio.TaskGroup() as group:
        group.create_task(produce())
        said.append([await queue.get() for _ in range(20)] == list(range(20)))
        for _ in range(10):
            group.create_task(take_turns())
            group.create_task(wait_in_line())
        await asyncio.sleep(1)
        async with condition:
            condition.notify_all()
    said.append(passed)


async def shields_and_gathers(said: list[Any]) -> None:
    async def record() -> str:
        await asyncio.sleep(1)
        said.append("recorded")
        return "done"

    inner = asyncio.ensure_future(record())
    outer = asyncio.ensure_future(asyncio.wait_for(asyncio.shield(inner), 0.5))
    said.append(await asyncio.gather(outer, asyncio.sleep(0.1, "slept"), return_exceptions=True))
    said[-1] = [type(said[-1][0]), said[-1][1]]
    said.append(await inner)


async def abandoned_generators(said: list[Any]) -> None:
    async def numbers() -> AsyncIterator[int]:
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(1)
            said.append("closed")

    async for number in numbers():
        said.append(number)
        break
    await asyncio.sleep(2)


@pytest.mark.parametrize("start", [0.0, EPOCH])
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("work", "expected"),
    [
        (timeouts, lambda start: [round(start + 5, 3), round(start + 7, 3), "kept"]),
        (task_groups, lambda start: ["cancelled", round(start + 1, 3)]),
        (queues_and_locks, lambda _: [True, 10]),
        (shields_and_gathers, lambda _: [[TimeoutError, "slept"], "recorded", "done"]),
        (abandoned_generators, lambda _: [1, "closed"]),
    ],
)
def test_asyncio_means_the_same_here(
    work: Callable[[list[Any]], Coroutine[Any, Any, None]],
    expected: Callable[[float], list[Any]],
    seed: int,
    start: float,
) -> None:
    said = at_seed(seed, work, start=start)
    if work is shields_and_gathers:
        said.sort(key=lambda entry: (isinstance(entry, str), entry == "done"))
    assert said == expected(start)


@pytest.mark.parametrize(("rate", "period"), [(5, 1), (10, 12), (60, 60), (1, 1)])
@pytest.mark.parametrize("start", [0.0, EPOCH])
def test_a_limiter_that_spins_on_exact_timers_does_its_work(rate: float, period: float, start: float) -> None:
    passed: list[float] = []

    async def pass_through(limiter: AsyncLimiter) -> None:
        async with limiter:
            passed.append(asyncio.get_running_loop().time())

    async def crowd(_: list[Any]) -> None:
        limiter = AsyncLimiter(rate, period)
        await asyncio.gather(*(pass_through(limiter) for _ in range(100)))

    at_seed(3, crowd, start=start)
    assert len(passed) == 100
    assert passed[-1] - start == pytest.approx((100 - rate) * period / rate, rel=0.01)


def test_what_would_leave_the_simulation_is_refused_by_name(loop: SimulationLoop) -> None:
    with pytest.raises(NotImplementedError, match="create_connection"):
        loop.run_until_complete(asyncio.open_connection("127.0.0.1", 1))


# --- the seed


def order_of_ten(seed: int) -> list[int]:
    order: list[int] = []
    with SimulationLoop(random.Random(seed)) as loop:
        for number in range(10):
            loop.call_soon(order.append, number)
        loop.run_for(0)
    return order


def test_the_seed_decides_the_order_of_what_is_ready() -> None:
    orders = [order_of_ten(seed) for seed in range(50)]
    assert orders == [order_of_ten(seed) for seed in range(50)]
    assert all(sorted(order) == list(range(10)) for order in orders)
    assert len({tuple(order) for order in orders}) == 50
    assert {order[0] for order in orders} == set(range(10))


TRACED = """
import asyncio, random
from bridge.simulation.loop import SimulationLoop

async def work(name):
    async with asyncio.TaskGroup() as group:
        for word in {"alpha", "beta", "gamma", name}:
            group.create_task(asyncio.sleep(1))
        group.create_task(asyncio.to_thread(len, name))
    await asyncio.get_running_loop().run_in_executor("writer", len, name)

with SimulationLoop(random.Random(SEED)) as loop:
    for name in ("one", "two", "three"):
        with loop.incarnation(name):
            loop.create_task(work(name))
    loop.on_step = lambda step: loop.crash("two") if step == 20 else None
    loop.run_for(60)
    print(loop.steps, loop.trace_hash())
"""


def trace_in_another_process(seed: int, hash_seed: str) -> str:
    return subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", TRACED.replace("SEED", str(seed))],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout


def test_equal_seeds_leave_equal_traces_in_processes_with_different_hash_seeds() -> None:
    first, second, other = (
        trace_in_another_process(seed, hash_seed) for seed, hash_seed in ((7, "1"), (7, "4242"), (8, "1"))
    )
    assert first == second
    assert first != other
    assert int(first.split()[0]) > 20


# --- livelock, failures


def test_steps_without_advance_of_time_are_a_livelock_that_names_who_spins(loop: SimulationLoop) -> None:
    async def spin_for_ever() -> None:
        while True:  # noqa: ASYNC110 - spinning is what is tested
            await asyncio.sleep(0)

    with loop.incarnation("bridge-1"):
        loop.create_task(spin_for_ever())
    with pytest.raises(LivelockError, match=r"10000 steps.*bridge-1: .*spin_for_ever \(\d+ times\)"):
        loop.run_for(1)
    assert loop.steps == 10_001


def test_many_steps_are_no_livelock_while_time_goes_on(loop: SimulationLoop) -> None:
    async def tick() -> None:
        for _ in range(20_000):
            await asyncio.sleep(0.001)

    loop.run_until_complete(tick())
    assert loop.steps > 20_000


def test_a_run_that_met_failures_ends_with_them_once() -> None:
    with SimulationLoop(random.Random(1)) as loop:
        loop.call_later(1, fail_by_key)
        with pytest.raises(
            FailedRunError, match=r"at 1\.000001: Exception in callback .*KeyError\('missing'\)"
        ):
            loop.run_for(2)
        loop.run_for(2)
        assert [type(failure.exception) for failure in loop.failures] == [KeyError]


def test_failures_can_be_left_to_the_test_or_to_a_handler() -> None:
    handled: list[dict[str, Any]] = []
    with SimulationLoop(random.Random(1), raise_failures=False) as loop:
        loop.call_soon(fail_by_key)
        loop.run_for(1)
        assert len(loop.failures) == 1
        loop.set_exception_handler(lambda _, context: handled.append(context))
        loop.call_soon(fail_by_key)
        loop.run_for(1)
        assert (len(loop.failures), len(handled)) == (1, 1)


def test_a_task_whose_exception_nobody_retrieves_is_a_failure(loop: SimulationLoop) -> None:
    async def die() -> None:
        raise LookupError("unheard")

    loop.create_task(die())
    with pytest.raises(FailedRunError, match="unheard"):
        loop.run_for(1)


def test_a_closed_or_running_loop_refuses_with_a_clear_error() -> None:
    loop = SimulationLoop(random.Random(1))

    async def run_again() -> None:
        loop.run_for(1)

    coroutine = run_again()
    with pytest.raises(RuntimeError, match="already running"):
        loop.run_until_complete(coroutine)
    loop.close()
    loop.close()
    with pytest.raises(RuntimeError, match="closed"):
        loop.call_soon(print)
    with pytest.raises(RuntimeError, match="closed"):
        loop.run_for(1)


# --- executors


def test_a_job_is_done_before_anybody_knows(loop: SimulationLoop) -> None:
    committed: list[float] = []
    future = loop.run_in_executor("writer", lambda: committed.append(loop.time()))
    loop.run_until(lambda: bool(committed))
    assert not future.done()
    loop.run_until(future.done)
    assert 0.0001 <= committed[0] <= 0.0031
    assert committed[0] + 0.0001 <= loop.time() <= committed[0] + 0.0031


@pytest.mark.parametrize("seed", range(20))
def test_jobs_of_one_executor_run_and_are_told_in_order_and_others_overtake(seed: int) -> None:
    ran: list[tuple[str, int]] = []
    told: list[tuple[str, int]] = []

    def note(job: tuple[str, int], _: object) -> None:
        told.append(job)

    async def submit(_: list[Any]) -> None:
        running = running_simulation()
        futures = []
        for number in range(20):
            for executor in ("writer", "reader"):
                job = (executor, number)
                future = running.run_in_executor(executor, ran.append, job)
                future.add_done_callback(functools.partial(note, job))
                futures.append(future)
        await asyncio.gather(*futures)

    at_seed(seed, submit, start=EPOCH)
    for executor in ("writer", "reader"):
        assert [number for name, number in ran if name == executor] == list(range(20))
        assert [number for name, number in told if name == executor] == list(range(20))
    assert [name for name, _ in ran] != ["writer", "reader"] * 20


def test_a_job_raises_into_its_future_and_the_next_one_still_runs(loop: SimulationLoop) -> None:
    def fail() -> None:
        raise OSError("disk full")

    def stop() -> None:
        raise StopIteration

    def ask_for_the_loop() -> None:
        asyncio.get_running_loop()

    async def submit() -> str:
        for job, error in ((fail, OSError), (stop, RuntimeError), (ask_for_the_loop, RuntimeError)):
            with pytest.raises(error):
                await loop.run_in_executor(None, job)
        return await asyncio.to_thread(lambda: "still here")

    assert loop.run_until_complete(submit()) == "still here"


def test_a_job_withdrawn_before_it_started_does_not_run(loop: SimulationLoop) -> None:
    ran: list[int] = []
    first = loop.run_in_executor(None, ran.append, 1)
    second = loop.run_in_executor(None, ran.append, 2)
    third = loop.run_in_executor(None, ran.append, 3)
    loop.run_until(lambda: bool(ran))
    first.cancel()
    second.cancel()
    loop.run_until(third.done)
    assert ran == [1, 3]


def test_a_lost_update_between_load_and_save_is_found_in_a_good_part_of_the_seeds() -> None:
    async def race(said: list[Any]) -> None:
        running, stored = running_simulation(), {"count": 0}

        async def increment() -> None:
            count = await running.run_in_executor("writer", stored.__getitem__, "count")
            await running.run_in_executor("writer", stored.__setitem__, "count", count + 1)

        async def increment_a_little_later() -> None:
            await asyncio.sleep(0.003)
            await increment()

        await asyncio.gather(increment(), increment_a_little_later())
        said.append(stored["count"])

    counts = [at_seed(seed, race)[0] for seed in range(100)]
    assert 10 < counts.count(1) < 90


# --- crashes


class _Daemon:
    """A small process: tasks that tick, wait, hold locks; whatever it does after its crash is a mistake."""

    def __init__(self) -> None:
        self.did: list[str] = []

    async def main(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.tick())
            group.create_task(self.write())
            group.create_task(self.hold())

    async def tick(self) -> None:
        try:
            while True:
                await asyncio.sleep(0.5)
                self.did.append("tick")
        finally:
            self.did.append("finally of tick")
            await asyncio.sleep(1)
            self.did.append("after an await in finally")

    async def write(self) -> None:
        running = running_simulation()
        while True:
            try:
                await running.run_in_executor("writer", self.did.append, "commit")
                self.did.append("known")
            except Exception:  # noqa: BLE001 - a supervisor's broad except
                await asyncio.sleep(1)

    async def hold(self) -> None:
        lock, event = asyncio.Lock(), asyncio.Event()
        running = asyncio.get_running_loop()
        running.call_later(5, event.set)
        async with lock, asyncio.timeout(3600):
            await event.wait()
        self.did.append("released")


def test_nothing_of_a_crashed_incarnation_runs_and_no_finally_while_others_go_on(
    loop: SimulationLoop,
) -> None:
    dead, alive = _Daemon(), _Daemon()
    for name, daemon in (("bridge-1", dead), ("bridge-2", alive)):
        with loop.incarnation(name):
            loop.create_task(daemon.main())
    loop.run_for(3)
    assert loop.crash("bridge-1")
    assert not loop.crash("bridge-1")
    done = list(dead.did)
    gc.collect()
    loop.run_for(60)
    gc.collect()
    assert dead.did == done
    assert "released" in alive.did
    assert not [entry for entry in alive.did if "finally" in entry]


def test_a_name_can_live_again_after_its_crash(loop: SimulationLoop) -> None:
    first, second = _Daemon(), _Daemon()
    for daemon in (first, second):
        loop.crash("bridge")
        with loop.incarnation("bridge"):
            loop.create_task(daemon.main())
        loop.run_for(10)
    assert first.did.count("tick") == second.did.count("tick") == 19
    assert loop.crash("bridge")


def steps_of(daemon: _Daemon, crash_at: int) -> tuple[int, list[str]]:
    """Run for 2 s with a crash before step `crash_at`; steps taken and what the daemon did, judged before closing."""
    with SimulationLoop(random.Random(5)) as loop:
        with loop.incarnation("bridge"):
            loop.create_task(daemon.main())
        loop.on_step = lambda step: loop.crash("bridge") if step == crash_at else None
        loop.run_for(0.1)
        return loop.steps, list(daemon.did)


def test_each_step_is_a_crash_point_and_what_ran_before_it_does_not_change() -> None:
    steps, whole = steps_of(_Daemon(), 0)
    assert steps > 50
    committed_but_unknown = 0
    for step in range(1, steps + 1):
        taken, did = steps_of(_Daemon(), step)
        assert taken == step
        assert did == whole[: len(did)]
        committed_but_unknown += did.count("commit") - did.count("known")
    assert committed_but_unknown > 10


def test_a_job_that_had_not_started_is_dropped_and_one_that_ran_is_never_told(loop: SimulationLoop) -> None:
    ran: list[int] = []
    told: list[int] = []
    with loop.incarnation("bridge"):
        for number in (1, 2):
            future = loop.run_in_executor("writer", ran.append, number)
            loop.call_soon(future.add_done_callback, lambda _, number=number: told.append(number))
    loop.run_until(lambda: bool(ran))
    loop.crash("bridge")
    loop.run_for(10)
    assert (ran, told) == ([1], [])
    with loop.incarnation("bridge"):
        loop.run_in_executor("writer", ran.append, 3)
    loop.run_for(1)
    assert ran == [1, 3]


def test_the_peers_half_of_a_request_outlives_the_crash_of_the_caller(loop: SimulationLoop) -> None:
    applied: list[str] = []

    async def send() -> None:
        answer = loop.create_future()
        loop.call_later(1, applied.append, "the caller's own")
        with loop.outside():
            loop.call_later(1, applied.append, "the peer's")
            loop.call_later(2, answer.set_result, None)
        await answer
        applied.append("answered")

    with loop.incarnation("bridge"):
        loop.create_task(send())
    loop.run_for(0.5)
    loop.crash("bridge")
    loop.run_for(10)
    assert applied == ["the peer's"]


def test_code_that_crashes_its_own_incarnation_gets_to_its_next_await_and_no_further(
    loop: SimulationLoop,
) -> None:
    did: list[str] = []

    async def late() -> None:
        did.append("late")

    async def die() -> None:
        try:
            loop.crash("bridge")
            did.append("last words")
            orphan = asyncio.create_task(late())
            loop.call_soon(did.append, "call_soon")
            loop.call_later(0, did.append, "call_later")
            job = loop.run_in_executor(None, did.append, "job")
            await asyncio.sleep(0)
            await asyncio.gather(orphan, job)
        finally:
            did.append("finally")

    with loop.incarnation("bridge"):
        loop.create_task(die())
    loop.run_for(10)
    assert did == ["last words"]


@pytest.mark.parametrize("crash_at", range(1, 7))
def test_an_exception_on_its_way_between_tasks_of_the_dead_is_no_failure(
    crash_at: int, loop: SimulationLoop
) -> None:
    async def fail() -> None:
        await asyncio.sleep(1)
        raise LookupError

    async def parent() -> None:
        await asyncio.create_task(fail())

    with loop.incarnation("bridge"):
        loop.create_task(parent())
    loop.on_step = lambda step: loop.crash("bridge") if step == crash_at else None
    if crash_at <= 5:  # begin, begin, timer, raise, hear of it
        loop.run_for(10)
        gc.collect()
        loop.run_for(10)
        assert loop.steps == crash_at
    else:
        with pytest.raises(FailedRunError, match="LookupError"):
            loop.run_for(10)


def test_a_completion_that_the_dead_will_not_hear_of_is_no_failure(loop: SimulationLoop) -> None:
    async def fail() -> None:
        raise LookupError

    with loop.incarnation("bridge"):
        loop.create_task(fail()).add_done_callback(lambda task: task.exception())
    loop.on_step = lambda step: loop.crash("bridge") if step == 2 else None
    loop.run_for(10)
    gc.collect()
    loop.run_for(10)
    assert (loop.steps, loop.failures) == (2, [])


class _Stubborn:
    """Everything that makes a dying coroutine noisy."""

    async def never_awaited(self) -> None:
        """Handed to a callback that does not come to run."""

    async def nested(self) -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(1)
            await asyncio.sleep(1)

    async def supervise(self) -> None:
        while True:
            try:
                await self.nested()
            except Exception:  # noqa: BLE001
                await asyncio.sleep(1)

    async def fail_in_finally(self) -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            raise LookupError

    async def start_anew_in_finally(self) -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            running = asyncio.get_running_loop()
            tasks = [running.create_task(self.nested())]
            running.call_later(1, tasks.clear)
            await running.run_in_executor(None, print)

    async def generate(self) -> AsyncIterator[int]:
        try:
            while True:
                yield 1
                await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(1)

    async def consume(self) -> None:
        async for _ in self.generate():
            pass

    async def group(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.nested())
            group.create_task(self.supervise())

    async def swallow(self) -> None:
        while True:
            with contextlib.suppress(BaseException):
                await asyncio.sleep(3600)

    async def swallow_below(self) -> None:
        await self.swallow()

    async def fail_unheard(self) -> None:
        future = asyncio.get_running_loop().create_future()
        future.set_exception(LookupError())
        await asyncio.sleep(3600)
        await future


@pytest.mark.parametrize("crashed", [True, False])
@pytest.mark.parametrize(
    "habit",
    [
        "nested",
        "supervise",
        "fail_in_finally",
        "start_anew_in_finally",
        "consume",
        "group",
        "swallow",
        "swallow_below",
        "fail_unheard",
    ],
)
def test_the_dead_are_disposed_of_without_a_word(
    habit: str, *, crashed: bool, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    stubborn = _Stubborn()
    with SimulationLoop(random.Random(1)) as loop:
        with loop.incarnation("bridge"):
            for _ in range(3):
                loop.create_task(getattr(stubborn, habit)())
            loop.call_later(60, loop.create_task, stubborn.never_awaited())
            loop.run_for(1.5)
            loop.create_task(getattr(stubborn, habit)())
        if crashed:
            loop.crash("bridge")
            loop.run_for(100)
    del loop
    gc.collect()
    assert caplog.records == []
    assert capsys.readouterr() == ("", "")


IMMORTAL = """
import asyncio, contextlib, random
from bridge.simulation.loop import SimulationLoop

async def swallow():
    while True:
        with contextlib.suppress(BaseException):
            await asyncio.sleep(3600)

with SimulationLoop(random.Random(1)) as loop:
    loop.create_task(swallow())
    loop.run_for(1)
print("closed")
"""


def test_a_coroutine_that_will_not_die_does_not_keep_the_process_from_ending() -> None:
    ended = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", IMMORTAL], capture_output=True, text=True, check=True, timeout=60
    )
    assert (ended.stdout, ended.stderr) == ("closed\n", "")


async def test_a_simulation_may_be_closed_inside_a_running_loop_of_the_tests_own() -> None:
    loop = SimulationLoop(random.Random(1))
    loop.create_task(_Stubborn().nested())
    with pytest.raises(RuntimeError, match="already running"):
        loop.run_for(1)
    loop.close()
    assert asyncio.get_running_loop() is not loop


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": math.nan}, "start must be"),
        ({"start": 1e12}, "start must be"),
        ({"executor_delay": (0.2, 0.1)}, "executor_delay must be"),
        ({"executor_delay": (-1.0, 0.1)}, "executor_delay must be"),
        ({"livelock_steps": 0}, "livelock_steps must be"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SimulationLoop(random.Random(1), **options)
