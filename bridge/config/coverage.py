"""What an incident covers: its names and patterns expanded over the components that have rules.

Must not know where the incidents come from.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.config.lint_names import Lint
from bridge.config.names import by_pattern
from bridge.config.problems import Problems, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.config.incidents import DeclaredIncident
    from bridge.config.problems import Placed
    from bridge.core.rules import ComponentName, IncidentRule

_MAXIMUM_LISTED = 3


def _one_absorbs(one: DeclaredIncident, other: DeclaredIncident) -> bool:
    return other.rule.id in one.rule.absorbs or one.rule.id in other.rule.absorbs


class Coverage:
    """The components of a page, and which incident covered each of them first."""

    def __init__(self, components: tuple[ComponentName, ...], problems: Problems) -> None:
        self._problems = problems
        self._patterns = by_pattern(components)
        self._covering: dict[ComponentName, DeclaredIncident] = {}

    def expanded(self, incident: DeclaredIncident) -> IncidentRule:
        """The incident with its components; a pattern that covers none is a problem, an overlap a warning."""
        covered = dict.fromkeys(self.covered(incident.patterns))
        self._warn_of_overlap(incident, covered)
        return replace(incident.rule, components=tuple(covered))

    def covered(self, patterns: Iterable[Placed[str]]) -> tuple[ComponentName, ...]:
        """The components that names and patterns mean; one that means none is a problem."""
        covered: dict[ComponentName, None] = {}
        for pattern in {placed.value: placed for placed in patterns}.values():
            found = self._patterns.get(pattern.value)
            if found is not None:
                covered.update(dict.fromkeys(found))
            elif not self._problems.incomplete:
                message = f"no component with rules is {shown(pattern.value)}"
                hint = "name components as under components"
                known = self._patterns.keys()
                self._problems.add_unknown(pattern.place, message, word=pattern.value, known=known, hint=hint)
        return tuple(covered)

    def _warn_of_overlap(self, incident: DeclaredIncident, covered: dict[ComponentName, None]) -> None:
        shared: dict[str, tuple[DeclaredIncident, list[str]]] = {}
        for component in covered:
            first = self._covering.setdefault(component, incident)
            if first is not incident and not _one_absorbs(first, incident):
                shared.setdefault(first.rule.id, (first, []))[1].append(shown(component))
        for identifier, (first, names) in shared.items():
            listed = ", ".join(names[:_MAXIMUM_LISTED])
            more = f" and {len(names) - _MAXIMUM_LISTED} more" if len(names) > _MAXIMUM_LISTED else ""
            message = f"{listed}{more} is also covered by the incident {shown(identifier)}"
            self._problems.warn(
                incident.place,
                message,
                f"that one is at {first.place}; both may open",
                lint=Lint.OVERLAPPING_INCIDENTS,
            )
