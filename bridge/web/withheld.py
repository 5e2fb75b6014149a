"""Why what a command wants is not written to the page now, and what that waits for: phrases for people. Decides nothing; the plan decides by the same facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.commands import (
    AdoptIncident,
    ApproveDraft,
    ClearOverride,
    Confirm,
    ResumePage,
    SayCause,
    SetOverride,
    StandingKind,
)
from bridge.core.held import waiting
from bridge.core.statuses import Automation, ComponentStatus
from bridge.core.unread import unread
from bridge.web.instants import instant

if TYPE_CHECKING:
    from bridge.core.commands import Command
    from bridge.core.page import Page

_WRITING = SetOverride | ClearOverride | AdoptIncident | ResumePage | Confirm | ApproveDraft | SayCause
"""Commands after which something may be written. Of the others it is no news that nothing is."""


def withheld(page: Page, command: Command, offset: float) -> list[str]:
    """What a command that was just accepted still waits for before anything is written; nothing where it is written at once.

    Args:
        page: as it is with the command in force.
        command: what was accepted.
        offset: seconds by which the time of day is ahead of our clock.
    """
    if not isinstance(command, _WRITING):
        return []
    found = [
        *_pause(page, offset),
        *(
            f"a confirmation: {one.says}; to let it through: {one.command}"
            for one in waiting(page)
            if one.unwritten
        ),
        *standing_in_the_way(page),
    ]
    if isinstance(command, AdoptIncident | ApproveDraft | SayCause):
        found += _capped_incidents(page)
    if isinstance(command, SetOverride) and _under_maintenance(page, command.component_id):
        found.append("the end of the maintenance that the component is under on the page")
    return found


def standing_in_the_way(page: Page) -> list[str]:
    """What has to change before anything is written to the page, beside a pause and what guards hold."""
    found = []
    if page.settings.automation_max is Automation.SHADOW:
        found.append(
            "a higher cap: BRIDGE_AUTOMATION_MAX, that of the page, or a file of theirs says `shadow`, or a file cannot be read"
        )
    if page.seen is None or page.identified:
        missing = unread(page)
        found += [f"the first reading: {missing}"] if missing else []
    return found


def _pause(page: Page, offset: float) -> list[str]:
    standing = page.standing.get((StandingKind.PAUSE, ""))
    if standing is None:
        return []
    until = instant(standing.until, offset)
    end = f"until {until}" if until else "without an end"
    return [f"the end of the pause by {standing.issued.by}, {end}: bridge resume --page {page.name}"]


def _capped_incidents(page: Page) -> list[str]:
    level = page.settings.automation_max
    if level is not Automation.STATUSES:
        return []
    return [
        f"the cap `draft` or `full`: BRIDGE_AUTOMATION_MAX or that of the page says `{level}`, under which no incident is told"
    ]


def _under_maintenance(page: Page, component_id: str) -> bool:
    observed = page.observed.components.get(component_id)
    return observed is not None and observed.status is ComponentStatus.UNDER_MAINTENANCE
