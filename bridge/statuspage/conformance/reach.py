"""What the token reaches, and how often: another page, a list without pages, and the window when it is full.

Each of these only reads. The window is filled on purpose: a few calls go first, a quarter of a minute later as many as are let through, and a few that are not. When the first few have left the
window there is room again, unless those that were refused stand in it; one call more tells.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from bridge.statuspage.api.pace import Unpaced
from bridge.statuspage.conformance import endpoints
from bridge.statuspage.conformance.record import Step

if TYPE_CHECKING:
    from bridge.statuspage.conformance.record import Seen
    from bridge.statuspage.conformance.visitor import Visitor

MADE_UP_PAGE: Final = "0000bridge00"
"""The id of no page: it has the form of one."""

QUIET: Final = 47.0
"""Seconds without a call before the first few: what went before has left the window when the rest is sent, and frees no room afterwards."""
FEW: Final = 3
"""Calls that go before, and refusals that come after: what others do on the token meanwhile changes the answer only if it is more than this."""
APART: Final = 15.0
"""Seconds between the first few and the rest."""
MOST: Final = 70
"""Calls by which the window must be full (statuspage-api.md, 3.1)."""
FILLED_WITHIN: Final = 40.0
"""Seconds within which it must be full: then the first few are still in it."""
LOOK: Final = 68.0
"""Seconds from the first few until the last look: they left the window some seconds ago, and the rest leaves it in some seconds."""

STEPS: Final = (Step.OTHER_PAGE, Step.UNPAGINATED, Step.UNPAGINATED_AGAIN, Step.PAGINATED)
WINDOW_STEPS: Final = (Step.OVER_LIMIT, Step.AFTER_LIMIT)


async def visit(visitor: Visitor, other_page: str | None) -> None:
    """Read another page, and the list of components as it is not to be read.

    Raises:
        LostError: an answer was lost.
    """
    visitor.record.other_page_exists = other_page is not None
    await visitor.step(Step.OTHER_PAGE, endpoints.COMPONENTS, {"page_id": other_page or MADE_UP_PAGE})
    for step in (Step.UNPAGINATED, Step.UNPAGINATED_AGAIN):
        visitor.enter(step, await visitor.asker.ask(endpoints.COMPONENTS, repeat=False))
    if visitor.record.seen[Step.UNPAGINATED_AGAIN].limited:
        paginated = await visitor.asker.ask(
            endpoints.COMPONENTS, query=(("page", "1"), ("per_page", "100")), repeat=False
        )
        visitor.enter(Step.PAGINATED, paginated)


async def fill_window(visitor: Visitor) -> None:
    """Make more calls than the token may in a minute."""
    clock = asyncio.get_running_loop().time
    await asyncio.sleep(QUIET)
    began = clock()
    for _ in range(FEW):
        if await _look(visitor) is None:
            return
    await asyncio.sleep(APART - (clock() - began))
    refused = 0
    for _ in range(MOST):
        seen = await _look(visitor)
        if seen is None or clock() > began + APART + FILLED_WITHIN:
            break
        refused += seen.limited
        if seen.limited:
            visitor.record.seen.setdefault(Step.OVER_LIMIT, seen)
        if refused == FEW:
            break
    if refused < FEW:
        visitor.record.skip("the window was not filled in time", *WINDOW_STEPS)
        return
    await asyncio.sleep(began + LOOK - clock())
    seen = await _look(visitor)
    if seen is not None:
        visitor.enter(Step.AFTER_LIMIT, seen)


async def _look(visitor: Visitor) -> Seen | None:
    return await visitor.asker.at_once(endpoints.PAGE, Unpaced())
