"""Conditions: what a rule asks of its signals, and from which signals that can be told.

A condition is true, false or unknown, by Kleene's logic: unknown is contagious only where it could change the result. Counting is the same: what is asked for is there when enough
are known to fail, and unknown while those known and those unknown together would be enough. Knows neither holds nor components.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from bridge.core.signals import SignalState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.matching import Matchers
    from bridge.core.rules import ComponentRule
    from bridge.core.signals import Labels
    from bridge.core.statuses import ComponentStatus


class NoData(StrEnum):
    """What a signal counts for that nobody repeated in time, while its source is well. A source that is blind makes its signals unknown whatever stands here."""

    HOLD = "hold"
    """Unknown."""
    IGNORE = "ignore"
    """Not failing."""
    FAIL = "fail"
    """Failing."""


class Combination(StrEnum):
    """How several conditions make one."""

    ALL = "all"
    ANY = "any"


class Comparison(StrEnum):
    """How a value stands to a bound."""

    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound on a signal's value; one that meets it counts as failing, whatever its source says."""

    comparison: Comparison
    bound: float

    def met(self, value: float | None) -> bool | None:
        """Whether it is met; None where nothing was measured."""
        if value is None:
            return None
        match self.comparison:
            case Comparison.ABOVE:
                return value > self.bound
            case Comparison.AT_LEAST:
                return value >= self.bound
            case Comparison.BELOW:
                return value < self.bound
            case Comparison.AT_MOST:
                return value <= self.bound
            case _:
                assert_never(self.comparison)


@dataclass(frozen=True, slots=True)
class Population:
    """What is counted where not each signal counts for itself: the values of one label, each once.

    Attributes:
        label: its name.
        values: those that count; a signal with another one does not.
        reports_ok: whether each is heard of when it is well too, as a probe is. Then one of which nothing is known is unknown; else it does not fail.
    """

    label: str
    values: frozenset[str]
    reports_ok: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """Enough of the signals that match are failing.

    Attributes:
        matchers: all must match a signal's labels.
        at_least: how many are enough; 1 or more.
        of: what is counted; None for the signals themselves.
        no_data: what a silent signal counts for.
        value: what makes a signal fail; None for its own state.
    """

    matchers: Matchers
    at_least: int = 1
    of: Population | None = None
    no_data: NoData = NoData.HOLD
    value: Threshold | None = None

    @property
    def size(self) -> int:
        """How many conditions it is."""
        return 1

    @property
    def reports_ok(self) -> bool:
        """Whether signals that are ok have to be counted."""
        return self.of is not None and self.of.reports_ok

    @property
    def concerns_ok(self) -> bool:
        """Whether a signal that is ok may count for something."""
        return self.reports_ok or self.value is not None


@dataclass(frozen=True, slots=True)
class Combined:
    """All, or any, of several conditions; of two or more."""

    how: Combination
    parts: tuple[Expression, ...]
    size: int = field(init=False, repr=False, compare=False)
    """How many counting conditions are in it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", sum(part.size for part in self.parts))


Expression = Condition | Combined


def conditions_in(expression: Expression) -> Iterator[Condition]:
    """The counting conditions in the order in which they are written. A condition that stands twice is two."""
    match expression:
        case Condition():
            yield expression
        case Combined():
            for part in expression.parts:
                yield from conditions_in(part)


def claimed_status(rule: ComponentRule, labels: Labels) -> ComponentStatus | None:
    """The worst status for which a failing signal with these labels counts under the rule; None for a label value outside the ladder."""
    ladder = rule.label_ladder
    return ladder.status(labels.get(ladder.label)) if ladder is not None else rule.statuses[-1]


def reported_state(condition: Condition, state: SignalState, value: float | None) -> SignalState:
    """What a signal's source says, by what the condition asks. What nobody measured is unknown."""
    if condition.value is None or state is SignalState.UNKNOWN:
        return state
    met = condition.value.met(value)
    if met is None:
        return SignalState.UNKNOWN
    return SignalState.FAILING if met else SignalState.OK


def counted_state(
    condition: Condition, state: SignalState, value: float | None, *, silent: bool
) -> SignalState:
    """What a signal counts for. `silent`: it is unknown only because nobody repeated it."""
    if not silent:
        return reported_state(condition, state, value)
    match condition.no_data:
        case NoData.HOLD:
            return SignalState.UNKNOWN
        case NoData.IGNORE:
            return SignalState.OK
        case NoData.FAIL:
            return SignalState.FAILING
