"""Reading what a test gives: alerts, probes, queries, commands and what people do. Must not know what is expected of it, nor how it is played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config.document import Scalar
from bridge.config.fields import Length, read_duration, read_fields, read_mapping, read_text
from bridge.config.problems import shown
from bridge.core.signals import Labels
from bridge.core.statuses import ComponentStatus, IncidentStatus, MaintenanceStatus
from bridge.core.text import BODY_LIMIT
from bridge.simulation.rehearsal.case_fields import (
    SPAN,
    read_at,
    read_component,
    read_instant,
    read_meant,
    read_texts,
)
from bridge.simulation.rehearsal.cases import (
    AlertTurn,
    GivenAlert,
    GivenCommand,
    GivenDeed,
    GivenProbe,
    GivenQuery,
    GivenTemplate,
    ProbeTurn,
    QueryTurn,
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
_TEMPLATE = {"title": None, "body": None}
_OF_COMMANDS = frozenset({"at", "incident", "group", "read_at", "refused"})
"""Keys of a command that the bridge is not told: by them it is found out what it is told."""

_DEED = dict.fromkeys(
    ("at", "component", "incident", "maintenance", "group", "status", "body", "starts", "ends")
)
_DEED_EXAMPLE = "write - {at: 5m, component: Search, status: degraded_performance}"
_WORDS: dict[str, tuple[StrEnum, ...]] = {
    "component": tuple(ComponentStatus),
    "incident": tuple(IncidentStatus),
    "maintenance": tuple(MaintenanceStatus),
}


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
        yield GivenProbe(name.text, _read_timeline(value, problems, ProbeTurn, timed=ProbeTurn.OK))


def read_queries(fields: Fields, problems: Problems) -> Iterator[GivenQuery]:
    """The timelines of queries."""
    node = fields.get("queries")
    example = "write queries: {error-ratio: 5m 0.01, 10m 0.2, none} in quotes"
    mapping = None if node is None else read_mapping(node, problems, what='"queries"', example=example)
    for name, value in mapping.entries if mapping is not None else ():
        yield GivenQuery(name.text, _read_timeline(value, problems, QueryTurn))


def read_templates(fields: Fields, problems: Problems) -> Iterator[GivenTemplate]:
    """The incident templates of the page, by name."""
    node = fields.get("templates")
    example = "write templates: {Orders fail: {title: Checkout, body: Some orders fail.}}"
    mapping = None if node is None else read_mapping(node, problems, what='"templates"', example=example)
    for name, value in mapping.entries if mapping is not None else ():
        written = read_fields(value, problems, what="a template", known=_TEMPLATE, example=example)
        if written is None:
            continue
        title = written.text("title")
        body = written.need_text("body", "what it says", length=Length(BODY_LIMIT, lines=True))
        if body is not None:
            told = title.value if title is not None else name.text
            yield GivenTemplate(name.text, told, body.value, name.place)


def _read_timeline(
    node: Node, problems: Problems, states: type[StrEnum], *, timed: str = ""
) -> tuple[Turn, ...]:
    text = read_text(node, problems, what='"timeline"', length=Length(10_000, lines=True))
    if text is None or not isinstance(node, Scalar):
        return ()
    try:
        return parse_timeline(node.text, tuple(states), timed)
    except TimelineError as error:
        problems.add(node.at(error.offset), f'"timeline" {error}', error.hint)
        return ()


def read_command(node: Node, problems: Problems) -> GivenCommand | None:
    """What an operator commands; None where it cannot be read."""
    mapping = read_mapping(node, problems, what="a command", example="write - {at: 5m, command: pause}")
    if mapping is None:
        return None
    known = dict.fromkeys(key.text for key, _ in mapping.entries)
    fields = read_fields(node, problems, what="a command", known=known)
    if fields is None:
        return None
    at = read_at(fields, problems)
    fields.need("command", "see docs/commands.md")
    meant = read_meant(fields, "incident", problems)
    read_node = fields.get("read_at")
    read = None if read_node is None else read_duration(read_node, problems, what='"read_at"', span=SPAN)
    document: dict[str, str] = {}
    for key, value in mapping.entries:
        if key.text in _OF_COMMANDS:
            continue
        if isinstance(value, Scalar):
            document[key.text] = value.text
        else:
            problems.add(value.place, f"{shown(key.text)} must be a text")
    refused = _read_refused(fields, problems)
    return None if at is None else GivenCommand(at, document, fields.place, meant, read, refused)


def _read_refused(fields: Fields, problems: Problems) -> bool:
    text = fields.text("refused")
    if text is not None and text.value not in {"true", "false"}:
        problems.add(text.place, f'"refused" cannot be {shown(text.value)}', "write true or false")
    return text is not None and text.value == "true"


def read_deed(node: Node, problems: Problems) -> GivenDeed | None:
    """What a person does on the page; None where it cannot be read."""
    fields = read_fields(node, problems, what="a person's deed", known=_DEED, example=_DEED_EXAMPLE)
    if fields is None:
        return None
    at = read_at(fields, problems)
    about = [key for key in _WORDS if key in fields]
    component = read_component(fields, problems)
    incident, maintenance = (read_meant(fields, key, problems) for key in ("incident", "maintenance"))
    body = fields.text("body", length=Length(BODY_LIMIT, lines=True))
    starts, ends = (read_instant(fields, key, problems) for key in ("starts", "ends"))
    if len(about) != 1:
        message = "a person changes a component, an incident or a maintenance"
        problems.add(fields.place, message, _DEED_EXAMPLE)
        return None
    moves = about == ["maintenance"] and not {"starts", "ends"}.isdisjoint(
        key for key in _DEED if key in fields
    )
    status = fields.text("status") if moves else fields.need_text("status", "what the person sets it to")
    words = _WORDS[about[0]]
    if status is not None and status.value not in words:
        problems.add_unknown(
            status.place,
            f'"status" cannot be {shown(status.value)}',
            word=status.value,
            known=words,
            hint=f"one of {', '.join(words)}",
        )
    if at is None or (status is None and not moves):
        return None
    return GivenDeed(
        at,
        fields.place,
        component=component,
        incident=incident,
        maintenance=maintenance,
        status=status.value if status is not None else "",
        body=body.value if body is not None else "",
        starts=starts,
        ends=ends,
    )
