"""*Storm*: a hundred components flap for ten minutes. What was sent that was wrong already, and how long after the end is the page right again?"""

from __future__ import annotations

import random  # noqa: TID251 - seeded instances alone
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.signals import SignalState
from bridge.simulator.statuses import ComponentStatus
from tests.simulation.pacing.traffic import MEAN_LATENCY, Busy, services

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bridge.simulator.records.components import Component

OPERATIONAL = ComponentStatus.OPERATIONAL
FLAPPING = services(100)
STORM = 600.0
QUIET = 200.0
AFTERWARDS = 900.0
"""Seconds in which even a queue has been sent."""

BETWEEN_FLAPS = 56.0
"""Seconds between two turns of one component on average: about 1,070 turns in a storm, which is what design.md measured."""

LANE = (60 - 6 - 3 - 2) / (60 + MEAN_LATENCY)
"""Component changes a second that the lane leaves: the limit less the reserve for incidents, the others' share and two reads."""

COMMIT = 0.05
"""Seconds within which a decision is on the disk and its request leaves; the simulated disk takes 24 ms at the most."""


@dataclass(frozen=True)
class Flap:
    """One component turns, so many seconds after the storm began."""

    after: float
    name: str


@dataclass(frozen=True)
class Healing:
    """What a storm was to the readers of the page.

    Attributes:
        events: turns in all.
        writes: calls that set a component.
        stale: of these, what had not been wanted for `COMMIT` when they left: they were decided by what was so no more.
        overtaken: of these, what was still wanted when they left and not any more when they arrived, one latency later. No sender can help that.
        dirty: components that showed something wrong when the storm was over.
        first_after: seconds from then to the first call.
        healed_after: seconds from then to the last call that the page needed to be right, or None if it never was.
    """

    events: int
    writes: int
    stale: int
    overtaken: int
    dirty: int
    first_after: float
    healed_after: float | None

    @property
    def allowed(self) -> float:
        """Seconds after which the page must be right (the issue's figure)."""
        return 1.1 * self.dirty / LANE + self.first_after


class Truth:
    """What the rules wanted of each component, at every instant."""

    def __init__(self, turns: Iterable[tuple[float, str, bool]]) -> None:
        """Take the instants at which the sender came to know that a component went down (true) or came up."""
        self._turns: dict[str, list[tuple[float, bool]]] = {}
        for at, name, down in turns:
            self._turns.setdefault(name, []).append((at, down))

    def down(self, name: str, at: float) -> bool:
        """Whether it should show an outage at this instant."""
        turns = self._turns.get(name, [])
        before = bisect_right(turns, at, key=lambda turn: turn[0])
        return turns[before - 1][1] if before else False

    def wanted_within(self, name: str, *, down: bool, since: float, until: float) -> bool:
        """Whether this was wanted at some instant of a span."""
        return self.down(name, since) is down or any(
            since < at <= until and turned is down for at, turned in self._turns.get(name, [])
        )


def course(seed: int) -> list[Flap]:
    """When which component turns; the same for whoever has to tell of it."""
    drawn = random.Random(seed)
    flaps = []
    for name in FLAPPING:
        after = drawn.expovariate(1 / BETWEEN_FLAPS)
        while after < STORM:
            flaps.append(Flap(after, name))
            after += 1.0 + drawn.expovariate(1 / (BETWEEN_FLAPS - 1.0))
    return sorted(flaps, key=lambda flap: flap.after)


def weather(seed: int) -> Healing:
    """The daemon in a storm."""
    busy = Busy(seed, lone=FLAPPING)
    with busy.world as world:
        world.start()
        world.run_for(QUIET)
        with world.loop.outside():
            for flap in course(seed):
                world.loop.call_later(flap.after, busy.turn, [flap.name])
        began = world.now()
        world.run_for(STORM + AFTERWARDS)
        # The rules have no waiting, so they want what was acknowledged last.
        known = [
            (one.at, one.signal.labels.get("service"), one.signal.state is SignalState.FAILING)
            for one in world.acknowledged
        ]
        return judged(busy, known, began=began)


def judged(busy: Busy, known: Sequence[tuple[float, str, bool]], *, began: float) -> Healing:
    """Judge from the page's history and from what left, by what was known when.

    Args:
        busy: the world after the storm.
        known: the instants at which the sender came to know that a component went down (true) or came up.
        began: when the storm did.
    """
    truth, over = Truth(known), max(at for at, _, _ in known)
    world = busy.world
    components = {one.id: one for one in world.simulator.page(world.page_id).components.values()}
    calls = [
        (one.at, one.arrived_at, components[one.component_id].name, one.status != OPERATIONAL)
        for one in busy.network.component_calls(since=began)
    ]
    stale = [
        call
        for call in calls
        if not truth.wanted_within(call[2], down=call[3], since=call[0] - COMMIT, until=call[0])
    ]
    overtaken = [call for call in calls if call not in stale and truth.down(call[2], call[1]) is not call[3]]
    right = all((one.status != OPERATIONAL) is truth.down(one.name, over) for one in components.values())
    return Healing(
        events=len(known),
        writes=len(calls),
        stale=len(stale),
        overtaken=len(overtaken),
        dirty=sum(_shown(one, over) is not truth.down(one.name, over) for one in components.values()),
        first_after=min((call[0] for call in calls if call[0] >= over), default=over) - over,
        healed_after=max(one.changes[-1].at for one in components.values()) - over if right else None,
    )


def _shown(component: Component, at: float) -> bool:
    """Whether readers saw an outage of it at this instant."""
    return [change.status for change in component.changes if change.at <= at][-1] != OPERATIONAL
