"""The journal: an append-only account of every decision and every call, each with its reason. Audit, `explain` and postmortem drafts read it; nothing decides by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.reasons import Reason
    from bridge.core.signals import Labels

    Fact = str | int | float | Labels | None


class JournalKind(StrEnum):
    """What an entry is about."""

    SIGNAL = "signal"
    HOLD = "hold"
    INCIDENT = "incident"
    REQUEST = "request"
    OUTCOME = "outcome"
    OBSERVED = "observed"
    COMMAND = "command"
    SOURCE = "source"
    GUARD = "guard"
    PROCESS = "process"
    """Of no page: from when on the daemon watched, and what it missed."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the account.

    Attributes:
        at: our clock, Unix seconds.
        kind: what it is about.
        page: the page's name in the settings; empty for what concerns all pages.
        subject: the component, incident, target or signal.
        reason: why.
        detail: small values that explain it, and the labels of a signal that changed: what was received can be played again (`bridge replay --journal`). No secrets.
    """

    at: float
    kind: JournalKind
    page: str
    subject: str
    reason: Reason
    detail: Mapping[str, Fact] = field(default_factory=dict)


def of_group(group: Labels) -> dict[str, Fact]:
    """The group labels of what an entry is about, as a part of its detail; nothing where there are none."""
    return {"group": group} if group else {}
