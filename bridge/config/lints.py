"""Lints: what is allowed in rule files and is probably not meant. Looked for by `bridge check`, once the files are sound; the daemon does not ask.

Each is certain of what it says by the rules alone, and says nothing where it is not: what labels a signal really has, nobody knows here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bridge.config.durations import format_duration
from bridge.config.lint_names import Lint
from bridge.config.names import by_pattern
from bridge.config.problems import shown
from bridge.core.conditions import Combined
from bridge.core.matching import MatchOperator, match_all
from bridge.core.observation import OWN_LABELS
from bridge.core.rules import CountLadder, StatusLadder
from bridge.core.statuses import Automation, ComponentStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.config.declared_page import DeclaredPage
    from bridge.config.incidents import DeclaredIncident
    from bridge.config.observed_names import Observed
    from bridge.config.problems import Place, Problems
    from bridge.core.conditions import Condition
    from bridge.core.matching import Matcher, Matchers
    from bridge.core.observation import Probe, Query
    from bridge.core.rules import ComponentName, ComponentRule, IncidentRule, RuleId, RuleSet

NOTICED_WITHIN = 300.0
"""Seconds: when Prometheus dies, Alertmanager resolves all of its alerts at once some four minutes later (design.md, "Blindness")."""

_LITERALS = re.compile(r"[\w :/@%-]*(\|[\w :/@%-]*)*")
"""A regular expression that is a list of words, each of which stands for itself."""


def lint(page: DeclaredPage, rules: RuleSet, there: Observed, problems: Problems) -> None:
    """Warn of everything on one page. Cost: the rules, and for each component its rules by each other."""
    probes = {probe.id: probe for probe in there.probes}
    queries = {query.id: query for query in there.queries}
    _Linter(page, rules, dict(zip(OWN_LABELS, (probes, queries), strict=True)), problems).run()


class _Linter:
    def __init__(
        self,
        page: DeclaredPage,
        rules: RuleSet,
        observed: Mapping[str, Mapping[str, Probe | Query]],
        problems: Problems,
    ) -> None:
        self._page = page
        self._rules = rules
        self._observed = observed
        """What the bridge observes itself, by the label that holds its id."""
        self._problems = problems
        self._places = _places(page, rules)
        self._of: dict[ComponentName, list[ComponentRule]] = {}
        for rule in rules.components:
            self._of.setdefault(rule.component, []).append(rule)

    def run(self) -> None:
        for rule in self._rules.components:
            place = self._places[rule.id]
            self._reachable(rule, place)
            self._ladder(rule, place)
            self._kept(rule, place)
        declared = {incident.rule.id: incident for incident in self._page.incidents}
        for incident in self._rules.incidents:
            self._driven(incident, declared[incident.id])
            self._guaranteed(incident, declared[incident.id])

    # --- rules

    def _reachable(self, rule: ComponentRule, place: Place) -> None:
        for condition in rule.conditions:
            why = self._impossible(condition)
            if why and not isinstance(rule.asked, Combined):
                self._warn(place, f"no signal can match: {why}", Lint.UNREACHABLE_RULE)
                return
        for other in self._of[rule.component]:
            if other is not rule and _always_as_bad(other, rule):
                where = self._places[other.id]
                message = f"it is never seen: the rule at {where} claims as much of the same signals, as soon and as long"
                self._warn(place, message, Lint.UNREACHABLE_RULE, "leave one of them out")
                return

    def _impossible(self, condition: Condition) -> str:
        """Why no signal can satisfy a condition's matchers; empty where one may."""
        for name in dict.fromkeys(matcher.name for matcher in condition.matchers):
            possible = _possible(condition.matchers, name)
            if possible is not None and not possible:
                told = ", ".join(str(one) for one in condition.matchers if one.name == name)
                return f"{told} leave no value"
        for label in OWN_LABELS:
            named = _possible(condition.matchers, label) or ()
            known = [self._observed[label][one] for one in sorted(named) if one in self._observed[label]]
            if known and not any(match_all(condition.matchers, one.signal_labels) for one in known):
                return f"the {label} {shown(known[0].id)} has the labels {known[0].signal_labels!r}"
        return ""

    def _ladder(self, rule: ComponentRule, place: Place) -> None:
        ladder = rule.label_ladder
        if ladder is None:
            return
        listed = {value for value, _ in ladder.rungs}
        for condition in rule.conditions:
            possible = _possible(condition.matchers, ladder.label)
            if possible is None:
                continue
            missing = sorted(possible - listed)
            if possible and not possible & listed:
                message = f"no status is for any value of {shown(ladder.label)} that its matchers let through"
                self._warn(place, message, Lint.UNREACHABLE_RULE)
            elif missing:
                values = ", ".join(shown(value) for value in missing)
                message = f"its matchers let {shown(ladder.label)} be {values}, and no status is for that"
                self._warn(place, message, Lint.LADDER_HOLE, "add it to status, or to the matchers")
            unreachable = sorted(listed - possible)
            if unreachable and possible & listed:
                values = ", ".join(shown(value) for value in unreachable)
                message = f"its matchers never let {shown(ladder.label)} be {values}"
                self._warn(
                    place, message, Lint.LADDER_HOLE, "add it to the matchers, or leave it out of status"
                )

    def _kept(self, rule: ComponentRule, place: Place) -> None:
        over_alerts = any(not self._is_observed(condition) for condition in rule.conditions)
        if over_alerts and rule.keep_firing_for < NOTICED_WITHIN and rule.automation is not Automation.SHADOW:
            kept = format_duration(rule.keep_firing_for)
            message = (
                f"its claim is kept for {kept} only: when Prometheus dies, all of its alerts end at once"
            )
            hint = f"keep it for {format_duration(NOTICED_WITHIN)} or more, and have a watchdog"
            self._warn(place, message, Lint.SHORT_KEEP_FIRING, hint)

    def _is_observed(self, condition: Condition) -> bool:
        """Whether it goes by what the bridge observes itself: what can no longer be observed is unknown, and does not end."""
        if condition.value is not None or (condition.of is not None and condition.of.reports_ok):
            return True
        return any(self._named(condition, label) for label in OWN_LABELS)

    def _named(self, condition: Condition, label: str) -> list[Probe | Query]:
        """The probes or queries of which its signals are, where they can be of no other."""
        named, known = _possible(condition.matchers, label), self._observed[label]
        if named is None or not named <= known.keys():
            return []
        return [known[one] for one in named]

    # --- incidents

    def _driven(self, incident: IncidentRule, declared: DeclaredIncident) -> None:
        rules = [rule for name in incident.components for rule in self._of.get(name, ())]
        shadow = incident.automation is Automation.SHADOW
        counted = [rule for rule in rules if shadow or rule.automation is not Automation.SHADOW]
        worst = max((_worst(rule).severity for rule in counted), default=0)
        if worst >= incident.open_at.severity:
            return
        if any(_worst(rule).severity >= incident.open_at.severity for rule in rules):
            message = "no rule opens it: those that are bad enough are in shadow, and it is not"
            hint = "give a rule automation: full, or the incident automation: shadow"
        else:
            message = f"no rule opens it: none claims {incident.open_at} or worse for what it covers"
            hint = "lower open_at, or cover other components"
        self._warn(declared.place, message, Lint.UNDRIVEN_INCIDENT, hint)

    def _guaranteed(self, incident: IncidentRule, declared: DeclaredIncident) -> None:
        rules = [rule for name in incident.components for rule in self._of.get(name, ())]
        shown_labels = [label.name for label in incident.public_labels if not label.annotation]
        for label in dict.fromkeys([*incident.group_by, *shown_labels]):
            if rules and not any(self._has(rule, label) for rule in rules):
                does = "is grouped by" if label in incident.group_by else "shows"
                message = f"it {does} {shown(label)}, and no matcher of its rules guarantees that label"
                hint = f'add {label}!="" to their matchers'
                self._warn(declared.place, message, Lint.UNGUARANTEED_LABEL, hint)

    def _has(self, rule: ComponentRule, label: str) -> bool:
        """Whether each signal that counts for the rule has the label."""
        return all(self._condition_has(condition, label) for condition in rule.conditions)

    def _condition_has(self, condition: Condition, label: str) -> bool:
        if condition.of is not None and condition.of.label == label and "" not in condition.of.values:
            return True
        if any(one.name == label and not one.matches({}) for one in condition.matchers):
            return True
        named = [self._named(condition, own) for own in OWN_LABELS]
        return any(known and all(one.signal_labels.get(label) for one in known) for known in named)

    def _warn(self, place: Place, message: str, name: Lint, hint: str = "") -> None:
        self._problems.warn(place, message, hint, lint=name)


def _places(page: DeclaredPage, rules: RuleSet) -> dict[RuleId, Place]:
    """Where each compiled rule stands."""
    patterns = by_pattern(dict.fromkeys(component.value for component in page.components))
    places: dict[RuleId, Place] = {}
    for declared in page.rules:
        for component, _ in declared.target.expanded(patterns):
            identifier = declared.id(component)
            if identifier is not None:
                places[identifier] = declared.place
    return {rule.id: places[rule.id] for rule in rules.components}


def _possible(matchers: Matchers, label: str) -> frozenset[str] | None:
    """The values that matchers leave a label; None where they are too many to list."""
    about = [one for one in matchers if one.name == label]
    listed = [values for one in about if (values := _listed(one)) is not None]
    if not listed:
        return None
    return frozenset(
        value
        for value in frozenset.intersection(*listed)
        if all(one.matches({label: value}) for one in about)
    )


def _listed(matcher: Matcher) -> frozenset[str] | None:
    match matcher.operator:
        case MatchOperator.EQUAL:
            return frozenset({matcher.value})
        case MatchOperator.REGEX if _LITERALS.fullmatch(matcher.value):
            return frozenset(matcher.value.split("|"))
        case _:
            return None


def _worst(rule: ComponentRule) -> ComponentStatus:
    return rule.statuses[-1]


def _always_as_bad(other: ComponentRule, rule: ComponentRule) -> bool:
    """Whether `other` claims at least as much whenever `rule` claims anything: of the same signals or more, as soon and as long."""
    plain = rule.condition is None and other.condition is None
    if not plain or isinstance(rule.status, CountLadder) or isinstance(other.status, CountLadder):
        return False
    if isinstance(other.status, StatusLadder):
        as_bad = other.status == rule.status
    else:
        as_bad = other.status.severity >= _worst(rule).severity
    wider = set(other.matchers) <= set(rule.matchers)
    same = set(other.matchers) == set(rule.matchers) and other.status == rule.status
    timely = other.for_ <= rule.for_ and other.keep_firing_for >= rule.keep_firing_for
    seen = other.automation is Automation.FULL or rule.automation is Automation.SHADOW
    if not (as_bad and wider and timely and seen):
        return False
    # Of two that are wholly alike, the later one is told of.
    alike = same and (other.for_, other.keep_firing_for) == (rule.for_, rule.keep_firing_for)
    return not (alike and other.automation is rule.automation and other.id > rule.id)
