"""Conditions: from signals to the truth of what a rule asks. One status of one rule holds when any matching signal of that status or worse is failing.

Unknown is contagious only where it could change the result: a failing signal makes the condition true whatever the others are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.holds import Truth
from bridge.core.signals import SignalState
from bridge.core.statuses import ComponentStatus

if TYPE_CHECKING:
    from bridge.core.rules import ComponentRule
    from bridge.core.signals import Labels


def claimed_status(rule: ComponentRule, labels: Labels) -> ComponentStatus | None:
    """The status that a failing signal with these labels would claim under the rule; None for a label value outside the ladder."""
    if isinstance(rule.status, ComponentStatus):
        return rule.status
    return rule.status.status(labels.get(rule.status.label))


class Tally:
    """How many matching signals of each status are failing, from each source, and unknown, for one rule and one set of group labels."""

    __slots__ = ("_failing", "_unknown")

    def __init__(self) -> None:
        self._failing: dict[ComponentStatus, dict[str, int]] = {}
        self._unknown: dict[ComponentStatus, dict[str, int]] = {}

    def add(self, status: ComponentStatus, state: SignalState, source: str, count: int = 1) -> None:
        """Count one signal in, or out with a count of -1. A signal that is ok counts nowhere."""
        counts = self._counts(state)
        if counts is None:
            return
        by_source = counts.setdefault(status, {})
        total = by_source.get(source, 0) + count
        if total:
            by_source[source] = total
            return
        del by_source[source]
        if not by_source:
            del counts[status]

    def truth(self, status: ComponentStatus) -> Truth:
        """Whether anything fails at this status or worse."""
        severity = status.severity
        if any(failing.severity >= severity for failing in self._failing):
            return Truth.TRUE
        if any(unknown.severity >= severity for unknown in self._unknown):
            return Truth.UNKNOWN
        return Truth.FALSE

    def sources_above(self, status: ComponentStatus) -> set[str]:
        """The sources that report something worse than this as failing."""
        return {
            source
            for failing, by_source in self._failing.items()
            if failing.severity > status.severity
            for source in by_source
        }

    def __bool__(self) -> bool:
        return bool(self._failing or self._unknown)

    def _counts(self, state: SignalState) -> dict[ComponentStatus, dict[str, int]] | None:
        match state:
            case SignalState.FAILING:
                return self._failing
            case SignalState.UNKNOWN:
                return self._unknown
            case SignalState.OK:
                return None
