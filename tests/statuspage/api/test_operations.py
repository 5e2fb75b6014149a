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
from tests.documents.defects import vendor_document
from tests.documents.examples import example
from tests.documents.openapi import (
    Operation,
    operations_of,
    original,
    query_parameters,
    request_schema,
    schemas,
)
from tests.documents.validation import request_problems
from tests.statuspage.api.calls import CALLS, OneCall
from tests.statuspage.servers import TOKEN, web_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ALIASES = frozenset(
    Operation("PUT", template)
    for template in (
        "/pages/{page_id}",
        "/pages/{page_id}/incidents/{incident_id}",
        "/pages/{page_id}/incidents/{incident_id}/incident_updates/{incident_update_id}",
        "/pages/{page_id}/components/{component_id}",
        "/pages/{page_id}/component-groups/{id}",
        "/pages/{page_id}/metrics/{metric_id}",
        "/pages/{page_id}/metrics_providers/{metrics_provider_id}",
    )
)
"""A PUT with the schema and the description of the PATCH beside it: the client has one method for both."""


@dataclass
class Seen:
    """What reached the server: method, path, query, body."""

    requests: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)


@asynccontextmanager
async def answering(operation: Operation, seen: Seen) -> AsyncIterator[StatuspageApi]:
    """A client of a server that gives the document's own example of one operation."""
    status, answer = example(operation)

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
    in_scope = set(operations_of(vendor_document()))
    assert in_scope >= ALIASES
    assert in_scope - ALIASES == OPERATIONS
    print(f"{len(OPERATIONS)} operations, and {len(ALIASES)} aliases of them by PUT")  # noqa: T201 - the figure is asked for


def test_a_put_that_is_left_out_says_nothing_else_than_the_patch_beside_it() -> None:
    for alias in sorted(ALIASES):
        other = Operation("PATCH", alias.template)
        assert _members(alias) == _members(other), alias


def _members(operation: Operation) -> dict[str, Any]:
    schema = request_schema(original(), operation)
    assert schema is not None
    members: dict[str, Any] = schemas(original())[schema["$ref"].rsplit("/", 1)[-1]]["properties"]
    return members


def test_every_operation_of_the_client_is_called_here() -> None:
    assert {call.operation for call in CALLS} == OPERATIONS


def test_what_only_reads_is_what_is_a_get() -> None:
    assert {operation for operation in OPERATIONS if operation[0] == "GET"} == READS


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.sentence)
async def test_a_call_sends_what_the_document_describes_and_reads_what_it_shows(call: OneCall) -> None:
    seen = Seen()
    operation = Operation(*call.operation)
    async with answering(operation, seen) as api:
        answer = await call.make(api)
    assert seen.requests == [(call.method, call.path, call.query, call.body)]
    sent = b"" if call.body is None else msgspec.json.encode(call.body)
    assert request_problems(operation, sent) == []
    known = query_parameters(vendor_document(), operation)
    for name, value in call.query.items():
        assert _allows(known[name], value), name
    shown = example(operation)[1]
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
