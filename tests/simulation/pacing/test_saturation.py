"""*Budget* in short; `make pacing` plays all of it."""

from __future__ import annotations

import pytest

from tests.simulation.pacing.saturation import CEILING, crash_loop, saturate


def test_the_ceiling_is_the_issue_s() -> None:
    assert pytest.approx(50.14, abs=0.01) == CEILING


@pytest.mark.parametrize("cold", [False, True], ids=["warm", "cold"])
def test_of_what_the_lanes_leave_98_percent_is_used_and_incidents_leave_at_once(*, cold: bool) -> None:
    # In a cold first minute requests have a second between them, those of incidents too.
    figures = saturate(3, cold=cold, minutes=8, bursts=0 if cold else 4)
    assert figures.share >= 0.98
    assert (figures.refused, figures.opened) == (0, 0 if cold else 16)
    assert figures.busiest <= 57
    assert figures.slowest <= 1.0


def test_ten_kills_in_a_minute_never_exceed_the_limit() -> None:
    figures = crash_loop(3)
    assert figures.refused == 0
    assert figures.busiest <= 57
