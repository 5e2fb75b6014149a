"""What an incident absorbs (`absorbs:`): while it is open, those that it names do not open beside it, and their components join it.

An absorbed incident has its life all the same, so that what it waits for and when it is over can be explained; it is remembered in whose telling it went. The absorber does not recover before those that
it absorbed have, each by its own thresholds. Nobody absorbs what absorbs (a mistake in rule files), so two layers are all there is. Whether the absorber is really told of is the plan's question.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.incidents import Coverage, IncidentPhase, Level, level_in, level_of
from bridge.core.public_labels import joined
from bridge.core.regrouping import is_regrouped
from bridge.core.statuses import worst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bridge.core.desired import IncidentPlace
    from bridge.core.incidents import IncidentMemory
    from bridge.core.rules import IncidentRule, IncidentRuleId, RuleSet
    from bridge.core.signals import Labels

    Memories = Mapping[IncidentPlace, IncidentMemory]

_ORDER = tuple(Level)[::-1]
"""From recovered to raised."""


def absorbers(ruleset: RuleSet) -> dict[IncidentRuleId, tuple[IncidentRule, ...]]:
    """By rule, those that absorb it, in the order of the files. One that may do less by itself than the other absorbs nothing of it: nobody would tell of it."""
    found: dict[IncidentRuleId, tuple[IncidentRule, ...]] = {}
    for absorbed in ruleset.incidents:
        by = tuple(
            rule
            for rule in ruleset.incidents
            if absorbed.id in rule.absorbs and rule.automation.level >= absorbed.automation.level
        )
        if by:
            found[absorbed.id] = by
    return found


def place_of(absorber: IncidentRule, group: Labels) -> IncidentPlace:
    """The absorber's incident for the group of an absorbed one."""
    return absorber.id, group.only(absorber.group_by)


def absorbing(by: Iterable[IncidentRule], group: Labels, memories: Memories) -> IncidentRuleId | None:
    """The first absorber that is open for a group, or None."""
    for rule in by:
        memory = memories.get(place_of(rule, group))
        if memory is None or memory.phase is IncidentPhase.CLOSED:
            continue
        if not is_regrouped(memory, rule):
            return rule.id
    return None


def absorbed_by(ruleset: RuleSet, memory: IncidentMemory) -> IncidentPlace | None:
    """The place of the incident that absorbed one as this episode of it began, by the rules of now; None for one that opened itself, and where its absorber is gone."""
    if memory.absorbed_by is None or memory.phase is IncidentPhase.CLOSED:
        return None
    rules, name = ruleset.incident_rules, ruleset.former_incidents.get(memory.absorbed_by, memory.absorbed_by)
    absorber, absorbed = rules.get(name), rules.get(memory.rule)
    if absorber is None or absorbed is None or absorbed.id not in absorber.absorbs:
        return None
    return (
        place_of(absorber, memory.group) if absorber.automation.level >= absorbed.automation.level else None
    )


def seen_by(absorber: IncidentRule, absorbed: IncidentRule) -> IncidentRule:
    """An absorbed rule as its absorber counts it: by its own components and thresholds, by the absorber's level and with what that may show."""
    return replace(absorbed, automation=absorber.automation, public_labels=absorber.public_labels)


def with_absorbed(
    own: Coverage,
    rule: IncidentRule,
    others: Iterable[IncidentMemory],
    *,
    coverage: Callable[[IncidentRule, Labels], Coverage],
    rules: Mapping[IncidentRuleId, IncidentRule],
) -> Coverage:
    """What an open incident covers, with what it absorbed.

    Args:
        own: what it covers itself.
        rule: its rule.
        others: what it absorbed and what is not over.
        coverage: what a rule covers now, for a group.
        rules: the incident rules, by id.
    """
    merged = own
    level = level_in(own, rule)
    for memory in others:
        view = seen_by(rule, rules[memory.rule])
        theirs = coverage(view, memory.group)
        level = max(level, level_in(theirs, view), key=_ORDER.index)
        merged = Coverage(
            worst=worst((merged.worst, theirs.worst)),
            raised=tuple(dict.fromkeys((*merged.raised, *theirs.raised))),
            blind=merged.blind or theirs.blind,
            labels=joined(rule.public_labels, merged.labels, theirs.labels),
            said=merged.said,
            causes=tuple(dict.fromkeys((*merged.causes, *theirs.causes))),
            level=level,
        )
    return merged


def goes_on_unclaimed(own: Coverage, covered: Coverage, rule: IncidentRule, memory: IncidentMemory) -> bool:
    """Whether an incident is not over though nothing that it covers itself is claimed.

    Args:
        own: what it covers itself.
        covered: the same with what it absorbed.
        rule: its rule.
        memory: the incident as it stands now.
    """
    if memory.phase is IncidentPhase.CLOSED or level_of(own.worst, rule) is not Level.RECOVERED:
        return False
    return level_in(covered, rule) is not Level.RECOVERED


class Absorption:
    """What is absorbed in one page's evaluation under way: found by the absorber, without a look at all that is remembered."""

    def __init__(self, ruleset: RuleSet) -> None:
        self._ruleset = ruleset
        self.absorbers = absorbers(ruleset)
        self._absorbed: dict[IncidentPlace, dict[IncidentPlace, None]] = {}

    def of_rules(self, absorbed: Iterable[IncidentRule]) -> Iterable[IncidentRule]:
        """What absorbs any of these rules."""
        return (rule for one in absorbed for rule in self.absorbers.get(one.id, ()))

    def note(self, memory: IncidentMemory) -> None:
        """Enter an incident as it is remembered now."""
        if memory.rule not in self.absorbers:
            return
        place = (memory.rule, memory.group)
        by = absorbed_by(self._ruleset, memory)
        if by is not None:
            self._absorbed.setdefault(by, {})[place] = None
            return
        for places in self._absorbed.values():
            places.pop(place, None)

    def of(self, place: IncidentPlace, memories: Memories) -> list[IncidentMemory]:
        """What an incident has absorbed and what is not over, in order."""
        found = self._absorbed.get(place)
        return _sorted(self._ruleset, [memories[one] for one in found]) if found else []

    def absorber(self, place: IncidentPlace, memories: Memories) -> IncidentPlace | None:
        """The place of what absorbed an incident, or None."""
        memory = memories.get(place)
        return absorbed_by(self._ruleset, memory) if memory is not None else None


def absorbed_in(ruleset: RuleSet, memories: Memories, place: IncidentPlace) -> list[IncidentMemory]:
    """What an incident has absorbed and what is not over, in order. Cost: all that is remembered."""
    return _sorted(ruleset, [one for one in memories.values() if absorbed_by(ruleset, one) == place])


def _sorted(ruleset: RuleSet, memories: list[IncidentMemory]) -> list[IncidentMemory]:
    """In the order of the files, and of the groups."""
    numbers = {rule: number for number, rule in enumerate(ruleset.incident_rules)}
    return sorted(memories, key=lambda one: (numbers[one.rule], tuple(one.group.items())))
