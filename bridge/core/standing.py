"""What stands of commands, as the plan and the observer ask for it, and what ends by itself.

Reads a page and changes nothing; knows neither who commanded nor how.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.changes import Changes
from bridge.core.commands import Standing, StandingKind
from bridge.core.holds import NEVER
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.operations import component_target
from bridge.core.reasons import Reason
from bridge.core.statuses import ComponentStatus

if TYPE_CHECKING:
    from bridge.core.page import Page


def overrides(page: Page) -> dict[str, ComponentStatus]:
    """The status that operators want shown, by component id."""
    return {one.subject: ComponentStatus(one.value) for one in _of(page, StandingKind.OVERRIDE)}


def stood_back(page: Page) -> set[str]:
    """Components to which nothing is written, because operators said so."""
    return {one.subject for one in _of(page, StandingKind.YIELD)}


def given(page: Page, component_id: str) -> ComponentStatus | None:
    """The status that may be written over there, though it is not ours."""
    standing = page.standing.get((StandingKind.GIVEN, component_id))
    return ComponentStatus(standing.value) if standing is not None else None


def overridden_before(page: Page) -> set[str]:
    """Components that still show what an override wrote which is over."""
    return {one.subject for one in _of(page, StandingKind.ENDED)}


def is_released(page: Page, incident_id: str) -> bool:
    """Whether an incident that carries our identity was let go for good."""
    return (StandingKind.RELEASE, incident_id) in page.standing


def next_end(page: Page) -> float:
    """The earliest instant at which something ends by itself."""
    return min((one.until for one in page.standing.values() if one.until is not None), default=NEVER)


def expired(page: Page, now: float) -> Changes:
    """What has ended by itself: what is to be committed and enforced."""
    changes = Changes()
    for standing in page.standing.values():
        if standing.stands(now):
            continue
        if standing.kind is StandingKind.OVERRIDE:
            end_override(page, standing, changes)
        else:
            changes.standing_gone.append((page.name, *standing.key))
        if standing.kind is not StandingKind.ACCEPTED:
            changes.journal.append(ended_entry(standing, Reason.RAN_OUT, now))
    return changes


def end_override(page: Page, standing: Standing, changes: Changes, *, overruled: bool = False) -> None:
    """An override is over: the component follows its claims again, from what the override wrote, as far as it did.

    Where it was overruled, the page shows a person's value, which is never lowered.
    """
    component_id, status = standing.subject, ComponentStatus(standing.value)
    forget(page, component_id, changes, StandingKind.OVERRIDE, StandingKind.GIVEN)
    told = page.components_told.get(component_id)
    written = told is not None and told.status is status
    if status is not ComponentStatus.OPERATIONAL:
        # What is under way may be what it wanted, and will show.
        if not overruled and (written or page.busy(component_target(component_id))):
            changes.standing.append(
                Standing(page.name, StandingKind.ENDED, component_id, status, None, standing.issued)
            )
    elif told is not None and written and told.unsettled_until is None:
        # It was kept to tell a person's change; `operational` is nobody's doing.
        changes.components_told_gone.append((page.name, component_id))


def forget(page: Page, subject: str, changes: Changes, *kinds: StandingKind) -> None:
    """Let what stands of these kinds end."""
    changes.standing_gone += [
        (page.name, kind, subject) for kind in kinds if (kind, subject) in page.standing
    ]


def ended_entry(standing: Standing, reason: Reason, now: float) -> JournalEntry:
    """What stood has ended."""
    return JournalEntry(
        now,
        JournalKind.COMMAND,
        standing.page,
        standing.subject,
        reason,
        {"kind": standing.kind, "id": standing.issued.id, "by": standing.issued.by},
    )


def _of(page: Page, kind: StandingKind) -> list[Standing]:
    return [one for one in page.standing.values() if one.kind is kind]
