"""Every operation of the vendor's document in scope has its method; it sends what the document describes, over a real connection, and reads the answer that the document shows."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import msgspec
import pytest
from aiohttp import web

from bridge.statuspage.api import OPERATIONS, READS, StatuspageApi, Unpaced
from tests.statuspage.api import document
from tests.statuspage.api.calls import CALLS, OneCall
from tests.statuspage.servers import TOKEN, web_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@dataclass
class Seen:
    """What reached the server: method, path, query, body."""

    requests: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)


@asynccontextmanager
async def answering(operation: tuple[str, str], seen: Seen) -> AsyncIterator[StatuspageApi]:
    """A client of a server that gives the document's own example of one operation."""
    status, answer = document.example(operation)

    async def handle(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"OAuth {TOKEN}"
        sent = await request.read()
        body = msgspec.json.decode(sent) if sent else None
        if body is not None:
            assert request.headers["Content-Type"] == "application/json"
        seen.requests.append((request.method, request.path.removeprefix("/v1"), dict(request.query), body))
        return web.Response(status=status, body=b"" if answer is None else msgspec.json.encode(answer))

    async with web_server(handle) as peer, peer.transport() as transport:
        yield StatuspageApi(transport, pace=Unpaced(), timeout=10)


def test_the_client_has_every_operation_in_scope_and_no_other() -> None:
    in_scope = set(document.operations())
    assert in_scope >= document.ALIASES
    assert in_scope - document.ALIASES == OPERATIONS
    print(f"{len(OPERATIONS)} operations, and {len(document.ALIASES)} aliases of them by PUT")  # noqa: T201 - the figure is asked for


def test_a_put_that_is_left_out_says_nothing_else_than_the_patch_beside_it() -> None:
    schemas = document.document()["components"]["schemas"]
    for method, template in sorted(document.ALIASES):
        name = _schema_name((method, template))
        other = schemas[_schema_name(("PATCH", template))]
        assert schemas[name]["properties"] == other["properties"], name


def _schema_name(operation: tuple[str, str]) -> str:
    content = document.operations()[operation]["requestBody"]["content"]["application/json"]
    name: str = content["schema"]["$ref"].rsplit("/", 1)[-1]
    return name


def test_every_operation_of_the_client_is_called_here() -> None:
    assert {call.operation for call in CALLS} == OPERATIONS


def test_what_only_reads_is_what_is_a_get() -> None:
    assert {operation for operation in OPERATIONS if operation[0] == "GET"} == READS


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.sentence)
async def test_a_call_sends_what_the_document_describes_and_reads_what_it_shows(call: OneCall) -> None:
    seen = Seen()
    async with answering(call.operation, seen) as api:
        answer = await call.make(api)
    assert seen.requests == [(call.method, call.path, call.query, call.body)]
    assert document.problems(call.operation, call.body) == []
    for name, value in call.query.items():
        assert _allows(document.parameters(call.operation)[name], value), name
    shown = document.example(call.operation)[1]
    if isinstance(shown, list):
        assert len(answer) == len(shown)
    assert (answer is None) == (shown is None)


def _allows(schema: dict[str, Any], value: str) -> bool:
    typed: Any = value
    if schema["type"] == "integer":
        typed = int(value)
    elif schema["type"] == "boolean":
        typed = {"true": True, "false": False}[value]
    return jsonschema_rs.is_valid(schema, typed)


def test_a_body_that_the_document_does_not_describe_is_told() -> None:
    create = ("POST", "/pages/{page_id}/incidents")
    assert document.problems(create, {"incident": {"name": "x", "scheduled_for": "tomorrow"}})
    assert document.problems(create, {"incident": {"name": "x", "wanted": 1}})
    assert document.problems(create, {"incident": {"status": "resolved"}})
    assert document.problems(("POST", "/pages/{page_id}/incident_templates"), {"incident_template": {}})
    assert document.problems(("DELETE", "/pages/{page_id}/incidents/{incident_id}"), {})
