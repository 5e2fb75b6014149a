"""One HTTP exchange: a request out, an answer or a classified failure back.

The only place of the sources that opens connections. Everything that the network or the peer can do ends as a `Failure` of a closed set of faults; whatever is raised instead
is a defect of ours (an impossible URL, a header with a line break), and says nothing about the peer. Knows neither probes nor queries. No redirect is followed, no cookie is
kept, no proxy is taken from the environment, and each exchange makes its own connection: a kept one would hide a dead listener, or report our own stale socket as a fault.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, Self

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError, PayloadEncodingError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import SimpleNamespace, TracebackType

BODY_LIMIT = 1 << 20
"""Bytes of a body, after decompression, that are read; the rest is left where it is."""

_Session = aiohttp.ClientSession  # noqa: TID251 - this module is the door of the sources

_HEADER_LIMIT = 1 << 16
"""Bytes of one header; aiohttp's 8,190 would call a site down that sends a long policy."""
_BREAKS = frozenset("\r\n\0")
_MAX_TEXT = 120


class Fault(StrEnum):
    """Why there was no whole answer."""

    DNS = "dns"
    """The name has no address."""
    RESOLVER = "resolver"
    """Our resolver did not answer."""
    REFUSED = "refused"
    TLS = "tls"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    """The connection could not be made or broke before the whole head of an answer, or what came was not HTTP."""
    BODY = "body"
    """The body broke off or could not be decompressed."""
    LOCAL = "local"
    """This machine could not try: no route, no free file descriptor or port, or it stood still."""

    @property
    def ours(self) -> bool:
        """Whether the fault says something about us and nothing about the peer: then we are blind, and blindness is not outage."""
        return self in {Fault.RESOLVER, Fault.LOCAL}


class Phase(StrEnum):
    """How far an exchange had come; its value is what people read."""

    DNS = "DNS"
    CONNECT = "CONNECT"
    TLS = "TLS"
    RESPONSE = "RESPONSE"
    BODY = "BODY"


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent.

    Attributes:
        method: upper case.
        url: absolute, `http` or `https`.
        headers: names and values; they may hold a credential.
        body: bytes as they are.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete head of an answer, and its body as far as it was read.

    Attributes:
        status: HTTP status code.
        body: at most `BODY_LIMIT` bytes, decompressed.
        complete: whether that was the whole body.
    """

    status: int
    body: bytes = field(default=b"", repr=False)
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Failure:
    """No whole answer, and why."""

    fault: Fault
    phase: Phase = Phase.CONNECT
    text: str = ""

    @property
    def detail(self) -> str:
        """One line for people, such as `[CONNECT] (refused)`."""
        return f"[{self.phase}] ({self.text or self.fault})"


class Exchange(Protocol):
    """The door to the network."""

    async def exchange(self, request: Request, *, timeout: float) -> Answer | Failure:  # noqa: ASYNC109 - a deadline of the peer, answered by a value
        """Send the request once; `timeout` seconds bound everything from the look-up of the name to the end of the body."""
        ...


class HttpExchange:
    """The real door: one aiohttp session, open between `async with` and its end."""

    def __init__(
        self, *, user_agent: str = "statuspage-bridge", resolver: aiohttp.abc.AbstractResolver | None = None
    ) -> None:
        """Take what is sent as `User-Agent`, and a resolver of names (the system's by default, whose errors can be told apart)."""
        self._user_agent = user_agent
        self._resolver = resolver
        self._session: _Session | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            # A wait for a free connection would count as the peer's slowness; the schedule paces instead.
            limit=0,
            force_close=True,
            use_dns_cache=False,
            resolver=self._resolver or aiohttp.ThreadedResolver(),
        )
        self._session = _Session(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "identity"},
            # The deadline is ours, over all phases; aiohttp's own would race with it.
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            trace_configs=[_follow()],
            max_line_size=_HEADER_LIMIT,
            max_field_size=_HEADER_LIMIT,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def exchange(self, request: Request, *, timeout: float) -> Answer | Failure:  # noqa: ASYNC109 - as in the protocol
        """Send the request once; see `Exchange`.

        Raises:
            ValueError: the URL, the host's name or a header cannot be sent at all.
            RuntimeError: outside of `async with`.
        """
        if self._session is None:
            raise RuntimeError("an exchange outside of `async with`")
        for name, value in request.headers:
            # aiohttp sees it only after it has connected, when a refused connection would hide it.
            if not _BREAKS.isdisjoint(name + value):
                raise ValueError("a header holds a line break or a NUL")
        progress = _Progress()
        try:
            async with asyncio.timeout(timeout):
                return await self._send(self._session, request, progress)
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
            raise
        except (TimeoutError, aiohttp.ClientError, HttpProcessingError, OSError) as error:
            return _classify(error, progress.phase)

    @staticmethod
    async def _send(session: _Session, request: Request, progress: _Progress) -> Answer:
        response = await session.request(
            request.method,
            request.url,
            headers=request.headers,
            data=request.body or None,
            allow_redirects=False,
            trace_request_ctx=progress,
        )
        try:
            progress.phase = Phase.BODY
            body = bytearray()
            while len(body) <= BODY_LIMIT:
                chunk = await response.content.read(BODY_LIMIT + 1 - len(body))
                if not chunk:
                    break
                body += chunk
        finally:
            response.close()
        return Answer(response.status, bytes(body[:BODY_LIMIT]), complete=len(body) <= BODY_LIMIT)


@dataclass(slots=True)
class _Progress:
    phase: Phase = Phase.CONNECT


def _follow() -> aiohttp.TraceConfig:
    """Keep each request's `_Progress` up to date, so that a timeout says what was waited for."""

    def enter(phase: Phase) -> Callable[[object, SimpleNamespace, object], Awaitable[None]]:
        async def entered(_session: object, context: SimpleNamespace, _parameters: object) -> None:
            context.trace_request_ctx.phase = phase

        return entered

    trace = aiohttp.TraceConfig()
    trace.on_dns_resolvehost_start.append(enter(Phase.DNS))
    trace.on_dns_resolvehost_end.append(enter(Phase.CONNECT))
    trace.on_connection_create_end.append(enter(Phase.RESPONSE))
    return trace


_BY_ERRNO = {
    errno.ECONNREFUSED: Fault.REFUSED,
    errno.ETIMEDOUT: Fault.TIMEOUT,
    # What this machine lacks. EHOSTUNREACH is not among them: a neighbour that is down looks like that.
    errno.EMFILE: Fault.LOCAL,
    errno.ENFILE: Fault.LOCAL,
    errno.ENOBUFS: Fault.LOCAL,
    errno.ENOMEM: Fault.LOCAL,
    errno.ENETDOWN: Fault.LOCAL,
    errno.ENETUNREACH: Fault.LOCAL,
    errno.EADDRNOTAVAIL: Fault.LOCAL,
}

# EAI_AGAIN is also what a broken zone looks like from here; in doubt we are blind rather than they are down.
_RESOLVER_SILENT = frozenset({socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_SYSTEM, socket.EAI_MEMORY})


def _classify(error: Exception, phase: Phase) -> Failure:
    text = ""
    match error:
        case aiohttp.ClientConnectorDNSError():
            fault = Fault.RESOLVER if error.os_error.errno in _RESOLVER_SILENT else Fault.DNS
            phase, text = Phase.DNS, _text(error)
        case TimeoutError():
            # The name server that we ask is ours: silence there is our blindness.
            fault = Fault.RESOLVER if phase is Phase.DNS else Fault.TIMEOUT
            text = "timeout"
        case aiohttp.ClientSSLError() | aiohttp.ServerFingerprintMismatch() | ssl.SSLError():
            fault, phase, text = Fault.TLS, Phase.TLS, _text(error)
        case aiohttp.ClientPayloadError():
            fault, phase, text = Fault.BODY, Phase.BODY, "broken off or not decodable"
        case aiohttp.ClientResponseError() | HttpProcessingError() if _spoiled_body(error):
            fault, phase, text = Fault.BODY, Phase.BODY, "broken off or not decodable"
        case aiohttp.ClientResponseError() | HttpProcessingError():
            fault, text = Fault.CONNECTION, "not an HTTP answer"
        case aiohttp.ServerDisconnectedError():
            fault, text = Fault.CONNECTION, "closed without an answer"
        case OSError():
            fault = _BY_ERRNO.get(error.errno or 0, Fault.CONNECTION)
            text = "" if fault in {Fault.REFUSED, Fault.TIMEOUT} else _text(error)
        case _:
            fault, text = Fault.CONNECTION, _text(error)
    return Failure(fault, phase, text)


def _spoiled_body(error: BaseException | None) -> bool:
    # A body that came in one piece with its head spoils the head's reading too; the chain of causes tells them apart.
    while error is not None:
        if isinstance(error, PayloadEncodingError):
            return True
        error = error.__cause__
    return False


def _text(error: Exception) -> str:
    match error:
        case aiohttp.ClientConnectorCertificateError():
            text = str(error.certificate_error)
        case aiohttp.ClientConnectorError():
            text = error.os_error.strerror or str(error.os_error)
        case OSError():
            text = error.strerror or str(error)
        case _:
            text = type(error).__name__
    return " ".join(text.split())[:_MAX_TEXT]
