"""Which values of public labels stand behind what is claimed.

A rule lists the labels that may be shown; nothing else of a signal gets this far. Knows no text: what is kept are values, in their order, and not more than a reader could want.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bridge.core.claims import HoldKey
    from bridge.core.rules import RuleId
    from bridge.core.signals import Labels, SignalKey
    from bridge.core.statuses import ComponentStatus

MOST_VALUES = 20
"""Values of one label that an incident remembers: the first by their order, so that it does not matter which came first."""

LabelValues = tuple[tuple[str, tuple[str, ...]], ...]
"""Names of labels, each with its values in their order."""


@dataclass(frozen=True, slots=True)
class PublicLabel:
    """A label, or an annotation, that a rule lists.

    Attributes:
        name: of the label.
        display: the words for values; a value without one is not shown. None where values are shown as they are.
        annotation: it is one.
    """

    name: str
    display: tuple[tuple[str, str], ...] | None = None
    annotation: bool = False

    def words(self, value: str) -> str | None:
        """What is shown of a value; None for nothing."""
        if self.display is None:
            return value
        return next((words for known, words in self.display if known == value), None)

    def shown(self, values: Iterable[str]) -> Iterator[str]:
        """The values that are shown at all, in the order given."""
        return (value for value in values if self.words(value) is not None)


class PublishedValues:
    """How many failing signals carry each value, by the rule, the group and the status that they claim."""

    __slots__ = ("_entered", "_values")

    def __init__(self) -> None:
        self._values: dict[tuple[RuleId, Labels], dict[ComponentStatus, dict[str, _Counts]]] = {}
        self._entered: dict[SignalKey, list[tuple[HoldKey, Mapping[str, str]]]] = {}

    def enter(self, signal: SignalKey, hold: HoldKey, labels: Mapping[str, str]) -> None:
        """Count a failing signal under the hold of the status that it claims; `labels` are the public ones, at least one."""
        self._entered.setdefault(signal, []).append((hold, labels))
        counts = self._values.setdefault((hold.rule, hold.group), {}).setdefault(hold.status, {})
        for name, value in labels.items():
            counted = counts.get(name)
            if counted is None:
                counted = counts[name] = _Counts()
            counted.add(value)

    def leave(self, signal: SignalKey) -> tuple[HoldKey, ...]:
        """Take a signal out again, wherever it was counted. Returns where that was."""
        entered = self._entered.pop(signal, ())
        for hold, labels in entered:
            by_status = self._values[hold.rule, hold.group]
            counts = by_status[hold.status]
            for name, value in labels.items():
                counts[name].remove(value)
                if not counts[name]:
                    del counts[name]
            if not counts:
                del by_status[hold.status]
            if not by_status:
                del self._values[hold.rule, hold.group]
        return tuple(hold for hold, _ in entered)

    def dismantle(self, most: int) -> bool:
        """Let go of so many signals, when nobody asks any more. Returns whether some are left."""
        for _ in range(min(most, len(self._entered))):
            self._entered.popitem()
        return bool(self._entered)

    def behind(self, holds: Iterable[HoldKey], labels: tuple[PublicLabel, ...]) -> LabelValues:
        """The values of the signals that these holds are made of: those of their own status and worse. Cost: the holds, and of the twenty values of each those that are among the first of all."""
        found: dict[str, tuple[str, ...]] = {label.name: () for label in labels}
        for hold in holds:
            for status, counts in self._values.get((hold.rule, hold.group), {}).items():
                if status.severity < hold.status.severity:
                    continue
                for label in labels:
                    if label.name in counts:
                        found[label.name] = _first_of(found[label.name], counts[label.name].first(label))
        return tuple((name, values) for name, values in found.items() if values)


def _first_of(some: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """The first of both, each once. Both are in order; of the others, what comes too late is not even looked at."""
    if not some or not others:
        return some or others
    if len(some) == MOST_VALUES:
        others = others[: bisect_left(others, some[-1])]
    return tuple(dict.fromkeys(sorted(some + others)))[:MOST_VALUES] if others else some


class _Counts:
    """Values with how often each is there; of those that many signals carry, the first by their order are found without sorting all.

    A heap holds each value at most once. One that went stays in it until it is met, or until there are too many of them.
    """

    __slots__ = ("_counts", "_first", "_heap", "_queued")

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._heap: list[str] = []
        self._queued: set[str] = set()
        self._first: tuple[str, ...] | None = None

    def add(self, value: str) -> None:
        count = self._counts.get(value, 0)
        self._counts[value] = count + 1
        first = self._first
        if not count and first is not None and (len(first) < MOST_VALUES or value < first[-1]):
            self._first = None
        if value not in self._queued:
            self._queued.add(value)
            heappush(self._heap, value)

    def remove(self, value: str) -> None:
        self._counts[value] -= 1
        if self._counts[value]:
            return
        del self._counts[value]
        if self._first is not None and value <= self._first[-1]:
            self._first = None
        if len(self._heap) > 2 * len(self._counts) + 2 * MOST_VALUES:
            self._heap = list(self._counts)
            self._queued = set(self._heap)
            heapify(self._heap)

    def first(self, label: PublicLabel) -> tuple[str, ...]:
        if label.display is not None:
            return tuple(sorted(value for value, _ in label.display if value in self._counts)[:MOST_VALUES])
        if self._first is not None:
            return self._first
        found: list[str] = []
        while self._heap and len(found) < MOST_VALUES:
            value = heappop(self._heap)
            if value in self._counts:
                found.append(value)
            else:
                self._queued.discard(value)
        for value in found:
            heappush(self._heap, value)
        self._first = tuple(found) or None
        return tuple(found)

    def __bool__(self) -> bool:
        return bool(self._counts)


def joined(labels: tuple[PublicLabel, ...], *sets: LabelValues) -> LabelValues:
    """The values of all sets, label by label, as far as an incident remembers them. Labels that are not listed are let go."""
    if not labels:
        return ()
    tables: list[Mapping[str, tuple[str, ...]]] = [dict(one) for one in sets]
    found = []
    for label in labels:
        values = {value for table in tables for value in table.get(label.name, ())}
        if values:
            found.append((label.name, tuple(sorted(label.shown(values))[:MOST_VALUES])))
    return tuple((name, values) for name, values in found if values)
