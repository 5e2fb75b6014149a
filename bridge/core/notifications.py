"""The cap on notifications: over a page's notifications per hour, what is written is written silently (design.md, "Guards").

Nothing is withheld by it: statuses, updates and resolves go out, without a mail. What subscribers never heard begin is told silently to its end, and is not announced later
by itself. Counted is what was begun: of a write whose answer was lost nobody knows that it notified nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.holds import NEVER
from bridge.core.operations import incident_target
from bridge.core.reasons import Reason

if TYPE_CHECKING:
    from bridge.core.intents import OperationId
    from bridge.core.ledger import IncidentTold
    from bridge.core.operations import WriteIncident
    from bridge.core.page import Page

HOUR = 3600.0


def notifications_left(page: Page, now: float) -> int:
    """How many notifications the page may still send at `now`. Cost: what its guards remember."""
    sent = sum(
        kind is GuardKind.NOTIFIED and record.at > now - HOUR for (kind, _), record in page.guards.items()
    )
    return max(0, page.settings.notifications_per_hour - sent)


def room_at(page: Page, now: float) -> float:
    """When there is room for a notification again, where there is none now; infinity where there is, or where none is ever sent."""
    if notifications_left(page, now) > 0:
        return NEVER
    ends = (record.at + HOUR for (kind, _), record in page.guards.items() if kind is GuardKind.NOTIFIED)
    return min((at for at in ends if at > now), default=NEVER)


def is_silenced(page: Page, told: IncidentTold | None) -> bool:
    """Whether the cap is why subscribers never heard that this incident began."""
    if told is None or told.announced:
        return False
    record = page.guards.get((GuardKind.SILENCED, told.key))
    return record is not None and record.value == str(told.episode)


def still_silenced(page: Page, before: IncidentTold | None, told: IncidentTold) -> list[GuardRecord]:
    """That the same incident goes on silently, though by another episode or another rule."""
    if before is None or before.incident_id != told.incident_id or told.announced:
        return []
    if not is_silenced(page, before) or is_silenced(page, told):
        return []
    return [GuardRecord(page.name, GuardKind.SILENCED, told.key, told.told_at, str(told.episode))]


def note_begun(page: Page, write: WriteIncident, operation: OperationId, now: float) -> list[GuardRecord]:
    """What is to be remembered of a write before it is sent, in the same commit; entered into the page."""
    records = []
    if write.notify:
        records.append(GuardRecord(page.name, GuardKind.NOTIFIED, operation, now))
    if write.silenced and write.reason in {Reason.OPENED, Reason.REOPENED}:
        records.append(GuardRecord(page.name, GuardKind.SILENCED, write.key, now, str(write.episode)))
    page.guards.update({record.key: record for record in records})
    return records


def note_notified(page: Page, operation: OperationId, now: float) -> GuardRecord:
    """That a write notifies, which is no incident's; entered into the page."""
    record = page.guards[GuardKind.NOTIFIED, operation] = GuardRecord(
        page.name, GuardKind.NOTIFIED, operation, now
    )
    return record


def forgotten_notifications(page: Page, now: float) -> list[tuple[GuardKind, str]]:
    """What need not be remembered any more: notifications of more than an hour ago, and silent incidents that are over."""
    writing = {intent.target for intent in page.intents.values()}  # it may be opened again by that
    over = {
        told.key: told.episode
        for told in page.incidents_told.values()
        if not told.open and incident_target(told.key) not in writing
    }
    return [
        key
        for key, record in page.guards.items()
        if (record.kind is GuardKind.NOTIFIED and record.at <= now - HOUR)
        or (record.kind is GuardKind.SILENCED and str(over.get(record.subject)) == record.value)  # type: ignore[call-overload]
    ]
