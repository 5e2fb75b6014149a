"""The real door to the network: every failure is its own kind, and nothing of the peer is raised."""

from __future__ import annotations

import asyncio
import errno
import gzip
import socket
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bridge.sources.exchange import (
    BODY_LIMIT,
    Answer,
    Failure,
    Fault,
    HttpExchange,
    Phase,
    Request,
    _classify,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Serve = Callable[..., Awaitable[str]]

OK_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"


class ScriptedResolver(aiohttp.abc.AbstractResolver):
    """Answers each name with one error, or, without one, never."""

    def __init__(self, error: OSError | None = None) -> None:
        self.error = error

    async def resolve(self, *_name: object, **_more: object) -> list[aiohttp.abc.ResolveResult]:
        """Raise or wait."""
        if self.error is not None:
            raise self.error
        await asyncio.get_running_loop().create_future()
        return []

    async def close(self) -> None:
        """Hold nothing."""


async def exchanged(
    url: str, *, within: float = 5.0, resolver: ScriptedResolver | None = None
) -> Answer | Failure:
    async with HttpExchange(resolver=resolver) as door:
        return await door.exchange(Request("GET", url), timeout=within)


async def failed(url: str, *, within: float = 5.0, resolver: ScriptedResolver | None = None) -> Failure:
    result = await exchanged(url, within=within, resolver=resolver)
    assert isinstance(result, Failure)
    return result


async def test_an_answer_is_its_status_and_its_body(serve: Serve) -> None:
    assert await exchanged(await serve(OK_ANSWER)) == Answer(200, b"fine")


async def test_method_headers_and_body_are_sent_as_given_and_no_compression_is_asked_for(
    serve: Serve,
) -> None:
    seen: list[bytes] = []
    url = await serve(OK_ANSWER, seen=seen)
    request = Request("POST", f"{url}/a%2Fb?q=1", (("X-Probe", "one"), ("User-Agent", "mine")), b"body")
    async with HttpExchange() as door:
        await door.exchange(request, timeout=5)
    assert seen[0].startswith(b"POST /a%2Fb?q=1 HTTP/1.1\r\n")
    assert b"X-Probe: one\r\n" in seen[0]
    assert b"User-Agent: mine\r\n" in seen[0]
    assert b"Accept-Encoding: identity\r\n" in seen[0]
    assert seen[0].endswith(b"\r\n\r\nbody")


async def test_a_redirect_is_an_answer_and_is_not_followed(serve: Serve) -> None:
    seen: list[bytes] = []
    url = await serve(b"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n", seen=seen)
    assert await exchanged(url) == Answer(302)
    assert len(seen) == 1


async def test_a_huge_body_is_read_to_the_limit_and_said_to_be_more(serve: Serve) -> None:
    url = await serve(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * (BODY_LIMIT + 100_000))
    result = await exchanged(url)
    assert isinstance(result, Answer)
    assert (len(result.body), result.complete) == (BODY_LIMIT, False)


async def test_a_body_of_just_the_limit_is_complete(serve: Serve) -> None:
    result = await exchanged(await serve(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * BODY_LIMIT))
    assert isinstance(result, Answer)
    assert (len(result.body), result.complete) == (BODY_LIMIT, True)


async def test_a_compressed_bomb_is_read_to_the_limit_only(serve: Serve) -> None:
    bomb = gzip.compress(b"\0" * (64 * BODY_LIMIT))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    result = await exchanged(await serve(head + bomb))
    assert isinstance(result, Answer)
    assert (len(result.body), result.complete) == (BODY_LIMIT, False)


async def test_headers_longer_than_aiohttp_s_own_limit_are_an_answer(serve: Serve) -> None:
    answer = (
        b"HTTP/1.1 200 OK\r\nContent-Security-Policy: " + b"p" * 20_000 + b"\r\nContent-Length: 0\r\n\r\n"
    )
    assert await exchanged(await serve(answer)) == Answer(200)


async def test_nobody_listening_is_refused(unused_url: str) -> None:
    assert await failed(unused_url) == Failure(Fault.REFUSED, Phase.CONNECT)
    assert (await failed(unused_url)).detail == "[CONNECT] (refused)"


async def test_no_answer_in_time_is_a_timeout_that_says_what_was_waited_for(serve: Serve) -> None:
    result = await failed(await serve(hold=True), within=0.05)
    assert (result.fault, result.phase) == (Fault.TIMEOUT, Phase.RESPONSE)


async def test_a_body_that_never_ends_is_a_timeout_of_the_body(serve: Serve) -> None:
    result = await failed(
        await serve(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", hold=True), within=0.05
    )
    assert (result.fault, result.phase) == (Fault.TIMEOUT, Phase.BODY)


async def test_https_to_a_port_that_speaks_plain_http_is_a_tls_fault(serve: Serve) -> None:
    url = await serve(b"HTTP/1.1 400 Bad Request\r\n\r\n", at_once=True)
    result = await failed(url.replace("http://", "https://"))
    assert (result.fault, result.phase) == (Fault.TLS, Phase.TLS)


async def test_a_body_cut_off_is_a_body_fault(serve: Serve) -> None:
    result = await failed(await serve(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"))
    assert (result.fault, result.phase) == (Fault.BODY, Phase.BODY)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        pytest.param(b"gzip", b"this is no gzip at all", id="gzip that is none"),
        pytest.param(b"deflate", b"\x78\x9c" + b"spoiled" * 9, id="deflate that is spoiled"),
    ],
)
async def test_a_body_that_cannot_be_decompressed_is_a_body_fault(
    serve: Serve, encoding: bytes, body: bytes
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (encoding, len(body))
    assert (await failed(await serve(head + body))).fault is Fault.BODY


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="closed without an answer"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n\r\n", id="another protocol"),
        pytest.param(b"HTTP/1.1 abc OK\r\n\r\n", id="a status that is no number"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", id="an endless header"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Le", id="half a head"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", id="a negative length"),
        pytest.param(b"\x00\xff" * 100 + b"\r\n\r\n", id="noise"),
    ],
)
async def test_what_is_not_an_http_answer_is_a_connection_fault(serve: Serve, answer: bytes) -> None:
    assert (await failed(await serve(answer))).fault is Fault.CONNECTION


@pytest.mark.parametrize(
    ("code", "fault", "ours"),
    [
        pytest.param(socket.EAI_NONAME, Fault.DNS, False, id="a name that does not exist"),
        pytest.param(socket.EAI_NODATA, Fault.DNS, False, id="a name without an address"),
        pytest.param(
            socket.EAI_AGAIN, Fault.RESOLVER, True, id="a resolver that does not answer is our blindness"
        ),
    ],
)
async def test_a_name_that_is_not_found_is_told_from_a_resolver_that_is_silent(
    code: int, fault: Fault, *, ours: bool
) -> None:
    resolver = ScriptedResolver(socket.gaierror(code, "scripted"))
    result = await failed("http://shop.example/", resolver=resolver)
    assert result == Failure(fault, Phase.DNS, "scripted")
    assert result.fault.ours is ours


async def test_a_look_up_that_hangs_is_our_resolver_s_fault() -> None:
    result = await failed("http://shop.example/", within=0.05, resolver=ScriptedResolver())
    assert (result.fault, result.phase) == (Fault.RESOLVER, Phase.DNS)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (errno.ECONNREFUSED, Fault.REFUSED),
        (errno.ECONNRESET, Fault.CONNECTION),
        (errno.EHOSTUNREACH, Fault.CONNECTION),
        (errno.ETIMEDOUT, Fault.TIMEOUT),
        (errno.EMFILE, Fault.LOCAL),
        (errno.ENETUNREACH, Fault.LOCAL),
        (errno.EADDRNOTAVAIL, Fault.LOCAL),
    ],
)
def test_an_error_of_the_system_is_the_peer_s_or_ours(code: int, fault: Fault) -> None:
    assert _classify(OSError(code, "scripted"), Phase.CONNECT).fault is fault


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(Request("GET", "http://"), id="no host"),
        pytest.param(
            Request("GET", "http://" + "a" * 70 + ".example/"), id="a label of a name that is too long"
        ),
        pytest.param(
            Request("GET", "http://127.0.0.1:1/", (("X", "a\r\nY: b"),)), id="a line break in a header"
        ),
        pytest.param(Request("GET", "http://127.0.0.1:99999/"), id="an impossible port"),
        pytest.param(Request("GET", "ftp://127.0.0.1/"), id="another scheme"),
    ],
)
async def test_a_request_that_cannot_be_sent_is_raised_as_a_defect_of_ours(request_: Request) -> None:
    async with HttpExchange() as door:
        with pytest.raises((ValueError, aiohttp.NonHttpUrlClientError)):
            await door.exchange(request_, timeout=1)


async def test_an_exchange_before_the_door_is_open_is_a_defect_of_ours() -> None:
    with pytest.raises(RuntimeError, match="async with"):
        await HttpExchange().exchange(Request("GET", "http://127.0.0.1:1/"), timeout=1)


def test_no_representation_shows_a_header_or_a_body() -> None:
    request = Request("GET", "http://shop.example/", (("Authorization", "Bearer canary"),), b"canary")
    assert "canary" not in repr(request) + repr(Answer(200, b"canary"))
