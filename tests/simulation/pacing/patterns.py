"""Random patterns of latency and arrival against the server's window: time-outs, late arrivals, kills, clocks that are set or drift, refusals.

What is tried is the budget with what a restart does to its stored slots, driven as the dispatcher drives it, some hundred times as fast as the whole daemon. The pattern
knows the true time; the budget knows our clock. What the server may count is judged by `server_window` alone.
"""

from __future__ import annotations

import random  # noqa: TID251 - seeded instances alone
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING

from bridge.core.changes import Stored
from bridge.core.intents import OperationId
from bridge.core.pacing import Budget, Lane, Limits, Slot
from bridge.core.resumption import BELIEVED, Pause, last_alive
from tests.simulation.pacing.server_window import Span, most_that_can_arrive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    MakeBudget = Callable[[Limits, Iterable[Slot], float], Budget]

TIMEOUT = 30.0
LATE = 5.0
"""Seconds from the slot to its request at most: later, the dispatcher plans anew."""

REQUESTS = 150
PAGE = Limits()
SMALL = Limits(
    requests=12, window=16.0, incident_reserve=2, observe_reserve=1, others_share=1, burst=3, settle_for=40.0
)
LATENCIES: tuple[tuple[float, float], ...] = ((0.0, 0.0), (0.05, 2.0), (0.0, 20.0), (1.0, 1.0), (25.0, 30.0))


@dataclass
class Conditions:
    """How bad a pattern is, drawn from its seed: chances for each request, or for each step of time."""

    limits: Limits
    latency: tuple[float, float]
    commit: float
    lost: float
    unsent: float
    refused: float
    killed: float
    drifting: float
    lanes: tuple[Lane, ...]
    pauses: tuple[float, ...]


@dataclass
class Request:
    """A request under way.

    Attributes:
        operation: whose slot.
        ends_at: when it ends for us, by the true time.
        outcome: how.
        latest: when it may arrive at the latest, if nobody waits for it any more.
        span: its place among the spans, if it was sent at all.
    """

    operation: OperationId
    ends_at: float
    outcome: str
    latest: float
    span: int | None


@dataclass
class Verdict:
    """What a pattern showed.

    Attributes:
        most: requests that can arrive in any window.
        limit: what the lanes leave to us in it.
        requests: how many were sent.
        met: what happened to them, and to the daemon.
    """

    most: int
    limit: int
    requests: int
    met: Counter[str]


def draw(drawn: random.Random) -> Conditions:
    """The conditions of a pattern."""
    rough = drawn.random() < 0.7  # the others are undisturbed, so that the window is full
    return Conditions(
        limits=drawn.choice((PAGE, SMALL, replace(SMALL, others_share=0))),
        latency=drawn.choice(LATENCIES),
        commit=drawn.choice((0.0, 0.01, 1.0, LATE)),
        lost=drawn.choice((0.0, 0.02, 0.2)) if rough else 0.0,
        unsent=drawn.choice((0.0, 0.05)) if rough else 0.0,
        refused=drawn.choice((0.0, 0.0, 0.02)) if rough else 0.0,
        killed=drawn.choice((0.0, 0.02, 0.1)) if rough else 0.0,
        drifting=drawn.choice((0.0, 0.0, 0.9)) if rough else 0.0,
        lanes=drawn.choice((tuple(Lane), (Lane.INCIDENT,), (Lane.ROUTINE,), (Lane.ROUTINE, Lane.OBSERVE))),
        pauses=drawn.choice(((0.0,), (0.0, 0.0, 0.0, 2.0), (0.0, 0.0, 0.0, 0.0, 45.0))),
    )


@dataclass
class Pattern:
    """One pattern, as it is played."""

    drawn: random.Random
    conditions: Conditions
    make: MakeBudget
    now: float = 0.0
    """True seconds; the server's clock."""
    ahead: float = 1_000_000.0
    """Seconds by which our clock is ahead of it."""
    stored: dict[OperationId, Slot] = field(default_factory=dict)
    under_way: list[Request] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    moved_at: float = 0.0
    names: Iterator[int] = field(default_factory=count)

    def play(self) -> Verdict:
        """Send until there were enough requests."""
        self.budget = self.make(self.conditions.limits, (), self.ours())
        while len(self.spans) < REQUESTS:
            self.now += self.drawn.choice(self.conditions.pauses)
            self._end_requests()
            if self.drawn.random() < self.conditions.killed:
                self._restart()
            self._drift()
            lane = self.drawn.choice(self.conditions.lanes)
            if (ready_at := self.budget.ready_at(lane, self.ours())) <= self.ours():
                self._send(lane)
            else:
                # Whoever waits is woken by answers too. A float near our clock is a quarter of a microsecond coarse.
                wakes = [one.ends_at for one in self.under_way if one.ends_at > self.now]
                self.now = max(self.now + 1e-6, min([ready_at - self.ahead, *wakes]))
        limits = self.conditions.limits
        most = most_that_can_arrive(self.spans, limits.window)
        return Verdict(most, limits.requests - limits.others_share, len(self.spans), self.met)

    def ours(self) -> float:
        """Our clock."""
        return self.now + self.ahead

    def _send(self, lane: Lane) -> None:
        """Take the slot, commit it, send."""
        drawn, conditions = self.drawn, self.conditions
        operation = OperationId(str(next(self.names)))
        slot = self.budget.take(lane, operation, now=self.ours(), deadline=self.ours() + TIMEOUT)
        self.stored[operation] = slot
        leaves_at, deadline = self.now + drawn.uniform(0.0, conditions.commit), self.now + TIMEOUT
        answer_at = leaves_at + drawn.uniform(*conditions.latency)
        latest = deadline + conditions.limits.settle_for
        if drawn.random() < conditions.unsent:
            self.under_way.append(Request(operation, leaves_at, "unsent", latest, None))
            return
        if answer_at >= deadline or drawn.random() < conditions.lost:
            ends_at = drawn.choice((deadline, drawn.uniform(leaves_at, deadline)))
            outcome, span = "lost", Span(leaves_at, latest)
        else:
            ends_at = answer_at
            outcome = "refused" if drawn.random() < conditions.refused else "answered"
            span = Span(leaves_at, answer_at)
        self.under_way.append(Request(operation, ends_at, outcome, latest, len(self.spans)))
        self.spans.append(span)

    def _end_requests(self) -> None:
        """Read the answers that have come, as the dispatcher does."""
        ended = sorted(
            (one for one in self.under_way if one.ends_at <= self.now), key=lambda one: one.ends_at
        )
        for request in ended:
            self.under_way.remove(request)
            self.met[request.outcome] += 1
            if request.outcome == "unsent":
                self.budget.never_sent(request.operation)
                self.stored.pop(request.operation, None)
            elif request.outcome != "lost":
                slot = self.budget.answered(request.operation, self.ours())
                if slot is not None:
                    self.stored[request.operation] = slot
            if request.outcome == "refused":
                self.budget.penalise(self.ours(), self.drawn.choice((None, 1.0, 30.0)))
        for operation in self.budget.expired():
            self.stored.pop(operation, None)

    def _restart(self) -> None:
        """Kill the daemon; what was under way is never answered to anybody. Start it again, perhaps by another clock."""
        self.met["killed"] += 1
        limits = self.conditions.limits
        for request in self.under_way:
            if request.span is not None:
                self.spans[request.span] = replace(self.spans[request.span], latest=request.latest)
        self.under_way.clear()
        self.now += self.drawn.choice((0.0, 0.5, BELIEVED, 100.0))
        step = self.drawn.choice((0.0, 0.0, 3600.0, 25.0, -3600.0, -25.0))
        if step:
            self.met["clock set"] += 1
            self.ahead += step
        now = self.ours()
        stored = Stored(slots={"token": list(self.stored.values())})
        pause = Pause(now - last_alive(stored, now), now, TIMEOUT, limits.settle_for)
        slots = [pause.slot(slot, limits.window) for slot in self.stored.values()]
        self.stored = {slot.operation: slot for slot in slots}
        self.budget = self.make(limits, slots, now)

    def _drift(self) -> None:
        """Every ten seconds our clock takes over what the machine's has drifted, up to a second."""
        if self.conditions.drifting and self.now - self.moved_at >= BELIEVED:
            self.moved_at = self.now
            seconds = self.drawn.uniform(-self.conditions.drifting, self.conditions.drifting)
            self.ahead += seconds
            self.met["drifted"] += 1
            if seconds > 0:
                self.budget.clock_moved(seconds)
                # The store does not hear of it; a kill within the window would believe that much too much (bridge/engine/dispatcher.py).
                self.stored = {
                    name: replace(slot, held_until=slot.held_until + seconds)
                    for name, slot in self.stored.items()
                }


def real(limits: Limits, slots: Iterable[Slot], now: float) -> Budget:
    """The product's."""
    return Budget(limits, slots, now=now)


def play(seed: int, make: MakeBudget = real) -> Verdict:
    """Play the pattern of a seed."""
    drawn = random.Random(seed)
    return Pattern(drawn, draw(drawn), make).play()
