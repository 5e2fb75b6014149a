"""The vendor's own document as it lies there: its operations, and which of them are in scope.

The scope is drawn by statuspage-api.md (Decisions, Simulator). What the document has wrong stands in `defects`, the judgement of requests and answers in `validation`; everything
that asks the document, be it a test of the client or of the simulator, asks it through these.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, NamedTuple

from tests.documents.shared import OPENAPI, read_shared

OUTSIDE_TAGS = frozenset(
    {
        "page access users",
        "page access user components",
        "page access user metrics",
        "page access groups",
        "page access group components",
        "status embed config",
        "permissions",
        "users",
    }
)
OUTSIDE_ENDINGS = ("/uptime", "/page_access_users", "/page_access_groups")

Document = dict[str, Any]
Schema = dict[str, Any]


class Operation(NamedTuple):
    """One operation of the document."""

    method: str
    template: str

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


@cache
def original() -> Document:
    """The document as it lies there."""
    document: Document = json.loads(read_shared(OPENAPI))
    return document


def operations_of(document: Document) -> list[Operation]:
    """Every operation of a document, in its order."""
    return [
        Operation(method.upper(), template) for template, item in document["paths"].items() for method in item
    ]


def definition(document: Document, operation: Operation) -> Document:
    """What a document says of an operation."""
    said: Document = document["paths"][operation.template][operation.method.lower()]
    return said


def request_schema(document: Document, operation: Operation) -> Schema | None:
    """The schema of an operation's JSON bodies; None where the document asks for none."""
    sent = definition(document, operation).get("requestBody")
    if sent is None:
        return None
    schema: Schema = sent["content"]["application/json"]["schema"]
    return schema


def query_parameters(document: Document, operation: Operation) -> dict[str, Schema]:
    """The query parameters that a document knows, with their schemas."""
    return {
        parameter["name"]: parameter["schema"]
        for parameter in definition(document, operation).get("parameters", [])
        if parameter["in"] == "query"
    }


def successes(operation: Operation) -> frozenset[int]:
    """The success statuses that the document lists for an operation."""
    answers = definition(original(), operation)["responses"]
    return frozenset(int(status) for status in answers if status.startswith("2"))


def schemas(document: Document) -> dict[str, Schema]:
    """The named schemas of a document, by name."""
    named: dict[str, Schema] = document["components"]["schemas"]
    return named


def answered_schemas(document: Document) -> list[str]:
    """The schemas of answers; those of requests bear the name of their operation."""
    verbs = ("post", "patch", "put", "delete")
    return [name for name in schemas(document) if not name.startswith(verbs)]


def in_scope(document: Document, operation: Operation) -> bool:
    """Whether the product has an operation."""
    tags = definition(document, operation)["tags"]
    outside = OUTSIDE_TAGS.intersection(tags) or operation.template.endswith(OUTSIDE_ENDINGS)
    return not outside or operation.template == "/pages"


def scoped_paths(document: Document) -> Document:
    """The paths of a document with the operations in scope alone."""
    kept: Document = {}
    for operation in operations_of(document):
        if in_scope(document, operation):
            kept.setdefault(operation.template, {})[operation.method.lower()] = definition(
                document, operation
            )
    return kept
