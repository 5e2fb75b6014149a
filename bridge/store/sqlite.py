"""SQLite: connections and engines, the statements of its dialect, what its errors mean, copies. Everything that Postgres does in another way stands here.

One connection writes, under the owner's lock; others only read. In memory there is but the one connection, and everybody takes turns.
"""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, NullPool, QueuePool, StaticPool, create_engine, event
from sqlalchemy.dialects.sqlite import dialect, insert
from sqlalchemy.exc import DBAPIError

from bridge.errors import StoreError, StoreUnavailableError
from bridge.store.faults import StoreDamagedError, StoreFullError
from bridge.store.statements import statements_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from sqlalchemy import Connection, Pool

    from bridge.store.statements import Row
    from bridge.store.storefile import StoreFile

BUSY_TIMEOUT = 5.0
"""Seconds that a connection waits for another one's lock. Only a stranger (a backup, a shell) can hold it: we have one writer."""

STATEMENTS = statements_for(dialect(paramstyle="named"), insert)

_BEGIN_WRITING = "BEGIN IMMEDIATE"
_COMPILED_FOR_CLONES: dict[Any, Any] = {}
_FULL_SYNCHRONOUS = 2
_WAL_SIZE_LIMIT = 64 * 1024 * 1024
_PRIMARY_CODE = 0xFF

_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY: "is locked by another process",
    sqlite3.SQLITE_LOCKED: "is locked by another process",
    sqlite3.SQLITE_IOERR: "cannot be read or written: the disk fails",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened",
    sqlite3.SQLITE_READONLY: "cannot be written: the file or its directory is read-only",
    sqlite3.SQLITE_PERM: "may not be accessed",
    sqlite3.SQLITE_NOMEM: "got no memory",
}
_DAMAGED = {
    sqlite3.SQLITE_CORRUPT: "is damaged; restore it from a copy, or move it away to start anew",
    sqlite3.SQLITE_NOTADB: "is not a SQLite database; restore it from a copy, or move it away to start anew",
}


class SqliteBackend:
    """The engines of one SQLite database.

    Attributes:
        writer: one connection; each transaction begins with the write lock, so that none fails half-way for want of it.
        reader: what reads go through; the writer itself for a database in memory.
        statements: of this dialect.
    """

    statements = STATEMENTS

    def __init__(self, writer: Engine, reader: Engine, file: StoreFile | None = None) -> None:
        self.writer = writer
        self.reader = reader
        self._file = file
        self._committing: Connection | None = None

    def commit(self, writes: Iterable[tuple[str, list[Row]]]) -> None:
        """Execute statements with their rows in one transaction of the writer.

        The connection is kept, and the rows go to its driver as they are: the statements are compiled already, and for a
        small commit the rest of SQLAlchemy's way would cost more than SQLite.
        """
        if self._committing is None:
            self._committing = self.writer.connect()
        connection = self._committing
        with connection.begin():
            driver: Any = connection.connection.dbapi_connection
            for statement, rows in writes:
                driver.executemany(statement, rows)

    def verify(self) -> None:
        """Make sure that what is committed now will be found again.

        Raises:
            StoreError: the file was removed or replaced.
        """
        if self._file is not None:
            self._file.verify()

    def check_integrity(self) -> None:
        """Read the whole database once.

        Raises:
            StoreError: it is damaged.
        """
        with self.writer.connect() as connection:
            problems = connection.exec_driver_sql("PRAGMA quick_check(1)").scalars().all()
        if problems != ["ok"]:
            raise StoreDamagedError(f"the store {_DAMAGED[sqlite3.SQLITE_CORRUPT]} ({problems[0]})")

    def error(self, error: Exception) -> StoreError:
        """What an exception means for whoever asked; a StoreError stays what it is."""
        return store_error(error)

    def clone(self) -> SqliteBackend:
        """A copy in memory, as of the last commit; a template for tests that start many times from one state."""
        copy: Any = connect_memory()
        with self.writer.connect() as connection:
            source: Any = connection.connection.dbapi_connection
            source.backup(copy)
        # With the dialect of the original, and one cache of compiled queries for all clones: to make them anew would cost
        # several times what the copy costs.
        engine = _beginning(
            Engine(
                StaticPool(lambda: copy),
                self.writer.dialect,
                self.writer.url,
                hide_parameters=True,
                execution_options={"compiled_cache": _COMPILED_FOR_CLONES},
            ),
            _BEGIN_WRITING,
        )
        return SqliteBackend(engine, engine)

    def close(self) -> None:
        """Close every connection and give the file back."""
        if self._committing is not None:
            self._committing.close()
            self._committing = None
        self.reader.dispose()
        self.writer.dispose()
        if self._file is not None:
            self._file.release()


def file_backend(file: StoreFile, *, busy_timeout: float = BUSY_TIMEOUT) -> SqliteBackend:
    """The engines of a file that exists."""
    writer = writing_engine(partial(connect_file, file.path, busy_timeout=busy_timeout))
    reader = _engine(
        partial(connect_file, file.path, busy_timeout=busy_timeout, read_only=True), QueuePool, "BEGIN"
    )
    return SqliteBackend(writer, reader, file)


def memory_backend() -> SqliteBackend:
    """The engine of a new, empty database in memory."""
    engine = writing_engine(connect_memory)
    return SqliteBackend(engine, engine)


def writing_engine(connect: Callable[[], sqlite3.Connection]) -> Engine:
    """An engine over one connection, whose transactions take the write lock at once."""
    return _engine(connect, StaticPool, _BEGIN_WRITING)


def reading_engine(connect: Callable[[], sqlite3.Connection]) -> Engine:
    """An engine whose connections belong to nobody else; what one transaction reads is of one moment."""
    return _engine(connect, NullPool, "BEGIN")


def connect_memory() -> sqlite3.Connection:
    """A connection to a new database in memory. It may be used by any thread, by one at a time."""
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)


def connect_file(
    path: Path, *, busy_timeout: float = BUSY_TIMEOUT, read_only: bool = False
) -> sqlite3.Connection:
    """A connection to a file that survives a power cut after each commit. A file that vanished is an error, not a new database.

    Args:
        path: absolute.
        busy_timeout: seconds to wait for a lock.
        read_only: refuse every write on this connection.

    Raises:
        StoreError: the durability that was asked for is not the one in force.
    """
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode=rw",
        uri=True,
        timeout=busy_timeout,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        _configure(connection, read_only=read_only)
    except BaseException:
        connection.close()
        raise
    return connection


def _configure(connection: sqlite3.Connection, *, read_only: bool) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":
        raise StoreError(
            f"the store's file system does not allow a write-ahead log (journal mode is {mode!r}); use a local disk"
        )
    connection.execute("PRAGMA synchronous=FULL")
    (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
    if synchronous != _FULL_SYNCHRONOUS:
        raise StoreError(
            f"SQLite does not sync each commit (synchronous is {synchronous}); accepted would not be durable"
        )
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA journal_size_limit={_WAL_SIZE_LIMIT}")
    if read_only:
        connection.execute("PRAGMA query_only=ON")


def _engine(connect: Callable[[], sqlite3.Connection], pool: type[Pool], begin: str) -> Engine:
    # Parameters are hidden: they may be anything that a signal carries, and errors are logged.
    engine = create_engine(
        "sqlite+pysqlite://", creator=connect, poolclass=pool, hide_parameters=True, paramstyle="named"
    )
    return _beginning(engine, begin)


def _beginning(engine: Engine, begin: str) -> Engine:
    """The engine, whose transactions begin by this statement."""

    # The driver's own implicit BEGIN is off (isolation_level=None): it would begin deferred, and not before DDL.
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Past SQLAlchemy, whose own way costs as much as a small commit; its error is the driver's, as below.
        driver: Any = connection.connection.dbapi_connection
        driver.execute(begin)

    return engine


def store_error(error: Exception) -> StoreError:
    """What an exception of SQLite, of its driver or of SQLAlchemy means."""
    if isinstance(error, StoreError):
        return error
    cause: Any = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        primary = code & _PRIMARY_CODE
        if primary == sqlite3.SQLITE_FULL:
            return StoreFullError(f"the store has no room left: the disk, or its quota, is full ({cause})")
        if primary in _UNAVAILABLE:
            return StoreUnavailableError(f"the store {_UNAVAILABLE[primary]} ({cause})")
        if primary in _DAMAGED:
            return StoreDamagedError(f"the store {_DAMAGED[primary]} ({cause})")
    if isinstance(cause, UnicodeEncodeError):
        return StoreError("a text that is not valid Unicode (a lone surrogate) cannot be stored")
    return StoreError(f"the store refused the change: {type(cause).__name__}: {cause}")
