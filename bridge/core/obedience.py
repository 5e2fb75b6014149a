"""Obeying: what a command changes, decided purely. What it gives is committed first and enforced then.

A command that repeats what stands is no error: whoever sends it twice wants it to be so, not to be so twice. What it names has to be there, or it is refused with what is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bridge.core.changes import Changes
from bridge.core.command_entries import entered, entry
from bridge.core.commands import (
    AdoptIncident,
    ApproveDraft,
    ClearOverride,
    Command,
    Confirm,
    ConfirmedGuard,
    DiscardDraft,
    PausePage,
    ReleaseIncident,
    ResumePage,
    SayCause,
    SetOverride,
    Standing,
    StandingKind,
    YieldComponent,
    YieldIncident,
    digest,
)
from bridge.core.component_plan import is_superseded
from bridge.core.draft_commands import judge
from bridge.core.held import held, is_confirmed
from bridge.core.incident_commands import adopt, leave
from bridge.core.overrides import give
from bridge.core.said_causes import say_cause
from bridge.core.standing import end_override, forget
from bridge.core.statuses import CLAIMABLE, ComponentStatus
from bridge.core.unread import unread
from bridge.errors import CommandError, CommandRepeatedError, PageUnreadError

if TYPE_CHECKING:
    from bridge.core.page import Page

ACCEPTED_FOR = 24 * 3600.0
"""Seconds for which the id of a command is remembered: longer than anybody goes on sending it again."""

SHOWABLE = (ComponentStatus.OPERATIONAL, *CLAIMABLE)
"""What an override may show. A maintenance is made on the page, which ends it by itself."""


def accepted_before(page: Page, command: Command) -> bool:
    """Whether exactly this was accepted before.

    Raises:
        CommandRepeatedError: something else was, under the same id.
    """
    before = page.standing.get((StandingKind.ACCEPTED, command.issued.id))
    if before is not None and before.value != digest(command):
        raise CommandRepeatedError(
            f"another command was accepted under the id {command.issued.id}; leave the id out, or choose another one"
        )
    return before is not None


def obey(page: Page, command: Command, now: float) -> Changes:
    """What a command changes on a page: to be committed, and then enforced. Nothing is changed here.

    Raises:
        CommandError: what it names is not there, or not so.
        PageUnreadError: whether it is, is not known yet.
    """
    changes = Changes()
    issued = command.issued
    match command:
        case SetOverride():
            _set_override(page, command, changes, now)
        case ClearOverride():
            _hand_back(page, command, changes)
        case YieldComponent():
            _stand_back(page, command, changes, now)
        case YieldIncident() | ReleaseIncident():
            leave(page, command, changes)
        case AdoptIncident():
            adopt(page, command, changes, now)
        case SayCause():
            say_cause(page, command, changes)
        case PausePage() | ResumePage():
            _pause(page, command, changes, now)
        case Confirm():
            _confirm(page, command, changes)
        case ApproveDraft() | DiscardDraft():
            judge(page, command, changes, now)
        case _:
            assert_never(command)
    changes.standing.append(
        Standing(
            page.name, StandingKind.ACCEPTED, issued.id, digest(command), issued.at + ACCEPTED_FOR, issued
        )
    )
    changes.journal.append(entry(page, command, now))
    return changes


def _set_override(page: Page, command: SetOverride, changes: Changes, now: float) -> None:
    component_id, status = command.component_id, command.status
    _not_past(command.until, now)
    if status not in SHOWABLE:
        raise CommandError(
            f"an override shows {', '.join(SHOWABLE)}; a maintenance is made on the page, which ends it by itself"
        )
    standing = entered(page, StandingKind.OVERRIDE, component_id, command)
    changes.standing.append(standing)
    observed = page.observed.components.get(component_id)
    shown = observed.status if observed is not None else None
    if shown is ComponentStatus.UNDER_MAINTENANCE:
        shown = ComponentStatus.OPERATIONAL  # which the page sets at its end
    if shown is status:
        shown = _lost_value(page, component_id, status)
    if shown is None:
        forget(page, component_id, changes, StandingKind.GIVEN)
    else:
        changes.standing.append(give(page, standing, shown))
    forget(page, component_id, changes, StandingKind.YIELD, StandingKind.ENDED)
    _give_back(page, component_id, changes)


def _lost_value(page: Page, component_id: str, status: ComponentStatus) -> ComponentStatus | None:
    """What a write of ours may yet make of a component that shows what is wanted: no person's doing, if it comes.

    One that was lost, or one that let go of the component just now, behind which a list lags: of that nothing is remembered but the doubt.
    """
    told, observed = page.components_told.get(component_id), page.observed.components.get(component_id)
    if told is None:
        lags = observed is not None and observed.read_at < observed.doubtful_until
        return ComponentStatus.OPERATIONAL if lags and status is not ComponentStatus.OPERATIONAL else None
    if told.unsettled_until is None:
        return None
    return next((one for one in (told.status, *told.possible) if one is not status), None)


def _hand_back(page: Page, command: ClearOverride, changes: Changes) -> None:
    component_id = command.component_id
    _end_override(page, component_id, changes)
    forget(page, component_id, changes, StandingKind.YIELD)
    _give_back(page, component_id, changes)
    observed = page.observed.components.get(component_id)
    # What a guard holds is claimed as well: it is shown when that lets it through.
    claims = (*page.desired.components, *page.desired.held)
    claimed = any(page.component_id(name) == component_id for name in claims)
    if observed is None or observed.status is None or not claimed:
        return
    # They asked for the claim to be shown, over whatever they see there now.
    given = Standing(page.name, StandingKind.GIVEN, component_id, observed.status, None, command.issued)
    changes.standing_gone = [one for one in changes.standing_gone if one[1:] != given.key]
    changes.standing.append(given)


def _stand_back(page: Page, command: YieldComponent, changes: Changes, now: float) -> None:
    component_id = command.component_id
    _not_past(command.until, now)
    _end_override(page, component_id, changes)
    forget(page, component_id, changes, StandingKind.GIVEN)
    changes.standing.append(entered(page, StandingKind.YIELD, component_id, command))


def _pause(page: Page, command: PausePage | ResumePage, changes: Changes, now: float) -> None:
    if isinstance(command, ResumePage):
        forget(page, "", changes, StandingKind.PAUSE)
        return
    _not_past(command.until, now)
    changes.standing.append(entered(page, StandingKind.PAUSE, "", command))


def _confirm(page: Page, command: Confirm, changes: Changes) -> None:
    """Only what is held now: a confirmation in advance would let through what nobody has seen, and one of a slip of the pen would look like a success."""
    guard, subject = command.guard, command.subject
    there = held(page)
    if not is_confirmed(page, guard, subject) and (guard, subject) not in {
        (one.guard, one.subject) for one in there
    }:
        if guard is ConfirmedGuard.PAGE_IDENTITY and page.seen is None:
            raise PageUnreadError(f"{unread(page)}; which page it is can be confirmed then")
        told = "; ".join(one.command for one in there)
        raise CommandError(
            f"{guard} holds no {subject} on the page {page.name}; "
            + (f"what is held is let through by: {told}" if told else "nothing is held there now")
        )
    changes.standing.append(entered(page, StandingKind.CONFIRM, f"{guard}:{subject}", command))


def _end_override(page: Page, component_id: str, changes: Changes) -> None:
    standing = page.standing.get((StandingKind.OVERRIDE, component_id))
    if standing is not None:
        end_override(page, standing, changes)


def _give_back(page: Page, component_id: str, changes: Changes) -> None:
    """What a person set there is theirs no longer. Nor is it ours, where the page shows something else since: if it comes back after this, somebody set it."""
    if component_id in page.taken:
        changes.taken_gone.append((page.name, component_id))
    if is_superseded(page, component_id):
        changes.components_told_gone.append((page.name, component_id))


def _not_past(until: float | None, now: float) -> None:
    if until is not None and until <= now:
        raise CommandError("its end is not after now; give a later `until`, or a longer `for`")
