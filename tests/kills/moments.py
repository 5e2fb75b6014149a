"""When the daemon is killed: drawn from a seed before anything runs. What a moment is waited for by is the run's to know."""

from __future__ import annotations

import random  # noqa: TID251 - a seeded instance alone
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum


class Moment(StrEnum):
    """What a kill waits for."""

    START = "at start-up"
    ANY_TIME = "at any time"
    DELIVERY = "while alerts are delivered"
    ACKNOWLEDGEMENT = "right after an acknowledgement"
    REQUEST = "while an incident is written"
    LOCK = "while the store is locked"


USUAL = (
    *(Moment.ANY_TIME, Moment.DELIVERY, Moment.DELIVERY),
    *(Moment.ACKNOWLEDGEMENT, Moment.REQUEST, Moment.REQUEST, Moment.REQUEST, Moment.LOCK),
)
LIVED = (0.0, 12.0)
"""Seconds that a daemon runs before its moment is waited for."""
AFTER = {
    Moment.ANY_TIME: (0.0, 0.0),
    # A commit takes some milliseconds.
    Moment.DELIVERY: (0.0, 0.006),
    Moment.ACKNOWLEDGEMENT: (0.0, 0.0),
    # Half of the answers take longer than this.
    Moment.REQUEST: (0.0, 0.1),
    # Alerts have to come that nobody can commit: whoever acknowledges one is found out on any disk.
    Moment.LOCK: (0.2, 0.6),
}
"""Seconds from the moment to the kill."""
LOOPS = 0.04
"""Share of draws that give a crash loop."""
STARTS = 0.1
"""Share of draws that give a single kill at start-up."""
LOOP = (3, 5)
"""Kills of a crash loop, in lives that are over before or just after they began."""


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill.

    Attributes:
        moment: what it waits for.
        lived: seconds after the daemon is ready from which it waits; at start-up, the share of the time that a start takes.
        after: seconds from the moment to the kill.
    """

    moment: Moment
    lived: float
    after: float = 0.0


def draw_kills(seed: str, count: int) -> list[Kill]:
    """So many kills, the same for the same seed. As far as there is room, every moment is among them."""
    drawn = random.Random(f"kills {seed}")
    kills: list[Kill] = []
    while len(kills) < count:
        if drawn.random() < LOOPS:
            kills += [Kill(Moment.START, drawn.uniform(0.3, 1.2)) for _ in range(drawn.randint(*LOOP))]
        elif drawn.random() < STARTS:
            kills.append(Kill(Moment.START, drawn.uniform(0.0, 1.0)))
        else:
            kills.append(_usual(drawn, drawn.choice(USUAL)))
    kills = kills[:count]
    for moment in Moment:
        met = Counter(kill.moment for kill in kills)
        spare = [number for number, kill in enumerate(kills) if met[kill.moment] > 1]
        if moment not in met and spare:
            lived = Kill(moment, drawn.uniform(0.0, 1.0)) if moment is Moment.START else _usual(drawn, moment)
            kills[drawn.choice(spare)] = lived
    return kills


def _usual(drawn: random.Random, moment: Moment) -> Kill:
    return Kill(moment, drawn.uniform(*LIVED), drawn.uniform(*AFTER[moment]))
