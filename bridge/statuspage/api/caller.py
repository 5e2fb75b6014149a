"""The way of one call of the whole client: allowed, paced, sent, and answered with a value or an exception. Knows no resource."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from bridge.statuspage.api.errors import RateLimitedError, ServerError, error_of
from bridge.statuspage.api.pagination import Dialect, Row, walk, whole
from bridge.statuspage.sending import ForbiddenCallError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bridge.core.intents import Done
    from bridge.statuspage.api.pace import Pace
    from bridge.statuspage.api.writes.write import Write
    from bridge.statuspage.sending import Endpoint, Prepared, Sender

Body = TypeVar("Body")
Query = tuple[tuple[str, str], ...]

WINDOW: Final = 60.0
"""Seconds to wait after a 420 or 429 that does not say how long: by then the window has passed."""
LONGEST_PAUSE: Final = 30.0
"""Seconds between two attempts after errors of the server; they begin with one second and double."""


class Caller:
    """Makes calls for every resource of one client."""

    def __init__(
        self, sender: Sender, *, pages: frozenset[str] | None, timeout: float, patience: float, pace: Pace
    ) -> None:
        """See `StatuspageApi`."""
        self._sender = sender
        self._pages = pages
        self._timeout = timeout
        self._patience = patience
        self._pace = pace

    async def call(
        self,
        endpoint: Endpoint[Body],
        places: Mapping[str, str],
        *,
        query: Query = (),
        write: Write | None = None,
    ) -> Body:
        """Make a call: a write once, a read until it succeeds or patience is over.

        Raises:
            ForbiddenCallError: the operation, or the page, is not allowed to this client.
            ValueError: an id is none, or a text cannot be encoded.
            StatuspageError: the call did not succeed.
        """
        page_id = places.get("page_id")
        if self._pages is not None and page_id is not None and page_id not in self._pages:
            raise ForbiddenCallError(f"the page {page_id!r} is not allowed to this client")
        payload = None if write is None else write.document()
        prepared = self._sender.prepare(endpoint, places, query=query, payload=payload)
        del payload  # it may hold a provider's credentials, which no traceback should show
        if endpoint.method != "GET":
            return await self._once(prepared)
        clock = asyncio.get_running_loop().time
        give_up_at = clock() + self._patience
        pause = 1.0
        while True:
            try:
                return await self._once(prepared)
            except (RateLimitedError, ServerError) as error:
                unasked = WINDOW if isinstance(error, RateLimitedError) else pause
                wait = unasked if error.retry_after is None else error.retry_after
                if clock() + wait > give_up_at:
                    raise
            await asyncio.sleep(wait)
            pause = min(2 * pause, LONGEST_PAUSE)

    def rows(
        self,
        endpoint: Endpoint[tuple[Row, ...]],
        places: Mapping[str, str],
        dialect: Dialect | None,
        *,
        query: Query = (),
    ) -> AsyncIterator[Row]:
        """All rows of a list; each page is a call when it is needed."""

        async def read(numbers: Query) -> tuple[Row, ...]:
            return await self.call(endpoint, places, query=(*query, *numbers))

        return whole(read) if dialect is None else walk(read, dialect)

    async def _once(self, prepared: Prepared[Body]) -> Body:
        async with self._pace.slot(timeout=self._timeout):
            exchange = await self._sender.send(prepared, timeout=self._timeout)
            error = error_of(prepared.request, exchange)
            if error is not None:
                raise error
        return cast("Body", cast("Done", exchange.outcome).body)


def parameters(**values: Any) -> Query:
    """Query parameters; those that are None are left out."""
    return tuple(
        (name, str(value).lower() if isinstance(value, bool) else str(value))
        for name, value in values.items()
        if value is not None
    )
