"""*Storm* in short; `make pacing` plays twenty seeds."""

from __future__ import annotations

from tests.simulation.pacing.naive import forwarded
from tests.simulation.pacing.storm import Truth, weather


def test_in_a_storm_nothing_stale_is_sent_and_the_page_is_right_again_soon() -> None:
    healing = weather(3)
    assert healing.stale == 0
    assert healing.healed_after is not None
    assert healing.healed_after <= healing.allowed
    assert healing.writes < 0.6 * healing.events


def test_a_bridge_that_forwards_sends_what_is_stale_and_heals_minutes_later() -> None:
    healing = forwarded(3)
    assert healing.stale > 400
    assert healing.healed_after is not None
    assert healing.healed_after > 5 * healing.allowed


def test_what_was_wanted_at_some_instant_of_a_span() -> None:
    truth = Truth([(10.0, "a", True), (20.0, "a", False)])
    assert [truth.down("a", at) for at in (9.0, 10.0, 19.9, 20.0)] == [False, True, True, False]
    assert truth.wanted_within("a", down=True, since=19.95, until=20.0)
    assert not truth.wanted_within("a", down=True, since=20.0, until=20.05)
    assert truth.wanted_within("a", down=True, since=9.9, until=10.0)
    assert not truth.wanted_within("b", down=True, since=0.0, until=30.0)
