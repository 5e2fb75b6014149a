"""The store's face to the event loop: commits are grouped, and whoever commits is answered when it is durable.

While one transaction is under way, what else is handed in waits, and is then committed together: one sync of the disk for all of it. Everything runs in the executors that are
given, by `loop.run_in_executor` alone, so that a simulated loop decides when a job runs and, later, when its end is known. Groups go on by callbacks of futures, not in a task:
there is nothing that a cancelled caller could take down with it. Knows no table.
"""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple, Unpack

import structlog

from bridge.errors import StoreError, StoreUnavailableError
from bridge.store.faults import StoreDamagedError
from bridge.store.groups import apply_group
from bridge.store.past import recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from concurrent.futures import Executor

    from sqlalchemy import Connection

    from bridge.core.changes import Changes, Stored
    from bridge.core.journal import JournalEntry
    from bridge.core.recollection import Recorded
    from bridge.store.database import Database

_Answer = TypeVar("_Answer")
_Arguments = TypeVarTuple("_Arguments")
_Waiter = asyncio.Future["StoreError | None"]

GROUP_LIMIT = 1000
"""Units in one transaction at most: beyond this a sync costs nothing beside the work, and the first would wait for the last."""

_log = structlog.get_logger()


class Store:
    """Commits and reads for one event loop. The `Database` is given and not closed: it may outlive this."""

    def __init__(self, database: Database, *, writer: Executor, reader: Executor) -> None:
        """Make a store that answers.

        Args:
            database: open.
            writer: where commits run; of one thread.
            reader: where questions run, so that none waits before an acknowledgement.
        """
        self._database = database
        self._writer = writer
        self._reader = reader
        self._waiting: deque[tuple[Changes, _Waiter]] = deque()
        self._under_way: list[_Waiter] = []
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False
        self._fault: StoreError | None = None

    @property
    def healthy(self) -> bool:
        """Whether the last transaction found the database in working order."""
        return self._fault is None

    @property
    def fault(self) -> StoreError | None:
        """What is wrong, while it is. One unit that cannot be stored is no fault of the database."""
        return self._fault

    async def commit(self, changes: Changes) -> None:
        """Commit one unit; returns when it is durable. Units become durable in the order of the calls; an empty one waits for nothing.

        The unit belongs to the store from now on. To cancel this call is not a rollback: the unit is committed all the same.

        Raises:
            StoreUnavailableError: it was not committed, and may be tried again.
            StoreError: it was not committed, and will not be.
        """
        if not changes:
            return
        if self._closed:
            raise StoreUnavailableError("the store is closed")
        waiter: _Waiter = asyncio.get_running_loop().create_future()
        self._waiting.append((changes, waiter))
        if not self._under_way:
            self._begin()
        error = await waiter
        if error is not None:
            # One error answers a whole group, but a traceback is one caller's.
            raise type(error)(*error.args) from error

    async def load(self) -> Stored:
        """Everything that a start needs.

        Raises:
            StoreError: it cannot be read.
        """
        return await _submit(self._writer, self._database.load)

    async def read(self, query: Callable[[Connection], _Answer]) -> _Answer:
        """What `query` finds in one moment of the database; it runs in the reader's thread and never keeps commits waiting.

        Raises:
            StoreError: it cannot be read.
        """
        return await _submit(self._reader, self._database.read, query)

    async def journal(
        self, *, page: str | None = None, after: int = 0, limit: int = 1000
    ) -> list[tuple[int, JournalEntry]]:
        """Entries of the journal in their order, each with its number; `Database.journal` has the terms.

        Raises:
            StoreError: it cannot be read.
        """
        question = partial(self._database.journal, page=page, after=after, limit=limit)
        return await _submit(self._reader, question)

    async def past(self, page: str, names: Collection[str], until: float) -> Recorded:
        """What the journal has about components of a page up to an instant; `bridge.store.past` has the terms.

        Raises:
            StoreError: it cannot be read.
        """
        return await self.read(lambda connection: recorded(connection, page, names, until))

    async def check(self) -> None:
        """Try the database, so that `healthy` tells the truth while nothing is committed.

        Raises:
            StoreError: it cannot commit.
        """
        try:
            await _submit(self._writer, self._database.check)
        except StoreError as error:
            self._note(error)
            raise
        self._note(None)

    async def forget(self, before: float) -> int:
        """Delete what is older than an instant and needed by nobody, a batch at a time; `Database.forget` has the terms.

        Returns:
            How many rows went; call again while there were any.

        Raises:
            StoreError: they could not be deleted.
        """
        return await _submit(self._writer, self._database.forget, before)

    async def close(self) -> None:
        """Take nothing more, and wait until what was taken is durable."""
        self._closed = True
        await self._idle.wait()

    def _begin(self) -> None:
        units: list[Changes] = []
        while self._waiting and len(units) < GROUP_LIMIT:
            unit, waiter = self._waiting.popleft()
            units.append(unit)
            self._under_way.append(waiter)
        self._idle.clear()
        try:
            group = _submit(self._writer, apply_group, self._database, units)
        except StoreUnavailableError as error:
            self._finish([error] * len(units))
        else:
            group.add_done_callback(self._finished)

    def _finished(self, group: asyncio.Future[list[StoreError | None]]) -> None:
        error: StoreError
        if group.cancelled():
            error = StoreUnavailableError("the store's thread ended before the commit")
        elif (defect := group.exception()) is not None:
            error = StoreError(f"the commit ended in a defect of the store: {defect!r}")
        else:
            self._finish(group.result())
            return
        self._finish([error] * len(self._under_way))

    def _finish(self, errors: Sequence[StoreError | None]) -> None:
        waiters, self._under_way = self._under_way, []
        for waiter, error in zip(waiters, errors, strict=True):
            # Told as a result: an exception that nobody fetches, because its task was cancelled, would be reported.
            if not waiter.done():
                waiter.set_result(error)
        self._note(None if None in errors else errors[-1])
        if self._waiting:
            self._begin()
        else:
            self._idle.set()

    def _note(self, error: StoreError | None) -> None:
        if error is not None and not isinstance(error, StoreUnavailableError | StoreDamagedError):
            return
        if error is not None and self._fault is None:
            _log.error("store_failed", error=str(error))
        elif error is None and self._fault is not None:
            _log.info("store_recovered", error=str(self._fault))
        self._fault = error


def _submit(
    executor: Executor, work: Callable[[Unpack[_Arguments]], _Answer], *arguments: *_Arguments
) -> asyncio.Future[_Answer]:
    try:
        return asyncio.get_running_loop().run_in_executor(executor, work, *arguments)
    except RuntimeError as error:  # the executor was shut down
        raise StoreUnavailableError(f"the store's thread is gone: {error}") from error
