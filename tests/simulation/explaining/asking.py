"""What the scenarios of explanations share: a person who asks the daemon's API why something is as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridge.web.explanations import explanation

if TYPE_CHECKING:
    from bridge.simulation.world import World
    from bridge.web.explanations import Explained


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
