"""Short pauses of the garbage collector: a full collection looks at every object that lives, and over a hundred thousand signals that holds the loop for a quarter of a second.

What survived a long collection is taken out of the next ones (`gc.freeze`): the signals and what is made of them live on, and are freed when nobody refers to them. A cycle among
frozen objects is never freed; there are few, because what was frozen had just been found alive. Knows nothing of what lives.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

LONG = 0.004
"""Seconds of a full collection from which on what survived it is frozen."""
FULL_EVERY = 8
"""Slices of an evaluation between full collections."""
_OLDEST = 2
"""The generation of a full collection."""


class Garbage:
    """Collects while much is evaluated, and sees to it that no collection takes long."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._began = loop.time()
        self._slices = 0

    @contextmanager
    def short_collections(self) -> Iterator[None]:
        """While it is open, a long collection is not repeated over the same objects."""
        gc.callbacks.append(self._watch)
        try:
            yield
        finally:
            gc.callbacks.remove(self._watch)

    def collect(self) -> None:
        """Between two slices of an evaluation, look at what is new.

        A slice frees about as much as it makes, so that no collection comes by itself until there is far too much to look at.
        """
        self._slices += 1
        gc.collect(_OLDEST if self._slices % FULL_EVERY == 0 else 1)

    def _watch(self, phase: str, info: dict[str, int]) -> None:
        if info["generation"] != _OLDEST:
            return
        if phase == "start":
            self._began = self._loop.time()
        elif self._loop.time() - self._began > LONG and not self._loop.is_closed():
            # Not in the middle of a collection; and it may have been a thread of the store's that began it.
            self._loop.call_soon_threadsafe(_freeze)


def _freeze() -> None:
    gc.freeze()
    # Of nothing: how much has to be new before the next full collection is a share of what was there at the last.
    gc.collect()
