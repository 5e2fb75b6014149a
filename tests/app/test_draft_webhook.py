"""The daemon and whoever it tells of drafts, over real sockets: what goes out, what outlives a restart, and that a stop waits for nobody."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from bridge.app.daemon import Daemon
from bridge.app.draft_webhook import TIMEOUT
from bridge.clock import Clock
from bridge.config.settings import load_settings
from bridge.simulation.world import alert, webhook
from bridge.simulator import front
from bridge.simulator.model import Simulator
from bridge.sources.exchange import Answer, HttpExchange, Request
from bridge.web.listen import start as listen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from bridge.config.settings import Settings

API_TOKEN = "api-token-of-the-tests"
WEBHOOK_TOKEN = "webhook-token-of-the-tests"
CHAT_TOKEN = "canary-token-5cd1a7"
CHAT_PATH = "/canary-path-90be44/"
WITHIN = 20.0
"""Seconds in which anything here happens, on a slow machine too."""

RULES = """
page: acme
defaults: {automation: full}
components:
  Checkout / API:
    - {alert: CheckoutErrors, status: major_outage, for: 0s, keep_firing_for: 0s}
incidents:
  - id: checkout
    components: [Checkout / API]
    title: Checkout is having problems
    automation: draft
"""


class Chat:
    """Whoever is told, on a port of its own."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[tuple[str | None, dict[str, Any]]] = asyncio.Queue()
        self.elsewhere = 0
        self.status: int | None = 204
        """What it answers; None for nothing, ever."""
        self._over = asyncio.Event()

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        """Serve it; gives its address."""
        app = web.Application()
        app.router.add_post(CHAT_PATH, self._take)
        app.router.add_route("*", "/elsewhere", self._take_elsewhere)
        listening = await listen(app, host="127.0.0.1", port=0)
        try:
            yield f"{listening.url}{CHAT_PATH}"
        finally:
            self._over.set()
            await listening.close()

    async def heard(self) -> tuple[str | None, dict[str, Any]]:
        """The next request: its `Authorization` and what it tells."""
        async with asyncio.timeout(WITHIN):
            return await self.told.get()

    async def _take(self, request: web.Request) -> web.Response:
        self.told.put_nowait((request.headers.get("Authorization"), await request.json()))
        if self.status is None:
            await self._over.wait()
        return web.Response(status=self.status or 500, headers={"Location": "/elsewhere"})

    async def _take_elsewhere(self, _request: web.Request) -> web.Response:
        self.elsewhere += 1
        return web.Response()


@asynccontextmanager
async def living(settings: Settings) -> AsyncIterator[Daemon]:
    """A daemon from its start to its stop."""
    daemon = Daemon(settings)
    life = asyncio.create_task(daemon.run())
    started = asyncio.create_task(daemon.started.wait())
    await asyncio.wait({life, started}, timeout=WITHIN, return_when=asyncio.FIRST_COMPLETED)
    try:
        assert started.done(), life
        yield daemon
    finally:
        started.cancel()
        daemon.stop()
        async with asyncio.timeout(WITHIN):
            await life
    assert "draft-webhook" not in {task.get_name() for task in asyncio.all_tasks()}


class Operator:
    """Asks the daemon, delivers and commands."""

    def __init__(self, exchange: HttpExchange) -> None:
        self._exchange = exchange

    async def post(self, daemon: Daemon, path: str, document: dict[str, Any]) -> None:
        """Post JSON until it is accepted."""
        headers = (("Content-Type", "application/json"), ("Authorization", f"Bearer {WEBHOOK_TOKEN}"))
        request = Request("POST", f"{daemon.url}{path}", headers, json.dumps(document).encode())

        async def accepted() -> bool:
            answer = await self._exchange.exchange(request, timeout=WITHIN)
            assert isinstance(answer, Answer), answer
            assert answer.status in {200, 503}, answer.body
            return answer.status == 200

        await until(accepted)

    async def sees(self, daemon: Daemon, *samples: str) -> None:
        """Return when the metrics have all these lines."""

        async def there() -> bool:
            answer = await self._exchange.exchange(Request("GET", f"{daemon.url}/metrics"), timeout=WITHIN)
            return isinstance(answer, Answer) and set(samples) <= set(answer.body.decode().splitlines())

        await until(there)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Ask until it is so: an operator is not told when it becomes so either."""
    async with asyncio.timeout(WITHIN):
        while not await condition():  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.05)


@pytest.mark.usefixtures("logging_as_before")
async def test_a_draft_is_told_across_restarts_until_it_is_taken_and_is_approved_by_what_was_told(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    clock, simulator, chat = Clock(), Simulator(), Chat()
    simulator.add_token(API_TOKEN)
    page_id = simulator.add_page("Acme", now=clock.now())
    simulator.add_component(page_id, "API", group="Checkout", now=clock.now())
    (tmp_path / "rules.yaml").write_text(RULES)
    public = await front.start(front.build_app(simulator, clock.now, refresh_seconds=None))
    async with HttpExchange() as exchange, chat.served() as address:
        operator = Operator(exchange)
        settings = load_settings(
            {
                "BRIDGE_LISTEN": "127.0.0.1:0",
                "BRIDGE_RULES": str(tmp_path / "rules.yaml"),
                "BRIDGE_DATABASE_URL": f"sqlite:///{tmp_path / 'bridge.sqlite3'}",
                "BRIDGE_INSTALLATION_SECRET": "an installation's secret of some length",
                "BRIDGE_API_URL": f"{public.url}/v1",
                "BRIDGE_PAGES__ACME__ID": page_id,
                "BRIDGE_PAGES__ACME__TOKEN": API_TOKEN,
                "BRIDGE_WEBHOOK_BEARER_TOKEN": WEBHOOK_TOKEN,
                "BRIDGE_DRAFTS_WEBHOOK_URL": address,
                "BRIDGE_DRAFTS_WEBHOOK_BEARER_TOKEN": CHAT_TOKEN,
                "BRIDGE_BLAST_RADIUS": "1",
                "BRIDGE_SETTLE_FOR": "0s",
            }
        )
        chat.status = 302
        async with living(settings) as daemon:
            zero = 'bridge_draft_webhook_requests_total{outcome="refused",page="acme"} 0.0'
            await operator.sees(daemon, zero, 'bridge_drafts_untold{page="acme"} 0.0')
            firing = alert("CheckoutErrors", firing=True, since=clock.now())
            await operator.post(daemon, "/api/v1/alertmanager", webhook([firing]))
            authorization, told = await chat.heard()
            refused = 'bridge_draft_webhook_requests_total{outcome="refused",page="acme"} 1.0'
            await operator.sees(daemon, refused, 'bridge_drafts_untold{page="acme"} 1.0')
        assert authorization == f"Bearer {CHAT_TOKEN}"
        assert (told["page"], told["incident"], told["title"]) == (
            "acme",
            "checkout",
            "Checkout is having problems",
        )

        chat.status = None
        async with living(settings):
            assert (await chat.heard())[1]["hash"] == told["hash"]
            stopped_at = clock.now()
        assert clock.now() - stopped_at < TIMEOUT / 2

        chat.status = 204
        async with living(settings) as daemon:
            assert (await chat.heard())[1]["hash"] == told["hash"]
            await operator.sees(daemon, 'bridge_drafts_untold{page="acme"} 0.0')

        async with living(settings) as daemon:
            await operator.sees(
                daemon, 'bridge_drafts_waiting{page="acme"} 1.0', 'bridge_drafts_untold{page="acme"} 0.0'
            )
            assert simulator.incidents(page_id) == []
            command = {"command": "draft_approve", "draft": told["draft"], "hash": told["hash"], "by": "Ada"}
            await operator.post(daemon, "/api/v1/commands", command)
            await operator.sees(daemon, 'bridge_incidents_open{page="acme"} 1.0')
        assert (chat.told.qsize(), chat.elsewhere) == (0, 0)
    await public.close()
    (incident,) = simulator.incidents(page_id)
    assert incident.name == told["title"]
    logs = "".join(capfd.readouterr())
    assert "draft_webhook_failed" in logs
    assert CHAT_TOKEN not in logs
    assert CHAT_PATH.strip("/") not in logs
