"""The store on a real event loop: commits are grouped, ordered, isolated from each other and from their callers' cancellation."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection, event, text

from bridge.core.changes import Changes
from bridge.errors import StoreError, StoreUnavailableError
from bridge.store.faults import StoreDamagedError
from bridge.store.store import Store
from tests.store.values import entry, signal, unit, unstorable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import ThreadPoolExecutor

    from bridge.store.database import Database

Executors = tuple["ThreadPoolExecutor", "ThreadPoolExecutor"]


@contextmanager
def counted_commits(database: Database) -> Iterator[list[str]]:
    commits: list[str] = []

    def count(_connection: Connection) -> None:
        commits.append("commit")

    event.listen(database._backend.writer, "commit", count)
    yield commits
    event.remove(database._backend.writer, "commit", count)


@contextmanager
def busy_writer(executors: Executors) -> Iterator[None]:
    """The writer's thread does something else until the block ends."""
    freed = threading.Event()
    executors[0].submit(freed.wait)
    try:
        yield
    finally:
        freed.set()


def subjects(database: Database) -> list[str]:
    return [entry.subject for _, entry in database.journal()]


async def test_a_hundred_units_at_once_are_two_transactions_in_the_order_of_the_calls(
    database: Database, store: Store
) -> None:
    with counted_commits(database) as commits:
        await asyncio.gather(*(store.commit(unit(str(number))) for number in range(100)))
    assert len(commits) == 2  # the first began alone, the others waited for it together
    assert subjects(database) == [str(number) for number in range(100)]


async def test_what_was_acknowledged_is_durable_and_what_was_not_may_come_later(
    database: Database, store: Store, executors: Executors
) -> None:
    with busy_writer(executors):
        commit = asyncio.ensure_future(store.commit(unit("a")))
        await asyncio.sleep(0)
        assert subjects(database) == []
        assert not commit.done()
    await commit
    assert subjects(database) == ["a"]


async def test_an_empty_unit_costs_no_transaction(database: Database, store: Store) -> None:
    with counted_commits(database) as commits:
        await store.commit(Changes())
    assert commits == []


async def test_a_unit_that_cannot_be_stored_fails_alone(
    database: Database, store: Store, executors: Executors
) -> None:
    with busy_writer(executors):
        tasks = [asyncio.ensure_future(store.commit(one)) for one in (unit("first"), unit("a"))]
        tasks += [asyncio.ensure_future(store.commit(one)) for one in (unstorable("bad"), unit("b"))]
        await asyncio.sleep(0)
    first, a, bad, b = await asyncio.gather(*tasks, return_exceptions=True)
    assert (first, a, b) == (None, None, None)
    assert isinstance(bad, StoreError)
    assert not isinstance(bad, StoreUnavailableError)
    assert subjects(database) == ["first", "a", "b"]
    assert store.healthy


async def test_a_cancelled_commit_is_no_rollback_and_takes_nobody_with_it(
    database: Database, store: Store, executors: Executors
) -> None:
    with busy_writer(executors):
        tasks = [
            asyncio.ensure_future(store.commit(unit(name))) for name in ("under way", "waiting", "other")
        ]
        await asyncio.sleep(0)
        for task in tasks[:2]:
            task.cancel()
        outcomes = await asyncio.gather(*tasks[:2], return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [asyncio.CancelledError] * 2
    await tasks[2]
    assert subjects(database) == ["under way", "waiting", "other"]


async def test_close_waits_for_what_was_taken_and_takes_nothing_more(
    database: Database, store: Store, executors: Executors
) -> None:
    with busy_writer(executors):
        commits = [asyncio.ensure_future(store.commit(unit(name))) for name in "abc"]
        await asyncio.sleep(0)
        closing = asyncio.ensure_future(store.close())
        await asyncio.sleep(0)
        assert not closing.done()
        with pytest.raises(StoreUnavailableError, match="the store is closed"):
            await store.commit(unit("late"))
    await closing
    assert subjects(database) == ["a", "b", "c"]
    await asyncio.gather(*commits)


async def test_a_writer_that_is_gone_is_an_error_for_everybody_and_no_hanging(
    store: Store, executors: Executors
) -> None:
    executors[0].shutdown()
    for _ in range(2):
        with pytest.raises(StoreUnavailableError, match="the store's thread is gone"):
            await store.commit(unit("a"))
    with pytest.raises(StoreUnavailableError, match="the store's thread is gone"):
        await store.load()
    assert not store.healthy
    await store.close()


async def test_commits_that_are_withdrawn_from_the_thread_are_told_so(
    store: Store, executors: Executors
) -> None:
    with busy_writer(executors):
        commit = asyncio.ensure_future(store.commit(unit("a")))
        await asyncio.sleep(0)
        executors[0].shutdown(wait=False, cancel_futures=True)
        with pytest.raises(StoreUnavailableError, match="ended before the commit"):
            await commit


async def test_a_start_reads_what_an_earlier_store_was_told(
    database: Database, store: Store, executors: Executors
) -> None:
    await store.commit(Changes(signals=[signal("one")]))
    later = Store(database, writer=executors[0], reader=executors[1])
    assert (await later.load()).signals == [signal("one")]


async def test_questions_run_in_the_readers_thread(store: Store) -> None:
    def who(connection: Connection) -> tuple[str, int]:
        return threading.current_thread().name, connection.execute(text("SELECT 1")).scalar_one()

    name, one = await store.read(who)
    assert (name[:6], one) == ("reader", 1)


async def test_readers_and_the_writer_do_not_disturb_each_other(database: Database, store: Store) -> None:
    def count(connection: Connection) -> int:
        return int(connection.execute(text("SELECT count(*) FROM journal")).scalar_one())

    seen = await asyncio.gather(
        *(call for number in range(50) for call in (store.commit(unit(str(number))), store.read(count)))
    )
    assert all(isinstance(one, int) and 0 <= one <= 50 for one in seen[1::2])
    assert len(subjects(database)) == 50


async def test_a_defect_in_the_writers_thread_leaves_nobody_waiting(
    store: Store, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NotAnError(BaseException):
        pass

    def fail(_database: Database, _units: object) -> None:
        raise NotAnError

    monkeypatch.setattr(type(database), "apply", fail)
    with pytest.raises(StoreError, match="a defect of the store: NotAnError"):
        await store.commit(unit("a"))
    monkeypatch.undo()
    await store.commit(unit("b"))
    assert subjects(database) == ["b"]


async def test_each_caller_of_a_group_gets_an_error_of_its_own(
    store: Store, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_units: object) -> None:
        raise StoreDamagedError("gone")

    monkeypatch.setattr(type(database), "apply", lambda _self, units: fail(units))
    errors = await asyncio.gather(
        *(store.commit(unit(str(number))) for number in range(3)), return_exceptions=True
    )
    assert [str(error) for error in errors] == ["gone"] * 3
    assert len({id(error) for error in errors}) == 3
    faults = [(store.healthy, type(store.fault))]
    monkeypatch.undo()
    await store.check()
    faults.append((store.healthy, type(store.fault)))
    assert faults == [(False, StoreDamagedError), (True, type(None))]


async def test_forgetting_runs_beside_commits(store: Store) -> None:
    await store.commit(Changes(journal=[entry("old", at=1.0), entry("young")]))
    assert await store.forget(2.0) == 1
    assert [one.subject for _, one in await store.journal(page="acme", limit=5)] == ["young"]
