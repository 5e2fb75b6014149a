"""Writes as they are stored: what is read back is what was begun, but for its text."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bridge.core.incidents import IncidentKey
from bridge.core.operations import SetComponent, WriteIncident
from bridge.core.payload import decode_component_write, decode_incident_write, encode_write
from bridge.core.reasons import Reason
from bridge.core.rules import IncidentRuleId
from bridge.core.signals import Labels
from bridge.core.statuses import ComponentStatus, IncidentStatus

words = st.text(max_size=6)
statuses = st.sampled_from(ComponentStatus)
incident_writes = st.builds(
    WriteIncident,
    page=st.just("acme"),
    place=st.tuples(words.map(IncidentRuleId), st.dictionaries(words, words, max_size=3).map(Labels)),
    key=words.map(IncidentKey),
    incident_id=words,
    episode=st.integers(0, 2**53),
    sequence=st.integers(1, 99),
    name=words,
    status=st.one_of(st.none(), st.sampled_from(IncidentStatus)),
    body=words,
    component_ids=st.lists(words, max_size=3).map(tuple),
    components=st.dictionaries(words, statuses, max_size=3).map(lambda found: tuple(sorted(found.items()))),
    high_water=statuses,
    notify=st.booleans(),
    reason=st.sampled_from(Reason),
)
component_writes = st.builds(SetComponent, st.just("acme"), words, statuses, st.sampled_from(Reason))


@given(incident_writes)
def test_a_write_to_an_incident_is_read_back_without_its_text(write: WriteIncident) -> None:
    assert decode_incident_write("acme", encode_write(write)) == replace(write, body="")


@given(component_writes)
def test_a_write_to_a_component_is_read_back(write: SetComponent) -> None:
    assert decode_component_write("acme", encode_write(write)) == write


@given(incident_writes)
def test_the_order_in_which_components_ride_does_not_count(write: WriteIncident) -> None:
    assert encode_write(replace(write, components=write.components[::-1])) == encode_write(write)


@given(st.one_of(incident_writes, component_writes))
def test_a_payload_is_one_line_of_ascii_json(write: WriteIncident | SetComponent) -> None:
    payload = encode_write(write)
    assert payload.isascii()
    assert "\n" not in payload
    assert json.loads(payload)["reason"] == write.reason


def test_a_text_is_not_stored_with_the_intent() -> None:
    write = WriteIncident(
        "acme",
        (IncidentRuleId("shop"), Labels({})),
        IncidentKey("key"),
        "",
        1,
        1,
        "name",
        IncidentStatus.INVESTIGATING,
        "the long text of the update",
        (),
        (),
        ComponentStatus.MAJOR_OUTAGE,
        notify=True,
        reason=Reason.OPENED,
    )
    assert "long text" not in encode_write(write)
