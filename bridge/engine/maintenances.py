"""Maintenances as they are read, and what is under maintenance: entered, and remembered across restarts. Decides nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.maintained import OVER, maintained_changes
from bridge.core.maintenance import Maintenance, is_over, record_of
from bridge.core.operations import component_target
from bridge.core.reasons import Reason
from bridge.core.statuses import ComponentStatus

if TYPE_CHECKING:
    from bridge.core.answers import MaintenanceRow
    from bridge.core.changes import Changes
    from bridge.core.journal import Fact
    from bridge.core.observed import ListKind
    from bridge.core.page import Page


def enter_maintenances(
    page: Page, kind: ListKind, rows: list[MaintenanceRow], changes: Changes, *, began_at: float
) -> None:
    """Enter a complete list of maintenances. One that it does not show any more has begun, has ended, or was deleted."""
    known = page.observed.maintenances
    if page.observed.maintenances_since is None:
        page.observed.maintenances_since = began_at
    before = dict(known)
    # A list that may lag behind what we told a moment ago says nothing of it.
    just_told = {
        told.incident_id
        for told in page.maintenances_told.values()
        if began_at < told.told_at + page.settings.lists_lag
    }
    for row in rows:
        one = known.get(row.id)
        if one is not None and row.id in just_told:
            continue
        if one is not None and one.gone_at is None and one.active and not row.active:
            continue  # a list that lags: what has begun is not to come any more
        known[row.id] = Maintenance(
            row.id, row.active, row.component_ids, row.begins_at, row.ends_at, shown_by=kind
        )
    listed = {row.id for row in rows}
    for one in list(known.values()):
        if one.shown_by is kind and one.id not in listed and one.gone_at is None:
            known[one.id] = replace(one, active=False, gone_at=began_at)
        if is_over(page, known[one.id], began_at):
            del known[one.id]
    read = GuardRecord(page.name, GuardKind.MAINTENANCES_READ, kind, began_at)
    changed = [one for one in known.values() if before.get(one.id) != one]
    for record in (read, *(record_of(page, one, began_at) for one in changed)):
        page.guards[record.key] = record
        changes.guards.append(record)
    for gone in [one for one in before if one not in known]:
        forget_maintenance(page, gone, changes)


def show_maintenance(page: Page, one: Maintenance, changes: Changes, now: float) -> None:
    """The page shows one of our own so: no list has to be waited for, in this life or in the next."""
    page.observed.maintenances[one.id] = one
    if (GuardKind.MAINTENANCE, one.id) in page.guards:
        record = record_of(page, one, now)
        page.guards[record.key] = record
        changes.guards.append(record)


def forget_maintenance(page: Page, maintenance_id: str, changes: Changes) -> None:
    """The page has it no more."""
    page.observed.maintenances.pop(maintenance_id, None)
    # One of our own may be known by what we told alone.
    if page.guards.pop((GuardKind.MAINTENANCE, maintenance_id), None) is not None:
        changes.guards_gone.append((page.name, GuardKind.MAINTENANCE, maintenance_id))


def note_under_by_page(page: Page, changes: Changes, began_at: float) -> None:
    """Remember which components show a maintenance by the page's own doing. Cost: the components of the page."""
    known = {record.subject for record in page.guards.values() if record.kind is GuardKind.UNDER_BY_PAGE}
    shown = {
        one.id
        for one in page.observed.components.values()
        if one.page_own and one.status is ComponentStatus.UNDER_MAINTENANCE
    }
    for component_id in sorted(shown - known):
        record = GuardRecord(page.name, GuardKind.UNDER_BY_PAGE, component_id, began_at)
        page.guards[record.key] = record
        changes.guards.append(record)
    for component_id in sorted(known - shown):
        del page.guards[GuardKind.UNDER_BY_PAGE, component_id]
        changes.guards_gone.append((page.name, GuardKind.UNDER_BY_PAGE, component_id))


def note_maintained(page: Page, changes: Changes, now: float) -> None:
    """Remember since when a component is under maintenance, and until when it is spared after it."""
    for record in list(maintained_changes(page, now)):
        if record.value == OVER:
            del page.guards[record.key]
            changes.guards_gone.append((page.name, *record.key))
        else:
            page.guards[record.key] = record
            changes.guards.append(record)
            # Of one that is over, until when nothing begins to be claimed.
            over = bool(record.value)
            reason = Reason.MAINTENANCE_ENDED if over else Reason.UNDER_MAINTENANCE
            detail: dict[str, Fact] = {"until": float(record.value)} if over else {}
            target = component_target(record.subject)
            changes.journal.append(JournalEntry(now, JournalKind.GUARD, page.name, target, reason, detail))
