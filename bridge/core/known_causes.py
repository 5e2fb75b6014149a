"""What is known of causes while a step is under way: what rules say while they claim, and what operators say. Decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bridge.core.claims import HoldKey
    from bridge.core.desired import IncidentPlace
    from bridge.core.rules import ComponentRule, RuleId


class KnownCauses:
    """The causes of rules, each with its rule's place among all, and what operators say of incidents now."""

    __slots__ = ("_of_rules", "_said")

    def __init__(self, rules: Iterable[ComponentRule]) -> None:
        self._of_rules: dict[RuleId, tuple[int, str]] = {
            rule.id: (number, rule.cause) for number, rule in enumerate(rules) if rule.cause
        }
        self._said: Mapping[IncidentPlace, str] = {}

    def __bool__(self) -> bool:
        """Whether any rule says a cause."""
        return bool(self._of_rules)

    def hear(self, said: Mapping[IncidentPlace, str]) -> Iterator[IncidentPlace]:
        """Enter all that operators say. Gives the incidents of which they say something else than before."""
        before, self._said = self._said, said
        return (place for place in dict.fromkeys((*before, *said)) if before.get(place) != said.get(place))

    def said_of(self, place: IncidentPlace) -> str:
        """What an operator says is the cause; empty for nothing."""
        return self._said.get(place, "")

    def behind(self, holds: Iterable[HoldKey]) -> tuple[str, ...]:
        """What the rules of these claims say, in the order of the rules, each once."""
        found = {self._of_rules[hold.rule] for hold in holds if hold.rule in self._of_rules}
        return tuple(dict.fromkeys(cause for _, cause in sorted(found)))
