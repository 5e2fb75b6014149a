"""Reading tests of rules: YAML, strict keys, every problem at once with file, line and column. Must not know how a test is played."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bridge.config.document import Mapping, Scalar, read_documents
from bridge.config.fields import (
    Fields,
    Length,
    Span,
    read_duration,
    read_fields,
    read_list,
    read_mapping,
    read_one_or_more,
    read_text,
    read_word,
)
from bridge.config.names import NamingError, component_name
from bridge.config.problems import Place, Problems, RuleFileError, shown
from bridge.core.rules import ComponentName
from bridge.core.signals import NO_LABELS, Labels
from bridge.core.statuses import ComponentStatus, Impact, IncidentStatus
from bridge.core.text import BODY_LIMIT
from bridge.simulation.rehearsal.cases import (
    AlertTurn,
    Case,
    CaseFile,
    Expectation,
    ExpectedIncident,
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
    from pathlib import Path

    from bridge.config.document import Node

LONGEST = 366 * 86_400.0
"""Seconds of one test."""

_TOP = {"rules": None, "page": None, "tests": None}
_CASE = {
    "name": None,
    "alerts": None,
    "probes": None,
    "commands": None,
    "people": None,
    "expect": None,
    "at": 'it belongs below "expect"',
}
_ALERT = {"alert": None, "labels": None, "annotations": None, "timeline": None}
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
_DEED = {"at": None, "component": None, "incident": None, "status": None, "body": None}
_SPAN = Span(0.0, LONGEST)


def read_case_file(path: Path) -> CaseFile:
    """The tests of one file.

    Raises:
        RuleFileError: with every problem of the file.
    """
    problems = Problems()
    found: CaseFile | None = None
    try:
        content = path.read_bytes()
    except OSError as error:
        problems.add(Place(str(path)), f"cannot be read: {error.strerror}")
    else:
        documents = read_documents(str(path), content, problems)
        if len(documents) != 1 and not problems.errors:
            problems.add(Place(str(path)), f"{len(documents)} documents", "a file of tests is one document")
        found = _read_file(path, documents[0], problems) if documents else None
    if problems.errors or found is None:
        raise RuleFileError(problems.errors, problems.warnings)
    return found


def _read_file(path: Path, node: Node, problems: Problems) -> CaseFile | None:
    example = "write rules: [shop.yaml] and tests:"
    fields = read_fields(node, problems, what="a file of tests", known=_TOP, example=example)
    if fields is None:
        return None
    rules_node = fields.need("rules", "the rule files that are tested, relative to this file")
    named = () if rules_node is None else read_one_or_more(rules_node)
    rules = [read_text(one, problems, what="a rule file", length=Length(4096)) for one in named]
    page = fields.text("page")
    tests_node = fields.need("tests", "list them, each with a name")
    nodes = () if tests_node is None else read_list(tests_node, problems, what='"tests"', of="tests")
    cases = [case for one in nodes if (case := _read_case(one, problems)) is not None]
    names: dict[str, Place] = {}
    for case in cases:
        if case.name in names:
            problems.add_twice(case.place, f"the test {shown(case.name)}", names[case.name])
        names.setdefault(case.name, case.place)
    return CaseFile(
        str(path),
        tuple(path.parent / one.value for one in rules if one is not None),
        page.value if page is not None else None,
        tuple(cases),
    )


def _read_case(node: Node, problems: Problems) -> Case | None:
    fields = read_fields(node, problems, what="a test", known=_CASE, example="write - name: …")
    if fields is None:
        return None
    name = fields.need_text("name", "say what it shows")
    alerts = [_read_alert(one, problems) for one in _listed(fields, "alerts", "alerts", problems)]
    probes = _read_probes(fields, problems)
    commands = [_read_command(one, problems) for one in _listed(fields, "commands", "commands", problems)]
    deeds = [_read_deed(one, problems) for one in _listed(fields, "people", "deeds", problems)]
    expect = fields.need("expect", "say what the page shows, and when")
    nodes = () if expect is None else read_list(expect, problems, what='"expect"', of="expectations")
    expectations = [one for each in nodes if (one := _read_expectation(each, problems)) is not None]
    if name is None or not expectations:
        return None
    return Case(
        name.value,
        name.place,
        tuple(one for one in alerts if one is not None),
        tuple(probes),
        tuple(one for one in commands if one is not None),
        tuple(one for one in deeds if one is not None),
        tuple(sorted(expectations, key=lambda one: one.at)),
    )


def _listed(fields: Fields, key: str, of: str, problems: Problems) -> tuple[Node, ...]:
    node = fields.get(key)
    return () if node is None else read_list(node, problems, what=f'"{key}"', of=of)


# --- what is given


def _read_alert(node: Node, problems: Problems) -> GivenAlert | None:
    fields = read_fields(
        node, problems, what="an alert", known=_ALERT, example="write - alert: CheckoutErrors"
    )
    if fields is None:
        return None
    name = fields.need_text("alert", "its alertname")
    labels = _read_texts(fields, "labels", problems)
    annotations = _read_texts(fields, "annotations", problems)
    timeline = fields.need("timeline", "write 2m resolved, 10m firing, resolved")
    turns = () if timeline is None else _read_timeline(timeline, problems, AlertTurn)
    if name is None:
        return None
    return GivenAlert(Labels({**labels, "alertname": name.value}), annotations, turns)


def _read_texts(fields: Fields, key: str, problems: Problems) -> dict[str, str]:
    node = fields.get(key)
    mapping = None if node is None else read_mapping(node, problems, what=f'"{key}"')
    found: dict[str, str] = {}
    for name, value in mapping.entries if mapping is not None else ():
        # Whatever a label may hold is to be tried: nothing is refused for what it says.
        if isinstance(value, Scalar):
            found[name.text] = value.text
        else:
            problems.add(value.place, f"{shown(name.text)} must be a text")
    return found


def _read_probes(fields: Fields, problems: Problems) -> Iterator[GivenProbe]:
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


def _read_command(node: Node, problems: Problems) -> GivenCommand | None:
    mapping = read_mapping(node, problems, what="a command", example="write - {at: 5m, command: pause}")
    if mapping is None:
        return None
    at: float | None = None
    document: dict[str, str] = {}
    for key, value in mapping.entries:
        if key.text == "at":
            at = read_duration(value, problems, what='"at"', span=_SPAN)
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


def _read_deed(node: Node, problems: Problems) -> GivenDeed | None:
    example = "write - {at: 5m, component: Search, status: degraded_performance}"
    fields = read_fields(node, problems, what="a person's deed", known=_DEED, example=example)
    if fields is None:
        return None
    at = _read_at(fields, problems)
    status = fields.need_text("status", "what the person sets it to")
    component, incident, body = (
        _read_component(fields, problems),
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


def _read_component(fields: Fields, problems: Problems) -> ComponentName | None:
    text = fields.text("component")
    return None if text is None else _component(text.value, text.place, problems)


def _component(text: str, place: Place, problems: Problems) -> ComponentName | None:
    try:
        return ComponentName(component_name(text))
    except NamingError as error:
        problems.add(place, f"{shown(text)}: {error}", error.hint)
        return None


def _read_at(fields: Fields, problems: Problems) -> float | None:
    node = fields.need("at", "when, after the beginning, such as 5m")
    return None if node is None else read_duration(node, problems, what='"at"', span=_SPAN)


# --- what is expected


def _read_expectation(node: Node, problems: Problems) -> Expectation | None:
    example = "write - {at: 5m, components: {Search: partial_outage}}"
    fields = read_fields(node, problems, what="an expectation", known=_EXPECT, example=example)
    if fields is None:
        return None
    at = _read_at(fields, problems)
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
        component = _component(name.text, name.place, problems)
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
    components = _listed(fields, "components", "components", problems)
    names = [read_text(one, problems, what="a component") for one in components]
    if identifier is None:
        return None
    return ExpectedIncident(
        identifier.value,
        status,
        Labels(_read_texts(fields, "group", problems)),
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
