"""Having the page read anew for whoever asks what would be sent now. The lists are read by the dispatcher as always, in their lane and within the window, only sooner."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bridge.core.intents import IntentState
from bridge.core.plan import READ_ANEW
from bridge.errors import BridgeError

if TYPE_CHECKING:
    from bridge.engine.dispatcher import Dispatcher
    from bridge.engine.ports import Clock
    from bridge.engine.reconciler import Reconciler

LOOK_EVERY = 0.05
"""Seconds between looks at whether it has been read."""


class UnreadError(BridgeError):
    """The page could not be read anew in time."""


async def read_anew(reconciler: Reconciler, dispatcher: Dispatcher, clock: Clock, *, within: float) -> None:
    """Return when the page's lists were read from now on, all that is known has been evaluated, and no write is under way.

    A page that is not the one that is served, and one whose identity nobody has read yet, has no lists; then there is nothing to wait for but that.

    Args:
        reconciler: of the page.
        dispatcher: of its token.
        clock: our time.
        within: seconds.

    Raises:
        UnreadError: not within that time.
    """
    page = reconciler.page
    page.read_anew_from = asked_at = clock.now()
    dispatcher.compare()
    while clock.now() <= asked_at + within:
        known = page.seen is not None and (not page.identified or _read_since(reconciler, asked_at))
        writing = any(intent.state is IntentState.OPEN for intent in page.intents.values())
        if known and reconciler.at_rest and not writing:
            return
        await asyncio.sleep(LOOK_EVERY)
    raise UnreadError(
        f"{page.name}: the page could not be read anew within {within:g} s; /metrics tells what its requests come to"
    )


def _read_since(reconciler: Reconciler, asked_at: float) -> bool:
    listings = reconciler.page.observed.listings
    read_at = [listings[kind].complete_at for kind in READ_ANEW]
    observed = reconciler.page.observed
    # Until it is known whose an incident is, more follows from its own reading than from the lists.
    known = observed.complete and not observed.identifying
    return known and all(at is not None and at >= asked_at for at in read_at)
