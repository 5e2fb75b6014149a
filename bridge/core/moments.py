"""The earliest moments at which a rule can go public, and be green again: what its holds amount to, before anything happens.

Counted from what sources report, as the bridge receives it: red from when the condition is met, green from when it has ended. Knows no signal and no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.lowering import lowers_late
from bridge.core.statuses import Automation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.rules import ComponentRule, IncidentRule, IncidentRuleId, RuleId, RuleSet


@dataclass(frozen=True, slots=True)
class IncidentMoments:
    """An incident that a rule alone can open, and when it would be resolved at the earliest."""

    incident: IncidentRuleId
    shadow: bool
    resolved_after: float


@dataclass(frozen=True, slots=True)
class Moments:
    """The earliest moments of one rule, in seconds.

    Attributes:
        rule: its id.
        shadow: it publishes nothing; then these are the moments at which it would.
        red_after: after its condition is met.
        green_after: after its condition has ended.
        incidents: those that it can open.
    """

    rule: RuleId
    shadow: bool
    red_after: float
    green_after: float
    incidents: tuple[IncidentMoments, ...]


def earliest_moments(ruleset: RuleSet) -> Iterator[Moments]:
    """Of every component rule, in the order of the files."""
    for rule in ruleset.components:
        opened = [incident for incident in ruleset.incidents if _opens(rule, incident)]
        late = [incident.monitor_for for incident in opened if lowers_late(incident)]
        yield Moments(
            rule.id,
            rule.automation is Automation.SHADOW,
            rule.for_,
            rule.keep_firing_for + max(late, default=0.0),
            tuple(
                IncidentMoments(
                    incident.id,
                    incident.automation is Automation.SHADOW,
                    rule.keep_firing_for + incident.monitor_for,
                )
                for incident in opened
            ),
        )


def _opens(rule: ComponentRule, incident: IncidentRule) -> bool:
    worst = max(status.severity for status in rule.statuses)
    seen = incident.automation is Automation.SHADOW or rule.automation is not Automation.SHADOW
    return seen and rule.component in incident.components and worst >= incident.open_at.severity
