"""Serves an application on an address, and stops doing so in order.

Slow headers are cut by aiohttp's keep-alive timer alone, which is hours by default; here it is seconds. What is not HTTP is answered without a word of what was sent or of how
we are built. Must not know what is served.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import structlog
from aiohttp import web

from bridge.errors import ConfigurationError
from bridge.web.answers import HEADERS, refusal

HEADER_SECONDS: Final = 5.0
"""For a request's whole head, and for an idle connection (reliability.md, "Ingress")."""

LINGERING_SECONDS: Final = 5.0
"""How long the rest of a refused body is read and dropped, so that the sender gets to see the answer."""

BACKLOG: Final = 1024

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Listening:
    """A front that is being served; `port` is the one that was bound."""

    runner: web.AppRunner
    server: asyncio.Server
    host: str
    port: int

    @property
    def url(self) -> str:
        """Its address, for a client on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 (compared, not bound)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    async def close(self) -> None:
        """Take no more connections, let requests end within the time given at the start, and close what is idle."""
        self.server.close()
        await self.runner.cleanup()


async def start(
    app: web.Application,
    *,
    host: str,
    port: int,
    header_seconds: float = HEADER_SECONDS,
    shutdown_seconds: float = 10.0,
) -> Listening:
    """Serve an application; port 0 takes a free one, and the host `::` takes IPv4 as well.

    Args:
        app: what is served.
        host: an address or a name of this machine.
        port: where.
        header_seconds: for the head of a request.
        shutdown_seconds: for requests under way when it stops.

    Raises:
        ConfigurationError: the address cannot be bound.
    """
    runner = web.AppRunner(app, shutdown_timeout=shutdown_seconds)
    await runner.setup()
    try:
        options: dict[str, Any] = {
            "keepalive_timeout": header_seconds,
            "lingering_time": min(LINGERING_SECONDS, header_seconds),
            "access_log": None,
            "auto_decompress": False,  # a body is refused before it can swell
            "logger": _ServerLogger("bridge.web.http"),
        }
        manager: Any = runner.server  # None before setup() alone
        connection = partial(_Connection, manager, loop=asyncio.get_running_loop(), **options)
        server = await _bound(connection, host, port)
    except (OSError, UnicodeError) as error:
        await runner.cleanup()
        reason = getattr(error, "strerror", None) or "not the name of a host"
        raise ConfigurationError(f"cannot listen on {host}, port {port}: {reason}") from error
    except BaseException:
        await runner.cleanup()
        raise
    return Listening(runner, server, host, server.sockets[0].getsockname()[1])


async def _bound(connection: Any, host: str, port: int) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    if host == "::" and socket.has_dualstack_ipv6():
        # asyncio would take IPv6 alone.
        both = socket.create_server(
            (host, port), family=socket.AF_INET6, backlog=BACKLOG, dualstack_ipv6=True
        )
        return await loop.create_server(connection, sock=both, backlog=BACKLOG)
    return await loop.create_server(connection, host, port, backlog=BACKLOG)


class _Connection(web.RequestHandler):
    """One connection; only what is no HTTP is answered differently."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 (it repeats what was sent)
    ) -> web.StreamResponse:
        """Answer what never came as far as the application."""
        self.log_exception("", exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("part of an answer is sent already")
        malformed = status < HTTPStatus.INTERNAL_SERVER_ERROR
        response = refusal(status, "the request is no valid HTTP" if malformed else "internal error", HEADERS)
        response.force_close()
        return response


class _ServerLogger(logging.Logger):
    """aiohttp's own log of a connection. It would show the bytes that were sent, and a stack for each stranger's nonsense."""

    def debug(self, *_arguments: object, **_named: object) -> None:
        """Drop it."""

    def exception(self, *_arguments: object, exc_info: object = None, **_named: object) -> None:
        """Tell the kind alone of what is no HTTP; what is our own defect, with its stack."""
        if isinstance(exc_info, web.HTTPException) or type(exc_info).__module__.startswith("aiohttp."):
            _log.debug("malformed_request", error=type(exc_info).__name__)
        else:
            _log.error("connection_crashed", exc_info=exc_info)
