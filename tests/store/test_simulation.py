"""The store on the seeded loop: each job runs at one step and is told at a later one, and its process may be killed at any of them."""

from __future__ import annotations

import random  # noqa: TID251 - seeds are what is tested
from typing import TYPE_CHECKING, Any, cast

import pytest

from bridge.simulation.loop import SimulationLoop
from bridge.store.database import Database
from bridge.store.store import Store
from tests.store.values import unit, unstorable

if TYPE_CHECKING:
    from collections.abc import Iterator

UNITS = 12


@pytest.fixture(scope="module")
def template() -> Iterator[Database]:
    database = Database.in_memory()
    yield database
    database.close()


def simulated_store(database: Database) -> Store:
    # The simulated loop takes any name for an executor.
    return Store(database, writer=cast("Any", "writer"), reader=cast("Any", "reader"))


def subjects(database: Database) -> list[int]:
    return [int(entry.subject) for _, entry in database.journal()]


def run(template: Database, seed: int, crash_at: int | None = None) -> tuple[int, list[int], list[int], str]:
    """Commit from several tasks and kill the process at a step: steps, what was acknowledged, what is stored, trace."""
    database = template.clone()
    acknowledged: list[int] = []
    with SimulationLoop(random.Random(seed)) as loop:
        with loop.incarnation("bridge"):
            store = simulated_store(database)

            async def commit(number: int) -> None:
                await store.commit(unit(str(number)))
                acknowledged.append(number)

            for number in range(UNITS):
                loop.create_task(commit(number))

        def crash(step: int) -> None:
            if step == crash_at:
                loop.crash("bridge")

        loop.on_step = crash
        loop.run_for(5)
        stored = subjects(database)
        database.close()
        return loop.steps, acknowledged, stored, loop.trace_hash()


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_step_nothing_acknowledged_is_lost_and_no_unit_is_torn(
    template: Database, seed: int
) -> None:
    steps, acknowledged, stored, trace = run(template, seed)
    assert sorted(acknowledged) == sorted(stored) == list(range(UNITS))
    assert run(template, seed)[3] == trace
    unknown = 0
    for step in range(1, steps + 1):
        _, acknowledged, stored, _ = run(template, seed, crash_at=step)
        assert set(acknowledged) <= set(stored)
        unknown += len(set(stored) - set(acknowledged))
    assert unknown > 0  # committed and not yet known: the crash point that the two steps are for


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_order_of_callbacks_bad_units_fail_alone_and_cancelled_ones_are_kept(
    template: Database, seed: int
) -> None:
    database = template.clone()
    failed: list[int] = []
    with SimulationLoop(random.Random(seed)) as loop:
        store = simulated_store(database)

        async def commit(number: int) -> None:
            try:
                await store.commit(unstorable(str(number)) if number % 5 == 4 else unit(str(number)))
            except Exception:  # noqa: BLE001 - which one is the unit's own test
                failed.append(number)

        async def live() -> None:
            tasks = [loop.create_task(commit(number)) for number in range(UNITS)]
            loop.call_later(0.0005, tasks[3].cancel)
            loop.call_later(0.002, tasks[6].cancel)
            loop.call_later(0.004, tasks[0].cancel)
            loop.call_later(0.01, loop.create_task, commit(100))
            loop.call_later(0.05, lambda: None)
            await loop.create_task(commit(200))

        loop.run_until_complete(live())
        loop.run_for(1)
        loop.run_until_complete(store.close())
    good = {number for number in (*range(UNITS), 100, 200) if number % 5 != 4}
    assert set(subjects(database)) == good
    assert sorted(failed) == [4, 9]
    database.close()
