"""What a component rule claims: one component, all of a group, or the one that a label of the signal names.

A rule over several components is one rule for each of them, with a hold and an id of its own. Must not know what the rule asks, nor which components the page has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.config.document import Faulty, Mapping, Node, Scalar, Sequence
from bridge.config.fields import read_fields, read_mapping, read_text
from bridge.config.names import (
    EVERYTHING,
    NamingError,
    component_name,
    component_pattern,
    grouped_name,
    is_group,
)
from bridge.config.problems import Place, Placed, Problems, shown
from bridge.core.matching import Matcher, Matchers, MatchOperator
from bridge.core.rules import ComponentName

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Table


_NAME_KNOWN = {"group": None, "name": None}
_LABEL_KNOWN = {"label": None, "map": None}
_EXAMPLE = 'write "Group / Name", {group: Group, name: A / B}, or {label: team, map: {shop: Shop / API}}'
MAXIMUM_MAPPED = 1100


@dataclass(frozen=True, slots=True)
class Target:
    """What a rule claims.

    Attributes:
        place: where it stands.
        pattern: a component's name, or `Group / *`; empty for a label.
        label: the label that names the component, or empty.
        values: its values, each with the component.
    """

    place: Place
    pattern: str = ""
    label: str = ""
    values: tuple[tuple[str, Placed[ComponentName]], ...] = ()

    def names(self) -> Iterator[Placed[ComponentName]]:
        """The components that are named here."""
        if self.label:
            yield from (name for _, name in self.values)
        elif not is_group(self.pattern):
            yield Placed(ComponentName(self.pattern), self.place)

    def expanded(
        self, patterns: Table[str, tuple[ComponentName, ...]]
    ) -> Iterator[tuple[ComponentName, Matchers]]:
        """The components, each with what a signal must match to be about it.

        Args:
            patterns: what each pattern covers.
        """
        if not self.label:
            yield from ((name, ()) for name in patterns.get(self.pattern, ()))
            return
        by_name: dict[ComponentName, list[str]] = {}
        for value, name in self.values:
            by_name.setdefault(name.value, []).append(value)
        for component, values in by_name.items():
            yield component, (_one_of(self.label, values),)

    @property
    def unmapped(self) -> Matchers:
        """What a signal matches that names none."""
        text = "|".join(re.escape(value) for value, _ in self.values)
        return (Matcher(self.label, MatchOperator.NOT_REGEX, text),)


def _one_of(label: str, values: list[str]) -> Matcher:
    if len(values) == 1:
        return Matcher(label, MatchOperator.EQUAL, values[0])
    return Matcher(label, MatchOperator.REGEX, "|".join(re.escape(value) for value in values))


def read_key(key: Scalar, problems: Problems) -> Target | None:
    """A key of `components`: a component's name or `Group / *`."""
    text = read_text(key, problems, what="a component's name")
    return None if text is None else _named(text, problems)


def read_target(node: Node, problems: Problems) -> Target | None:
    """The value of `component`."""
    match node:
        case Scalar():
            text = read_text(node, problems, what='"component"')
            return None if text is None else _named(text, problems)
        case Mapping(entries=entries) if any(key.text in _LABEL_KNOWN for key, _ in entries):
            return _labelled(node, problems)
        case Mapping():
            name = read_name(node, problems)
            return None if name is None else Target(name.place, name.value)
        case Sequence():
            problems.add(node.place, '"component" must be one component, not a list', _EXAMPLE)
        case Faulty():
            pass
    return None


def read_name(node: Node, problems: Problems) -> Placed[ComponentName] | None:
    """A component by its name as a text, or by group and name: names may hold slashes."""
    parts: tuple[str, ...] | None
    if isinstance(node, Scalar):
        text = read_text(node, problems, what="a component")
        parts = None if text is None else (text.value,)
    else:
        fields = read_fields(node, problems, what="a component", known=_NAME_KNOWN, example=_EXAMPLE)
        if fields is None:
            return None
        group = fields.need_text("group", "a component without a group is named by a text")
        name = fields.need_text("name", "write name: A / B")
        parts = None if group is None or name is None else (group.value, name.value)
    if parts is None:
        return None
    try:
        return Placed(grouped_name(*parts) if len(parts) > 1 else component_name(*parts), node.place)
    except NamingError as error:
        problems.add(node.place, f"{', '.join(shown(part) for part in parts)}: {error}", error.hint)
        return None


def _named(text: Placed[str], problems: Problems) -> Target | None:
    try:
        pattern = component_pattern(text.value)
    except NamingError as error:
        problems.add(text.place, f"{shown(text.value)}: {error}", error.hint)
        return None
    if pattern == EVERYTHING:
        message = f"{shown(text.value)}: a rule claims one component, or all of a group"
        problems.add(text.place, message, 'write "Group / *"')
        return None
    return Target(text.place, pattern)


def _labelled(node: Node, problems: Problems) -> Target | None:
    fields = read_fields(node, problems, what="a component by label", known=_LABEL_KNOWN, example=_EXAMPLE)
    if fields is None:
        return None
    label = fields.need_text("label", "write label: statuspage_component")
    hint = "write map: {api: Checkout / API}; a value that is not in it claims nothing"
    map_node = fields.need("map", hint)
    mapping = None if map_node is None else read_mapping(map_node, problems, what='"map"', example=hint)
    if mapping is None or label is None:
        return None
    if not mapping.entries or len(mapping.entries) > MAXIMUM_MAPPED:
        problems.add(
            mapping.place, f'"map" has {len(mapping.entries):,} values', f"from 1 to {MAXIMUM_MAPPED:,}"
        )
        return None
    values = []
    for value, component in mapping.entries:
        found = read_text(value, problems, what="a value of the label")
        name = read_name(component, problems)
        if found is not None and name is not None:
            values.append((found.value, name))
    if len(values) < len(mapping.entries):
        return None
    return Target(fields.place, label=label.value, values=tuple(values))
