"""Which drafts there should be, compared with those there are: made, made anew, withdrawn, let go.

A draft is made where an incident would be opened if it needed no person. Decides only; what it gives is committed and entered by `bridge.engine.drafts`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.core.drafts import (
    DRAFT_TRANSITIONS,
    Draft,
    DraftEvent,
    DraftState,
    draft_id,
    drafts_by_place,
)
from bridge.core.incident_plan import proposal
from bridge.core.operations import incident_target
from bridge.core.reasons import Reason
from bridge.core.regrouping import telling_rule
from bridge.core.statuses import Automation, least

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bridge.core.desired import IncidentPlace
    from bridge.core.incidents import IncidentMemory
    from bridge.core.page import Page
    from bridge.core.rules import IncidentRule, IncidentRuleId


@dataclass(frozen=True, slots=True)
class DraftStep:
    """One draft that changed.

    Attributes:
        draft: as it is now.
        reason: what became of it.
        because: why a draft is withdrawn; None for everything else.
    """

    draft: Draft
    reason: Reason
    because: Reason | None = None


def moved(draft: Draft, event: DraftEvent, *, by: str = "") -> Draft:
    """A draft after an event, by the transition table."""
    return replace(draft, state=DRAFT_TRANSITIONS[draft.state, event], by=by or draft.by)


def draft_steps(page: Page, now: float) -> Iterator[DraftStep]:
    """How the page's drafts change now. Cost: the drafts, and the incidents that were ever opened.

    Nothing follows from rules that are not in force, nor from what is being told at this moment.
    """
    if not page.evaluated or page.held_rules is not None:
        return
    rules = {rule.id: rule for rule in page.ruleset.incidents}
    drafts = drafts_by_place(page)
    endings = {
        place: ended
        for place, draft in drafts.items()
        if not _busy(page, place) and (ended := _ended(page, draft, place, rules)) is not None
    }
    yield from endings.values()
    if not (page.identified and page.observed.complete):
        return
    for place, memory in page.desired.incidents.items():
        rule = telling_rule(rules, place, memory)
        if rule is None or not memory.phase.fires:
            continue
        if place in endings and endings[place].draft.episode == memory.episode:
            continue  # another is made by the next look: the two have one id
        if least(rule.automation, page.automation_max) is not Automation.DRAFT or _busy(page, place):
            continue
        made = _made(page, rule, memory, drafts.get(place), now=now)
        if made is not None:
            yield DraftStep(made, Reason.DRAFTED)


def _made(
    page: Page, rule: IncidentRule, memory: IncidentMemory, before: Draft | None, *, now: float
) -> Draft | None:
    """The draft that there should be, where it is not there yet or says something else."""
    if before is not None and before.episode == memory.episode and before.state is not DraftState.WAITING:
        return None
    told = proposal(page, rule, memory, now)
    if told is None:
        return None
    place = memory.rule, memory.group
    if before is None or before.episode != memory.episode:
        identifier = draft_id(page.name, place, memory.episode)
        return Draft(page.name, identifier, place, memory.episode, told, now, now)
    changed = replace(before, proposal=told)
    return replace(moved(changed, DraftEvent.CHANGED), made_at=now) if changed.hash != before.hash else None


def _ended(
    page: Page, draft: Draft, place: IncidentPlace, rules: Mapping[IncidentRuleId, IncidentRule]
) -> DraftStep | None:
    rule = telling_rule(rules, place, page.desired.incidents.get(place))
    told = page.incidents_told.get(page.key(place))
    wanted = draft.state is not DraftState.DISCARDED
    if told is not None and told.open and wanted:
        # What was created silently is announced in the same words: until then they are kept.
        if not told.announced and not told.yielded and told.episode == draft.episode:
            return None
        return DraftStep(moved(draft, DraftEvent.TOLD), Reason.PUBLISHED)
    memory = page.desired.incidents.get(place)
    because = None
    returned = memory is not None and memory.fired_at > draft.proposal.sequence
    if rule is None or rule.automation.level < Automation.DRAFT.level:
        because = Reason.SHADOW
    elif memory is None or memory.episode != draft.episode or not memory.phase.fires:
        because = Reason.RECOVERED
    elif wanted and place in page.desired.unclaimed:
        because = Reason.RECOVERED  # what it absorbed is no reason to open it
    elif not wanted:
        because = Reason.RETURNED if returned else None
    elif returned:
        because = Reason.RECOVERED  # and fires again, since a lost write of it was begun
    elif (
        told is not None
        and told.yielded
        and (told.episode, told.sequence) >= (draft.episode, memory.fired_at)
    ):
        because = Reason.YIELDED
    return None if because is None else DraftStep(moved(draft, DraftEvent.MOOT), Reason.WITHDRAWN, because)


def _busy(page: Page, place: IncidentPlace) -> bool:
    """Whether something is being told of it now, or it is not known what became of that."""
    target = incident_target(page.key(place))
    return any(intent.target == target for intent in page.intents.values())
