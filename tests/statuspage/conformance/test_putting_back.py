"""However a visit ends, the page is as it was, or what is left is told; and nothing is touched that was there before."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from bridge.core.capabilities import QUESTIONS
from bridge.simulator.faults import FaultKind, FaultRule
from bridge.simulator.model import Options
from bridge.statuspage.conformance.questions import findings
from bridge.statuspage.conformance.visit import Part
from tests.statuspage.conformance.stage import MARK, TOKEN, InterruptingTransport, Stage, stage
from tests.statuspage.peers import json_answer

if TYPE_CHECKING:
    from bridge.statuspage.conformance.visit import Visit
    from bridge.statuspage.transport import Request, Response, Transport

LATENCY = (0.05, 0.25)
QUICK = (Part.RATE_LIMIT,)
CREATES = (
    "/pages/{page_id}/components",
    "/pages/{page_id}/incidents",
    "/pages/{page_id}/subscribers",
    "/pages/{page_id}/metrics_providers",
    "/pages/{page_id}/metrics_providers/{metrics_provider_id}/metrics",
)


def interrupted(set_up: Stage, *numbers: int) -> tuple[Visit, int]:
    """A visit that is cancelled while it makes the calls of these numbers, and how many it made."""

    async def go() -> tuple[Visit, int]:
        transport = InterruptingTransport(set_up.network.transport(TOKEN), *numbers)
        visit = await set_up.visit(transport, skip=QUICK)
        transport.task = asyncio.ensure_future(visit.make())
        await asyncio.wait([transport.task])
        assert transport.task.cancelled() or transport.made < min(numbers)
        return visit, transport.made

    return set_up.loop.run_until_complete(go())


def marked(set_up: Stage) -> list[str]:
    """Whatever on the page carries the probe's mark, or was not there before in another way."""
    state = set_up.state
    texts = [
        str(one) for kind in ("components", "incidents", "metrics", "subscribers") for one in state[kind]
    ]
    return [text for text in texts if MARK in text]


class AnsweringProvider:
    """Answers a new provider with one that is there."""

    def __init__(self, transport: Transport, provider: str) -> None:
        self._transport = transport
        self._provider = provider

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - as in Transport
        """Send everything else on."""
        if request.method == "POST" and request.path.endswith("/metrics_providers"):
            return json_answer(201, {"id": self._provider, "type": "Self"})
        return await self._transport.send(request, timeout=timeout)


def test_interrupted_at_any_call_it_leaves_nothing() -> None:
    made, number = 0, 1
    while number <= max(made, 1):
        with stage(latency=LATENCY) as set_up:
            before = set_up.state
            visit, made = interrupted(set_up, number)
            assert (visit.made.left, set_up.state) == ([], before), f"interrupted at call {number}"
        number += 1
    assert made > 50


@pytest.mark.parametrize("first", [4, 12, 30, 50])
def test_what_a_second_interruption_leaves_is_told(first: int) -> None:
    for second in range(first + 1, first + 8):
        with stage(latency=LATENCY) as set_up:
            before = set_up.state
            visit, _ = interrupted(set_up, first, second)
            if set_up.state != before:
                told = " ".join(str(thing) for thing in visit.made.left)
                assert visit.made.left
                assert len(marked(set_up)) <= len(visit.made.left), told


@pytest.mark.parametrize("lag", [0.0, 20.0])
@pytest.mark.parametrize(
    "kind", [FaultKind.ANSWER_LOST, FaultKind.DROPPED, FaultKind.STATUS_BEFORE, FaultKind.STATUS_AFTER]
)
@pytest.mark.parametrize("path", CREATES)
def test_what_was_perhaps_made_is_found_by_its_mark_or_told(path: str, kind: FaultKind, lag: float) -> None:
    fault = FaultRule(kind=kind, method="POST", path=path, times=1)
    with stage(Options(list_lag=lag), latency=LATENCY, faults=(fault,)) as set_up:
        before = set_up.state

        async def go() -> tuple[Visit, Any]:
            visit = await set_up.visit(skip=QUICK)
            return visit, findings(await visit.make())

        visit, found = set_up.loop.run_until_complete(go())
        assert len(found) == len(QUESTIONS)
        told = [str(thing) for thing in visit.made.left]
        if path.endswith("/metrics_providers"):
            # It has no name, so that nobody can say whose it is.
            assert told == ["metrics provider 'Self', if it was made at all"]
            assert {**set_up.state, "providers": None} == {**before, "providers": None}
        else:
            applied = kind in {FaultKind.ANSWER_LOST, FaultKind.STATUS_AFTER}
            assert (bool(told), set_up.state) == (not applied, before)
            assert all(line.endswith("if it was made at all") for line in told)


@pytest.mark.parametrize("status", [408, 409])
def test_what_was_made_though_a_refusal_was_answered_that_is_none_is_removed(status: int) -> None:
    fault = FaultRule(
        kind=FaultKind.STATUS_AFTER, status=status, method="POST", path="/pages/{page_id}/components", times=1
    )
    with stage(latency=LATENCY, faults=(fault,)) as set_up:
        before = set_up.state

        async def go() -> Visit:
            visit = await set_up.visit(skip=QUICK)
            await visit.make()
            return visit

        visit = set_up.loop.run_until_complete(go())
        assert (visit.made.left, set_up.state) == ([], before)


def test_what_cannot_be_removed_is_told_with_its_id() -> None:
    fault = FaultRule(
        kind=FaultKind.STATUS_BEFORE, method="DELETE", path="/pages/{page_id}/components/{component_id}"
    )
    with stage(faults=(fault,)) as set_up:

        async def go() -> Visit:
            visit = await set_up.visit(skip=QUICK)
            await visit.make()
            return visit

        visit = set_up.loop.run_until_complete(go())
        assert [thing.name for thing in visit.made.left] == [f"{MARK} component", f"{MARK} other component"]
        page = set_up.simulator.page(set_up.page_id)
        assert {thing.id for thing in visit.made.left} < set(page.components)
        assert all(str(thing.id) in str(thing) for thing in visit.made.left)


def test_a_provider_that_was_there_before_is_not_removed_though_it_is_answered() -> None:
    """A page may answer a second provider of its own points with the first one, and that one has other people's metrics."""
    with stage() as set_up:
        page = set_up.simulator.page(set_up.page_id)
        (provider,) = page.providers
        before = set_up.state

        async def go() -> Visit:
            answering = AnsweringProvider(set_up.network.transport(TOKEN), provider)
            visit = await set_up.visit(answering, skip=QUICK)
            await visit.make()
            return visit

        assert set_up.loop.run_until_complete(go()).made.left == []
        assert set_up.state == before


def test_interrupted_at_any_time_it_leaves_nothing_though_calls_wait_for_their_place() -> None:
    """What was not sent yet is not sent any more, and is not told as perhaps made."""
    for tenths in range(1, 2000, 61):
        with stage(latency=LATENCY) as set_up:
            before = set_up.state

            async def go(seconds: float, set_up: Stage = set_up) -> Visit:
                visit = await set_up.visit(skip=QUICK, requests=12)
                task = asyncio.ensure_future(visit.make())
                await asyncio.wait([task], timeout=seconds)
                task.cancel()
                await asyncio.wait([task])
                return visit

            visit = set_up.loop.run_until_complete(go(tenths / 10))
            assert (visit.made.left, set_up.state) == ([], before), f"interrupted after {tenths / 10} s"
