"""Episodes of which a person wants no incident of ours: they tell of it themselves, or discarded its draft. What is remembered of one is as if it had been told and they had ended it.

Knows what was told and observed; sends and stores nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.incident_components import component_ids_of
from bridge.core.intents import OperationId
from bridge.core.ledger import IncidentTold
from bridge.core.operations import incident_target
from bridge.core.people import persons_incidents
from bridge.core.reasons import Reason
from bridge.core.regrouping import telling_rule
from bridge.core.statuses import IncidentStatus
from bridge.core.transitions import due

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.incidents import IncidentMemory
    from bridge.core.page import Page


def overruled(page: Page) -> Iterator[IncidentTold]:
    """What is to be remembered of incidents that are not opened because a person tells of their components: as if it were told and left to them.

    So ours is not opened after theirs either, before those signals clear and fire anew, and a restart does not forget it.
    """
    theirs = [one for one in persons_incidents(page) if one.id not in page.observed.unidentified]
    if not theirs or not page.observed.complete or page.observed.identifying:
        return
    listed = {component_id for one in theirs for component_id in one.component_ids}
    writing = {intent.target for intent in page.intents.values()}
    rules = {rule.id: rule for rule in page.ruleset.incidents}
    for place, memory in page.desired.incidents.items():
        target = incident_target(page.key(place))
        rule = telling_rule(rules, place, memory)
        if rule is None or target in writing:
            continue
        if listed.isdisjoint(component_ids_of(page, memory, rule.components)):
            continue
        told, reason = due(page, memory)
        if reason in {Reason.OPENED, Reason.REOPENED} and (told is None or not told.open):
            yield tombstone(page, memory, told)


def tombstone(page: Page, memory: IncidentMemory, told: IncidentTold | None) -> IncidentTold:
    """What is remembered of an episode that a person wants no incident of: as if it had been told, and they had ended it."""
    place = (memory.rule, memory.group)
    if told is not None:
        return replace(told, episode=memory.episode, sequence=memory.sequence, yielded=True)
    return IncidentTold(
        page.name,
        place,
        page.key(place),
        "",
        memory.episode,
        memory.sequence,
        IncidentStatus.RESOLVED,
        memory.high_water,
        (),
        OperationId(""),
        0.0,
        yielded=True,
    )
