"""The stage of the demo: small services that fail on cue, a Prometheus that answers queries about them, and an Alertmanager that tells the bridge."""

from __future__ import annotations

import asyncio
import json
import math
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from aiohttp import web

from bridge.app.demo.script import Act
from bridge.sources.exchange import Answer, HttpExchange, Request
from bridge.web.listen import start as listen

if TYPE_CHECKING:
    from collections.abc import Callable

RETRY = 0.5
"""Seconds before a delivery that was not acknowledged is sent again."""


class Stage:
    """The services, as an async context manager."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._shop_is_up = True
        self._began: dict[str, float] = {}
        self._opened = AsyncExitStack()
        self._webhook: tuple[str, str] | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        await self._opened.__aenter__()
        app = web.Application()
        app.router.add_get("/shop/healthz", self._shop)
        app.router.add_get("/search/healthz", self._search)
        app.router.add_post("/api/v1/query", self._query)
        listening = await listen(app, host="127.0.0.1", port=0)
        self._opened.push_async_callback(listening.close)
        self.url = listening.url
        self._exchange = await self._opened.enter_async_context(HttpExchange())
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._opened.aclose()

    def connect(self, bridge_url: str, bearer_token: str) -> None:
        """Tell Alertmanager where the bridge is."""
        self._webhook = (f"{bridge_url}/api/v1/alertmanager", bearer_token)

    async def play(self, act: Act) -> None:
        """Let it happen. Returns when the bridge has acknowledged what it was told."""
        match act:
            case Act.FLAP_BEGINS:
                await self._fire("SearchErrors", severity="warning")
            case Act.FLAP_ENDS:
                await self._resolve("SearchErrors", severity="warning")
            case Act.OUTAGE_BEGINS:
                self._shop_is_up = False
                await self._fire("CheckoutErrors", severity="critical")
            case Act.REPEAT:
                await self._fire("CheckoutErrors", severity="critical")
            case Act.OUTAGE_ENDS:
                self._shop_is_up = True
                await self._resolve("CheckoutErrors", severity="critical")

    async def _fire(self, name: str, *, severity: str) -> None:
        began = self._began.setdefault(name, self._now())
        await self._deliver(_alert(name, severity=severity, began=began))

    async def _resolve(self, name: str, *, severity: str) -> None:
        began = self._began.pop(name)
        await self._deliver(_alert(name, severity=severity, began=began, ended=self._now()))

    async def _deliver(self, alert: dict[str, object]) -> None:
        if self._webhook is None:
            raise AssertionError("the stage is not connected")
        url, token = self._webhook
        body = {
            "version": "4",
            "groupKey": '{}:{alertname="demo"}',
            "truncatedAlerts": 0,
            "status": alert["status"],
            "receiver": "bridge",
            "groupLabels": {},
            "commonLabels": {},
            "commonAnnotations": {},
            "externalURL": "",
            "alerts": [alert],
        }
        headers = (("Authorization", f"Bearer {token}"), ("Content-Type", "application/json"))
        request = Request("POST", url, headers, json.dumps(body).encode())
        while True:
            answer = await self._exchange.exchange(request, timeout=5.0)
            if isinstance(answer, Answer) and answer.status == 200:  # noqa: PLR2004
                return
            await asyncio.sleep(RETRY)

    async def _shop(self, _request: web.Request) -> web.Response:
        # A checkout takes a moment, a broken one a little longer.
        await asyncio.sleep(0.12 + 0.04 * math.sin(self._now()))
        return web.Response(status=200 if self._shop_is_up else 503)

    async def _search(self, _request: web.Request) -> web.Response:
        return web.Response(status=200)

    async def _query(self, _request: web.Request) -> web.Response:
        """Answer any instant query with the orders of the minute."""
        now = self._now()
        orders = 61.0 + 4.0 * math.sin(now / 7.0) if self._shop_is_up else 3.0
        sample = {"metric": {}, "value": [now, str(orders)]}
        return web.json_response({"status": "success", "data": {"resultType": "vector", "result": [sample]}})


def _alert(name: str, *, severity: str, began: float, ended: float | None = None) -> dict[str, object]:
    return {
        "status": "firing" if ended is None else "resolved",
        "labels": {"alertname": name, "severity": severity},
        "annotations": {},
        "startsAt": _timestamp(began),
        "endsAt": "0001-01-01T00:00:00Z" if ended is None else _timestamp(ended),
        "generatorURL": "",
        "fingerprint": "",
    }


def _timestamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
