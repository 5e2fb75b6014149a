"""One run: a page that misbehaves, alerts that come and go, and a daemon that is killed at the moments that its seed drew. Then the faults end, and the page has to become right."""

from __future__ import annotations

import asyncio
import random  # noqa: TID251 - seeded instances alone
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bridge.clock import Clock
from bridge.sources.exchange import HttpExchange
from tests.e2e.children import Children
from tests.kills.daemon import Daemon, DaemonError
from tests.kills.judge import broken, incidents, lost
from tests.kills.moments import Kill, Moment, draw_kills
from tests.kills.sender import Sender
from tests.kills.shop import CAUSES, CROWD, INSTANCES, Shop
from tests.kills.statuspage import SETTLE_FOR, TIMEOUT, Statuspage

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from pathlib import Path

    from bridge.sources.exchange import Exchange

CHANGES = (0.05, 1.5)
"""Seconds between two things that break or are mended."""
MENDED = 0.7
"""Share of the changes of what is broken that mend all of it."""
CROWDED = (0.005, 0.05)
"""Seconds between two changes in the crowd of alerts that no rule is about."""
PATIENCE = 6.0
"""Seconds after which a kill waits no longer for its moment."""
RIGHT_WITHIN = SETTLE_FOR + 120.0
"""Seconds from the end of the faults (reliability.md, I5)."""
STAYS_RIGHT = TIMEOUT + 2 * SETTLE_FOR
"""Seconds for which the page is watched then: what was late has come by that."""
LOOK_EVERY = 0.25


@dataclass(slots=True)
class Result:
    """What came of a run.

    Attributes:
        seed: everything was drawn from it but the machine's own pace.
        findings: what was broken; each begins with an invariant's name.
        kills: by the moment that they hit.
        under_way: kinds of the writes that a kill left without an outcome.
        deliveries: begun, answered, and cut off by a kill.
        acknowledged: alerts that were acknowledged and looked for in the store, over all kills.
        requests: arrivals at the page.
        incidents: that the page had.
        notifications: to subscribers.
        faults: that requests met, by kind.
        unknown: notifying writes whose answer told nothing, by what became of them.
        starts: seconds that starts took, those that were not cut short.
        right_after: seconds from the end of the faults until the page was right; None if it never was.
        seconds: in all.
    """

    seed: str
    findings: list[str] = field(default_factory=list)
    kills: Counter[Moment] = field(default_factory=Counter)
    under_way: Counter[str] = field(default_factory=Counter)
    deliveries: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    requests: int = 0
    incidents: int = 0
    notifications: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    starts: list[float] = field(default_factory=list)
    right_after: float | None = None
    seconds: float = 0.0


async def play(seed: str, kills: int, *, folder: Path, product: Path) -> Result:
    """Play a run to its end, or to the first finding.

    Args:
        seed: of the draws.
        kills: how many.
        folder: empty; keeps the store, the logs and the rules.
        product: the folder with the package `bridge` that is run.
    """
    result = Result(seed)
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with AsyncExitStack() as opened:
        children = Children(folder)
        opened.push_async_callback(children.close)
        exchange = await opened.enter_async_context(HttpExchange())
        try:
            statuspage = await Statuspage.start(children, exchange, product=product)
            run = _Run(result, statuspage, Daemon(children, folder, statuspage, product=product), exchange)
            opened.push_async_callback(run.close)
            await run.play(draw_kills(seed, kills))
        except (DaemonError, pytest.fail.Exception, AssertionError) as error:
            result.findings.append(f"the run broke off: {type(error).__name__}: {error}")
    result.seconds = loop.time() - began
    return result


class _Run:
    def __init__(self, result: Result, statuspage: Statuspage, daemon: Daemon, exchange: Exchange) -> None:
        self._result = result
        self._statuspage = statuspage
        self._daemon = daemon
        self._shop = Shop()
        self._sender = Sender(exchange, Clock(), result.seed)
        self._random = random.Random(f"shop {result.seed}")
        self._names: dict[str, str] = {}
        self._begun: set[str] = set()
        self._load: list[asyncio.Task[None]] = []
        self._start_takes = 2.0

    async def close(self) -> None:
        await self._unload()
        await self._sender.close()

    async def _unload(self) -> None:
        for task in self._load:
            task.cancel()
        await asyncio.gather(*self._load, return_exceptions=True)

    async def play(self, kills: list[Kill]) -> None:
        self._names = await self._statuspage.names()
        await self._statuspage.go_wrong(self._random.randrange(2**31))
        self._load = [asyncio.create_task(self._break_and_mend()), asyncio.create_task(self._crowd())]
        for kill in kills:
            await self._daemon.start()
            await self._kill(kill)
            if await self._judge():
                return
        await self._daemon.start()
        await self._ready()
        await asyncio.sleep(self._random.uniform(0.0, 2.0))
        await self._end()

    # --- what breaks

    async def _break_and_mend(self) -> None:
        while True:
            await asyncio.sleep(self._random.uniform(*CHANGES))
            cause = self._random.choice(tuple(CAUSES))
            if self._shop.is_broken(cause) and self._random.random() < MENDED:
                for instance in INSTANCES:
                    self._turn(cause, instance, broken=False)
            else:
                instance = self._random.choice(INSTANCES)
                self._turn(cause, instance, broken=not self._shop.is_broken(cause, instance))

    async def _crowd(self) -> None:
        drawn, firing = random.Random(f"crowd {self._result.seed}"), Counter[str]()
        while True:
            await asyncio.sleep(drawn.uniform(*CROWDED))
            name = drawn.choice(CROWD)
            firing[name] ^= 1
            self._sender.tell({"alertname": name, "instance": "a"}, firing=bool(firing[name]))

    def _turn(self, cause: str, instance: str, *, broken: bool) -> None:
        if self._shop.is_broken(cause, instance) is not broken:
            self._shop.turn(cause, instance, broken=broken)
            self._sender.tell({**CAUSES[cause].labels, "instance": instance}, firing=broken)

    # --- lives and deaths

    async def _ready(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        self._sender.url = await self._daemon.url()
        self._start_takes = loop.time() - began
        self._result.starts.append(self._start_takes)

    async def _kill(self, kill: Kill) -> None:
        hit = kill.moment
        if kill.moment is Moment.START:
            await self._until(self._ready_or_not(), kill.lived * self._start_takes)
        else:
            await self._ready()
            await asyncio.sleep(kill.lived)
            if not await self._until(self._moment(kill.moment), PATIENCE):
                hit = Moment.ANY_TIME
            await asyncio.sleep(kill.after)
        self._daemon.shoot()
        self._sender.url = ""
        before = self._sender.answered
        await self._daemon.buried()
        self._daemon.unlock_store()
        await self._sender.idle()
        # An answer that was on its way is an answer.
        self._result.deliveries["answered after the kill"] += self._sender.answered - before
        self._result.kills[hit] += 1
        self._look_into_the_store()

    async def _ready_or_not(self) -> None:
        self._sender.url = await self._daemon.url()
        await asyncio.Event().wait()

    async def _moment(self, moment: Moment) -> None:
        match moment:
            case Moment.DELIVERY:
                await self._sender.next("begun")
            case Moment.ACKNOWLEDGEMENT:
                await self._sender.next("acknowledged")
            case Moment.LOCK:
                # However fast the disk is: what is acknowledged from now on is in no commit.
                await self._daemon.lock_store()
                await self._sender.next("begun")
            case Moment.REQUEST:
                writes = await self._statuspage.incident_writes()
                # What is waited for happens in another process, which has to be asked.
                while await self._statuspage.incident_writes() == writes:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            case _:
                pass

    @staticmethod
    async def _until(moment: Awaitable[None], seconds: float) -> bool:
        try:
            await asyncio.wait_for(moment, seconds)
        except TimeoutError:
            return False
        return True

    # --- what it comes to

    def _look_into_the_store(self) -> None:
        self._result.acknowledged += len(self._sender.acknowledged)
        self._result.findings += lost(self._sender.acknowledged, self._daemon.signals())
        begun = self._daemon.begun()
        self._result.under_way.update(
            kind for operation, kind in begun.items() if operation not in self._begun
        )
        self._begun |= set(begun)

    async def _judge(self) -> bool:
        """Judge what has come so far. Returns whether anything was found."""
        await self._statuspage.read_ledger()
        arrivals, notifications = self._statuspage.arrivals, self._statuspage.notifications
        found = broken(arrivals, notifications, names=self._names, outages=self._shop.outages)
        result = self._result
        result.findings += [one for one in found if one not in result.findings]
        result.requests, result.notifications = len(arrivals), len(notifications)
        result.incidents = len(incidents(arrivals, notifications, self._names))
        result.faults, result.unknown = (
            self._statuspage.faults["met"],
            self._statuspage.faults["unknown_outcomes"],
        )
        result.deliveries["begun"] = self._sender.sent
        result.deliveries["answered"] = self._sender.answered
        return bool(result.findings)

    async def _end(self) -> None:
        await self._unload()
        await self._statuspage.go_right()
        for cause in CAUSES:
            ends_broken = self._random.random() < 0.3
            for instance in INSTANCES:
                self._turn(cause, instance, broken=ends_broken and self._random.random() < 0.7)
        await self._become_right()
        await self._judge()
        code = await self._daemon.stop()
        if code != 0:
            self._result.findings.append(f"it ended with {code} at SIGTERM")
        self._result.findings += [f"an error of the program: {words}" for words in self._daemon.tracebacks()]

    async def _become_right(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        while wrong := await self._wrong():
            self._daemon.check()
            if loop.time() > began + RIGHT_WITHIN:
                self._result.findings += [f"I5: {one}, {RIGHT_WITHIN:g} s after the faults" for one in wrong]
                return
            await asyncio.sleep(LOOK_EVERY)
        self._result.right_after = loop.time() - began
        await asyncio.sleep(STAYS_RIGHT)
        self._result.findings += [f"I5: {one}, after the page had been right" for one in await self._wrong()]

    async def _wrong(self) -> list[str]:
        """What of the page is not as it should be."""
        if not self._sender.told():
            return ["alerts are not acknowledged"]
        shown, should = await self._statuspage.components(), self._shop.components()
        wrong = [
            f"{name} shows {shown.get(name)} instead of {status}"
            for name, status in should.items()
            if shown.get(name) != status
        ]
        await self._statuspage.read_ledger()
        found = incidents(self._statuspage.arrivals, self._statuspage.notifications, self._names)
        live, places = {one.place for one in found if one.resolved_at == float("inf")}, self._shop.places()
        wrong += [f"no incident {place!r} is open" for place in sorted(places - live)]
        return wrong + [f"the incident {place!r} is still open" for place in sorted(live - places)]
