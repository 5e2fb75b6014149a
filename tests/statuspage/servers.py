"""Real servers on a loopback port that misbehave in one chosen way each."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from bridge.statuspage.transport import AiohttpTransport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

TOKEN = "canary-3f9c1d77e0b84a52"


@dataclass
class Peer:
    """Where a server listens and what reached it: the head of each request, as text."""

    address: str
    heads: list[str] = field(default_factory=list)
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    def transport(self, token: Callable[[], str] = lambda: TOKEN) -> AiohttpTransport:
        """Make the transport that talks to this server."""
        return AiohttpTransport(self.address, token, "bridge-test/1")


def http(status: str, body: bytes = b"", headers: str = "", *, length: int | None = None) -> bytes:
    """An HTTP answer as bytes; `length` is announced in place of the body's true one."""
    announced = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {announced}\r\n{headers}\r\n".encode() + body


@asynccontextmanager
async def raw_server(answer: bytes, *, hold: bool = False) -> AsyncIterator[Peer]:
    """A server that reads a request's head, writes `answer` and closes; with `hold` it keeps silent and open instead of closing."""
    released = asyncio.Event()
    finished: list[asyncio.Event] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        over = asyncio.Event()
        finished.append(over)
        try:
            peer.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
            peer.reached.set()
            writer.write(answer)
            await writer.drain()
            if hold:
                await released.wait()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            over.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    peer = Peer(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    try:
        yield peer
    finally:
        released.set()
        server.close()
        for over in finished:
            await over.wait()


@asynccontextmanager
async def web_server(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[Peer]:
    """A well-behaved HTTP server with one handler for every path."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield Peer(f"http://127.0.0.1:{runner.addresses[0][1]}/v1")
    finally:
        await runner.cleanup()
