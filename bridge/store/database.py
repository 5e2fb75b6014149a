"""One database: units are committed to it in one transaction, a start reads everything back, a few questions are answered.

Synchronous, and safe to call from several threads; `bridge.store.store` decides in which. Knows no event loop and no SQL dialect.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from threading import Lock
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from sqlalchemy import delete, select

from bridge.core.intents import LIVE
from bridge.errors import StoreUnavailableError
from bridge.store import schema
from bridge.store.addresses import sqlite_path
from bridge.store.batch import Batch
from bridge.store.loading import load_stored
from bridge.store.records.history import journal_from
from bridge.store.revisions import require_current
from bridge.store.sqlite import BUSY_TIMEOUT, file_backend, memory_backend
from bridge.store.storefile import StoreFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Engine

    from bridge.core.changes import Changes, Stored
    from bridge.core.journal import JournalEntry
    from bridge.errors import StoreError
    from bridge.store.statements import Row, Statements

_Answer = TypeVar("_Answer")
_LIVE_STATES = tuple(state.value for state in LIVE)


class Backend(Protocol):
    """What differs between databases."""

    @property
    def writer(self) -> Engine:
        """Whose transactions may write; used by one thread at a time."""

    @property
    def reader(self) -> Engine:
        """Whose transactions only read; the writer, if the database has but one connection."""

    @property
    def statements(self) -> Statements:
        """In its dialect."""

    def verify(self) -> None:
        """Raise StoreError if what is committed now would be lost."""

    def commit(self, writes: Iterable[tuple[str, list[Row]]]) -> None:
        """Execute statements with their rows in one transaction of the writer."""

    def error(self, error: Exception) -> StoreError:
        """What an exception means."""

    def clone(self) -> Backend:
        """An independent copy."""

    def close(self) -> None:
        """Give everything back."""


class Database:
    """A store's database, open.

    In the simulation it stands for the disk: it outlives the `Store` of an incarnation that was crashed.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._writing = Lock()
        self._closed = False
        # The only connection of a database in memory cannot be read in the middle of a transaction.
        self._reading = self._writing if backend.reader is backend.writer else None

    @classmethod
    def open(cls, url: str, *, busy_timeout: float = BUSY_TIMEOUT) -> Self:
        """Open a migrated store, or a new one in memory for `sqlite://`.

        Args:
            url: as SQLAlchemy writes them: `sqlite:////absolute/path`, `sqlite:///relative/path`.
            busy_timeout: seconds that a transaction waits for a stranger's lock.

        Raises:
            ConfigurationError: the address is none, or of a database that is not supported.
            StoreError: there is no store, it is damaged, older or newer than this program.
            StoreUnavailableError: it is in use by another process, or cannot be read.
        """
        path = sqlite_path(url)
        if path is None:
            return cls.in_memory()
        file = StoreFile(path)
        backend = file_backend(file, busy_timeout=busy_timeout)
        try:
            file.require()
            with backend.writer.connect() as connection:
                require_current(connection, str(path))
            backend.check_integrity()
        except Exception as error:
            backend.close()
            raise backend.error(error) from error
        except BaseException:
            backend.close()
            raise
        return cls(backend)

    @classmethod
    def in_memory(cls) -> Self:
        """A new, empty database in memory."""
        backend = memory_backend()
        with backend.writer.begin() as connection:
            schema.metadata.create_all(connection)
        return cls(backend)

    def clone(self) -> Self:
        """An independent copy in memory, as of the last commit."""
        with self._writing, self._explained():
            return type(self)(self._backend.clone())

    def apply(self, units: Sequence[Changes]) -> None:
        """Commit units in their order, in one transaction: all of them or none.

        Raises:
            StoreError: nothing of it was committed. After a failing disk this is not certain: the same units may be found at the next start.
            StoreUnavailableError: the same, and another try may succeed.
        """
        with self._writing, self._explained():
            batch = Batch(self._backend.statements, units)
            self._backend.verify()
            self._backend.commit(batch.statements())

    def load(self) -> Stored:
        """Everything that a start needs, of one moment; final intents are left out, expired slots are not.

        Raises:
            StoreError: it cannot be read, or holds what this program does not know.
        """
        return self.read(load_stored)

    def read(self, query: Callable[[Connection], _Answer]) -> _Answer:
        """What `query` finds; it sees one moment, and whatever it may write is rolled back or refused.

        Raises:
            StoreError: as it says.
        """
        with self._reading or nullcontext(), self._explained(), self._backend.reader.connect() as connection:
            return query(connection)

    def journal(
        self, *, page: str | None = None, after: int = 0, limit: int = 1000
    ) -> list[tuple[int, JournalEntry]]:
        """Entries in their order, each with its number.

        Args:
            page: only those of this page and those of no page; None for all.
            after: the number after which to go on.
            limit: at most so many.
        """
        entries = schema.journal
        query = select(entries).where(entries.c.number > after).order_by(entries.c.number).limit(limit)
        if page is not None:
            query = query.where(entries.c.page.in_((page, "")))
        return self.read(lambda connection: [journal_from(row) for row in connection.execute(query)])

    def check(self) -> None:
        """Commit something that means nothing: what readiness asks for while nothing else is committed.

        Raises:
            StoreError: as `apply`.
        """
        with self._writing, self._explained():
            self._backend.verify()
            self._backend.commit(
                [(self._backend.statements.installation.put, [{"name": "checked", "value": ""}])]
            )

    def forget(self, before: float, *, most: int = 5000) -> int:
        """Delete final intents that began before an instant, and the beginning of the journal that lies before it.

        Args:
            before: our clock, Unix seconds.
            most: at most so many of each, so that commits do not wait for long.

        Returns:
            How many rows went; call again while there were any.

        Raises:
            StoreError: as `apply`.
        """
        with self._writing, self._explained():
            self._backend.verify()
            with self._backend.writer.begin() as connection:
                return _forget_intents(connection, before, most) + _forget_journal(connection, before, most)

    def close(self) -> None:
        """Close all connections; a database in memory is gone then. To close twice is no error."""
        with self._writing:
            self._closed = True
            self._backend.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        # A pool that was closed would connect anew, without the claim on the file.
        if self._closed:
            raise StoreUnavailableError("the store is closed")
        try:
            yield
        except Exception as error:
            explained = self._backend.error(error)
            if explained is error:
                raise
            raise explained from error


def _forget_intents(connection: Connection, before: float, most: int) -> int:
    intents = schema.intents
    old = (
        select(intents.c.operation)
        .where(intents.c.began_at < before, intents.c.state.not_in(_LIVE_STATES))
        .limit(most)
    )
    return connection.execute(delete(intents).where(intents.c.operation.in_(old))).rowcount


def _forget_journal(connection: Connection, before: float, most: int) -> int:
    # Only what lies before the first entry that is young enough: a clock that was set back leaves old entries behind
    # it for a while, but no search through the whole table is needed.
    entries = schema.journal
    by_number = select(entries.c.number).order_by(entries.c.number).limit(1)
    first_kept = connection.execute(by_number.where(entries.c.at >= before)).scalar()
    last = connection.execute(by_number.offset(most)).scalar()
    ends = [number for number in (first_kept, last) if number is not None]
    statement = delete(entries)
    if ends:
        statement = statement.where(entries.c.number < min(ends))
    return connection.execute(statement).rowcount
