"""Maintenances as rule files declare them. What one is about is written as names and patterns; `compile` expands them. Must not know which components there are, nor what time it is."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import fields as fields_of
from typing import TYPE_CHECKING

from bridge.config.fields import (
    Fields,
    Length,
    Span,
    read_duration,
    read_fields,
    read_identifier,
    read_list,
    read_text,
    read_word,
)
from bridge.config.incidents import read_patterns
from bridge.config.problems import Placed, Problems, shown
from bridge.config.public_labels import check_template
from bridge.config.rule_defaults import AUTOMATION_HINTS, RULE_AUTOMATION
from bridge.config.windows import read_window
from bridge.core.maintenance_rules import (
    DEFAULT_MAINTENANCE_NOTIFY,
    Extend,
    MaintenanceId,
    MaintenanceNotify,
    MaintenanceRule,
    MaintenanceTexts,
    Tell,
)
from bridge.core.statuses import Automation
from bridge.core.text import BODY_LIMIT, NAME_LIMIT

if TYPE_CHECKING:
    from bridge.config.document import Node
    from bridge.config.problems import Place
    from bridge.core.maintenance_rules import Overrun

MAXIMUM_MAINTENANCES = 200
"""Of one page."""
ANNOUNCE = Span(0.0, 60 * 86_400.0)
GRACE = Span(0.0, 86_400.0)
LONGER = Span(300.0, 7 * 86_400.0)
MOST_EXTENSIONS = 20

_KNOWN = {
    "id": None,
    "components": None,
    "title": None,
    "window": None,
    "schedule": None,
    "announce": None,
    "remind": None,
    "overrun": None,
    "grace": None,
    "automation": None,
    "notify": None,
    "texts": None,
    "name": 'it is called "title"',
    "matchers": "a maintenance is about components; what covers signals is a silence",
}
_TEXTS = {field.name: None for field in fields_of(MaintenanceTexts)}
_OVERRUN_KNOWN = {"extend": None, "tell": None, "at_most": None}
_OVERRUN_EXAMPLE = "write overrun: {extend: 30m, at_most: 4}, or overrun: {tell: 4h}"
_NOTIFY_HINTS = {
    "open": "write announce",
    "start": "write begin",
    "complete": "write end",
    "none": "leave it out for announce, move and cancel",
}


@dataclass(frozen=True, slots=True)
class DeclaredMaintenance:
    """A maintenance whose components are not expanded yet; `rule` is None where it is faulty."""

    place: Place
    id: Placed[str] | None
    patterns: tuple[Placed[str], ...]
    rule: MaintenanceRule | None


def read_maintenance(node: Node, problems: Problems) -> DeclaredMaintenance | None:
    """One entry of `maintenances`."""
    example = "write - id: rebuild"
    fields = read_fields(node, problems, what="a maintenance", known=_KNOWN, example=example)
    if fields is None:
        return None
    hint = "it is written into the maintenance's metadata; with another id it is another maintenance"
    id_node = fields.need("id", hint)
    identifier = None if id_node is None else read_identifier(id_node, problems, what='"id"')
    patterns = tuple(read_patterns(fields, problems))
    title = fields.need_text("title", "it is the maintenance's public name", length=Length(NAME_LIMIT))
    if title is not None:
        check_template(title, fields.get("title"), problems, labels=(), components=False)
    window = read_window(fields, problems, what="a maintenance")
    texts, notify = _texts(fields, problems), _notify(fields, problems)
    overrun = _overrun(fields, problems)
    announce = fields.duration("announce", 2 * 86_400.0, span=ANNOUNCE)
    grace = fields.duration("grace", 120.0, span=GRACE)
    automation = fields.word("automation", Automation.SHADOW, words=RULE_AUTOMATION, hints=AUTOMATION_HINTS)
    remind = _remind(fields, problems)
    if identifier is None or title is None or window is None:
        return DeclaredMaintenance(fields.place, identifier, patterns, None)
    rule = MaintenanceRule(
        MaintenanceId(identifier.value),
        (),
        title.value,
        window,
        texts,
        announce,
        remind,
        overrun,
        grace,
        automation,
        notify,
    )
    return DeclaredMaintenance(fields.place, identifier, patterns, rule)


def _remind(fields: Fields, problems: Problems) -> bool:
    node = fields.get("remind")
    text = None if node is None else read_text(node, problems, what='"remind"')
    if text is None:
        return True
    if text.value not in {"true", "false"}:
        problems.add(text.place, f'"remind" cannot be {shown(text.value)}', "write true or false")
    return text.value != "false"


def _texts(fields: Fields, problems: Problems) -> MaintenanceTexts:
    node = fields.get("texts")
    example = 'write texts: {scheduled: "We rebuild the index."}'
    written = (
        None if node is None else read_fields(node, problems, what="texts", known=_TEXTS, example=example)
    )
    if written is None:
        return MaintenanceTexts()
    texts: dict[str, str] = {}
    for name in _TEXTS:
        text = written.text(name, length=Length(BODY_LIMIT, lines=True))
        if text is not None:
            check_template(text, written.get(name), problems, labels=(), components=True)
            texts[name] = text.value
    return MaintenanceTexts(**texts)


def _notify(fields: Fields, problems: Problems) -> frozenset[MaintenanceNotify]:
    node = fields.get("notify")
    if node is None:
        return DEFAULT_MAINTENANCE_NOTIFY
    words: dict[MaintenanceNotify, None] = {}
    for item in read_list(node, problems, what='"notify"', of="what subscribers are told"):
        word = read_word(item, problems, what='"notify"', words=tuple(MaintenanceNotify), hints=_NOTIFY_HINTS)
        if word in words:
            problems.add(item.place, f"{shown(word)} stands twice")
        elif word is not None:
            words[word] = None
    if words and MaintenanceNotify.ANNOUNCE not in words:
        hint = "add announce: who did not hear of it hears nothing of its end"
        problems.add(node.place, '"notify" lacks announce', hint)
    return frozenset(words)


def _overrun(fields: Fields, problems: Problems) -> Overrun | None:
    """What becomes of one that takes longer; None to end as planned."""
    node = fields.get("overrun")
    known = _OVERRUN_KNOWN
    inner = (
        None
        if node is None
        else read_fields(node, problems, what='"overrun"', known=known, example=_OVERRUN_EXAMPLE)
    )
    if inner is None:
        return None
    extend, tell, at_most = inner.get("extend"), inner.get("tell"), inner.get("at_most")
    if (extend is None) is (tell is None):
        problems.add(inner.place, '"overrun" takes either "extend" or "tell"', _OVERRUN_EXAMPLE)
        return None
    if tell is not None:
        if at_most is not None:
            hint = "tell says how long it may take at most"
            problems.add(inner.key_place("at_most"), '"at_most" stands beside "tell"', hint)
        seconds = read_duration(tell, problems, what='"tell"', span=LONGER)
        return None if seconds is None else Tell(seconds)
    times = inner.need_text("at_most", "write how often it is extended, such as at_most: 4")
    seconds = None if extend is None else read_duration(extend, problems, what='"extend"', span=LONGER)
    if times is None or seconds is None:
        return None
    if not (times.value.isascii() and times.value.isdigit() and 1 <= int(times.value[:9]) <= MOST_EXTENSIONS):
        problems.add(
            times.place, f'"at_most" cannot be {shown(times.value)}', f"a number from 1 to {MOST_EXTENSIONS}"
        )
        return None
    return Extend(seconds, int(times.value))
