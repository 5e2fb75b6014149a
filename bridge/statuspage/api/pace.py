"""How fast calls follow each other. The API allows a token 60 requests in any minute; whoever shares the token with a daemon takes a share of that.

The window is the core's `Budget`, kept in memory: it is exact for one process and knows of no other.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from itertools import count
from typing import TYPE_CHECKING, Protocol

from bridge.core.intents import OperationId
from bridge.core.pacing import Budget, Lane, Limits
from bridge.statuspage.api.errors import NoAnswerError, NotSentError, RateLimitedError, StatuspageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager


class Pace(Protocol):
    """Says when a request may start."""

    def slot(self, *, timeout: float) -> AbstractAsyncContextManager[object]:
        """A place for one request, waited for when it is entered and held while the request is under way.

        It is left by the `StatuspageError` that the request ended with, if it did not succeed.

        Args:
            timeout: seconds that the request has at most.
        """
        ...


class Unpaced:
    """Every request starts at once."""

    @asynccontextmanager
    async def slot(self, *, timeout: float) -> AsyncIterator[None]:  # noqa: ARG002, ASYNC109 - as in Pace
        """Give way at once."""
        yield


class RollingWindow:
    """At most so many requests in any minute, as the server counts them, whatever the latency (statuspage-api.md, "Pacing that is provably safe").

    Those who wait are served in order. A `Retry-After` is obeyed by all that share the window.
    """

    def __init__(self, requests: int = 60, *, window: float = 60.0, settle_for: float = 150.0) -> None:
        """Begin with an empty window.

        Args:
            requests: in a window. For a token that a daemon uses, what its setting `others_share` leaves (3 by default).
            window: seconds.
            settle_for: seconds after its deadline by which a lost request has arrived, if it ever does.

        Raises:
            ValueError: no request is left.
        """
        limits = Limits(
            requests=requests,
            window=window,
            incident_reserve=0,
            observe_reserve=0,
            others_share=0,
            burst=requests,  # people wait for each of these; nothing is spread
            cold_spacing=0.0,
            settle_for=settle_for,
        )
        self._limits = limits
        self._budget: Budget | None = None
        self._names = count()
        self._queue = asyncio.Lock()
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def slot(self, *, timeout: float) -> AsyncIterator[None]:  # noqa: ASYNC109 - as in Pace
        """Wait for a place; see `Pace.slot`."""
        now = asyncio.get_running_loop().time
        budget = self._budget = self._budget or Budget(self._limits, (), now=now())
        name = OperationId(str(next(self._names)))
        async with self._queue:
            while (ready := budget.ready_at(Lane.ROUTINE, now())) > now():
                await self._change_until(ready)
            began_at = now()
            budget.take(Lane.ROUTINE, name, now=began_at, deadline=began_at + timeout)
        try:
            yield
        except NotSentError:
            budget.never_sent(name)
            raise
        except RateLimitedError as error:
            budget.answered(name, now())
            budget.penalise(now(), error.retry_after, began_at=began_at)
            raise
        except NoAnswerError:
            raise  # it may still arrive: its place comes back when that can no longer be
        except StatuspageError:
            budget.answered(name, now())
            budget.accepted()
            raise
        else:
            budget.answered(name, now())
            budget.accepted()
        finally:
            self._changed.set()

    async def _change_until(self, ready: float) -> None:
        """Wait until an answer changed what is free, or until `ready` on the loop's clock."""
        self._changed.clear()
        try:
            async with asyncio.timeout_at(ready):
                await self._changed.wait()
        except TimeoutError:
            pass
