"""Two live incidents with one identity: found, told to operators, and the elder gone on with. Closes nothing; the plan does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bridge.core.component_plan import FOREIGN_AFTER
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.reasons import Reason

if TYPE_CHECKING:
    from bridge.core.answers import IncidentRow
    from bridge.core.changes import Changes
    from bridge.core.ledger import IncidentTold
    from bridge.core.page import Page

logger = structlog.get_logger(__name__)


def find_twins(page: Page, rows: list[IncidentRow], changes: Changes, now: float) -> None:
    """Live incidents with the key of one that the ledger has under another id: our lost create came after all, or somebody else has our secret.

    Two lists in a row must show it, and no write of ours in the last 2·S may explain it: what we resolved just now may still be listed.
    """
    by_id = {row.id: row for row in rows}
    page.twins = {one: lists for one, lists in page.twins.items() if one in by_id}
    for row in rows:
        told = page.incidents_told.get(row.key) if row.key is not None else None
        if told is None:
            continue
        if row.id == told.incident_id or not row.live or row.operation is None:
            page.twins.pop(row.id, None)
        elif page.twins.get(row.id, 0) < FOREIGN_AFTER and now > told.told_at + 2 * page.settings.settle_for:
            page.twins[row.id] = page.twins.get(row.id, 0) + 1
            if page.twins[row.id] == FOREIGN_AFTER:
                _twin_found(page, told, row, ledger=by_id.get(told.incident_id), changes=changes, now=now)


def _twin_found(
    page: Page,
    told: IncidentTold,
    twin: IncidentRow,
    *,
    ledger: IncidentRow | None,
    changes: Changes,
    now: float,
) -> None:
    """Say that there are two, once, and go on with the elder. What was told in either is told: it is not said again in the other."""
    if ledger is not None and told.open and not told.yielded and twin.created_at < ledger.created_at:
        page.twins[told.incident_id] = FOREIGN_AFTER
        page.twins.pop(twin.id)
        told = replace(
            told,
            incident_id=twin.id,
            status=twin.status or told.status,
            component_ids=twin.component_ids,
            operation=twin.operation or told.operation,
            update_id=twin.update_id,
            announced=told.announced or twin.announced,
        )
        page.suspect.pop(told.key, None)
        page.missing.pop(told.key, None)
        page.incidents_told[told.key] = told
        changes.incidents_told.append(told)
        twin = ledger
    elif ledger is not None and twin.announced and not told.announced:
        told = replace(told, announced=True)
        page.incidents_told[told.key] = told
        changes.incidents_told.append(told)
    detail: dict[str, str | int | float | None] = {
        "incident_id": twin.id,
        "beside": told.incident_id,
        "announced": int(twin.announced),
    }
    changes.journal.append(
        JournalEntry(now, JournalKind.OBSERVED, page.name, told.place[0], Reason.TWIN, detail)
    )
    logger.warning("incident_has_twin", page=page.name, reason=Reason.TWIN, **detail)
