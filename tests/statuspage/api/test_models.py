"""The models hold every field that the vendor's document describes, and take nulls, unknown fields and the shapes of the live service in any of them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bridge.core.statuses import ComponentStatus
from bridge.statuspage.api import (
    Component,
    ComponentGroup,
    Incident,
    IncidentImpact,
    IncidentTemplate,
    IncidentUpdate,
    Metric,
    MetricsProvider,
    Page,
    Postmortem,
    StateCount,
    Subscriber,
    SubscriberCount,
    SubscriberHistogram,
)
from tests.documents.defects import vendor_document
from tests.documents.examples import schema_example
from tests.documents.openapi import schemas

MODELS: dict[str, type[msgspec.Struct]] = {
    "Page": Page,
    "Component": Component,
    "GroupComponent": ComponentGroup,
    "Incident": Incident,
    "IncidentUpdate": IncidentUpdate,
    "IncidentImpact": IncidentImpact,
    "IncidentTemplate": IncidentTemplate,
    "Postmortem": Postmortem,
    "Subscriber": Subscriber,
    "SubscriberCountByType": SubscriberCount,
    "SubscriberCountByState": StateCount,
    "SubscriberCountByTypeAndState": SubscriberHistogram,
    "Metric": Metric,
    "MetricsProvider": MetricsProvider,
}
"""The document's schema → our model."""

INSTANT = "2024-06-07T22:26:34Z"
SECONDS = 1_717_799_194.0


def described(schema: str) -> frozenset[str]:
    """The members that the document has of a schema."""
    return frozenset(schemas(vendor_document())[schema]["properties"])


@pytest.mark.parametrize("schema", MODELS)
def test_a_model_has_every_documented_field_and_no_other(schema: str) -> None:
    fields = {field.encode_name for field in msgspec.structs.fields(MODELS[schema])}
    assert fields == described(schema)


@pytest.mark.parametrize("schema", MODELS)
def test_a_model_takes_a_null_in_each_field_and_gives_what_stands_for_it(schema: str) -> None:
    model = MODELS[schema]
    names = described(schema)
    nulls = {name: None for name in names if name != "id"} | ({"id": "x"} if "id" in names else {})
    read = msgspec.json.decode(msgspec.json.encode(nulls), type=model)
    bare = msgspec.json.decode(b'{"id":"x"}', type=model)
    assert read == bare
    for field in msgspec.structs.fields(model):
        if field.default is not msgspec.NODEFAULT and field.name != "id":
            assert getattr(read, field.name) == field.default


@pytest.mark.parametrize("schema", MODELS)
def test_a_model_reads_what_the_document_shows_with_unknown_fields_and_without_any(schema: str) -> None:
    shown = schema_example(schema)
    read = msgspec.json.decode(msgspec.json.encode({**shown, "brand_new": {"a": [1]}}), type=MODELS[schema])
    assert read == msgspec.json.decode(msgspec.json.encode(shown), type=MODELS[schema])
    written = msgspec.to_builtins(read)
    for name, value in shown.items():
        if isinstance(value, str | int | float):
            assert written[name] == value, name


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (Page, ("created_at", "updated_at")),
        (Component, ("created_at", "updated_at")),
        (ComponentGroup, ("created_at", "updated_at")),
        (IncidentUpdate, ("created_at", "updated_at", "display_at", "twitter_updated_at")),
        (IncidentImpact, ("created_at",)),
        (
            Incident,
            (
                "created_at",
                "updated_at",
                "monitoring_at",
                "resolved_at",
                "scheduled_for",
                "scheduled_until",
                "scheduled_reminded_at",
                "postmortem_body_last_updated_at",
                "postmortem_published_at",
            ),
        ),
        (
            Postmortem,
            ("created_at", "updated_at", "body_updated_at", "body_draft_updated_at", "published_at"),
        ),
        (Subscriber, ("created_at", "quarantined_at", "purge_at")),
        (Metric, ("created_at", "updated_at", "most_recent_data_at", "last_fetched_at")),
        (MetricsProvider, ("created_at", "updated_at", "last_revalidated_at")),
    ],
)
def test_instants_are_seconds(model: type[msgspec.Struct], names: tuple[str, ...]) -> None:
    texts = {field.encode_name for field in msgspec.structs.fields(model) if field.name.endswith("_text")}
    assert texts == set(names)
    read = msgspec.json.decode(msgspec.json.encode({"id": "x", **dict.fromkeys(names, INSTANT)}), type=model)
    assert {getattr(read, name) for name in names} == {SECONDS}
    bare = msgspec.json.decode(b'{"id":"x"}', type=model)
    assert {getattr(bare, name) for name in names} == {None}


def decoded(model: Any, **members: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode({"id": "x", **members}), type=model)


def test_an_incident_is_read_in_the_shapes_that_the_service_has() -> None:
    incident = decoded(
        Incident,
        status="completed",
        metadata=["not", "an", "object"],
        postmortem_published_at=True,  # what the document says
        incident_updates=[{"id": "u", "affected_components": None, "tweet_id": 12}],
        components=[{"id": "c", "status": "degraded_performance", "position": None}],
    )
    assert incident.metadata == {}
    assert incident.postmortem_published_at is None
    assert incident.incident_updates[0].affected_components == ()
    assert incident.components[0].known_status is ComponentStatus.DEGRADED_PERFORMANCE
    assert (incident.maintenance, incident.over) == (True, True)
    going_on = decoded(Incident, status="monitoring")
    assert (going_on.maintenance, going_on.over) == (False, False)
    assert decoded(Incident, status="resolved").over


def test_a_status_that_we_do_not_know_stays_a_text() -> None:
    component = decoded(Component, status="on_holiday")
    assert (component.status, component.known_status) == ("on_holiday", None)


@pytest.mark.parametrize(
    ("components", "read"),
    [
        (["a", "b"], ("a", "b")),
        ([{"id": "a"}, {"name": "no id"}, 7], ("a",)),
        ("a text, as the document says", ()),
        (None, ()),
    ],
)
def test_ids_are_read_from_whatever_holds_them(components: Any, read: tuple[str, ...]) -> None:
    assert decoded(ComponentGroup, components=components).components == read
    assert decoded(Subscriber, components=components).components == read


def test_a_page_keeps_its_logos_as_they_come() -> None:
    page = decoded(Page, favicon_logo={"size": 1}, hero_cover="a text", email_logo=None)
    assert (page.favicon_logo, page.hero_cover, page.email_logo) == ({"size": 1}, "a text", None)


def test_counts_have_a_sum() -> None:
    count = decoded(SubscriberCount, email=3, sms=None, teams=2)
    assert count.total == 5
    histogram = decoded(SubscriberHistogram, email={"active": 3, "total": None}, sms=None)
    assert (histogram.email.active, histogram.email.total, histogram.sms.active) == (3, 0, 0)


def test_a_postmortem_is_published_when_it_has_an_instant() -> None:
    assert not decoded(Postmortem, body_draft="x").published
    assert decoded(Postmortem, published_at=INSTANT).published
