"""Compiled rules: what a rule file means once every mistake has been found.

One `RuleSet` is one page's rules. It is immutable; a reload makes another. Knows no file, no YAML and no Statuspage id: components are named as the rule file names them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from bridge.core.statuses import Automation, ComponentStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.matching import Matchers

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


@dataclass(frozen=True, slots=True)
class StatusLadder:
    """A status chosen by the value of a label; a value that is not listed claims nothing."""

    label: str
    rungs: tuple[tuple[str, ComponentStatus], ...]

    def status(self, value: str) -> ComponentStatus | None:
        """The status for a label value; None for a value that is not listed."""
        return next((status for rung, status in self.rungs if rung == value), None)


@dataclass(frozen=True, slots=True)
class ComponentRule:
    """Failing signals that match make a claim on a component.

    Attributes:
        id: unique on the page.
        component: what is claimed.
        matchers: all must match a signal's labels.
        status: what is claimed, fixed or by a label.
        for_: seconds, by our clock from receipt, that the condition must hold before it fires.
        keep_firing_for: seconds that the claim is kept after the condition ended.
        automation: `shadow` claims are decided, counted and shown, and never sent.
        was: ids that the rule had before.
    """

    id: RuleId
    component: ComponentName
    matchers: Matchers
    status: ComponentStatus | StatusLadder
    for_: float
    keep_firing_for: float
    automation: Automation = Automation.FULL
    was: tuple[RuleId, ...] = ()

    @property
    def statuses(self) -> tuple[ComponentStatus, ...]:
        """The different statuses that the rule can claim, mildest first. Each has a hold of its own."""
        if isinstance(self.status, ComponentStatus):
            return (self.status,)
        return tuple(sorted({status for _, status in self.status.rungs}, key=lambda status: status.severity))


@dataclass(frozen=True, slots=True)
class IncidentTexts:
    """What is said in public at each transition; `{components}` is replaced by the display names."""

    investigating: str = "We are investigating a problem affecting {components}."
    escalated: str = "The problem has become more severe. Affected: {components}. We are still investigating."
    returned: str = "The problem has returned. We are investigating again. Affected: {components}."
    monitoring: str = "The affected components have recovered. We are monitoring them to be sure."
    resolved: str = "This incident has been resolved."


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
        was: ids that the rule had before: by these, too, an incident on the page is known as its own.
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
    was: tuple[IncidentRuleId, ...] = ()


@dataclass(frozen=True, slots=True)
class MetricRule:
    """A metric of the page and the series whose values it shows."""

    metric: str
    series: Series


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules of one page.

    Attributes:
        component_ids: the ids that the lock file gives names of components; names that it lacks are bound by what the page shows.
        metric_ids: the same of metrics.
        former_rules: which rule has what was an id of another name before (`was`).
        former_incidents: the same of incidents.
        incident_names: the ids that each incident had before, where it had any.
    """

    page: str
    components: tuple[ComponentRule, ...] = ()
    incidents: tuple[IncidentRule, ...] = ()
    metrics: tuple[MetricRule, ...] = ()
    component_ids: Mapping[ComponentName, str] = field(default_factory=dict, hash=False)
    metric_ids: Mapping[str, str] = field(default_factory=dict, hash=False)
    former_rules: Mapping[RuleId, RuleId] = field(init=False, repr=False, compare=False)
    former_incidents: Mapping[IncidentRuleId, IncidentRuleId] = field(init=False, repr=False, compare=False)
    incident_names: Mapping[IncidentRuleId, tuple[IncidentRuleId, ...]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
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
        object.__setattr__(self, "former_rules", former_rules)
        object.__setattr__(self, "former_incidents", former)
        object.__setattr__(self, "incident_names", names)

    @property
    def component_names(self) -> tuple[ComponentName, ...]:
        """The components that any rule claims, in the order of the files."""
        return tuple(dict.fromkeys(rule.component for rule in self.components))

    def group_labels(self, component: ComponentName) -> tuple[str, ...]:
        """The labels by which claims on this component must be told apart, for the incidents that cover it."""
        names = {
            label
            for incident in self.incidents
            if component in incident.components
            for label in incident.group_by
        }
        return tuple(sorted(names))
