"""What people did on the page is written down: which components are theirs, and beside which of their incidents ours is not opened. Decides nothing; sends nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bridge.core.component_plan import eased_yields, ended_takings, ended_yields, takings
from bridge.core.journal import JournalEntry, JournalKind, of_group
from bridge.core.overruled import overruled
from bridge.core.people import cleared_yields
from bridge.core.reasons import Reason

if TYPE_CHECKING:
    from bridge.core.changes import Changes
    from bridge.core.journal import Fact
    from bridge.core.page import Page
    from bridge.core.people import Taken

logger = structlog.get_logger(__name__)


def note_people(page: Page, changes: Changes, now: float) -> None:
    """Bring what is remembered of people to what the page shows and rules claim now."""
    if page.held_rules is not None:
        return  # what rules claim that are not in force says nothing about anybody
    for taken in list(ended_takings(page)):
        let_go(page, taken.component_id, changes)
        _tell(page, taken, changes, reason=Reason.YIELD_ENDED, now=now)
    for told in list(ended_yields(page)):
        _disown(page, told.component_id, changes)
    for told in list(eased_yields(page)):
        page.components_told[told.component_id] = told
        changes.components_told.append(told)
    for taken in list(takings(page, now)):
        _take(page, taken, changes, now)
    for ended in list(cleared_yields(page)):
        page.incidents_told[ended.key] = ended
        changes.incidents_told.append(ended)
    for tombstone in list(overruled(page)):
        page.incidents_told[tombstone.key] = tombstone
        changes.incidents_told.append(tombstone)
        detail: dict[str, Fact] = {
            "episode": tombstone.episode,
            "sequence": tombstone.sequence,
            **of_group(tombstone.place[1]),
        }
        changes.journal.append(
            JournalEntry(now, JournalKind.OBSERVED, page.name, tombstone.place[0], Reason.YIELDED, detail)
        )


def let_go(page: Page, component_id: str, changes: Changes) -> None:
    """Remember no more that a component was a person's."""
    if page.taken.pop(component_id, None) is not None:
        changes.taken_gone.append((page.name, component_id))


def _take(page: Page, taken: Taken, changes: Changes, now: float) -> None:
    before = page.taken.get(taken.component_id)
    page.taken[taken.component_id] = taken
    changes.taken.append(taken)
    # Whatever we told of it, it explains nothing any more: if the page shows that again, a person set it.
    _disown(page, taken.component_id, changes)
    if before is None or not before.stands(now):
        _tell(page, taken, changes, reason=Reason.TAKEN, now=now)


def _disown(page: Page, component_id: str, changes: Changes) -> None:
    if page.components_told.pop(component_id, None) is not None:
        changes.components_told_gone.append((page.name, component_id))


def _tell(page: Page, taken: Taken, changes: Changes, *, reason: Reason, now: float) -> None:
    observed = page.observed.components.get(taken.component_id)
    name = observed.display_name if observed is not None else taken.component_id
    detail: dict[str, Fact] = {
        "component_id": taken.component_id,
        "status": taken.status,
    }
    changes.journal.append(JournalEntry(now, JournalKind.OBSERVED, page.name, name, reason, detail))
    logger.info("left_to_a_person", page=page.name, component=name, status=taken.status, reason=reason)
