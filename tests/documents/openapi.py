"""The vendor's own document, with the defects mended that are known of it, and cut to the operations that are in scope.

The scope is drawn by statuspage-api.md (Decisions, Simulator), the defects are those of its report. Each is named here once, and each must still be one: a mend that changes
nothing is an error, so that the table cannot outlive the document.
"""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema_rs

from tests.documents.shared import OPENAPI, read_shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


class Operation(NamedTuple):
    """One operation of the document."""

    method: str
    template: str

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


class Defect(NamedTuple):
    """Something that the document has wrong."""

    name: str
    mend: Callable[[Document], None]


def _schemas(document: Document) -> Document:
    schemas: Document = document["components"]["schemas"]
    return schemas


def _property(schema: str, name: str, right: Document) -> Callable[[Document], None]:
    def mend(document: Document) -> None:
        _schemas(document)[schema]["properties"][name] = right

    return mend


def _list_answer(template: str) -> Callable[[Document], None]:
    def mend(document: Document) -> None:
        content = document["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]
        content["schema"] = {"type": "array", "items": {"$ref": "#/components/schemas/Metric"}}

    return mend


def _errors(document: Document) -> None:
    told = {"anyOf": [{"type": "string"}, {"type": "object"}, {"type": "array"}]}
    _schemas(document)["ErrorEntity"] = {
        "type": "object",
        "properties": {"error": told, "status": {"type": "integer"}},
        "required": ["error"],
    }


def _points(document: Document) -> None:
    schema = _schemas(document)["MetricAddResponse"]
    schema["additionalProperties"] = schema.pop("properties")["metric_id"]


def _keyed_by_identifier(document: Document) -> None:
    for name in ("postPagesPageIdIncidents", "patchPagesPageIdIncidents", "putPagesPageIdIncidents"):
        components = _schemas(document)[name]["properties"]["incident"]["properties"]["components"]
        (keyed,) = components.pop("properties").values()
        components["additionalProperties"] = keyed


def _chosen_subscribers(document: Document) -> None:
    chosen = {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string", "enum": ["all"]}]}
    for call in ("ResendConfirmation", "Unsubscribe", "Reactivate"):
        schema = _schemas(document)[f"postPagesPageIdSubscribers{call}"]
        schema["properties"]["subscribers"] = chosen


def _unlisted_statuses(document: Document) -> None:
    entity = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorEntity"}}}}
    for operation in operations_of(document):
        answers = definition(document, operation)["responses"]
        for status in ("400", "401", "404", "405", "420", "422"):
            answers.setdefault(status, {"description": "not listed", **entity})


def _nullable(document: Document) -> None:
    for name in answered_schemas(document):
        for member in _schemas(document)[name].get("properties", {}).values():
            _allow_null(member)


def _allow_null(schema: Document) -> None:
    if "$ref" in schema:
        return
    schema["nullable"] = True
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]


_LOGO = {"type": "object", "additionalProperties": True}
_TEXTS = {"type": "array", "items": {"type": "string"}}

DEFECTS = (
    Defect("errors have `error`, not `message`", _errors),
    Defect("a group's components are a list", _property("GroupComponent", "components", _TEXTS)),
    Defect("a group's position is a number", _property("GroupComponent", "position", {"type": "integer"})),
    Defect("a subscriber's components are a list", _property("Subscriber", "components", _TEXTS)),
    *(
        Defect(f"a page's {name} is an object", _property("Page", name, _LOGO))
        for name in ("favicon_logo", "transactional_logo", "hero_cover", "email_logo", "twitter_logo")
    ),
    Defect(
        "an incident's postmortem_published_at is an instant",
        _property("Incident", "postmortem_published_at", {"type": "string", "format": "date-time"}),
    ),
    Defect("a provider's page_id is a text", _property("MetricsProvider", "page_id", {"type": "string"})),
    Defect("the metrics of a page are a list", _list_answer("/pages/{page_id}/metrics")),
    Defect(
        "the metrics of a provider are a list",
        _list_answer("/pages/{page_id}/metrics_providers/{metrics_provider_id}/metrics"),
    ),
    Defect("points are keyed by metric", _points),
    Defect("an incident's components are keyed by component", _keyed_by_identifier),
    Defect("the subscribers of a bulk call are a list, or all", _chosen_subscribers),
    Defect("nothing is marked as nullable", _nullable),
    Defect("refusals are not listed with every operation", _unlisted_statuses),
)


@cache
def original() -> Document:
    """The document as it lies there."""
    document: Document = json.loads(read_shared(OPENAPI))
    return document


@cache
def vendor_document() -> Document:
    """The document with its defects mended, and nothing in it that is out of scope.

    Raises:
        ValueError: a defect is none any more.
    """
    document = copy.deepcopy(original())
    document["paths"] = dict(_within_scope(document))
    for defect in DEFECTS:
        before = json.dumps(document)
        defect.mend(document)
        if json.dumps(document) == before:
            raise ValueError(f"the document has no such defect: {defect.name}")
    return document


def _within_scope(document: Document) -> Iterator[tuple[str, Document]]:
    for template, item in document["paths"].items():
        kept = {
            method: operation
            for method, operation in item.items()
            if not (OUTSIDE_TAGS.intersection(operation["tags"]) or template.endswith(OUTSIDE_ENDINGS))
            or template == "/pages"
        }
        if kept:
            yield template, kept


def operations_of(document: Document) -> list[Operation]:
    """Every operation of a document, in its order."""
    return [
        Operation(method.upper(), template) for template, item in document["paths"].items() for method in item
    ]


def definition(document: Document, operation: Operation) -> Document:
    """What the document says of an operation."""
    said: Document = document["paths"][operation.template][operation.method.lower()]
    return said


def successes(operation: Operation) -> frozenset[int]:
    """The success statuses that the document lists for an operation."""
    answers = definition(vendor_document(), operation)["responses"]
    return frozenset(int(status) for status in answers if status.startswith("2"))


def answered_schemas(document: Document) -> list[str]:
    """The schemas of answers; those of requests bear the name of their operation."""
    verbs = ("post", "patch", "put", "delete")
    return [name for name in _schemas(document) if not name.startswith(verbs)]


@cache
def request_validator(operation: Operation) -> jsonschema_rs.Validator | None:
    """What checks an operation's JSON bodies; None where the document asks for none."""
    sent = definition(vendor_document(), operation).get("requestBody")
    return None if sent is None else _validator(sent["content"]["application/json"]["schema"])


@cache
def answer_validator(operation: Operation, status: int) -> jsonschema_rs.Validator | None:
    """What checks an operation's answers of one status; None where the document shows no body."""
    answer = definition(vendor_document(), operation)["responses"][str(status)]
    return None if "content" not in answer else _validator(answer["content"]["application/json"]["schema"])


def _validator(schema: Document) -> jsonschema_rs.Validator:
    definitions = json.loads(
        json.dumps(_as_json_schema(_complete(vendor_document()))).replace("#/components/schemas/", "#/$defs/")
    )
    root = json.loads(json.dumps(_as_json_schema(schema)).replace("#/components/schemas/", "#/$defs/"))
    return jsonschema_rs.Draft202012Validator({**root, "$defs": definitions}, validate_formats=True)


def _complete(document: Document) -> Document:
    """The schemas, each answered object with all its members required: what the document describes has to be there."""
    schemas = copy.deepcopy(_schemas(document))
    for name in answered_schemas(document):
        if name != "ErrorEntity" and "properties" in schemas[name]:
            schemas[name]["required"] = sorted(schemas[name]["properties"])
    return schemas


def _as_json_schema(value: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(value, list):
        return [_as_json_schema(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain = {key: _as_json_schema(member) for key, member in value.items() if key != "nullable"}
    if value.get("nullable") is True and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
    return plain
