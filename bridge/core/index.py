"""Which rules a signal can concern: an index by equality matcher.

A rule with an equality matcher stands under one label value, so that the cost of a signal grows with its labels and the rules that share a value, not with all rules.
Rules that have none are tried for every signal.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bridge.core.matching import MatchOperator, match_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.rules import ComponentRule
    from bridge.core.signals import Labels


class RuleIndex:
    """Component rules by one of their equality matchers, the rarest one."""

    __slots__ = ("_by_label", "_others")

    def __init__(self, rules: tuple[ComponentRule, ...]) -> None:
        shared = Counter(pair for rule in rules for pair in _equalities(rule))
        self._by_label: dict[tuple[str, str], list[ComponentRule]] = {}
        self._others: list[ComponentRule] = []
        for rule in rules:
            pairs = _equalities(rule)
            if pairs:
                rarest = min(pairs, key=lambda pair: (shared[pair], pair))
                self._by_label.setdefault(rarest, []).append(rule)
            else:
                self._others.append(rule)

    def matching(self, labels: Labels) -> Iterator[ComponentRule]:
        """The rules whose matchers all match, each once."""
        by_label = self._by_label
        for pair in labels.items():
            for rule in by_label.get(pair, ()):
                if match_all(rule.matchers, labels):
                    yield rule
        for rule in self._others:
            if match_all(rule.matchers, labels):
                yield rule


def _equalities(rule: ComponentRule) -> list[tuple[str, str]]:
    return [
        (matcher.name, matcher.value)
        for matcher in rule.matchers
        if matcher.operator is MatchOperator.EQUAL and matcher.value
    ]
