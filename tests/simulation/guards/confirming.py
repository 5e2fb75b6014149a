"""What an operator confirms: told to the daemon, or found in its store by one that is down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.changes import Changes
from bridge.core.commands import CommandId, Issued, Standing, StandingKind
from bridge.simulation.world import PAGE

if TYPE_CHECKING:
    from bridge.core.commands import ConfirmedGuard
    from bridge.simulation.world import World

A_MOMENT = 2.0


def confirm(world: World, guard: ConfirmedGuard, subject: str) -> None:
    """Confirm what a guard of the page holds. A daemon that is down finds it at its start, as one that was killed after it had accepted it."""
    if world.engine is not None:
        told = world.command("confirm", guard=guard, subject=subject)
        world.run_for(A_MOMENT)
        assert told.status == 200, told
        return
    issued = Issued(CommandId(f"confirm {subject}"), world.now(), "Ann", "it is meant so")
    standing = Standing(PAGE, StandingKind.CONFIRM, f"{guard}:{subject}", "", None, issued)
    world.database.apply([Changes(standing=[standing])])
