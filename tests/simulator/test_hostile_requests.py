"""Nothing that a client can send makes the model raise or answer 5xx, and a refusal changes nothing."""

import json
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.simulator.model import Request
from tests.simulator.desk import NOW, Desk, furnish

FORM = "application/x-www-form-urlencoded"
INCIDENT_FIELDS = (
    "name", "status", "body", "impact_override", "component_ids", "components", "metadata", "scheduled_for",
    "scheduled_until", "reminder_intervals", "backfilled", "backfill_date", "deliver_notifications",
    "scheduled_remind_prior", "scheduled_auto_transition",
)  # fmt: skip
COMPONENT_FIELDS = (
    "name",
    "status",
    "description",
    "group_id",
    "showcase",
    "only_show_if_degraded",
    "start_date",
)

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["", "null", "1e999", "[1,2]", "9999-12-31T23:59:59-23:59", "0001-01-01", "operational"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def operations(desk: Desk, incident_id: str) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [
        ("POST", "/incidents", "incident", INCIDENT_FIELDS),
        ("PATCH", f"/incidents/{incident_id}", "incident", INCIDENT_FIELDS),
        ("POST", "/components", "component", COMPONENT_FIELDS),
        ("PUT", f"/components/{desk.api}", "component", COMPONENT_FIELDS),
        ("POST", "/component-groups", "component_group", ("name", "description", "components")),
        ("POST", f"/metrics/{desk.metric}/data", "data", ("timestamp", "value")),
        ("POST", "/metrics/data", "data", (desk.metric, "nonesuch")),
    ]


def send(desk: Desk, method: str, path: str, body: bytes, *, content_type: str = "application/json") -> int:
    headers = {**desk.headers, "Content-Type": content_type}
    request = Request(method, f"/pages/{desk.page_id}{path}", {}, headers, body)
    response = desk.simulator.handle(request, now=NOW)
    assert response.status < 500
    answer = json.loads(response.body)
    if response.status >= 400:
        assert answer["status"] == response.status
        assert answer["error"]
    return response.status


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_wrong_types_in_every_field_are_answered(data: st.DataObject) -> None:
    desk = furnish()
    incident_id = desk.open()["id"]
    for method, path, wrapper, names in operations(desk, incident_id):
        fields = data.draw(st.dictionaries(st.sampled_from(names), anything, max_size=4))
        send(desk, method, path, json.dumps({wrapper: fields}).encode())
        send(desk, method, path, json.dumps({wrapper: data.draw(anything)}).encode())
    for path in ("/incidents", "/incidents/unresolved", "/components", "/component-groups", "/metrics"):
        assert desk.ask("GET", path)[0] == 200


@settings(max_examples=120, deadline=None)
@given(
    method=st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "", "get"]),
    path=st.text(max_size=40),
    query=st.dictionaries(
        st.sampled_from(["page", "per_page", "limit", "q", "api_key"]), st.text(max_size=12)
    ),
    body=st.binary(max_size=60),
    content_type=st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/html", ""]),
)
def test_noise_is_answered(
    *, method: str, path: str, query: dict[str, str], body: bytes, content_type: str
) -> None:
    desk = furnish()
    headers = {**desk.headers, "Content-Type": content_type}
    for tried in (path, f"/v1/pages/{desk.page_id}/{path}", f"/v1/pages/{desk.page_id}/incidents"):
        response = desk.simulator.handle(Request(method, tried, query, headers, body), now=NOW)
        assert response.status < 500
        json.loads(response.body)


@pytest.mark.parametrize(
    ("sentence", "body"),
    [
        ("no JSON", b"{"),
        ("two documents", b"{}{}"),
        ("broken UTF-8", b'{"incident": {"name": "\xff"}}'),
        ("an unpaired surrogate", b'{"incident": {"name": "\\ud800"}}'),
        ("an unpaired surrogate as a key", b'{"incident": {"\\udfff": 1}}'),
        ("a NUL", b'{"incident": {"name": "a\\u0000b"}}'),
        ("NaN", b'{"incident": {"name": NaN}}'),
        ("a number that is infinite as a double", b'{"incident": {"metadata": {"a": {"b": -1e999}}}}'),
        ("infinity", b'{"incident": {"metadata": {"a": {"b": -Infinity}}}}'),
        ("an integer of 5,000 digits", b'{"incident": {"name": ' + b"9" * 5000 + b"}}"),
        ("deep lists", b"[" * 100_000),
        ("deep lists, closed", b'{"incident": ' + b"[" * 5000 + b"]" * 5000 + b"}"),
        ("deep maps", b'{"incident":' * 40 + b"1" + b"}" * 40),
        ("a list on top", b"[]"),
        ("a number on top", b"7"),
        ("a null on top", b"null"),
        ("nothing", b""),
        ("white space", b"   "),
        ("no wrapper", b'{"name": "x"}'),
        ("a wrapper that is no map", b'{"incident": "x"}'),
    ],
)
def test_bodies_that_cannot_be_read_are_400(desk: Desk, sentence: str, body: bytes) -> None:
    assert send(desk, "POST", "/incidents", body) == 400, sentence
    assert desk.simulator.incidents(desk.page_id) == []


def test_a_number_that_overflows_a_double_is_no_value(desk: Desk) -> None:
    for value in (b"1" * 400, b'"nan"', b'"1e999"', b'"' + b"1" * 5000 + b'"'):
        body = b'{"data": {"timestamp": 1800000000, "value": ' + value + b"}}"
        assert send(desk, "POST", f"/metrics/{desk.metric}/data", body) == 422, value


def test_forms_with_rails_nesting_are_read_like_json(desk: Desk) -> None:
    body = (
        f"incident[name]=Slow+search&incident[component_ids][]={desk.api}&incident[component_ids][]={desk.search}"
        f"&incident[components][{desk.api}]=major_outage&incident[metadata][bridge][key]=a%26b"
        "&incident[deliver_notifications]=false"
    )
    form = "application/x-www-form-urlencoded; charset=utf-8"
    assert send(desk, "POST", "/incidents", body.encode(), content_type=form) == 201
    (incident,) = desk.simulator.incidents(desk.page_id)
    assert incident.name == "Slow search"
    assert incident.component_ids == [desk.api, desk.search]
    assert incident.impact == "critical"
    assert incident.metadata == {"bridge": {"key": "a&b"}}
    assert desk.simulator.notifications == []


def test_points_can_be_sent_as_a_form(desk: Desk) -> None:
    point = f"data[{desk.metric}][][timestamp]=1800000000&data[{desk.metric}][][value]=1.5"
    body = f"{point}&{point.replace('1800000000', '1800000030')}"
    assert send(desk, "POST", "/metrics/data", body.encode(), content_type=FORM) == 202
    points = desk.simulator.metric_points(desk.page_id, desk.metric)
    assert points == {1_800_000_000: 1.5, 1_800_000_030: 1.5}


@pytest.mark.parametrize(
    ("sentence", "body"),
    [
        ("a value and a map", b"incident=x&incident[name]=y"),
        ("a map and a value", b"incident[name]=y&incident=x"),
        ("a map and a list", b"incident[name]=y&incident[]=x"),
        ("a list and a map", b"incident[]=x&incident[name]=y"),
        ("an open bracket", b"incident[name=x"),
        ("text behind a bracket", b"incident[name]x=y"),
        ("no name", b"[name]=x"),
        ("broken UTF-8", b"incident[name]=%ff"),
        ("a NUL", b"incident[name]=a%00"),
        ("bytes beyond ASCII", b"incident[name]=\xff"),
        ("deep nesting", b"incident" + b"[a]" * 200 + b"=x"),
        ("deep nesting of lists", b"incident" + b"[][a]" * 200 + b"=x"),
        ("too many fields", b"&".join(b"a%d=1" % number for number in range(10_001))),
    ],
)
def test_forms_that_cannot_be_read_are_400(desk: Desk, sentence: str, body: bytes) -> None:
    assert send(desk, "POST", "/incidents", body, content_type=FORM) == 400, sentence


@settings(max_examples=120, deadline=None)
@given(body=st.text(alphabet="incident[]=&a%0" + string.ascii_lowercase[:3], max_size=60))
def test_any_form_is_answered(body: str) -> None:
    send(furnish(), "POST", "/incidents", body.encode(), content_type=FORM)
