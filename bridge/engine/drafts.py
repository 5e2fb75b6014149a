"""Drafts are written down as they come and go: in what is known of the page, in the journal, and in the log. Decides nothing; tells nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bridge.core.draft_plan import draft_steps
from bridge.core.guards import GuardKind
from bridge.core.journal import JournalEntry, JournalKind, of_group

if TYPE_CHECKING:
    from bridge.core.changes import Changes
    from bridge.core.journal import Fact
    from bridge.core.page import Page

logger = structlog.get_logger(__name__)


def note_drafts(page: Page, changes: Changes, now: float) -> None:
    """Bring the page's drafts to what rules want to tell now."""
    for step in list(draft_steps(page, now)):
        draft = step.draft
        if draft.state.kept:
            page.drafts[draft.id] = draft
            changes.drafts.append(draft)
        else:
            page.drafts.pop(draft.id, None)
            changes.drafts_gone.append((page.name, draft.id))
            if page.guards.pop((GuardKind.DRAFT_TOLD, draft.id), None) is not None:
                changes.guards_gone.append((page.name, GuardKind.DRAFT_TOLD, draft.id))
        detail: dict[str, Fact] = {
            "draft": draft.id,
            "hash": draft.hash,
            "episode": draft.episode,
            "by": draft.by,
        }
        if step.because is not None:
            detail["because"] = step.because
        rule, group = page.place_now(draft.place)
        detail.update(of_group(group))
        changes.journal.append(JournalEntry(now, JournalKind.INCIDENT, page.name, rule, step.reason, detail))
        logger.info(
            "draft",
            page=page.name,
            incident=rule,
            draft=draft.id,
            hash=draft.hash,
            reason=step.reason,
            because=step.because,
        )
