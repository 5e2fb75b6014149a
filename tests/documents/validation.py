"""What the vendor's document has against a request or an answer.

Strict both ways. A request has no member that the document does not know, and no number beyond what it allows. An answer has all that the document describes; what it has beyond
that is tolerated, as every client has to.
"""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

import jsonschema_rs

from tests.documents.defects import vendor_document
from tests.documents.openapi import (
    Operation,
    Schema,
    answered_schemas,
    definition,
    request_schema,
    schemas,
    successes,
)

_INT32 = {"minimum": -(2**31), "maximum": 2**31 - 1}
"""`int32` in the words of JSON Schema, whose formats are asked of texts alone."""


def request_problems(operation: Operation, body: bytes) -> list[str]:
    """What the document has against a request's body, which is empty where none is sent."""
    validator = _request_validator(operation)
    if validator is None:
        return ["a body where the document has none"] if body else []
    return _errors(validator, body)


def answer_problems(operation: Operation, status: int, body: bytes) -> list[str]:
    """What the document has against a successful answer: its status, the types of its members, and which of them are missing."""
    if status not in successes(operation):
        return [f"the document has no {status}"]
    validator = _answer_validator(operation, status)
    if validator is None:
        return [f"a body where the document has none: {body[:100]!r}"] if body else []
    return _errors(validator, body)


def _errors(validator: jsonschema_rs.Validator, body: bytes) -> list[str]:
    return [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(_read(body))]


def _read(body: bytes) -> Any:
    return json.loads(body or b"null")


@cache
def _request_validator(operation: Operation) -> jsonschema_rs.Validator | None:
    schema = request_schema(vendor_document(), operation)
    return None if schema is None else _validator(schema, _closed())


@cache
def _answer_validator(operation: Operation, status: int) -> jsonschema_rs.Validator | None:
    answer = definition(vendor_document(), operation)["responses"][str(status)]
    if "content" not in answer:
        return None
    return _validator(answer["content"]["application/json"]["schema"], _complete())


def _validator(schema: Schema, named: dict[str, Schema]) -> jsonschema_rs.Validator:
    written = json.dumps(_as_json_schema({**schema, "$defs": named}))
    return jsonschema_rs.Draft202012Validator(
        json.loads(written.replace("#/components/schemas/", "#/$defs/")),
        validate_formats=True,
    )


@cache
def _closed() -> dict[str, Schema]:
    """The schemas of requests, in which nothing stands that they do not describe."""
    named = copy.deepcopy(schemas(vendor_document()))
    for schema in named.values():
        _close(schema)
    return named


def _close(schema: Schema) -> None:
    if "properties" in schema:
        schema.setdefault("additionalProperties", False)
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", [])]
    inner += [
        schema[name] for name in ("items", "additionalProperties") if isinstance(schema.get(name), dict)
    ]
    for one in inner:
        _close(one)


@cache
def _complete() -> dict[str, Schema]:
    """The schemas, each answered object with all its members required: what the document describes has to be there."""
    document = vendor_document()
    named = copy.deepcopy(schemas(document))
    for name in answered_schemas(document):
        if name != "ErrorEntity" and "properties" in named[name]:
            named[name]["required"] = sorted(named[name]["properties"])
    return named


def _as_json_schema(value: Any) -> Any:
    """OpenAPI 3.0's `nullable` and `int32` in the words of JSON Schema."""
    if isinstance(value, list):
        return [_as_json_schema(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain = {key: _as_json_schema(member) for key, member in value.items() if key != "nullable"}
    if value.get("nullable") is True and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
    if plain.get("format") == "int32":
        plain |= _INT32
    return plain
