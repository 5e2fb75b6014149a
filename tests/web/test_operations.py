"""What operators ask for, and what every answer has in common."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bridge.errors import ConfigurationError
from bridge.web.listen import start
from bridge.web.ports import ReloadResult
from tests.web.served import BEARER, DELIVER, serving

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric


async def test_healthy_is_200_until_a_restart_is_needed() -> None:
    async with serving() as served:
        answer = await served.ask("GET", "/-/healthy")
        assert (answer.status, answer.json) == (200, {"healthy": True})
        served.puppet.is_healthy = False
        answer = await served.ask("GET", "/-/healthy")
        assert (answer.status, answer.json) == (503, {"healthy": False})


async def test_ready_tells_what_is_missing() -> None:
    async with serving() as served:
        answer = await served.ask("GET", "/-/ready")
        assert (answer.status, answer.json) == (200, {"ready": True, "missing": []})
        served.puppet.missing = ("the store cannot be written",)
        answer = await served.ask("GET", "/-/ready")
        assert (answer.status, answer.json) == (
            503,
            {"ready": False, "missing": ["the store cannot be written"]},
        )


@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_a_reload_is_done_or_told_with_its_problems(method: str) -> None:
    async with serving() as served:
        answer = await served.ask(method, "/-/reload", headers=BEARER)
        assert (answer.status, answer.json) == (200, {"reloaded": True})
        served.puppet.result = ReloadResult(("rules/shop.yaml:1:1: one", "rules/shop.yaml:2:1: two"))
        answer = await served.ask(method, "/-/reload", headers=BEARER)
        assert answer.status == 500
        assert answer.json["problems"] == ["rules/shop.yaml:1:1: one", "rules/shop.yaml:2:1: two"]
        assert served.puppet.reloads == 2
        served.puppet.result = ReloadResult(
            ("acme: Search: partial_outage to operational",), held="0123456789ab", pages=("acme", "shop")
        )
        answer = await served.ask(method, "/-/reload", headers=BEARER)
        assert answer.status == 409
        assert answer.json["changes"] == ["acme: Search: partial_outage to operational"]
        assert answer.json["confirm"] == (
            "bridge confirm --page acme reload 0123456789ab; bridge confirm --page shop reload 0123456789ab"
        )
        assert "the rules before stay in force" in answer.json["error"]


async def test_a_reload_since_a_held_start_is_told_that_nothing_is_written() -> None:
    async with serving() as served:
        served.puppet.result = ReloadResult(
            ("acme: Search: partial_outage to operational",), "0123456789ab", ("acme",), since_start=True
        )
        answer = await served.ask("POST", "/-/reload", headers=BEARER)
        assert (answer.status, "nothing is written until" in answer.json["error"]) == (409, True)
        assert answer.json["confirm"] == "bridge confirm --page acme reload 0123456789ab"


async def test_a_defect_is_500_without_its_text() -> None:
    async with serving() as served:
        served.puppet.result = RuntimeError("canary")
        answer = await served.ask("POST", "/-/reload", headers=BEARER)
        assert (answer.status, answer.json) == (500, {"error": "internal error; the log tells more"})
        served.puppet.gauge_fault = RuntimeError("canary")
        answer = await served.ask("GET", "/metrics")
        assert (answer.status, answer.json) == (500, {"error": "internal error; the log tells more"})


async def test_the_index_has_the_links() -> None:
    async with serving() as served:
        answer = await served.ask("GET", "/")
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        for path in ("/metrics", "/-/healthy", "/-/ready"):
            assert f'href="{path}"'.encode() in answer.body


@pytest.mark.parametrize(
    "path", ["/nonesuch", "/api/v1/", "/-/", "/metrics/", "/%00", "/../etc/passwd", "//", "/?q=\u202e"]
)
async def test_an_unknown_path_is_404_in_json(path: str) -> None:
    async with serving() as served:
        answer = await served.ask("GET", path)
        if path.startswith("/?"):
            assert answer.status == 200
        else:
            assert (answer.status, answer.json) == (404, {"error": "there is nothing at this path"})


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", DELIVER, "POST"),
        ("HEAD", "/-/reload", "POST,PUT"),
        ("GET", "/-/reload", "POST,PUT"),
        ("DELETE", "/metrics", "GET,HEAD"),
        ("OPTIONS", "/", "GET,HEAD"),
        ("TRACE", "/", "GET,HEAD"),
    ],
)
async def test_a_wrong_method_is_405_with_the_right_ones(method: str, path: str, allowed: str) -> None:
    async with serving() as served:
        answer = await served.ask(method, path, headers=BEARER)
        assert (answer.status, answer.headers["Allow"]) == (405, allowed)
        assert served.puppet.reloads == 0


@pytest.mark.parametrize("path", ["/", "/metrics", "/-/healthy", "/-/ready"])
async def test_head_is_get_without_a_body(path: str) -> None:
    async with serving() as served:
        get, head = await served.ask("GET", path), await served.ask("HEAD", path)
        assert (head.status, head.body) == (200, b"")
        assert head.headers["Content-Type"] == get.headers["Content-Type"]


async def test_every_answer_has_the_headers_of_a_guarded_service() -> None:
    async with serving() as served:
        served.puppet.result = RuntimeError("canary")
        answers = [
            await served.ask("GET", "/"),
            await served.ask("GET", "/metrics"),
            await served.ask("GET", "/nonesuch"),
            await served.ask("GET", DELIVER),
            await served.ask("POST", DELIVER, b"x"),
            await served.deliver(b"x"),
            await served.deliver(),
            await served.ask("POST", "/-/reload", headers=BEARER),
        ]
        assert [answer.status for answer in answers] == [200, 200, 404, 405, 401, 400, 200, 500]
        for answer in answers:
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Server"] == "statuspage-bridge"
            assert b"Traceback" not in answer.body


async def exposition() -> bytes:
    async with serving() as served:
        await served.deliver()
        answer = await served.ask("GET", "/metrics")
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert served.puppet.scrapes == 1
        return answer.body


async def test_the_exposition_parses_and_its_names_follow_the_guide() -> None:
    families: list[Metric] = list(text_string_to_metric_families((await exposition()).decode()))
    assert families
    for family in families:
        assert family.name.startswith("bridge_")
        assert family.documentation.endswith(".")
        for sample in family.samples:
            assert not sample.name.endswith("_created")
            if family.type == "counter":
                assert sample.name.endswith("_total")
    codes = {
        sample.labels["code"]: sample.value
        for family in families
        for sample in family.samples
        if sample.name == "bridge_webhook_requests_total"
    }
    assert codes == {"200": 1, "400": 0, "401": 0, "413": 0, "503": 0}


async def test_an_address_that_is_taken_is_told() -> None:
    async with serving() as served:
        app = served.listening.runner.app
        for host, port in (("127.0.0.1", served.listening.port), ("a..b", 1), ("192.0.2.1", 1)):
            with pytest.raises(ConfigurationError, match=f"cannot listen on {host}, port {port}: ."):
                await start(type(app)(), host=host, port=port)


@pytest.mark.parametrize(("host", "shown"), [("::1", "[::1]"), ("::", "[::1]"), ("0.0.0.0", "127.0.0.1")])  # noqa: S104
async def test_it_listens_on_ipv6_and_on_everything(host: str, shown: str) -> None:
    async with serving() as served:
        app = type(served.listening.runner.app)()
    listening = await start(app, host=host, port=0)
    try:
        assert listening.url == f"http://{shown}:{listening.port}"
        for name in {"::1": ["::1"], "::": ["::1", "127.0.0.1"]}.get(host, ["127.0.0.1"]):
            _, writer = await asyncio.open_connection(name, listening.port)
            writer.close()
            await writer.wait_closed()
    finally:
        await listening.close()
