"""An asyncio event loop on virtual time with a seeded schedule: the daemon lives through days on it in seconds.

It exists so that a seed decides everything: which ready handle runs next, how long an executor takes, when a
process is killed. The same seed gives the same run, in any process and under any PYTHONHASHSEED. Nothing here may
look at a wall clock, the order of a set, id() or the hash of a str, and nothing knows of the bridge: the loop runs
any asyncio code that stays off the network.

Virtual time stands still while anything is ready and jumps to the next timer when nothing is. Code costs no time
here, so what only load can show (loop lag, slow parsing) cannot be shown.
"""

import asyncio
import contextvars
import functools
import math
import random  # noqa: TID251 - a type only: the seeded generator is the caller's
import sys
from asyncio import events
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, Hashable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar, TypeVarTuple, Unpack

from bridge.simulation.executors import Job, Lane
from bridge.simulation.handles import (
    NEVER,
    SECOND,
    ReadyHandle,
    Scheduled,
    TimedHandle,
    Timers,
    microsecond_after,
    name_of,
)
from bridge.simulation.incarnations import CURRENT, Graveyard, Incarnation
from bridge.simulation.offline import OfflineEventLoop
from bridge.simulation.steps import (
    FailedRunError,
    Failure,
    LivelockError,
    SimulationError,
    StalledError,
    StepAccount,
)

__all__ = ["FailedRunError", "Failure", "LivelockError", "SimulationError", "SimulationLoop", "StalledError"]

_Result = TypeVar("_Result")
_Arguments = TypeVarTuple("_Arguments")
_ExceptionHandler = Callable[[asyncio.AbstractEventLoop, dict[str, Any]], object]


class SimulationLoop(OfflineEventLoop):
    """A seeded event loop on virtual time; a context manager that closes itself.

    Args:
        random: what every choice is drawn from. Others may draw from it too: the run stays a function of its seed.
        start: virtual time at the beginning, in seconds.
        executor_delay: shortest and longest seconds before a job runs, and again before its future is told.
        livelock_steps: more steps than these without advance of time are a livelock.
        raise_failures: whether a run during which `failures` grew ends with FailedRunError.

    Attributes:
        steps: handles executed so far. One that `on_step` itself struck out counts, so that no number comes twice.
        on_step: called, outside every incarnation, with the number of each step before it runs; it may crash one.
        failures: what reached the exception handler, in order.
        executor_delay: as above; may be changed while it runs, for a slow disk.
    """

    def __init__(
        self,
        random: random.Random,
        *,
        start: float = 0.0,
        executor_delay: tuple[float, float] = (0.0001, 0.003),
        livelock_steps: int = 10_000,
        raise_failures: bool = True,
    ) -> None:
        if not 0.0 <= executor_delay[0] <= executor_delay[1] < math.inf:
            raise ValueError(
                f"executor_delay must be a shortest and a longest time in seconds, not {executor_delay}"
            )
        if livelock_steps < 1:
            raise ValueError(f"livelock_steps must be at least 1, not {livelock_steps}")
        self.steps = 0
        self.on_step: Callable[[int], object] | None = None
        self.failures: list[Failure] = []
        self._failures_raised = 0
        self._raise_failures = raise_failures
        self._exception_handler: _ExceptionHandler | None = None
        self._draw = random.random
        self.executor_delay = executor_delay
        self._now = _microsecond("start", start)
        self._ready: list[Scheduled] = []
        self._timers = Timers()
        self._account = StepAccount(livelock_steps)
        self._world = Incarnation("", 0)
        self._living: dict[str, Incarnation] = {}
        self._generations: Counter[str] = Counter()
        self._graveyard = Graveyard()
        self._task_count = 0
        self._running = self._stopping = self._closing = self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- incarnations

    @contextmanager
    def incarnation(self, name: str) -> Iterator[None]:
        """What is scheduled inside belongs to the living incarnation of this name; after a crash, to a new one."""
        if not name:
            raise ValueError("an incarnation needs a name")
        living = self._living.get(name)
        if living is None:
            self._generations[name] += 1
            living = self._living[name] = Incarnation(name, self._generations[name])
        with _belonging_to(living):
            yield

    @contextmanager
    def outside(self) -> Iterator[None]:
        """What is scheduled inside belongs to the world, and outlives a crash of the code that scheduled it.

        For the peer's half of a request: a crash that killed that as well would hide every duplicate.
        """
        with _belonging_to(self._world):
            yield

    def crash(self, name: str) -> bool:
        """Kill the incarnation of this name as SIGKILL would; returns whether there was a living one.

        No handle, timer, executor job or completion of it is ever run again. Nothing is cancelled and no `finally`
        runs (Graveyard tells what becomes of them). A job that ran keeps its effects, but nobody is told. Code that
        crashes its own incarnation goes on to its next await; what it schedules until then is dropped.
        """
        living = self._living.pop(name, None)
        if living is None:
            return False
        self._graveyard.bury(living)
        return True

    def freeze(self, name: str) -> bool:
        """Stop the incarnation of this name as SIGSTOP would; returns whether there was a living one.

        Time goes on without it: what becomes due, its executors' jobs among that, waits until `thaw`.
        """
        living = self._living.get(name)
        if living is None:
            return False
        if living.held is None:
            living.held = []
        return True

    def thaw(self, name: str) -> None:
        """Let a frozen incarnation go on, with everything at once that became due meanwhile."""
        living = self._living.get(name)
        if living is not None and living.held is not None:
            self._ready.extend(living.held)
            living.held = None

    # --- runs

    def run_until_complete(self, future: Generator[Any, None, _Result] | Awaitable[_Result]) -> _Result:
        """Run until `future` is done; return its result or raise its exception (failures wait for the next run)."""
        self._refuse_a_second_run()
        awaited: asyncio.Future[_Result] = asyncio.ensure_future(future, loop=self)  # type: ignore[arg-type]
        self._run(awaited.done, None)
        result = awaited.result()
        self._raise_new_failures()
        return result

    def run_until(self, end: float | Callable[[], bool]) -> None:
        """Run until a virtual time in seconds, or until a predicate holds, which is asked before each step.

        What is due at that very time runs. A time is always reached; a predicate may end in StalledError.
        """
        if callable(end):
            self._run(end, None)
        else:
            self._run(None, _microsecond("the end of a run", end))
        self._raise_new_failures()

    def run_for(self, seconds: float) -> None:
        """Run for so many virtual seconds."""
        self._run(None, self._now + _microsecond("the length of a run", seconds))
        self._raise_new_failures()

    def run_forever(self) -> None:
        """Run until `stop` is called."""
        self._stopping = False
        self._run(lambda: self._stopping, None)
        self._raise_new_failures()

    def stop(self) -> None:
        """End `run_forever` after the present step. The other runs end by their own condition alone."""
        self._stopping = True

    def trace_hash(self) -> str:
        """16 hex digits over (time, incarnation, kind) of every step so far; the same seed gives the same, anywhere."""
        return self._account.trace_hash

    def time(self) -> float:
        """Virtual seconds; a whole number of microseconds."""
        return self._now / SECOND

    def go_on_in_a_copy(self) -> None:
        """To be called in a process that was forked during a run: asyncio knows a running loop by its process too."""
        if self._running:
            events._set_running_loop(self)  # noqa: SLF001

    def is_running(self) -> bool:
        """Whether a run is under way."""
        return self._running

    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    def close(self) -> None:
        """Crash everything that is left, and dispose of all the dead in silence. Judge what they left before that."""
        if self._running:
            raise RuntimeError("a simulation cannot be closed while it runs")
        if self._closed:
            return
        self._closed = self._closing = True
        for incarnation in (*self._living.values(), self._world):
            self._graveyard.bury(incarnation)
        self._living.clear()
        while self._ready:
            self._graveyard.keep(self._ready.pop())
        self._timers.drain(self._graveyard.keep)
        # A dead finally may ask for its loop; and a loop of the test's own may be running here.
        surrounding = events._get_running_loop()  # noqa: SLF001
        events._set_running_loop(self)  # noqa: SLF001
        try:
            self._graveyard.clear()
        finally:
            events._set_running_loop(surrounding)  # noqa: SLF001
            self._closing = False

    # --- scheduling

    def call_soon(
        self,
        callback: Callable[[Unpack[_Arguments]], object],
        *args: *_Arguments,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        """Run `callback` at the present time, in seeded order: the order of calls, which asyncio keeps, is not kept."""
        if context is None:
            context = contextvars.copy_context()
        incarnation = context.get(CURRENT) or self._world
        handle = ReadyHandle(callback, args, self, context, incarnation)
        if incarnation.crashed or self._closed:
            self._lay_aside(handle)
        else:
            self._ready.append(handle)
        return handle

    def call_soon_threadsafe(
        self,
        callback: Callable[[Unpack[_Arguments]], object],
        *args: *_Arguments,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        """The same as `call_soon`: a simulation has one thread, in which the jobs of executors run too."""
        return self.call_soon(callback, *args, context=context)

    def call_later(
        self,
        delay: float,
        callback: Callable[[Unpack[_Arguments]], object],
        *args: *_Arguments,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """Run `callback` when more than `delay` seconds have passed."""
        return self.call_at(self._now / SECOND + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[_Arguments]], object],
        *args: *_Arguments,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """Run `callback` strictly later than `when`: at the next whole microsecond.

        Raises:
            ValueError: `when` is not a number.
        """
        due = microsecond_after(when, self._now)
        if context is None:
            context = contextvars.copy_context()
        incarnation = context.get(CURRENT) or self._world
        timer = TimedHandle(when, callback, args, self, context, incarnation)
        if incarnation.crashed or self._closed:
            self._lay_aside(timer)
        elif due <= self._now:
            self._ready.append(timer)
        else:
            self._timers.push(due, timer)
        return timer

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        if isinstance(handle, TimedHandle):
            self._timers.cancelled(handle)

    def create_future(self) -> asyncio.Future[Any]:
        """A plain future of this loop."""
        return asyncio.Future(loop=self)

    def create_task(
        self,
        coro: Generator[Any, None, _Result] | Coroutine[Any, Any, _Result],
        *,
        name: str | None = None,
        context: contextvars.Context | None = None,
    ) -> asyncio.Task[_Result]:
        """Start a task in the incarnation of `context`. Default names count per loop, so that logs repeat."""
        if self._closed and not self._closing:
            raise RuntimeError("the simulation is closed")
        if context is None:
            context = contextvars.copy_context()
        if name is None:
            self._task_count += 1
            name = f"task-{self._task_count}"
        task = asyncio.Task(coro, loop=self, name=name, context=context)
        incarnation = context.get(CURRENT) or self._world
        if incarnation.crashed:
            self._graveyard.bury_task(task, incarnation)
        else:
            incarnation.tasks.add(task)
        return task

    def run_in_executor(
        self, executor: Hashable, func: Callable[[Unpack[_Arguments]], _Result], *args: *_Arguments
    ) -> asyncio.Future[_Result]:
        """Run `func` at one seeded step and tell the future at a later one (bridge.simulation.executors).

        `executor`, any hashable or None, stands for one thread of the calling incarnation.
        """
        future: asyncio.Future[_Result] = self.create_future()
        context = contextvars.copy_context()
        incarnation = context.get(CURRENT) or self._world
        if incarnation.crashed:
            return future
        lane = incarnation.lanes.get(executor)
        if lane is None:
            lane = incarnation.lanes[executor] = Lane(self, self._draw_executor_delay)
        lane.submit(Job(future, functools.partial(func, *args), context))
        return future

    def _draw_executor_delay(self) -> float:
        shortest, longest = self.executor_delay
        return shortest + (longest - shortest) * self._draw()

    # --- failures

    def set_exception_handler(self, handler: _ExceptionHandler | None) -> None:
        """Let `handler` have what `failures` would else collect."""
        self._exception_handler = handler

    def get_exception_handler(self) -> _ExceptionHandler | None:
        """The handler that was set, if any."""
        return self._exception_handler

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Pass a failure on, unless it comes from the dead."""
        handle = context.get("handle")
        if self._closed or (isinstance(handle, ReadyHandle | TimedHandle) and handle.incarnation.crashed):
            return
        if self._exception_handler is None:
            self.default_exception_handler(context)
        else:
            self._exception_handler(self, context)

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        """Collect a failure."""
        self.failures.append(Failure(self.time(), str(context.get("message")), context.get("exception")))

    def _raise_new_failures(self) -> None:
        unseen = self.failures[self._failures_raised :]
        self._failures_raised = len(self.failures)
        if unseen and self._raise_failures:
            raise FailedRunError(unseen) from unseen[0].exception

    # --- the machine

    def _run(self, done: Callable[[], bool] | None, end: int | None) -> None:
        """Run handles until `done()`, if that is given, or up to and including microsecond `end`.

        Raises:
            LivelockError: too many steps without advance of time.
            StalledError: there is nothing left to run and no `end` to jump to.
        """
        self._refuse_a_second_run()
        outside = contextvars.copy_context()
        outside.run(CURRENT.set, self._world)
        draw, ready, note = self._draw, self._ready, self._account.note
        self._account.time_advanced()
        generator_hooks = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(firstiter=None, finalizer=self._finalize_generator)
        events._set_running_loop(self)  # noqa: SLF001
        self._running = True
        try:
            while done is None or not done():
                if not ready:
                    if self._advance(end):
                        continue
                    break
                index = int(draw() * len(ready))
                handle, ready[index] = ready[index], ready[-1]
                del ready[-1]
                if not self._lives(handle):
                    continue
                if handle.incarnation.held is not None:
                    handle.incarnation.held.append(handle)
                    continue
                self.steps += 1
                if self.on_step is not None:
                    outside.run(self.on_step, self.steps)
                    if not self._lives(handle):
                        continue
                note(handle, self._now)
                handle._run()  # noqa: SLF001
        finally:
            self._running = False
            events._set_running_loop(None)  # noqa: SLF001
            sys.set_asyncgen_hooks(*generator_hooks)

    def _advance(self, end: int | None) -> bool:
        """Jump to the next timer; past `end` only to `end`, which ends the run (False)."""
        due = self._timers.next_due(self._graveyard.keep)
        if end is None and due >= NEVER:
            raise StalledError(self._who_waits())
        if end is not None and due > end:
            self._now = max(self._now, end)
            return False
        self._now = due
        self._timers.pop_due(due, self._ready.append)
        self._account.time_advanced()
        return True

    def _lives(self, handle: Scheduled) -> bool:
        """Whether `handle` is to run; if it is not because of a crash, it is kept."""
        if handle._cancelled:  # noqa: SLF001 - on the hottest path
            return False
        if handle.incarnation.crashed:
            self._graveyard.keep(handle)
            return False
        return True

    def _lay_aside(self, handle: Scheduled) -> None:
        if self._closed and not self._closing:
            raise RuntimeError("the simulation is closed")
        self._graveyard.keep(handle)

    def _who_waits(self) -> str:
        waiting = sorted(
            incarnation.qualify(name_of(task))
            for incarnation in (self._world, *self._living.values())
            for task in incarnation.tasks
            if not task.done()
        )
        return f"nothing is ready and no timer is set at {self.time():.6f}; waiting: {', '.join(waiting) or 'no task'}"

    def _finalize_generator(self, generator: AsyncGenerator[Any, Any]) -> None:
        """Close an abandoned async generator in a task, as asyncio does; one of the dead goes without a word."""
        if not CURRENT.get(self._world).crashed and not self._closed:
            self.create_task(generator.aclose())
        elif self._closing or not self._closed:
            self._graveyard.keep(generator)

    def _refuse_a_second_run(self) -> None:
        if self._closed:
            raise RuntimeError("the simulation is closed")
        if events._get_running_loop() is not None:  # noqa: SLF001
            raise RuntimeError("an event loop is already running in this thread")


@contextmanager
def _belonging_to(incarnation: Incarnation) -> Iterator[None]:
    token = CURRENT.set(incarnation)
    try:
        yield
    finally:
        CURRENT.reset(token)


def _microsecond(what: str, seconds: float) -> int:
    if not abs(seconds) * SECOND < NEVER:
        raise ValueError(f"{what} must be a number of seconds that keeps its microseconds, not {seconds}")
    return round(seconds * SECOND)
