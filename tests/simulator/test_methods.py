"""Methods: what a path does not know is 405, and HEAD is GET without the body."""

import json

import pytest

from bridge.simulator.model import Options, Request, Response
from tests.simulator.desk import NOW, Desk, furnish


def send(desk: Desk, method: str, path: str) -> Response:
    request = Request(method, f"/v1/pages/{desk.page_id}{path}", headers=desk.headers)
    return desk.simulator.handle(request, now=NOW)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "", "GET, PATCH, PUT"),
        ("DELETE", ".json", "GET, PATCH, PUT"),
        ("GET", "/metrics/data", "POST"),
        ("TRACE", "/incidents/unresolved.json", "GET"),
        ("get", "/incidents/unresolved", "GET"),
        ("", "/incidents/unresolved", "GET"),
    ],
)
def test_a_known_path_names_the_methods_that_it_takes(
    desk: Desk, method: str, path: str, allowed: str
) -> None:
    response = send(desk, method, path)
    assert (response.status, response.headers["Allow"]) == (405, allowed)
    assert json.loads(response.body) == {"error": "Method not allowed.", "status": 405}


def test_an_unknown_path_is_not_found_by_any_method(desk: Desk) -> None:
    for method in ("GET", "POST", "TRACE"):
        for path in ("/nowhere", "//components", "/pages"):
            assert send(desk, method, path).status == 404, (method, path)


def test_who_is_not_let_in_learns_nothing_of_methods(desk: Desk) -> None:
    desk.headers = {}
    assert send(desk, "DELETE", "").status == 401


def test_head_is_get_without_the_body() -> None:
    desk = furnish(Options(rate_limit=3))
    got, head = send(desk, "GET", "/components"), send(desk, "HEAD", "/components")
    assert (head.status, head.headers, head.body) == (200, got.headers, b"")
    assert (send(desk, "HEAD", "/components/nonesuch").status, len(desk.simulator.arrivals)) == (404, 3)
    refused = send(desk, "HEAD", "/components")
    assert (refused.status, refused.body) == (420, b"")
    assert desk.simulator.arrivals[1].template == "/pages/{page_id}/components"
