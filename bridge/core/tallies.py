"""Tallies: how many signals of one rule are failing and unknown, kept by counting up and down.

A signal that changes costs the statuses of its rule, however many other signals there are; whether the rule's condition is true costs its conditions. `bridge.core.evaluation` counts anew
each time and must find the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar, assert_never

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
from bridge.core.statuses import ComponentStatus, worst

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.conditions import Expression
    from bridge.core.index import Watch
    from bridge.core.rules import ComponentRule
    from bridge.core.signals import Signal

_Key = TypeVar("_Key", ComponentStatus, str)


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
        if not counted:
            del self._counts[entry.number]
        if entry.reported_failing:
            by_source = self._failing_sources.setdefault(entry.status, {})
            _change(by_source, source, count)
            if not by_source:
                del self._failing_sources[entry.status]

    def truth(self, rule: ComponentRule, status: ComponentStatus) -> Truth:
        """Whether what the rule asks holds for this status, or a worse one."""
        return self._truth(rule, rule.asked, status, 0)[0]

    def _truth(
        self, rule: ComponentRule, asked: Expression, status: ComponentStatus, number: int
    ) -> tuple[Truth, int]:
        """The truth of a part whose first condition has this number, and the number after it."""
        match asked:
            case Condition():
                counted = self._counts.get(number, _NOTHING)
                return counted.truth(asked, rule.needed(asked, status), status), number + 1
            case Combined():
                found = []
                for part in asked.parts:
                    truth, number = self._truth(rule, part, status, number)
                    found.append(truth)
                deciding = Truth.FALSE if asked.how is Combination.ALL else Truth.TRUE
                if deciding in found:
                    return deciding, number
                if Truth.UNKNOWN in found:
                    return Truth.UNKNOWN, number
                return found[0], number
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


class _Count:
    """The numbers of one condition, by the worst status for which a signal, or a unit, counts.

    Beside what is failing stands what may be: what is failing or unknown.
    """

    __slots__ = ("_failing", "_possible", "_signals", "_units")

    def __init__(self) -> None:
        self._signals = 0
        self._failing: dict[ComponentStatus, int] = {}
        self._possible: dict[ComponentStatus, int] = {}
        self._units: dict[str, _Count] = {}

    def __bool__(self) -> bool:
        return bool(self._signals)

    def add(self, entry: Entry, count: int) -> None:
        if entry.unit is None:
            self.enter(entry, count)
            return
        self._signals += count
        unit = self._units.setdefault(entry.unit, _Count())
        before = unit.worst_of()
        unit.enter(entry, count)
        for numbers, was, now in zip((self._failing, self._possible), before, unit.worst_of(), strict=True):
            if was is not now:
                if was is not ComponentStatus.OPERATIONAL:
                    _change(numbers, was, -1)
                if now is not ComponentStatus.OPERATIONAL:
                    _change(numbers, now, 1)
        if not unit:
            del self._units[entry.unit]

    def truth(self, condition: Condition, needed: int, status: ComponentStatus) -> Truth:
        if _from(self._failing, status) >= needed:
            return Truth.TRUE
        of = condition.of
        unheard = len(of.values) - len(self._units) if of is not None and of.reports_ok else 0
        if _from(self._possible, status) + unheard >= needed:
            return Truth.UNKNOWN
        return Truth.FALSE

    def counts(self, condition: Condition, needed: int, status: ComponentStatus) -> Counts:
        of = condition.of
        unheard = len(of.values) - len(self._units) if of is not None and of.reports_ok else 0
        return Counts(_from(self._failing, status), _from(self._possible, status) + unheard, needed)

    def enter(self, entry: Entry, count: int) -> None:
        self._signals += count
        if entry.state is SignalState.FAILING:
            _change(self._failing, entry.status, count)
        if entry.state is not SignalState.OK:
            _change(self._possible, entry.status, count)

    def worst_of(self) -> tuple[ComponentStatus, ComponentStatus]:
        return _worst(self._failing), _worst(self._possible)


def _from(numbers: Mapping[ComponentStatus, int], status: ComponentStatus) -> int:
    """How many count for this status or a worse one."""
    return sum(count for one, count in numbers.items() if one.severity >= status.severity)


def _worst(numbers: Mapping[ComponentStatus, int]) -> ComponentStatus:
    """The worst for which anything counts. Of a unit that is nearly always one, or none."""
    if len(numbers) == 1:
        return next(iter(numbers))
    return worst(numbers) if numbers else ComponentStatus.OPERATIONAL


def _change(numbers: dict[_Key, int], key: _Key, count: int) -> None:
    total = numbers.get(key, 0) + count
    if total:
        numbers[key] = total
    else:
        del numbers[key]


_NOTHING = _Count()
NOTHING = Tally()
"""Of a rule for which no signal counts. Not to be added to."""
