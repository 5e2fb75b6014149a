"""Confirmations: what an operator let through, used once. Knows no guard; a guard asks for its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bridge.core.commands import StandingKind
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.reasons import Reason

if TYPE_CHECKING:
    from bridge.core.changes import Changes
    from bridge.core.commands import ConfirmedGuard
    from bridge.core.page import Page

logger = structlog.get_logger(__name__)


def is_confirmed(page: Page, guard: ConfirmedGuard, subject: str, now: float) -> bool:
    """Whether an operator has let exactly this through."""
    standing = page.standing.get((StandingKind.CONFIRM, f"{guard}:{subject}"))
    return standing is not None and standing.stands(now)


def use_confirmation(
    page: Page, guard: ConfirmedGuard, subject: str, *, changes: Changes, now: float
) -> bool:
    """The same; what let it through is used up by that, and written into the journal."""
    if not is_confirmed(page, guard, subject, now):
        return False
    standing = page.standing.pop((StandingKind.CONFIRM, f"{guard}:{subject}"))
    issued = standing.issued
    changes.standing_gone.append((page.name, standing.kind, standing.subject))
    changes.journal.append(
        JournalEntry(
            now,
            JournalKind.OBSERVED,
            page.name,
            guard,
            Reason.LET_THROUGH,
            {"subject": subject, "by": issued.by, "note": issued.note, "command": issued.id},
        )
    )
    logger.info("let_through", page=page.name, guard=guard, subject=subject, by=issued.by)
    return True
