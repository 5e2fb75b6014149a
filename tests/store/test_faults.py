"""What can go wrong with a file, and what is then said. Never a silent start from nothing."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from bridge.core.changes import Changes
from bridge.errors import ConfigurationError, StoreError, StoreUnavailableError
from bridge.store.database import Database
from bridge.store.faults import StoreDamagedError, StoreFullError
from bridge.store.sqlite import _configure, connect_memory, store_error
from bridge.store.store import Store
from tests.store.values import entry, signal, unit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def database(store_path: Path) -> Iterator[Database]:
    database = Database.open(url_of(store_path), busy_timeout=0.05)
    yield database
    database.close()


def is_healthy(store: Store) -> bool:
    """A function, because a checker takes a property that was seen once for a constant."""
    return store.healthy


def limit_pages(database: Database, spare: int | None) -> None:
    """Let the database grow by so many pages, as a full disk would; None lifts the limit."""
    connection = database._backend.writer.raw_connection()
    (pages,) = connection.driver_connection.execute("PRAGMA page_count").fetchone()  # type: ignore[union-attr]
    limit = 2**30 if spare is None else pages + spare
    connection.driver_connection.execute(f"PRAGMA max_page_count={limit}")  # type: ignore[union-attr]
    connection.close()


async def test_a_full_disk_refuses_what_does_not_fit_keeps_what_does_and_recovers(database: Database) -> None:
    big = Changes(journal=[entry("x" * 4000) for _ in range(100)])
    with ThreadPoolExecutor(1) as writer:
        store = Store(database, writer=writer, reader=writer)
        await store.commit(unit("before"))
        limit_pages(database, 3)
        with pytest.raises(StoreFullError, match="no room left"):
            await store.commit(big)
        assert not is_healthy(store)
        outcomes = await asyncio.gather(
            *(store.commit(one) for one in (unit("first"), big, unit("beside"))), return_exceptions=True
        )
        assert [type(outcome) for outcome in outcomes] == [type(None), StoreFullError, type(None)]
        limit_pages(database, None)
        await store.commit(big)
        assert is_healthy(store)
    assert [one.subject for _, one in database.journal()][:3] == ["before", "first", "beside"]


def test_a_stranger_that_holds_the_lock_makes_the_store_unavailable_and_not_wrong(
    database: Database, store_path: Path
) -> None:
    stranger = sqlite3.connect(store_path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError, match="locked by another process"):
        database.apply([unit("a")])
    stranger.execute("ROLLBACK")
    stranger.close()
    database.apply([unit("b")])
    assert [one.subject for _, one in database.journal()] == ["b"]


def test_a_transaction_holds_the_write_lock_from_its_beginning(database: Database, store_path: Path) -> None:
    stranger = sqlite3.connect(store_path, isolation_level=None, timeout=0)
    with database._backend.writer.begin(), pytest.raises(sqlite3.OperationalError, match="locked"):
        stranger.execute("BEGIN IMMEDIATE")
    stranger.close()


def test_a_second_daemon_on_the_same_file_is_refused_until_the_first_is_gone(
    database: Database, store_path: Path
) -> None:
    with pytest.raises(
        StoreUnavailableError, match=r"in use by another process, which holds .*store\.db\.lock"
    ):
        Database.open(url_of(store_path))
    database.close()
    Database.open(url_of(store_path)).close()


def test_a_missing_directory_a_missing_file_and_a_directory_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"the store's directory .*nowhere does not exist"):
        Database.open(url_of(tmp_path / "nowhere" / "store.db"))
    with pytest.raises(StoreError, match=r"there is no store at .*; run the migrations"):
        Database.open(url_of(tmp_path / "store.db"))
    with pytest.raises(StoreError, match="is a directory"):
        Database.open(url_of(tmp_path))
    assert not (tmp_path / "store.db").exists()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "cannot be read"),
        ("postgresql://user:hunter2@db/bridge", "kind 'postgresql' is not supported"),
        ("sqlite://user:hunter2@host/x", "parts that a SQLite file has not"),
        ("sqlite:///x?mode=memory", "parts that a SQLite file has not"),
        ("sqlite+aiosqlite:///x", "is not supported"),
    ],
)
def test_an_address_that_is_none_of_ours_is_refused_without_repeating_its_password(
    url: str, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        Database.open(url)
    assert "hunter2" not in str(caught.value)


def test_a_damaged_file_is_refused_at_the_start(database: Database, store_path: Path) -> None:
    database.apply([Changes(journal=[entry("x" * 500) for _ in range(200)])])
    database.close()
    size = store_path.stat().st_size
    with store_path.open("r+b") as file:
        file.seek(4096 * 4)
        file.write(b"\xa5" * (size - 4096 * 8))
    with pytest.raises(StoreDamagedError, match="is damaged; restore it"):
        Database.open(url_of(store_path))


def test_a_file_of_something_else_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_text("Dear diary, " * 100)
    with pytest.raises(StoreDamagedError, match="is not a SQLite database"):
        Database.open(url_of(path))
    assert path.read_text().startswith("Dear diary")


def test_an_empty_file_is_no_new_store(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.touch()
    with pytest.raises(StoreDamagedError, match="is an empty file"):
        Database.open(url_of(path))


def test_a_store_that_was_removed_or_replaced_acknowledges_nothing_more(
    database: Database, store_path: Path, migrated: Path
) -> None:
    database.apply([unit("a")])
    store_path.rename(store_path.with_name("moved.db"))
    with pytest.raises(StoreDamagedError, match="is gone"):
        database.apply([unit("b")])
    shutil.copy(migrated, store_path)
    with pytest.raises(StoreDamagedError, match="was replaced while it was in use"):
        database.apply([unit("c")])


def test_a_log_without_its_file_is_the_trace_of_a_loss(store_path: Path) -> None:
    store_path.rename(store_path.with_name("store.db-wal"))
    with pytest.raises(StoreDamagedError, match="is gone, but its log"):
        Database.open(url_of(store_path))


def test_a_directory_that_cannot_be_written_is_named(
    store_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)  # by its mode alone root could not be kept out
    with pytest.raises(
        StoreUnavailableError, match=rf"{store_path.parent} cannot be written: Permission denied"
    ):
        Database.open(url_of(store_path))


def test_a_read_only_store_is_unavailable(database: Database) -> None:
    connection = database._backend.writer.raw_connection()
    connection.driver_connection.execute("PRAGMA query_only=ON")  # type: ignore[union-attr]
    connection.close()
    with pytest.raises(StoreUnavailableError, match="read-only"):
        database.apply([unit("a")])


def test_an_error_never_shows_what_was_to_be_stored(database: Database) -> None:
    limit_pages(database, 0)
    with pytest.raises(StoreError) as caught:
        database.apply([Changes(signals=[signal("canary-" + "x" * 100_000)])])
    error: BaseException | None = caught.value
    while error is not None:
        assert "canary" not in str(error)
        error = error.__cause__


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_IOERR_FSYNC, StoreUnavailableError),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreUnavailableError),
        (sqlite3.SQLITE_CANTOPEN, StoreUnavailableError),
        (sqlite3.SQLITE_FULL, StoreFullError),
        (sqlite3.SQLITE_CORRUPT, StoreDamagedError),
        (sqlite3.SQLITE_NOTADB, StoreDamagedError),
        (sqlite3.SQLITE_CONSTRAINT, StoreError),
    ],
)
def test_each_code_of_sqlite_is_of_one_kind(code: int, kind: type[StoreError]) -> None:
    error = sqlite3.OperationalError("said so")
    error.sqlite_errorcode = code
    explained = store_error(error)
    assert type(explained) is kind
    assert "said so" in str(explained)


@pytest.mark.parametrize("role", ["writer", "reader"])
def test_each_connection_has_the_durability_that_is_promised(database: Database, role: str) -> None:
    connection = getattr(database._backend, role).raw_connection()
    found = {
        name: connection.driver_connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "query_only")
    }
    connection.close()
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 50,
        "query_only": int(role == "reader"),
    }


def test_a_file_system_without_a_write_ahead_log_is_refused() -> None:
    connection = connect_memory()  # has none, as a network share would
    with pytest.raises(StoreError, match="does not allow a write-ahead log"):
        _configure(connection, read_only=False)
    connection.close()


def test_kill_nine_in_the_middle_of_a_stream_loses_nothing_that_was_acknowledged(store_path: Path) -> None:
    child = subprocess.Popen(  # noqa: S603 - this interpreter, a module of these tests
        [sys.executable, "-m", "tests.store.stream", url_of(store_path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    with child.stdout:
        acknowledged = [child.stdout.readline() for _ in range(500)]
        child.kill()
        acknowledged += child.stdout.readlines()
    child.wait()
    numbers = [int(line) for line in acknowledged if line.endswith("\n")]
    assert len(numbers) >= 500
    database = Database.open(url_of(store_path))
    kept = [int(one.subject) for _, one in database.journal(limit=10**6)]
    database.close()
    assert set(numbers) <= set(kept)
    assert kept == list(range(len(kept)))
