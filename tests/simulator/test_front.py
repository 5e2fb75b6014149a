"""The front over real sockets: it translates, and adds nothing."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bridge.simulator.front import build_app, start
from bridge.simulator.model import Simulator
from tests.simulator.desk import NOW, Desk


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[TestClient]:  # type: ignore[type-arg]
    server = TestServer(build_app(desk.simulator, lambda: NOW), host="127.0.0.1")
    async with TestClient(server) as client:
        yield client


async def test_the_api_is_served_under_v1(desk: Desk, client: TestClient) -> None:  # type: ignore[type-arg]
    path = f"/v1/pages/{desk.page_id}/incidents"
    body = {"incident": {"name": "Trouble", "component_ids": [desk.api]}}
    async with client.post(path, json=body, headers=desk.headers) as response:
        assert response.status == 201
        assert response.content_type == "application/json"
        incident = await response.json()
    async with client.get(f"{path}/{incident['id']}.json", headers=desk.headers) as response:
        assert await response.json() == incident
    async with client.get(f"{path}?limit=1&q=nothing", headers=desk.headers) as response:
        assert await response.json() == []
    async with client.get(path) as response:
        assert (response.status, await response.json()) == (401, {"error": "Could not authenticate"})
    form = {"incident[name]": "Formed", "incident[status]": "identified"}
    async with client.patch(f"{path}/{incident['id']}", data=form, headers=desk.headers) as response:
        assert (await response.json())["name"] == "Formed"


async def test_a_refusal_carries_retry_after() -> None:
    simulator = Simulator()
    simulator.add_token("t")
    async with TestClient(TestServer(build_app(simulator, lambda: NOW), host="127.0.0.1")) as client:
        for _ in range(60):
            async with client.get("/v1/pages?api_key=t") as response:
                assert response.status == 200
        async with client.get("/v1/pages?api_key=t") as response:
            assert (response.status, response.headers["Retry-After"]) == (420, "60")


async def test_the_public_pages_are_strict_html(desk: Desk, client: TestClient) -> None:  # type: ignore[type-arg]
    incident = desk.open(name="Visible <trouble>")
    for path in ("/", "/history", "/history?page=0", "/history?page=x", f"/incidents/{incident['id']}"):
        async with client.get(path) as response:
            assert (response.status, response.content_type) == (200, "text/html")
            policy = response.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "Visible &lt;trouble&gt;" in await response.text()


@pytest.mark.parametrize("path", ["/nowhere", "/incidents/nonesuch", "/api/v2/other.json"])
async def test_other_addresses_are_not_found(client: TestClient, path: str) -> None:  # type: ignore[type-arg]
    async with client.get(path) as response:
        assert response.status == 404


async def test_the_public_json_has_the_recorded_shapes(desk: Desk, client: TestClient) -> None:  # type: ignore[type-arg]
    incident = desk.open(component_ids=[desk.api], components={desk.api: "degraded_performance"})
    desk.patch(desk.open(), status="resolved")
    async with client.get("/api/v2/status.json") as response:
        status = await response.json()
    assert status["status"] == {"indicator": "minor", "description": "Partially Degraded Service"}
    assert status["page"]["updated_at"] == "2027-01-15T08:00:00.000Z"
    async with client.get("/api/v2/summary.json") as response:
        summary = await response.json()
    assert summary["status"] == status["status"]
    assert [one["id"] for one in summary["incidents"]] == [incident["id"]]
    assert summary["incidents"][0]["started_at"] == "2027-01-15T08:00:00.000Z"
    assert summary["scheduled_maintenances"] == []
    group, api, *_ = summary["components"]
    assert (group["group"], group["status"], group["components"]) == (
        True,
        "degraded_performance",
        [desk.api, desk.payments],
    )
    assert (api["id"], "automation_email" in api) == (desk.api, False)


async def test_a_simulator_without_a_page_has_nothing_to_show() -> None:
    async with TestClient(TestServer(build_app(Simulator(), lambda: NOW), host="127.0.0.1")) as client:
        for path in ("/", "/history", "/incidents/x", "/api/v2/summary.json"):
            async with client.get(path) as response:
                assert response.status == 404


async def test_start_tells_the_port_that_it_bound(desk: Desk) -> None:
    listening = await start(build_app(desk.simulator, lambda: NOW))
    try:
        assert listening.port > 0
        assert listening.url == f"http://127.0.0.1:{listening.port}"
        with pytest.raises(OSError, match=r"."):
            await start(build_app(desk.simulator, lambda: NOW), port=listening.port)
    finally:
        await listening.close()
