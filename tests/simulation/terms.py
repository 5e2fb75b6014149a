"""The terms of a regime: how its incidents live, what is silent when, and the rules for what can break besides. Drawn from a seed; nothing here runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.core.conditions import Condition, Population
from bridge.core.matching import parse_matchers
from bridge.core.rules import (
    DEFAULT_NOTIFY,
    MONITORING_UNCHANGED,
    ComponentRule,
    CountLadder,
    IncidentRule,
    IncidentRuleId,
    LowerAt,
    Notify,
    RuleId,
    UnmappedRule,
    Updates,
)
from bridge.core.silences import Silence
from bridge.core.statuses import Automation, ComponentStatus
from bridge.core.windows import Span
from tests.simulation.causes import (
    CAUSES,
    CHECKOUT_TITLE,
    DELIVERY,
    DELIVERY_TITLE,
    EXTRA_COVERED,
    PAYMENTS_TITLE,
    REGIONS,
    SEARCH,
    SEARCH_TITLE,
    Extra,
    Holds,
)

if TYPE_CHECKING:
    import random  # noqa: TID251 - seeded instances alone
    from collections.abc import Iterator

    from bridge.core.rules import RuleSet

ABSORBER = CHECKOUT_TITLE
"""The incident that absorbs, where any does."""

EXPLAINED = {
    "web": "The web servers have failed.",
    "payments": "Our payment provider has failed.",
    "delivery": "The depot has no power.",
}
"""The causes that rules say, by the id of the rule."""

SAID_BY = {
    EXPLAINED["web"]: ("web",),
    EXPLAINED["payments"]: ("payments",),
    EXPLAINED["delivery"]: ("delivery-eu", "delivery-us"),
}
"""Which causes make a rule say its cause."""


@dataclass(frozen=True, slots=True)
class Life:
    """How incidents live.

    Attributes:
        absorbed: titles of the incidents that `ABSORBER` absorbs.
        reopen_within: seconds, of every incident.
        late: titles of those that lower components with their end.
        updates: how it is told that any goes on; None for never.
        all_told: whether subscribers are told of every transition.
        explained: whether rules say causes, and operators too.
    """

    absorbed: tuple[str, ...] = ()
    reopen_within: float = 0.0
    late: tuple[str, ...] = ()
    updates: Updates | None = None
    all_told: bool = False
    explained: bool = False

    def rules(self, rules: RuleSet) -> RuleSet:
        """The rules of a course under these terms."""
        absorbed = tuple(rule.id for rule in rules.incidents if rule.title in self.absorbed)
        components = rules.components
        if self.explained:
            components = tuple(replace(rule, cause=EXPLAINED.get(rule.id, "")) for rule in components)
        incidents = tuple(self._lives(rule, absorbed) for rule in rules.incidents)
        return replace(rules, components=components, incidents=incidents)

    def _lives(self, rule: IncidentRule, absorbed: tuple[IncidentRuleId, ...]) -> IncidentRule:
        late = rule.title in self.late
        texts = replace(rule.texts, monitoring=MONITORING_UNCHANGED) if late else rule.texts
        return replace(
            rule,
            absorbs=absorbed if rule.title == ABSORBER else (),
            reopen_within=self.reopen_within,
            lower_at=LowerAt.RESOLVED if late else LowerAt.MONITORING,
            updates=self.updates,
            notify=frozenset(Notify) if self.all_told else DEFAULT_NOTIFY,
            texts=texts,
        )


@dataclass(frozen=True, slots=True)
class Silenced:
    """A silence; instants are virtual seconds.

    Attributes:
        matcher: of the signals that it covers.
        alert: the name of their alerts; empty for the probe.
        begin, end: when it lasts.
    """

    matcher: str
    alert: str
    begin: float
    end: float

    def silence(self, epoch: float) -> Silence:
        """As the rules have it."""
        span = Span(epoch + self.begin, epoch + self.end)
        return Silence(parse_matchers(self.matcher), span, "We work on it.")


def with_extras(rules: RuleSet, extras: frozenset[Extra], holds: Holds) -> RuleSet:
    """The rules with those that tell of extras."""
    if not extras:
        return rules
    components, unmapped = list(rules.components), list(rules.unmapped)
    if Extra.SHARES in extras:
        components.append(_nodes(holds))
    if Extra.LABELLED in extras:
        components += _hosts(holds)
        unmapped.append(UnmappedRule("hosts", (parse_matchers(UNMAPPED_HOSTS),)))
    search = IncidentRule(
        IncidentRuleId("search"),
        EXTRA_COVERED[SEARCH_TITLE],
        SEARCH_TITLE,
        automation=Automation.FULL,
        monitor_for=holds.monitor_for,
    )
    return replace(
        rules,
        components=tuple(components),
        incidents=(*rules.incidents, search),
        unmapped=tuple(unmapped),
    )


UNMAPPED_HOSTS = '{alertname="HostDown", service!~"search|delivery"}'


def _nodes(holds: Holds) -> ComponentRule:
    """Of the nodes in three regions, one down is a degradation, and two are an outage."""
    matchers = parse_matchers('alertname="SearchNodeDown"')
    statuses = ((1, ComponentStatus.DEGRADED_PERFORMANCE), (2, ComponentStatus.PARTIAL_OUTAGE))
    return ComponentRule(
        RuleId("Search:nodes"),
        SEARCH,
        matchers,
        CountLadder(statuses),
        for_=holds.for_,
        keep_firing_for=holds.keep_firing_for,
        automation=Automation.FULL,
        condition=Condition(matchers, of=Population("region", frozenset(REGIONS))),
    )


def _hosts(holds: Holds) -> Iterator[ComponentRule]:
    """What a rule that takes its component from the label `service` becomes."""
    for service, component in (("search", SEARCH), ("delivery", DELIVERY)):
        yield ComponentRule(
            RuleId(f"{component}:hosts"),
            component,
            parse_matchers(f'{{alertname="HostDown", service="{service}"}}'),
            ComponentStatus.PARTIAL_OUTAGE,
            for_=holds.for_,
            keep_firing_for=holds.keep_firing_for,
            automation=Automation.FULL,
        )


def draw_life(drawn: random.Random) -> Life:
    """How incidents live in one course."""
    others = (PAYMENTS_TITLE, DELIVERY_TITLE, SEARCH_TITLE)
    absorbed = tuple(drawn.sample(others, drawn.choice((1, 2, 3)))) if drawn.random() < 0.6 else ()
    titles = (CHECKOUT_TITLE, *others)
    return Life(
        absorbed,
        drawn.choice((0.0, 60.0, 300.0, 1200.0)),
        tuple(drawn.sample(titles, drawn.choice((1, 2, 4)))) if drawn.random() < 0.5 else (),
        Updates(drawn.choice((70.0, 150.0)), drawn.choice((1, 3))) if drawn.random() < 0.5 else None,
        all_told=drawn.random() < 0.4,
        explained=drawn.random() < 0.5,
    )


def draw_silences(drawn: random.Random, until: float) -> tuple[Silenced, ...]:
    """What is silent in one course. A silence is over before the faults are."""
    found = []
    for _ in range(drawn.choice((1, 2))):
        cause = drawn.choice([one for name, one in CAUSES.items() if name != "crowd"])
        begin, lasts = drawn.uniform(20.0, until * 0.7), drawn.choice((30.0, 120.0, 400.0))
        alert = cause.alert[0] if cause.alert is not None else ""
        matcher = f'alertname="{alert}"' if alert else 'probe="web"'
        if begin + lasts < until - 5.0:
            found.append(Silenced(matcher, alert, begin, begin + lasts))
    return tuple(found)
