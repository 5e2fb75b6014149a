"""A storm of random requests: what the document allows, and much that it does not, sent to a running simulator.

It must never break, never hang, answer each with a status and a body that the document has, and succeed at least once with every operation.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import requests
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bridge.simulator import front
from tests.documents.openapi import Operation, operations_of, vendor_document
from tests.documents.pool import fill, live_identifiers
from tests.documents.stage import TOKEN, Stage, furnish

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_ANSWER = 5.0
"""Seconds; an answer takes a few thousandths."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

_SUCCESS = range(200, 300)
_MANY = 1_000_000


def storm(
    operations: list[Operation], *, per_operation: int, number: int = 0
) -> Iterator[tuple[Operation, Counter[int]]]:
    """Send each operation's cases to a stage of its own; give how often it answered each status.

    Args:
        operations: what to call.
        per_operation: the most cases of one.
        number: the seed.

    Raises:
        AssertionError: an answer that the document has not, or a breakdown; it shows the shortest request that causes it.
        requests.Timeout: an answer took over `LONGEST_ANSWER`.
    """
    document = schemathesis.openapi.from_dict(vendor_document())
    with _running() as loop, requests.Session() as session:
        for operation in operations:
            stage = furnish()
            fill(stage, per_operation)
            with _serving(stage, loop) as address:
                cases = _cases(document[operation.template][operation.method])
                statuses = _send(
                    operation,
                    cases,
                    stage,
                    address=address,
                    session=session,
                    most=per_operation,
                    number=number,
                )
                yield operation, statuses


@contextmanager
def _running() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(LONGEST_ANSWER)
        loop.close()


@contextmanager
def _serving(stage: Stage, loop: asyncio.AbstractEventLoop) -> Iterator[str]:
    app = front.build_app(stage.simulator, lambda: stage.now)
    listening = asyncio.run_coroutine_threadsafe(front.start(app), loop).result(LONGEST_ANSWER)
    try:
        yield f"{listening.url}/v1"
    finally:
        asyncio.run_coroutine_threadsafe(listening.close(), loop).result(LONGEST_ANSWER)


def _cases(described: Any) -> st.SearchStrategy[schemathesis.Case[Any]]:
    right = described.as_strategy(generation_mode=GenerationMode.POSITIVE)
    wrong = described.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return st.integers(0, 3).flatmap(lambda drawn: wrong if drawn == 0 else right)


def _send(
    operation: Operation,
    cases: st.SearchStrategy[schemathesis.Case[Any]],
    stage: Stage,
    *,
    address: str,
    session: requests.Session,
    most: int,
    number: int,
) -> Counter[int]:
    statuses: Counter[int] = Counter()

    @seed(number)
    @settings(max_examples=most, database=None, deadline=None, suppress_health_check=[*HealthCheck])
    @given(case=cases, data=st.data())
    def send(case: schemathesis.Case[Any], data: st.DataObject) -> None:
        known = live_identifiers(stage, operation)
        if data.draw(st.integers(0, 9)):
            _aim(case, known, data.draw(st.integers(0, _MANY)))
        if data.draw(st.booleans()):
            case.body = _with_components(case.body, known["component_id"][:3])
        response = case.call(
            base_url=address,
            session=session,
            headers={"Authorization": f"OAuth {TOKEN}"},
            timeout=LONGEST_ANSWER,
        )
        statuses[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    send()
    return statuses


def _aim(case: schemathesis.Case[Any], known: dict[str, list[str]], place: int) -> None:
    """Have a request's path name something that exists."""
    for name in case.path_parameters or {}:
        if known.get(name):
            case.path_parameters[name] = known[name][place % len(known[name])]


def _with_components(body: Any, components: list[str]) -> Any:
    """A body whose lists of components are of some that exist."""
    if isinstance(body, dict):
        return {
            key: components
            if key in {"component_ids", "components"} and isinstance(member, list)
            else _with_components(member, components)
            for key, member in body.items()
        }
    return body


def succeeded(statuses: Counter[int]) -> bool:
    """Whether any of the answers was a success."""
    return any(status in _SUCCESS for status in statuses)


def all_operations() -> list[Operation]:
    """Every operation in scope."""
    return operations_of(vendor_document())
