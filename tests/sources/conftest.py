"""A server of scripted bytes on loopback, for the doors that open real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

Serve = Callable[..., Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a server that answers each connection with the given bytes; `hold` keeps it open after them, `at_once` waits for no request. Gives its base URL."""
    servers: list[asyncio.Server] = []
    connections: list[asyncio.StreamWriter] = []

    async def start(
        answer: bytes = b"", *, hold: bool = False, at_once: bool = False, seen: list[bytes] | None = None
    ) -> str:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connections.append(writer)
            try:
                if not at_once:
                    request = await _request(reader)
                    if seen is not None:
                        seen.append(request)
                writer.write(answer)
                await writer.drain()
                if hold:
                    await reader.read()
            except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        servers.append(server)
        port = server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    yield start
    for server in servers:
        server.close()
    for connection in connections:
        connection.close()
    for server in servers:
        await server.wait_closed()
    # The handlers see their connections closed and end.
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others, return_exceptions=True)


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return head + (await reader.readexactly(int(lengths[0].split(b":")[1])) if lengths else b"")


@pytest.fixture
def unused_url() -> str:
    """An address of loopback on which nobody listens: port 1 is reserved and never bound here."""
    return "http://127.0.0.1:1"
