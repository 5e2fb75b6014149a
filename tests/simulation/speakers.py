"""Speakers: operators who say the cause of an incident that they see on the page (`bridge identify`). Each says it in other words, so that a judge knows who said what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random  # noqa: TID251 - seeded instances alone
    from collections.abc import Collection

    from bridge.simulation.world import Told, World
    from tests.simulation.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Said:
    """A cause that somebody said.

    Attributes:
        incident_id: in which incident.
        cause: in which words.
        told: the command.
    """

    incident_id: str
    cause: str
    told: Told


class Speakers:
    """Whoever says causes in one run."""

    def __init__(self, world: World, evidence: Evidence, drawn: random.Random) -> None:
        self._world = world
        self._evidence = evidence
        self._drawn = drawn

    def say(self, titles: Collection[str]) -> None:
        """Say a cause in an incident of these titles that goes on, if there is one."""
        world = self._world
        live = [
            incident.id
            for incident in world.simulator.incidents(world.page_id)
            if incident.name in titles and str(incident.status) in {"investigating", "identified"}
        ]
        if live:
            chosen = live[int(self._drawn.random() * len(live))]
            cause = f"A cable was cut, the {len(self._evidence.said) + 1}. of today."
            told = world.command("identify", incident=chosen, cause=cause)
            self._evidence.said.append(Said(chosen, cause, told))
