"""What a commit costs: units through the store's own path, against bare sqlite3 executing the very same inserts on a file of its own, synced alike."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, Growth
from benchmarks.timing import costs_of
from bridge.core.changes import Changes
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.reasons import Reason
from bridge.core.signals import Labels, Signal, SignalState
from bridge.store.batch import Batch
from bridge.store.database import Database
from bridge.store.migrate import upgrade_in_child
from bridge.store.sqlite import STATEMENTS, connect_file

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from bridge.core.journal import Fact

NOW = 1_790_000_000.0
FEW, MANY = 100, 1000
"""Units in one group."""


def group_commit() -> Figure:
    """A hundred deliveries that are acknowledged together."""
    with TemporaryDirectory(prefix="bridge-benchmarks-") as folder:
        ours, bare = Path(folder) / "ours.sqlite3", Path(folder) / "bare.sqlite3"
        upgrade_in_child(f"sqlite:///{ours}")
        shutil.copy(ours, bare)
        database, connection = Database.open(f"sqlite:///{ours}"), connect_file(bare)
        try:
            return _group_commit(database, connection)
        finally:
            database.close()
            connection.close()


def _group_commit(database: Database, connection: sqlite3.Connection) -> Figure:
    numbers = count()
    inserts = [
        (statement, [tuple(row.values()) for row in rows], list(rows[0]))
        for statement, rows in Batch(STATEMENTS, _units(numbers, FEW)).statements()
    ]
    prepared = [(_positional(statement, names), rows) for statement, rows, names in inserts]

    def bare() -> None:
        connection.execute("BEGIN IMMEDIATE")
        for statement, rows in prepared:
            connection.executemany(statement, rows)
        connection.execute("COMMIT")

    database.apply(_units(numbers, FEW))
    if len(database.journal()) != FEW:
        raise AssertionError("deliveries were lost")
    seconds, many_seconds, alone_seconds, floor_seconds = costs_of(
        lambda: database.apply(_units(numbers, FEW)),
        lambda: database.apply(_units(numbers, MANY)),
        lambda: database.apply(_units(numbers, 1)),
        bare,
    )
    return Figure(
        operation="store: commit 100 deliveries in one group",
        seconds=seconds,
        floor="bare sqlite3, the same inserts",
        floor_seconds=floor_seconds,
        most=8.0,
        growth=Growth("100 to 1,000 deliveries", many_seconds / seconds, most=16.0),
        note=f"one alone costs {alone_seconds / seconds:.2f} of it; {MANY / many_seconds:,.0f} deliveries a second",
    )


def _units(numbers: Iterator[int], size: int) -> list[Changes]:
    """Deliveries of one alert each: a signal to be put and a line for the journal. The alerts come again, as alerts do."""
    return [_unit(next(numbers) % MANY) for _ in range(size)]


def _unit(number: int) -> Changes:
    labels = Labels({"alertname": "CheckoutErrors", "severity": "critical", "instance": f"host-{number}"})
    signal = Signal(
        "alertmanager", labels, SignalState.FAILING, since=NOW, received_at=NOW, expires_at=NOW + 300
    )
    # As intake writes it.
    detail: dict[str, Fact] = {
        "labels": labels,
        "state": signal.state,
        "was": None,
        "since": NOW,
        "detail": "CheckoutErrors is firing",
    }
    subject = f"alertmanager:{labels.fingerprint}"
    entry = JournalEntry(NOW, JournalKind.SIGNAL, "", subject, Reason.SIGNAL_CHANGED, detail)
    return Changes(signals=[signal], journal=[entry])


def _positional(statement: str, names: list[str]) -> str:
    """The statement with its parameters by place, which is the least that a driver can be given."""
    for place, name in sorted(enumerate(names, start=1), key=lambda pair: -len(pair[1])):
        statement = statement.replace(f":{name}", f"?{place}")
    return statement
