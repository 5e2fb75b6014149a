"""The models against answers recorded of the live service, and against worse."""

from __future__ import annotations

import msgspec
import pytest

from bridge.core.statuses import ComponentStatus, IncidentStatus
from bridge.statuspage.models import Component, Incident, Metric, Page

RECORDED_COMPONENT = {
    "id": "vtnh60py4yd7",
    "page_id": "kctbh9vrtdwd",
    "group_id": None,
    "created_at": "2024-06-07T22:26:34Z",
    "updated_at": "2024-06-07T22:26:34Z",
    "group": False,
    "name": "Payment Service",
    "description": None,
    "position": 1,
    "status": "partial_outage",
    "showcase": True,
    "only_show_if_degraded": False,
    "start_date": "2024-06-07",
}
RECORDED_INCIDENT = {
    "id": "t4szpmm54wxx",
    "components": [RECORDED_COMPONENT],
    "created_at": "2024-06-07T22:26:34Z",
    "impact": "major",
    "impact_override": None,
    "incident_updates": [
        {
            "id": "r2d8m7q4v1bc",
            "incident_id": "t4szpmm54wxx",
            "status": "investigating",
            "body": "We are looking.",
            "created_at": "2024-06-07T22:26:34.370Z",
            "display_at": "2024-06-07T15:26:34.370-07:00",
            "updated_at": None,
            "affected_components": None,
            "deliver_notifications": True,
            "tweet_id": None,
        }
    ],
    "metadata": {"bridge": {"key": "k", "note": None}},
    "monitoring_at": None,
    "name": "Payments fail",
    "resolved_at": None,
    "scheduled_auto_completed": False,
    "scheduled_for": None,
    "shortlink": "https://stspg.io/t4szpmm54wxx",
    "status": "investigating",
    "updated_at": "2024-06-07T22:26:35Z",
    "reminder_intervals": None,
}


def test_a_recorded_incident_is_read_whole() -> None:
    incident = msgspec.json.decode(msgspec.json.encode(RECORDED_INCIDENT), type=Incident)
    assert (incident.id, incident.name, incident.impact) == ("t4szpmm54wxx", "Payments fail", "major")
    assert incident.known_status is IncidentStatus.INVESTIGATING
    assert (incident.created_at, incident.updated_at) == (1_717_799_194.0, 1_717_799_195.0)
    assert incident.resolved_at is None
    assert incident.monitoring_at is None
    assert incident.scheduled_for is None
    assert incident.scheduled_until is None
    assert incident.metadata == {"bridge": {"key": "k", "note": None}}
    (update,) = incident.incident_updates
    assert update.created_at == update.display_at == pytest.approx(1_717_799_194.37)
    assert update.updated_at is None
    assert update.affected_components is None
    (component,) = incident.components
    assert component.known_status is ComponentStatus.PARTIAL_OUTAGE
    assert component.updated_at == 1_717_799_194.0


@pytest.mark.parametrize("model", [Page, Component, Incident, Metric])
def test_a_null_in_every_place_but_the_id_reads_like_nothing_at_all(model: type[msgspec.Struct]) -> None:
    fields = msgspec.structs.fields(model)
    nulls: dict[str, object] = {field.encode_name: None for field in fields} | {"id": "x", "surprise": [1]}
    assert msgspec.json.decode(msgspec.json.encode(nulls), type=model) == msgspec.convert({"id": "x"}, model)


@pytest.mark.parametrize("document", [b"{}", b'{"id":null}', b'{"id":""}', b'{"id":7}', b"[]", b"null"])
def test_without_an_id_there_is_no_model(document: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(document, type=Incident)


def test_a_status_of_another_kind_is_kept_and_not_known() -> None:
    assert Component(id="c", status="").known_status is None
    assert Component(id="c", status="on_fire").known_status is None
    assert Incident(id="i", status="in_progress").known_status is None


@pytest.mark.parametrize("metadata", [b"null", b"[1]", b'"text"', b"7"])
def test_strange_metadata_of_another_tool_hides_no_incident(metadata: bytes) -> None:
    incident = msgspec.json.decode(b'{"id":"i","metadata":' + metadata + b"}", type=Incident)
    assert incident.metadata == {}


def test_two_incidents_without_metadata_do_not_share_one() -> None:
    first, second = (msgspec.json.decode(b'{"id":"i"}', type=Incident) for _ in range(2))
    assert first.metadata is not second.metadata
