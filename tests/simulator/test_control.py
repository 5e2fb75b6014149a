"""The control operations: who may use them, and what they tell."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request

from bridge.simulator.control import _is_local
from bridge.simulator.faults import Tally
from bridge.simulator.front import build_app
from bridge.simulator.ledger_json import LONGEST_STRETCH, ledger
from bridge.simulator.model import Options
from tests.simulator.desk import NOW, TOKEN, Desk, furnish

Client = TestClient[Any, Any]


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[Client]:
    async with TestClient(TestServer(build_app(desk.simulator, lambda: NOW), host="127.0.0.1")) as client:
        yield client


async def told(client: Client, path: str, **arguments: Any) -> tuple[int, Any]:
    async with client.get(f"/_simulator/{path}", **arguments) as answer:
        return answer.status, await answer.json()


async def test_the_ledger_tells_what_arrived_and_what_was_notified_from_a_number_on(
    desk: Desk, client: Client
) -> None:
    incident = desk.open(component_ids=[desk.api])
    desk.ask("GET", "/incidents")
    desk.patch(incident, now=NOW + 60, status="resolved")
    status, first = await told(client, "ledger")
    assert status == 200
    assert [(one["number"], one["method"], one["status"]) for one in first["arrivals"]] == [
        (0, "POST", 201),
        (1, "GET", 200),
        (2, "PATCH", 200),
    ]
    assert first["arrivals"][2]["targets"] == {"page_id": desk.page_id, "incident_id": incident["id"]}
    assert first["arrivals"][0]["body"]["incident"]["name"] == "Trouble"
    assert [(one["arrival"], one["status"]) for one in first["notifications"]] == [
        (0, "investigating"),
        (2, "resolved"),
    ]
    assert (first["next"], first["arrived"]) == (3, 3)
    _, later = await told(client, "ledger?since=1")
    assert [one["number"] for one in later["arrivals"]] == [1, 2]
    assert [one["arrival"] for one in later["notifications"]] == [2]
    _, nothing = await told(client, "ledger?since=3")
    assert (nothing["arrivals"], nothing["notifications"], nothing["next"]) == ([], [], 3)
    _, beyond = await told(client, "ledger?since=999999999")
    assert (beyond["arrivals"], beyond["next"]) == ([], 3)


async def test_no_token_stands_in_the_ledger(desk: Desk, client: Client) -> None:
    desk.simulator.add_token("second")
    desk.open()
    desk.headers = {"Authorization": "OAuth second"}
    desk.ask("GET", "/incidents")
    desk.headers = {}
    desk.ask("GET", "/incidents")
    _, written = await told(client, "ledger")
    assert [one["token"] for one in written["arrivals"]] == [0, 1, None]
    assert TOKEN not in json.dumps(written)


def test_a_long_ledger_comes_in_stretches(desk: Desk) -> None:
    for _ in range(LONGEST_STRETCH + 5):
        desk.patch(desk.open(), status="resolved")
    begin, numbers, notified = 0, [], 0
    while begin < len(desk.simulator.arrivals):
        stretch = ledger(desk.simulator, Tally(), since=begin)
        numbers += [one["number"] for one in stretch["arrivals"]]
        notified += len(stretch["notifications"])
        begin = stretch["next"]
    assert numbers == list(range(2 * (LONGEST_STRETCH + 5)))
    assert notified == len(desk.simulator.notifications)


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "", "٣", "9" * 30])
async def test_a_ledger_from_nowhere_is_refused(client: Client, since: str) -> None:
    status, problem = await told(client, "ledger", params={"since": since})
    assert status == 400
    assert problem["error"][0].startswith("since must be a number of arrivals")


async def test_a_plan_is_put_shown_met_and_taken_away(desk: Desk, client: Client) -> None:
    rule = {"kind": "status_before", "status": 404, "path": f"/pages/{desk.page_id}/components/{desk.api}"}
    async with client.put("/_simulator/faults", json={"seed": 3, "rules": [rule]}) as answer:
        assert answer.status == 200
    status, plan = await told(client, "faults")
    assert (status, plan["seed"], plan["began_at"]) == (200, 3, NOW)
    assert plan["rules"] == [{**rule, "share": 1.0, "body": "json", "seconds": [0.0, 0.0]}]
    seen = []
    for component in (desk.api, desk.search):
        path = f"/v1/pages/{desk.page_id}/components/{component}"
        async with client.get(path, headers=desk.headers) as answer:
            seen.append(answer.status)
    assert seen == [404, 200]
    async with client.delete("/_simulator/faults") as answer:
        assert answer.status == 204
    _, plan = await told(client, "faults")
    assert (plan["rules"], plan["met"]) == ([], {"status_before": 1})
    _, written = await told(client, "ledger")
    assert [(one["status"], one["fault"]) for one in written["arrivals"]] == [
        (404, "status_before"),
        (200, None),
    ]


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        (b"{", 400, "The request body is not valid JSON."),
        (b"[]", 400, "The request body must be an object."),
        (b"[" * 100_000, 400, "The request body is not valid JSON."),
        (b'{"rules": [{"kind": "late", "share": NaN}]}', 400, "The request body is not valid JSON."),
        (b'{"rules": [{"kind": "late", "share": 1e999}]}', 400, "The request body is not valid JSON."),
        (b"", 422, "rules: must be a list of at most 1000 rules"),
        (b'{"rules": [{"kind": "late", "chance": 1}]}', 422, "rules[0].chance: no such key"),
    ],
)
async def test_a_plan_that_cannot_be_read_changes_nothing(
    client: Client, body: bytes, status: int, problem: str
) -> None:
    async with client.put("/_simulator/faults", data=body) as answer:
        assert (answer.status, await answer.json()) == (status, {"error": [problem]})
    _, plan = await told(client, "faults")
    assert plan["rules"] == []


async def test_every_option_is_shown_with_its_question_and_answers(client: Client) -> None:
    status, shown = await told(client, "options")
    assert (status, shown["rate_limit"], shown["rate_window"]) == (200, 10_000, 60.0)
    by_name = {one["name"]: one for one in shown["questions"]}
    assert by_name["metadata_patch"]["answer"] == "replace"
    assert by_name["metadata_patch"]["answers"] == ["replace", "merge"]
    assert all(one["question"].endswith("?") and one["answer"] in one["answers"] for one in by_name.values())


async def test_control_is_never_rate_limited_and_leaves_no_trace() -> None:
    strict = furnish(Options(rate_limit=1))
    async with TestClient(TestServer(build_app(strict.simulator, lambda: NOW), host="127.0.0.1")) as client:
        assert [(await told(client, "ledger"))[0] for _ in range(5)] == [200] * 5
        assert strict.simulator.arrivals == []


async def test_a_control_token_is_asked_of_everybody(desk: Desk) -> None:
    app = build_app(desk.simulator, lambda: NOW, control_token="open sesame")
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        for headers, status in (
            ({}, 401),
            ({"Authorization": "Bearer wrong"}, 401),
            ({"Authorization": f"OAuth {TOKEN}"}, 401),
            ({"Authorization": "Bearer"}, 401),
            ({"Authorization": "Bearer open sesame"}, 200),
        ):
            assert (await told(client, "ledger", headers=headers))[0] == status, headers
            async with client.put("/_simulator/faults", json={"rules": []}, headers=headers) as answer:
                assert answer.status == status


@pytest.mark.parametrize("token", ["", "  "])
def test_a_blank_control_token_is_refused(desk: Desk, token: str) -> None:
    with pytest.raises(ValueError, match="the control token is blank"):
        build_app(desk.simulator, lambda: NOW, control_token=token)


@pytest.mark.parametrize(
    ("address", "host", "local"),
    [
        (("127.0.0.1", 80), "127.0.0.1:80", True),
        (("127.0.0.1", 80), "localhost", True),
        (("127.0.0.1", 80), "LOCALHOST:8080", True),
        (("::1", 80, 0, 0), "[::1]:80", True),
        (("127.0.0.1", 80), "attacker.example", False),
        (("127.0.0.1", 80), "", False),
        (("127.0.0.1", 80), "[", False),
        (("10.0.0.7", 80), "127.0.0.1", False),
        (("10.0.0.7", 80), "localhost", False),
        ("/run/simulator.sock", "localhost", False),
        (None, "localhost", False),
    ],
)
def test_only_local_connections_by_a_local_name_are_local(
    address: object,
    host: str,
    local: bool,  # noqa: FBT001 - a table's column
) -> None:
    request = make_mocked_request("GET", "/_simulator/ledger", headers={"Host": host})
    assert request.transport is not None
    request.transport.get_extra_info.side_effect = {"sockname": address}.get  # type: ignore[attr-defined]
    assert _is_local(request) is local


async def test_a_foreign_name_is_refused_with_a_reason(client: Client) -> None:
    status, problem = await told(client, "ledger", headers={"Host": "attacker.example"})
    assert status == 403
    assert problem == {"error": ["Without a control token only local connections may control the simulator."]}


async def test_what_a_proxy_forwards_is_not_local(client: Client) -> None:
    for name in ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"):
        assert (await told(client, "ledger", headers={name: "127.0.0.1"}))[0] == 403


async def test_other_control_paths_are_not_the_public_page(client: Client) -> None:
    status, problem = await told(client, "nothing")
    assert (status, problem) == (
        404,
        {
            "error": [
                "GET /_simulator/nothing is no operation of the simulator; there are GET …/ledger, GET, PUT and DELETE …/faults, GET …/options."
            ]
        },
    )
