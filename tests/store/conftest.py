"""One database fixture over every kind: the contract is the same for all. Postgres joins here."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from bridge.store.database import Database
from bridge.store.migrate import upgrade
from bridge.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that the migrations made; to be copied."""
    path = tmp_path_factory.mktemp("template") / "store.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def store_path(migrated: Path, tmp_path: Path) -> Path:
    """A migrated store that belongs to the test."""
    path = tmp_path / "store.db"
    shutil.copy(migrated, path)
    return path


@pytest.fixture(scope="session", params=["file", "memory"])
def new_database(
    request: pytest.FixtureRequest, migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Database]:
    """Opens a new, empty database at each call; the caller closes it."""

    def new() -> Database:
        if request.param == "memory":
            return Database.in_memory()
        path = tmp_path_factory.mktemp("store") / "store.db"
        shutil.copy(migrated, path)
        return Database.open(f"sqlite:///{path}")

    return new


@pytest.fixture
def database(new_database: Callable[[], Database]) -> Iterator[Database]:
    """A new, empty database."""
    database = new_database()
    yield database
    database.close()


@pytest.fixture
def executors() -> Iterator[tuple[ThreadPoolExecutor, ThreadPoolExecutor]]:
    """The writer's thread and the readers'."""
    with ThreadPoolExecutor(1, "writer") as writer, ThreadPoolExecutor(2, "reader") as reader:
        yield writer, reader


@pytest.fixture
def store(database: Database, executors: tuple[ThreadPoolExecutor, ThreadPoolExecutor]) -> Store:
    """A store over a new, empty database, with real threads."""
    writer, reader = executors
    return Store(database, writer=writer, reader=reader)
