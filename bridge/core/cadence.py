"""The cadence of an incident that goes on: that it is still worked on is told every so often, some times.

It is counted from the last transition, and its clock stands still while anything that the incident covers is unknown or held: who cannot look does not say that it goes on. Knows no texts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.holds import NEVER
from bridge.core.reasons import Reason

if TYPE_CHECKING:
    from bridge.core.incidents import IncidentMemory
    from bridge.core.rules import IncidentRule


def still_due_at(memory: IncidentMemory, rule: IncidentRule) -> float:
    """When it is told next that the incident goes on, if nothing else happens; infinity for never."""
    updates = rule.updates
    if updates is None or not memory.phase.fires or memory.frozen_at is not None:
        return NEVER
    return memory.moved_at + updates.every if memory.stills < updates.at_most else NEVER


def go_on(
    before: IncidentMemory, memory: IncidentMemory, rule: IncidentRule, *, blind: bool, now: float
) -> tuple[IncidentMemory, tuple[Reason, ...]]:
    """An incident that was `before` and is `memory` now, with its clock. However late it is looked at, one update follows."""
    if rule.updates is None or not memory.phase.fires:
        return memory, ()
    moved = (memory.episode, memory.sequence) != (before.episode, before.sequence)
    if moved or not memory.moved_at:
        memory = replace(memory, moved_at=now, frozen_at=None)
    if blind or memory.unproven_until is not None:
        return (memory if memory.frozen_at is not None else replace(memory, frozen_at=now)), ()
    if memory.frozen_at is not None:
        memory = replace(memory, moved_at=memory.moved_at + (now - memory.frozen_at), frozen_at=None)
    if now < still_due_at(memory, rule):
        return memory, ()
    memory = replace(
        memory,
        sequence=memory.sequence + 1,
        reason=Reason.STILL,
        stills=memory.stills + 1,
        moved_at=now,
    )
    return memory, (Reason.STILL,)
