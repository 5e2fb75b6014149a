"""A store is looked at while its daemon writes, or when nobody has it open, and is left as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bridge.core.changes import Changes
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.reasons import Reason
from bridge.core.signals import Labels
from bridge.errors import ConfigurationError, StoreError, StoreUnavailableError
from bridge.store.database import Database
from bridge.store.migrate import upgrade_in_child
from bridge.store.onlooker import onlooking
from bridge.store.sqlite import connect_file
from tests.store.values import NOW, signal, slot, unit

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.core.journal import Fact


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A migrated store with an entry about a signal, which nobody has open."""
    path = tmp_path / "bridge.sqlite3"
    upgrade_in_child(f"sqlite:///{path}")
    database = Database.open(f"sqlite:///{path}")
    database.apply([Changes(journal=[received("first")], signals=[signal("api")])])
    database.close()
    return path


def received(name: str, at: float = NOW) -> JournalEntry:
    detail: dict[str, Fact] = {"labels": Labels({"alertname": name, "zone": "ä"}), "value": 2.0}
    return JournalEntry(at, JournalKind.SIGNAL, "", name, Reason.SIGNAL_CHANGED, detail)


def subjects(address: str | Path) -> list[str]:
    with onlooking(str(address)) as store:
        return [entry.subject for _, entry in store.entries([JournalKind.SIGNAL])]


def beside(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir() if one.name != f"{path.name}.lock")


def test_what_is_committed_is_seen_while_the_daemon_goes_on(path: Path) -> None:
    daemon = Database.open(f"sqlite:///{path}")
    try:
        daemon.apply([Changes(journal=[received("second")])])
        with onlooking(str(path)) as store:
            seen = store.entries([JournalKind.SIGNAL])
            assert next(seen)[1].subject == "first"
            # It is of one moment, and keeps nobody from writing.
            daemon.apply([Changes(journal=[received("third", NOW + 5.0)])])
            assert [entry.subject for _, entry in seen] == ["second"]
            assert store.alive_at() == NOW
        assert subjects(path) == ["first", "second", "third"]
    finally:
        daemon.close()


def test_a_store_that_nobody_has_open_is_left_as_it_was(path: Path) -> None:
    before, bytes_before = beside(path), path.read_bytes()
    assert subjects(path) == subjects(f"sqlite:///{path}") == ["first"]
    assert (beside(path), path.read_bytes()) == (before, bytes_before)
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        assert subjects(path) == ["first"]
    finally:
        path.parent.chmod(0o700)


def test_a_store_that_is_opened_meanwhile_may_have_been_misread(path: Path) -> None:
    looking = onlooking(str(path))
    assert looking.__enter__().first() == (1, NOW)
    daemon = Database.open(f"sqlite:///{path}")
    try:
        daemon.apply([unit("later")])
        with pytest.raises(StoreUnavailableError, match="was opened while it was read; try again"):
            looking.__exit__(None, None, None)
    finally:
        daemon.close()


def test_what_is_asked_of_it_is_answered(path: Path) -> None:
    database = Database.open(f"sqlite:///{path}")
    database.apply([unit("claimed"), Changes(slots=[("token", replace(slot("late"), taken_at=NOW + 30.0))])])
    database.close()
    with onlooking(str(path)) as store:
        assert store.first() == (1, NOW)
        ((_, entry),) = store.entries([JournalKind.SIGNAL])
        assert entry == received("first")
        assert store.signals() == [signal("api")]
        assert store.alive_at() == NOW + 30.0
        assert store.counts("acme", since=NOW) == {
            (JournalKind.SIGNAL, Reason.SIGNAL_CHANGED): 1,
            (JournalKind.REQUEST, Reason.CLAIMED): 1,
        }
        assert store.counts("other", since=NOW) == {(JournalKind.SIGNAL, Reason.SIGNAL_CHANGED): 1}
        assert store.counts("acme", since=NOW + 1.0) == {}


def test_what_is_no_store_is_told(tmp_path: Path, path: Path) -> None:
    (tmp_path / "text").write_text("no database at all, and long enough to be looked at " * 10)
    (tmp_path / "empty").touch()
    for address, says in (
        (tmp_path / "missing", "there is no store at"),
        (tmp_path, "there is no store at"),
        (tmp_path / "text", "is not a SQLite database"),
        (tmp_path / "empty", "not a store of the bridge"),
        ("sqlite://", "can be read by nobody else"),
    ):
        with pytest.raises(StoreError, match=says), onlooking(str(address)):
            pass
    with pytest.raises(ConfigurationError, match="is not supported"), onlooking("postgresql://host/bridge"):
        pass
    connection = connect_file(path)
    connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    with pytest.raises(StoreError, match="older than this program's"), onlooking(str(path)):
        pass


def test_nothing_can_be_written_through_it(path: Path) -> None:
    with pytest.raises(StoreError, match="read-only"), onlooking(str(path)) as store:
        store._connection.execute(text("DELETE FROM journal"))
