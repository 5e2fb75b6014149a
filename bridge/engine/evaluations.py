"""What is known and decided of every page at this moment, for whoever explains it. Read only; decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bridge.core.page import Page
    from bridge.core.recollection import Recorded
    from bridge.core.state import State
    from bridge.engine.ports import Clock, Journal
    from bridge.engine.reconciler import Reconciler


class Evaluations:
    """The evaluations under way. Between two slices of one, counts may be of a moment ago; what is claimed is as it was judged last."""

    def __init__(self, reconcilers: Mapping[str, Reconciler], *, journal: Journal, clock: Clock) -> None:
        """Stand ready.

        Args:
            reconcilers: of every page, by its name in the settings.
            journal: what tells the past.
            clock: our time.
        """
        self._reconcilers = reconcilers
        self._journal = journal
        self._clock = clock

    @property
    def pages(self) -> Mapping[str, Page]:
        """What is known of each page now."""
        return {name: reconciler.page for name, reconciler in self._reconcilers.items()}

    def evaluation(self, page: str) -> State:
        """A page's evaluation."""
        return self._reconcilers[page].state

    async def past(self, page: str, names: Collection[str], until: float) -> Recorded:
        """What the journal has about components of a page up to an instant, our clock.

        Raises:
            StoreError: it cannot be read.
        """
        return await self._journal.past(page, names, until)

    def now(self) -> float:
        """Our clock."""
        return self._clock.now()

    def by_our_clock(self, wall: float) -> float:
        """An instant of the time of day, as others count it, by our clock."""
        return wall - (self._clock.wall() - self._clock.now())
