"""`cause` of a component rule: what its incidents say of the cause while it claims.

A cause stands below a component, and what it may show is said by the incidents that cover it; so it is checked once all files are read. Must not know conditions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.config.fields import Length
from bridge.config.lint_names import Lint
from bridge.config.names import by_pattern
from bridge.config.problems import shown
from bridge.config.public_labels import check_template

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.config.declared_rules import DeclaredRule
    from bridge.config.document import Node
    from bridge.config.fields import Fields
    from bridge.config.incidents import DeclaredIncident
    from bridge.config.problems import Placed, Problems
    from bridge.core.public_labels import PublicLabel
    from bridge.core.rules import ComponentName, IncidentRule, IncidentRuleId

LONGEST_CAUSE = 1000
"""Characters: a sentence or three, within an update's body."""


@dataclass(frozen=True, slots=True)
class DeclaredCause:
    """A cause as it was written, and where."""

    text: Placed[str]
    node: Node | None


def read_cause(fields: Fields) -> DeclaredCause | None:
    """The value of `cause`."""
    text = fields.text("cause", length=Length(LONGEST_CAUSE, lines=True))
    return None if text is None else DeclaredCause(text, fields.get("cause"))


def check_causes(
    rules: Iterable[DeclaredRule], incidents: tuple[IncidentRule, ...], problems: Problems
) -> Mapping[IncidentRuleId, set[str]]:
    """Report causes that no incident can tell, and placeholders that one of the incidents may not show.

    Returns:
        The labels that causes show, for each incident.
    """
    covering: dict[ComponentName, list[IncidentRule]] = {}
    for incident in incidents:
        # What an incident absorbs, it tells of.
        told = (one for one in incidents if one is incident or one.id in incident.absorbs)
        for name in dict.fromkeys(name for one in told for name in one.components):
            covering.setdefault(name, []).append(incident)
    patterns = by_pattern(covering)
    used: dict[IncidentRuleId, set[str]] = {}
    for rule in rules:
        cause = rule.cause
        if cause is None:
            continue
        telling = {
            incident.id: incident
            for component, _ in rule.target.expanded(patterns)
            for incident in covering.get(component, ())
        }
        if not telling and not problems.incomplete:
            message = "no incident covers what this rule claims, so nobody is told the cause"
            problems.add(cause.text.place, message, "leave it out, or list the component in an incident")
        for incident in telling.values():
            found = _checked(cause, incident.public_labels, problems)
            used.setdefault(incident.id, set()).update(found)
    return used


def _checked(cause: DeclaredCause, labels: tuple[PublicLabel, ...], problems: Problems) -> set[str]:
    return check_template(cause.text, cause.node, problems, labels=labels, components=True)


def warn_of_unused(
    incidents: Iterable[DeclaredIncident], used: Mapping[IncidentRuleId, set[str]], problems: Problems
) -> None:
    """Tell of public labels that neither a text of their incident nor a cause shows."""
    for incident in incidents:
        for name in incident.unused:
            if name.value not in used.get(incident.rule.id, ()):
                message = f"no text of the incident shows {shown(name.value)}"
                problems.warn(
                    name.place,
                    message,
                    f"write [ in {{{name.value}}}], or leave it out",
                    lint=Lint.UNUSED_LABEL,
                )
