"""What happens in a run, drawn from its seed alone: outages told by alerts, kills, and how bad the network is. The same for every strategy."""

from __future__ import annotations

import random  # noqa: TID251 - seeded instances alone
from dataclasses import dataclass, replace
from enum import StrEnum

from bridge.simulation.network import NetworkConditions
from bridge.simulator.faults import Ending, FaultKind, FaultRule

BUSY = 720.0
"""Seconds in which things happen."""

LATEST = 120.0
"""Seconds after the deadline by which the page applies a lost request at the latest, where it applies late."""

TIMEOUT = 30.0
ALERTS = ("CheckoutErrors", "SearchErrors")
OUTAGE, PEACE = (20.0, 240.0), (40.0, 240.0)
"""Shortest and longest seconds."""


class Trouble(StrEnum):
    """What becomes of a request whose answer is lost."""

    AT_ONCE = "applied or lost at once"
    LATE = "applied up to 120 s late"


class Act(StrEnum):
    """What the world does."""

    FIRE = "fire"
    RESOLVE = "resolve"
    KILL = "kill"
    START = "start"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing, at a time counted from the start."""

    at: float
    act: Act
    alert: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """One run.

    Attributes:
        seed: of the world: the network and the schedule.
        happenings: in order of time.
        share: of the requests that go wrong.
        latency: longest seconds for each direction.
        broken: the alerts that fire at the end.
    """

    seed: int
    happenings: tuple[Happening, ...]
    share: float
    latency: float
    broken: frozenset[str]

    def outages(self, alert: str) -> int:
        """How often this alert fires."""
        return sum(happening.act is Act.FIRE and happening.alert == alert for happening in self.happenings)

    def conditions(self, trouble: Trouble) -> NetworkConditions:
        """The network while things happen. One in five faults is an answer that says that nothing was done."""
        fifth = self.share / 5
        silence, reset = Ending.SILENCE, Ending.RESET
        faults = [
            FaultRule(kind=FaultKind.STATUS_BEFORE, share=fifth),
            FaultRule(kind=FaultKind.STATUS_AFTER, share=fifth),
        ]
        match trouble:
            case Trouble.AT_ONCE:
                faults += [
                    FaultRule(kind=FaultKind.ANSWER_LOST, share=fifth, ending=silence),
                    FaultRule(kind=FaultKind.ANSWER_LOST, share=fifth, ending=reset),
                    FaultRule(kind=FaultKind.DROPPED, share=fifth, ending=silence),
                ]
            case Trouble.LATE:
                late = FaultRule(kind=FaultKind.LATE, share=2 * fifth, seconds=(1.0, TIMEOUT + LATEST))
                faults += [replace(late, ending=silence), replace(late, share=fifth, ending=reset)]
        return NetworkConditions(latency=(0.02, self.latency), faults=tuple(faults))


def draw(seed: int) -> Course:
    """The course of a seed."""
    drawn = random.Random(f"lost answers {seed}")
    happenings: list[Happening] = []
    broken = set()
    for alert in ALERTS:
        at = drawn.uniform(10.0, 120.0)
        while at < BUSY:
            happenings.append(Happening(at, Act.FIRE, alert))
            at += drawn.uniform(*OUTAGE)
            if at >= BUSY and drawn.random() < 0.5:
                broken.add(alert)
            else:
                happenings.append(Happening(min(at, BUSY), Act.RESOLVE, alert))
            at += drawn.uniform(*PEACE)
    for _ in range(drawn.randrange(4)):
        # Half of the kills come where they hurt: while what just happened is being told.
        happened = drawn.choice(happenings).at + drawn.uniform(0.0, 3.0)
        at = happened if drawn.random() < 0.5 else drawn.uniform(10.0, BUSY)
        happenings += [
            Happening(at, Act.KILL),
            Happening(at + drawn.choice((0.0, 0.5, 5.0, 40.0)), Act.START),
        ]
    happenings.sort(key=lambda happening: (happening.at, happening.act))
    share = drawn.choice((0.1, 0.2, 0.3))
    return Course(seed, tuple(happenings), share, drawn.choice((0.2, 2.0)), frozenset(broken))
