"""Incidents as rule files declare them.

What an incident covers is written as names and patterns; `compile` expands them once every file has been read. Must not know which components there are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import fields as fields_of
from typing import TYPE_CHECKING

from bridge.config.document import Scalar
from bridge.config.fields import (
    Fields,
    Length,
    Span,
    read_fields,
    read_identifier,
    read_identifiers,
    read_list,
    read_text,
)
from bridge.config.names import NamingError, component_pattern
from bridge.config.problems import Place, Placed, Problems, shown
from bridge.core.rules import IncidentRule, IncidentRuleId, IncidentTexts, OnYield
from bridge.core.statuses import CLAIMABLE, Automation, ComponentStatus
from bridge.core.text import BODY_LIMIT, NAME_LIMIT, PLACEHOLDER

if TYPE_CHECKING:
    from bridge.config.document import Node

MAXIMUM_HOLD = 7 * 86_400.0
"""Seconds; a longer hold is a slip of the pen."""
_KNOWN = {
    "id": None,
    "was": None,
    "components": None,
    "title": None,
    "open_at": None,
    "close_at": None,
    "automation": None,
    "monitor_for": None,
    "group_by": None,
    "on_yield": None,
    "texts": None,
    "name": 'it is called "title"',
    "for": "it belongs to the component rules",
    "keep_firing_for": "it belongs to the component rules",
}
_TEXTS = {field.name: None for field in fields_of(IncidentTexts)}
_CLOSING = (ComponentStatus.OPERATIONAL, *CLAIMABLE[:-1])
_BRACES = re.compile(r"\{[^{}]*\}?|\}")


@dataclass(frozen=True, slots=True)
class DeclaredIncident:
    """An incident whose components are not expanded yet: `rule.components` is empty."""

    place: Place
    id: Placed[str] | None
    patterns: tuple[Placed[str], ...]
    rule: IncidentRule
    was: tuple[Placed[str], ...] = ()


def read_incident(node: Node, problems: Problems, automation: Automation) -> DeclaredIncident | None:
    """One entry of `incidents`; `automation` is the document's default."""
    fields = read_fields(node, problems, what="an incident", known=_KNOWN, example="write - id: checkout")
    if fields is None:
        return None
    id_node = fields.need(
        "id", "it is written into the incident's metadata; if it changes, was: names the old one"
    )
    identifier = None if id_node is None else read_identifier(id_node, problems, what='"id"')
    patterns = tuple(_patterns(fields, problems))
    title = fields.need_text("title", "it is the incident's public name", length=Length(NAME_LIMIT))
    if title is not None:
        _check_braces(title, fields.get("title"), problems, allowed="")
    open_at = fields.word("open_at", ComponentStatus.PARTIAL_OUTAGE, words=CLAIMABLE)
    close_at = fields.word("close_at", ComponentStatus.OPERATIONAL, words=_CLOSING)
    if close_at.severity >= open_at.severity:
        message = f'"close_at" ({close_at}) must be milder than "open_at" ({open_at})'
        hint = (
            "the incident opens at the one and has recovered at the other; left out, close_at is operational"
        )
        problems.add(fields.key_place("close_at" if "close_at" in fields else "open_at"), message, hint)
    was_node = fields.get("was")
    was = () if was_node is None else read_identifiers(was_node, problems, what='"was"')
    rule = IncidentRule(
        id=IncidentRuleId(identifier.value if identifier else ""),
        components=(),
        title=title.value if title else "",
        group_by=tuple(_group_by(fields, problems)),
        open_at=open_at,
        close_at=close_at,
        texts=_texts(fields, problems),
        monitor_for=fields.duration("monitor_for", 600.0, span=Span(0.0, MAXIMUM_HOLD)),
        automation=fields.word("automation", automation, words=tuple(Automation)),
        on_yield=fields.word("on_yield", OnYield.LEAVE, words=tuple(OnYield)),
        was=tuple(IncidentRuleId(former.value) for former in was),
    )
    return DeclaredIncident(fields.place, identifier, patterns, rule, was)


def _patterns(fields: Fields, problems: Problems) -> list[Placed[str]]:
    node = fields.need("components", "list the components that it covers, such as [Checkout / *]")
    items = () if node is None else read_list(node, problems, what='"components"', of="components")
    patterns: list[Placed[str]] = []
    for item in items:
        text = read_text(item, problems, what="a component")
        if text is None:
            continue
        try:
            patterns.append(Placed(component_pattern(text.value), text.place))
        except NamingError as error:
            problems.add(text.place, f"{shown(text.value)}: {error}", error.hint)
    return patterns


def _group_by(fields: Fields, problems: Problems) -> dict[str, None]:
    """The names of labels, each once, in the order of the file."""
    node = fields.get("group_by")
    names: dict[str, None] = {}
    for item in () if node is None else read_list(node, problems, what='"group_by"', of="labels"):
        text = read_text(item, problems, what="a label's name")
        if text is not None and text.value in names:
            problems.add(text.place, f"the label {shown(text.value)} stands twice")
        elif text is not None:
            names[text.value] = None
    return names


def _texts(fields: Fields, problems: Problems) -> IncidentTexts:
    node = fields.get("texts")
    example = 'write texts: {resolved: "All is well again."}'
    written = (
        None if node is None else read_fields(node, problems, what="texts", known=_TEXTS, example=example)
    )
    if written is None:
        return IncidentTexts()
    texts: dict[str, str] = {}
    for name in _TEXTS:
        text = written.text(name, length=Length(BODY_LIMIT, lines=True))
        if text is not None:
            _check_braces(text, written.get(name), problems, allowed=PLACEHOLDER)
            texts[name] = text.value
    return IncidentTexts(**texts)


def _check_braces(text: Placed[str], node: Node | None, problems: Problems, *, allowed: str) -> None:
    """Refuse what looks like a placeholder and would be published as it stands."""
    source = node.text if isinstance(node, Scalar) else text.value
    for found in _BRACES.finditer(source):
        if found[0] == allowed:
            continue
        place = node.at(found.start()) if isinstance(node, Scalar) else text.place
        hint = (
            f"the only placeholder is {allowed}"
            if allowed
            else "a title is a fixed text; placeholders stand in texts"
        )
        problems.add(place, f"{shown(found[0])} is not a placeholder", hint)
