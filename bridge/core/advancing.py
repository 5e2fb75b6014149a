"""Incidents in the incremental evaluation: those that may differ are brought to now, in the order in which they depend on each other.

First what nobody absorbs, so that it is known what is open; then what may be absorbed; then whatever absorbed one of those just now. Knows no signal and no hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from bridge.core.absorption import absorbing, goes_on_unclaimed, with_absorbed
from bridge.core.coverage import coverage_of
from bridge.core.desired import IncidentDecision
from bridge.core.incidents import IncidentMemory, IncidentPhase, advance_incident, incident_due_at
from bridge.core.lowering import lowers_late
from bridge.core.regrouping import is_regrouped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.desired import IncidentPlace
    from bridge.core.rules import ComponentName
    from bridge.core.state import State


@dataclass(slots=True)
class Advanced:
    """What became of the incidents of one step.

    Attributes:
        decisions: in order.
        changed: the memories that differ.
        due: when each incident that was looked at moves by itself.
        waiting: of those that lower late, the components that took part before.
    """

    decisions: list[IncidentDecision] = field(default_factory=list)
    changed: dict[IncidentPlace, IncidentMemory] = field(default_factory=dict)
    due: dict[IncidentPlace, float] = field(default_factory=dict)
    waiting: dict[IncidentPlace, tuple[ComponentName, ...]] = field(default_factory=dict)


def advance_incidents(state: State, places: Iterable[IncidentPlace], now: float) -> Advanced:
    """Bring these incidents to `now`, in `state`. Cost: theirs, and that of their absorbers."""
    advanced = Advanced()
    absorption, memories = state.absorption, state.memory.incidents
    absorbable: list[IncidentPlace] = []
    first: dict[IncidentPlace, None] = {}
    for place in places:
        if place[0] not in absorption.absorbers:
            first[place] = None
            continue
        absorbable.append(place)
        absorber = absorption.absorber(place, memories)
        if absorber is not None and absorber in memories:
            first[absorber] = None
    # One that opens anew covers what it absorbed in its last episode and what is not over.
    opened = [place for place in first if _advance(state, place, now, into=advanced)]
    just_now = [place for place in absorbable if _advance(state, place, now, into=advanced)]
    absorbers = (absorption.absorber(place, memories) for place in just_now)
    for place in dict.fromkeys((*opened, *(one for one in absorbers if one is not None))):
        _advance(state, place, now, into=advanced)
    return advanced


def _advance(state: State, place: IncidentPlace, now: float, *, into: Advanced) -> bool:
    """Bring one incident to now. Returns whether it began by that."""
    rule, memories = state.incident_rules[place[0]], state.memory.incidents
    before = memories.get(place, IncidentMemory(*place))
    if is_regrouped(before, rule):
        return False
    own = covered = coverage_of(state, rule, place[1])
    absorber = None
    if before.phase is IncidentPhase.CLOSED:
        absorber = absorbing(state.absorption.absorbers.get(rule.id, ()), place[1], memories)
    elif rule.absorbs:
        others = state.absorption.of(place, memories)
        covering = partial(coverage_of, state)
        covered = with_absorbed(own, rule, others, coverage=covering, rules=state.incident_rules)
    memory, reasons = advance_incident(before, rule, covered, now, absorber=absorber)
    doubtful = covered.blind and memory.phase is not IncidentPhase.CLOSED
    state.desired.doubt(place, doubtful=doubtful)
    state.desired.carry(place, unclaimed=goes_on_unclaimed(own, covered, rule, memory))
    if memory.episode:
        into.due[place] = incident_due_at(memory, rule)
        if lowers_late(rule) or before.kept:
            into.waiting.setdefault(place, before.components)
    if memory == before or not memory.episode:
        return False
    memories[place] = state.desired.incidents[place] = into.changed[place] = memory
    state.absorption.note(memory)
    into.decisions.extend(IncidentDecision(memory, reason) for reason in reasons)
    return before.phase is IncidentPhase.CLOSED
