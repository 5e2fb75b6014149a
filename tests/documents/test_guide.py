"""The guide from top to bottom: each of its requests is sent as it is written, and is answered with what it shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.documents.guide import Request, Section, read_guide
from tests.documents.shared import GUIDE, read_shared
from tests.documents.stage import Stage, furnish

if TYPE_CHECKING:
    from collections.abc import Iterator

SECTIONS = read_guide(read_shared(GUIDE))
WORKFLOW = "Workflow "
WALK = [
    (section, request)
    for section in SECTIONS
    for request in section.requests
    if not section.title.startswith(WORKFLOW)  # these are walked as wholes, below
]

COMPONENTS_OF_THE_GUIDE = {"8kbf7d35c070": "component_id", "vtnh60py4yd7": "database_component_id"}

BULK = "Bulk Operations"
BULK_BODIES: dict[str, Any] = {"reactivate": {"subscribers": "all"}}
"""The guide shows none; the vendor's document asks for codes, or for all."""

NOT_ON_THE_WIRE = {
    "Incident Object": {"started_at", "component_ids"},
    "Component Object": set[str](),
    "Subscriber Object": {"component_ids", "page_access_user"},
}
"""What the guide's models have and the service's answers have not (statuspage-api.md, 2.2 and 2.6): `started_at` is in the public JSON alone, `component_ids` is only sent, and the
document's subscriber has `components` and `page_access_user_id`."""


def _titled(title: str) -> Section:
    return next(section for section in SECTIONS if section.title == title)


def _expected_status(request: Request) -> int:
    return 201 if request.method == "POST" else 200


def _placed(stage: Stage, value: Any) -> Any:
    """A path or body with the stage's identifiers in place of the guide's."""
    if isinstance(value, dict):
        return {_placed(stage, key): _placed(stage, member) for key, member in value.items()}
    if isinstance(value, list):
        return [_placed(stage, member) for member in value]
    if isinstance(value, str):
        return stage.named.get(COMPONENTS_OF_THE_GUIDE.get(value, value), value)
    return value


def _send(stage: Stage, request: Request) -> Any:
    path = request.path.format_map(stage.named)
    body = _placed(stage, request.body)
    if body is None and request.method in {"POST", "PATCH"}:
        body = _body_where_none_is_shown(stage, path)
    response = stage.send(request.method, path, body)
    assert response.status == _expected_status(request), (request, response.status, response.body)
    return json.loads(response.body) if response.body else None


def _body_where_none_is_shown(stage: Stage, path: str) -> Any:
    last = path.rsplit("/", 1)[1]
    if last in {"unsubscribe", "resend_confirmation"}:
        return {"subscribers": [stage.named["subscriber_id"]]}
    return BULK_BODIES.get(last, {"incident_update": {"body": "More is known."}})


def _prepare(stage: Stage, section: Section, request: Request) -> None:
    """Make what this one request presumes, through the calls that the guide writes for it."""
    if "{incident_update_id}" in request.path:
        made = _send(stage, _titled("Create Incident Update").requests[0])
        stage.named["incident_update_id"] = made["id"]
    if "{subscriber_id}" in request.path or section.title == BULK:
        made = _send(stage, _titled("Create Subscriber").requests[0])
        stage.named["subscriber_id"] = made["id"]
    if request.path.endswith("/postmortem/publish"):
        stage.ask("PATCH", _incident(stage), {"incident": {"status": "resolved", "body": "It is over."}})
        _send(stage, _titled("Create Postmortem").requests[0])


def _incident(stage: Stage) -> str:
    return "/pages/{page_id}/incidents/{incident_id}".format_map(stage.named)


def _named(case: Any) -> str:
    return case.title if isinstance(case, Section) else f"{case.method} {case.path}"


def test_the_guide_was_read_whole() -> None:
    written = sum(len(section.requests) for section in SECTIONS)
    bodies = sum(request.body is not None for section in SECTIONS for request in section.requests)
    numbered = [section.title for section in SECTIONS if section.title[0].isdigit()]
    assert (len(numbered), written, bodies) == (9, 42, 20)


@pytest.mark.parametrize(("section", "request_"), WALK, ids=_named)
def test_each_request_of_the_guide_is_answered_with_the_fields_that_it_shows(
    section: Section, request_: Request
) -> None:
    stage = furnish()
    _prepare(stage, section, request_)

    answer = _send(stage, request_)

    if section.answer is not None:
        assert answer
        for row in answer:
            assert set(section.answer[0]) <= set(row)
    if isinstance(request_.body, dict) and isinstance(answer, dict):
        (wrapper, sent), *rest = request_.body.items()
        assert not rest
        shown = answer["data"] if wrapper == "data" else answer
        assert not list(_contradictions(stage, sent, shown))


def _contradictions(stage: Stage, sent: dict[str, Any], shown: dict[str, Any]) -> Iterator[str]:
    """The members of a body that its answer does not show as they were sent, by the name under which the answer has them."""
    for name, value in _placed(stage, sent).items():
        match name:
            case "body" if "incident_updates" in shown:
                found = shown["incident_updates"][0]["body"]
            case "body" if "body_draft" in shown:
                found = shown["body_draft"]
            case "component_ids" if shown.get("components"):
                found = [one["id"] if isinstance(one, dict) else one for one in shown["components"]]
            case "components" if isinstance(value, dict):
                found = {one["id"]: one["status"] for one in shown["components"]}
            case "timestamp":
                found = shown[name]
                value = (value + 15) // 30 * 30  # noqa: PLW2901 - cast to the grid, as the guide says
            case "scheduled_for" | "scheduled_until":
                found = shown[name].replace(".000Z", "Z")
            case _:
                found = shown.get(name)
        if found != value:
            yield f"{name}: sent {value!r}, shown {found!r}"


@pytest.mark.parametrize("parameters", [{"q": "trouble"}, {"limit": "1"}, {"page": "1"}], ids=str)
def test_each_query_parameter_of_the_incident_lists_is_taken(parameters: dict[str, str]) -> None:
    section = _titled("List Incidents")
    assert set(parameters) <= set(section.words["Query Parameters"])
    stage = furnish()
    for request in section.requests:
        listed = stage.ask("GET", request.path.format_map(stage.named), query=parameters)
        assert isinstance(listed, list)
    first = section.requests[0].path.format_map(stage.named)
    assert [row["id"] for row in stage.ask("GET", first, query=parameters)] == [stage.named["incident_id"]]


def test_each_type_and_state_of_the_subscriber_list_is_taken() -> None:
    section = _titled("List Subscribers")
    assert section.words["Query Parameters"] == ["type", "state", "page", "limit"]
    stage = furnish()
    path = section.requests[0].path.format_map(stage.named)
    made = _send(stage, _titled("Create Subscriber").requests[0])
    for kind in ("email", "sms", "webhook", "slack", "integration"):
        query = {"type": kind, "state": "unconfirmed", "page": "0", "limit": "100"}
        listed = stage.ask("GET", path, query=query)
        assert [row["id"] for row in listed] == ([made["id"]] if kind == "email" else [])
    states = {
        state: [row["id"] for row in stage.ask("GET", path, query={"state": state})]
        for state in ("active", "quarantined", "unconfirmed")
    }
    assert states == {"active": [], "quarantined": [], "unconfirmed": [made["id"]]}


def test_each_status_and_impact_of_the_guide_is_taken() -> None:
    section = _titled("Create an Incident")
    window = {"scheduled_for": "2026-02-15T02:00:00Z", "scheduled_until": "2026-02-15T04:00:00Z"}
    for status in section.words["Incident Status Values"]:
        stage = furnish()
        planned = window if status in {"scheduled", "in_progress", "completed"} else {}
        sent = {"incident": {"name": "Trouble", "status": status, **planned}}
        assert stage.ask("POST", f"/pages/{stage.page_id}/incidents", sent)["status"] == status
    for impact in section.words["Impact Override Values"]:
        stage = furnish()
        sent = {"incident": {"name": "Trouble", "impact_override": impact}}
        assert stage.ask("POST", f"/pages/{stage.page_id}/incidents", sent)["impact"] == impact


def test_each_component_status_of_the_guide_is_taken() -> None:
    section = _titled("Update Component Status")
    stage = furnish()
    path = section.requests[0].path.format_map(stage.named)
    for status in section.words["Component Status Values"]:
        assert stage.ask("PATCH", path, {"component": {"status": status}})["status"] == status


@pytest.mark.parametrize("title", NOT_ON_THE_WIRE)
def test_the_objects_of_the_guide_have_their_members(title: str) -> None:
    stage = furnish()
    shown = {
        "Incident Object": lambda: stage.ask("GET", _incident(stage)),
        "Component Object": lambda: stage.ask(
            "GET", "/pages/{page_id}/components/{component_id}".format_map(stage.named)
        ),
        "Subscriber Object": lambda: _send(stage, _titled("Create Subscriber").requests[0]),
    }[title]()

    assert set(_titled(title).answer) - set(shown) == NOT_ON_THE_WIRE[title]


def test_an_error_has_the_shape_and_the_status_of_the_guide() -> None:
    stage = furnish()
    shape = _titled("Error Response Format").answer
    refused = stage.send("POST", f"/pages/{stage.page_id}/incidents", {"wrong": {}})
    answer = json.loads(refused.body)
    assert (refused.status, answer["status"]) == (shape["status"], shape["status"])
    assert isinstance(answer["error"], str)


def _workflow(number: int) -> Section:
    return next(section for section in SECTIONS if section.title.startswith(f"{WORKFLOW}{number}:"))


def test_the_first_workflow_opens_tells_and_resolves_an_incident() -> None:
    stage = furnish()
    opening, *telling = _workflow(1).requests
    opened = _send(stage, opening)
    stage.named["incident_id"] = opened["id"]
    assert (opened["impact"], opened["status"]) == ("major", "investigating")

    for request in telling:
        _send(stage, request)

    told = stage.ask("GET", _incident(stage))
    assert [update["status"] for update in reversed(told["incident_updates"])] == [
        "investigating",
        "identified",
        "monitoring",
        "resolved",
    ]
    assert [update["body"] for update in reversed(told["incident_updates"])] == [
        next(iter(request.body.values()))["body"] for request in (opening, *telling)
    ]
    assert (told["status"], told["components"][0]["status"]) == ("resolved", "operational")
    assert told["resolved_at"] is not None
    assert len(stage.simulator.notifications) == 5  # the stage's own incident is the first


def test_the_second_workflow_reminds_begins_and_completes_by_itself() -> None:
    stage = furnish()
    planned = _send(stage, _workflow(2).requests[0])
    stage.named["incident_id"] = planned["id"]
    begins, ends = 1_771_556_400.0, 1_771_563_600.0
    assert (planned["status"], planned["impact"], planned["scheduled_reminded_at"]) == (
        "scheduled",
        "maintenance",
        None,
    )
    earlier = len(stage.simulator.notifications)

    def at(instant: float) -> Any:
        stage.now = instant
        return stage.ask("GET", _incident(stage))

    assert at(begins - 3601)["scheduled_reminded_at"] is None
    assert at(begins - 3600)["scheduled_reminded_at"] is not None
    assert [told.kind for told in stage.simulator.notifications[earlier:]] == ["reminder"]
    assert at(begins - 1)["status"] == "scheduled"
    assert at(begins)["status"] == "in_progress"
    path = "/pages/{page_id}/components/{database_component_id}".format_map(stage.named)
    assert stage.ask("GET", path)["status"] == "under_maintenance"
    assert at(ends - 1)["status"] == "in_progress"
    completed = at(ends)
    assert (completed["status"], completed["resolved_at"]) == ("completed", "2026-02-20T05:00:00Z")
    assert [update["status"] for update in reversed(completed["incident_updates"])] == [
        "scheduled",
        "in_progress",
        "completed",
    ]
    # Each instant came once.
    assert at(ends + 86_400) == completed


def test_the_third_workflow_sets_several_components_during_an_incident() -> None:
    stage = furnish()
    (request,) = _workflow(3).requests
    changed = _send(stage, request)
    assert changed["status"] == "identified"
    for place, status in request.body["incident"]["components"].items():
        path = f"/pages/{stage.page_id}/components/{stage.named[place]}"
        assert stage.ask("GET", path)["status"] == status
