"""Which conditions of which rules a signal can concern: an index by equality matcher.

A condition with an equality matcher stands under one label value, so that the cost of a signal grows with its labels and the rules that share a value, not with all rules.
Conditions that have none are tried for every signal.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from bridge.core.matching import MatchOperator, match_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bridge.core.conditions import Condition
    from bridge.core.signals import Labels


class Asking(Protocol):
    """What has conditions."""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """They, in order."""
        ...


Rule = TypeVar("Rule", bound=Asking)


@dataclass(frozen=True, slots=True)
class Watch(Generic[Rule]):
    """One condition of a rule, and its number among the conditions of that rule."""

    rule: Rule
    number: int
    condition: Condition


class RuleIndex(Generic[Rule]):
    """Conditions of rules by one of their equality matchers, the rarest one."""

    __slots__ = ("_by_label", "_others")

    def __init__(self, rules: tuple[Rule, ...], *, only: Callable[[Condition], bool] | None = None) -> None:
        """Index all conditions of the rules, or only some of them."""
        watches = [
            Watch(rule, number, condition)
            for rule in rules
            for number, condition in enumerate(rule.conditions)
            if only is None or only(condition)
        ]
        shared = Counter(pair for watch in watches for pair in _equalities(watch))
        self._by_label: dict[tuple[str, str], list[Watch[Rule]]] = {}
        self._others: list[Watch[Rule]] = []
        for watch in watches:
            pairs = _equalities(watch)
            if pairs:
                rarest = min(pairs, key=lambda pair: (shared[pair], pair))
                self._by_label.setdefault(rarest, []).append(watch)
            else:
                self._others.append(watch)

    def matching(self, labels: Labels) -> Iterator[Watch[Rule]]:
        """The conditions whose matchers all match, each once."""
        by_label = self._by_label
        for pair in labels.items():
            for watch in by_label.get(pair, ()):
                if match_all(watch.condition.matchers, labels):
                    yield watch
        for watch in self._others:
            if match_all(watch.condition.matchers, labels):
                yield watch


def _equalities(watch: Watch[Rule]) -> list[tuple[str, str]]:
    return [
        (matcher.name, matcher.value)
        for matcher in watch.condition.matchers
        if matcher.operator is MatchOperator.EQUAL and matcher.value
    ]
