"""Random patterns against the server's window, and budgets with a mistake that the same patterns find. `make pacing` plays ten thousand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.pacing import Budget, Lane, Limits, Slot
from tests.simulation.pacing.patterns import play
from tests.simulation.pacing.server_window import Span, most_that_can_arrive

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.intents import OperationId
    from tests.simulation.pacing.patterns import MakeBudget

PATTERNS = 1000


def test_no_pattern_exceeds_the_limit_and_many_use_all_of_it() -> None:
    verdicts = [play(seed) for seed in range(PATTERNS)]
    assert [seed for seed, verdict in enumerate(verdicts) if verdict.most > verdict.limit] == []
    assert sum(verdict.most == verdict.limit for verdict in verdicts) > PATTERNS / 20
    met: Counter[str] = sum((verdict.met for verdict in verdicts), Counter())
    assert set(met) == {"answered", "lost", "unsent", "refused", "killed", "clock set", "drifted"}
    assert min(met.values()) > PATTERNS / 10


class FromTheStart(Budget):
    """A slot comes back one window after its request began."""

    def answered(self, operation: OperationId, now: float) -> Slot | None:
        """Count from the start."""
        slot = super().answered(operation, now)
        return None if slot is None else super().answered(operation, slot.taken_at)


class NeverLate(Budget):
    """What is lost has arrived by its deadline."""

    def take(self, lane: Lane, operation: OperationId, *, now: float, deadline: float) -> Slot:
        """Count from the deadline, without S."""
        return super().take(lane, operation, now=now, deadline=deadline - self.limits.settle_for)


class BelievesTheClock(Budget):
    """A drift that our clock takes over shortens what has to be waited for."""

    def clock_moved(self, seconds: float) -> None:
        """Nothing is done about it."""


def made(kind: type[Budget]) -> MakeBudget:
    """How a pattern makes this kind."""
    return lambda limits, slots, now: kind(limits, slots, now=now)


def forgetful(limits: Limits, _slots: Iterable[Slot], now: float) -> Budget:
    """The window begins anew with each life, and is believed to be empty."""
    return Budget(limits, (), now=now - limits.window)


def greedy(limits: Limits, slots: Iterable[Slot], now: float) -> Budget:
    """One more than the limit."""
    return Budget(replace(limits, requests=limits.requests + 1), slots, now=now)


MISTAKES: dict[str, MakeBudget] = {
    "a slot comes back one window after its start": made(FromTheStart),
    "what is lost is not awaited": made(NeverLate),
    "a drift of our clock shortens the window": made(BelievesTheClock),
    "a kill forgets the window": forgetful,
    "one more than the limit": greedy,
}


@pytest.mark.parametrize("make", MISTAKES.values(), ids=MISTAKES)
def test_a_budget_with_a_mistake_exceeds_the_limit(make: MakeBudget) -> None:
    verdicts = (play(seed, make) for seed in range(PATTERNS))
    assert any(verdict.most > verdict.limit for verdict in verdicts)


def test_what_can_arrive_within_a_window() -> None:
    """A window holds what can arrive at its end and no more what had arrived by its beginning."""
    assert most_that_can_arrive([], 60.0) == 0
    at_once = [Span(float(at), float(at)) for at in range(0, 180, 2)]
    assert most_that_can_arrive(at_once, 60.0) == 30
    assert most_that_can_arrive([*at_once, Span(0.0, 500.0)], 60.0) == 31
    assert most_that_can_arrive([Span(0.0, 10.0), Span(70.0, 80.0)], 60.0) == 1
    assert most_that_can_arrive([Span(0.0, 10.1), Span(70.0, 80.0)], 60.0) == 2
