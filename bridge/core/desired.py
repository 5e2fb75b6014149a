"""What the page should be, as far as rules can say: names and statuses, without a Statuspage id. The output of evaluation and the input of the plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.core.claims import HoldKey
    from bridge.core.holds import Hold
    from bridge.core.incidents import IncidentMemory
    from bridge.core.reasons import Reason
    from bridge.core.rules import ComponentName, IncidentRuleId
    from bridge.core.signals import Labels, SignalKey
    from bridge.core.statuses import ComponentStatus

    IncidentPlace = tuple[IncidentRuleId, Labels]


@dataclass(slots=True)
class Memory:
    """What evaluation must remember from one instant to the next, and across restarts.

    Holds that are inactive are not kept: absence is the inactive hold.
    """

    holds: dict[HoldKey, Hold] = field(default_factory=dict)
    incidents: dict[IncidentPlace, IncidentMemory] = field(default_factory=dict)


@dataclass(slots=True)
class Desired:
    """What rules want the page to say.

    Attributes:
        components: the worst live claim on each component that has one. No claim, no entry.
        would_have: the same for claims in shadow.
        incidents: every incident ever opened, with the phase that the page should show.
    """

    components: dict[ComponentName, ComponentStatus] = field(default_factory=dict)
    would_have: dict[ComponentName, ComponentStatus] = field(default_factory=dict)
    incidents: dict[IncidentPlace, IncidentMemory] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HoldDecision:
    """A hold changed its phase."""

    key: HoldKey
    hold: Hold
    reason: Reason
    component: ComponentName


@dataclass(frozen=True, slots=True)
class IncidentDecision:
    """An incident changed."""

    memory: IncidentMemory
    reason: Reason


@dataclass(frozen=True, slots=True)
class SignalDecision:
    """A signal changed by time alone: it expired, or a provisional firing began to count."""

    key: SignalKey
    reason: Reason


Decision = HoldDecision | IncidentDecision | SignalDecision


@dataclass(frozen=True, slots=True)
class Step:
    """What one step of the evaluation changed.

    Attributes:
        decisions: what was decided, in order, for the journal.
        holds: every hold that differs from what is remembered; an inactive one is to be deleted.
        incidents: every incident memory that differs.
        forgotten: signals that are to be deleted.
        wake_at: the earliest instant at which the same input would give another answer; infinity for never.
    """

    decisions: tuple[Decision, ...]
    holds: dict[HoldKey, Hold]
    incidents: dict[IncidentPlace, IncidentMemory]
    forgotten: tuple[SignalKey, ...]
    wake_at: float
