"""What the vendor's document shows: an answer of each operation, an object of each schema, and the forms of its code samples."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.documents.defects import vendor_document
from tests.documents.openapi import Operation, Schema, definition, operations_of, schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

IDENTIFIER = "b0d7h9k2m4n6"
_PLAIN = {"string": IDENTIFIER, "integer": 30, "number": 1.5, "boolean": True}
_FORMATTED = {"date-time": "2024-06-07T22:26:34Z", "date": "2024-06-07"}


class Sample(NamedTuple):
    """A body from one of the document's own samples: form fields as they are written there."""

    operation: Operation
    fields: tuple[tuple[str, str], ...]


def samples() -> Iterator[Sample]:
    """Every sample in scope that sends something.

    Raises:
        ValueError: a field of one is no `name=value`.
    """
    for operation in operations_of(vendor_document()):
        for sample in definition(vendor_document(), operation).get("x-code-samples", []):
            words = shlex.split(sample["source"].replace("\\\n", " "))
            sent = [words[place + 1] for place, word in enumerate(words) if word == "-d"]
            if sent:
                yield Sample(operation, tuple(_field(one) for one in sent))


def _field(written: str) -> tuple[str, str]:
    match = re.fullmatch(r"([^=]+)=(.*)", written)
    if match is None:
        raise ValueError(f"{written!r} is no field of a form")
    return match[1], match[2]


def example(operation: Operation) -> tuple[int, Any]:
    """The success status of an operation, and an answer as the document shows it; None for no body."""
    ((status, answer),) = (
        (int(status), answer)
        for status, answer in definition(vendor_document(), operation)["responses"].items()
        if status.startswith("2")
    )
    content = answer.get("content")
    if content is None:
        return status, None
    media = content["application/json"]
    if "examples" in media:
        return status, next(iter(media["examples"].values()))["value"]
    return status, _made(media["schema"])


def schema_example(name: str) -> Any:
    """An object of a schema, with every member that the document describes."""
    return _made(schemas(vendor_document())[name])


def _made(schema: Schema) -> Any:
    if "$ref" in schema:
        return schema_example(schema["$ref"].rsplit("/", 1)[-1])
    if schema["type"] == "array":
        return [_made(schema["items"])]
    if schema["type"] == "object":
        return schema.get("example") or _made_object(schema)
    if "enum" in schema:
        return schema["enum"][0]
    return _FORMATTED.get(schema.get("format", ""), _PLAIN[schema["type"]])


def _made_object(schema: Schema) -> Any:
    keyed = schema.get("additionalProperties")
    if isinstance(keyed, dict):
        return {IDENTIFIER: _made(keyed)}
    return {name: _made(member) for name, member in schema.get("properties", {}).items()}
