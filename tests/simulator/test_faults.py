"""Which requests meet which fault, how often, and what the client sees."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.simulator.draws import draw
from bridge.simulator.faults import (
    Arm,
    Ending,
    Fault,
    FaultBody,
    FaultKind,
    FaultPlan,
    FaultRule,
)
from bridge.simulator.faulty_service import FaultyService
from bridge.simulator.messages import JSON_HEADERS, Request, Response
from bridge.simulator.model import Options, Simulator
from bridge.simulator.notifying import notifies
from bridge.simulator.options import RetryAfterForm
from tests.simulator.desk import NOW, TOKEN, Desk, furnish

ALL = "/pages/{page_id}/incidents"
ONE = "/pages/{page_id}/incidents/{incident_id}"
MADE = Response(201, JSON_HEADERS, b'{"id":"x"}')
GET = Request("GET", "/v1/pages/p/incidents")


def sent(method: str, fields: object) -> Request:
    """A request with an incident in its body."""
    return Request(method, "/pages/p/incidents", body=json.dumps({"incident": fields}).encode())


def test_a_draw_depends_on_its_seed_and_its_names_alone() -> None:
    drawn = [draw(seed, "share", number) for seed in range(20) for number in range(100)]
    assert all(0 <= number < 1 for number in drawn)
    assert len(set(drawn)) == len(drawn)
    assert 0.45 < sum(drawn) / len(drawn) < 0.55
    assert draw(3, "share", 9) == drawn[309]


def test_shares_add_up_and_are_kept() -> None:
    rules = (
        FaultRule(kind=FaultKind.DROPPED, share=0.3),
        FaultRule(kind=FaultKind.HTML, share=0.2),
        FaultRule(kind=FaultKind.LATE, share=0.0),
    )
    plan = FaultPlan(rules, seed=4)
    met = [plan.draw(GET, ALL, now=NOW) for _ in range(4000)]
    kinds = [None if fault is None else fault.kind for fault in met]
    assert 0.27 < kinds.count(FaultKind.DROPPED) / 4000 < 0.33
    assert 0.17 < kinds.count(FaultKind.HTML) / 4000 < 0.23
    assert FaultKind.LATE not in kinds
    again = FaultPlan(rules, seed=4)
    assert met == [again.draw(GET, ALL, now=NOW) for _ in range(4000)]


def test_a_rule_that_is_taken_out_leaves_the_draws_of_those_before_it_alone() -> None:
    first = FaultRule(kind=FaultKind.DROPPED, share=0.3)
    second = FaultRule(kind=FaultKind.LATE, share=0.3, method="POST")
    both, alone = FaultPlan((first, second), seed=1), FaultPlan((first,), seed=1)
    for _ in range(300):
        met, expected = both.draw(GET, ALL, now=NOW), alone.draw(GET, ALL, now=NOW)
        assert met == expected


@pytest.mark.parametrize(
    ("sentence", "rule", "method", "path", "concerned"),
    [
        ("no restriction", {}, "GET", "/pages/p/incidents", True),
        ("the method", {"method": "GET"}, "GET", "/pages/p/incidents", True),
        ("another method", {"method": "POST"}, "GET", "/pages/p/incidents", False),
        ("the template", {"path": ALL}, "GET", "/pages/p/incidents", True),
        (
            "the template, asked with version and form",
            {"path": ALL},
            "GET",
            "/v1/pages/p/incidents.json",
            True,
        ),
        ("the template with version and form", {"path": f"/v1{ALL}.json"}, "GET", "/pages/p/incidents", True),
        ("another template", {"path": ONE}, "GET", "/pages/p/incidents", False),
        ("any incident", {"path": ONE}, "GET", "/pages/p/incidents/abc", True),
        ("a list is not an incident", {"path": ONE}, "GET", "/pages/p/incidents/unresolved", False),
        ("the list by its name", {"path": f"{ALL}/unresolved"}, "GET", "/pages/p/incidents/unresolved", True),
        ("one incident", {"path": "/pages/{p}/incidents/abc"}, "GET", "/pages/p/incidents/abc", True),
        ("another incident", {"path": "/pages/{p}/incidents/abc"}, "GET", "/pages/p/incidents/abd", False),
        ("another page", {"path": "/pages/q/incidents"}, "GET", "/pages/p/incidents", False),
        ("no operation, no restriction", {}, "GET", "/nowhere", True),
        ("no operation", {"path": "/nowhere"}, "GET", "/nowhere", False),
    ],
)
def test_a_rule_concerns_what_it_names(
    sentence: str, rule: dict[str, str], method: str, path: str, *, concerned: bool
) -> None:
    request = Request(method, path)
    plan = FaultPlan((FaultRule(kind=FaultKind.DROPPED, **rule),))  # type: ignore[arg-type]
    template = Simulator().template_of(request)
    assert (plan.draw(request, template, now=NOW) is not None) is concerned, sentence


def test_a_rule_is_in_force_from_its_beginning_until_its_end() -> None:
    plan = FaultPlan((FaultRule(kind=FaultKind.DROPPED, from_=10.0, until=20.0),), began_at=NOW)
    seen = [plan.draw(GET, ALL, now=NOW + at) is not None for at in (0, 9.9, 10, 19.9, 20, 100)]
    assert seen == [False, False, True, True, False, False]


def test_a_rule_that_is_used_up_lets_the_next_one_through() -> None:
    plan = FaultPlan(
        (FaultRule(kind=FaultKind.DROPPED, times=2), FaultRule(kind=FaultKind.HTML, times=1)), seed=1
    )
    met = [plan.draw(GET, ALL, now=NOW) for _ in range(4)]
    kinds = [None if fault is None else str(fault.kind) for fault in met]
    assert kinds == ["dropped", "dropped", "html", None]


@given(st.floats(0, 1000), st.floats(0, 1000), st.integers(0, 2**32))
def test_seconds_are_drawn_between_the_shortest_and_the_longest(one: float, other: float, seed: int) -> None:
    shortest, longest = sorted((one, other))
    plan = FaultPlan((FaultRule(kind=FaultKind.LATE, seconds=(shortest, longest)),), seed=seed)
    fault = plan.draw(GET, ALL, now=NOW)
    assert fault is not None
    assert fault.applied_after is not None
    assert shortest <= fault.applied_after <= longest


@pytest.mark.parametrize(
    ("rule", "course"),
    [
        # applied after, answered, answered after
        (FaultRule(kind=FaultKind.STATUS_BEFORE), (None, True, 0.0)),
        (FaultRule(kind=FaultKind.STATUS_BEFORE, status=504, seconds=(60.0, 60.0)), (None, True, 60.0)),
        (FaultRule(kind=FaultKind.STATUS_AFTER), (0.0, True, 0.0)),
        (FaultRule(kind=FaultKind.DELAY, seconds=(5.0, 5.0)), (0.0, True, 5.0)),
        (FaultRule(kind=FaultKind.ANSWER_LOST), (0.0, False, 0.0)),
        (FaultRule(kind=FaultKind.DROPPED), (None, False, 0.0)),
        (FaultRule(kind=FaultKind.LATE, seconds=(40.0, 40.0)), (40.0, False, 0.0)),
        (FaultRule(kind=FaultKind.CUT_BODY), (0.0, True, 0.0)),
        (FaultRule(kind=FaultKind.EMPTY_BODY), (0.0, True, 0.0)),
        (FaultRule(kind=FaultKind.HTML), (0.0, True, 0.0)),
        (FaultRule(kind=FaultKind.REFUSED), (None, False, 0.0)),
    ],
)
def test_each_kind_has_its_course(rule: FaultRule, course: tuple[float | None, bool, float]) -> None:
    fault = FaultPlan((rule,)).draw(GET, ALL, now=NOW)
    assert fault is not None
    assert (fault.applied_after, fault.answered, fault.answered_after) == course


@pytest.mark.parametrize(
    ("rule", "status", "header", "body"),
    [
        ({}, 500, None, b'{"error":"Internal Server Error"}'),
        ({"status": 420}, 420, None, b'{"error":"Error"}'),
        ({"status": 420, "retry_after": 7}, 420, "7", b'{"error":"Error"}'),
        (
            {"status": 429, "retry_after": 60, "retry_after_form": RetryAfterForm.DATE},
            429,
            "Fri, 15 Jan 2027 08:01:00 GMT",
            b'{"error":"Too Many Requests"}',
        ),
        ({"status": 401}, 401, None, b'{"error":"Unauthorized"}'),
        ({"status": 204}, 204, None, b""),
        ({"status": 503, "body": FaultBody.EMPTY}, 503, None, b""),
        ({"status": 422, "body": FaultBody.JSON}, 422, None, b'{"error":"Unprocessable Entity"}'),
    ],
)
def test_a_status_is_answered_in_its_form(
    rule: dict[str, object], status: int, header: str | None, body: bytes
) -> None:
    made = FaultRule(kind=FaultKind.STATUS_BEFORE, **rule)  # type: ignore[arg-type]
    answer = Fault(made, 0.0, notifying=False).answer(None, now=NOW)
    assert (answer.status, answer.headers.get("Retry-After"), answer.body) == (status, header, body)


def test_gateways_answer_in_html() -> None:
    answer = Fault(FaultRule(kind=FaultKind.STATUS_AFTER), 0.0, notifying=False).answer(MADE, now=NOW)
    assert answer.status == 502
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"<h1>502 Bad Gateway</h1>" in answer.body


@pytest.mark.parametrize(
    ("method", "template", "fields", "told"),
    [
        ("POST", ALL, {"name": "x"}, True),
        ("POST", ALL, {"name": "x", "deliver_notifications": True}, True),
        ("POST", ALL, {"name": "x", "deliver_notifications": False}, False),
        ("POST", ALL, {"name": "x", "deliver_notifications": "false"}, False),
        ("PATCH", ONE, {"status": "resolved"}, True),
        ("PUT", ONE, {"body": "Better."}, True),
        ("PATCH", ONE, {"status": "resolved", "deliver_notifications": False}, False),
        ("PATCH", ONE, {"name": "y"}, False),
        ("PATCH", ONE, "nonsense", False),
        ("DELETE", ONE, {}, False),
        ("GET", ALL, {}, False),
        ("PATCH", "/pages/{page_id}/components/{component_id}", {"status": "x"}, False),
        ("POST", None, {"name": "x"}, False),
    ],
)
def test_what_would_notify_is_told_by_the_request_alone(
    method: str, template: str | None, fields: object, *, told: bool
) -> None:
    assert notifies(sent(method, fields), template) is told


@pytest.mark.parametrize("body", [b"{", b"[]", b"", b'{"incident": 1}', b"\xff"])
def test_an_unreadable_write_notifies_nobody(body: bytes) -> None:
    assert not notifies(Request("POST", "/pages/p/incidents", body=body), ALL)


@pytest.mark.parametrize(
    ("sentence", "rule", "arms"),
    [
        ("a lost answer", {"kind": FaultKind.ANSWER_LOST}, {Arm.APPLIED: 1}),
        ("half an answer", {"kind": FaultKind.CUT_BODY}, {Arm.APPLIED: 1}),
        ("an empty answer", {"kind": FaultKind.EMPTY_BODY}, {Arm.APPLIED: 1}),
        ("HTML", {"kind": FaultKind.HTML}, {Arm.APPLIED: 1}),
        ("an error after", {"kind": FaultKind.STATUS_AFTER}, {Arm.APPLIED: 1}),
        ("a lost request", {"kind": FaultKind.DROPPED}, {Arm.DROPPED: 1}),
        ("an error before", {"kind": FaultKind.STATUS_BEFORE}, {Arm.DROPPED: 1}),
        ("a timeout's status", {"kind": FaultKind.STATUS_BEFORE, "status": 408}, {Arm.DROPPED: 1}),
        (
            "a refusal in HTML",
            {"kind": FaultKind.STATUS_BEFORE, "status": 403, "body": FaultBody.HTML},
            {Arm.DROPPED: 1},
        ),
        ("a late effect", {"kind": FaultKind.LATE}, {Arm.LATE: 1}),
        ("a refusal tells", {"kind": FaultKind.STATUS_BEFORE, "status": 422}, {}),
        (
            "a rate limit tells by its status",
            {"kind": FaultKind.STATUS_BEFORE, "status": 420, "body": FaultBody.HTML},
            {},
        ),
        ("a slow answer tells", {"kind": FaultKind.DELAY}, {}),
        ("no connection tells", {"kind": FaultKind.REFUSED}, {}),
    ],
)
def test_unknown_outcomes_have_their_arm(
    desk: Desk, sentence: str, rule: dict[str, object], arms: dict[Arm, int]
) -> None:
    service = FaultyService(desk.simulator)
    service.follow((FaultRule(**rule),), seed=0, now=NOW)  # type: ignore[arg-type]
    path = f"/pages/{desk.page_id}/incidents"
    request = Request("POST", path, headers=desk.headers, body=sent("POST", {"name": "x"}).body)
    fault = service.meet(request, now=NOW)
    assert fault is not None
    if fault.applied_after is not None or fault.answered:
        service.take(request, fault, now=NOW)
    assert service.tally.unknown == arms, sentence


def test_a_write_that_the_service_refused_was_not_applied(desk: Desk) -> None:
    service = FaultyService(desk.simulator)
    service.follow((FaultRule(kind=FaultKind.ANSWER_LOST),), seed=0, now=NOW)
    path = f"/pages/{desk.page_id}/incidents"
    request = Request("POST", path, headers=desk.headers, body=sent("POST", {"name": ""}).body)
    service.take(request, service.meet(request, now=NOW), now=NOW)
    assert desk.simulator.arrivals[-1].status == 422
    assert service.tally.met == {FaultKind.ANSWER_LOST: 1}
    assert service.tally.unknown == {}


def test_what_a_fault_turns_away_has_arrived_and_counts_towards_the_limit() -> None:
    desk = furnish(Options(rate_limit=2))
    service = FaultyService(desk.simulator)
    service.follow((FaultRule(kind=FaultKind.STATUS_BEFORE, status=503),), seed=0, now=NOW)
    request = Request("GET", f"/pages/{desk.page_id}/incidents", headers=desk.headers)
    answers = [service.take(request, service.meet(request, now=NOW), now=NOW).status for _ in range(3)]
    assert answers == [503, 503, 420]
    assert [(one.token, one.status, one.fault) for one in desk.simulator.arrivals] == [
        (TOKEN, 503, "status_before"),
        (TOKEN, 503, "status_before"),
        (TOKEN, 420, "status_before"),
    ]
    stranger = Request("GET", f"/pages/{desk.page_id}/incidents")
    assert service.take(stranger, service.meet(stranger, now=NOW), now=NOW).status == 503


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"share": 1.5}, "share must be from 0 to 1, not 1.5"),
        ({"share": float("nan")}, "share must be from 0 to 1, not nan"),
        ({"method": "get"}, "method must be one of DELETE, GET, PATCH, POST, PUT, not 'get'"),
        ({"path": "pages"}, "path must begin with a slash, unlike 'pages'"),
        ({"from_": -1.0}, "from must be 0 seconds or more, not -1.0"),
        ({"from_": 5.0, "until": 5.0}, "until must be after from, not 5.0"),
        ({"times": 0}, "times must be at least 1, not 0"),
        ({"status": 500}, "late has no status"),
        ({"retry_after": 5}, "late has no retry_after"),
        ({"seconds": (5.0, 1.0)}, "seconds must rise within 0 to 86400, unlike 5.0 to 1.0"),
        ({"seconds": (0.0, 1e9)}, "seconds must rise within 0 to 86400, unlike 0.0 to 1000000000.0"),
        ({"ending": Ending.WHOLE}, "late cannot end whole: it has no answer"),
        ({"kind": FaultKind.DELAY, "ending": Ending.RESET}, "delay has no ending"),
        ({"kind": FaultKind.STATUS_AFTER, "status": 100}, "status must be from 200 to 599, not 100"),
        (
            {"kind": FaultKind.STATUS_AFTER, "retry_after": -1},
            "retry_after must be from 0 to 86400 seconds, not -1",
        ),
        (
            {"kind": FaultKind.STATUS_AFTER, "retry_after_form": RetryAfterForm.DATE},
            "retry_after_form needs retry_after",
        ),
    ],
)
def test_a_rule_without_a_meaning_is_refused(rule: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        FaultRule(**{"kind": FaultKind.LATE, **rule})  # type: ignore[arg-type]
    assert str(caught.value) == message
