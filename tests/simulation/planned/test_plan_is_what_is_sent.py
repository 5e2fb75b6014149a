"""What a plan prints is what the daemon then sends: call by call, in order, with the same bodies and the same mails. Fifty random states, nothing changing from outside, no faults."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from bridge.core.operations import WriteIncident, WriteMaintenance
from bridge.engine.presumed import NEW
from bridge.statuspage.unsent import request_of
from tests.simulation.planned.states import Answer, Scene, drawn_states

if TYPE_CHECKING:
    from bridge.core.planned import Sendable
    from bridge.simulation.world import World

STATES = 50
MOST_DRAWN = 150
"""Of those that are drawn, some do not last until their calls are sent: a hold is over before."""


def test_what_a_plan_says_is_what_the_daemon_then_sends_call_by_call() -> None:
    answers: list[Answer] = []
    differing = []
    for number, rules, others in drawn_states(MOST_DRAWN):
        scene = Scene(number, rules, others)
        with scene.world as world:
            scene.play()
            answer = scene.ask()
            if not scene.lasts(answer):
                continue
            planned, sent = said(world, answer), done(answer)
            if planned != sent:
                differing.append((number, scene.question, planned, sent))
            answers.append(answer)
        if len(answers) == STATES:
            break
    met: Counter[str] = Counter(one for answer in answers for one in answer.met)
    kinds = Counter(type(call.operation).__name__ for answer in answers for call in answer.plan.calls)
    print(len(answers), sum(1 for a in answers if a.plan.calls), met, kinds)
    for one in differing[:3]:
        print(one[0], one[1])
        print("\n".join(map(str, one[2])))
        print("--")
        print("\n".join(map(str, one[3])))
    assert not differing


def said(world: World, answer: Answer) -> list[tuple[str, str, Any]]:
    """The calls of a plan, with the ids that the page gave to what they create, and without the names of attempts."""
    ids = created(world, answer)
    calls = []
    for call in answer.plan.calls:
        request = request_of(call.operation, call.name, page_id=world.page_id)
        assert request is not None
        path, body = request.path, (request.body or b"").decode()
        for placeholder, known in ids.items():
            path, body = path.replace(placeholder, known), body.replace(placeholder, known)
        calls.append((request.method, path, nameless(json.loads(body))))
    return calls


def done(answer: Answer) -> list[tuple[str, str, Any]]:
    """The same of what arrived."""
    return [(one.method, one.path, nameless(one.body)) for one in answer.arrivals]


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
