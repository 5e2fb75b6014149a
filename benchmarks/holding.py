"""For how long an evaluation of everything holds the loop: at a start, at a reload, and when a source that reports a hundred thousand alerts goes blind, and sees again.

In a real loop, with a store on disk and the garbage collector at work: on virtual time this would cost nothing. Beside it runs what only asks to be run again, and looks how late it is.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from tempfile import TemporaryDirectory
from time import thread_time
from typing import TYPE_CHECKING

from benchmarks.counting import SIGNALS, active_alerts, rules_that_count
from benchmarks.figures import Figure, Growth, duration
from bridge.app.garbage import Garbage
from bridge.clock import Clock
from bridge.core.health import SourceHealth
from bridge.core.page import Page
from bridge.core.state import State
from bridge.engine.intake import Intake
from bridge.engine.reconciler import Reconciler
from bridge.store.database import Database
from bridge.store.migrate import upgrade_in_child
from bridge.store.store import Store
from bridge.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Callable

RULES = 1000
SOURCE = "alertmanager"
LONGEST = 0.020
"""Seconds for which an evaluation may hold the loop."""
WHOLE = 2.0
"""Seconds that an evaluation of everything may take."""


@dataclass(frozen=True, slots=True)
class Held:
    """What an evaluation did to the loop: seconds of the longest time in which nothing else ran, and seconds in all. Of the loop's own thread: other processes are not counted."""

    longest: float
    whole: float


def longest_hold() -> Figure:
    """Everything is evaluated anew, four times over."""
    few = asyncio.run(_evaluations(SIGNALS // 10))
    many = asyncio.run(_evaluations(SIGNALS))
    worst = max(held.longest for held in many.values())
    return Figure(
        operation="the loop's longest wait, everything evaluated: 1,000 rules, 100,000 active",
        seconds=worst,
        floor="20 ms",
        floor_seconds=LONGEST,
        most=1.0,
        growth=Growth(
            "10,000 to 100,000 active", worst / max(held.longest for held in few.values()), most=4.0
        ),
        note="; ".join(f"{name} {duration(held.longest)}" for name, held in many.items()),
    )


def whole_evaluation() -> Figure:
    """How long it takes until everything is evaluated again."""
    few = asyncio.run(_evaluations(SIGNALS // 10))
    many = asyncio.run(_evaluations(SIGNALS))
    worst = max(held.whole for held in many.values())
    return Figure(
        operation="everything evaluated in slices: 1,000 rules, 100,000 active",
        seconds=worst,
        floor="2 s",
        floor_seconds=WHOLE,
        most=1.0,
        growth=Growth(
            "10,000 to 100,000 active", worst / max(held.whole for held in few.values()), most=20.0
        ),
        note="; ".join(f"{name} {duration(held.whole)}" for name, held in many.items()),
    )


async def _evaluations(signals: int) -> dict[str, Held]:
    with TemporaryDirectory(prefix="bridge-benchmarks-") as folder:
        url = f"sqlite:///{folder}/store.sqlite3"
        upgrade_in_child(url)
        database = Database.open(url)
        try:
            with ThreadPoolExecutor(1) as writer, ThreadPoolExecutor(1) as reader:
                store = Store(database, writer=writer, reader=reader)
                # As the daemon does.
                garbage = Garbage(asyncio.get_running_loop())
                with garbage.short_collections():
                    try:
                        return await _Bench(store, garbage, signals).run()
                    finally:
                        await store.close()
        finally:
            database.close()


class _Bench:
    """One page at its start, and what happens to it then."""

    def __init__(self, store: Store, garbage: Garbage, signals: int) -> None:
        self._clock = clock = Clock()
        now = clock.now()
        self._signals = [
            replace(signal, received_at=now, expires_at=now + 3600.0)
            for signal in active_alerts(signals, RULES)
        ]
        metrics = Metrics(("page",), ("token",), (SOURCE,))
        self._intake = Intake(
            store=store,
            clock=clock,
            metrics=metrics,
            signals=self._signals,
            sources=(SourceHealth(SOURCE, now),),
        )
        page = Page("page", "page-id", b"secret", rules_that_count(RULES))
        self._reconciler = Reconciler(
            page,
            State(page.ruleset),
            intake=self._intake,
            store=store,
            clock=clock,
            metrics=metrics,
            compare=lambda: None,
            missed=lambda: 0.0,
            between_slices=garbage.collect,
        )
        self._page = page
        self._edited = rules_that_count(RULES, for_=1.0)

    async def run(self) -> dict[str, Held]:
        await asyncio.sleep(0)
        found = {"start": await self._held(lambda: None)}
        if not self._page.desired.components:
            raise AssertionError("nothing is claimed")
        found["reload"] = await self._held(self._reload)
        blind = SourceHealth(SOURCE, self._clock.now() - 60.0, stale_after=30.0)
        found["blind"] = await self._held(lambda: self._reconciler.hear(blind))
        if SOURCE not in self._reconciler.state.blind_sources:
            raise AssertionError("the source is not blind")
        sees = replace(blind, heard_at=self._clock.now())
        found["sees again"] = await self._held(lambda: self._reconciler.hear(sees))
        if not self._page.desired.components:
            raise AssertionError("nothing is claimed any more")
        return found

    def _reload(self) -> None:
        self._reconciler.replace_rules(self._edited)

    async def _held(self, begin: Callable[[], None]) -> Held:
        """Begin something, and evaluate until it is done."""
        lateness = asyncio.create_task(_lateness())
        await asyncio.sleep(0)
        started = thread_time()
        begin()
        await self._reconciler.reconcile()
        whole = thread_time() - started
        lateness.cancel()
        return Held(await lateness, whole)


async def _lateness() -> float:
    """Until it is cancelled, run as often as the loop lets it. Returns the longest time between, as the loop's thread computed it: other processes may hold us for longer."""
    longest, last = 0.0, thread_time()
    with suppress(asyncio.CancelledError):
        while True:
            await asyncio.sleep(0)
            now = thread_time()
            longest, last = max(longest, now - last), now
    return longest
