"""What the scenarios of explanations share: a person who asks the daemon's API why something is as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridge.web.explanations import explanation
from tests.simulation.shop import component_id

if TYPE_CHECKING:
    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response
    from bridge.web.explanations import Explained
    from tests.simulation.adversity.interference import Interference

FOR_EVER = 1e7
"""Virtual seconds after which no scenario goes on."""


def applied_late(world: World, network: Interference, name: str, seconds: float) -> None:
    """From now on, a write to a component is applied so many seconds later, and its answer is lost."""

    async def late(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
        if request.method == "PATCH" and request.path.endswith(component_id(world, name)):
            return await network.apply_late(request, seconds, timeout)
        return None

    network.hooks.append(late)


def asked(world: World, name: str, **query: str) -> Explained:
    """Ask, and wait for the answer and not a moment longer."""
    engine = world.engine
    assert engine is not None
    answers: list[Explained] = []

    async def take() -> None:
        answers.append(await explanation({"name": name, **query}, engine.evaluations))

    with world.loop.outside():
        world.loop.create_task(take(), name="a person who asks")
    while not answers:
        world.run_for(0.000001)
    return answers[0]


def explained(world: World, name: str, **query: str) -> dict[str, Any]:
    """The first account of what a name means."""
    status, document = asked(world, name, **query)
    assert status == 200, document
    first: dict[str, Any] = document["accounts"][0]
    return first


def reasons(account: dict[str, Any]) -> list[str]:
    """What stands in the way, in order."""
    return [str(one["reason"]) for one in account["obstacles"]]


def obstacle(account: dict[str, Any], reason: str) -> dict[str, Any]:
    """The only obstacle of a kind."""
    (one,) = (one for one in account["obstacles"] if one["reason"] == reason)
    return dict(one)


def text(account: dict[str, Any]) -> str:
    """What a person reads."""
    return "\n".join(account["lines"])
