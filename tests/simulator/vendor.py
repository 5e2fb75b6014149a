"""The vendor's own document as a judge: its operations, its samples, and what it has against an answer.

It lies in `shared/` beside the repository or above it, and is not ours to publish: a lone clone has none, and there the tests
that need it skip, by name. With CI=true a missing one is a failure. Nulls are allowed everywhere, members that it does not have
are tolerated, and its known defects (`statuspage-api.md` 1) are mended by name.
"""

import json
import os
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema_rs
import pytest

NAME = "statuspage-openapi.json"

_TEXTS = {"type": "array", "items": {"type": "string"}}
DEFECTS: dict[tuple[str, str], dict[str, Any]] = {
    ("GroupComponent", "components"): _TEXTS,
    ("GroupComponent", "position"): {"type": "integer"},
    ("Subscriber", "components"): _TEXTS,
    ("MetricsProvider", "page_id"): {"type": "string"},
    ("Incident", "postmortem_published_at"): {"type": "string", "format": "date-time"},
}
"""Members of answers whose type is wrong in the document, with the right one."""

SHOWN_AS_ONE = frozenset(
    {"/pages/{page_id}/metrics", "/pages/{page_id}/metrics_providers/{metrics_provider_id}/metrics"}
)
"""Lists that the document shows as one of their items."""

BY_METRIC = "MetricAddResponse"
"""A map by metric that the document shows with the one key `metric_id`."""


class Operation(NamedTuple):
    """One operation of the document."""

    method: str
    template: str


class Sample(NamedTuple):
    """A body from one of the document's own samples: form fields as they are written there."""

    operation: Operation
    fields: tuple[tuple[str, str], ...]


@cache
def document() -> dict[str, Any]:
    """The document as it lies there."""
    beside = (folder / "shared" / NAME for folder in Path(__file__).resolve().parents)
    found = next((path for path in beside if path.is_file()), None)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{NAME} must lie beside the repository, in shared/", pytrace=False)
        pytest.skip(f"{NAME} does not lie beside the repository, in shared/", allow_module_level=True)
    read: dict[str, Any] = json.loads(found.read_text("utf-8"))
    return read


def operations() -> Iterator[Operation]:
    """Every operation, in the order of the document."""
    for template, item in document()["paths"].items():
        yield from (Operation(method.upper(), template) for method in item)


def successes(operation: Operation) -> list[int]:
    """The success codes of an operation."""
    return [int(code) for code in _said(operation)["responses"] if code.startswith("2")]


def samples() -> Iterator[Sample]:
    """Every sample that sends something."""
    for operation in operations():
        for sample in _said(operation).get("x-code-samples", []):
            words = shlex.split(sample["source"].replace("\\\n", " "))
            sent = [words[place + 1] for place, word in enumerate(words) if word == "-d"]
            if sent:
                fields = [re.fullmatch(r"([^=]+)=(.*)", one) for one in sent]
                yield Sample(operation, tuple((match[1], match[2]) for match in fields if match))


def problems(operation: Operation, status: int, answer: Any) -> list[str]:
    """What the document has against an answer: its status, the types of its members, and which of them are missing."""
    said = _said(operation)["responses"].get(str(status))
    if said is None:
        return [f"{status} is not a status of this operation"]
    if "content" not in said:
        return [] if answer is None else ["there should be no body"]
    schema = said["content"]["application/json"]["schema"]
    if operation.method == "GET" and operation.template in SHOWN_AS_ONE:
        schema = {"type": "array", "items": schema}
    return [
        f"{error.instance_path}: {error.message}"
        for error in _validator(json.dumps(schema)).iter_errors(answer)
    ]


def _said(operation: Operation) -> dict[str, Any]:
    said: dict[str, Any] = document()["paths"][operation.template][operation.method.lower()]
    return said


@cache
def _validator(schema: str) -> jsonschema_rs.Validator:
    schemas = {
        name: _complete(name, schema)
        for name, schema in document()["components"]["schemas"].items()
        if "properties" in schema
    }
    text = json.dumps({**json.loads(schema), "$defs": schemas}).replace("#/components/schemas/", "#/$defs/")
    return jsonschema_rs.Draft202012Validator(json.loads(text), validate_formats=True)


def _complete(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    if name == BY_METRIC:
        (points,) = schema["properties"].values()
        return {"type": "object", "additionalProperties": points}
    members = {
        member: {"anyOf": [DEFECTS.get((name, member), said), {"type": "null"}]}
        for member, said in schema["properties"].items()
    }
    return {"type": "object", "properties": members, "required": sorted(members)}
