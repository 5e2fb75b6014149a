"""Bookkeeping of our own maintenances: what was told of each, what a person did to one, which are found by a store that knew nothing. Decides and sends nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bridge.core.component_plan import FOREIGN_AFTER
from bridge.core.guards import GuardKind
from bridge.core.intents import LIVE, OF_MAINTENANCES, IntentState
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.maintenance_ledger import (
    FORGOTTEN_AFTER,
    MaintenanceTold,
    Standing,
    shown_by_us,
    told_record,
)
from bridge.core.occurrences import occurrence, wall_clock
from bridge.core.operations import incident_target
from bridge.core.payload import decode_maintenance_write
from bridge.core.reasons import Reason
from bridge.core.statuses import MaintenanceStatus
from bridge.core.windows import Span
from bridge.engine.intents import finish_intent, tell_incident
from bridge.engine.maintenances import forget_maintenance, show_maintenance

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.answers import IncidentRow, MaintenanceRow
    from bridge.core.changes import Changes
    from bridge.core.incidents import IncidentKey
    from bridge.core.intents import Intent
    from bridge.core.operations import ReadIncident
    from bridge.core.page import Page

logger = structlog.get_logger(__name__)

APART = 1.0
"""Seconds by which the page's times may differ from those told: it keeps whole ones."""


def tell_write(
    page: Page, intent: Intent, row: IncidentRow, changes: Changes, *, now: float, answered: bool = False
) -> None:
    """A write to an incident or a maintenance was applied: the ledger says so."""
    if intent.kind in OF_MAINTENANCES:
        tell_maintenance(page, intent, row.id, changes, now=now)
    else:
        tell_incident(page, intent, row, changes, now=now, answered=answered)


def tell_maintenance(page: Page, intent: Intent, incident_id: str, changes: Changes, *, now: float) -> None:
    """A write to a maintenance was applied: it is told, and the page is known to show it."""
    write = decode_maintenance_write(page.name, intent.payload)
    before = page.maintenances_told.get(write.key)
    over = write.status is MaintenanceStatus.COMPLETED
    left = before is not None and before.incident_id == incident_id and before.standing is Standing.LEFT
    wall = wall_clock(page, now)
    told = MaintenanceTold(
        write.rule,
        write.key,
        incident_id,
        write.episode,
        write.sequence,
        write.begins_at,
        # What was called off has ended now: the same time may be planned anew.
        min(write.ends_at, wall) if over else write.ends_at,
        write.planned_end,
        write.extended,
        write.open_ended,
        write.name,
        write.component_ids,
        intent.operation,
        now,
        Standing.OVER if over else Standing.LEFT if left else Standing.ANNOUNCED,
    )
    remember(page, told, changes)
    active, gone_at = not over and wall >= told.begins_at, now if over else None
    show_maintenance(page, shown_by_us(told, active=active, gone_at=gone_at), changes, now)


def remember(page: Page, told: MaintenanceTold, changes: Changes) -> None:
    """Enter it into the ledger."""
    page.maintenances_told[told.key] = told
    record = told_record(page.name, told)
    page.guards[record.key] = record
    changes.guards.append(record)


def maintenance_read(
    page: Page, row: MaintenanceRow, key: IncidentKey, changes: Changes, *, now: float
) -> None:
    """One of ours was read by itself: it shows what we told, has ended in time, or is a person's from now on."""
    told = page.maintenances_told.get(key)
    page.missing.pop(key, None)
    busy = any(intent.target == incident_target(key) for intent in page.intents.values())
    if told is None or told.incident_id != row.id or told.standing is not Standing.ANNOUNCED or busy:
        return  # where a write is under way or lost, that may be why
    if row.over:
        in_time = wall_clock(page, now) >= told.ends_at - APART and not told.open_ended
        _stand(page, told, Standing.OVER if in_time else Standing.LEFT, changes, now=now)
    elif row.told is None or row.told.operation != told.operation or not _as_told(row, told):
        _stand(page, told, Standing.LEFT, changes, now=now)
    else:
        page.maintenances_verified[key] = now
        show_maintenance(page, shown_by_us(told, active=row.active), changes, now)


def _as_told(row: MaintenanceRow, told: MaintenanceTold) -> bool:
    return (
        row.begins_at is not None
        and row.ends_at is not None
        and abs(row.begins_at - told.begins_at) < APART
        and abs(row.ends_at - told.ends_at) < APART
    )


def maintenance_not_found(page: Page, operation: ReadIncident, changes: Changes, *, now: float) -> None:
    """One of ours was not found. Twice in a row, and a person has deleted it."""
    key = operation.key
    page.missing[key] = page.missing.get(key, 0) + 1
    if page.missing[key] < FOREIGN_AFTER:
        return
    intent = operation.settles
    if intent is not None and intent.operation in page.intents:
        finish_intent(page, intent, IntentState.NOT_APPLIED, changes, now=now)
    told = page.maintenances_told.get(key)
    if told is not None and told.incident_id == operation.incident_id:
        forget_maintenance(page, told.incident_id, changes)
        _stand(page, told, Standing.LEFT, changes, now=now)


def _stand(page: Page, told: MaintenanceTold, standing: Standing, changes: Changes, *, now: float) -> None:
    remember(page, replace(told, standing=standing), changes)
    if standing is Standing.LEFT:
        detail: dict[str, str | int | float | None] = {"incident_id": told.incident_id}
        changes.journal.append(
            JournalEntry(now, JournalKind.OBSERVED, page.name, told.rule, Reason.YIELDED, detail)
        )
        logger.info("maintenance_left", page=page.name, maintenance=told.rule, incident_id=told.incident_id)


def note_rows(page: Page, rows: Iterable[MaintenanceRow], changes: Changes, *, now: float) -> None:
    """Enter what a whole list says of whose maintenances are: what was lost is found, what nothing remembers is taken up, what shows no metadata is read by itself."""
    observed = page.observed
    for listed in rows:
        read = observed.maintenance_rows.get(listed.id)
        row = listed
        if listed.hidden and read is not None and not read.hidden:
            row = replace(listed, told=read.told, hidden=False)
        observed.maintenance_rows[row.id] = row
        if row.hidden and row.id not in {told.incident_id for told in page.maintenances_told.values()}:
            observed.unidentified.setdefault(row.id, 0)
        take_up(page, row, changes, now=now)
    observed.maintenance_rows = {
        one: row for one, row in observed.maintenance_rows.items() if one in observed.maintenances
    }


def take_up(page: Page, row: MaintenanceRow, changes: Changes, *, now: float) -> None:
    """Enter whose a maintenance is, as its metadata says."""
    mark = row.told
    if mark is None:
        return
    for intent in list(page.intents.values()):
        if intent.operation == mark.operation and intent.kind in OF_MAINTENANCES and intent.state in LIVE:
            finish_intent(page, intent, IntentState.ADOPTED, changes, now=now)
            tell_maintenance(page, intent, row.id, changes, now=now)
    busy = any(intent.target == incident_target(mark.key) for intent in page.intents.values())
    if mark.key in page.maintenances_told or busy or row.over:
        return
    span = Span(mark.begins_at, mark.planned_end)
    rule = next(
        (one for one in page.ruleset.maintenances if occurrence(page, one, span).key == mark.key), None
    )
    if rule is None:
        return
    told = MaintenanceTold(
        rule.id,
        mark.key,
        row.id,
        mark.episode,
        mark.sequence,
        mark.begins_at,
        mark.ends_at,
        mark.planned_end,
        mark.extended,
        mark.open_ended,
        row.name,
        row.component_ids,
        mark.operation,
        now,
    )
    detail: dict[str, str | int | float | None] = {"incident_id": row.id}
    changes.journal.append(
        JournalEntry(now, JournalKind.OBSERVED, page.name, rule.id, Reason.ADOPTED, detail)
    )
    remember(page, told, changes)
    if not _as_told(row, told):
        _stand(page, told, Standing.LEFT, changes, now=now)


def note_ended(page: Page, changes: Changes, now: float) -> None:
    """What has ended is over, and is forgotten a day later."""
    wall = wall_clock(page, now)
    for told in list(page.maintenances_told.values()):
        if told.standing is Standing.ANNOUNCED:
            if wall >= told.ends_at and not told.open_ended and not _under_way(page, told):
                remember(page, replace(told, standing=Standing.OVER), changes)
        elif wall >= max(told.ends_at, told.planned_end) + FORGOTTEN_AFTER:
            del page.maintenances_told[told.key]
            page.maintenances_verified.pop(told.key, None)
            page.guards.pop((GuardKind.MAINTENANCE_TOLD, told.key), None)
            changes.guards_gone.append((page.name, GuardKind.MAINTENANCE_TOLD, told.key))


def _under_way(page: Page, told: MaintenanceTold) -> bool:
    return any(intent.target == incident_target(told.key) for intent in page.intents.values())
