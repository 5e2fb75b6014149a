"""From a metric to the page by the real Prometheus and the real Alertmanager."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from bridge.simulator import front
from tests.e2e.children import eventually
from tests.e2e.servers import WEBHOOK_PATH, WEBHOOK_TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.e2e.servers import Bridge, Servers

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120, method="signal")]

REPEATS = 100
CREATE = "POST /pages/{page_id}/incidents"
CHANGE = "PATCH /pages/{page_id}/incidents/{incident_id}"

RULE = {
    "alert": "CheckoutErrors",
    "expr": "shop_errors > 0",
    "for": "1s",
    "labels": {"severity": "critical"},
    "annotations": {"summary": "The checkout answers {{ $value }} errors"},
}


class Shop:
    """Serves a metric, and keeps what a webhook delivers to it."""

    def __init__(self) -> None:
        self.errors = 0
        self.deliveries: list[bytes] = []
        self.url = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Shop]:
        """Serve."""
        app = web.Application()
        app.router.add_get("/metrics", self._metrics)
        app.router.add_post("/webhook", self._webhook)
        listening = await front.start(app)
        self.url = listening.url
        try:
            yield self
        finally:
            await listening.close()

    def delivered(self, status: str) -> bytes | None:
        """The newest delivery of this status."""
        wanted = f'"status":"{status}"'.encode()
        return next((body for body in reversed(self.deliveries) if wanted in body), None)

    async def _metrics(self, _request: web.Request) -> web.Response:
        return web.Response(text=f"# TYPE shop_errors gauge\nshop_errors {self.errors}\n")

    async def _webhook(self, request: web.Request) -> web.Response:
        self.deliveries.append(await request.read())
        return web.Response()


def _webhook(servers: Servers, bridge: Bridge, token: str) -> dict[str, Any]:
    credentials = servers.secret("alertmanager", token)
    return {
        "url": f"{bridge.url}{WEBHOOK_PATH}",
        "http_config": {"authorization": {"type": "Bearer", "credentials_file": credentials}},
    }


async def test_what_breaks_and_is_mended_is_told_once_from_the_metric_to_the_page(servers: Servers) -> None:
    page, shop = servers.page, Shop()
    async with shop.open():
        bridge = await servers.start_bridge()
        webhooks = [_webhook(servers, bridge, WEBHOOK_TOKEN), {"url": f"{shop.url}/webhook"}]
        alertmanager = await servers.start_alertmanager(webhooks)
        await servers.start_prometheus({"shop": shop.url}, alertmanager=alertmanager, rules=[RULE])

        shop.errors = 3
        await eventually("an incident opens", lambda: page.updates() == [["investigating"]], within=40)
        assert page.component("Checkout / API") == "major_outage"
        assert page.component("Checkout / Web") == "operational"
        assert page.incidents[0].name == "Checkout is having problems"

        real = await eventually("Alertmanager's payload is captured", lambda: shop.delivered("firing"))
        told = len(page.writes())
        for _ in range(REPEATS):
            await bridge.deliver(real)
        assert await bridge.metric('bridge_webhook_requests_total{code="200"}') > REPEATS
        assert len(page.writes()) == told

        shop.errors = 0
        whole = ["investigating", "monitoring", "resolved"]
        await eventually("the incident is resolved", lambda: page.updates() == [whole], within=40)

    assert {component.status for component in page.simulator.page(page.id).components.values()} == {
        "operational"
    }
    assert page.notified() == ["investigating", "resolved"]
    # The whole life, the repeats and Alertmanager's own among it, took three writes: the component rode on two of them.
    writes = page.writes()
    assert [f"{write.method} {write.template}" for write in writes] == [CREATE, CHANGE, CHANGE]
    assert all(arrival.status < 400 for arrival in page.simulator.arrivals)


async def test_an_alertmanager_with_wrong_credentials_is_refused_and_nothing_happens(
    servers: Servers,
) -> None:
    bridge = await servers.start_bridge()
    alertmanager = await servers.start_alertmanager([_webhook(servers, bridge, "a-token-of-somebody-else")])
    alert = b'[{"labels":{"alertname":"CheckoutErrors","severity":"critical"}}]'
    await servers.post(f"{alertmanager}/api/v2/alerts", alert)

    async def refused() -> bool:
        return await bridge.metric('bridge_webhook_requests_total{code="401"}') >= 3

    # Alertmanager tries anew with each flush of the group: by the third, `for` is long over.
    await eventually("three deliveries are refused", refused, within=30)
    counters = await servers.get(f"{alertmanager}/metrics")
    assert counters is not None
    failed = 'alertmanager_notifications_failed_total{integration="webhook"} '
    assert [line for line in counters.body.decode().splitlines() if line.startswith(failed)] != [f"{failed}0"]
    assert await bridge.metric('bridge_webhook_requests_total{code="200"}') == 0
    assert await bridge.metric('bridge_signals{state="failing"}') == 0
    assert servers.page.writes() == []
