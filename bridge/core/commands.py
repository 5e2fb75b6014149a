"""Commands: what an operator tells the bridge, and what of it stands until it is taken back, runs out, or is used up.

A command is accepted durably by the same intake as a signal, and decided here in the core (design.md, "Commands"). Knows neither who may command nor how a command arrives.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from bridge.core.rules import IncidentRuleId
    from bridge.core.signals import Labels
    from bridge.core.statuses import ComponentStatus

CommandId = NewType("CommandId", str)
"""A name that the sender may choose: the same command sent again under it is accepted and changes nothing."""


@dataclass(frozen=True, slots=True)
class Issued:
    """Who commanded it and when.

    Attributes:
        id: the command's name.
        at: our clock, when it was accepted.
        by: who, as they say; never empty.
        note: why, for the journal and for colleagues.
    """

    id: CommandId
    at: float
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SetOverride:
    """Show this status on a component, whatever the rules claim, until `until` (our clock; None for until it is taken back) or until somebody changes it on the page."""

    page: str
    component_id: str
    status: ComponentStatus
    until: float | None
    issued: Issued


@dataclass(frozen=True, slots=True)
class ClearOverride:
    """Hand a component back to the rules: an override, a yield, and a value that a person set on the page end."""

    page: str
    component_id: str
    issued: Issued


@dataclass(frozen=True, slots=True)
class YieldComponent:
    """Stand back from a component until `until` or hand-back: it is manual, and nothing is written to it."""

    page: str
    component_id: str
    until: float | None
    issued: Issued


@dataclass(frozen=True, slots=True)
class YieldIncident:
    """Stand back from an incident of ours: its text and status are a person's from now on."""

    page: str
    incident_id: str
    issued: Issued


@dataclass(frozen=True, slots=True)
class AdoptIncident:
    """Take an incident of ours back: one that was yielded goes on by its rule; one without a rule goes on as `rule` and `group`.

    Attributes:
        rule: the incident rule by which it goes on; None for its own.
        group: the group labels there.
    """

    page: str
    incident_id: str
    rule: IncidentRuleId | None
    group: Labels
    issued: Issued


@dataclass(frozen=True, slots=True)
class ReleaseIncident:
    """Let an incident of ours go for good: it is a person's, is not listed as ours any more, and is never taken up again."""

    page: str
    incident_id: str
    issued: Issued


@dataclass(frozen=True, slots=True)
class SayCause:
    """Tell readers of an open incident of ours what the cause is; it is identified then.

    Attributes:
        cause: a public text, told as it is.
    """

    page: str
    incident_id: str
    cause: str
    issued: Issued


@dataclass(frozen=True, slots=True)
class PausePage:
    """Write nothing to the page until `until` or a resume; reading goes on."""

    page: str
    until: float | None
    issued: Issued


@dataclass(frozen=True, slots=True)
class ResumePage:
    """Write to the page again."""

    page: str
    issued: Issued


@dataclass(frozen=True, slots=True)
class Confirm:
    """Let through what a guard holds.

    Attributes:
        guard: which guard.
        subject: what exactly is confirmed, as the guard's alarm names it: what changed since then is not.
    """

    page: str
    guard: ConfirmedGuard
    subject: str
    issued: Issued


@dataclass(frozen=True, slots=True)
class ApproveDraft:
    """Open the incident that waits as a draft.

    Attributes:
        draft: its id.
        hash: of what was read; anything else is not approved by this.
    """

    page: str
    draft: str
    hash: str
    issued: Issued


@dataclass(frozen=True, slots=True)
class DiscardDraft:
    """Open no incident of what a draft tells, as long as its cause goes on.

    Attributes:
        draft: its id.
        hash: of what was read; empty for whatever it says now.
    """

    page: str
    draft: str
    hash: str
    issued: Issued


class ConfirmedGuard(StrEnum):
    """Guards that a person can open."""

    RELOAD = "reload"
    """Rule files that would change much; the subject is their digest."""
    BLAST_RADIUS = "blast_radius"
    """Many components that got worse at once; the subject is the id of that hold."""
    PAGE_IDENTITY = "page_identity"
    """The page is not the one that was served before; the subject is its identity now."""


Command = (
    SetOverride
    | ClearOverride
    | YieldComponent
    | YieldIncident
    | AdoptIncident
    | ReleaseIncident
    | SayCause
    | PausePage
    | ResumePage
    | Confirm
    | ApproveDraft
    | DiscardDraft
)


def digest(command: Command) -> str:
    """What a command tells, in 16 hexadecimal digits; not who told it, when, and until when, which differ when it is sent again."""
    told = [
        getattr(command, field.name) for field in fields(command) if field.name not in {"issued", "until"}
    ]
    return hashlib.sha256(repr((type(command).__name__, told)).encode()).hexdigest()[:16]


class StandingKind(StrEnum):
    """What stands of a command."""

    OVERRIDE = "override"
    """Subject: component id; value: the status."""
    YIELD = "yield"
    """Subject: component id; no value."""
    PAUSE = "pause"
    """No subject and no value: the page's."""
    RELEASE = "release"
    """Subject: incident id; no value."""
    CAUSE = "cause"
    """Subject: incident id; value: what is the cause. Until the incident is over."""
    CONFIRM = "confirm"
    """Subject: `guard:subject`; no value. Until it is used."""
    GIVEN = "given"
    """Subject: component id; value: a status that may be written over though it is not ours, because it was shown when an operator commanded. Until it is, or something else shows."""
    ENDED = "ended"
    """Subject: component id; value: the status that an override wrote which is over. The component is lowered from it when nothing claims it, though no rule may name it."""
    ACCEPTED = "accepted"
    """Subject: a command's id; value: what it told, as `digest` says. Remembered for a while, so that nothing is obeyed twice."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an operator told, and that still holds.

    Attributes:
        page: the page's name in the settings.
        kind: what.
        subject: of what; one of a kind for each.
        value: as the kind says.
        until: our clock; None for until it is taken back.
        issued: by whom and when.
    """

    page: str
    kind: StandingKind
    subject: str
    value: str
    until: float | None
    issued: Issued

    @property
    def key(self) -> tuple[StandingKind, str]:
        """What there is one of on a page."""
        return self.kind, self.subject

    def stands(self, now: float) -> bool:
        """Whether it still holds."""
        return self.until is None or now < self.until
