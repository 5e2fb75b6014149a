"""Which transition of an incident is to be told now, by what was told of it: in itself, or in the incident that absorbed it.

Knows neither whether anything forbids it nor what is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.found_incidents import found_incident
from bridge.core.incident_components import component_ids_of
from bridge.core.incidents import IncidentPhase
from bridge.core.notifications import is_silenced
from bridge.core.reasons import Reason
from bridge.core.reopening import is_reopened
from bridge.core.standing import is_released
from bridge.core.statuses import IncidentStatus
from bridge.core.telling import untold_while_firing

if TYPE_CHECKING:
    from bridge.core.incidents import IncidentMemory
    from bridge.core.ledger import IncidentTold
    from bridge.core.page import Page


def due(page: Page, memory: IncidentMemory) -> tuple[IncidentTold | None, Reason | None]:
    """What was told last of an incident, by the ledger or as it is found on the page, and the transition that is to be told now."""
    place = (memory.rule, memory.group)
    told = page.incidents_told.get(page.key(place))
    reason = _transition(page, memory, told)
    if told is None or (reason is Reason.OPENED and not told.open):
        told = found_incident(page, place) or told
        reason = _transition(page, memory, told)
    return told, reason


def _transition(page: Page, memory: IncidentMemory, told: IncidentTold | None) -> Reason | None:
    """The transition that is to be told now, or None. What came and went untold is never told; what the cap silenced is not announced later."""
    if told is not None and is_reopened(memory, told) and not is_released(page, told.incident_id):
        # Where the page refuses to go back, it is told all the same.
        return Reason.OPENED if told.incident_id in page.one_way else Reason.REOPENED
    if told is None or not told.open:
        # A person ended it; what fires anew after all was well is told, though the episode goes on in memory.
        anew = told is not None and told.yielded and told.sequence < memory.fired_at
        newer = told is None or told.episode < memory.episode or anew
        return Reason.OPENED if memory.phase.fires and newer else None
    if memory.phase.fires and not told.announced and not is_silenced(page, told):
        return Reason.OPENED if memory.unproven_until is None else None
    match memory.phase:
        case IncidentPhase.INVESTIGATING | IncidentPhase.IDENTIFIED:
            return untold_while_firing(memory, told)
        case IncidentPhase.MONITORING:
            returned = told.episode == memory.episode and memory.fired_at <= told.sequence < memory.sequence
            return None if told.status is IncidentStatus.MONITORING and not returned else Reason.RECOVERED
        case IncidentPhase.CLOSED:
            return Reason.MONITORED_FOR


def tells_of(page: Page, told: IncidentTold, memory: IncidentMemory) -> bool:
    """Whether an open incident of ours tells of what it absorbed: in one that a person took over, nothing that it does not list is told any more."""
    return not told.yielded or set(component_ids_of(page, memory)) <= set(told.component_ids)
