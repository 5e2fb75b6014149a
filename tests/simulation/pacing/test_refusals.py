"""A refusal for the limit is obeyed by whatever it says, and what follows is half of what was used before, growing back."""

from __future__ import annotations

import pytest

from bridge.simulation.network import NetworkConditions
from bridge.simulator.faults import FaultKind, FaultRule
from bridge.simulator.options import RetryAfterForm
from tests.simulation.pacing.saturation import QUIET, keep_differing
from tests.simulation.pacing.traffic import REFUSED, Busy, services

SATURATED = 120.0
ASKED = 90

# How the server says for how long, and the seconds for which nothing may come then.
FORMS = {
    "seconds": (RetryAfterForm.SECONDS, ASKED),
    "a date": (RetryAfterForm.DATE, ASKED - 1),  # dates have whole seconds
    "nothing": (None, 60),
}


@pytest.mark.parametrize(("form", "wait"), FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("status", [420, 429])
def test_after_a_refusal_nothing_comes_before_it_may_and_then_less(
    status: int, form: RetryAfterForm | None, wait: float
) -> None:
    busy = Busy(7, lone=services(150))
    with busy.world as world:
        world.start()
        world.run_for(QUIET)
        busy.turn(services(150))
        with world.loop.outside():
            world.loop.create_task(keep_differing(busy), name="always-dirty")
        world.run_for(SATURATED)
        busy.network.conditions = NetworkConditions(
            faults=(
                FaultRule(
                    kind=FaultKind.STATUS_BEFORE,
                    status=status,
                    times=1,
                    retry_after=None if form is None else ASKED,
                    retry_after_form=form,
                ),
            )
        )
        world.run_for(wait + 6 * 60.0)
        arrived = [one.at for one in busy.arrived()]
        (refused_at,) = [one.at for one in busy.arrived() if one.status in REFUSED]
        # Requests that were under way arrive within a latency.
        later = [at - refused_at for at in arrived if at > refused_at + 2.0]
        assert later[0] >= wait
        minutes = [sum(start <= at < start + 60.0 for at in later) for start in (wait, wait + 240.0)]
        assert 15 <= minutes[0] <= 35
        assert 42 <= minutes[1] <= 51
