"""`public_labels` and `display`: which labels of signals public texts may show, and by which words.

They stand in an incident, or in the document for all incidents of it that say nothing else. Must not know the texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.config.document import Scalar
from bridge.config.fields import Length, read_list, read_mapping, read_text
from bridge.config.problems import Placed, Problems, shown
from bridge.core.leaks import leaks_in
from bridge.core.public_labels import PublicLabel
from bridge.core.templates import CAUSE, COMPONENTS, parse_template
from bridge.core.text import VALUE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.config.document import Node
    from bridge.config.fields import Fields

MAXIMUM_LABELS = 10
MAXIMUM_VALUES = 1000

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)

Words = tuple[tuple[str, str], ...]
"""Values of a label, each with what is shown of it."""


@dataclass(frozen=True, slots=True)
class DeclaredLabels:
    """Labels that may be shown, in the order of the file, and the words for their values."""

    names: tuple[Placed[str], ...] = ()
    display: Mapping[str, Words] = field(default_factory=dict)

    @property
    def labels(self) -> tuple[PublicLabel, ...]:
        """What texts may show."""
        return tuple(PublicLabel(name.value, self.display.get(name.value)) for name in self.names)


NONE = DeclaredLabels()


def read_public_labels(fields: Fields, problems: Problems, above: DeclaredLabels = NONE) -> DeclaredLabels:
    """Read both keys; what is not written is as `above`, words label by label."""
    node = fields.get("public_labels")
    names = above.names if node is None else tuple(_names(node, problems).values())
    listed = {name.value for name in names}
    written = fields.get("display")
    display = {} if written is None else _display(written, problems, listed)
    return DeclaredLabels(names, {**above.display, **display})


def _names(node: Node, problems: Problems) -> dict[str, Placed[str]]:
    names: dict[str, Placed[str]] = {}
    for item in read_list(node, problems, what='"public_labels"', of="labels"):
        name = read_text(item, problems, what="a label's name")
        if name is None:
            continue
        if not _NAME.fullmatch(name.value):
            hint = "letters, digits and _, as Prometheus names labels"
            problems.add(name.place, f"{shown(name.value)} is not the name of a label", hint)
        elif name.value == COMPONENTS:
            hint = f"{{{COMPONENTS}}} is the names of those affected; relabel it in Prometheus"
            problems.add(name.place, f'the label "{COMPONENTS}" cannot be shown', hint)
        elif name.value == CAUSE:
            hint = f"{{{CAUSE}}} is the cause that a rule says; relabel it in Prometheus"
            problems.add(name.place, f'the label "{CAUSE}" cannot be shown', hint)
        elif name.value in names:
            problems.add(name.place, f"the label {shown(name.value)} stands twice")
        elif len(names) >= MAXIMUM_LABELS:
            problems.add(name.place, f"more than {MAXIMUM_LABELS} labels")
            break
        else:
            names[name.value] = name
    return names


def _display(node: Node, problems: Problems, listed: set[str]) -> dict[str, Words]:
    example = "write display: {region: {eu-1: Europe}}"
    mapping = read_mapping(node, problems, what='"display"', example=example)
    display: dict[str, Words] = {}
    for key, value in mapping.entries if mapping else ():
        if key.text not in listed:
            message = f"{shown(key.text)} is not among public_labels"
            hint = f"write public_labels: [{key.text}]"
            problems.add_unknown(key.place, message, word=key.text, known=listed, hint=hint)
        what = f"the words for {shown(key.text)}"
        values = read_mapping(value, problems, what=what, example=example)
        if values is None:
            continue
        if not values.entries:
            problems.add(values.place, f"{what} are empty", "leave it out, and values are shown as they are")
        display[key.text] = tuple(_words(values.entries, problems))
    return display


def _words(entries: tuple[tuple[Scalar, Node], ...], problems: Problems) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in entries[:MAXIMUM_VALUES]:
        words = read_text(
            value, problems, what=f"the words for {shown(key.text)}", length=Length(VALUE_LIMIT)
        )
        if words is None:
            continue
        if leaks := {leak.value for leak, _ in leaks_in(words.value)}:
            message = (
                f"{shown(words.value)} would be withheld for what it looks like: {', '.join(sorted(leaks))}"
            )
            problems.add(words.place, message, "write words for readers of the page")
        found.append((key.text, words.value))
    if len(entries) > MAXIMUM_VALUES:
        problems.add(entries[MAXIMUM_VALUES][0].place, f"more than {MAXIMUM_VALUES:,} values of one label")
    return found


def check_template(
    text: Placed[str],
    node: Node | None,
    problems: Problems,
    *,
    labels: tuple[PublicLabel, ...],
    components: bool,
    causes: bool = False,
) -> set[str]:
    """Report what is wrong in a title or a text, each mistake at its place. Returns the labels that it shows."""
    names = tuple(label.name for label in labels)
    template = parse_template(text.value, names, components=components, causes=causes)
    for mistake in template.mistakes:
        place = text.place
        if isinstance(node, Scalar):
            margin = len(node.text) - len(node.text.lstrip())
            place = node.at(margin + mistake.offset)
        problems.add(place, mistake.message, mistake.hint)
    return {label for section in template.sections for label in section.labels}
