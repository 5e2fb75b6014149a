"""Holds: how long a condition must last before it is said, and how long after its end it is still said.

Three phases as in Prometheus (`for`, `keep_firing_for`), with a third truth value: while a condition is unknown, its hold is frozen and its clock stands still. Knows the
truth of a condition, not its cause.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bridge.core.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

NEVER = float("inf")


class Truth(StrEnum):
    """Whether a condition holds."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


class HoldPhase(StrEnum):
    """Where a hold stands."""

    INACTIVE = "inactive"
    PENDING = "pending"
    """True, not yet for long enough."""
    FIRING = "firing"
    KEEPING = "keeping"
    """No longer true, still claimed."""


class HoldEvent(StrEnum):
    """What moves a hold."""

    TRUE = "true"
    FALSE = "false"
    HELD = "held"
    """The time of the phase is over: `for` of Pending, `keep_firing_for` of Keeping."""


@dataclass(frozen=True, slots=True)
class HoldStep:
    """A row of the transition table: the phase that follows and why."""

    phase: HoldPhase
    reason: Reason


HOLD_TRANSITIONS: Mapping[tuple[HoldPhase, HoldEvent], HoldStep] = {
    (HoldPhase.INACTIVE, HoldEvent.TRUE): HoldStep(HoldPhase.PENDING, Reason.CONDITION_MET),
    (HoldPhase.PENDING, HoldEvent.FALSE): HoldStep(HoldPhase.INACTIVE, Reason.CLEARED_WHILE_PENDING),
    (HoldPhase.PENDING, HoldEvent.HELD): HoldStep(HoldPhase.FIRING, Reason.HELD_FOR),
    (HoldPhase.FIRING, HoldEvent.FALSE): HoldStep(HoldPhase.KEEPING, Reason.CLEARED),
    (HoldPhase.KEEPING, HoldEvent.TRUE): HoldStep(HoldPhase.FIRING, Reason.FIRED_AGAIN),
    (HoldPhase.KEEPING, HoldEvent.HELD): HoldStep(HoldPhase.INACTIVE, Reason.KEPT_FIRING_FOR),
}
"""A pair that is not listed changes nothing."""

CLAIMING = frozenset({HoldPhase.FIRING, HoldPhase.KEEPING})
"""The phases in which a rule claims its status."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Where one rule's condition stands.

    Attributes:
        phase: as above.
        since: our clock; when the phase began, moved by every span for which the condition was unknown, so that an unknown span counts for nothing.
        frozen_at: since when the condition is unknown, or None.
    """

    phase: HoldPhase = HoldPhase.INACTIVE
    since: float = 0.0
    frozen_at: float | None = None

    @property
    def claims(self) -> bool:
        """Whether the rule claims its status in this phase."""
        return self.phase in CLAIMING


INACTIVE = Hold()


@dataclass(frozen=True, slots=True)
class HoldTimes:
    """The two durations of a rule, in seconds."""

    for_: float
    keep_firing_for: float

    def of(self, phase: HoldPhase) -> float:
        """How long the phase lasts, if nothing changes; infinity where only a change ends it."""
        match phase:
            case HoldPhase.PENDING:
                return self.for_
            case HoldPhase.KEEPING:
                return self.keep_firing_for
            case HoldPhase.INACTIVE | HoldPhase.FIRING:
                return NEVER


def advance_hold(
    hold: Hold, truth: Truth, times: HoldTimes, now: float, *, maintained: bool = False
) -> tuple[Hold, Reason | None]:
    """The hold at `now`, given that the condition is `truth` from now on.

    What was due earlier but is contradicted now does not happen: a hold that is looked at late never says what is no longer so. Of what is under maintenance, nothing begins to be claimed, and `for`
    does not run; what is claimed already may recover.

    Returns:
        The new hold, and the reason of its last transition, or None if it stayed in its phase.
    """
    if maintained and not hold.claims:
        return INACTIVE, Reason.MAINTAINED if hold.phase is HoldPhase.PENDING else None
    if truth is Truth.UNKNOWN:
        if hold.frozen_at is None and hold.phase is not HoldPhase.INACTIVE:
            hold = replace(hold, frozen_at=now)
        return hold, None
    if hold.frozen_at is not None:
        hold = replace(hold, since=hold.since + (now - hold.frozen_at), frozen_at=None)
    reason: Reason | None = None
    event = HoldEvent.TRUE if truth is Truth.TRUE else HoldEvent.FALSE
    step = HOLD_TRANSITIONS.get((hold.phase, event))
    if step is not None:
        hold, reason = Hold(step.phase, now), step.reason
    if now >= due_at(hold, times):
        step = HOLD_TRANSITIONS[hold.phase, HoldEvent.HELD]
        hold, reason = Hold(step.phase, now), step.reason
    return hold, reason


def due_at(hold: Hold, times: HoldTimes) -> float:
    """When the hold moves by itself, if its condition stays as it is; infinity for never."""
    if hold.frozen_at is not None:
        return NEVER
    return hold.since + times.of(hold.phase)
