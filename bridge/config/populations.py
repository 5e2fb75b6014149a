"""What is counted beside what incidents are grouped by. Must not know how either is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config.names import by_pattern
from bridge.config.problems import shown

if TYPE_CHECKING:
    from bridge.config.declared_page import DeclaredPage
    from bridge.config.problems import Problems
    from bridge.core.rules import RuleSet


def check_populations(page: DeclaredPage, rule_set: RuleSet, problems: Problems) -> None:
    """Refuse what is counted over the groups of an incident: within one group, the others are missing."""
    patterns = by_pattern(rule_set.component_names)
    for declared in page.rules:
        asked = declared.asked
        counted = [] if asked is None else [one.of for one in asked.declared() if one.of is not None]
        if not counted:
            continue
        grouped = {
            label: None
            for component, _ in declared.target.expanded(patterns)
            for label in rule_set.group_labels(component)
        }
        for of in counted:
            if grouped and (of.observed or of.label in grouped):
                by = ", ".join(shown(label) for label in grouped)
                message = f'"of" cannot be told where incidents are grouped by {by}'
                hint = "each group counts for itself; count another label, or leave group_by out"
                problems.add(of.place, message, hint)
