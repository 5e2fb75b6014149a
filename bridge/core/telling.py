"""How what was told and what is remembered of an incident that goes on are compared, where the status alone does not show it.

Knows neither texts nor what is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.incidents import IncidentPhase
from bridge.core.reasons import Reason
from bridge.core.statuses import IncidentStatus

if TYPE_CHECKING:
    from bridge.core.incidents import IncidentMemory
    from bridge.core.ledger import IncidentTold


def identified_before(memory: IncidentMemory, told: IncidentTold | None) -> int:
    """The number of the transition that told a cause last in this episode; zero for none."""
    return told.identified_at if told is not None and told.episode == memory.episode else 0


def untold_while_firing(memory: IncidentMemory, told: IncidentTold) -> Reason | None:
    """What comes next in an open incident that is not recovered; None where all is told."""
    # Growth first: what returns worse than it ever was told to be is told to subscribers.
    if told.high_water.severity < memory.high_water.severity:
        return Reason.ESCALATED
    # On a page that lets nothing go back, a return was told as a text: the status alone does not show it.
    untold = told.sequence < memory.fired_at or told.episode < memory.episode
    if told.status is IncidentStatus.MONITORING and untold:
        return Reason.RETURNED
    if cause_is_due(memory, told):
        return Reason.IDENTIFIED
    # Whatever was said since says as much.
    newer = (told.episode, told.sequence) < (memory.episode, memory.sequence)
    return Reason.STILL if memory.reason is Reason.STILL and newer else None


def cause_is_due(memory: IncidentMemory, told: IncidentTold | None) -> bool:
    """Whether a cause was found that is not told."""
    return memory.phase is IncidentPhase.IDENTIFIED and identified_before(memory, told) < memory.identified_at


def told_sequence(memory: IncidentMemory, told: IncidentTold | None, reason: Reason | None) -> int:
    """The number under which something is told: that of the newest transition, and the one before it where a cause is to follow.

    Two things that are to be told have two numbers after the last that was told, so each has one of its own, in order.
    """
    follows = reason is not Reason.IDENTIFIED and cause_is_due(memory, told)
    return memory.sequence - int(follows)


def told_status(memory: IncidentMemory, told: IncidentTold | None, reason: Reason) -> IncidentStatus:
    """The status that goes with a transition.

    That an incident is identified is said with its cause and not before, though the cause be known already when it opens or returns; and it is not taken back by what is said after it.
    """
    if not memory.phase.fires or reason is Reason.IDENTIFIED:
        return memory.phase.status
    said = told is not None and told.status is IncidentStatus.IDENTIFIED and told.episode == memory.episode
    return IncidentStatus.IDENTIFIED if said else IncidentStatus.INVESTIGATING


def goes_back(told: IncidentTold, status: IncidentStatus | None) -> bool:
    """Whether a status would take an incident back from monitoring, or from its end."""
    return told.status in {IncidentStatus.MONITORING, IncidentStatus.RESOLVED} and status in {
        IncidentStatus.INVESTIGATING,
        IncidentStatus.IDENTIFIED,
    }
