"""What a client of the whole API may do is decided by its allow-list; the daemon's is not widened by that."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import bridge.statuspage
from bridge.statuspage import api
from bridge.statuspage.api import OPERATIONS, READS, StatuspageApi, Unpaced
from bridge.statuspage.calls import ALLOWED, Calls
from bridge.statuspage.sending import Endpoint, ForbiddenCallError, Sender
from tests.documents.examples import example
from tests.documents.openapi import Operation
from tests.statuspage.api.calls import CALLS, PAGE, OneCall
from tests.statuspage.peers import ScriptedTransport, json_answer


def scripted() -> ScriptedTransport:
    return ScriptedTransport(json_answer(200, []))


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.sentence)
async def test_a_client_that_may_only_read_writes_nothing(call: OneCall) -> None:
    transport = scripted()
    reader = StatuspageApi(transport, pace=Unpaced(), allowed=READS)
    if call.method == "GET":
        transport.answer = json_answer(*example(Operation(*call.operation)))
        await call.make(reader)
        assert len(transport.requests) == 1
    else:
        with pytest.raises(ForbiddenCallError, match="is not allowed to this client"):
            await call.make(reader)
        assert transport.requests == []


async def test_an_allow_list_opens_nothing_that_is_not_an_operation() -> None:
    transport = scripted()
    wide = StatuspageApi(
        transport, pace=Unpaced(), allowed=frozenset({("DELETE", "/pages/{page_id}"), *OPERATIONS})
    )
    gone: Endpoint[None] = Endpoint("DELETE", "/pages/{page_id}", None)
    with pytest.raises(ForbiddenCallError):
        await wide.pages._caller.call(gone, {"page_id": PAGE})
    assert transport.requests == []


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.sentence)
async def test_a_client_of_one_page_calls_no_other(call: OneCall) -> None:
    transport = scripted()
    bound = StatuspageApi(transport, pace=Unpaced(), pages=["othe0page"])
    if call.operation == ("GET", "/pages"):
        await call.make(bound)
        return
    with pytest.raises(ForbiddenCallError, match=f"the page '{PAGE}' is not allowed"):
        await call.make(bound)
    assert transport.requests == []


def test_the_whole_client_may_do_what_the_daemon_may_and_much_more() -> None:
    assert ALLOWED < OPERATIONS
    assert len(ALLOWED) == 15


async def test_what_the_daemon_sends_by_keeps_the_daemon_s_list() -> None:
    transport = scripted()
    calls = Calls(transport, "p1", allowed=OPERATIONS)
    gone: Endpoint[None] = Endpoint("DELETE", "/pages/{page_id}/incidents/{incident_id}", None)
    with pytest.raises(ForbiddenCallError):
        await calls.call(gone, {"incident_id": "i1"}, timeout=1)
    assert transport.requests == []


async def test_a_request_that_was_prepared_by_another_is_not_sent() -> None:
    transport = scripted()
    endpoint: Endpoint[None] = Endpoint("DELETE", "/pages/{page_id}/incidents/{incident_id}", None)
    prepared = Sender(transport, allowed=OPERATIONS).prepare(endpoint, {"page_id": "p1", "incident_id": "i1"})
    with pytest.raises(ForbiddenCallError):
        await Sender(transport, allowed=READS).send(prepared, timeout=1)
    assert transport.requests == []


def test_only_one_place_hands_a_request_to_a_transport() -> None:
    folder = Path(bridge.statuspage.__file__).parent
    found = [
        f"{path.relative_to(folder)}: {ast.unparse(node.func)}"
        for path in sorted(folder.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "send"
        if ast.unparse(node)
        != "asking.send(None)"  # goes on with a coroutine, whose transport keeps what it is given
    ]
    # `calls`, `caller` and `asking` ask the sender; the sender alone asks a transport.
    assert found == [
        "api/caller.py: self._sender.send",
        "calls.py: self._sender.send",
        "conformance/asking.py: self._sender.send",
        "sending.py: self._transport.send",
    ]


def test_what_is_public_is_there() -> None:
    assert [name for name in api.__all__ if not hasattr(api, name)] == []
