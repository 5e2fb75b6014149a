"""A store that a daemon may have open at this moment, looked at: nothing is claimed, nothing is written, no log is left beside it.

What is read is of one moment. Where nobody has the file open there is no write-ahead log, and SQLite would make one even for a reader; then the file is read as one that cannot change, and that
it did not is made sure of at the end. Knows what the tables hold and not what it is good for.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from bridge.core.journal import JournalKind
from bridge.core.reasons import Reason
from bridge.errors import StoreError, StoreUnavailableError
from bridge.store import schema
from bridge.store.addresses import sqlite_path
from bridge.store.records.evaluation import signal_from
from bridge.store.records.history import journal_from
from bridge.store.revisions import require_current
from bridge.store.sqlite import BUSY_TIMEOUT, reading_engine, store_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy import Connection

    from bridge.core.journal import JournalEntry
    from bridge.core.signals import Signal

_Answer = TypeVar("_Answer")
_AT_A_TIME = 1000


class Onlooker:
    """What is asked of a store, in one transaction of its connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ask(self, question: Callable[[Connection], _Answer]) -> _Answer:
        """What a question finds."""
        return question(self._connection)

    def entries(self, kinds: Iterable[JournalKind]) -> Iterator[tuple[int, JournalEntry]]:
        """The journal's entries of these kinds in their order, each with its number."""
        entries = schema.journal
        query = select(entries).where(entries.c.kind.in_([str(kind) for kind in kinds]))
        rows = self._connection.execute(
            query.order_by(entries.c.number), execution_options={"yield_per": _AT_A_TIME}
        )
        return map(journal_from, rows)

    def first(self) -> tuple[int, float] | None:
        """The number of the oldest entry that is kept, and its instant; None for an empty journal. The first ever has the number 1."""
        entries = schema.journal
        row = self._connection.execute(
            select(entries.c.number, entries.c.at).order_by(entries.c.number).limit(1)
        ).first()
        return None if row is None else (row.number, row.at)

    def counts(self, page: str, *, since: float) -> Counter[tuple[JournalKind, Reason]]:
        """How many entries of a page, and of no page, there are of each kind and reason since an instant."""
        entries = schema.journal
        query = (
            select(entries.c.kind, entries.c.reason, func.count().label("many"))
            .where(entries.c.page.in_((page, "")), entries.c.at >= since)
            .group_by(entries.c.kind, entries.c.reason)
        )
        rows = self._connection.execute(query)
        return Counter({(JournalKind(row.kind), Reason(row.reason)): row.many for row in rows})

    def signals(self) -> list[Signal]:
        """What is known now."""
        return [signal_from(row) for row in self._connection.execute(select(schema.signals))]

    def alive_at(self) -> float:
        """The latest instant that is in the store, by our clock; while a daemon runs that is at most half a minute ago."""
        latest = (
            select(func.max(schema.journal.c.at)),
            select(func.max(schema.slots.c.taken_at)),
            select(func.max(schema.signals.c.received_at)),
        )
        return max((self._connection.execute(query).scalar() or 0.0) for query in latest)


@contextmanager
def onlooking(address: str) -> Iterator[Onlooker]:
    """Look at a store.

    Args:
        address: a file, or as settings give it (`sqlite:////absolute/path`).

    Raises:
        ConfigurationError: it is no address.
        StoreError: there is no store, it is damaged, older or newer than this program.
        StoreUnavailableError: it cannot be read, or was opened by a daemon while it was.
    """
    path = sqlite_path(address) if "://" in address else Path(address).absolute()
    if path is None:
        raise StoreError("a store in memory can be read by nobody else; name a file")
    if not path.is_file():
        raise StoreError(f"there is no store at {path}")
    log = path.with_name(path.name + "-wal")
    quiet = not log.exists()
    engine = reading_engine(partial(_connect, path, quiet=quiet))
    try:
        with engine.connect() as connection:
            require_current(connection, str(path))
            yield Onlooker(connection)
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise store_error(error) from error
    finally:
        engine.dispose()
    if quiet and log.exists():
        raise StoreUnavailableError(f"the store {path} was opened while it was read; try again")


def _connect(path: Path, *, quiet: bool) -> sqlite3.Connection:
    flags = "mode=ro&immutable=1" if quiet else "mode=ro"
    return sqlite3.connect(f"{path.as_uri()}?{flags}", uri=True, timeout=BUSY_TIMEOUT, isolation_level=None)
