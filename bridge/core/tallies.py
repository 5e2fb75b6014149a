"""Tallies: how many signals of one rule are failing and unknown, kept by counting up and down.

A signal that changes costs the statuses of its rule, however many other signals there are; whether the rule's condition is true costs its conditions. `bridge.core.evaluation` counts anew
each time and must find the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, assert_never

from bridge.core.conditions import (
    Combination,
    Combined,
    Condition,
    claimed_status,
    counted_state,
    reported_state,
)
from bridge.core.holds import Truth
from bridge.core.signals import SignalState
from bridge.core.statuses import ComponentStatus

if TYPE_CHECKING:
    from bridge.core.conditions import Expression
    from bridge.core.index import Watch
    from bridge.core.rules import ComponentRule
    from bridge.core.signals import Signal


@dataclass(frozen=True, slots=True)
class Entry:
    """What one signal counts for in one condition of a rule.

    Attributes:
        number: the condition's, in its rule.
        unit: the value of the label that is counted; None where the signal counts for itself.
        status: the worst status for which it counts.
        state: what it counts for.
        reported_failing: whether its source says so.
    """

    number: int
    unit: str | None
    status: ComponentStatus
    state: SignalState
    reported_failing: bool


def entry_of(
    watch: Watch[ComponentRule], signal: Signal, state: SignalState, *, silent: bool
) -> Entry | None:
    """What a signal that matches counts for; None for a value outside the ladder or the population."""
    condition, labels = watch.condition, signal.labels
    status = claimed_status(watch.rule, labels)
    counted = counted_state(condition, state, signal.value, silent=silent)
    if status is None or (counted is SignalState.OK and not condition.reports_ok):
        return None
    unit = None
    if condition.of is not None:
        unit = labels.get(condition.of.label)
        if unit not in condition.of.values:
            return None
    reported = reported_state(condition, state, signal.value)
    return _entry(watch.number, unit, status, counted, reported is SignalState.FAILING)


# A hundred thousand signals count for a few thousand different things: to find one that there is costs a fifth of making it.
_entry = lru_cache(maxsize=65_536)(Entry)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many count in one condition of a rule.

    Attributes:
        failing: signals, or values of the label that is counted.
        possible: those that fail, and those of which it is not known.
        needed: how many are enough.
    """

    failing: int
    possible: int
    needed: int

    def __str__(self) -> str:
        unknown = f" and {self.possible - self.failing} unknown" if self.possible > self.failing else ""
        return f"{self.failing} failing{unknown} of {self.needed} needed"


class Tally:
    """What is counted for one rule and one set of group labels."""

    __slots__ = ("_counts", "_failing_sources")

    def __init__(self) -> None:
        self._counts: dict[int, _Count] = {}
        self._failing_sources: dict[ComponentStatus, dict[str, int]] = {}

    def add(self, entry: Entry, source: str, count: int = 1) -> None:
        """Count one signal in, or out with a count of -1."""
        counted = self._counts.get(entry.number)
        if counted is None:
            counted = self._counts[entry.number] = _Count()
        counted.add(entry, count)
        if not counted.signals:
            del self._counts[entry.number]
        if entry.reported_failing:
            by_source = self._failing_sources.get(entry.status)
            if by_source is None:
                by_source = self._failing_sources[entry.status] = {}
            _change(by_source, source, count)
            if not by_source:
                del self._failing_sources[entry.status]

    def truth(self, rule: ComponentRule, status: ComponentStatus) -> Truth:
        """Whether what the rule asks holds for this status, or a worse one."""
        return self._truth(rule, rule.asked, status, 0)

    def _truth(self, rule: ComponentRule, asked: Expression, status: ComponentStatus, number: int) -> Truth:
        """The truth of a part whose first condition has this number."""
        match asked:
            case Condition():
                needed = rule.needed(asked, status)
                counted = self._counts.get(number)
                return (_NOTHING if counted is None else counted).truth(asked, needed, status)
            case Combined():
                deciding = Truth.FALSE if asked.how is Combination.ALL else Truth.TRUE
                result = Truth.TRUE if deciding is Truth.FALSE else Truth.FALSE
                for part in asked.parts:
                    truth = self._truth(rule, part, status, number)
                    if truth is deciding:
                        return truth
                    if truth is Truth.UNKNOWN:
                        result = truth
                    number += part.size
                return result
            case _:
                assert_never(asked)

    def counts(self, rule: ComponentRule, status: ComponentStatus) -> tuple[Counts, ...]:
        """What is counted for this status, or a worse one, in each condition of the rule, in order."""
        return tuple(
            self._counts.get(number, _NOTHING).counts(condition, rule.needed(condition, status), status)
            for number, condition in enumerate(rule.conditions)
        )

    def sources_above(self, status: ComponentStatus) -> set[str]:
        """The sources that report as failing what counts for something worse than this."""
        return {
            source
            for failing, by_source in self._failing_sources.items()
            if failing.severity > status.severity
            for source in by_source
        }

    def __bool__(self) -> bool:
        return bool(self._counts)


class _Numbers:
    """How many signals there are, and for which status as the worst how many of them fail, or may: those that fail and those that are unknown.

    By severity, in lists: ten thousands of these are kept, and met long after they were touched last.
    """

    __slots__ = ("failing", "possible", "signals")

    def __init__(self) -> None:
        self.signals = 0
        self.failing = [0] * len(ComponentStatus)
        self.possible = [0] * len(ComponentStatus)

    def enter(self, entry: Entry, count: int) -> None:
        self.signals += count
        if entry.state is not SignalState.OK:
            severity = entry.status.severity
            self.possible[severity] += count
            if entry.state is SignalState.FAILING:
                self.failing[severity] += count


class _Count(_Numbers):
    """The numbers of one condition. Where units are counted, `signals` alone is of signals."""

    __slots__ = ("_units",)

    def __init__(self) -> None:
        super().__init__()
        self._units: dict[str, _Numbers] = {}

    def add(self, entry: Entry, count: int) -> None:
        if entry.unit is None:
            self.enter(entry, count)
            return
        self.signals += count
        unit = self._units.get(entry.unit)
        if unit is None:
            unit = self._units[entry.unit] = _Numbers()
        failing, possible = _worst(unit.failing), _worst(unit.possible)
        unit.enter(entry, count)
        _move(self.failing, failing, _worst(unit.failing))
        _move(self.possible, possible, _worst(unit.possible))
        if not unit.signals:
            del self._units[entry.unit]

    def truth(self, condition: Condition, needed: int, status: ComponentStatus) -> Truth:
        severity = status.severity
        if sum(self.failing[severity:]) >= needed:
            return Truth.TRUE
        of = condition.of
        unheard = len(of.values) - len(self._units) if of is not None and of.reports_ok else 0
        if sum(self.possible[severity:]) + unheard >= needed:
            return Truth.UNKNOWN
        return Truth.FALSE

    def counts(self, condition: Condition, needed: int, status: ComponentStatus) -> Counts:
        of, severity = condition.of, status.severity
        unheard = len(of.values) - len(self._units) if of is not None and of.reports_ok else 0
        return Counts(sum(self.failing[severity:]), sum(self.possible[severity:]) + unheard, needed)


def _worst(numbers: list[int]) -> int:
    """The worst severity for which anything counts; that of `operational` for nothing."""
    severity = len(numbers) - 1
    while severity and not numbers[severity]:
        severity -= 1
    return severity


def _move(numbers: list[int], before: int, after: int) -> None:
    """A unit counts for another severity than before. What counts for `operational` counts for nothing."""
    if before != after:
        numbers[before] -= before > 0
        numbers[after] += after > 0


def _change(numbers: dict[str, int], key: str, count: int) -> None:
    total = numbers.get(key, 0) + count
    if total:
        numbers[key] = total
    else:
        del numbers[key]


_NOTHING = _Count()
NOTHING = Tally()
"""Of a rule for which no signal counts. Not to be added to."""
