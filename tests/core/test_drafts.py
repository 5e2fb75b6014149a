"""Drafts: the table by which they live, what the plan makes of them, and what a person may still approve."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pytest

from bridge.core.changes import Changes
from bridge.core.commands import ApproveDraft, CommandId, DiscardDraft, Issued
from bridge.core.component_plan import component_changes
from bridge.core.draft_commands import judge
from bridge.core.draft_plan import DraftStep, draft_steps
from bridge.core.drafts import DRAFT_TRANSITIONS, DraftEvent, DraftState, proposal_hash
from bridge.core.incident_plan import plan_incidents
from bridge.core.incidents import IncidentPhase
from bridge.core.operations import WriteIncident
from bridge.core.page import PlanSettings
from bridge.core.reasons import Reason
from bridge.core.rules import WhileDrafted
from bridge.core.statuses import Automation
from bridge.errors import CommandError
from tests.core.pages import API, IDS, MAJOR, NOW, PARTIAL, SEARCH, SHOP, WEB, memory, page_of, tell_incident

if TYPE_CHECKING:
    from bridge.core.incidents import IncidentMemory
    from bridge.core.page import Page

DRAFTING = replace(SHOP, automation=Automation.DRAFT)
ISSUED = Issued(CommandId("one"), NOW, "Ada")


def drafting(remembered: IncidentMemory | None = None, **fields: object) -> Page:
    """A page whose incident would open, was it not for a person; its draft is made."""
    rule = replace(DRAFTING, **fields)  # type: ignore[arg-type]
    page = page_of({API: PARTIAL}, remembered or memory(rule=rule), rules=(rule,))
    page.evaluated = True
    noted(page)
    return page


def noted(page: Page, now: float = NOW) -> list[DraftStep]:
    """Bring the drafts of a page to what they should be."""
    steps = list(draft_steps(page, now))
    for step in steps:
        if step.draft.state.kept:
            page.drafts[step.draft.id] = step.draft
        else:
            del page.drafts[step.draft.id]
    return steps


def writes(page: Page, now: float = NOW) -> list[WriteIncident]:
    """What would be told."""
    operations = plan_incidents(page, component_changes(page, now), now).operations
    return [operation for operation in operations if isinstance(operation, WriteIncident)]


def approve(page: Page, hash_: str = "") -> None:
    """A person approves the only draft."""
    (draft,) = page.drafts.values()
    changes = Changes()
    judge(page, ApproveDraft(page.name, draft.id, hash_ or draft.hash, ISSUED), changes, NOW)
    page.drafts.update({one.id: one for one in changes.drafts})


def test_what_is_over_stays_over() -> None:
    over = {state for state in DraftState if not state.kept}
    assert not {(state, event) for state, event in product(over, DraftEvent)} & DRAFT_TRANSITIONS.keys()


def test_every_draft_that_is_kept_can_end() -> None:
    for state in DraftState:
        assert not state.kept or (state, DraftEvent.MOOT) in DRAFT_TRANSITIONS


def test_a_draft_is_made_once_and_tells_what_the_incident_would() -> None:
    page = drafting()
    full = page_of({API: PARTIAL}, memory())
    (told,) = writes(full)
    (draft,) = page.drafts.values()
    assert (draft.proposal.title, draft.proposal.body, draft.proposal.component_ids) == (
        told.name,
        told.body,
        told.component_ids,
    )
    assert (writes(page), noted(page)) == ([], [])


def test_an_approved_draft_is_told_in_its_own_words_though_more_takes_part_now() -> None:
    page = drafting()
    (draft,) = page.drafts.values()
    approve(page)
    grown = memory(rule=DRAFTING, components=(API, WEB), high_water=MAJOR, sequence=2)
    page.desired.incidents[DRAFTING.id, grown.group] = grown
    assert noted(page) == []
    (write,) = writes(page)
    assert (write.body, write.component_ids, write.high_water, write.sequence, write.draft) == (
        draft.proposal.body,
        (IDS[API],),
        PARTIAL,
        1,
        draft.hash,
    )


@pytest.mark.parametrize(
    "changed",
    [
        memory(rule=DRAFTING, components=(API, WEB)),
        memory(rule=DRAFTING, high_water=MAJOR, sequence=2),
        memory(rule=DRAFTING, components=(WEB,)),
    ],
    ids=["who joins", "what escalates", "another component"],
)
def test_what_changes_has_another_hash_under_the_same_id_and_the_first_instant(
    changed: IncidentMemory,
) -> None:
    page = drafting()
    (before,) = page.drafts.values()
    page.desired.incidents[DRAFTING.id, changed.group] = changed
    with pytest.raises(CommandError, match="does not fit any more"):
        approve(page)
    (step,) = noted(page, NOW + 60)
    assert (step.draft.id, step.draft.first_at, step.draft.made_at) == (before.id, NOW, NOW + 60)
    assert step.draft.hash != before.hash
    with pytest.raises(CommandError, match=f"the hash {step.draft.hash} now, and not {before.hash}"):
        approve(page, before.hash)


def test_everything_that_is_told_goes_into_the_hash_and_what_is_not_told_does_not() -> None:
    (draft,) = drafting().drafts.values()
    told = draft.proposal
    others = [
        replace(told, title="x"),
        replace(told, body="x"),
        replace(told, component_ids=("x",)),
        replace(told, notify=False),
        replace(told, high_water=MAJOR),
    ]
    assert len({proposal_hash(1, one) for one in (told, *others)} | {proposal_hash(2, told)}) == 7
    assert proposal_hash(1, replace(told, sequence=9)) == proposal_hash(1, told)


ENDS = {
    "recovered": (memory(IncidentPhase.MONITORING, rule=DRAFTING, sequence=2), Reason.RECOVERED),
    "over": (memory(IncidentPhase.CLOSED, rule=DRAFTING, sequence=3), Reason.RECOVERED),
    "another episode": (memory(rule=DRAFTING, episode=1), Reason.RECOVERED),
}


@pytest.mark.parametrize(("then", "because"), ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("approved", [False, True])
def test_a_draft_of_what_is_over_is_withdrawn(
    then: IncidentMemory, because: Reason, *, approved: bool
) -> None:
    page = drafting()
    if approved:
        approve(page)
    page.desired.incidents[DRAFTING.id, then.group] = then
    first, *_ = noted(page)
    assert (first.reason, first.because) == (Reason.WITHDRAWN, because)


@pytest.mark.parametrize("level", [Automation.SHADOW, Automation.STATUSES])
def test_a_rule_that_drafts_nothing_any_more_withdraws_and_a_lower_cap_only_waits(level: Automation) -> None:
    page = drafting()
    page.settings = PlanSettings(automation_max=level)
    approve(page)
    assert (noted(page), writes(page)) == ([], [])
    page.ruleset = replace(page.ruleset, incidents=(replace(DRAFTING, automation=level),))
    (step,) = noted(page)
    assert (step.reason, step.because) == (Reason.WITHDRAWN, Reason.SHADOW)


def test_a_discarded_draft_leaves_the_episode_to_the_person() -> None:
    page = drafting()
    (draft,) = page.drafts.values()
    changes = Changes()
    judge(page, DiscardDraft(page.name, draft.id, "", ISSUED), changes, NOW)
    (tombstone,) = changes.incidents_told
    assert (tombstone.open, tombstone.yielded, tombstone.episode) == (False, True, draft.episode)
    page.drafts.update({one.id: one for one in changes.drafts})
    page.incidents_told[tombstone.key] = tombstone
    page.settings = PlanSettings(automation_max=Automation.FULL)
    page.ruleset = replace(page.ruleset, incidents=(SHOP,))
    assert (noted(page), writes(page)) == ([], [])


def test_what_is_open_goes_on_under_draft_and_has_none() -> None:
    page = page_of({}, memory(IncidentPhase.CLOSED, rule=DRAFTING, sequence=3), rules=(DRAFTING,))
    page.evaluated = True
    tell_incident(page)
    assert noted(page) == []
    assert plan_incidents(page, {}, NOW).operations != []


@pytest.mark.parametrize(
    ("doubtful", "waited", "told"),
    [(False, 899.0, False), (False, 900.0, True), (True, 900.0, False), (True, 9000.0, False)],
)
def test_a_draft_is_told_by_itself_when_it_has_waited_and_everything_is_known(
    *, doubtful: bool, waited: float, told: bool
) -> None:
    page = drafting(publish_after=900.0)
    if doubtful:
        page.desired.doubtful = set(page.desired.incidents)
    assert bool(writes(page, NOW + waited)) is told
    assert plan_incidents(page, {}, NOW).wake_at == NOW + 900.0


def test_components_wait_with_the_draft_and_no_others_do() -> None:
    page = drafting(components_while_drafted=WhileDrafted.WITH_DRAFT)
    page.desired.components = {API: PARTIAL, SEARCH: PARTIAL}
    assert list(component_changes(page, NOW)) == [IDS[SEARCH]]
    approve(page)
    (write,) = writes(page)
    assert write.components == ((IDS[API], PARTIAL),)


def test_components_wait_though_their_draft_is_not_made_yet() -> None:
    page = drafting(components_while_drafted=WhileDrafted.WITH_DRAFT)
    page.drafts.clear()
    assert component_changes(page, NOW) == {}


def test_nothing_is_decided_about_drafts_while_the_rules_are_not_in_force() -> None:
    page = drafting()
    page.desired.incidents.clear()
    page.evaluated = False
    assert noted(page) == []
