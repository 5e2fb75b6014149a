"""Causes: when an incident counts as identified, and which cause is said.

A cause is a public text that a component rule has, or that an operator gave. Each is told once in an episode. Knows neither texts nor labels: a cause is compared as it was written.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.reasons import Reason

if TYPE_CHECKING:
    from bridge.core.incidents import IncidentMemory, IncidentStep

MOST_CAUSES = 20
"""Causes that one episode tells. Who needs more has rules whose causes are none."""


def new_cause(memory: IncidentMemory, live: tuple[str, ...], said: str = "") -> str | None:
    """The cause to be told next: None while the one that was told last is live, and of what was told before. What an operator says goes before all that rules know.

    After a return nothing is told twice: the incident stays at investigating until another cause shows, because the recovery that did not last puts the first in doubt.
    """
    if len(memory.causes) >= MOST_CAUSES:
        return None
    if said and said not in memory.causes:
        return said
    if memory.causes and memory.causes[-1] in {said, *live}:
        return None
    return next((cause for cause in live if cause not in memory.causes), None)


def identify(memory: IncidentMemory, step: IncidentStep, cause: str) -> IncidentMemory:
    """The incident with its cause found."""
    number = memory.sequence + 1
    return replace(
        memory,
        phase=step.phase,
        sequence=number,
        reason=Reason.IDENTIFIED,
        causes=(*memory.causes, cause),
        identified_at=number,
    )


def recognised(memory: IncidentMemory, live: tuple[str, ...]) -> IncidentMemory:
    """An empty store found an incident that was identified, and does not know by what: what is live is taken for it, lest it be told twice."""
    if memory.identified_at and not memory.causes and live:
        return replace(memory, causes=live[:MOST_CAUSES])
    return memory
