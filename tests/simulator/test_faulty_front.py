"""Every fault over real sockets, seen by the bridge's own client; times are small, nothing sleeps."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from bridge.simulator.fault_documents import write_rules
from bridge.simulator.faults import Ending, FaultKind, FaultRule
from bridge.simulator.front import Listening, build_app, start
from bridge.statuspage.transport import AiohttpTransport
from tests.simulator.desk import NOW, TOKEN, Desk
from tests.simulator.mishaps import MISHAPS, SHORT, Mishap, applied, create


@dataclass
class Stand:
    """A served simulator, a client of the API, and a client of its control."""

    desk: Desk
    listening: Listening
    transport: AiohttpTransport
    control: aiohttp.ClientSession  # noqa: TID251 - a test's own

    async def suffer(self, *rules: FaultRule) -> None:
        """Put rules in force."""
        async with self.control.put("/_simulator/faults", json={"rules": write_rules(rules)}) as answer:
            assert answer.status == 200, await answer.text()

    async def arrived(self, count: int) -> None:
        """Ask the ledger until so many requests have arrived."""
        async with asyncio.timeout(5):
            while await self._arrivals() < count:
                pass

    async def _arrivals(self) -> int:
        async with self.control.get("/_simulator/ledger") as answer:
            return len((await answer.json())["arrivals"])


@pytest.fixture
async def stand(desk: Desk) -> AsyncIterator[Stand]:
    listening = await start(build_app(desk.simulator, lambda: NOW))
    try:
        async with (
            AiohttpTransport(f"{listening.url}/v1", lambda: TOKEN, "test") as transport,
            aiohttp.ClientSession(listening.url) as control,  # noqa: TID251 - a test's own
        ):
            yield Stand(desk, listening, transport, control)
    finally:
        await listening.close()


@pytest.mark.parametrize("mishap", MISHAPS, ids=lambda mishap: mishap.sentence)
async def test_each_fault_is_seen_as_what_it_is(
    stand: Stand, mishap: Mishap, caplog: pytest.LogCaptureFixture
) -> None:
    await stand.suffer(mishap.rule)
    assert await create(stand.transport, stand.desk.page_id) == mishap.seen
    assert applied(stand.desk.simulator, stand.desk.page_id) == mishap.applied
    async with stand.control.delete("/_simulator/faults") as answer:
        assert answer.status == 204
    async with stand.control.get("/_simulator/ledger") as answer:
        faults = (await answer.json())["faults"]
    assert faults["met"] == {mishap.rule.kind: 1}
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_late_request_is_applied_although_its_client_is_gone(stand: Stand) -> None:
    await stand.suffer(FaultRule(kind=FaultKind.LATE, seconds=SHORT, ending=Ending.RESET))
    assert await create(stand.transport, stand.desk.page_id) == "lost"
    await stand.arrived(1)
    assert applied(stand.desk.simulator, stand.desk.page_id)


async def test_closing_the_front_ends_what_is_silent_and_forgets_what_is_late(stand: Stand) -> None:
    late = FaultRule(kind=FaultKind.LATE, seconds=(3600.0, 3600.0), times=1)
    await stand.suffer(late, FaultRule(kind=FaultKind.DELAY, seconds=(3600.0, 3600.0)))
    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(create(stand.transport, stand.desk.page_id)) for _ in range(2)]
        await stand.arrived(1)
        await stand.listening.close()
    assert sorted(task.result() for task in waiting) == ["201 json", "lost"]
    assert len(stand.desk.simulator.incidents(stand.desk.page_id)) == 1


async def test_the_public_page_meets_no_fault(stand: Stand) -> None:
    await stand.suffer(FaultRule(kind=FaultKind.STATUS_BEFORE))
    async with stand.control.get("/api/v2/summary.json") as answer:
        assert answer.status == 200
