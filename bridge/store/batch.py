"""The net effect of several units on the tables: what one transaction puts and deletes.

Units are entered in the order in which they were handed in; of several changes of one key the last one holds, which is what the units would have left one after the other. So a
group of a hundred small units costs a dozen statements. Within a unit, deletions come after puts. Knows no connection.
"""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING

from bridge.core.holds import HoldPhase
from bridge.store.records import drafts, evaluation, history, people, sending

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from bridge.core.changes import Changes
    from bridge.store.statements import Row, Statements, TableWrites


class _NetRows:
    """What becomes of the rows of one table, by primary key."""

    __slots__ = ("gone", "put", "writes")

    def __init__(self, writes: TableWrites) -> None:
        self.writes = writes
        self.put: dict[Hashable, Row] = {}
        self.gone: dict[Hashable, Row] = {}

    def enter(self, row: Row) -> None:
        key = self.writes.key(row)
        self.put[key] = row
        self.gone.pop(key, None)

    def strike(self, key_row: Row) -> None:
        key = self.writes.key(key_row)
        self.put.pop(key, None)
        self.gone[key] = key_row


class Batch:
    """One transaction in the making."""

    __slots__ = ("_journal", "_statements", "_tables")

    def __init__(self, statements: Statements, units: Iterable[Changes]) -> None:
        """Turn units into rows.

        Raises:
            StoreError: a value that cannot be stored; the text names it.
        """
        self._statements = statements
        self._tables: dict[str, _NetRows] = {}
        self._journal: list[Row] = []
        for unit in units:
            self._add(unit)

    def statements(self) -> Iterator[tuple[str, list[Row]]]:
        """What is to be executed, each with its rows."""
        for rows in self._tables.values():
            if rows.gone:
                yield rows.writes.remove, list(rows.gone.values())
            if rows.put:
                yield rows.writes.put, list(rows.put.values())
        if self._journal:
            yield self._statements.journal, self._journal

    def _add(self, unit: Changes) -> None:
        self._add_evaluation(unit)
        self._add_sending(unit)
        self._add_people(unit)
        self._add_history(unit)

    def _add_evaluation(self, unit: Changes) -> None:
        if unit.signals:
            self._put("signals", map(evaluation.signal_row, unit.signals))
        if unit.signals_gone:
            self._remove("signals", map(evaluation.signal_key, unit.signals_gone))
        if unit.holds:
            holds = self._net("holds")
            for page, key, hold in unit.holds:
                row = evaluation.hold_row(page, key, hold)
                if hold.phase is HoldPhase.INACTIVE:
                    holds.strike({name: row[name] for name in holds.writes.key_names})
                else:
                    holds.enter(row)
        if unit.incidents:
            self._put("incidents", starmap(evaluation.incident_row, unit.incidents))
        if unit.incidents_gone:
            self._remove("incidents", starmap(evaluation.incident_place, unit.incidents_gone))

    def _add_sending(self, unit: Changes) -> None:
        if unit.intents:
            self._put("intents", map(sending.intent_row, unit.intents))
        if unit.slots:
            self._put("slots", starmap(sending.slot_row, unit.slots))
        if unit.slots_gone:
            self._remove("slots", ({"operation": operation} for operation in unit.slots_gone))
        if unit.components_told:
            self._put("components_told", map(sending.component_told_row, unit.components_told))
        if unit.components_told_gone:
            self._remove(
                "components_told",
                ({"page": page, "component_id": component} for page, component in unit.components_told_gone),
            )
        if unit.incidents_told:
            self._put("incidents_told", map(sending.incident_told_row, unit.incidents_told))
        if unit.incidents_told_gone:
            self._remove("incidents_told", ({"key": key} for key in unit.incidents_told_gone))
        if unit.bindings:
            self._put("bindings", starmap(sending.binding_row, unit.bindings))

    def _add_people(self, unit: Changes) -> None:
        if unit.standing:
            self._put("standing", map(people.standing_row, unit.standing))
        if unit.standing_gone:
            self._remove("standing", starmap(people.subject_key, unit.standing_gone))
        if unit.taken:
            self._put("taken", map(people.taken_row, unit.taken))
        if unit.taken_gone:
            self._remove(
                "taken", ({"page": page, "component_id": component} for page, component in unit.taken_gone)
            )
        if unit.drafts:
            self._put("drafts", map(drafts.draft_row, unit.drafts))
        if unit.drafts_gone:
            self._remove("drafts", ({"page": page, "id": draft} for page, draft in unit.drafts_gone))
        if unit.guards:
            self._put("guards", map(people.guard_row, unit.guards))
        if unit.guards_gone:
            self._remove("guards", starmap(people.subject_key, unit.guards_gone))

    def _add_history(self, unit: Changes) -> None:
        if unit.points:
            self._put("points", starmap(history.point_hour_row, unit.points))
        if unit.points_gone:
            self._remove("points", starmap(history.point_hour_key, unit.points_gone))
        if unit.journal:
            self._journal.extend(map(history.journal_row, unit.journal))

    def _put(self, table: str, rows: Iterable[Row]) -> None:
        net = self._net(table)
        for row in rows:
            net.enter(row)

    def _remove(self, table: str, keys: Iterable[Row]) -> None:
        net = self._net(table)
        for key in keys:
            net.strike(key)

    def _net(self, table: str) -> _NetRows:
        net = self._tables.get(table)
        if net is None:
            net = self._tables[table] = _NetRows(getattr(self._statements, table))
        return net
