"""The pin of a page's identity: set by the first reading ever, and set anew by an operator's confirmation alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bridge.core.changes import Changes
from bridge.core.commands import ConfirmedGuard, StandingKind
from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.identity import PageSeen, identity_of, may_be_same
from bridge.core.intents import IntentState
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.observed import Observed
from bridge.core.reasons import Reason
from bridge.engine.confirmations import use_confirmation
from bridge.engine.enforcement import enforce
from bridge.engine.intents import finish_intent

if TYPE_CHECKING:
    from bridge.core.answers import PageRow
    from bridge.core.page import Page

logger = structlog.get_logger(__name__)

_OF_ITS_THINGS = frozenset(
    {
        StandingKind.OVERRIDE,
        StandingKind.YIELD,
        StandingKind.RELEASE,
        StandingKind.CAUSE,
        StandingKind.GIVEN,
        StandingKind.ENDED,
    }
)
"""What stands of components and incidents of one page, by their ids there."""

_READ_OF_IT = frozenset(
    {GuardKind.POSTMORTEM, GuardKind.MAINTENANCE, GuardKind.MAINTENANCES_READ, GuardKind.SILENCED}
)

BELIEVED_FOR = 300.0
"""Seconds after a reading of the page for which it is not read again at a start that reaches it in the same way. In a crash loop each life has a slot or two, and has to come to writing with them."""


def believe_last_life(page: Page, now: float) -> None:
    """Take the page for read, if a life that ended just now has read it, by the same address and token, to be the pinned one."""
    record = page.guards.get((GuardKind.PAGE_SEEN, ""))
    if record is None or page.pinned is None or not page.reached_by or record.value != page.reached_by:
        return
    if 0 <= now - record.at < BELIEVED_FOR:
        page.seen = PageSeen(page.pinned, record.at)


def page_read(page: Page, row: PageRow, changes: Changes, now: float) -> None:
    """Take in what the page itself was read to be; the first is pinned, if it is the page that the settings name."""
    before = page.seen
    seen = page.seen = PageSeen(identity_of(row.id, row.created_at), now)
    if page.pinned is None and row.id == page.page_id:
        _pin(page, seen.identity, changes, now)
    pin_confirmed(page, changes, now)
    if page.identified:
        _note_seen(page, changes, now)
    if page.identified or (before is not None and before.identity == seen.identity):
        return
    detail: dict[str, str | int | float | None] = {"shown": seen.identity, "pinned": page.pinned}
    changes.journal.append(
        JournalEntry(now, JournalKind.OBSERVED, page.name, page.name, Reason.ANOTHER_PAGE, detail)
    )
    logger.error("another_page", page=page.name, **detail)


def pin_confirmed(page: Page, changes: Changes, now: float) -> None:
    """Pin what an operator said is the page now, if that is what it was read to be."""
    seen = page.seen
    if seen is None or page.identified:
        return
    before = page.pinned
    if use_confirmation(page, ConfirmedGuard.PAGE_IDENTITY, seen.identity, changes=changes, now=now):
        _pin(page, seen.identity, changes, now)
        if before is not None and not may_be_same(before, seen.identity):
            _forget(page, changes, now)


def _forget(page: Page, changes: Changes, now: float) -> None:
    """What was told to the page before says nothing of this one: what this lacks, no person has resolved, deleted or set back. It is taken up as by an empty store."""
    for intent in list(page.intents.values()):
        if intent.state is IntentState.UNKNOWN:  # it can be applied there alone
            finish_intent(page, intent, IntentState.NOT_APPLIED, changes, now=now)
    gone = Changes(
        components_told_gone=[(page.name, one) for one in page.components_told],
        incidents_told_gone=list(page.incidents_told),
        taken_gone=[(page.name, one) for one in page.taken],
        standing_gone=[(page.name, *key) for key in page.standing if key[0] in _OF_ITS_THINGS],
        guards_gone=[(page.name, *key) for key in page.guards if key[0] in _READ_OF_IT],
    )
    enforce(page, gone)
    for _, kind, subject in gone.guards_gone:
        del page.guards[kind, subject]
    page.component_ids.clear()  # which are bound anew, by name
    page.observed = Observed()
    page.refused.clear()
    page.one_way.clear()
    page.twins.clear()
    for counted in (page.missing, page.suspect, page.left_at):
        counted.clear()
    changes.extend(gone)


def another_page(page: Page) -> str:
    """Why nothing is written to the page, for operators; empty where it is the right one, or was not read yet."""
    if page.seen is None or page.identified:
        return ""
    return (
        f"{page.name}: nothing is written, for the page is {page.seen.identity} and not {page.pinned or page.page_id}; "
        f"if that is right: bridge confirm --page {page.name} page_identity {page.seen.identity}"
    )


def _note_seen(page: Page, changes: Changes, now: float) -> None:
    record = GuardRecord(page.name, GuardKind.PAGE_SEEN, "", now, page.reached_by)
    page.guards[record.key] = record
    changes.guards.append(record)


def _pin(page: Page, identity: str, changes: Changes, now: float) -> None:
    record = GuardRecord(page.name, GuardKind.PAGE_IDENTITY, "", now, identity)
    page.guards[record.key] = record
    changes.guards.append(record)
    detail: dict[str, str | int | float | None] = {"identity": identity}
    changes.journal.append(
        JournalEntry(now, JournalKind.OBSERVED, page.name, page.name, Reason.PAGE_PINNED, detail)
    )
    logger.info("page_pinned", page=page.name, identity=identity)
