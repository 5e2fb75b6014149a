"""The front over real sockets: it translates, and adds nothing."""

import base64
import hashlib
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bridge.simulator.front import build_app, start
from bridge.simulator.model import Simulator
from bridge.simulator.public_json import DOCUMENTS
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


@pytest.mark.parametrize("path", ["/v1/pages/{page_id}/incidents", "/_simulator/faults"])
async def test_a_body_that_is_not_compressed_as_it_says_is_refused(
    desk: Desk,
    client: TestClient,  # type: ignore[type-arg]
    path: str,
) -> None:
    headers = {**desk.headers, "Content-Encoding": "gzip", "Content-Length": "7"}
    method = "POST" if path.startswith("/v1") else "PUT"
    async with client.request(
        method, path.format(page_id=desk.page_id), data=b"no gzip", headers=headers
    ) as response:
        assert (response.status, (await response.json())["status"]) == (400, 400)
    assert desk.simulator.incidents(desk.page_id) == []


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
    for path in (
        "/",
        "/history",
        "/history?month=2027-01",
        "/history?month=x",
        f"/incidents/{incident['id']}",
    ):
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


async def test_a_simulator_without_a_page_has_nothing_to_show() -> None:
    async with TestClient(TestServer(build_app(Simulator(), lambda: NOW), host="127.0.0.1")) as client:
        paths = ["/", "/history", "/history.atom", "/history.rss", "/incidents/x", "/incidents/x.json"]
        for path in (*paths, *(f"/api/v2/{name}" for name in DOCUMENTS)):
            async with client.get(path) as response:
                assert response.status == 404


async def test_the_public_documents_are_served_without_a_token(desk: Desk, client: TestClient) -> None:  # type: ignore[type-arg]
    incident = desk.open(name="Trouble")
    for name, write in DOCUMENTS.items():
        async with client.get(f"/api/v2/{name}") as response:
            assert (response.status, response.content_type) == (200, "application/json")
            assert await response.text() == write(desk.simulator.page(desk.page_id))
    async with client.get(f"/incidents/{incident['id']}.json") as response:
        assert (await response.json())["name"] == "Trouble"
    for name, content_type in (("atom", "application/atom+xml"), ("rss", "application/rss+xml")):
        async with client.get(f"/history.{name}") as response:
            assert (response.status, response.content_type) == (200, content_type)
            assert f"{client.make_url('/')}incidents/{incident['id']}" in await response.text()
    assert len(desk.simulator.arrivals) == 1


async def test_control_characters_do_not_keep_the_page_from_being_shown(
    desk: Desk,
    client: TestClient,  # type: ignore[type-arg]
) -> None:
    desk.open(name="Broken \x0b name", body="\x0b\ufffe")
    for path in ("/", "/history", "/history.atom", "/history.rss", "/api/v2/summary.json"):
        async with client.get(path) as response:
            assert response.status == 200
            assert "Broken" in await response.text()


async def test_the_script_is_allowed_by_its_hash_and_only_where_it_is_used(desk: Desk) -> None:
    for seconds, allowed in ((10, True), (None, False)):
        app = build_app(desk.simulator, lambda: NOW, refresh_seconds=seconds)
        async with (
            TestClient(TestServer(app, host="127.0.0.1")) as client,
            client.get("/") as response,
        ):
            text, policy = await response.text(), response.headers["Content-Security-Policy"]
            assert ("<script>" in text, "script-src" in policy) == (allowed, allowed)
            if allowed:
                script = text.partition("<script>")[2].partition("</script>")[0]
                digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
                assert f"script-src 'sha256-{digest}'" in policy


async def test_start_tells_the_port_that_it_bound(desk: Desk) -> None:
    listening = await start(build_app(desk.simulator, lambda: NOW))
    try:
        assert listening.port > 0
        assert listening.url == f"http://127.0.0.1:{listening.port}"
        with pytest.raises(OSError, match=r"."):
            await start(build_app(desk.simulator, lambda: NOW), port=listening.port)
    finally:
        await listening.close()
