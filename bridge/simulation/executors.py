"""What stands for an executor's thread under simulated time: two seeded steps for each job.

A job runs inline at one step, and its future is told at a later one. Between the two lies what a crash between
commit and acknowledgement leaves: done, but not yet known. In one step that crash could not happen, and races of
load-then-save would stay hidden. This module draws nothing itself and knows no schedule but call_at's.
"""

import asyncio
import contextvars
from asyncio import events
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Two completions may not share a microsecond, or the seeded order could swap them; two, because near a unix epoch
# a float is a quarter of a microsecond coarse.
_BETWEEN_COMPLETIONS = 2e-6


@dataclass(frozen=True, slots=True)
class Job:
    """One function handed in, the future that waits for it, and the context that says whose it is."""

    future: asyncio.Future[Any]
    call: Callable[[], Any]
    context: contextvars.Context


class Lane:
    """One thread of one incarnation: jobs run, and are told, in the order in which they were handed in."""

    __slots__ = ("_delay", "_jobs", "_loop", "_told_at")

    def __init__(self, loop: asyncio.AbstractEventLoop, delay: Callable[[], float]) -> None:
        self._loop = loop
        self._delay = delay
        self._jobs: deque[Job] = deque()
        self._told_at = 0.0

    def submit(self, job: Job) -> None:
        """Run `job` after those before it."""
        self._jobs.append(job)
        if len(self._jobs) == 1:
            self._start()

    def _start(self) -> None:
        self._loop.call_later(self._delay(), self._execute, context=self._jobs[0].context)

    def _execute(self) -> None:
        job = self._jobs[0]
        if not job.future.cancelled():  # a job that has not started can be withdrawn, as in a thread pool
            result, error = self._outcome(job)
            self._told_at = max(self._told_at + _BETWEEN_COMPLETIONS, self._loop.time() + self._delay())
            self._loop.call_at(self._told_at, _tell, job.future, result, error)
        self._jobs.popleft()
        if self._jobs:
            self._start()

    def _outcome(self, job: Job) -> tuple[Any, BaseException | None]:
        # No loop runs in a writer's thread: code that asks for one there is as wrong here.
        events._set_running_loop(None)  # noqa: SLF001
        try:
            return job.call(), None
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - a thread pool hands on all of them
            return None, error
        finally:
            events._set_running_loop(self._loop)  # noqa: SLF001


def _tell(future: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    elif isinstance(error, StopIteration):  # a future refuses it, for it would end whoever awaits
        future.set_exception(RuntimeError("a job in an executor raised StopIteration"))
    else:
        future.set_exception(error)
