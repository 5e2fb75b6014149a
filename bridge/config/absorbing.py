"""`absorbs` of an incident: which others do not open while it is open. Must not know how an incident is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config.lint_names import Lint
from bridge.config.problems import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.config.incidents import DeclaredIncident
    from bridge.config.problems import Placed, Problems


def check_absorbing(incidents: Iterable[DeclaredIncident], problems: Problems) -> None:
    """Report what cannot be absorbed: what is not there, the incident itself, what absorbs others, and what is grouped by less than its absorber."""
    declared = {incident.id.value: incident for incident in incidents if incident.id is not None}
    for incident in declared.values():
        seen: set[str] = set()
        for name in incident.absorbs:
            absorbed = declared.get(name.value)
            if name.value in seen:
                problems.add(name.place, f"the incident {shown(name.value)} stands twice")
            elif absorbed is None:
                _add_unknown(name, declared, problems)
            elif absorbed is incident:
                problems.add(name.place, "an incident cannot absorb itself", "name others, or leave it out")
            else:
                _check(incident, name, absorbed, problems)
            seen.add(name.value)


def _add_unknown(name: Placed[str], declared: Mapping[str, DeclaredIncident], problems: Problems) -> None:
    if problems.incomplete:
        return
    message = f"there is no incident {shown(name.value)} on this page"
    hint = f"there are {', '.join(declared)}"
    problems.add_unknown(name.place, message, word=name.value, known=declared.keys(), hint=hint)


def _check(
    incident: DeclaredIncident, name: Placed[str], absorbed: DeclaredIncident, problems: Problems
) -> None:
    what = f"the incident {shown(name.value)}"
    rule, other = incident.rule, absorbed.rule
    if absorbed.absorbs:
        message = f"{what} absorbs others itself"
        hint = f"list those here too, and leave absorbs out of the one at {absorbed.place}"
        problems.add(name.place, message, hint)
    missing = [label for label in rule.group_by if label not in other.group_by]
    if missing:
        message = f"{what} is not grouped by {', '.join(shown(label) for label in missing)}"
        hint = "which group it joins cannot be told; add that to its group_by, or group both by nothing"
        problems.add(name.place, message, hint)
    if rule.automation.level < other.automation.level:
        message = (
            f"nothing of {what} is absorbed: {rule.automation} does less by itself than {other.automation}"
        )
        hint = f"say automation: {other.automation} for this one too"
        problems.warn(name.place, message, hint, lint=Lint.NOTHING_ABSORBED)
