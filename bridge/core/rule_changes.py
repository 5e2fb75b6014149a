"""What other rules would change on a page: a trial of them over what is known, before anything live is touched (design.md, "Guards").

A component counts whose claims would be others at once, or will be when every hold is over if the signals stay as they are: a wrong matcher with `for: 10m` is as wrong as one
without. A removed rule that lowers a component counts as well, and what another guard holds back counts like anything else. Decides nothing; knows neither files nor who may confirm.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.core.blast import capped
from bridge.core.commands import StandingKind
from bridge.core.regrouping import telling_rule
from bridge.core.state import State
from bridge.core.statuses import ComponentStatus, worst
from bridge.core.step import step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.core.desired import Memory
    from bridge.core.health import SourceHealth
    from bridge.core.ledger import IncidentTold
    from bridge.core.page import Page
    from bridge.core.rules import ComponentName, IncidentRuleId, RuleSet
    from bridge.core.signals import Signal

    Statuses = dict[str, ComponentStatus]

_PEOPLES = frozenset({StandingKind.OVERRIDE, StandingKind.YIELD, StandingKind.GIVEN, StandingKind.ENDED})

NAMED = 10
"""Components that a text names; of more it says how many."""


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A component, as a rule names it or by its id, and what would be desired of it instead."""

    component: str
    before: ComponentStatus
    after: ComponentStatus

    def __str__(self) -> str:
        return f"{self.component}: {self.before} to {self.after}"


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What rules would change.

    Attributes:
        components: worst changes first.
        orphans: the open incidents of ours that would be without a rule: (rule, incident id).
        regrouped: those of them whose rule would be there, and group by other labels.
    """

    components: tuple[StatusChange, ...] = ()
    orphans: tuple[tuple[IncidentRuleId, str], ...] = ()
    regrouped: frozenset[str] = frozenset()

    def exceeds(self, most: int) -> bool:
        """Whether that is more than may be without a confirmation: so many components, and no orphan."""
        return len(self.components) > most or bool(self.orphans)

    def texts(self) -> tuple[str, ...]:
        """The same for people, a line for each."""
        lines = [str(change) for change in self.components[:NAMED]]
        if len(self.components) > NAMED:
            lines.append(f"{len(self.components) - NAMED} more components")
        lines += [
            f"incident {incident_id} is open, and its rule {rule} would "
            + ("group by other labels" if incident_id in self.regrouped else "be gone")
            for rule, incident_id in self.orphans
        ]
        return tuple(lines)


@dataclass(frozen=True, slots=True)
class HeldRules:
    """Rules that wait for an operator's confirmation: the digest of their files, and what they would change."""

    digest: str
    change: RuleChange


@dataclass(frozen=True, slots=True)
class Trial:
    """Everything that a trial looks at, copied: it may run in a thread of its own.

    Attributes:
        ruleset: the new rules.
        before: the rules in force; None at a start, where nothing remembers them.
        shown: what the rules in force claim, by component id, or by name where none is bound; at a start what was told last.
        signals: all that were evaluated.
        sources: how the sources of them are.
        memory: holds and incidents as they stand; not changed.
        ids: component ids by the names of either rules.
        orphans: as in `RuleChange`.
        now: our clock.
        regrouped: as in `RuleChange`.
        peoples: components that show what an operator or a person said, and of which nothing follows.
    """

    ruleset: RuleSet
    before: RuleSet | None
    shown: Statuses
    signals: tuple[Signal, ...]
    sources: tuple[SourceHealth, ...]
    memory: Memory
    ids: Mapping[ComponentName, str]
    orphans: tuple[tuple[IncidentRuleId, str], ...]
    now: float
    peoples: frozenset[str] = frozenset()
    regrouped: frozenset[str] = frozenset()

    def run(self) -> RuleChange:
        """Evaluate. Cost: three times the signals and the rules that match them; once at a start."""
        changed = _differences(self.shown, self._claimed(self.ruleset))
        if self.before is not None:
            after_holds = (
                self._claimed(_without_holds(self.before)),
                self._claimed(_without_holds(self.ruleset)),
            )
            changed = _differences(*after_holds) | changed
        names: dict[str, str] = {component_id: name for name, component_id in self.ids.items()}
        components = [
            StatusChange(names.get(component, component), before, after)
            for component, (before, after) in changed.items()
            if component not in self.peoples
        ]
        components.sort(
            key=lambda change: (-max(change.before.severity, change.after.severity), change.component)
        )
        return RuleChange(tuple(components), self.orphans, self.regrouped)

    def _claimed(self, ruleset: RuleSet) -> Statuses:
        state = State(ruleset, self.memory.copy(), before=self.before)
        step(state, self.signals, self.now, sources=self.sources)
        if self.before is not None:
            return _by_id(state.claimed, self.ids)
        # What was held back when it stopped was not told, and still is not.
        caps = self.memory.blast.caps
        told = {name: capped(status, caps.get(name)) for name, status in state.claimed.items()}
        return _by_id(told, self.ids)


def trial_of(
    page: Page, state: State, ruleset: RuleSet, now: float, *, awaited: Iterable[Signal] = ()
) -> Trial:
    """A trial of other rules on a page whose evaluation is under way. Copies; the state is left as it is.

    `awaited` takes the place of what is known: with these rules it is measured by other expressions.
    """
    ids = _ids(page, ruleset, page.ruleset)
    return Trial(
        ruleset,
        page.ruleset,
        _by_id(state.claimed, ids),
        tuple((state.signals | {signal.key: signal for signal in awaited}).values()),
        tuple(state.sources.values()),
        state.memory.copy(),
        ids,
        _orphans(page, ruleset, {rule.id for rule in page.ruleset.incidents}, state.memory),
        now,
        regrouped=_regrouped(page, ruleset, state.memory),
    )


def trial_at_start(
    page: Page,
    memory: Memory,
    signals: Iterable[Signal],
    sources: Iterable[SourceHealth],
    *,
    ruleset: RuleSet,
    now: float,
) -> Trial:
    """A trial of the rules with which a page is taken up: those before are not known, but what was told by them is."""
    shown: Statuses = {
        component_id: told.status
        for component_id, told in page.components_told.items()
        if told.status is not ComponentStatus.OPERATIONAL
    }
    said = {subject for kind, subject in page.standing if kind in _PEOPLES}
    return Trial(
        ruleset,
        None,
        shown,
        tuple(signals),
        tuple(sources),
        memory.copy(),
        _ids(page, ruleset),
        _orphans(page, ruleset, None, memory),
        now,
        frozenset(said | page.taken.keys()),
        _regrouped(page, ruleset, memory),
    )


def _ids(page: Page, *rulesets: RuleSet) -> dict[ComponentName, str]:
    names = dict.fromkeys(name for ruleset in rulesets for name in ruleset.component_names)
    # Before the page was read, what was bound once is all that is known.
    return {name: page.component_id(name) or page.component_ids.get(name, name) for name in names}


def _orphans(
    page: Page, ruleset: RuleSet, before: set[IncidentRuleId] | None, memory: Memory
) -> tuple[tuple[IncidentRuleId, str], ...]:
    regrouped = _regrouped(page, ruleset, memory)
    there = {rule.id for rule in ruleset.incidents}
    there |= ruleset.former_incidents.keys()
    return tuple(
        (told.place[0], told.incident_id)
        for told in page.incidents_told.values()
        if told.open
        and (
            told.place[0] not in there
            or told.incident_id in regrouped
            or _loses_its_name(page, ruleset, told)
        )
        and (before is None or page.place_now(told.place)[0] in before)
        and (StandingKind.RELEASE, told.incident_id) not in page.standing
    )


def _regrouped(page: Page, ruleset: RuleSet, memory: Memory) -> frozenset[str]:
    """The open incidents of ours whose rule would group by other labels."""
    rules = {rule.id: rule for rule in ruleset.incidents}
    found = set()
    for told in page.incidents_told.values():
        now = ruleset.former_incidents.get(told.place[0], told.place[0])
        remembered = memory.incidents.get(page.place_now(told.place), memory.incidents.get(told.place))
        if told.open and now in rules and telling_rule(rules, (now, told.place[1]), remembered) is None:
            found.add(told.incident_id)
    return frozenset(found)


def _loses_its_name(page: Page, ruleset: RuleSet, told: IncidentTold) -> bool:
    """Whether an incident was opened under a former id of its rule that the new rules do not name any more."""
    now = page.place_now(told.place)[0]
    lost = set(page.ruleset.incident_names.get(now, ())) - {now, *ruleset.incident_names.get(now, ())}
    return any(told.key == page.own_key((name, told.place[1])) for name in lost)


def _without_holds(ruleset: RuleSet) -> RuleSet:
    rules = tuple(replace(rule, for_=0.0, keep_firing_for=0.0) for rule in ruleset.components)
    return replace(ruleset, components=rules)


def _by_id(desired: Mapping[ComponentName, ComponentStatus], ids: Mapping[ComponentName, str]) -> Statuses:
    found: Statuses = {}
    for name, status in desired.items():
        component = ids.get(name, name)
        found[component] = worst((status, found.get(component, ComponentStatus.OPERATIONAL)))
    return found


def _differences(before: Statuses, after: Statuses) -> dict[str, tuple[ComponentStatus, ComponentStatus]]:
    none = ComponentStatus.OPERATIONAL
    return {
        component: (before.get(component, none), after.get(component, none))
        for component in (before | after)
        if before.get(component, none) is not after.get(component, none)
    }
