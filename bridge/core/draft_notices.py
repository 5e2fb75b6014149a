"""Telling somebody that a draft waits: which ones nobody took yet, what is remembered of those that were taken, and which labels may go along.

It goes out of the house, so it holds no more than the page would show. Knows neither who is told nor how.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.drafts import DraftState
from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.leaks import leaks_in

if TYPE_CHECKING:
    from bridge.core.drafts import Draft
    from bridge.core.page import Page
    from bridge.core.rules import IncidentRule

MOST_REMEMBERED = 50
"""Wordings of one draft that are remembered; one that comes back after so many others is told again."""


def untold_drafts(page: Page) -> list[Draft]:
    """The drafts that wait and of which this wording was not taken yet; the oldest first. Cost: the drafts."""
    untold = [
        draft
        for draft in page.drafts.values()
        if draft.state is DraftState.WAITING and draft.hash not in _told(page, draft)
    ]
    return sorted(untold, key=lambda draft: (draft.made_at, draft.id))


def told_of(page: Page, draft: Draft, now: float) -> GuardRecord:
    """What is remembered once this wording was taken. One record for each draft: it goes when the draft goes."""
    hashes = (*_told(page, draft), draft.hash)[-MOST_REMEMBERED:]
    return GuardRecord(draft.page, GuardKind.DRAFT_TOLD, draft.id, now, " ".join(hashes))


def public_group(page: Page, rule: IncidentRule, draft: Draft) -> dict[str, str]:
    """The group's labels that the rule shows in public, in its words for them; a value that looks like a secret or an internal name is left out."""
    _, group = page.place_now(draft.place)
    words = {
        label.name: label.words(group[label.name])
        for label in rule.public_labels
        if not label.annotation and label.name in group
    }
    suffixes = page.settings.internal_suffixes
    return {name: word for name, word in words.items() if word is not None and not leaks_in(word, suffixes)}


def _told(page: Page, draft: Draft) -> tuple[str, ...]:
    record = page.guards.get((GuardKind.DRAFT_TOLD, draft.id))
    return () if record is None else tuple(record.value.split())
