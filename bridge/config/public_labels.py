"""`public_labels`, `public_annotations` and `display`: which labels and annotations of signals public texts may show, and by which words.

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
from bridge.core.templates import CAUSE, COMPONENTS, PERIODS, parse_template
from bridge.core.text import VALUE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.config.document import Node
    from bridge.config.fields import Fields

MAXIMUM_LABELS = 10
MAXIMUM_VALUES = 1000

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_RESERVED = {
    COMPONENTS: "the names of those affected",
    CAUSE: "the cause that a rule says",
    PERIODS: "when an incident lasted that is opened again",
}

Words = tuple[tuple[str, str], ...]
"""Values of a label, each with what is shown of it."""


@dataclass(frozen=True, slots=True)
class DeclaredLabels:
    """Labels that may be shown, in the order of the file, the words for their values, and annotations that may be shown."""

    names: tuple[Placed[str], ...] = ()
    display: Mapping[str, Words] = field(default_factory=dict)
    annotations: tuple[Placed[str], ...] = ()

    @property
    def labels(self) -> tuple[PublicLabel, ...]:
        """What texts may show."""
        labels = (PublicLabel(name.value, self.display.get(name.value)) for name in self.names)
        return (*labels, *(PublicLabel(name.value, annotation=True) for name in self.annotations))


NONE = DeclaredLabels()


def read_public_labels(fields: Fields, problems: Problems, above: DeclaredLabels = NONE) -> DeclaredLabels:
    """Read the keys; what is not written is as `above`, words label by label."""
    names, annotations = above.names, above.annotations
    if (node := fields.get("public_labels")) is not None:
        names = tuple(_names(node, problems, "public_labels", "label").values())
    if (node := fields.get("public_annotations")) is not None:
        annotations = tuple(_names(node, problems, "public_annotations", "annotation").values())
    for name in annotations:
        if any(name.value == label.value for label in names):
            message = f"{shown(name.value)} is among public_labels and public_annotations"
            problems.add(name.place, message, f"{{{name.value}}} could be either; leave one of them out")
    listed = {name.value for name in names}
    written = fields.get("display")
    display = {} if written is None else _display(written, problems, listed)
    return DeclaredLabels(names, {**above.display, **display}, annotations)


def _names(node: Node, problems: Problems, key: str, kind: str) -> dict[str, Placed[str]]:
    names: dict[str, Placed[str]] = {}
    for item in read_list(node, problems, what=f'"{key}"', of=f"{kind}s"):
        name = read_text(item, problems, what=f"{_a(kind)}'s name")
        if name is None:
            continue
        if not _NAME.fullmatch(name.value):
            hint = "letters, digits and _, as Prometheus names labels"
            problems.add(name.place, f"{shown(name.value)} is not the name of {_a(kind)}", hint)
        elif name.value in _RESERVED:
            hint = f"{{{name.value}}} is {_RESERVED[name.value]}; rename it in Prometheus"
            problems.add(name.place, f'the {kind} "{name.value}" cannot be shown', hint)
        elif name.value in names:
            problems.add(name.place, f"the {kind} {shown(name.value)} stands twice")
        elif len(names) >= MAXIMUM_LABELS:
            problems.add(name.place, f"more than {MAXIMUM_LABELS} {kind}s")
            break
        else:
            names[name.value] = name
    return names


def _a(kind: str) -> str:
    return f"an {kind}" if kind == "annotation" else f"a {kind}"


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
    periods: bool = False,
) -> set[str]:
    """Report what is wrong in a title or a text, each mistake at its place. Returns the labels that it shows."""
    names = tuple(label.name for label in labels)
    template = parse_template(text.value, names, components=components, causes=causes, periods=periods)
    for mistake in template.mistakes:
        place = text.place
        if isinstance(node, Scalar):
            margin = len(node.text) - len(node.text.lstrip())
            place = node.at(margin + mistake.offset)
        problems.add(place, mistake.message, mistake.hint)
    return {label for section in template.sections for label in section.labels}
