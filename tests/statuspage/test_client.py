"""The client: what each method sends, and that nothing leaves which is not on the list."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bridge.core.intents import Done, Failure, NotSent, Outcome, Unknown
from bridge.core.reasons import Reason
from bridge.core.statuses import ComponentStatus, IncidentStatus
from bridge.errors import ConfigurationError
from bridge.statuspage import components, incidents, metrics, pages, templates
from bridge.statuspage.calls import ALLOWED, Endpoint, ForbiddenCallError
from bridge.statuspage.client import StatuspageClient
from bridge.statuspage.incidents import IncidentWrite
from bridge.statuspage.models import Component, Incident, Metric, Page
from bridge.statuspage.transport import Response, TransportError
from tests.statuspage.peers import ScriptedTransport, json_answer

Method = Callable[[StatuspageClient], Coroutine[Any, Any, Outcome]]

QUIET = IncidentWrite(deliver_notifications=False)
FULL = IncidentWrite(
    deliver_notifications=True,
    name="Checkout is down",
    status=IncidentStatus.INVESTIGATING,
    body="We are looking.",
    component_ids=("c1", "c2"),
    components={"c1": ComponentStatus.MAJOR_OUTAGE},
    impact_override="major",
    metadata={"bridge": {"v": 1, "op": "o1"}},
)
FULL_BODY = {
    "incident": {
        "name": "Checkout is down",
        "status": "investigating",
        "body": "We are looking.",
        "component_ids": ["c1", "c2"],
        "components": {"c1": "major_outage"},
        "impact_override": "major",
        "metadata": {"bridge": {"v": 1, "op": "o1"}},
        "deliver_notifications": True,
    }
}
MANY = {"page": "2", "per_page": "100"}


def client(answer: Response | TransportError) -> tuple[StatuspageClient, ScriptedTransport]:
    transport = ScriptedTransport(answer)
    return StatuspageClient(transport, "p1"), transport


@pytest.mark.parametrize(
    ("call", "sent"),
    [
        pytest.param(
            lambda c: c.get_page(timeout=1), ("GET", "/pages/p1", {}, None), id="the page is read by its id"
        ),
        pytest.param(
            lambda c: c.list_components(2, timeout=1),
            ("GET", "/pages/p1/components", MANY, None),
            id="components are always paginated",
        ),
        pytest.param(
            lambda c: c.list_unresolved(2, timeout=1),
            ("GET", "/pages/p1/incidents/unresolved", MANY, None),
            id="unresolved incidents take per_page",
        ),
        pytest.param(
            lambda c: c.list_scheduled(2, timeout=1),
            ("GET", "/pages/p1/incidents/scheduled", MANY, None),
            id="maintenances to come take per_page",
        ),
        pytest.param(
            lambda c: c.list_active(2, timeout=1),
            ("GET", "/pages/p1/incidents/active_maintenance", MANY, None),
            id="maintenances that go on take per_page",
        ),
        pytest.param(
            lambda c: c.list_incidents(2, 50, timeout=1),
            ("GET", "/pages/p1/incidents", {"page": "2", "limit": "50"}, None),
            id="all incidents take limit",
        ),
        pytest.param(
            lambda c: c.get_incident("i1", timeout=1),
            ("GET", "/pages/p1/incidents/i1", {}, None),
            id="one incident is read by its id",
        ),
        pytest.param(
            lambda c: c.create_incident(FULL, timeout=1),
            ("POST", "/pages/p1/incidents", {}, FULL_BODY),
            id="creating sends every member that is set",
        ),
        pytest.param(
            lambda c: c.update_incident("i1", QUIET, timeout=1),
            ("PATCH", "/pages/p1/incidents/i1", {}, {"incident": {"deliver_notifications": False}}),
            id="a change without members still says that nobody is told",
        ),
        pytest.param(
            lambda c: c.set_component("c1", ComponentStatus.OPERATIONAL, timeout=1),
            ("PATCH", "/pages/p1/components/c1", {}, {"component": {"status": "operational"}}),
            id="a component's status goes alone",
        ),
        pytest.param(
            lambda c: c.list_metrics(2, timeout=1),
            ("GET", "/pages/p1/metrics", MANY, None),
            id="metrics are always paginated",
        ),
        pytest.param(
            lambda c: c.push_points({"m1": [(30, 1.5), (60, 2.0)], "m2": []}, timeout=1),
            (
                "POST",
                "/pages/p1/metrics/data",
                {},
                {
                    "data": {
                        "m1": [{"timestamp": 30, "value": 1.5}, {"timestamp": 60, "value": 2.0}],
                        "m2": [],
                    }
                },
            ),
            id="points of several metrics go in one call",
        ),
    ],
)
async def test_what_a_method_sends(call: Method, sent: tuple[object, ...]) -> None:
    bridge, transport = client(json_answer(404, {"error": "gone"}))
    assert await call(bridge) == NotSent(Reason.NOT_FOUND, "gone")
    assert transport.sent() == sent


@pytest.mark.parametrize(
    ("call", "document", "body"),
    [
        (lambda c: c.get_page(timeout=1), {"id": "p1"}, Page(id="p1")),
        (lambda c: c.list_components(1, timeout=1), [{"id": "c1"}], (Component(id="c1"),)),
        (
            lambda c: c.set_component("c1", ComponentStatus.OPERATIONAL, timeout=1),
            {"id": "c1"},
            Component(id="c1"),
        ),
        (lambda c: c.list_unresolved(1, timeout=1), [], ()),
        (lambda c: c.list_incidents(1, timeout=1), [{"id": "i1"}], (Incident(id="i1"),)),
        (lambda c: c.get_incident("i1", timeout=1), {"id": "i1"}, Incident(id="i1")),
        (lambda c: c.create_incident(FULL, timeout=1), {"id": "i1"}, Incident(id="i1")),
        (lambda c: c.update_incident("i1", QUIET, timeout=1), {"id": "i1"}, Incident(id="i1")),
        (lambda c: c.list_metrics(1, timeout=1), [{"id": "m1"}], (Metric(id="m1"),)),
        (lambda c: c.push_points({}, timeout=1), {"m1": []}, {"m1": []}),
    ],
)
async def test_a_success_holds_the_model(call: Method, document: object, body: object) -> None:
    bridge, _ = client(json_answer(200, document))
    assert await call(bridge) == Done(body)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(
            json_answer(420, {}, Retry_After="60"),
            NotSent(Reason.RATE_LIMITED, "", 60.0),
            id="a rate limit says how long",
        ),
        pytest.param(
            json_answer(
                429,
                {"error": "slow down"},
                retry_after="Fri, 07 Jun 2024 22:27:04 GMT",
                date="Fri, 07 Jun 2024 22:26:34 GMT",
            ),
            NotSent(Reason.RATE_LIMITED, "slow down", 30.0),
            id="a date is compared to the server's own clock",
        ),
        pytest.param(
            TransportError(Failure.LOST, "cut", head=Response(420, {"Retry-After": "7"})),
            NotSent(Reason.RATE_LIMITED, "", 7.0),
            id="a rate limit needs no body",
        ),
        pytest.param(
            TransportError(Failure.LOST, "cut", head=Response(422)),
            Unknown(Reason.CONNECTION_LOST, "cut"),
            id="any other cut answer is unknown",
        ),
        pytest.param(
            TransportError(Failure.REFUSED, "no connection"),
            NotSent(Reason.REFUSED_CONNECTION, "no connection"),
            id="refused",
        ),
        pytest.param(TransportError(Failure.TIMEOUT), Unknown(Reason.TIMEOUT), id="timeout"),
        pytest.param(
            Response(200, {}, b"<html><title>Sign in</title></html>"),
            Unknown(
                Reason.UNREADABLE_ANSWER,
                "the answer cannot be read: JSON is malformed: invalid character (byte 0)",
            ),
            id="a sign-in page is no success",
        ),
        pytest.param(
            json_answer(201, {"incident": {"id": "i1"}}),
            Unknown(
                Reason.UNREADABLE_ANSWER,
                "the answer cannot be read: Object missing required field `id`",
            ),
            id="a success without an id tells nothing to remember",
        ),
        pytest.param(
            Response(201),
            Unknown(Reason.UNREADABLE_ANSWER, "the answer cannot be read: Input data was truncated"),
            id="an empty success",
        ),
        pytest.param(Response(302), Unknown(Reason.UNREADABLE_ANSWER), id="a redirect"),
        pytest.param(
            Response(502, {}, b"<html><head><title>502 Bad Gateway</title></head></html>"),
            Unknown(Reason.SERVER_ERROR, "502 Bad Gateway"),
            id="a gateway's page",
        ),
        pytest.param(
            Response(403, {}, b"blocked by policy"),
            Unknown(Reason.UNREADABLE_ANSWER, "blocked by policy"),
            id="a refusal that is not the API's",
        ),
        pytest.param(
            json_answer(422, {"error": {"name": ["can't be blank"], "status": ["is wrong", "is old"]}}),
            NotSent(Reason.REJECTED, "name: can't be blank; status: is wrong, is old"),
            id="a validation",
        ),
        pytest.param(
            json_answer(401, {"error": "Could not authenticate"}),
            NotSent(Reason.UNAUTHORIZED, "Could not authenticate"),
            id="a wrong token",
        ),
        pytest.param(
            json_answer(409, {"error": "conflict"}), Unknown(Reason.CONFLICT, "conflict"), id="a conflict"
        ),
    ],
)
async def test_how_an_answer_is_read(answer: Response | TransportError, outcome: Outcome) -> None:
    bridge, _ = client(answer)
    assert await bridge.create_incident(FULL, timeout=1) == outcome


ENDPOINTS = [
    (module.__name__, value)
    for module in (components, incidents, metrics, pages, templates)
    for value in vars(module).values()
    if isinstance(value, Endpoint)
]


def test_the_allow_list_is_what_the_methods_need_and_nothing_more() -> None:
    assert {(endpoint.method, endpoint.template) for _, endpoint in ENDPOINTS} == ALLOWED
    assert {one for one in ALLOWED if one[0] in {"DELETE", "PUT"}} == {
        ("PUT", "/pages/{page_id}/incidents/{incident_id}/postmortem")
    }


@pytest.mark.parametrize("missing", sorted(ALLOWED))
async def test_a_call_that_is_not_allowed_is_a_defect_and_sends_nothing(missing: tuple[str, str]) -> None:
    transport = ScriptedTransport(json_answer(200, {}))
    bridge = StatuspageClient(transport, "p1", allowed=ALLOWED - {missing})
    (endpoint,) = [known for _, known in ENDPOINTS if (known.method, known.template) == missing]
    with pytest.raises(ForbiddenCallError, match="not allowed"):
        await bridge.call(endpoint, {"component_id": "c1", "incident_id": "i1"}, timeout=1)
    assert transport.requests == []


async def test_an_endpoint_nobody_opened_is_shut() -> None:
    bridge, transport = client(json_answer(200, {}))
    with pytest.raises(ForbiddenCallError, match=r"DELETE .* is not allowed"):
        await bridge.call(
            Endpoint("DELETE", "/pages/{page_id}/incidents/{incident_id}", None),
            {"incident_id": "i1"},
            timeout=1,
        )
    assert transport.requests == []


async def test_a_set_that_is_given_opens_nothing() -> None:
    closed = ("DELETE", "/pages/{page_id}/incidents/{incident_id}")
    transport = ScriptedTransport(json_answer(200, {}))
    bridge = StatuspageClient(transport, "p1", allowed=frozenset({closed}))
    with pytest.raises(ForbiddenCallError, match=r"DELETE .* is not allowed"):
        await bridge.call(Endpoint("DELETE", closed[1], None), {"incident_id": "i1"}, timeout=1)
    assert transport.requests == []


async def test_another_page_than_its_own_cannot_be_named() -> None:
    bridge, transport = client(json_answer(200, {}))
    with pytest.raises(ForbiddenCallError, match="bound to the page p1"):
        await bridge.call(pages.GET_PAGE, {"page_id": "p2"}, timeout=1)
    assert transport.requests == []


async def test_where_no_body_is_expected_an_empty_one_is_done() -> None:
    endpoint: Endpoint[None] = Endpoint("PATCH", "/pages/{page_id}/components/{component_id}", None)
    for answer, done in (
        (Response(204), True),
        (json_answer(200, {}), True),
        (Response(200, {}, b"<p>"), False),
    ):
        transport = ScriptedTransport(answer)
        bridge = StatuspageClient(transport, "p1", allowed=frozenset({(endpoint.method, endpoint.template)}))
        outcome = await bridge.call(endpoint, {"component_id": "c1"}, timeout=1)
        assert isinstance(outcome, Done) is done


@pytest.mark.parametrize("identifier", ["", "a/b", "..", "a?b", "a%2fb", "ä", "a\n", "{page_id}", "x" * 65])
async def test_an_id_that_would_make_another_path_is_never_sent(identifier: str) -> None:
    bridge, transport = client(json_answer(200, {}))
    for call in (
        bridge.get_incident(identifier, timeout=1),
        bridge.set_component(identifier, ComponentStatus.OPERATIONAL, timeout=1),
    ):
        outcome = await call
        assert isinstance(outcome, NotSent)
        assert outcome.reason is Reason.REJECTED
    assert transport.requests == []
    with pytest.raises(ConfigurationError, match="is not a page id"):
        StatuspageClient(transport, identifier)


async def test_a_lone_surrogate_is_refused_here_since_it_cannot_be_sent() -> None:
    bridge, transport = client(json_answer(200, {}))
    write = IncidentWrite(deliver_notifications=True, name="half \ud800")
    outcome = await bridge.create_incident(write, timeout=1)
    assert outcome == NotSent(Reason.REJECTED, "a text holds half of a surrogate pair and cannot be sent")
    assert transport.requests == []


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
async def test_a_point_that_is_not_a_number_is_refused_by_the_metrics_name(value: float) -> None:
    bridge, transport = client(json_answer(202, {}))
    outcome = await bridge.push_points({"m1": [(30, 1.0)], "m2": [(30, value)]}, timeout=1)
    assert outcome == NotSent(Reason.REJECTED, "metric 'm2' has a point that is not a number")
    assert transport.requests == []


def test_members_that_belong_together_are_not_taken_apart() -> None:
    with pytest.raises(ValueError, match="goes with its status"):
        IncidentWrite(deliver_notifications=True, body="text")
    with pytest.raises(ValueError, match="beside component_ids"):
        IncidentWrite(deliver_notifications=True, components={"c1": ComponentStatus.OPERATIONAL})
    bridge, _ = client(json_answer(201, {}))
    with pytest.raises(ValueError, match="with a name"):
        _ = bridge.create_incident(QUIET, timeout=1)
