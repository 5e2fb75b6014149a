"""What a page's guards remember, with the page and in what is to be committed: the bookkeeping beside `bridge.core.blast` and `bridge.core.notifications`. Decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.blast import BlastTerms, blast_limit, blast_records
from bridge.core.commands import ConfirmedGuard, StandingKind
from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.incident_plan import unannounced
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.notifications import forgotten_notifications
from bridge.core.operations import incident_target
from bridge.core.reasons import Reason

if TYPE_CHECKING:
    from bridge.core.blast import Blast
    from bridge.core.changes import Changes
    from bridge.core.page import Page

_BLAST_KINDS = frozenset({GuardKind.WORSENED, GuardKind.BLAST, GuardKind.HELD})
_CONFIRMS = f"{ConfirmedGuard.BLAST_RADIUS}:"


def blast_terms(page: Page, now: float) -> BlastTerms:
    """By what the page's worsenings are judged now. Before the page was read, its components are those that rules name."""
    components = len(page.observed.components) or len(page.ruleset.component_names)
    return BlastTerms(
        blast_limit(page.settings.blast_radius, components),
        page.settings.blast_hold,
        confirmed=frozenset(
            standing.subject.removeprefix(_CONFIRMS)
            for standing in page.standing.values()
            if standing.kind is StandingKind.CONFIRM
            and standing.subject.startswith(_CONFIRMS)
            and standing.stands(now)
        ),
    )


def remember_blast(page: Page, blast: Blast, changes: Changes) -> None:
    """Worsenings changed, or what is held. A confirmation ends with what it confirmed."""
    records = {record.key: record for record in blast_records(page.name, blast)}
    for key in [key for key in page.guards if key[0] in _BLAST_KINDS and key not in records]:
        del page.guards[key]
        changes.guards_gone.append((page.name, *key))
    put = [record for key, record in records.items() if page.guards.get(key) != record]
    page.guards.update({record.key: record for record in put})
    changes.guards += put
    held = f"{_CONFIRMS}{blast.hold.id}" if blast.hold is not None else ""
    used = [
        standing
        for standing in page.standing.values()
        if standing.kind is StandingKind.CONFIRM
        and standing.subject.startswith(_CONFIRMS)
        and standing.subject != held
    ]
    for standing in used:
        del page.standing[standing.key]
        changes.standing_gone.append((page.name, *standing.key))


def note_unannounced(page: Page, changes: Changes, now: float) -> None:
    """Remember of what was created silently that it stays so, for there is no room to announce it."""
    for told in list(unannounced(page, now)):
        record = GuardRecord(page.name, GuardKind.SILENCED, told.key, now, str(told.episode))
        page.guards[record.key] = record
        changes.guards.append(record)
        changes.journal.append(
            JournalEntry(
                now,
                JournalKind.GUARD,
                page.name,
                incident_target(told.key),
                Reason.SILENCED,
                {"incident_id": told.incident_id},
            )
        )


def forget_notifications(page: Page, changes: Changes, now: float) -> None:
    """Let go of what counts for nothing any more."""
    for key in forgotten_notifications(page, now):
        del page.guards[key]
        changes.guards_gone.append((page.name, *key))
