"""Who is let in, where paths lead, what the arrival log says, and that a seed decides everything."""

import json
import re

import pytest

from bridge.simulator.messages import Answer
from bridge.simulator.model import Options, Request, Response, Simulator
from bridge.simulator.routing import Route, RoutingTable
from tests.simulator.desk import NOW, TOKEN, Desk, furnish


def get(
    simulator: Simulator, path: str, *, headers: dict[str, str], query: dict[str, str] | None = None
) -> Response:
    return simulator.handle(Request("GET", path, query or {}, headers), now=NOW)


@pytest.mark.parametrize(
    ("sentence", "headers", "query", "status"),
    [
        ("the documented header", {"Authorization": f"OAuth {TOKEN}"}, {}, 200),
        ("the scheme in lower case", {"Authorization": f"oauth {TOKEN}"}, {}, 200),
        ("the header's name in lower case", {"authorization": f"OAuth {TOKEN}"}, {}, 200),
        ("the key in the query", {}, {"api_key": TOKEN}, 200),
        ("another scheme", {"Authorization": f"Bearer {TOKEN}"}, {}, 401),
        ("a wrong key", {"Authorization": "OAuth nobody"}, {}, 401),
        ("no key", {}, {}, 401),
        ("a scheme alone", {"Authorization": "OAuth"}, {}, 401),
    ],
)
def test_a_token_is_accepted_as_documented(
    sentence: str, headers: dict[str, str], query: dict[str, str], status: int
) -> None:
    response = get(furnish().simulator, "/v1/pages", headers=headers, query=query)
    assert response.status == status, sentence
    if status == 401:
        assert json.loads(response.body) == {"error": "Could not authenticate"}


def test_a_page_of_someone_else_is_not_found_and_not_listed(desk: Desk) -> None:
    other = desk.simulator.add_page("Other")
    desk.simulator.add_token("limited", [other])
    limited = {"Authorization": "OAuth limited"}
    refused = get(desk.simulator, f"/v1/pages/{desk.page_id}/components", headers=limited)
    assert (refused.status, json.loads(refused.body)["status"]) == (404, 404)
    listed = json.loads(get(desk.simulator, "/v1/pages", headers=limited).body)
    assert [page["id"] for page in listed] == [other]
    everything = json.loads(get(desk.simulator, "/pages", headers=desk.headers).body)
    assert [page["id"] for page in everything] == [desk.page_id, other]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/pages/{page}.json", 200),
        ("/pages/{page}", 200),
        ("/v1/pages/{page}/components.json", 200),
        ("/v1/pages/{page}/incidents/unresolved.json", 200),
        ("/v1/pages/{page}/nowhere", 404),
        ("/v1/pages//components", 404),
        ("/v1/pages/nonesuch", 404),
        ("/v1", 404),
        ("", 404),
    ],
)
def test_paths_lead_where_they_should(desk: Desk, path: str, status: int) -> None:
    response = get(desk.simulator, path.format(page=desk.page_id), headers=desk.headers)
    assert response.status == status
    if status == 404:
        assert json.loads(response.body) == {
            "error": "The requested resource could not be found.",
            "status": 404,
        }


def test_arrivals_are_logged_with_template_targets_body_and_answer(desk: Desk) -> None:
    incident = desk.open(component_ids=[desk.api])
    desk.patch(incident, now=NOW + 5, status="resolved")
    desk.headers = {}
    desk.ask("GET", "/incidents", now=NOW + 6)
    created, changed, refused = desk.simulator.arrivals
    assert (created.method, created.template, created.status) == ("POST", "/pages/{page_id}/incidents", 201)
    assert created.body == {"incident": {"name": "Trouble", "component_ids": [desk.api]}}
    assert changed.template == "/pages/{page_id}/incidents/{incident_id}"
    assert changed.targets == {"page_id": desk.page_id, "incident_id": incident["id"]}
    assert (changed.at, changed.token) == (NOW + 5, TOKEN)
    assert (refused.token, refused.body, refused.status) == (None, None, 401)
    assert TOKEN not in repr(changed)


def test_the_same_seed_and_calls_give_the_same_bytes() -> None:
    def answers(seed: int) -> list[bytes]:
        desk = furnish(seed=seed)
        desk.open(component_ids=[desk.api], components={desk.api: "major_outage"})
        desk.ask("POST", "/components", {"component": {"name": "New"}})
        paths = ("/incidents", "/components", "/component-groups", "/metrics")
        pages = [f"/pages/{desk.page_id}{path}" for path in paths]
        return [get(desk.simulator, path, headers=desk.headers).body for path in pages]

    assert answers(7) == answers(7)
    assert answers(7) != answers(8)


def test_identifiers_have_the_recorded_shape(desk: Desk) -> None:
    incident = desk.open()
    drawn = [desk.page_id, desk.api, desk.metric, incident["id"], incident["incident_updates"][0]["id"]]
    assert all(re.fullmatch(r"[0-9b-df-hj-np-tv-z]{12}", identifier) for identifier in drawn)
    assert len(set(drawn)) == len(drawn)


def test_a_page_is_shown_with_the_documents_fields(desk: Desk) -> None:
    status, page = desk.ask("GET", "")
    assert status == 200
    assert (page["name"], page["time_zone"], page["branding"]) == ("Acme", "UTC", "basic")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", page["created_at"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rate_limit_status": 500}, "rate_limit_status must be 420 or 429, not 500"),
        ({"rate_limit": 0}, "rate_limit must be at least 1, not 0"),
        ({"rate_window": 0.0}, "rate_window must be above 0 seconds, not 0.0"),
        ({"metadata_patch": "mix"}, "'mix' is not a valid MetadataPatch"),
    ],
)
def test_options_without_a_meaning_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Options(**options)  # type: ignore[arg-type]


def test_a_routing_table_refuses_routes_that_contradict_each_other() -> None:
    def never(_call: object) -> Answer:
        raise AssertionError

    with pytest.raises(ValueError, match="is there twice"):
        RoutingTable([Route("GET", "/pages", never), Route("GET", "/pages", never)])
    with pytest.raises(ValueError, match="named otherwise"):
        RoutingTable([Route("GET", "/pages/{page_id}", never), Route("PUT", "/pages/{id}", never)])
