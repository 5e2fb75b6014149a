"""Causes that operators say: in which incident, and until when. Each stands until its incident is over.

Must not know how a cause becomes a text, nor when evaluation tells it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.causes import MOST_CAUSES
from bridge.core.changes import Changes
from bridge.core.cleaning import cleaned
from bridge.core.command_entries import entered
from bridge.core.commands import SayCause, StandingKind
from bridge.core.incident_commands import open_incident
from bridge.core.incidents import IncidentPhase
from bridge.errors import CommandError

if TYPE_CHECKING:
    from bridge.core.desired import IncidentPlace
    from bridge.core.incidents import IncidentMemory
    from bridge.core.page import Page


def say_cause(page: Page, command: SayCause, changes: Changes) -> None:
    """Take in what an operator says is the cause of an open incident.

    Raises:
        CommandError: no such incident of ours is open, it is left to people, it has recovered, or the text is none that can be told.
    """
    told = open_incident(page, command.incident_id)
    if told.yielded:
        raise CommandError(
            f"the incident {told.incident_id} is a person's; say the cause on the page, or take it up again by `bridge adopt` first"
        )
    if not cleaned(command.cause).strip():
        raise CommandError("the cause is empty")
    if sign := next((sign for sign in "{}" if sign in command.cause), ""):
        raise CommandError(f"a cause is told as it is, without placeholders: leave out {sign}")
    memory = page.desired.incidents.get(page.place_now(told.place))
    if memory is None or not memory.phase.fires:
        raise CommandError(
            f"the incident {told.incident_id} has recovered, and is only monitored; a cause is told while it goes on"
        )
    _new(memory, command)
    changes.standing.append(entered(page, StandingKind.CAUSE, told.incident_id, command))


def _new(memory: IncidentMemory, command: SayCause) -> None:
    """Refuse what would not be told.

    Raises:
        CommandError: it was told in this episode and is not the last word, or too much was.
    """
    stands = memory.phase is IncidentPhase.IDENTIFIED and memory.cause == command.cause
    if command.cause in memory.causes and not stands:
        raise CommandError(
            "this was told in the incident already, before it returned or another cause was; say it in other words"
        )
    if not stands and len(memory.causes) >= MOST_CAUSES:
        raise CommandError(f"the incident has told {MOST_CAUSES} causes, and tells no more")


def said_causes(page: Page) -> dict[IncidentPlace, str]:
    """What operators say of the incidents that are open, by rule and group."""
    said = {one.subject: one.value for one in page.standing.values() if one.kind is StandingKind.CAUSE}
    if not said:
        return {}
    return {
        page.place_now(told.place): said[told.incident_id]
        for told in page.incidents_told.values()
        if told.open and told.incident_id in said
    }


def ended_causes(page: Page) -> Changes:
    """What stands of incidents that are over: to be committed and enforced. Rules that are not in force end nothing."""
    changes = Changes()
    if page.held_rules is not None:
        return changes
    going_on = {
        told.incident_id
        for told in page.incidents_told.values()
        if told.open
        and (memory := page.desired.incidents.get(page.place_now(told.place))) is not None
        and memory.phase is not IncidentPhase.CLOSED
    }
    changes.standing_gone += [
        (page.name, *one.key)
        for one in page.standing.values()
        if one.kind is StandingKind.CAUSE and one.subject not in going_on
    ]
    return changes
