"""Reading what a test expects at an instant. Must not know what is given, nor how it is compared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bridge.config.document import Mapping
from bridge.config.fields import (
    Length,
    read_fields,
    read_list,
    read_mapping,
    read_one_or_more,
    read_text,
    read_word,
)
from bridge.config.problems import shown
from bridge.core.signals import NO_LABELS, Labels
from bridge.core.statuses import ComponentStatus, Impact, IncidentStatus
from bridge.core.text import BODY_LIMIT
from bridge.simulation.rehearsal.case_fields import component_of, read_at, read_listed, read_texts
from bridge.simulation.rehearsal.cases import Expectation, ExpectedIncident

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.config.document import Node
    from bridge.config.fields import Fields
    from bridge.config.problems import Problems

_EXPECT = {
    "at": None,
    "components": None,
    "would_have": None,
    "incidents": None,
    "updates": None,
    "notifications": None,
    "calls": None,
}
_INCIDENT = {
    "id": None,
    "status": None,
    "group": None,
    "title": None,
    "body": None,
    "impact": None,
    "components": None,
}


def read_expectation(node: Node, problems: Problems) -> Expectation | None:
    """One expectation; None where it cannot be read."""
    example = "write - {at: 5m, components: {Search: partial_outage}}"
    fields = read_fields(node, problems, what="an expectation", known=_EXPECT, example=example)
    if fields is None:
        return None
    at = read_at(fields, problems)
    if not any(key in fields for key in _EXPECT if key != "at"):
        problems.add(fields.place, "nothing is expected here", f"one of {', '.join(list(_EXPECT)[1:])}")
    calls = fields.get("calls")
    expectation = Expectation(
        at if at is not None else 0.0,
        fields.place,
        _read_statuses(fields, "components", problems),
        _read_statuses(fields, "would_have", problems),
        _read_incidents(fields, problems),
        _read_updates(fields, problems),
        _read_notifications(fields, problems),
        None if calls is None else tuple(_read_calls(calls, problems)),
    )
    return None if at is None else expectation


def _read_statuses(fields: Fields, key: str, problems: Problems) -> dict[str, ComponentStatus] | None:
    node = fields.get(key)
    example = f"write {key}: {{Search: partial_outage}}, or {key}: {{}} for none"
    mapping = None if node is None else read_mapping(node, problems, what=f'"{key}"', example=example)
    if mapping is None:
        return None
    found: dict[str, ComponentStatus] = {}
    for name, value in mapping.entries:
        component = component_of(name.text, name.place, problems)
        status = read_word(value, problems, what="a status", words=tuple(ComponentStatus))
        if component is not None and status is not None:
            found[component] = status
    return found


def _read_incidents(fields: Fields, problems: Problems) -> tuple[ExpectedIncident, ...] | None:
    """A list, or in short the ids with their statuses."""
    node = fields.get("incidents")
    if node is None:
        return None
    if isinstance(node, Mapping):
        short = []
        for name, value in node.entries:
            status = read_word(value, problems, what="a status", words=tuple(IncidentStatus))
            if status is not None:
                short.append(ExpectedIncident(name.text, status, NO_LABELS))
        return tuple(short)
    nodes = read_list(node, problems, what='"incidents"', of="incidents")
    return tuple(one for each in nodes if (one := _read_incident(each, problems)) is not None)


def _read_incident(node: Node, problems: Problems) -> ExpectedIncident | None:
    example = "write - {id: checkout, status: investigating}"
    fields = read_fields(node, problems, what="an incident", known=_INCIDENT, example=example)
    if fields is None:
        return None
    identifier = fields.need_text("id", "the incident's id in the rules")
    status = fields.word("status", IncidentStatus.INVESTIGATING, words=tuple(IncidentStatus))
    fields.need("status", f"one of {', '.join(IncidentStatus)}")
    title, body = fields.text("title"), fields.text("body", length=Length(BODY_LIMIT, lines=True))
    impact = fields.word("impact", Impact.AUTO, words=tuple(one for one in Impact if one is not Impact.AUTO))
    components = read_listed(fields, "components", "components", problems)
    names = [read_text(one, problems, what="a component") for one in components]
    if identifier is None:
        return None
    return ExpectedIncident(
        identifier.value,
        status,
        Labels(read_texts(fields, "group", problems)),
        title.value if title is not None else None,
        body.value if body is not None else None,
        str(impact) if "impact" in fields else None,
        tuple(one.value for one in names if one is not None) if "components" in fields else None,
    )


def _read_updates(fields: Fields, problems: Problems) -> dict[str, tuple[str, ...]] | None:
    node = fields.get("updates")
    example = "write updates: {checkout: [investigating, monitoring]}"
    mapping = None if node is None else read_mapping(node, problems, what='"updates"', example=example)
    if mapping is None:
        return None
    return {
        name.text: tuple(
            status
            for one in read_one_or_more(value)
            if (status := read_word(one, problems, what="a status", words=tuple(IncidentStatus))) is not None
        )
        for name, value in mapping.entries
    }


def _read_notifications(fields: Fields, problems: Problems) -> int | None:
    text = fields.text("notifications")
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,6}", text.value, re.ASCII):
        problems.add(text.place, f'"notifications" must be a number, not {shown(text.value)}')
        return None
    return int(text.value)


def _read_calls(node: Node, problems: Problems) -> Iterator[str]:
    for one in read_one_or_more(node):
        text = read_text(one, problems, what="a call", length=Length(2000))
        if text is not None:
            yield " ".join(text.value.split())
