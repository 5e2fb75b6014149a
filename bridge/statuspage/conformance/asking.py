"""How the probe makes a call: allowed, paced, sent once, and seen as it came.

The page's clock is read off the `Date` of its answers, so that "in half a minute" means the same to both. A write that is under way when the probe is cancelled is awaited first: what it made
has to be known to be removed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from bridge.errors import BridgeError
from bridge.statuspage.api.errors import RateLimitedError, StatuspageError, error_of
from bridge.statuspage.api.pagination import PER_PAGE
from bridge.statuspage.conformance.endpoints import ALLOWED
from bridge.statuspage.conformance.record import Seen
from bridge.statuspage.sending import Sender
from bridge.statuspage.timestamps import http_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bridge.statuspage.api.pace import Pace
    from bridge.statuspage.api.pagination import Dialect
    from bridge.statuspage.conformance.endpoints import Raw
    from bridge.statuspage.transport import Response, Transport

Query = tuple[tuple[str, str], ...]

_NOWHERE: Final[Mapping[str, str]] = {}

TIMEOUT: Final = 30.0
"""Seconds for a call."""
_ATTEMPTS: Final = 3
_PAUSE: Final = 5.0
_WINDOW: Final = 60.0
_SERVER_ERRORS: Final = 500


class LostError(BridgeError):
    """A call whose outcome is not known, or that never left. The rest of its subject is left out."""


@dataclass(frozen=True, slots=True)
class _Call:
    endpoint: Raw
    places: Mapping[str, str]
    payload: Mapping[str, Any] | None = None
    query: Query = ()


class Asker:
    """Asks one page, one call after the other."""

    def __init__(
        self,
        transport: Transport,
        page_id: str,
        *,
        pace: Pace,
        now: Callable[[], float],
    ) -> None:
        """Begin.

        Args:
            transport: carries each request, and holds the token.
            page_id: the page that is asked.
            pace: of all calls but those that `at_once` makes.
            now: Unix epoch seconds.
        """
        self._sender = Sender(transport, allowed=ALLOWED)
        self._pace = pace
        self._now = now
        self._ahead = 0.0
        self._under_way = False
        self.page_id = page_id
        self.calls = 0

    def page_time(self) -> float:
        """Unix epoch seconds by the page's clock, as far as it tells."""
        return self._now() + self._ahead

    async def ask(
        self,
        endpoint: Raw,
        places: Mapping[str, str] = _NOWHERE,
        *,
        payload: Mapping[str, Any] | None = None,
        query: Query = (),
        repeat: bool = True,
    ) -> Seen:
        """Make a call, and again what was certainly not done: calls over the limit, and reads that failed.

        Args:
            endpoint: what.
            places: ids for the path; the page's, unless it is another one.
            payload: the body, as JSON has it.
            query: parameters.
            repeat: whether it is repeated at all.

        Raises:
            LostError: it did not end with an answer of the API.
            asyncio.CancelledError: a write that was under way is through.
        """
        call = _Call(endpoint, {"page_id": self.page_id, **places}, payload, query)
        attempt = 0
        while True:
            attempt += 1
            last = attempt == _ATTEMPTS or not repeat
            seen, error = await self._unbroken(call, self._pace)
            limited = isinstance(error, RateLimitedError)
            if seen is not None and seen.status < _SERVER_ERRORS and (last or not limited):
                return seen
            if last or not (limited or endpoint.method == "GET"):
                raise LostError(str(error))
            asked = None if error is None else error.retry_after
            await asyncio.sleep(asked if asked is not None else _WINDOW if limited else _PAUSE)

    async def list(self, endpoint: Raw, *, dialect: Dialect = PER_PAGE, more: Query = ()) -> Seen:
        """The first page of a list: on a throw-away page, what was made last stands there."""
        return await self.ask(endpoint, query=(*more, *dialect.query(dialect.first)))

    async def at_once(self, endpoint: Raw, pace: Pace) -> Seen | None:
        """Make a call that reads, whatever the window says, and not again. None if there was no answer."""
        seen, _ = await self._once(_Call(endpoint, {"page_id": self.page_id}), pace)
        return seen

    async def _once(self, call: _Call, pace: Pace) -> tuple[Seen | None, StatuspageError | None]:
        prepared = self._sender.prepare(call.endpoint, call.places, query=call.query, payload=call.payload)
        failure: StatuspageError | None = None
        response: Response | None = None
        try:
            async with pace.slot(timeout=TIMEOUT):
                self._under_way = True
                self.calls += 1
                exchange = await self._sender.send(prepared, timeout=TIMEOUT)
                response = exchange.response
                if (error := error_of(prepared.request, exchange)) is not None:
                    raise error
        except StatuspageError as error:
            failure = error
        if response is None:
            return None, failure
        if (date := http_date(response.header("date"))) is not None:
            self._ahead = date - self._now()
        # The template: a path with its ids is as long as a secret, and would be redacted as one.
        shown = f"{call.endpoint.method} {call.endpoint.template}"
        header = response.header("retry-after")
        return Seen(shown, call.payload, response.status, _json(response.body), header), failure

    async def _unbroken(self, call: _Call, pace: Pace) -> tuple[Seen | None, StatuspageError | None]:
        work = self._once(call, pace)
        if call.endpoint.method == "GET":
            return await work
        self._under_way = False
        task = asyncio.ensure_future(work)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not self._under_way:  # it waits for its place in the window, and shall not go any more
                task.cancel()
                await asyncio.wait([task])
                raise BrokenOffError(None, sent=False) from None
            seen, _ = await task
            raise BrokenOffError(seen, sent=True) from None


class BrokenOffError(asyncio.CancelledError):
    """The probe was cancelled while it made a write, which then came through as `seen`, or was not sent at all."""

    def __init__(self, seen: Seen | None, *, sent: bool) -> None:
        super().__init__()
        self.seen = seen
        self.sent = sent


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body) if body.strip() else None
    except (ValueError, RecursionError):
        return None
