"""What became of a look at a postmortem, and of a draft: the record of what was told follows. Sends nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.operations import DraftPostmortem, ReadPostmortem
from bridge.core.postmortems import begun, not_begun
from bridge.core.reasons import Reason

if TYPE_CHECKING:
    from bridge.core.answers import PostmortemRow
    from bridge.core.changes import Changes
    from bridge.core.page import Page


def begin_postmortem(page: Page, operation: DraftPostmortem, until: float) -> list[GuardRecord]:
    """Remember that a draft is being written, before it is sent: a restart looks again, and not before that can have been applied."""
    record = page.guards.get((GuardKind.POSTMORTEM, operation.key))
    if record is None:
        return []
    page.guards[record.key] = after = begun(record, until)
    return [after]


def postmortem_answered(
    page: Page,
    operation: ReadPostmortem | DraftPostmortem,
    row: PostmortemRow,
    changes: Changes,
    *,
    began_at: float,
    now: float,
) -> None:
    """Enter what was answered to either."""
    if isinstance(operation, ReadPostmortem):
        postmortem_read(page, operation, written=row.written, changes=changes, began_at=began_at)
    else:
        _postmortem_written(page, operation, changes, now)


def postmortem_read(
    page: Page, operation: ReadPostmortem, *, written: bool, changes: Changes, began_at: float
) -> None:
    """What stands there is left alone: a person's, or a draft of ours whose answer was lost."""
    if written:
        forget_postmortem(page, operation.key, changes)
    else:
        page.postmortems_read[operation.incident_id] = began_at
        page.backoffs.pop(operation.target, None)


def _postmortem_written(page: Page, operation: DraftPostmortem, changes: Changes, now: float) -> None:
    """The draft is there."""
    forget_postmortem(page, operation.key, changes)
    changes.journal.append(JournalEntry(now, JournalKind.OUTCOME, page.name, operation.target, Reason.DONE))


def postmortem_not_sent(page: Page, operation: DraftPostmortem, changes: Changes, *, refused: bool) -> None:
    """It was not written. What the page refuses as it is, it gets no more."""
    record = page.guards.get((GuardKind.POSTMORTEM, operation.key))
    if refused:
        forget_postmortem(page, operation.key, changes)
    elif record is not None:
        page.guards[record.key] = after = not_begun(record)
        changes.guards.append(after)


def forget_postmortem(page: Page, key: str, changes: Changes) -> None:
    """There is nothing more to write of an incident."""
    record = page.guards.pop((GuardKind.POSTMORTEM, key), None)
    if record is not None:
        changes.guards_gone.append((page.name, *record.key))
