"""What the engine needs from outside, each as small as its use. The composition root chooses who stands behind them; nothing here knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection

    from bridge.core.changes import Changes
    from bridge.core.intents import OperationId, Outcome
    from bridge.core.operations import Operation
    from bridge.core.recollection import Recorded


class Store(Protocol):
    """Durable memory."""

    async def commit(self, changes: Changes) -> None:
        """Make the changes durable, all or none. Returns after they are.

        Commits become durable in the order of the calls.

        Raises:
            StoreError: nothing of it is durable, as far as can be known.
        """


class Journal(Protocol):
    """What was written down."""

    async def past(self, page: str, names: Collection[str], until: float) -> Recorded:
        """What its journal has about components of a page up to an instant.

        Args:
            page: the page's name in the settings.
            names: of the components whose holds are wanted.
            until: our clock.

        Raises:
            StoreError: it cannot be read.
        """


class Durable(Store, Journal, Protocol):
    """Durable memory, and what it says of the past."""


class Statuspage(Protocol):
    """One page behind its API token."""

    async def perform(self, operation: Operation, operation_id: OperationId, *, timeout: float) -> Outcome:  # noqa: ASYNC109 (an HTTP time-out, which decides the outcome)
        """Send one operation as one request and say what became of it.

        `Done.body` is an `Answer`. Never raises but for cancellation and defects: failures are outcomes.

        Args:
            operation: what to do.
            operation_id: the name of this attempt, for the metadata of an incident.
            timeout: seconds in all.
        """


class Clock(Protocol):
    """Wall time, moved by the loop's clock."""

    def now(self) -> float:
        """Unix seconds that never jump."""

    def wall(self) -> float:
        """Unix seconds as others count them; may jump when the machine's clock is set."""

    def anchor(self) -> float:
        """Look at the machine's clock, and return by how many seconds it was off."""


class OperationIds(Protocol):
    """A source of names for attempts."""

    def __call__(self) -> OperationId:
        """A name that was never given before."""
