"""What a plan prints is what the daemon then sends: call by call, in order, with the same bodies and the same mails. Fifty random states, nothing changing from outside, no faults."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from bridge.core.operations import WriteIncident, WriteMaintenance
from bridge.engine.presumed import NEW
from bridge.statuspage.unsent import request_of
from tests.simulation.planned.states import Answer, Question, Scene, drawn_states

if TYPE_CHECKING:
    from bridge.core.planned import Sendable
    from bridge.simulation.world import World

STATES = 50
MOST_DRAWN = 70
"""Of those that are drawn, some do not last until their calls are sent: a hold is over before."""


class Call(NamedTuple):
    """One write: planned, or arrived."""

    method: str
    path: str
    body: Any
    notified: bool


@pytest.mark.timeout(300)
def test_what_a_plan_says_is_what_the_daemon_then_sends_call_by_call() -> None:
    asked: Counter[Question] = Counter()
    kinds: Counter[str] = Counter()
    met: Counter[str] = Counter()
    states = with_calls = notified = 0
    for number, rules, others in drawn_states(MOST_DRAWN):
        scene = Scene(number, rules, others)
        with scene.world as world:
            scene.play()
            answer = scene.ask()
            if not scene.lasts(answer):
                continue
            planned = said(world, answer)
            assert planned == done(world, answer), f"state {number}, {scene.question}"
        assert scene.untouched
        states += 1
        with_calls += bool(planned)
        notified += sum(call.notified for call in planned)
        asked[scene.question] += 1
        met.update(answer.met)
        kinds.update(type(call.operation).__name__ for call in answer.plan.calls)
        if states == STATES:
            break
    assert states == STATES
    assert with_calls >= 30
    assert notified >= 10
    assert min(asked[question] for question in Question) >= 5
    assert min(kinds[kind] for kind in ("WriteIncident", "SetComponent", "WriteMaintenance")) >= 5
    for state in (
        "a person sets a component",
        "a person maintains",
        "a person resolves",
        "a draft is waiting",
        "an intent is unknown",
        "a lost disk",
        "yielded",
        "taken",
    ):
        assert met[state] >= 1, (state, met)


def said(world: World, answer: Answer) -> list[Call]:
    """The calls of a plan, with the ids that the page gave to what they create, and without the names of attempts."""
    ids = created(world, answer)
    calls = []
    for call in answer.plan.calls:
        request = request_of(call.operation, call.name, page_id=world.page_id)
        assert request is not None
        path, body = request.path, (request.body or b"").decode()
        for placeholder, known in ids.items():
            path, body = path.replace(placeholder, known), body.replace(placeholder, known)
        notified = isinstance(call.operation, WriteIncident | WriteMaintenance) and call.operation.notify
        calls.append(Call(request.method, path, nameless(json.loads(body)), notified))
    return calls


def done(world: World, answer: Answer) -> list[Call]:
    """The same of what arrived, and of whom the page told of it."""
    heard = {id(world.simulator.arrivals[one.arrival]) for one in answer.notifications}
    return [Call(one.method, one.path, nameless(one.body), id(one) in heard) for one in answer.arrivals]


def created(world: World, answer: Answer) -> dict[str, str]:
    """The id that the page gave for each that stands in the plan for it."""
    numbers = (number for number, call in enumerate(answer.plan.calls, 1) if creates(call.operation))
    made = sorted(
        (one for one in world.simulator.incidents(world.page_id) if one.created_at > answer.plan.at),
        key=lambda one: one.created_at,
    )
    return {f"{NEW}{number}": one.id for number, one in zip(numbers, made, strict=False)}


def creates(operation: Sendable) -> bool:
    """Whether a call makes an incident or a maintenance."""
    return isinstance(operation, WriteIncident | WriteMaintenance) and not operation.incident_id


def nameless(body: Any) -> Any:
    """A body without the name of the attempt, which is another each time."""
    if isinstance(body, dict):
        return {name: "…" if name == "op" else nameless(one) for name, one in body.items()}
    return body
