"""Supervision: a fault in one source stays there; a fault of what must not be lost ends the daemon.

A bare task group would cancel everything when one task fails, and with it a write in flight. Here nothing is cancelled by another's failure: a source is started again with
growing pauses, and the failure of an essential task is only reported, so that the owner can end in order.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bridge.telemetry.metrics import Metrics

    Run = Callable[[], Coroutine[Any, Any, None]]

logger = structlog.get_logger(__name__)

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
"""Seconds before a failed source is started again, doubled from the first to the longest."""

STEADY = 300.0
"""Seconds of running after which a source's failures are forgotten."""


class Supervisor:
    """The tasks of a daemon, by name."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._away: set[str] = set()
        self._ended = asyncio.Event()
        self.failure: BaseException | None = None
        """The first failure of an essential task."""

    @property
    def away(self) -> tuple[str, ...]:
        """Sources that failed and wait for their next start."""
        return tuple(sorted(self._away))

    def essential(self, name: str, run: Run) -> None:
        """Start a task that must not fail."""
        self._start(name, self._essentially(name, run))

    def restarting(self, name: str, run: Run) -> None:
        """Start a task that is started again when it fails. One of the same name is ended first."""
        self._start(name, self._again_and_again(name, run))

    async def wait(self) -> None:
        """Return when an essential task has ended or `interrupt` was called."""
        await self._ended.wait()

    def interrupt(self) -> None:
        """Let `wait` return."""
        self._ended.set()

    async def cancel(self, *names: str) -> None:
        """End tasks, and wait until they have ended. Names that do not run are passed over."""
        tasks = [task for name in names if (task := self._tasks.pop(name, None)) is not None]
        for task in tasks:
            task.cancel()
        self._away.difference_update(names)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def finish(self, *names: str, timeout: float) -> tuple[str, ...]:  # noqa: ASYNC109 - a limit for tasks that end by themselves
        """Wait for tasks to end by themselves; cancel those that do not in time. Returns the names of these."""
        tasks = {task: name for name in names if (task := self._tasks.pop(name, None)) is not None}
        if not tasks:
            return ()
        _, late = await asyncio.wait(tasks, timeout=timeout)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return tuple(sorted(tasks[task] for task in late))

    def _start(self, name: str, coroutine: Coroutine[Any, Any, None]) -> None:
        before = self._tasks.pop(name, None)
        if before is not None:
            before.cancel()
        self._away.discard(name)
        self._metrics.task_restarts.labels(name)
        self._tasks[name] = asyncio.create_task(coroutine, name=name)

    async def _essentially(self, name: str, run: Run) -> None:
        try:
            await run()
        except Exception as error:
            logger.critical(
                "task_failed", task=name, error=f"{type(error).__name__}: {error}", exc_info=error
            )
            self.failure = self.failure or error
        self._ended.set()

    async def _again_and_again(self, name: str, run: Run) -> None:
        loop = asyncio.get_running_loop()
        pause = FIRST_PAUSE
        while True:
            started = loop.time()
            try:
                await run()
            except Exception as error:  # noqa: BLE001 - whatever it is, it stays in this source
                if _is_being_ended():
                    # What fails while it is cancelled has swallowed the cancellation; it must not live on beside its successor.
                    logger.warning("task_failed", task=name, error=f"{type(error).__name__}: {error}")
                    return
                if loop.time() - started > STEADY:
                    pause = FIRST_PAUSE
                self._away.add(name)
                self._metrics.task_restarts.labels(name).inc()
                logger.warning(
                    "task_restarts", task=name, pause=pause, error=f"{type(error).__name__}: {error}"
                )
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                self._away.discard(name)
            else:
                return


def _is_being_ended() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
