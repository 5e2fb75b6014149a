"""What the page should be, as far as rules can say: names and statuses, without a Statuspage id. The output of evaluation and the input of the plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.core.blast import Blast
from bridge.core.holds import Truth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.blast import BlastHold
    from bridge.core.claims import HoldKey
    from bridge.core.holds import Hold
    from bridge.core.incidents import IncidentMemory
    from bridge.core.reasons import Reason
    from bridge.core.rules import ComponentName, IncidentRuleId
    from bridge.core.signals import Labels, SignalKey
    from bridge.core.silences import Silence
    from bridge.core.statuses import ComponentStatus

    IncidentPlace = tuple[IncidentRuleId, Labels]


@dataclass(slots=True)
class Memory:
    """What evaluation must remember from one instant to the next, and across restarts.

    Holds that are inactive are not kept: absence is the inactive hold.
    """

    holds: dict[HoldKey, Hold] = field(default_factory=dict)
    incidents: dict[IncidentPlace, IncidentMemory] = field(default_factory=dict)
    blast: Blast = field(default_factory=Blast)

    def copy(self) -> Memory:
        """The same, to be changed apart: what is remembered never changes itself."""
        return Memory(dict(self.holds), dict(self.incidents), self.blast)


@dataclass(slots=True)
class Desired:
    """What rules want the page to say.

    Attributes:
        components: the worst live claim on each component that has one, as far as guards let it through. No claim, no entry.
        would_have: the same for claims in shadow.
        incidents: every incident ever opened, with the phase that the page should show.
        held: the components whose worsening a guard holds: they are not made better for it either.
        doubtful: the incidents that are not over and of which not everything is known: a condition behind what they cover is unknown, or a guard holds what is claimed of it.
        unclaimed: the incidents that are not over though nothing that they cover themselves is claimed: because of what they absorbed, or of what a maintenance keeps from being claimed. None of them is opened for that.
        spared: the components of which something would be claimed, were they not under maintenance or had not been a moment ago (true), or may be (unknown). Nothing of rules in shadow.
        unmapped: how many signals would claim something if the label that names the component had a value that a rule knows.
    """

    components: dict[ComponentName, ComponentStatus] = field(default_factory=dict)
    would_have: dict[ComponentName, ComponentStatus] = field(default_factory=dict)
    incidents: dict[IncidentPlace, IncidentMemory] = field(default_factory=dict)
    held: frozenset[ComponentName] = frozenset()
    doubtful: set[IncidentPlace] = field(default_factory=set)
    unclaimed: set[IncidentPlace] = field(default_factory=set)
    unmapped: int = 0
    spared: dict[ComponentName, Truth] = field(default_factory=dict)

    def is_broken(self, names: Iterable[ComponentName]) -> bool:
        """Whether something is true of any of these components that may not be claimed, because of a maintenance."""
        return any(self.spared.get(name) is Truth.TRUE for name in names)

    @property
    def not_made_better(self) -> frozenset[ComponentName]:
        """The components that rules do not make better now: something is broken there that may not be said."""
        if not self.spared:
            return self.held
        return self.held | {name for name, truth in self.spared.items() if truth is Truth.TRUE}

    def carry(self, place: IncidentPlace, *, unclaimed: bool) -> None:
        """Whether an incident goes on without a claim of its own has been looked at."""
        (self.unclaimed.add if unclaimed else self.unclaimed.discard)(place)

    def doubt(self, place: IncidentPlace, *, doubtful: bool) -> None:
        """Whether everything that an incident covers is known has been looked at."""
        (self.doubtful.add if doubtful else self.doubtful.discard)(place)


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


@dataclass(frozen=True, slots=True)
class SourceDecision:
    """A source went blind, or sees again."""

    source: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class BlastDecision:
    """Worsenings are held, or a hold changed; `hold` is as it stands now, or as it stood when it ended."""

    hold: BlastHold
    reason: Reason


@dataclass(frozen=True, slots=True)
class SilenceDecision:
    """A silence began to last, as far as this life looked, or is over."""

    silence: Silence
    reason: Reason


Decision = HoldDecision | IncidentDecision | SignalDecision | SourceDecision | BlastDecision | SilenceDecision


@dataclass(frozen=True, slots=True)
class Step:
    """What one step of the evaluation changed.

    Attributes:
        decisions: what was decided, in order, for the journal.
        holds: every hold that differs from what is remembered; an inactive one is to be deleted.
        incidents: every incident memory that differs.
        forgotten: signals that are to be deleted.
        blast: what is remembered of worsenings, if it differs; else None.
        incidents_gone: memories that are to be deleted: they go on under another id.
        wake_at: the earliest instant at which the same input would give another answer; infinity for never.
    """

    decisions: tuple[Decision, ...]
    holds: dict[HoldKey, Hold]
    incidents: dict[IncidentPlace, IncidentMemory]
    forgotten: tuple[SignalKey, ...]
    wake_at: float
    blast: Blast | None = None
    incidents_gone: tuple[IncidentPlace, ...] = ()
