"""Maintenances as rule files plan them: what is announced on the page, when, and what becomes of one that takes longer. Knows no Statuspage id and nothing that was told."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from bridge.core.statuses import Automation

if TYPE_CHECKING:
    from bridge.core.rules import ComponentName
    from bridge.core.windows import Window

MaintenanceId = NewType("MaintenanceId", str)


class MaintenanceNotify(StrEnum):
    """What of a maintenance subscribers can be told."""

    ANNOUNCE = "announce"
    MOVE = "move"
    CANCEL = "cancel"
    OVERRUN = "overrun"
    BEGIN = "begin"
    """By the page itself."""
    END = "end"
    """By the page itself, or by us where it ended late."""


DEFAULT_MAINTENANCE_NOTIFY = frozenset(
    {MaintenanceNotify.ANNOUNCE, MaintenanceNotify.MOVE, MaintenanceNotify.CANCEL}
)
"""What changes somebody's plans."""


@dataclass(frozen=True, slots=True)
class Extend:
    """One that takes longer is extended.

    Attributes:
        by: seconds each time.
        at_most: how often.
    """

    by: float
    at_most: int


@dataclass(frozen=True, slots=True)
class Tell:
    """It is told that one takes longer, and it ends when all is well.

    Attributes:
        at_most: seconds after its planned end at which it ends whatever there is.
    """

    at_most: float


Overrun = Extend | Tell


@dataclass(frozen=True, slots=True)
class MaintenanceTexts:
    """What is said in public; the page says itself that a maintenance has begun and, where it ends in time, that it has ended."""

    scheduled: str = "We will carry out scheduled maintenance. {components} may be disturbed meanwhile."
    moved: str = "This maintenance has been changed. Please note its new times."
    cancelled: str = "This maintenance will not take place."
    overrun: str = "The maintenance takes longer than planned. We are still working on it."
    completed: str = "The maintenance has been completed."


@dataclass(frozen=True, slots=True)
class MaintenanceRule:
    """One maintenance that is planned, or recurs.

    Attributes:
        id: unique on the page; part of the identity that is written into the metadata.
        components: what it is about.
        title: its name on the page.
        window: when it lasts.
        texts: the bodies of its updates.
        announce: seconds before its beginning from which on it stands on the page.
        remind: whether the page reminds subscribers an hour before.
        overrun: what becomes of it where its components are still disturbed at its end; None to end as planned.
        grace: seconds after it in which rules of its components begin nothing.
        automation: `shadow` announces nothing and spares nothing.
        notify: what subscribers are told.
    """

    id: MaintenanceId
    components: tuple[ComponentName, ...]
    title: str
    window: Window
    texts: MaintenanceTexts = field(default_factory=MaintenanceTexts)
    announce: float = 2 * 86_400.0
    remind: bool = True
    overrun: Overrun | None = None
    grace: float = 120.0
    automation: Automation = Automation.SHADOW
    notify: frozenset[MaintenanceNotify] = DEFAULT_MAINTENANCE_NOTIFY
