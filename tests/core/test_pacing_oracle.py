"""The budget that keeps count answers as the plain one does, which scans and sorts every slot for each question."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bridge.core.intents import OperationId
from bridge.core.pacing import Budget, Lane, Limits
from tests.core.plain_budget import PlainBudget

SMALL = Limits(
    requests=12, window=16.0, incident_reserve=2, observe_reserve=1, others_share=1, burst=3, settle_for=40.0
)
LIMITS = (Limits(), SMALL, replace(SMALL, burst=1, incident_reserve=0), replace(SMALL, observe_reserve=0))
lanes = st.sampled_from(Lane)
picks = st.integers(0, 1000)


class Both(RuleBasedStateMachine):
    """The two, told the same."""

    @initialize(limits=st.sampled_from(LIMITS))
    def begin(self, limits: Limits) -> None:
        """Both know the window before them to be unknown."""
        self.now = 1000.0
        self.limits = limits
        self.budget = Budget(limits, (), now=self.now)
        self.plain = PlainBudget(limits, now=self.now)
        self.taken: list[OperationId] = []

    @rule(seconds=st.sampled_from((0.25, 1.0, 5.0, 16.0, 61.0)))
    def time_passes(self, seconds: float) -> None:
        """Slots come back, and a shrunk window grows."""
        self.now += seconds

    @rule(lane=lanes, times=st.integers(1, 20))
    def requests_start(self, lane: Lane, times: int) -> None:
        """As many as the lane is granted at once."""
        for _ in range(times):
            if self.budget.ready_at(lane, self.now) > self.now:
                return
            operation = OperationId(str(len(self.taken)))
            for one in (self.budget, self.plain):
                one.take(lane, operation, now=self.now, deadline=self.now + 10.0)
            self.taken.append(operation)

    @rule(pick=picks, times=st.integers(1, 20))
    def requests_are_answered(self, pick: int, times: int) -> None:
        """Some that are under way, or were."""
        for operation in self.taken[pick % (len(self.taken) + 1) :][:times]:
            self.budget.held(self.now)  # what has come back is no request any more
            self.budget.answered(operation, self.now)
            self.plain.answered(operation, self.now)

    @rule(pick=picks)
    def a_request_was_never_sent(self, pick: int) -> None:
        """Its slot was not used."""
        if self.taken:
            operation = self.taken[pick % len(self.taken)]
            self.budget.never_sent(operation)
            self.plain.never_sent(operation)

    @rule(retry_after=st.sampled_from((None, 0.0, 1.0, 30.0, 5000.0)))
    def a_request_is_refused(self, retry_after: float | None) -> None:
        """For the limit."""
        self.budget.penalise(self.now, retry_after)
        self.plain.penalise(self.now, retry_after)

    @rule()
    def a_request_is_not_refused(self) -> None:
        """For the limit."""
        self.budget.accepted()
        self.plain.accepted()

    @rule(seconds=st.sampled_from((0.125, 0.5)))
    def our_clock_is_moved(self, seconds: float) -> None:
        """By a drift."""
        self.budget.held(self.now)  # what has come back stays back
        self.plain.slots = {
            name: slot for name, slot in self.plain.slots.items() if slot.held_until > self.now
        }
        self.now += seconds
        self.budget.clock_moved(seconds)
        self.plain.clock_moved(seconds)

    @invariant()
    def both_say_the_same(self) -> None:
        """Of every lane."""
        assert self.budget.held(self.now) == self.plain.held(self.now)
        for lane in Lane:
            assert self.budget.ready_at(lane, self.now) == pytest.approx(
                self.plain.ready_at(lane, self.now), abs=1e-6
            )


TestBoth = Both.TestCase
