"""Reading what a test expects at an instant. Must not know what is given, nor how it is compared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bridge.config.fields import (
    Length,
    read_fields,
    read_mapping,
    read_one_or_more,
    read_text,
    read_word,
)
from bridge.config.problems import shown
from bridge.core.statuses import ComponentStatus, IncidentStatus, MaintenanceStatus
from bridge.simulation.rehearsal.case_fields import component_of, read_at
from bridge.simulation.rehearsal.cases import Expectation
from bridge.simulation.rehearsal.expected_entries import DRAFTS, INCIDENTS, MAINTENANCES, read_entries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import StrEnum

    from bridge.config.document import Node
    from bridge.config.fields import Fields
    from bridge.config.problems import Problems

_TOLD: tuple[StrEnum, ...] = (*IncidentStatus, *MaintenanceStatus)
_EXPECT = {
    "at": None,
    "components": None,
    "would_have": None,
    "incidents": None,
    "drafts": None,
    "maintenances": None,
    "updates": None,
    "notifications": None,
    "calls": None,
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
        read_entries(fields, INCIDENTS, problems),
        read_entries(fields, DRAFTS, problems),
        read_entries(fields, MAINTENANCES, problems),
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
            if (status := read_word(one, problems, what="a status", words=_TOLD)) is not None
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
