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
from tests.documents.defects import vendor_document
from tests.documents.openapi import Operation, operations_of, request_schema
from tests.documents.pool import fill, live_identifiers
from tests.documents.stage import NOW, TOKEN, Stage, furnish

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
    return st.integers(0, 3).flatmap(lambda drawn: wrong if drawn == 3 else right)


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
        # The simplest draw comes oftener than its share: it is the one that succeeds.
        if data.draw(st.sampled_from([True] * 7 + [False])):
            _aim(case, known, data.draw(st.integers(0, _MANY)))
        if data.draw(st.sampled_from([True, True, False])):
            case.body = _plausible(case.body, operation, known, data.draw(st.integers(0, _MANY)))
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


def _plausible(body: Any, operation: Operation, known: dict[str, list[str]], number: int) -> Any:
    """A generated body with what random texts never hit upon: names of what exists, addresses, instants that are not long past."""
    schema = request_schema(vendor_document(), operation)
    if schema is None or not isinstance(body, dict):
        return body
    described = vendor_document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]["properties"]
    likely = _likely(operation, known, number)
    wrappers = [name for name, member in described.items() if "properties" in member]
    if not wrappers:
        return {**body, **{name: likely[name] for name in described if name in likely}}
    (wrapper,) = wrappers
    inner = body.get(wrapper)
    right = {name: likely[name] for name in described[wrapper]["properties"] if name in likely}
    return {**body, wrapper: {**(inner if isinstance(inner, dict) else {}), **right}}


def _likely(operation: Operation, known: dict[str, list[str]], number: int) -> dict[str, Any]:
    """For each member that has to fit to something else: a value that does."""
    components = known["component_id"][:2]
    return {
        "component_ids": components,
        "components": dict.fromkeys(components, "operational")
        if "/incidents" in operation.template
        else components,
        "subscribers": [known["subscriber_id"][number % len(known["subscriber_id"])]],
        "data": {known["metric_id"][0]: [{"timestamp": int(NOW), "value": 1.5}]},
        "timestamp": int(NOW),
        "email": f"storm-{number}@example.net",
        "endpoint": None,
        "phone_number": None,
        "phone_country": None,
        "page_access_user": None,
        "name": f"storm {number}",
        "title": "Storm",
        "body": "It blows.",
        "domain": None,
        "subdomain": f"storm-{number}",
        "time_zone": "UTC",
        "type": "Self" if "/metrics_providers" in operation.template else None,
        "state": None,
        "transform": "average",
        "metric_identifier": "latency.p99",
        "suffix": "ms",
        "decimal_places": 1,
        "y_axis_min": 0,
        "y_axis_max": 10,
        "status": None,
        "backfilled": None,
        "scheduled_for": None,
        "scheduled_until": None,
        "reminder_intervals": None,
        "metadata": {},
    }


def succeeded(statuses: Counter[int]) -> bool:
    """Whether any of the answers was a success."""
    return any(status in _SUCCESS for status in statuses)


def all_operations() -> list[Operation]:
    """Every operation in scope."""
    return operations_of(vendor_document())
