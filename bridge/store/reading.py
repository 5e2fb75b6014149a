"""A store read from outside, while its daemon runs or is down: nothing is claimed, nothing is written, no log is folded in. For explanations of the past; knows no event loop."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import NullPool, create_engine, select
from sqlalchemy.exc import SQLAlchemyError

from bridge.core.journal import JournalKind
from bridge.errors import ConfigurationError, StoreError
from bridge.store import schema
from bridge.store.addresses import sqlite_path
from bridge.store.past import recorded
from bridge.store.records.evaluation import incident_from
from bridge.store.records.sending import binding_from, incident_told_from
from bridge.store.revisions import require_current
from bridge.store.sqlite import store_error

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection

    from bridge.core.incidents import IncidentMemory
    from bridge.core.ledger import IncidentTold
    from bridge.core.recollection import Recorded


@dataclass(frozen=True, slots=True)
class Known:
    """What a store knows of the names of a page.

    Attributes:
        components: names that rules had, each with the id of the component; those never bound have none.
        incidents: what is remembered of incidents.
        incident_rules: the rules of which the journal tells.
        told: incidents that were told.
        ends_at: our clock; the last line of the journal.
    """

    components: Mapping[str, str]
    incidents: tuple[IncidentMemory, ...]
    incident_rules: tuple[str, ...]
    told: tuple[IncidentTold, ...]
    ends_at: float


@dataclass(frozen=True, slots=True)
class ReadStore:
    """A store that is open for reading."""

    connection: Connection

    def pages(self) -> tuple[str, ...]:
        """The pages of which the journal tells."""
        lines = schema.journal
        found = self.connection.execute(select(lines.c.page).where(lines.c.page != "").distinct())
        return tuple(sorted(found.scalars()))

    def known(self, page: str) -> Known:
        """What it knows of the names of a page."""
        lines, execute = schema.journal, self.connection.execute

        def subjects(kind: JournalKind) -> list[str]:
            query = select(lines.c.subject).where(lines.c.page == page, lines.c.kind == kind.value)
            return sorted(execute(query.distinct()).scalars())

        names = dict.fromkeys((one for one in subjects(JournalKind.HOLD) if one), "")
        bindings = (binding_from(row) for row in execute(select(schema.bindings)))
        names |= {name: component_id for of, name, component_id in bindings if of == page}
        memories = (incident_from(row) for row in execute(select(schema.incidents)))
        told = (incident_told_from(row) for row in execute(select(schema.incidents_told)))
        ends_at = execute(select(lines.c.at).order_by(lines.c.number.desc()).limit(1)).scalar()
        return Known(
            names,
            tuple(memory for of, memory in memories if of == page),
            tuple(subjects(JournalKind.INCIDENT)),
            tuple(one for one in told if one.page == page),
            ends_at or 0.0,
        )

    def past(self, page: str, names: Collection[str], until: float) -> Recorded:
        """What the journal has about components of a page up to an instant; `bridge.store.past` has the terms."""
        return recorded(self.connection, page, names, until)


@contextmanager
def reading(url: str) -> Iterator[ReadStore]:
    """Open a store to read it.

    Args:
        url: as for the daemon: `sqlite:////absolute/path`.

    Raises:
        ConfigurationError: the address is none, or names no file.
        StoreError: there is no store, it is damaged, or older or newer than this program.
    """
    path = sqlite_path(url)
    if path is None:
        raise ConfigurationError(
            f"{url}: names no file (hint: write sqlite:////var/lib/bridge/bridge.sqlite3)"
        )
    if not path.is_file():
        raise StoreError(f"there is no store at {path}")
    engine = create_engine("sqlite+pysqlite://", creator=lambda: _connection(path), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            require_current(connection, str(path))
            yield ReadStore(connection)
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise store_error(error) from error
    finally:
        engine.dispose()


def _connection(path: Path) -> sqlite3.Connection:
    # Read-only: the last connection that may write folds the log into the file as it closes, which is the daemon's to do. Where there is no log, nobody has it open, and SQLite must make none either: it
    # would be this user's, and the daemon's next start could not write it.
    how = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None)
