"""The intake of commands: accepted means durable, as for signals. What a command changes is committed, then it is in force, and then whoever sends is woken.

One command after the other is decided, each on what the one before it left. Between a decision and its commit a reading or an answer may be entered about the same thing; then it is
decided once more, on that. Knows neither HTTP nor who may command.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bridge.core.command_entries import REASONS
from bridge.core.commands import CommandId
from bridge.core.obedience import accepted_before, obey
from bridge.core.operations import incident_target
from bridge.core.reasons import Reason
from bridge.engine.enforcement import enforce, in_force
from bridge.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.changes import Changes
    from bridge.core.commands import Command
    from bridge.core.page import Page
    from bridge.engine.ports import Clock, OperationIds, Store
    from bridge.engine.reconciler import Reconciler
    from bridge.telemetry.metrics import Metrics

logger = structlog.get_logger(__name__)


class Commands:
    """The one way in for commands."""

    def __init__(
        self,
        reconcilers: Mapping[str, Reconciler],
        *,
        store: Store,
        clock: Clock,
        operation_ids: OperationIds,
        metrics: Metrics,
    ) -> None:
        """Stand ready.

        Args:
            reconcilers: of every page, by its name in the settings.
            store: where accepted commands become durable.
            clock: our time.
            operation_ids: names, for commands that have none.
            metrics: where they are counted.
        """
        self._reconcilers = reconcilers
        self._store = store
        self._clock = clock
        self._operation_ids = operation_ids
        self._metrics = metrics
        self._one_at_a_time = asyncio.Lock()

    @property
    def pages(self) -> Mapping[str, Page]:
        """What is known of each page now, for whoever reads a command or shows what stands. To be read only."""
        return {name: reconciler.page for name, reconciler in self._reconcilers.items()}

    def now(self) -> float:
        """Our clock, by which commands are issued and end."""
        return self._clock.now()

    def new_id(self) -> CommandId:
        """A name for a command whose sender chose none."""
        return CommandId(self._operation_ids())

    def by_our_clock(self, wall: float) -> float:
        """An instant of the time of day, as others count it, by our clock."""
        return wall - (self._clock.wall() - self._clock.now())

    async def accept(self, command: Command) -> bool:
        """Take a command in. It is durable and in force when this returns. To cancel this call leaves open whether it will be.

        Returns:
            Whether it was new: sent a second time under its id, it changes nothing.

        Raises:
            CommandError: what it names is not there or not so; nothing is changed.
            PageUnreadError: whether it is, is not known yet; nothing is changed.
            StoreError: it is not in force; the sender is to send it again.
        """
        reconciler = self._reconcilers[command.page]
        page = reconciler.page
        async with self._one_at_a_time:
            if accepted_before(page, command):
                return False
            changes = obey(page, command, self._clock.now())
            basis = _basis(page, command, changes)
            await self._store.commit(changes)
            if _basis(page, command, changes) == basis:
                again = None
                enforce(page, changes)
            else:
                again = await self._decided_anew(page, command, changes)
            page.commanded += 1
            reconciler.commanded()
            if again is not None:
                await self._store.commit(again)
        self._metrics.commands.labels(page.name, REASONS[type(command)]).inc()
        (entry,) = changes.journal
        logger.info(
            "command_accepted",
            page=page.name,
            command=type(command).__name__,
            subject=entry.subject,
            id=command.issued.id,
            by=command.issued.by,
        )
        return True

    async def _decided_anew(self, page: Page, command: Command, before: Changes) -> Changes:
        """The same command on what was entered meanwhile, put in force. What is returned is to be committed after the first decision, and says what of that is not so.

        Raises:
            CommandError: it cannot be obeyed any more; nothing of it is in force, nor will be after a restart.
        """
        try:
            again = obey(page, command, self._clock.now())
        except CommandError:
            withdrawn = in_force(page, before)
            withdrawn.journal += [replace(entry, reason=Reason.REJECTED) for entry in before.journal]
            await self._store.commit(withdrawn)
            raise
        again.journal.clear()
        enforce(page, again)
        again.extend(in_force(page, before))
        return again


def _basis(page: Page, command: Command, changes: Changes) -> tuple[object, ...]:
    """Everything about which something is decided, as it is now."""
    keys = [standing.key for standing in changes.standing] + [one[1:] for one in changes.standing_gone]
    component_id = getattr(command, "component_id", "")
    incidents = [told.key for told in changes.incidents_told] + changes.incidents_told_gone
    targets = {incident_target(key) for key in incidents}
    return (
        [page.standing.get(key) for key in keys],
        page.components_told.get(component_id),
        page.taken.get(component_id),
        [page.incidents_told.get(key) for key in incidents],
        [page.drafts.get(draft.id) for draft in changes.drafts],
        # What was begun about them is not told yet, and cannot be taken back.
        [intent for intent in page.intents.values() if intent.target in targets],
    )
