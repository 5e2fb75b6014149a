"""Who a piece of simulated work belongs to, and what becomes of it when its process is killed.

An incarnation stands for one life of one process. It travels in a context variable, so that tasks, callbacks and
timers inherit it as asyncio copies contexts. SIGKILL runs no `finally`; so a crash cancels nothing: the loop stops
scheduling what belongs to the dead, and the Graveyard keeps those frames referenced, because CPython closes a
suspended coroutine (and runs its `finally`) as soon as the last reference goes.

This module knows no time, no schedule and no seed.
"""

import asyncio
import contextvars
import ctypes
import sys
import warnings
import weakref
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable

    from bridge.simulation.executors import Lane

#: The incarnation that the running code belongs to; unset in the world outside every incarnation.
CURRENT: contextvars.ContextVar["Incarnation"] = contextvars.ContextVar("incarnation")

#: GeneratorExit is thrown again while a dying coroutine still awaits something; so often at most.
_CLOSING_ATTEMPTS = 100


class Incarnation:
    """One life of one process: its name, how many went before it, whether it was killed, and its pending work.

    `held` is None while the process runs; while it is frozen, it holds what would have run.
    """

    __slots__ = ("crashed", "generation", "held", "lanes", "name", "salt", "tasks")

    def __init__(self, name: str, generation: int) -> None:
        self.name = name
        self.generation = generation
        self.crashed = False
        self.held: list[Any] | None = None
        self.lanes: dict[Hashable, Lane] = {}
        self.tasks: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()
        #: What tells two incarnations apart in a trace hash; crc32, because hash() of a str differs between processes.
        self.salt = zlib.crc32(f"{name}#{generation}".encode())

    def qualify(self, name: str) -> str:
        """`name` with the incarnation's own before it, as error messages have it."""
        return f"{self.name}: {name}" if self.name else name

    def __repr__(self) -> str:
        return f"<Incarnation {self.name!r} #{self.generation}{' crashed' if self.crashed else ''}>"


class Graveyard:
    """Holds what crashed incarnations left behind until the loop is closed, so that none of it runs before then.

    At the end `clear` throws GeneratorExit into each dead coroutine with the loop closed: nothing that a `finally`
    schedules is ever run, what it raises or warns about is swallowed, and a coroutine that awaits on its way out is
    closed again. The cost, chosen knowingly: the *synchronous* part of dead `finally` blocks does run then, so a
    ledger is to be judged before the loop is closed. Refused: to keep the frames for ever (each crash would leak a
    whole daemon, some 100 kB and more, and enumerating crash points makes thousands), and to blow up each line of
    a `finally` with a trace function (fragile between versions, and it fights coverage and debuggers).
    """

    __slots__ = ("_left", "_tasks")

    def __init__(self) -> None:
        self._tasks: list[tuple[asyncio.Task[Any], Incarnation]] = []
        self._left: list[object] = []

    def bury(self, incarnation: Incarnation) -> None:
        """Mark `incarnation` as crashed and take over each task of it that is not done."""
        incarnation.crashed = True
        for task in incarnation.tasks:
            if not task.done():
                self.bury_task(task, incarnation)
        incarnation.tasks.clear()
        self._left.extend(incarnation.held or ())
        incarnation.held = None
        self._left.extend(incarnation.lanes.values())
        incarnation.lanes = {}

    def bury_task(self, task: asyncio.Task[Any], incarnation: Incarnation) -> None:
        """Keep one task of a crashed incarnation, which will never report that it was destroyed while pending."""
        # asyncio.gather sets the same switch on the futures that it hides.
        task._log_destroy_pending = False  # type: ignore[attr-defined]  # noqa: SLF001
        self._tasks.append((task, incarnation))

    def keep(self, left: object) -> None:
        """Keep a handle or generator that will not run: it may be the last that refers to a frame or a future."""
        self._left.append(left)

    def clear(self) -> None:
        """Dispose of everything silently. Only for a closed loop, each of whose incarnations is crashed."""
        hook = sys.unraisablehook
        sys.unraisablehook = _swallow
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # coroutines that were never awaited
                while self._tasks or self._left:
                    while self._tasks:
                        _close(*self._tasks.pop())
                    # A destructor may schedule, and so bury, anew: hence one at a time, and the outer loop.
                    while self._left:
                        self._left.pop()
        finally:
            sys.unraisablehook = hook


def _swallow(_unraisable: object, /) -> None:
    """Stand in for sys.unraisablehook while the dead are disposed of."""


def _close(task: asyncio.Task[Any], incarnation: Incarnation) -> None:
    coroutine = task.get_coro()
    context = contextvars.copy_context()
    context.run(CURRENT.set, incarnation)
    for _ in range(_CLOSING_ATTEMPTS):
        try:
            context.run(coroutine.close)
        except (Exception, asyncio.CancelledError):  # noqa: BLE001, S112 - "ignored GeneratorExit", or a finally's own error
            continue
        return
    # It swallows GeneratorExit for ever. One reference too many, and the interpreter never tries what was tried here:
    # at its exit, with no loop to sleep on, such a coroutine would spin. A module's list does not help, it is cleared.
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(coroutine))
