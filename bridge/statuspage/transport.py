"""How one request reaches Statuspage and how its answer, or the manner of its failure, comes back.

The simulation puts its own `Transport` here. This module knows HTTP and nothing of incidents: it never sends a request twice, and it says `REFUSED` only where no byte of the
request can have been written. The token stays inside: no message, exception or representation made here holds it.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol, Self, TypeAlias
from urllib.parse import urlencode

import aiohttp
import yarl

from bridge.core.intents import Failure
from bridge.statuspage.addresses import checked_base_url, checked_proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

_Session: TypeAlias = aiohttp.ClientSession  # noqa: TID251 - this door's own session

Method = Literal["GET", "POST", "PATCH", "PUT", "DELETE"]

MAX_BODY_BYTES: Final = 16 * 1024 * 1024
"""An answer that is longer counts as lost: a list of 100 incidents stays far below."""

CONNECT_SECONDS: Final = 10.0
"""The most that is spent on name, connection and TLS, and never over half of a request's time. Giving up there is a refusal, which needs no settling."""

_TOKEN: Final = re.compile(r"[\x21-\x7e]+")
_REDACTABLE_TOKEN_LENGTH: Final = 8
_FIRST_STATUS_AFTER_SUCCESS: Final = 300


@dataclass(frozen=True, slots=True)
class Request:
    """One request, without the token.

    Attributes:
        method: the HTTP method.
        path: below the API's base address, beginning with a slash, already percent-encoded.
        query: names and values in order, not yet encoded.
        body: a JSON document, or nothing.
    """

    method: Method
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer, read whole. Redirects and errors are answers too."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str | None:
        """A header's value; names are compared without case."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), None)


class TransportError(Exception):
    """A request got no whole answer.

    Attributes:
        failure: how it failed.
        detail: one line for the operator, without secrets.
        head: status and headers, when these had arrived and only the body is missing.
    """

    def __init__(self, failure: Failure, detail: str = "", *, head: Response | None = None) -> None:
        super().__init__(failure, detail)
        self.failure = failure
        self.detail = detail
        self.head = head


class Transport(Protocol):
    """Sends one request once."""

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - the deadline that the intent records
        """Send a request and read its answer within `timeout` seconds.

        Raises:
            TransportError: there is no whole answer.
            asyncio.CancelledError: the caller was cancelled; the request may have been applied.
        """
        ...


class _TokenError(Exception):
    """The token could not be had, so that nothing was sent."""


class _AnswerTooLongError(Exception):
    """The body is over `MAX_BODY_BYTES`."""


class _ConnectionBrokenError(Exception):
    """The connection broke at a time when the request may have been written."""


class AiohttpTransport:
    """HTTPS to the real service, or to a simulator on a loopback address.

    Each request has a connection of its own. At 60 requests a minute a handshake costs little, while a kept connection that the server closes in the very moment of a write
    would turn that write into an Unknown, which has to be settled.
    """

    def __init__(
        self, base_url: str, token: Callable[[], str], user_agent: str, proxy: str | None = None
    ) -> None:
        """Check the addresses; the session is opened by `async with`.

        Args:
            base_url: address of the API with its version, such as the vendor's, ending in `/v1`.
            token: called for each request, so that a rotated token file counts at once.
            user_agent: sent with each request.
            proxy: address of a forward proxy. The environment's proxy variables are not read.

        Raises:
            ConfigurationError: an address cannot be used.
        """
        self._base_url = checked_base_url(base_url)
        self._proxy = None if proxy is None else checked_proxy(proxy, base_url=self._base_url)
        self._token = token
        self._user_agent = user_agent
        self._session: _Session | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._base_url)!r})"

    async def __aenter__(self) -> Self:
        self._session = _Session(
            connector=aiohttp.TCPConnector(force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._user_agent, "Accept": "application/json"},
            middlewares=(_send_once,),
            raise_for_status=False,
            trust_env=False,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - as in Transport
        """Send one request once; see `Transport.send`."""
        session = self._session
        if session is None:
            raise RuntimeError("AiohttpTransport is used outside of its `async with`")
        heads: list[Response] = []
        try:
            async with asyncio.timeout(timeout):
                return await self._exchange(
                    session, request, heads, connect_seconds=min(CONNECT_SECONDS, timeout / 2)
                )
        except Exception as error:  # noqa: BLE001 - whatever broke, the request may have been written
            head = heads[0] if heads else None
            problem = TransportError(_failure_of(error, answered=bool(heads)), _describe(error), head=head)
        # Raised out here, the new error has neither the old one as its context nor, in its traceback, the frames that held the token.
        raise problem

    async def _exchange(
        self,
        session: _Session,
        request: Request,
        heads: list[Response],
        *,
        connect_seconds: float,
    ) -> Response:
        token = self._current_token()
        headers = {"Authorization": f"OAuth {token}"}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        async with (
            session.request(
                request.method,
                self._address_of(request),
                data=request.body,
                headers=headers,
                allow_redirects=False,  # a redirect would take the token to another host, and a write a second time
                proxy=self._proxy,
                timeout=aiohttp.ClientTimeout(total=None, connect=connect_seconds),
            ) as answer
        ):
            answered = {name.lower(): value for name, value in answer.headers.items()}
            heads.append(Response(answer.status, answered))
            body = await _read(answer)
        if answer.status >= _FIRST_STATUS_AFTER_SUCCESS and len(token) >= _REDACTABLE_TOKEN_LENGTH:
            body = body.replace(token.encode(), b"[redacted]")  # an error page that repeats what it was sent
        return Response(answer.status, answered, body)

    def _current_token(self) -> str:
        try:
            token = self._token().strip()
        except Exception as error:  # noqa: BLE001 - a file, a setting or a callback of the embedder
            raise _TokenError(f"the API token cannot be read: {type(error).__name__}") from None
        if not _TOKEN.fullmatch(token):
            raise _TokenError("the API token is empty or holds characters that no token has")
        return token

    def _address_of(self, request: Request) -> yarl.URL:
        query = f"?{urlencode(request.query)}" if request.query else ""
        return yarl.URL(f"{self._base_url}{request.path}{query}", encoded=True)


async def _send_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from repeating a request of its own accord.

    It repeats GET, PUT and DELETE when the connection breaks before the answer. The rate window would not know of the second request.
    """
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _ConnectionBrokenError(type(error).__name__) from None


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    parts: list[bytes] = []
    length = 0
    async for part in answer.content.iter_any():
        length += len(part)
        if length > MAX_BODY_BYTES:
            raise _AnswerTooLongError(f"the answer is longer than {MAX_BODY_BYTES} bytes")
        parts.append(part)
    return b"".join(parts)


def _failure_of(error: Exception, *, answered: bool) -> Failure:
    before_a_byte = (
        _TokenError,
        aiohttp.ClientConnectorError,  # name, connection, TLS, proxy
        aiohttp.ClientHttpProxyError,  # the proxy refused the tunnel
        aiohttp.ConnectionTimeoutError,
        aiohttp.InvalidURL,
    )
    if isinstance(error, before_a_byte) and not answered:
        return Failure.REFUSED
    if isinstance(error, TimeoutError):
        return Failure.TIMEOUT
    return Failure.LOST


def _describe(error: Exception) -> str:
    """Say what broke. An exception's own text is used only where we know what it holds: a proxy's address may carry a password."""
    match error:
        case _TokenError() | _AnswerTooLongError() | _ConnectionBrokenError():
            return str(error)
        case aiohttp.ClientConnectorCertificateError(
            certificate_error=ssl.SSLCertVerificationError() as cause
        ):
            return f"the certificate is not trusted: {cause.verify_message}"
        case aiohttp.ClientConnectorError():
            return f"no connection to {error.host}:{error.port}: {error.os_error.strerror or type(error).__name__}"
        case aiohttp.ClientHttpProxyError():
            return f"the proxy refused the connection with status {error.status}"
        case _:
            return type(error).__name__
