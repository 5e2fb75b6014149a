"""The pace of the command line, on simulated time."""

from __future__ import annotations

import asyncio
import random  # noqa: TID251 - seeded instances alone

import pytest

from bridge.cli.statuspage.pace import TellingPace
from bridge.simulation.loop import SimulationLoop
from bridge.statuspage.api import RateLimitedError


async def request(pace: TellingPace, seconds: float = 0.1) -> None:
    async with pace.slot(timeout=30.0):
        await asyncio.sleep(seconds)


def test_what_is_left_to_others_is_never_exceeded_in_any_minute() -> None:
    began: list[float] = []

    async def work() -> None:
        pace = TellingPace(3, lambda _: None)
        loop = asyncio.get_running_loop()
        for _ in range(10):
            async with pace.slot(timeout=30.0):
                began.append(loop.time())
                await asyncio.sleep(0.1)

    SimulationLoop(random.Random(1)).run_until_complete(work())
    assert len(began) == 10
    assert all(later - earlier >= 60.0 for earlier, later in zip(began, began[3:], strict=False))


def test_a_short_wait_is_not_worth_a_word_and_a_long_one_is_told_once() -> None:
    told: list[str] = []

    async def work() -> None:
        pace = TellingPace(1, told.append)
        await request(pace, 5.0)
        assert told == []
        await request(pace)

    SimulationLoop(random.Random(1)).run_until_complete(work())
    assert told == ["waiting: this command makes 1 request a minute (--requests)"]


def test_the_reason_is_the_servers_where_the_server_asks() -> None:
    told: list[str] = []

    async def work() -> None:
        pace = TellingPace(60, told.append)
        with pytest.raises(RateLimitedError):
            async with pace.slot(timeout=30.0):
                raise RateLimitedError("GET /x", status=429, retry_after=20.0)
        await asyncio.sleep(20.0)
        await request(pace)
        await asyncio.sleep(5.0)

    SimulationLoop(random.Random(1)).run_until_complete(work())
    assert told[0] == "waiting: Statuspage answers 429 and asks to wait 20 s"
    assert set(told) == {told[0]}
