"""Every statement that a commit executes, as the text of a dialect: a put and a delete by primary key for each table, and the journal's insert.

A simulation commits hundreds of thousands of small transactions, so all that SQLAlchemy can do once is done once: statements are built and compiled when a dialect's module is
loaded, and handed to the driver as text with rows by name, which halves the cost of a small commit. Knows no core type.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import and_, bindparam, delete, insert

from bridge.store import schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import ClauseElement, Dialect, Table

Row = dict[str, Any]
"""A row by column names. It is made by `bridge.store.records`; the values are what a driver takes."""


class UpsertingInsert(Protocol):
    """A dialect's own `insert`, one that knows `ON CONFLICT`; SQLite and Postgres spell it alike, but share no construct."""

    def __call__(self, table: Table, /) -> Any:
        """An insert into `table`."""
        ...


@dataclass(frozen=True, slots=True)
class TableWrites:
    """How the rows of one table are put and deleted.

    Attributes:
        name: the table's.
        key: the primary key of a row.
        key_names: the columns of the primary key.
        put: inserts a row, or replaces the one of the same key.
        remove: deletes the row of a key, given as its columns.
    """

    name: str
    key: Callable[[Mapping[str, Any]], Any]
    key_names: tuple[str, ...]
    put: str
    remove: str


@dataclass(frozen=True, slots=True)
class Statements:
    """The writes of every table, for one dialect. The journal is only ever added to."""

    signals: TableWrites
    holds: TableWrites
    incidents: TableWrites
    intents: TableWrites
    slots: TableWrites
    components_told: TableWrites
    incidents_told: TableWrites
    bindings: TableWrites
    standing: TableWrites
    taken: TableWrites
    drafts: TableWrites
    guards: TableWrites
    points: TableWrites
    installation: TableWrites
    journal: str


def statements_for(dialect: Dialect, upserting: UpsertingInsert) -> Statements:
    """Build the statements.

    Args:
        dialect: compiles them; its parameters are named, so that a row is a mapping whatever the driver.
        upserting: its `insert`.
    """

    def writes(table: Table) -> TableWrites:
        return _writes(table, dialect, upserting)

    return Statements(
        signals=writes(schema.signals),
        holds=writes(schema.holds),
        incidents=writes(schema.incidents),
        intents=writes(schema.intents),
        slots=writes(schema.slots),
        components_told=writes(schema.components_told),
        incidents_told=writes(schema.incidents_told),
        bindings=writes(schema.bindings),
        standing=writes(schema.standing),
        taken=writes(schema.taken),
        drafts=writes(schema.drafts),
        guards=writes(schema.guards),
        points=writes(schema.points),
        installation=writes(schema.installation),
        journal=_text(insert(schema.journal), dialect, schema.journal),
    )


def _writes(table: Table, dialect: Dialect, upserting: UpsertingInsert) -> TableWrites:
    key_columns = tuple(table.primary_key.columns)
    key_names = tuple(column.name for column in key_columns)
    plain = upserting(table)
    put = plain.on_conflict_do_update(
        index_elements=key_columns,
        set_={column.name: plain.excluded[column.name] for column in table.columns if not column.primary_key},
    )
    remove = delete(table).where(and_(*(column == bindparam(column.name) for column in key_columns)))
    return TableWrites(
        table.name,
        itemgetter(*key_names),
        key_names,
        put=_text(put, dialect, table),
        remove=str(remove.compile(dialect=dialect)),
    )


def _text(statement: ClauseElement, dialect: Dialect, table: Table) -> str:
    given = [column.name for column in table.columns if column.autoincrement is not True]
    return str(
        statement.compile(dialect=dialect, column_keys=given, compile_kwargs={"for_executemany": True})
    )
