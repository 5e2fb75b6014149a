"""What a command leaves behind: what stands of it, and how the journal tells it. Must not know whether it is obeyed."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bridge.core.commands import (
    AdoptIncident,
    ApproveDraft,
    ClearOverride,
    Command,
    Confirm,
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
)
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.operations import component_target
from bridge.core.reasons import Reason

if TYPE_CHECKING:
    from bridge.core.page import Page

CONFIRMED_FOR = 3600.0
"""Seconds after which a confirmation that nothing has used ends: who comes back to the same files or page later has to look anew."""


REASONS: dict[type[Command], Reason] = {
    SetOverride: Reason.OVERRIDDEN,
    ClearOverride: Reason.HANDED_BACK,
    YieldComponent: Reason.YIELDED,
    YieldIncident: Reason.YIELDED,
    AdoptIncident: Reason.ADOPTED,
    ReleaseIncident: Reason.RELEASED,
    SayCause: Reason.IDENTIFIED,
    PausePage: Reason.PAUSED,
    ResumePage: Reason.RESUMED,
    Confirm: Reason.CONFIRMED,
    ApproveDraft: Reason.APPROVED,
    DiscardDraft: Reason.DISCARDED,
}
"""What each command is called in the journal."""


def entry(page: Page, command: Command, now: float) -> JournalEntry:
    """The journal's line of a command."""
    issued = command.issued
    detail: dict[str, str | int | float | None] = {"id": issued.id, "by": issued.by, "note": issued.note}
    subject: str
    match command:
        case SetOverride() | YieldComponent() | ClearOverride():
            subject = component_target(command.component_id)
        case AdoptIncident() | YieldIncident() | ReleaseIncident() | SayCause():
            subject = f"incident:{command.incident_id}"
        case PausePage() | ResumePage():
            subject = f"page:{page.name}"
        case Confirm():
            subject = f"{command.guard}:{command.subject}"
        case ApproveDraft() | DiscardDraft():
            subject = f"draft:{command.draft}"
            detail["hash"] = command.hash
        case _:
            assert_never(command)
    if isinstance(command, SetOverride | YieldComponent | PausePage):
        detail["until"] = command.until
    if isinstance(command, SetOverride):
        detail["status"] = command.status
    if isinstance(command, AdoptIncident):
        detail["rule"] = command.rule
    if isinstance(command, SayCause):
        detail["cause"] = command.cause
    return JournalEntry(now, JournalKind.COMMAND, page.name, subject, REASONS[type(command)], detail)


def entered(
    page: Page,
    kind: StandingKind,
    subject: str,
    command: SetOverride | YieldComponent | ReleaseIncident | SayCause | PausePage | Confirm,
) -> Standing:
    """What stands of a command, until its own end."""
    until: float | None
    match command:
        case ReleaseIncident() | SayCause():
            until = None
        case Confirm():
            until = command.issued.at + CONFIRMED_FOR
        case _:
            until = command.until
    return Standing(page.name, kind, subject, _value(command), until, command.issued)


def _value(command: SetOverride | YieldComponent | ReleaseIncident | SayCause | PausePage | Confirm) -> str:
    match command:
        case SetOverride():
            return command.status
        case SayCause():
            return command.cause
        case _:
            return ""
