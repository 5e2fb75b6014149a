"""Rules in shadow as they are once somebody trusts them: tests show what they would publish before they do. Knows nothing of tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.statuses import Automation

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet


def raised(ruleset: RuleSet, level: Automation) -> RuleSet:
    """The same rules; whatever is in shadow has this level, and what says another one keeps it.

    Component rules and maintenances know `shadow` and `full` alone: they are published at every level above `shadow`.
    """
    if level is Automation.SHADOW:
        return ruleset
    shadow, full = Automation.SHADOW, Automation.FULL
    return replace(
        ruleset,
        components=tuple(
            replace(rule, automation=full) if rule.automation is shadow else rule
            for rule in ruleset.components
        ),
        incidents=tuple(
            replace(rule, automation=level) if rule.automation is shadow else rule
            for rule in ruleset.incidents
        ),
        maintenances=tuple(
            replace(rule, automation=full) if rule.automation is shadow else rule
            for rule in ruleset.maintenances
        ),
    )
