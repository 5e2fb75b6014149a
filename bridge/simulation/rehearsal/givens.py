"""Reading what a test gives: alerts, probes, commands and what people do. Must not know what is expected of it, nor how it is played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config.document import Scalar
from bridge.config.fields import Length, read_duration, read_fields, read_mapping, read_text
from bridge.config.problems import shown
from bridge.core.signals import Labels
from bridge.core.statuses import ComponentStatus, IncidentStatus
from bridge.simulation.rehearsal.case_fields import SPAN, read_at, read_component, read_texts
from bridge.simulation.rehearsal.cases import (
    AlertTurn,
    GivenAlert,
    GivenCommand,
    GivenDeed,
    GivenProbe,
    ProbeTurn,
)
from bridge.simulation.rehearsal.timeline import TimelineError, Turn, parse_timeline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import StrEnum

    from bridge.config.document import Node
    from bridge.config.fields import Fields
    from bridge.config.problems import Problems

_UNQUOTED = "in braces a timeline with commas stands in quotes"
_ALERT = {
    "alert": None,
    "labels": None,
    "annotations": None,
    "timeline": None,
    **{str(state): _UNQUOTED for state in AlertTurn},
}
_DEED = {"at": None, "component": None, "incident": None, "status": None, "body": None}


def read_alert(node: Node, problems: Problems) -> GivenAlert | None:
    """An alert and its timeline; None where it cannot be read."""
    fields = read_fields(
        node, problems, what="an alert", known=_ALERT, example="write - alert: CheckoutErrors"
    )
    if fields is None:
        return None
    name = fields.need_text("alert", "its alertname")
    labels = read_texts(fields, "labels", problems)
    annotations = read_texts(fields, "annotations", problems)
    timeline = fields.need("timeline", "write 2m resolved, 10m firing, resolved")
    turns = () if timeline is None else _read_timeline(timeline, problems, AlertTurn)
    if name is None:
        return None
    return GivenAlert(Labels({**labels, "alertname": name.value}), annotations, turns)


def read_probes(fields: Fields, problems: Problems) -> Iterator[GivenProbe]:
    """The timelines of probes."""
    node = fields.get("probes")
    example = "write probes: {checkout: 2m ok, 5m failing, ok} in quotes"
    mapping = None if node is None else read_mapping(node, problems, what='"probes"', example=example)
    for name, value in mapping.entries if mapping is not None else ():
        yield GivenProbe(name.text, _read_timeline(value, problems, ProbeTurn))


def _read_timeline(node: Node, problems: Problems, states: type[StrEnum]) -> tuple[Turn, ...]:
    text = read_text(node, problems, what='"timeline"', length=Length(10_000, lines=True))
    if text is None or not isinstance(node, Scalar):
        return ()
    try:
        return parse_timeline(node.text, tuple(states))
    except TimelineError as error:
        problems.add(node.at(error.offset), f'"timeline" {error}', error.hint)
        return ()


def read_command(node: Node, problems: Problems) -> GivenCommand | None:
    """What an operator commands; None where it cannot be read."""
    mapping = read_mapping(node, problems, what="a command", example="write - {at: 5m, command: pause}")
    if mapping is None:
        return None
    at: float | None = None
    document: dict[str, str] = {}
    for key, value in mapping.entries:
        if key.text == "at":
            at = read_duration(value, problems, what='"at"', span=SPAN)
        elif isinstance(value, Scalar):
            document[key.text] = value.text
        else:
            problems.add(value.place, f"{shown(key.text)} must be a text")
    for key_text, hint in (
        ("at", "seconds after the beginning, such as 5m"),
        ("command", "see docs/commands.md"),
    ):
        if key_text not in {key.text for key, _ in mapping.entries}:
            problems.add(mapping.place, f'a command has no "{key_text}"', hint)
    return None if at is None else GivenCommand(at, document, mapping.place)


def read_deed(node: Node, problems: Problems) -> GivenDeed | None:
    """What a person does on the page; None where it cannot be read."""
    example = "write - {at: 5m, component: Search, status: degraded_performance}"
    fields = read_fields(node, problems, what="a person's deed", known=_DEED, example=example)
    if fields is None:
        return None
    at = read_at(fields, problems)
    status = fields.need_text("status", "what the person sets it to")
    component, incident, body = (
        read_component(fields, problems),
        fields.text("incident"),
        fields.text("body"),
    )
    if ("component" in fields) is ("incident" in fields):
        problems.add(fields.place, "a person changes a component or an incident", example)
        return None
    words: tuple[StrEnum, ...] = tuple(ComponentStatus) if "component" in fields else tuple(IncidentStatus)
    if status is not None and status.value not in words:
        problems.add_unknown(
            status.place,
            f'"status" cannot be {shown(status.value)}',
            word=status.value,
            known=words,
            hint=f"one of {', '.join(words)}",
        )
    if at is None or status is None:
        return None
    return GivenDeed(
        at,
        fields.place,
        component,
        incident.value if incident is not None else None,
        status.value,
        body.value if body is not None else "",
    )
