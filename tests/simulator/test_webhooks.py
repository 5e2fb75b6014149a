"""Webhook subscribers are called, on request and on this machine alone, with what they are told of."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bridge.simulator.webhooks import Courier, calls, is_on_this_machine
from tests.simulator.desk import NOW, Desk, furnish

ELSEWHERE = "https://hooks.example.com/statuspage"


@dataclass
class Endpoint:
    """What listens, what it was told, and how it answers."""

    url: str = ""
    status: int = 200
    told: list[Any] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@asynccontextmanager
async def delivering(desk: Desk) -> AsyncIterator[Endpoint]:
    """Deliver to an endpoint on this machine; when the block ends, everything was."""
    endpoint = Endpoint()

    async def take(request: web.Request) -> web.Response:
        endpoint.told.append(await request.json())
        return web.Response(status=endpoint.status, headers={"Location": "/elsewhere"})

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    endpoint.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    courier = Courier(desk.simulator, lambda: NOW, endpoint.complaints.append)
    try:
        yield endpoint
        async with (
            aiohttp.ClientSession() as session,  # noqa: TID251 - as the courier has one
            asyncio.TaskGroup() as chains,
        ):
            courier.deliver_entered(session, chains)
            courier.deliver_entered(session, chains)  # nothing is told twice
    finally:
        await runner.cleanup()


async def test_an_incident_is_told_with_its_updates_and_the_page() -> None:
    desk = furnish()
    async with delivering(desk) as endpoint:
        desk.simulator.add_subscriber(desk.page_id, endpoint=endpoint.url, email="ops@example.com", now=NOW)
        incident = desk.open(
            body="We look into it.", component_ids=[desk.api], components={desk.api: "major_outage"}
        )
    (told,) = endpoint.told
    assert told["page"] == {
        "id": desk.page_id,
        "status_indicator": "major",
        "status_description": "Partial System Outage",
    }
    assert told["incident"]["id"] == incident["id"]
    assert [update["body"] for update in told["incident"]["incident_updates"]] == ["We look into it."]
    assert told["meta"]["generated_at"]
    assert endpoint.complaints == []


async def test_what_notifies_nobody_is_not_told_and_neither_is_one_who_is_not_active() -> None:
    desk = furnish()
    async with delivering(desk) as endpoint:
        desk.simulator.add_subscriber(
            desk.page_id, endpoint=endpoint.url, email="ops@example.com", state="unconfirmed", now=NOW
        )
        desk.open(body="Aloud.")
        desk.simulator.add_subscriber(
            desk.page_id, endpoint=f"{endpoint.url}?2", email="ops@example.com", now=NOW
        )
        desk.open(body="Silent.", deliver_notifications=False)
    assert endpoint.told == []


async def test_an_endpoint_elsewhere_is_not_called_and_a_failure_is_told_once() -> None:
    desk = furnish()
    async with delivering(desk) as endpoint:
        endpoint.status = 302
        for url in (ELSEWHERE, endpoint.url, "http://127.0.0.1:9/closed"):
            desk.simulator.add_subscriber(desk.page_id, endpoint=url, email="ops@example.com", now=NOW)
        desk.open(body="Aloud.")
    assert len(endpoint.told) == 1
    assert sorted(endpoint.complaints) == sorted(
        [
            f"{ELSEWHERE} is not called: it is not http on this machine",
            f"{endpoint.url} answered 302",
            "http://127.0.0.1:9/closed was not reached: ClientConnectorError",
        ]
    )


@dataclass
class Pair:
    """Two endpoints: one answers at once, one not before it is let go; each keeps the names of the incidents that it was told of."""

    healthy: list[str] = field(default_factory=list)
    hanging: list[str] = field(default_factory=list)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: web.Request) -> web.Response:
        """Note what a call tells; answer when its endpoint does."""
        told = self.hanging if request.path == "/hanging" else self.healthy
        async with self.arrived:
            told.append((await request.json())["incident"]["name"])
            self.arrived.notify_all()
        if told is self.hanging:
            await self.let_go.wait()
        return web.Response()

    async def until(self, *, healthy: int, hanging: int) -> None:
        """Wait until so many calls arrived at each."""
        async with asyncio.timeout(10), self.arrived:
            await self.arrived.wait_for(lambda: len(self.healthy) >= healthy and len(self.hanging) >= hanging)


@asynccontextmanager
async def listening(pair: Pair) -> AsyncIterator[str]:
    """Have both endpoints listen; give the address above them."""
    app = web.Application()
    app.router.add_post("/{name}", pair.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def follow(desk: Desk, address: str) -> None:
    for name in ("hanging", "healthy"):
        desk.simulator.add_subscriber(
            desk.page_id, endpoint=f"{address}/{name}", email=f"{name}@example.com", now=NOW
        )


async def test_an_endpoint_that_hangs_delays_no_other_and_gets_its_calls_in_order() -> None:
    desk, pair, complaints = furnish(), Pair(), list[str]()
    async with listening(pair) as address:
        follow(desk, address)
        courier = Courier(desk.simulator, lambda: NOW, complaints.append)
        async with (
            aiohttp.ClientSession() as session,  # noqa: TID251 - as the courier has one
            asyncio.TaskGroup() as chains,
        ):
            for name in ("one", "two"):
                desk.open(name=name)
            courier.deliver_entered(session, chains)
            await pair.until(healthy=2, hanging=1)
            desk.open(name="three")
            courier.deliver_entered(session, chains)
            await pair.until(healthy=3, hanging=1)
            assert (pair.healthy, pair.hanging) == (["one", "two", "three"], ["one"])
            pair.let_go.set()
            await pair.until(healthy=3, hanging=3)
        assert (pair.hanging, complaints) == (["one", "two", "three"], [])


async def test_a_chain_that_ended_begins_anew() -> None:
    desk, pair = furnish(), Pair()
    pair.let_go.set()
    async with listening(pair) as address:
        follow(desk, address)
        courier = Courier(desk.simulator, lambda: NOW, lambda _: None)
        for name in ("one", "two"):
            desk.open(name=name)
            async with (
                aiohttp.ClientSession() as session,  # noqa: TID251 - as the courier has one
                asyncio.TaskGroup() as chains,
            ):
                courier.deliver_entered(session, chains)
    assert (pair.healthy, pair.hanging) == (["one", "two"], ["one", "two"])


async def test_what_waits_for_an_endpoint_is_bounded_and_what_is_left_out_is_told() -> None:
    desk, pair, complaints = furnish(), Pair(), list[str]()
    async with listening(pair) as address:
        follow(desk, address)
        courier = Courier(desk.simulator, lambda: NOW, complaints.append, waiting_at_most=2)
        async with (
            aiohttp.ClientSession() as session,  # noqa: TID251 - as the courier has one
            asyncio.TaskGroup() as chains,
        ):
            for count, name in enumerate(("one", "two", "three", "four"), start=1):
                desk.open(name=name)
                courier.deliver_entered(session, chains)
                await pair.until(healthy=count, hanging=1)
            assert complaints == [f"{address}/hanging is not called: 2 calls wait for it already"]
            pair.let_go.set()
    assert (pair.healthy[-1], pair.hanging) == ("four", ["one", "two", "three"])


async def test_a_delivery_that_is_cancelled_gives_up_what_hangs() -> None:
    desk, pair = furnish(), Pair()
    async with listening(pair) as address:
        follow(desk, address)
        courier = Courier(desk.simulator, lambda: NOW, lambda _: None)
        desk.open(name="one")
        delivering = asyncio.create_task(courier.deliver())
        await pair.until(healthy=1, hanging=1)
        delivering.cancel()
        async with asyncio.timeout(5):
            with pytest.raises(asyncio.CancelledError):
                await delivering
        pair.let_go.set()


def test_a_mail_a_confirmation_and_what_is_gone_make_no_call() -> None:
    desk = furnish()
    desk.simulator.add_subscriber(desk.page_id, email="reader@example.com", now=NOW)
    desk.simulator.add_subscriber(desk.page_id, endpoint=ELSEWHERE, email="ops@example.com", now=NOW)
    incident = desk.open(body="Aloud.")
    (told,) = desk.simulator.notifications
    assert [call.endpoint for call in calls(desk.simulator, told)] == [ELSEWHERE]
    assert json.loads(next(calls(desk.simulator, told)).body)["incident"]["id"] == incident["id"]
    status, _ = desk.ask("POST", "/subscribers", {"subscriber": {"email": "new@example.com"}})
    assert status == 201
    assert [*calls(desk.simulator, desk.simulator.notifications[-1])] == []
    assert desk.ask("DELETE", f"/incidents/{incident['id']}")[0] == 200
    assert [*calls(desk.simulator, told)] == []


@pytest.mark.parametrize(
    ("endpoint", "is_here"),
    [
        ("http://127.0.0.1:9000/x", True),
        ("http://[::1]/x", True),
        ("http://localhost/x", True),
        ("http://127.8.8.8/x", True),
        ("https://127.0.0.1/x", False),
        ("http://localhost.example.com/x", False),
        ("http://127.0.0.1@example.com/x", False),
        ("http://10.0.0.1/x", False),
        ("http://169.254.169.254/latest", False),
        ("http://[::ffff:10.0.0.1]/x", False),
        ("http://127.0.0.1:port/x", False),
        ("http://0.0.0.0/x", False),
    ],
)
def test_only_this_machine_is_called(endpoint: str, *, is_here: bool) -> None:
    assert is_on_this_machine(endpoint) is is_here
