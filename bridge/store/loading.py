"""Everything that a start reads back, in the order of the keys, so that two starts from one database do the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select

from bridge.core.changes import Stored
from bridge.core.intents import LIVE
from bridge.errors import StoreError
from bridge.store import schema
from bridge.store.records import drafts, evaluation, history, people, sending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Select, Table

_Value = TypeVar("_Value")
_LIVE_STATES = tuple(sorted(LIVE))


def load_stored(connection: Connection) -> Stored:
    """Read it all, in the transaction of `connection`.

    Raises:
        StoreError: a row that this program cannot read; nothing is skipped, for a forgotten intent may be a second incident.
    """
    stored = Stored()
    stored.signals.extend(_values(connection, schema.signals, evaluation.signal_from))
    for page, key, hold in _values(connection, schema.holds, evaluation.hold_from):
        stored.holds.setdefault(page, {})[key] = hold
    for page, memory in _values(connection, schema.incidents, evaluation.incident_from):
        stored.incidents.setdefault(page, []).append(memory)
    live = select(schema.intents).where(schema.intents.c.state.in_(_LIVE_STATES))
    stored.intents.extend(_values(connection, schema.intents, sending.intent_from, live))
    for budget, slot in _values(connection, schema.slots, sending.slot_from):
        stored.slots.setdefault(budget, []).append(slot)
    stored.components_told.extend(_values(connection, schema.components_told, sending.component_told_from))
    stored.incidents_told.extend(_values(connection, schema.incidents_told, sending.incident_told_from))
    for page, name, component in _values(connection, schema.bindings, sending.binding_from):
        stored.bindings.setdefault(page, {})[name] = component
    stored.standing.extend(_values(connection, schema.standing, people.standing_from))
    stored.taken.extend(_values(connection, schema.taken, people.taken_from))
    stored.drafts.extend(_values(connection, schema.drafts, drafts.draft_from))
    stored.guards.extend(_values(connection, schema.guards, people.guard_from))
    for page, hour in _values(connection, schema.points, history.point_hour_from):
        stored.points.setdefault(page, []).append(hour)
    return stored


def _values(
    connection: Connection,
    table: Table,
    read: Callable[[Any], _Value],
    query: Select[Any] | None = None,
) -> Iterator[_Value]:
    query = select(table) if query is None else query
    for row in connection.execute(query.order_by(*table.primary_key.columns)):
        try:
            yield read(row)
        except Exception as error:
            key = ", ".join(str(row._mapping[column.name]) for column in table.primary_key.columns)  # noqa: SLF001
            raise StoreError(
                f"the store's table {table.name} has a row that cannot be read ({key}): {error}"
            ) from error
