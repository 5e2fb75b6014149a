"""Compiled rules: what a rule file means once every mistake has been found.

One `RuleSet` is one page's rules. It is immutable; a reload makes another. Knows no file, no YAML and no Statuspage id: components are named as the rule file names them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from bridge.core.conditions import Condition, conditions_in
from bridge.core.holds import HoldTimes
from bridge.core.statuses import Automation, ComponentStatus, Impact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.core.conditions import Expression
    from bridge.core.maintenance_rules import MaintenanceRule
    from bridge.core.matching import Matchers
    from bridge.core.public_labels import PublicLabel
    from bridge.core.silences import Silence

ComponentName = NewType("ComponentName", str)
"""A component as a rule file names it, normalised: `Group / Name`, `Name`, or `id:8kbf7d35c070`."""

RuleId = NewType("RuleId", str)
"""Stable name of a component rule, unique on its page: `Checkout / API:unreachable`."""

IncidentRuleId = NewType("IncidentRuleId", str)

Series = NewType("Series", str)
"""Where a metric's values come from: `probe:checkout:latency`, `query:main:sum(up)`."""


class OnYield(StrEnum):
    """What becomes of an incident that a person took over, once its cause is gone."""

    LEAVE = "leave"
    """It stays for the person, and operators are alarmed."""
    RESOLVE = "resolve"
    """The bridge resolves it."""


class LowerAt(StrEnum):
    """When a component that took part in an incident is lowered, once nothing claims it any more."""

    MONITORING = "monitoring"
    """At once: when its last claim ends."""
    RESOLVED = "resolved"
    """When the incident is over."""


class WhileDrafted(StrEnum):
    """What becomes of the statuses of what an incident covers while its draft waits."""

    NOW = "now"
    """They are shown by the component rules alone."""
    WITH_DRAFT = "with_draft"
    """Nothing gets worse there before the draft is told."""


class Postmortem(StrEnum):
    """What is written of an incident that is over."""

    NONE = "none"
    DRAFT = "draft"
    """A draft of what was told, for a person."""


class Notify(StrEnum):
    """A transition of which subscribers can be told."""

    OPEN = "open"
    """It began."""
    ESCALATE = "escalate"
    """It is worse than it ever was."""
    IDENTIFY = "identify"
    """Its cause is known."""
    RETURN = "return"
    """It fires again while it was monitored."""
    UPDATE = "update"
    """It goes on."""
    MONITOR = "monitor"
    """Everything has recovered."""
    RESOLVE = "resolve"
    """It is over."""


DEFAULT_NOTIFY = frozenset({Notify.OPEN, Notify.ESCALATE, Notify.RESOLVE})
"""That it began, that it grew, and that it is over (users.md, "Notification hygiene")."""


@dataclass(frozen=True, slots=True)
class StatusLadder:
    """A status chosen by the value of a label; a value that is not listed claims nothing."""

    label: str
    rungs: tuple[tuple[str, ComponentStatus], ...]

    def status(self, value: str) -> ComponentStatus | None:
        """The status for a label value; None for a value that is not listed."""
        return next((status for rung, status in self.rungs if rung == value), None)


@dataclass(frozen=True, slots=True)
class CountLadder:
    """A status chosen by how many are failing.

    Attributes:
        rungs: how many are enough, and for which status: both grow.
    """

    rungs: tuple[tuple[int, ComponentStatus], ...]

    def needed(self, status: ComponentStatus) -> int:
        """How many are enough for this status or a worse one."""
        for count, rung in self.rungs:
            if rung.severity >= status.severity:
                return count
        raise ValueError(f"no rung is as bad as {status}")


@dataclass(frozen=True, slots=True)
class ComponentRule:
    """Failing signals that match make a claim on a component.

    Attributes:
        id: unique on the page.
        component: what is claimed.
        matchers: all must match a signal's labels; of a rule with a `condition` of its own, none.
        status: what is claimed: fixed, by a label, or by how many are failing. Of a rule that combines conditions it is fixed.
        for_: seconds, by our clock from receipt, that the condition must hold before it fires.
        keep_firing_for: seconds that the claim is kept after the condition ended.
        automation: `shadow` claims are decided, counted and shown, and never sent.
        condition: what is asked of the signals; None for one that matches and is failing.
        was: ids that the rule had before.
        cause: what the cause is while it claims, as a template for the public; empty for not known.
        asked: what must be true for a claim.
        conditions: the counting conditions in it, in order.
        statuses: the different statuses that the rule can claim, mildest first. Each has a hold of its own.
        times: the two durations.
    """

    id: RuleId
    component: ComponentName
    matchers: Matchers
    status: ComponentStatus | StatusLadder | CountLadder
    for_: float
    keep_firing_for: float
    automation: Automation = Automation.SHADOW
    condition: Expression | None = None
    was: tuple[RuleId, ...] = ()
    cause: str = ""
    asked: Expression = field(init=False, repr=False, compare=False)
    conditions: tuple[Condition, ...] = field(init=False, repr=False, compare=False)
    statuses: tuple[ComponentStatus, ...] = field(init=False, repr=False, compare=False)
    times: HoldTimes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Made once: every signal that matches asks.
        asked = self.condition if self.condition is not None else Condition(self.matchers)
        object.__setattr__(self, "asked", asked)
        object.__setattr__(self, "conditions", tuple(conditions_in(asked)))
        object.__setattr__(self, "statuses", _statuses(self.status))
        object.__setattr__(self, "times", HoldTimes(self.for_, self.keep_firing_for))

    @property
    def label_ladder(self) -> StatusLadder | None:
        """The ladder of a status by label."""
        return self.status if isinstance(self.status, StatusLadder) else None

    def needed(self, condition: Condition, status: ComponentStatus) -> int:
        """How many must be failing for the condition to be true of this status."""
        if isinstance(self.status, CountLadder):
            return self.status.needed(status)
        return condition.at_least


def _statuses(claimed: ComponentStatus | StatusLadder | CountLadder) -> tuple[ComponentStatus, ...]:
    if isinstance(claimed, ComponentStatus):
        return (claimed,)
    return tuple(sorted({status for _, status in claimed.rungs}, key=lambda status: status.severity))


@dataclass(frozen=True, slots=True)
class UnmappedRule:
    """What is left of a rule that takes its component from a label: signals whose value names none. They claim nothing, and are counted.

    Attributes:
        id: the rule's own, without a component.
        matchers: which signals: those that match any of these, which say too that the value is none of those that name a component.
    """

    id: str
    matchers: tuple[Matchers, ...]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The same as conditions, for the index."""
        return tuple(Condition(each) for each in self.matchers)


@dataclass(frozen=True, slots=True)
class Updates:
    """How it is told that an incident goes on.

    Attributes:
        every: seconds from the last transition.
        at_most: times in one episode.
    """

    every: float
    at_most: int


@dataclass(frozen=True, slots=True)
class IncidentTexts:
    """What is said in public at each transition, as templates (`bridge.core.templates`)."""

    investigating: str = "We are investigating a problem affecting {components}."
    escalated: str = "The problem has become more severe. Affected: {components}. We are still investigating."
    returned: str = "The problem has returned. We are investigating again. Affected: {components}."
    monitoring: str = "The affected components have recovered. We are monitoring them to be sure."
    resolved: str = "This incident has been resolved."
    identified: str = "We have identified the cause. {cause}"
    still: str = "We are still working on this problem. Affected: {components}."
    reopened: str = "The problem is back. We are investigating again. Affected: {components}, {periods}."


MONITORING_UNCHANGED = (
    "The problem seems to be over. We are monitoring the affected components until we are sure."
)
"""Said for `monitoring` where the components are lowered later: that they have recovered would contradict what readers see."""


@dataclass(frozen=True, slots=True)
class IncidentRule:
    """One incident over the components that it covers.

    Attributes:
        id: unique on the page; part of the identity that is written into the incident's metadata.
        components: every component of the page's rules that the incident covers.
        group_by: labels by whose values claims are divided into incidents of their own.
        open_at: a claim at or above this status opens the incident.
        close_at: the incident recovers when all that it covers are at or below this status.
        title: the incident's name on the page.
        texts: the bodies of its updates.
        monitor_for: seconds in `monitoring` before `resolved`.
        automation: the most that it does by itself.
        on_yield: what becomes of it when a person took it over and its cause is gone.
        public_labels: the labels and annotations of signals that its title and texts may show.
        notify: the transitions of which subscribers are told; that it began is always among them.
        impact: how bad it is, whatever its components say; told when it is opened.
        was: ids that the rule had before: by these, too, an incident on the page is known as its own.
        lower_at: when components that took part are lowered.
        absorbs: incidents that do not open while this one is open; their components join it. None of them absorbs, and each groups by at least the same labels.
        publish_after: seconds after which a draft of it is told by itself; None for never.
        components_while_drafted: what the components that it covers show while its draft waits.
        updates: how it is told that it goes on; None for never.
        templates: names of texts, each with that of the page's incident template which says it; `texts` has what is said where the page has none.
        postmortem: whether a draft is written of what was told, once it is over.
        reopen_within: seconds after our resolve within which what fires again is told in the same incident; zero for never.
    """

    id: IncidentRuleId
    components: tuple[ComponentName, ...]
    title: str
    group_by: tuple[str, ...] = ()
    open_at: ComponentStatus = ComponentStatus.PARTIAL_OUTAGE
    close_at: ComponentStatus = ComponentStatus.OPERATIONAL
    texts: IncidentTexts = field(default_factory=IncidentTexts)
    monitor_for: float = 600.0
    automation: Automation = Automation.SHADOW
    on_yield: OnYield = OnYield.LEAVE
    public_labels: tuple[PublicLabel, ...] = ()
    notify: frozenset[Notify] = DEFAULT_NOTIFY
    impact: Impact = Impact.AUTO
    was: tuple[IncidentRuleId, ...] = ()
    lower_at: LowerAt = LowerAt.MONITORING
    absorbs: tuple[IncidentRuleId, ...] = ()
    publish_after: float | None = None
    components_while_drafted: WhileDrafted = WhileDrafted.NOW
    updates: Updates | None = None
    postmortem: Postmortem = Postmortem.NONE
    templates: tuple[tuple[str, str], ...] = ()
    reopen_within: float = 0.0


@dataclass(frozen=True, slots=True)
class MetricRule:
    """A metric of the page and the series whose values it shows."""

    metric: str
    series: Series


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules of one page.

    Attributes:
        silences: what is unknown, and when.
        maintenances: what is announced.
        component_ids: the ids that the lock file gives names of components; names that it lacks are bound by what the page shows.
        metric_ids: the same of metrics.
        former_rules: which rule has what was an id of another name before (`was`).
        former_incidents: the same of incidents.
        incident_names: the ids that each incident had before, where it had any.
        incident_rules: the incidents, by id.
        public_annotations: the annotations that any incident may show; no other is kept of an alert.
    """

    page: str
    components: tuple[ComponentRule, ...] = ()
    incidents: tuple[IncidentRule, ...] = ()
    metrics: tuple[MetricRule, ...] = ()
    unmapped: tuple[UnmappedRule, ...] = ()
    component_ids: Mapping[ComponentName, str] = field(default_factory=dict, hash=False)
    metric_ids: Mapping[str, str] = field(default_factory=dict, hash=False)
    silences: tuple[Silence, ...] = ()
    maintenances: tuple[MaintenanceRule, ...] = ()
    former_rules: Mapping[RuleId, RuleId] = field(init=False, repr=False, compare=False)
    former_incidents: Mapping[IncidentRuleId, IncidentRuleId] = field(init=False, repr=False, compare=False)
    incident_names: Mapping[IncidentRuleId, tuple[IncidentRuleId, ...]] = field(
        init=False, repr=False, compare=False
    )
    public_annotations: frozenset[str] = field(init=False, repr=False, compare=False)

    incident_rules: Mapping[IncidentRuleId, IncidentRule] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "incident_rules", {rule.id: rule for rule in self.incidents})
        # Made once: every comparison of the page asks. An id that is in use is nobody's former one.
        rules = {rule.id for rule in self.components}
        incidents = {rule.id for rule in self.incidents}
        former_rules = {was: rule.id for rule in self.components for was in rule.was if was not in rules}
        former = {was: rule.id for rule in self.incidents for was in rule.was if was not in incidents}
        names = {
            rule.id: was
            for rule in self.incidents
            if (was := tuple(one for one in rule.was if one not in incidents))
        }
        object.__setattr__(self, "public_annotations", frozenset(public_annotations(self.incidents)))
        object.__setattr__(self, "former_rules", former_rules)
        object.__setattr__(self, "former_incidents", former)
        object.__setattr__(self, "incident_names", names)

    @property
    def component_names(self) -> tuple[ComponentName, ...]:
        """The components that any rule claims, in the order of the files."""
        return tuple(dict.fromkeys(rule.component for rule in self.components))

    def group_labels(self, component: ComponentName) -> tuple[str, ...]:
        """The labels by which claims on this component must be told apart, for the incidents that cover it."""
        return group_labels(incident for incident in self.incidents if component in incident.components)

    def public_labels(self, component: ComponentName) -> tuple[str, ...]:
        """The labels that an incident over this component may show, itself or by what absorbs it."""
        covering = {incident.id for incident in self.incidents if component in incident.components}
        return public_labels(
            incident
            for incident in self.incidents
            if incident.id in covering or not covering.isdisjoint(incident.absorbs)
        )


def group_labels(incidents: Iterable[IncidentRule]) -> tuple[str, ...]:
    """The labels by which any of these divides claims, in order."""
    return tuple(sorted({label for incident in incidents for label in incident.group_by}))


def public_labels(incidents: Iterable[IncidentRule]) -> tuple[str, ...]:
    """The labels that any of these may show, in order."""
    return _shown(incidents, annotations=False)


def public_annotations(incidents: Iterable[IncidentRule]) -> tuple[str, ...]:
    """The annotations that any of these may show, in order."""
    return _shown(incidents, annotations=True)


def _shown(incidents: Iterable[IncidentRule], *, annotations: bool) -> tuple[str, ...]:
    shown = (label for incident in incidents for label in incident.public_labels)
    return tuple(sorted({label.name for label in shown if label.annotation is annotations}))
