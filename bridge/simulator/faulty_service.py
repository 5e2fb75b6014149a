"""The server's half of a request when things go wrong: the model behind a plan of faults.

Must not know how time passes or how an answer travels; both a simulated network and the web front put it between
themselves and the model. The tally outlives the plans.
"""

from collections.abc import Sequence

from bridge.simulator.faults import Fault, FaultKind, FaultPlan, FaultRule, Tally
from bridge.simulator.messages import Request, Response
from bridge.simulator.model import Simulator


class FaultyService:
    """A simulator and the faults that its requests meet."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.plan = FaultPlan()
        self.tally = Tally()

    def follow(self, rules: Sequence[FaultRule], *, seed: int, now: float) -> None:
        """Put new rules in force from now on, in place of the old ones."""
        self.plan = FaultPlan(rules, seed=seed, began_at=now)

    def meet(self, request: Request, *, now: float) -> Fault | None:
        """Draw the fault of a request that is under way, and count it; None for most."""
        if not self.plan.rules:
            return None
        fault = self.plan.draw(request, self.simulator.template_of(request), now=now)
        if fault is not None:
            self.tally.met[fault.kind] += 1
            self._count(fault, None)
        return fault

    def take(self, request: Request, fault: Fault | None, *, now: float) -> Response:
        """Let a request arrive: have its effect, unless the fault says otherwise, and return what goes out.

        For a fault that is never answered, what is returned goes nowhere.
        """
        if fault is None:
            return self.simulator.handle(request, now=now)
        if fault.kind is FaultKind.STATUS_BEFORE:
            return self.simulator.turn_away(request, fault.answer(None, now=now), now=now, fault=fault.kind)
        made = self.simulator.handle(request, now=now, fault=fault.kind)
        self._count(fault, made)
        return fault.answer(made, now=now)

    def _count(self, fault: Fault, made: Response | None) -> None:
        arm = fault.arm(made)
        # A request that is never applied is counted when it is drawn, the others when they have had their effect.
        if arm is not None:
            self.tally.unknown[arm] += 1
