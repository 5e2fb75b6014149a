"""Migrations: they make what the schema says, once, whole, and never of something newer."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from bridge.errors import StoreError, StoreUnavailableError
from bridge.store import migrate, schema
from bridge.store.database import Database
from tests.store.values import unit

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def objects_of(database: Database) -> dict[str, str]:
    """Every table and index by its defining text, without alembic's own."""

    def read(connection: Connection) -> dict[str, str]:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        # A table that a migration copied has its name in quotes.
        texts = {name: " ".join(sql.replace('"', "").split()) for name, sql in rows}
        return {name: sql for name, sql in texts.items() if name != "alembic_version"}

    return database.read(read)


def set_revision(path: Path, revision: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = ?", [revision])
    connection.commit()
    connection.close()


def test_migrations_from_nothing_make_exactly_the_tables_of_the_schema(store_path: Path) -> None:
    migrated, created = Database.open(url_of(store_path)), Database.in_memory()
    assert objects_of(migrated) == objects_of(created)
    migrated.close()
    created.close()


def test_alembic_finds_no_difference_between_migrations_and_schema(store_path: Path) -> None:
    engine = create_engine(url_of(store_path))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, schema.metadata) == []
    engine.dispose()


def test_the_newest_migration_is_the_one_that_the_schema_stands_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert revisions[0] == schema.REVISION
    assert revisions == sorted(revisions, reverse=True)


def test_a_second_run_changes_nothing(store_path: Path) -> None:
    before = store_path.read_bytes()
    assert migrate.upgrade(url_of(store_path)) == schema.REVISION
    assert store_path.read_bytes() == before


def test_a_store_that_is_newer_is_refused_by_migrations_and_daemon_alike(store_path: Path) -> None:
    set_revision(store_path, "9999")
    for use in (migrate.upgrade, Database.open):
        with pytest.raises(
            StoreError, match=rf"has the schema 9999, which is newer than this program's {schema.REVISION}"
        ):
            use(url_of(store_path))


def test_a_store_that_is_older_is_refused_by_the_daemon(store_path: Path) -> None:
    set_revision(store_path, "0000")
    with pytest.raises(StoreError, match=r"older than this program's .*; run the migrations"):
        Database.open(url_of(store_path))


def test_a_database_of_something_else_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE diary (day TEXT)")
    connection.close()
    for use in (migrate.upgrade, Database.open):
        with pytest.raises(StoreError, match="is a database, but not a store of the bridge"):
            use(url_of(path))


def test_an_empty_file_and_a_lone_log_are_not_made_into_a_new_store(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.touch()
    with pytest.raises(StoreError, match="is an empty file"):
        migrate.upgrade(url_of(path))
    path.rename(tmp_path / "store.db-wal")
    with pytest.raises(StoreError, match="is gone, but its log"):
        migrate.upgrade(url_of(path))


def test_a_store_in_use_is_not_migrated_under_its_daemon(store_path: Path) -> None:
    database = Database.open(url_of(store_path))
    with pytest.raises(StoreUnavailableError, match="in use by another process"):
        migrate.upgrade(url_of(store_path))
    database.close()


def test_an_interrupted_making_leaves_no_store_and_does_not_hinder_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "100% mine.db"

    def fail_in_the_end(connection: Connection, run: object = migrate.run_revisions) -> None:
        assert callable(run)
        run(connection)
        raise OSError("the power went")

    monkeypatch.setattr(migrate, "run_revisions", fail_in_the_end)
    with pytest.raises(StoreError, match="the power went"):
        migrate.upgrade(url_of(path))
    assert not path.exists()
    monkeypatch.undo()
    assert migrate.upgrade(url_of(path)) is None
    assert path.stat().st_mode & 0o077 == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["100% mine.db", "100% mine.db.lock"]


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    store_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_revision(store_path, "0000")

    def fail_half_way(connection: Connection) -> None:
        connection.execute(text("DROP TABLE signals"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        raise OSError("the power went")

    monkeypatch.setattr(migrate, "run_revisions", fail_half_way)
    with pytest.raises(StoreError, match="the power went"):
        migrate.upgrade(url_of(store_path))
    set_revision(store_path, schema.REVISION)
    database = Database.open(url_of(store_path))
    assert "signals" in objects_of(database)
    database.close()


def test_the_child_makes_a_store_and_says_what_is_wrong_with_one(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    migrate.upgrade_in_child(url_of(path))
    database = Database.open(url_of(path))
    database.apply([unit("a")])
    with pytest.raises(StoreError, match=r"in use by another process, which holds .*\.lock$"):
        migrate.upgrade_in_child(url_of(path))
    database.close()


def test_the_command_tells_wrong_use_from_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert migrate.main([]) == 2
    assert migrate.main(["postgresql://user:hunter2@db/bridge"]) == 1
    assert migrate.main([url_of(tmp_path / "store.db")]) == 0
    output = capsys.readouterr()
    assert output.out == f"schema {schema.REVISION}, new\n"
    assert "is not supported" in output.err
    assert "hunter2" not in output.err


def test_the_daemon_does_not_load_alembic() -> None:
    code = "import bridge.store.store, bridge.store.database, bridge.store.migrate, sys; print('alembic' in sys.modules)"
    done = subprocess.run(  # noqa: S603 - this interpreter, the line above
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
