"""The command line's pace: what is left to others than the daemon, and a word to the person who waits for it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from bridge.statuspage.api import RateLimitedError, RollingWindow, ServerError, StatuspageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

TELL_AFTER: Final = 1.0
"""Seconds that a wait is not worth a word."""


class TellingPace:
    """A rolling window that says when it makes somebody wait for over a second, and why."""

    def __init__(self, requests: int, tell: Callable[[str], None]) -> None:
        """Begin with an empty window.

        Args:
            requests: in a minute.
            tell: takes a line for the person.
        """
        self._window = RollingWindow(requests=requests)
        self._tell = tell
        self._share = f"{requests} request{'s' if requests != 1 else ''} a minute (--requests)"
        self._asked_to_wait = ""
        self._announcement: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def slot(self, *, timeout: float) -> AsyncIterator[None]:  # noqa: ASYNC109 - as in Pace
        """Wait for a place; see `Pace.slot`."""
        self._announce(self._asked_to_wait or f"this command makes {self._share}")
        try:
            async with self._window.slot(timeout=timeout):
                self._hush()
                self._asked_to_wait = ""
                yield
        except (RateLimitedError, ServerError) as error:
            # The client may read again later; if the error is final, the loop is closed before the word is due.
            self._asked_to_wait = _reason(error)
            self._announce(self._asked_to_wait)
            raise
        finally:
            if not self._asked_to_wait:
                self._hush()

    def _announce(self, reason: str) -> None:
        self._hush()
        loop = asyncio.get_running_loop()
        self._announcement = loop.call_later(TELL_AFTER, self._tell, f"waiting: {reason}")

    def _hush(self) -> None:
        if self._announcement is not None:
            self._announcement.cancel()
            self._announcement = None


def _reason(error: StatuspageError) -> str:
    asked = "" if error.retry_after is None else f" and asks to wait {error.retry_after:g} s"
    return f"Statuspage answers {error.status}{asked}"
