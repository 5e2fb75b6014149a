"""Commands about drafts: approving one as it was read, and discarding one. Must not know what else can be commanded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.commands import ApproveDraft
from bridge.core.draft_plan import moved
from bridge.core.drafts import DraftEvent, DraftState, proposal_hash
from bridge.core.incident_plan import proposal
from bridge.core.operations import incident_target
from bridge.core.overruled import tombstone
from bridge.core.regrouping import telling_rule
from bridge.errors import CommandError

if TYPE_CHECKING:
    from bridge.core.changes import Changes
    from bridge.core.commands import DiscardDraft
    from bridge.core.drafts import Draft
    from bridge.core.page import Page


def judge(page: Page, command: ApproveDraft | DiscardDraft, changes: Changes, now: float) -> None:
    """Do what a person decided about a draft.

    Raises:
        CommandError: as `approve` and `discard` say.
    """
    if isinstance(command, ApproveDraft):
        approve(page, command, changes, now)
    else:
        discard(page, command, changes)


def approve(page: Page, command: ApproveDraft, changes: Changes, now: float) -> None:
    """Let the incident of a draft be opened, in the words that were read.

    Raises:
        CommandError: there is no such draft, or what would be told now is something else.
    """
    draft = _draft(page, command.draft)
    _is_read(draft, command.hash)
    if draft.state is DraftState.APPROVED:
        return
    if draft.state is DraftState.DISCARDED:
        raise CommandError(
            f"the draft {draft.id} was discarded by {draft.by}; there is a new one when its cause recovers and fires anew"
        )
    place = page.place_now(draft.place)
    memory = page.desired.incidents.get(place)
    rule = telling_rule({rule.id: rule for rule in page.ruleset.incidents}, place, memory)
    told = proposal(page, rule, memory, now) if rule is not None and memory is not None else None
    if told is None:
        raise CommandError(
            f"the draft {draft.id} does not fit any more: nothing would be opened now. Its cause may have recovered, a person may tell of it, "
            "its components may be under maintenance, or gone"
        )
    if proposal_hash(draft.episode, told) != draft.hash:
        raise CommandError(
            f"the draft {draft.id} does not fit any more: something else would be told now, and a new draft is made of it; "
            f"read it with: bridge drafts show {draft.id}"
        )
    changes.drafts.append(moved(draft, DraftEvent.APPROVED, by=command.issued.by))


def discard(page: Page, command: DiscardDraft, changes: Changes) -> None:
    """Have no incident opened of what a draft tells: as if a person had told of it.

    Raises:
        CommandError: there is no such draft, it says something else now, or it is being told.
    """
    draft = _draft(page, command.draft)
    if command.hash:
        _is_read(draft, command.hash)
    if draft.state is DraftState.DISCARDED:
        return
    place = page.place_now(draft.place)
    target = incident_target(page.key(place))
    if any(intent.target == target for intent in page.intents.values()):
        raise CommandError(f"the draft {draft.id} is being told at this moment; see the page")
    changes.drafts.append(moved(draft, DraftEvent.DISCARDED, by=command.issued.by))
    memory = page.desired.incidents.get(place)
    told = page.incidents_told.get(page.key(place))
    if memory is not None and memory.episode == draft.episode and (told is None or not told.open):
        changes.incidents_told.append(tombstone(page, memory, told))


def _draft(page: Page, draft_id: str) -> Draft:
    draft = page.drafts.get(draft_id)
    if draft is None:
        there = ", ".join(page.drafts) or "none"
        raise CommandError(
            f"there is no draft {draft_id}: it was told, or withdrawn because its cause recovered, or never made; there are: {there}"
        )
    return draft


def _is_read(draft: Draft, read: str) -> None:
    if draft.hash != read:
        raise CommandError(
            f"the draft {draft.id} has the hash {draft.hash} now, and not {read}: what it tells has changed since; read it with: bridge drafts show {draft.id}"
        )
