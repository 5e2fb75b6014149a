"""An Alertmanager of a run: groups of alerts, delivered as a whole until they are acknowledged. Remembers what was; must not know rules.

A delivery that fails is sent again with the same content; a resolved alert leaves its group once that was acknowledged. Groups are delivered side by side.
"""

from __future__ import annotations

import asyncio
import json
import random  # noqa: TID251 - a seeded instance alone
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.simulation.world import alert, webhook
from bridge.sources.exchange import Answer, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.clock import Clock
    from bridge.sources.exchange import Exchange

PATH = "/api/v1/alertmanager"
TIMEOUT = 10.0
AGAIN = (0.02, 0.3)
"""Seconds between two attempts to deliver; Alertmanager's are longer, and its patience is the same."""
REPEAT = (1.0, 4.0)
"""Seconds after which a group that did not change is delivered again."""

Labels = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as it is now.

    Attributes:
        labels: all of them.
        firing: or else resolved.
        began_at: when it fired last, Unix seconds.
        since: when it began to be what it is.
    """

    labels: Labels
    firing: bool
    began_at: float
    since: float

    def document(self) -> dict[str, object]:
        """As a webhook has it."""
        labels = dict(self.labels)
        name = labels.pop("alertname")
        return alert(name, firing=self.firing, since=self.began_at, until=self.since, **labels)


class Sender:
    """Delivers to one bridge, wherever that listens."""

    def __init__(self, exchange: Exchange, clock: Clock, seed: str) -> None:
        self.url = ""
        """Where the bridge listens; empty while it does not."""
        self.acknowledged: dict[Labels, Alert] = {}
        """What was answered 200 last, by the alert's labels."""
        self.sent, self.answered = 0, 0
        self._exchange = exchange
        self._clock = clock
        self._random = random.Random(f"sender {seed}")
        self._groups: dict[str, dict[Labels, Alert]] = defaultdict(dict)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._changed: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._under_way = 0
        self._idle = asyncio.Event()
        self._waiting: dict[str, list[asyncio.Future[None]]] = defaultdict(list)

    def tell(self, labels: Mapping[str, str], *, firing: bool) -> None:
        """An alert fires or is resolved now."""
        name, now = labels["alertname"], self._clock.now()
        key = frozenset(labels.items())
        before = self._groups[name].get(key)
        if before is not None and before.firing is firing:
            return
        began_at = now if firing or before is None else before.began_at
        self._groups[name][key] = Alert(key, firing, began_at, now)
        self._changed[name].set()
        if name not in self._tasks:
            self._tasks[name] = asyncio.create_task(self._deliver(name), name=f"group:{name}")

    async def next(self, what: str) -> None:
        """Wait until the next delivery has `begun`, or was `acknowledged`."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[what].append(waiting)
        await waiting

    async def idle(self) -> None:
        """Wait until no delivery is under way: each has its answer, or will never have one."""
        while self._under_way:
            self._idle.clear()
            await self._idle.wait()

    def told(self) -> bool:
        """Whether everything that is so has been acknowledged."""
        now = {one.labels: one for group in self._groups.values() for one in group.values()}
        return all(self.acknowledged.get(labels) == one for labels, one in now.items())

    async def close(self) -> None:
        """Deliver nothing more."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _deliver(self, name: str) -> None:
        while True:
            self._changed[name].clear()
            content = list(self._groups[name].values())
            body = json.dumps(webhook([one.document() for one in content])).encode()
            while not await self._post(body):  # noqa: ASYNC110 - it tries again, as Alertmanager does
                await asyncio.sleep(self._random.uniform(*AGAIN))
            for one in content:
                self.acknowledged[one.labels] = one
                if not one.firing and self._groups[name].get(one.labels) == one:
                    del self._groups[name][one.labels]
            self._happened("acknowledged")
            await self._quiet(name)

    async def _quiet(self, name: str) -> None:
        try:
            async with asyncio.timeout(self._random.uniform(*REPEAT)):
                await self._changed[name].wait()
                if not self._groups[name]:
                    return
        except TimeoutError:
            if not self._groups[name]:
                await self._changed[name].wait()

    async def _post(self, body: bytes) -> bool:
        if not self.url:
            return False
        request = Request("POST", f"{self.url}{PATH}", (("Content-Type", "application/json"),), body)
        self.sent += 1
        self._under_way += 1
        asyncio.get_running_loop().call_soon(self._happened, "begun")
        try:
            answer = await self._exchange.exchange(request, timeout=TIMEOUT)
        finally:
            self._under_way -= 1
            self._idle.set()
        good = isinstance(answer, Answer) and answer.status == 200 and answer.complete
        self.answered += good
        return good

    def _happened(self, what: str) -> None:
        waiting, self._waiting[what] = self._waiting[what], []
        for one in waiting:
            if not one.done():
                one.set_result(None)
