"""The transport against real servers: each manner of failing gets its own word, and no request is sent twice."""

from __future__ import annotations

import asyncio
import socket
import zlib

import pytest
from aiohttp import web

from bridge.core.intents import Failure
from bridge.errors import ConfigurationError
from bridge.statuspage.transport import (
    MAX_BODY_BYTES,
    AiohttpTransport,
    Method,
    Request,
    Response,
    TransportError,
)
from tests.statuspage.servers import TOKEN, Peer, http, raw_server, web_server

GET = Request("GET", "/pages/p")
METHODS: tuple[Method, ...] = ("GET", "POST", "PATCH", "PUT", "DELETE")


async def failure_of(peer: Peer, request: Request = GET, *, seconds: float = 10) -> TransportError:
    async with peer.transport() as transport:
        with pytest.raises(TransportError) as caught:
            await transport.send(request, timeout=seconds)
    return caught.value


async def answer_of(peer: Peer, request: Request = GET) -> Response:
    async with peer.transport() as transport:
        return await transport.send(request, timeout=10)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_a_port_where_nobody_listens_refuses() -> None:
    error = await failure_of(Peer(f"http://127.0.0.1:{closed_port()}/v1"))
    assert error.failure is Failure.REFUSED
    assert "no connection to 127.0.0.1" in error.detail


async def test_a_name_that_does_not_exist_refuses() -> None:
    error = await failure_of(Peer("https://status.invalid/v1"))
    assert error.failure is Failure.REFUSED


async def never_reached(request: web.Request) -> web.Response:
    raise AssertionError(request.method)


async def test_a_server_that_does_not_speak_tls_refuses() -> None:
    async with web_server(never_reached) as peer:
        error = await failure_of(Peer(peer.address.replace("http://", "https://")))
    assert error.failure is Failure.REFUSED


async def test_a_handshake_that_stalls_refuses_since_no_byte_of_the_request_was_written() -> None:
    async with raw_server(b"", hold=True) as peer:
        error = await failure_of(Peer(peer.address.replace("http://", "https://")), seconds=0.05)
    assert error.failure is Failure.REFUSED
    assert error.detail == "ConnectionTimeoutError"


@pytest.mark.parametrize("method", METHODS)
async def test_a_connection_closed_before_the_answer_is_lost_and_not_tried_again(method: Method) -> None:
    async with raw_server(b"") as peer:
        error = await failure_of(peer, Request(method, "/pages/p", body=b"{}"))
        assert error.failure is Failure.LOST
        assert error.head is None
        assert len(peer.heads) == 1


async def test_a_cut_body_is_lost_and_keeps_its_head() -> None:
    async with raw_server(http("201 Created", b'{"id":', length=900)) as peer:
        error = await failure_of(peer)
    assert error.failure is Failure.LOST
    assert error.head is not None
    assert error.head.status == 201


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"SSH-2.0-OpenSSH_9\r\n", id="another protocol"),
        pytest.param(b"HTTP/1.1 abc Nope\r\n\r\n", id="a status that is no number"),
        pytest.param(http("200 OK", b"no gzip", "Content-Encoding: gzip\r\n"), id="broken compression"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 20_000 + b"\r\n\r\n", id="an endless header"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", id="a chunk without length"
        ),
    ],
)
async def test_an_answer_that_is_not_http_is_lost(answer: bytes) -> None:
    async with raw_server(answer) as peer:
        assert (await failure_of(peer)).failure is Failure.LOST


async def test_silence_is_a_timeout() -> None:
    async with raw_server(b"", hold=True) as peer:
        error = await failure_of(peer, seconds=0.05)
    assert error.failure is Failure.TIMEOUT
    assert error.head is None


async def test_silence_in_the_middle_of_the_body_is_a_timeout() -> None:
    async with raw_server(http("200 OK", b"{", length=2), hold=True) as peer:
        error = await failure_of(peer, seconds=0.05)
    assert error.failure is Failure.TIMEOUT


async def test_a_body_over_the_limit_is_lost_however_small_it_was_on_the_wire() -> None:
    bomb = zlib.compress(b" " * (MAX_BODY_BYTES + 1))
    async with raw_server(http("200 OK", bomb, "Content-Encoding: deflate\r\n")) as peer:
        error = await failure_of(peer)
    assert error.failure is Failure.LOST
    assert "longer than" in error.detail


async def test_a_cancelled_request_stays_cancelled() -> None:
    async with raw_server(b"", hold=True) as peer, peer.transport() as transport:
        task = asyncio.create_task(transport.send(GET, timeout=10))
        await peer.reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        pytest.param("302 Found", b"", "Location: /elsewhere\r\n", id="a redirect is not followed"),
        pytest.param(
            "308 Permanent Redirect", b"", "Location: http://127.0.0.1:9/v1\r\n", id="nor one that lasts"
        ),
        pytest.param("502 Bad Gateway", b"<html>bad gateway</html>", "", id="a gateway's page"),
        pytest.param("420 Enhance Your Calm", b"{}", "Retry-After: 60\r\n", id="a rate limit"),
        pytest.param("401 Unauthorized", b'{"error":"Could not authenticate"}', "", id="a wrong token"),
        pytest.param("422 Unprocessable Entity", b'{"error":{"name":["no"]}}', "", id="a validation"),
        pytest.param("204 No Content", b"", "", id="an empty success"),
    ],
)
async def test_every_whole_answer_is_an_answer(status: str, body: bytes, headers: str) -> None:
    async with raw_server(http(status, body, headers)) as peer:
        answer = await answer_of(peer)
        assert len(peer.heads) == 1
    assert answer.status == int(status[:3])
    assert answer.body == body
    for line in headers.splitlines():
        name, value = line.split(": ")
        assert answer.header(name.upper()) == value


async def test_a_request_arrives_as_it_was_meant() -> None:
    seen: list[tuple[str, str, dict[str, str], bytes]] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append((request.method, request.raw_path, dict(request.headers), await request.read()))
        return web.json_response({}, headers={"Set-Cookie": "session=1; Path=/"})

    request = Request("PATCH", "/pages/p/a%2Fb", (("page", "1"), ("q", "a b&c")), b'{"x":1}')
    async with web_server(handle) as peer:
        named = Peer(
            peer.address.replace("127.0.0.1", "localhost")
        )  # no jar keeps the cookie of a bare address
        async with named.transport() as transport:
            await transport.send(request, timeout=10)
            await transport.send(GET, timeout=10)
    method, path, headers, body = seen[0]
    assert (method, path, body) == ("PATCH", "/v1/pages/p/a%2Fb?page=1&q=a+b%26c", b'{"x":1}')
    assert headers["Authorization"] == f"OAuth {TOKEN}"
    assert headers["Content-Type"] == "application/json"
    assert headers["User-Agent"] == "bridge-test/1"
    assert "Content-Type" not in seen[1][2]
    assert "Cookie" not in seen[1][2]


async def test_a_rotated_token_is_used_from_the_next_request_on() -> None:
    tokens = iter(["first-token", "second-token\n"])
    async with raw_server(http("200 OK", b"{}")) as peer:
        async with peer.transport(lambda: next(tokens)) as transport:
            await transport.send(GET, timeout=10)
            await transport.send(GET, timeout=10)
        assert "Authorization: OAuth first-token\r\n" in peer.heads[0]
        assert "Authorization: OAuth second-token\r\n" in peer.heads[1]


def vanished_token() -> str:
    raise FileNotFoundError("/run/secrets/token")


@pytest.mark.parametrize(
    ("token", "detail"),
    [
        (vanished_token, "the API token cannot be read: FileNotFoundError"),
        (lambda: " \n", "the API token is empty or holds characters that no token has"),
        (lambda: "a\r\nX-Injected: 1", "the API token is empty or holds characters that no token has"),
        (lambda: "töken", "the API token is empty or holds characters that no token has"),
    ],
)
async def test_without_a_usable_token_nothing_is_sent(token: object, detail: str) -> None:
    assert callable(token)
    async with raw_server(http("200 OK", b"{}")) as peer:
        async with peer.transport(token) as transport:
            with pytest.raises(TransportError) as caught:
                await transport.send(GET, timeout=10)
        assert caught.value.failure is Failure.REFUSED
        assert caught.value.detail == detail
        assert peer.heads == []


async def test_the_environments_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    async with raw_server(http("200 OK", b"{}")) as peer:
        assert (await answer_of(peer)).status == 200


async def test_a_proxy_that_is_gone_or_says_no_refuses_and_its_password_is_not_told() -> None:
    async with raw_server(http("403 Forbidden")) as gate:
        refusing = gate.address.removesuffix("/v1").replace("http://", "http://user:proxy-password@")
        for proxy in (refusing, f"http://user:proxy-password@127.0.0.1:{closed_port()}"):
            async with AiohttpTransport("https://status.invalid/v1", lambda: TOKEN, "x", proxy) as transport:
                with pytest.raises(TransportError) as caught:
                    await transport.send(GET, timeout=10)
            assert caught.value.failure is Failure.REFUSED
            assert "proxy-password" not in f"{caught.value!r} {transport!r}"
        assert gate.heads[0].startswith("CONNECT status.invalid:443")
        assert TOKEN not in gate.heads[0]


async def test_certificates_are_verified() -> None:
    async with AiohttpTransport("https://status.invalid/v1", lambda: TOKEN, "x") as transport:
        assert transport._session is not None
        connector = transport._session.connector
        assert connector is not None
        assert vars(connector)["_ssl"] is True


async def test_use_outside_of_its_context_is_a_defect_and_says_so() -> None:
    transport = AiohttpTransport("https://status.invalid/v1", lambda: TOKEN, "x")
    with pytest.raises(RuntimeError, match="outside of its `async with`"):
        await transport.send(GET, timeout=1)


@pytest.mark.parametrize(
    "address",
    ["https://api.example/v1", "http://127.0.0.1:8080/v1/", "http://[::1]:8080/v1", "http://localhost/v1"],
)
def test_https_and_loopback_addresses_are_accepted(address: str) -> None:
    assert repr(AiohttpTransport(address, lambda: TOKEN, "x")) == f"AiohttpTransport({address.rstrip('/')!r})"


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("http://api.example/v1", "plain http to api.example"),
        ("http://127.0.0.1.example/v1", "plain http to 127.0.0.1.example"),
        ("http://10.0.0.1/v1", "plain http to 10.0.0.1"),
        ("ftp://api.example/v1", "not an http or https address"),
        ("api.example/v1", "not an http or https address"),
        ("https:///v1", "not an http or https address"),
        ("https://api.example:99999/v1", "not an http or https address"),
        ("", "not an http or https address"),
        ("https://user:hunter2@api.example/v1", "must hold no user"),
        ("https://api.example/v1?api_key=hunter2", "must hold no user"),
    ],
)
def test_an_address_that_would_betray_the_token_is_refused(address: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint) as caught:
        AiohttpTransport(address, lambda: TOKEN, "x")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "proxy", "complaint"),
    [
        ("https://api.example/v1", "proxy:3128", "the proxy's address is not an http or https address"),
        ("http://127.0.0.1:1/v1", "http://proxy:3128", "the proxy would read the token"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_refused(address: str, proxy: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        AiohttpTransport(address, lambda: TOKEN, "x", proxy)
