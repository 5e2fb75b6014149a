"""What a simulated loop schedules: handles that know their incarnation, and the heap of those that wait for a time.

Times in here are whole microseconds. This module runs nothing and draws nothing.
"""

import asyncio
import contextvars
import functools
import heapq
import math
from collections.abc import Callable
from typing import Any

from bridge.simulation.incarnations import Incarnation

#: Microseconds in a second: virtual time is a whole number of them.
SECOND = 1_000_000
#: The microsecond from which on no deadline is kept; beyond it a float no longer tells two of them apart.
NEVER = 1 << 53

_COMPACTED_FROM = 100  # cancelled timers in the heap before it is worth rebuilding


# Both set asyncio's fields themselves: its own constructors ask the loop whether it debugs, twice for a timer, and a
# run makes a handle for each step.


class ReadyHandle(asyncio.Handle):
    """A callback of call_soon, and whose it is."""

    __slots__ = ("incarnation",)
    _callback: Callable[..., object]
    incarnation: Incarnation

    def __init__(  # noqa: PLR0917 - by name they would cost more
        self,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        loop: asyncio.AbstractEventLoop,
        context: contextvars.Context,
        incarnation: Incarnation,
    ) -> None:
        self._callback = callback
        self._args = args
        self._loop = loop
        self._context = context
        self._cancelled = False
        self._repr = None
        self._source_traceback = None
        self.incarnation = incarnation


class TimedHandle(asyncio.TimerHandle):
    """A callback of call_at, whose it is, and whether it still waits in the heap."""

    __slots__ = ("incarnation", "queued")
    _callback: Callable[..., object]
    incarnation: Incarnation
    queued: bool

    def __init__(  # noqa: PLR0917 - by name they would cost more
        self,
        when: float,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        loop: asyncio.AbstractEventLoop,
        context: contextvars.Context,
        incarnation: Incarnation,
    ) -> None:
        self._callback = callback
        self._args = args
        self._loop = loop
        self._context = context
        self._cancelled = False
        self._repr = None
        self._source_traceback = None
        self._when = when
        self._scheduled = True
        self.incarnation = incarnation
        self.queued = False


Scheduled = ReadyHandle | TimedHandle


class Timers:
    """The heap of timers by microsecond, then by the order in which they were asked for."""

    __slots__ = ("_cancelled", "_heap", "_sequence")

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, TimedHandle]] = []
        self._sequence = 0
        self._cancelled = 0

    def push(self, due: int, timer: TimedHandle) -> None:
        """Let `timer` wait for microsecond `due`."""
        timer.queued = True
        self._sequence += 1
        heapq.heappush(self._heap, (due, self._sequence, timer))

    def cancelled(self, timer: TimedHandle) -> None:
        """Forget cancelled timers in bulk: the timeout of each request is one, and they would outnumber the rest."""
        if not timer.queued:
            return
        timer.queued = False
        self._cancelled += 1
        if self._cancelled > _COMPACTED_FROM and self._cancelled * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if entry[2].queued]
            heapq.heapify(self._heap)
            self._cancelled = 0

    def next_due(self, keep: Callable[[TimedHandle], None]) -> int:
        """The microsecond of the first timer that will run, or NEVER. Those of the dead go to `keep`."""
        while self._heap:
            due, _, timer = self._heap[0]
            if timer.queued and not timer.incarnation.crashed:
                return min(due, NEVER)
            self._pop(keep)
        return NEVER

    def pop_due(self, due: int, ready: Callable[[TimedHandle], None]) -> None:
        """Hand each timer of microsecond `due` to `ready`."""
        while self._heap and self._heap[0][0] == due:
            self._pop(ready)

    def drain(self, keep: Callable[[TimedHandle], None]) -> None:
        """Hand everything to `keep`."""
        while self._heap:
            self._pop(keep)

    def _pop(self, take: Callable[[TimedHandle], None]) -> None:
        timer = heapq.heappop(self._heap)[2]
        if timer.queued:
            timer.queued = False
            take(timer)
        else:
            self._cancelled -= 1


def microsecond_after(when: float, now: int) -> int:
    """The first microsecond, not before `now`, that shows as a time strictly later than `when` seconds.

    On time exactly is too early: who computes by floats what is left to wait (aiolimiter does) would find a
    remainder and ask for the same instant again, for ever.

    Raises:
        ValueError: `when` is not a number.
    """
    if when != when:  # noqa: PLR0124 - math.isnan would cost more than the rest of the comparison
        raise ValueError("the deadline of a timer is not a number")
    scaled = when * SECOND
    if scaled >= NEVER:
        return NEVER
    due = math.floor(scaled) + 1 if scaled > now else now
    # Near a unix epoch a product may round down past a whole microsecond.
    return due + 1 if due / SECOND <= when else due


def name_of(task: asyncio.Task[Any]) -> str:
    """The name of the function that a task runs; a task's own name may hold a counter."""
    coroutine: Any = task.get_coro()
    try:
        name: str = coroutine.__qualname__
    except AttributeError:
        name = type(coroutine).__qualname__
    return name


def kind_of(handle: Scheduled) -> str:
    """What a handle runs, in words that do not differ between processes: no address, no counter."""
    callback: Any = handle._callback  # noqa: SLF001
    owner = getattr(callback, "__self__", None)
    if type(owner) is asyncio.Task:  # half of all steps
        return name_of(owner)
    while isinstance(callback, functools.partial):
        callback = callback.func
    return getattr(callback, "__qualname__", type(callback).__qualname__)
