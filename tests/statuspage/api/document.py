"""The vendor's document, made strict for requests: a member that it does not know is an error, and what is known to be wrong in it is mended by name.

It lies beside the repository, in `shared/`, for it is not ours to publish: a lone clone has none, and there the tests skip by name. With CI=true a missing one is a failure.
"""

from __future__ import annotations

import copy
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

ROOT = Path(__file__).parents[3]
NAME = "statuspage-openapi.json"

Schema = dict[str, Any]

OUT_OF_SCOPE = ("organizations", "page_access", "embed", "uptime")
"""What statuspage-api.md leaves out, by a part of the path."""

ALIASES = frozenset(
    ("PUT", template)
    for template in (
        "/pages/{page_id}",
        "/pages/{page_id}/incidents/{incident_id}",
        "/pages/{page_id}/incidents/{incident_id}/incident_updates/{incident_update_id}",
        "/pages/{page_id}/components/{component_id}",
        "/pages/{page_id}/component-groups/{id}",
        "/pages/{page_id}/metrics/{metric_id}",
        "/pages/{page_id}/metrics_providers/{metrics_provider_id}",
    )
)
"""A PUT with the schema and the description of the PATCH beside it: the client has one method for both."""

_SELECTION = {"anyOf": [{"const": "all"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}

DEFECTS: dict[str, Any] = {
    "the subscribers of a bulk call are called a text, and described as a list or 'all'": {
        f"postPagesPageIdSubscribers{call}": {"subscribers": _SELECTION}
        for call in ("ResendConfirmation", "Unsubscribe", "Reactivate")
    },
    "a group's description stands beside the group; clients that were tried on the service send it inside": {
        f"{verb}PagesPageIdComponentGroups": {"component_group": {"description": {"type": "string"}}}
        for verb in ("post", "patch")
    },
    "a map by ids is described by one random id": {
        f"{verb}PagesPageIdIncidents": {"incident": {"components": "by id"}} for verb in ("post", "patch")
    },
    "points are keyed by metric, not by the word metric_id": {"MetricAddResponse": "by id"},
}
"""What is wrong in the request schemas: schema → the properties that take the place of its own."""

SHOWN_AS_ONE = frozenset(
    {"/pages/{page_id}/metrics", "/pages/{page_id}/metrics_providers/{metrics_provider_id}/metrics"}
)
"""Lists that the document shows as one metric."""


@cache
def document() -> dict[str, Any]:
    """The document as it lies there."""
    path = ROOT.parent / "shared" / NAME
    if not path.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{NAME} must lie beside the repository, in shared/", pytrace=False)
        pytest.skip(f"{NAME} does not lie beside the repository, in shared/", allow_module_level=True)
    read: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return read


@cache
def operations() -> dict[tuple[str, str], dict[str, Any]]:
    """What the document says of each operation in scope, by method and path template."""
    return {
        (method.upper(), template): said
        for template, methods in document()["paths"].items()
        for method, said in methods.items()
        if not any(part in template for part in OUT_OF_SCOPE)
    }


def problems(operation: tuple[str, str], body: Any) -> list[str]:
    """What the document has against a request's body."""
    schema = _request_schema(operation)
    if schema is None:
        return [] if body is None else ["the document has no body"]
    return [f"{error.instance_path}: {error.message}" for error in _validator(operation).iter_errors(body)]


def parameters(operation: tuple[str, str]) -> dict[str, Schema]:
    """Query parameters that the document knows, with their schemas."""
    return {
        parameter["name"]: parameter["schema"]
        for parameter in operations()[operation].get("parameters", [])
        if parameter["in"] == "query"
    }


def example(operation: tuple[str, str]) -> tuple[int, Any]:
    """The success status of an operation, and an answer as the document shows it; None for no body."""
    ((status, answer),) = (
        (int(status), answer)
        for status, answer in operations()[operation]["responses"].items()
        if status.startswith("2")
    )
    content = answer.get("content")
    if content is None:
        return status, None
    media = content["application/json"]
    if "examples" in media:
        return status, next(iter(media["examples"].values()))["value"]
    made = _made(media["schema"])
    return status, [made] if operation[0] == "GET" and operation[1] in SHOWN_AS_ONE else made


def properties(name: str) -> frozenset[str]:
    """The members of a schema."""
    return frozenset(document()["components"]["schemas"][name]["properties"])


def schema_example(name: str) -> Any:
    """An object of a schema, with every member that the document describes."""
    return _made({"$ref": f"#/components/schemas/{name}"})


def _request_schema(operation: tuple[str, str]) -> Schema | None:
    sent = operations()[operation].get("requestBody")
    if sent is None:
        return None
    schema: Schema = sent["content"]["application/json"]["schema"]
    return schema


@cache
def _validator(operation: tuple[str, str]) -> jsonschema_rs.Validator:
    schema = {**(_request_schema(operation) or {}), "$defs": mended()}
    text = json.dumps(schema).replace("#/components/schemas/", "#/$defs/")
    return jsonschema_rs.Draft202012Validator(
        json.loads(text), validate_formats=True, formats={"int32": _is_int32}
    )


@cache
def mended() -> dict[str, Schema]:
    """All schemas: mended, and strict about members.

    Raises:
        AssertionError: a defect is none any more.
    """
    schemas: dict[str, Schema] = copy.deepcopy(document()["components"]["schemas"])
    for defect, places in DEFECTS.items():
        for name, right in places.items():
            before = json.dumps(schemas[name])
            schemas[name] = _mend(schemas[name], right)
            assert json.dumps(schemas[name]) != before, defect
    for schema in schemas.values():
        _close(schema)
    return schemas


def _mend(schema: Schema, right: Any) -> Schema:
    if right == "by id":
        (only,) = schema["properties"].values()
        return {"type": "object", "additionalProperties": only}
    if not isinstance(right, dict) or {"type", "anyOf"} & right.keys():
        return dict(right)
    own = schema.get("properties", {})
    return {
        **schema,
        "properties": {**own, **{name: _mend(own.get(name, {}), it) for name, it in right.items()}},
    }


def _close(schema: Schema) -> None:
    if "properties" in schema:
        schema.setdefault("additionalProperties", False)
        for member in schema["properties"].values():
            _close(member)


def _is_int32(value: Any) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


_PLAIN = {"string": "b0d7h9k2m4n6", "integer": 30, "number": 1.5, "boolean": True}
_FORMATTED = {"date-time": "2024-06-07T22:26:34Z", "date": "2024-06-07"}


def _made(schema: Schema) -> Any:
    if "$ref" in schema:
        return _made(document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]])
    if schema["type"] == "array":
        return [_made(schema["items"])]
    if schema["type"] == "object":
        return schema.get("example") or {
            name: _made(member) for name, member in schema.get("properties", {}).items()
        }
    if "enum" in schema:
        return schema["enum"][0]
    return _FORMATTED.get(schema.get("format", ""), _PLAIN[schema["type"]])
