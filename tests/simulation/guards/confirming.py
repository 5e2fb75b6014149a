"""What an operator confirms, as the intake of commands leaves it: durable first, then known to the page, which is looked at anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.changes import Changes
from bridge.core.commands import CommandId, ConfirmedGuard, Issued, Standing, StandingKind
from bridge.simulation.world import PAGE

if TYPE_CHECKING:
    from bridge.simulation.world import World


def confirm(world: World, guard: ConfirmedGuard, subject: str) -> None:
    """Confirm what a guard of the page holds. A daemon that is down finds it at its start."""
    issued = Issued(CommandId(f"confirm {subject}"), world.now(), "Ann", "it is meant so")
    standing = Standing(PAGE, StandingKind.CONFIRM, f"{guard}:{subject}", "", None, issued)
    world.database.apply([Changes(standing=[standing])])
    if world.engine is not None:
        reconciler = world.engine.reconcilers[PAGE]
        reconciler.page.standing[standing.key] = standing
        with world.loop.outside():
            reconciler.wake()
