"""What is known to be wrong in the vendor's document, each by name in one table, and the document with all of it mended.

The defects are those of statuspage-api.md's report. Each must still be one, in each of its places: a mend that changes nothing is an error, so that the table cannot outlive
the document.
"""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from tests.documents.openapi import (
    Document,
    Schema,
    answered_schemas,
    definition,
    operations_of,
    original,
    schemas,
    scoped_paths,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Defect(NamedTuple):
    """Something that the document has wrong, with the mend of each place where it stands."""

    name: str
    mends: tuple[Callable[[Document], None], ...]


def _property(schema: str, name: str, right: Schema) -> Callable[[Document], None]:
    def mend(document: Document) -> None:
        schemas(document)[schema]["properties"][name] = copy.deepcopy(right)

    return mend


def _inner_property(schema: str, wrapper: str, name: str, right: Schema) -> Callable[[Document], None]:
    def mend(document: Document) -> None:
        inner = schemas(document)[schema]["properties"][wrapper]
        inner["properties"][name] = copy.deepcopy(right)

    return mend


def _list_answer(template: str) -> Callable[[Document], None]:
    def mend(document: Document) -> None:
        content = document["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]
        content["schema"] = {"type": "array", "items": {"$ref": "#/components/schemas/Metric"}}

    return mend


def _errors(document: Document) -> None:
    told = {"anyOf": [{"type": "string"}, {"type": "object"}, {"type": "array"}]}
    schemas(document)["ErrorEntity"] = {
        "type": "object",
        "properties": {"error": told, "status": {"type": "integer"}},
        "required": ["error"],
    }


def _points(document: Document) -> None:
    _key_by_identifier(schemas(document)["MetricAddResponse"])


def _components_of_incident(schema: str) -> Callable[[Document], None]:
    def mend(document: Document) -> None:
        incident = schemas(document)[schema]["properties"]["incident"]
        _key_by_identifier(incident["properties"]["components"])

    return mend


def _key_by_identifier(schema: Schema) -> None:
    (keyed,) = schema.pop("properties").values()
    schema["additionalProperties"] = keyed


def _unlisted_statuses(document: Document) -> None:
    entity = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorEntity"}}}}
    for operation in operations_of(document):
        answers = definition(document, operation)["responses"]
        for status in ("400", "401", "404", "405", "420", "422"):
            answers.setdefault(status, {"description": "not listed", **entity})


def _nullable(document: Document) -> None:
    for name in answered_schemas(document):
        for member in schemas(document)[name].get("properties", {}).values():
            _allow_null(member)


def _allow_null(schema: Schema) -> None:
    if "$ref" in schema:
        return
    schema["nullable"] = True
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]


_LOGO = {"type": "object", "additionalProperties": True}
_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_SELECTION = {"anyOf": [{**_TEXTS, "minItems": 1}, {"type": "string", "enum": ["all"]}]}

DEFECTS = (
    Defect("errors have `error`, not `message`", (_errors,)),
    Defect("a group's components are a list", (_property("GroupComponent", "components", _TEXTS),)),
    Defect("a group's position is a number", (_property("GroupComponent", "position", {"type": "integer"}),)),
    Defect(
        "a group's description is taken inside `component_group` too",
        tuple(
            _inner_property(f"{verb}PagesPageIdComponentGroups", "component_group", "description", _TEXT)
            for verb in ("post", "patch", "put")
        ),
    ),
    Defect("a subscriber's components are a list", (_property("Subscriber", "components", _TEXTS),)),
    Defect(
        "a page's logos are objects",
        tuple(
            _property("Page", name, _LOGO)
            for name in ("favicon_logo", "transactional_logo", "hero_cover", "email_logo", "twitter_logo")
        ),
    ),
    Defect(
        "an incident's postmortem_published_at is an instant",
        (_property("Incident", "postmortem_published_at", {**_TEXT, "format": "date-time"}),),
    ),
    Defect("a provider's page_id is a text", (_property("MetricsProvider", "page_id", _TEXT),)),
    Defect("the metrics of a page are a list", (_list_answer("/pages/{page_id}/metrics"),)),
    Defect(
        "the metrics of a provider are a list",
        (_list_answer("/pages/{page_id}/metrics_providers/{metrics_provider_id}/metrics"),),
    ),
    Defect("points are keyed by metric", (_points,)),
    Defect(
        "an incident's components are keyed by component",
        tuple(_components_of_incident(f"{verb}PagesPageIdIncidents") for verb in ("post", "patch", "put")),
    ),
    Defect(
        "the subscribers of a bulk call are a list, or all",
        tuple(
            _property(f"postPagesPageIdSubscribers{call}", "subscribers", _SELECTION)
            for call in ("ResendConfirmation", "Unsubscribe", "Reactivate")
        ),
    ),
    Defect("nothing is marked as nullable", (_nullable,)),
    Defect("refusals are not listed with every operation", (_unlisted_statuses,)),
)


def mend(document: Document, defects: Iterable[Defect]) -> None:
    """Mend defects in a document, in their order.

    Raises:
        ValueError: a defect is none any more, in one of its places at least.
    """
    for defect in defects:
        for place, mend_place in enumerate(defect.mends, start=1):
            before = json.dumps(document)
            try:
                mend_place(document)
            except LookupError as error:
                raise ValueError(f"{defect.name}: place {place} is not in the document: {error}") from error
            if json.dumps(document) == before:
                raise ValueError(f"{defect.name}: place {place} of the document has no such defect")


@cache
def vendor_document() -> Document:
    """The document with its defects mended, and nothing in its paths that is out of scope.

    Raises:
        ValueError: a defect is none any more.
    """
    document = copy.deepcopy(original())
    document["paths"] = scoped_paths(document)
    mend(document, DEFECTS)
    return document
