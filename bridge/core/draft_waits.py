"""What waits together with a draft: components whose incident rule says that nothing gets worse there before the draft is told (`components_while_drafted: with_draft`).

Asks what was told, and not which drafts there are: between a claim and its draft nothing may slip through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.absorption import absorbed_by
from bridge.core.drafts import DraftState, drafts_by_place, goes_out
from bridge.core.found_incidents import found_incident
from bridge.core.regrouping import telling_rule
from bridge.core.rules import WhileDrafted
from bridge.core.statuses import Automation, least
from bridge.core.transitions import due, tells_of

if TYPE_CHECKING:
    from bridge.core.desired import IncidentPlace
    from bridge.core.drafts import Draft
    from bridge.core.incidents import IncidentMemory
    from bridge.core.page import Page
    from bridge.core.rules import IncidentRule

NOTHING: frozenset[str] = frozenset()


def waiting_for_drafts(page: Page, now: float) -> frozenset[str]:
    """The ids of components that may not get worse now. Cost: the incident rules; where one says so, the incidents that were ever opened."""
    rules = {rule.id: rule for rule in page.ruleset.incidents if _waits(page, rule)}
    if not rules:
        return NOTHING
    drafts = drafts_by_place(page)
    return frozenset(
        component_id
        for place, memory in page.desired.incidents.items()
        if (rule := telling_rule(rules, place, memory)) is not None
        if _untold(page, place, memory, drafts.get(place))
        if (draft := drafts.get(place)) is None
        or draft.episode != memory.episode
        or not goes_out(page, draft, rule, now)
        for name in rule.components
        if (component_id := page.component_id(name)) is not None
    )


def _waits(page: Page, rule: IncidentRule) -> bool:
    """Whether a rule has components wait. A cap that is lowered further publishes nothing for that."""
    return (
        rule.components_while_drafted is WhileDrafted.WITH_DRAFT
        and rule.automation.level >= Automation.DRAFT.level
        and least(rule.automation, page.automation_max) is not Automation.FULL
    )


def _is_told_in_another(page: Page, memory: IncidentMemory) -> bool:
    """Whether the incident that absorbed it is open on the page and tells of it: no draft of its own will follow."""
    place = absorbed_by(page.ruleset, memory)
    by = page.desired.incidents.get(place) if place is not None else None
    if by is None:
        return False
    told, _ = due(page, by)
    return told is not None and told.open and tells_of(page, told, memory)


def _untold(page: Page, place: IncidentPlace, memory: IncidentMemory, draft: Draft | None) -> bool:
    """Whether an incident goes on of which nothing was told, nor left to a person's own."""
    if not memory.phase.fires:
        return False
    if draft is not None and draft.state is DraftState.DISCARDED and draft.episode == memory.episode:
        return True
    if _is_told_in_another(page, memory):
        return False
    told = page.incidents_told.get(page.key(place))
    if told is not None and (told.open or (told.episode, told.sequence) >= (memory.episode, memory.fired_at)):
        return False
    return found_incident(page, place) is None
