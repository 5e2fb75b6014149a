"""The one place that hands a request to a transport. What an allow-list lacks does not leave, whichever client asks for it (invariant I9).

Two clients send by it: the daemon's (`calls`), which has twelve operations and one page, and the whole one (`api`), for people and other programs. Decides nothing, waits for
nothing, repeats nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from bridge.statuspage.answers import asked_to_wait, read_answer, read_failure
from bridge.statuspage.errors import one_line
from bridge.statuspage.transport import Method, Request, TransportError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.intents import Outcome
    from bridge.statuspage.transport import Response, Transport

Body = TypeVar("Body")
"""What the body of a success becomes."""

IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ForbiddenCallError(Exception):
    """A defect of the caller: a call that this client may not make. Raised before anything is sent."""


class UnsendableError(ValueError):
    """The arguments cannot become a request: an id that is none, or a text that is no Unicode. Raised before anything is sent."""


@dataclass(frozen=True, slots=True)
class Endpoint(Generic[Body]):
    """One operation of the API.

    Attributes:
        method: the HTTP method.
        template: path with `{page_id}` and other ids in braces.
        decoder: for the body of a success; None where an empty one is expected.
    """

    method: Method
    template: str
    decoder: msgspec.json.Decoder[Body] | None


@dataclass(frozen=True, slots=True)
class Prepared(Generic[Body]):
    """A request that could be sent, and the operation that it is."""

    endpoint: Endpoint[Body]
    request: Request


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back.

    Attributes:
        outcome: what became of it; `Done.body` is what the endpoint's decoder made.
        status: the HTTP status code, if as much as that was answered.
        retry_after: seconds that the server asks to wait, whatever its status.
        body: the answer's bytes, if they came whole.
        response: the answer as it came, if it came whole.
    """

    outcome: Outcome
    status: int | None = None
    retry_after: float | None = None
    body: bytes = field(default=b"", repr=False)
    response: Response | None = field(default=None, repr=False)


class Sender:
    """A transport behind an allow-list."""

    def __init__(self, transport: Transport, *, allowed: frozenset[tuple[str, str]]) -> None:
        """Put an allow-list before a transport.

        Args:
            transport: carries each request.
            allowed: methods with path templates; everything else stays shut.
        """
        self._transport = transport
        self._allowed = allowed

    def prepare(
        self,
        endpoint: Endpoint[Body],
        places: Mapping[str, str],
        *,
        query: tuple[tuple[str, str], ...] = (),
        payload: object = None,
    ) -> Prepared[Body]:
        """Make the request.

        Args:
            endpoint: the operation.
            places: an id for each brace of the template.
            query: names and values.
            payload: becomes the JSON body; None for no body.

        Raises:
            ForbiddenCallError: the endpoint is not on the allow-list.
            UnsendableError: an id is none, or a text cannot be encoded.
        """
        self._demand(endpoint)
        for place, value in places.items():
            # Ids come from rule files and from answers: one with a slash would be another path than the one allowed.
            if not IDENTIFIER.fullmatch(value):
                raise UnsendableError(f"{one_line(value)!r} is not a {place}")
        try:
            for _, text in query:
                text.encode()
            body = None if payload is None else msgspec.json.encode(payload)
        except UnicodeEncodeError:
            raise UnsendableError("a text holds half of a surrogate pair and cannot be sent") from None
        return Prepared(endpoint, Request(endpoint.method, endpoint.template.format_map(places), query, body))

    async def send(self, prepared: Prepared[Any], *, timeout: float) -> Exchange:  # noqa: ASYNC109 - as in Transport
        """Send it, once, and read what comes back within `timeout` seconds.

        Raises:
            ForbiddenCallError: the endpoint is not on the allow-list.
            asyncio.CancelledError: the caller was cancelled; the request may have been applied.
        """
        self._demand(prepared.endpoint)
        try:
            response = await self._transport.send(prepared.request, timeout=timeout)
        except TransportError as error:
            outcome, head = read_failure(error), error.head
            return Exchange(outcome) if head is None else Exchange(outcome, head.status, asked_to_wait(head))
        outcome = read_answer(response, prepared.endpoint.decoder)
        return Exchange(outcome, response.status, asked_to_wait(response), response.body, response)

    def _demand(self, endpoint: Endpoint[Any]) -> None:
        if (endpoint.method, endpoint.template) not in self._allowed:
            raise ForbiddenCallError(f"{endpoint.method} {endpoint.template} is not allowed to this client")
