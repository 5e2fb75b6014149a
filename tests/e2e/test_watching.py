"""How operators and their Prometheus look in: metrics, health and readiness."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from bridge import __version__
from tests.e2e.children import eventually, tool

if TYPE_CHECKING:
    from tests.e2e.servers import Servers

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60, method="signal")]


async def test_promtool_has_no_complaint_about_the_metrics(servers: Servers) -> None:
    promtool, page, bridge = tool("promtool"), servers.page, await servers.start_bridge()
    # After an incident, so that every kind of sample is there.
    await bridge.deliver(servers.delivery("firing"))
    await eventually("an incident opens", lambda: page.updates() == [["investigating"]])
    await bridge.deliver(servers.delivery("resolved"))
    await eventually("it recovers", lambda: len(page.updates()[0]) > 1)

    exposition = (await bridge.ask("/metrics")).body
    process = await asyncio.create_subprocess_exec(
        promtool,
        "check",
        "metrics",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    complaints, _ = await process.communicate(exposition)
    assert (process.returncode, complaints.decode()) == (0, "")
    assert b"bridge_incidents_open" in exposition


async def test_the_real_prometheus_scrapes_the_bridge(servers: Servers) -> None:
    bridge = await servers.start_bridge()
    prometheus = await servers.start_prometheus({"bridge": bridge.url})

    async def samples(query: str) -> list[dict[str, Any]]:
        answer = await servers.get(f"{prometheus}/api/v1/query?query={query}")
        return [] if answer is None else list(json.loads(answer.body)["data"]["result"])

    (build,) = await eventually(
        "the version is known",
        lambda: samples("bridge_build_info%20*%20on(instance)%20group_right()%20up"),
        within=25,
    )
    assert build["value"][1] == "1"
    (info,) = await samples("bridge_build_info")
    assert info["metric"]["version"] == __version__
    (up,) = await samples("up%7Bjob=%22bridge%22%7D")
    assert up["value"][1] == "1"


async def test_a_started_bridge_is_healthy_and_ready(
    servers: Servers,
) -> None:
    bridge = await servers.start_bridge()
    assert json.loads((await bridge.ask("/-/healthy")).body) == {"healthy": True}
    assert json.loads((await bridge.ask("/-/ready")).body) == {"ready": True, "missing": []}


async def test_a_page_that_cannot_be_reached_makes_the_bridge_neither_unhealthy_nor_unready(
    servers: Servers,
) -> None:
    # Port 9 of loopback: nothing listens there.
    bridge = await servers.start_bridge(BRIDGE_API_URL="http://127.0.0.1:9/v1")
    failures = 'bridge_statuspage_request_failures_total{page="acme",reason="refused_connection"}'

    async def refused() -> bool:
        return await bridge.metric(failures) > 0

    await eventually("the page is tried", refused)
    await bridge.deliver(servers.delivery("firing"))
    assert (await bridge.ask("/-/healthy")).status == 200
    assert (await bridge.ask("/-/ready")).status == 200
