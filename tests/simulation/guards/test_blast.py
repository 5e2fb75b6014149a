"""The blast radius: much that gets worse at once is held, and published only when somebody or something else says so too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.core.commands import StandingKind
from bridge.core.page import PlanSettings
from bridge.core.reasons import Reason
from bridge.simulator.faults import FaultKind, FaultRule
from tests.mutants.scenarios import guards
from tests.simulation.guards.crowd import (
    A_LITTLE,
    HOLD,
    LIMIT,
    QUERY,
    SHOPS,
    THRESHOLD,
    WINDOW,
    all_down,
    all_up,
    confirm,
    crowd,
    down,
    held,
    red,
    up,
)
from tests.simulation.scenarios import with_faults
from tests.simulation.shop import PROBE, notified, updates

if TYPE_CHECKING:
    from bridge.simulation.world import World

EVERY = list(range(len(SHOPS)))


def told(world: World) -> list[Reason]:
    """What the journal says of the guard."""
    return [
        entry.reason for _, entry in world.database.journal(limit=100_000) if entry.subject == "blast_radius"
    ]


def held_id(world: World) -> str:
    hold = held(world)
    assert hold is not None
    return hold.id


def test_what_is_within_the_limit_is_published_at_once() -> None:
    with crowd() as world:
        down(world, range(LIMIT))
        world.run_for(A_LITTLE)
        assert red(world) == EVERY[:LIMIT]
        assert notified(world) == ["investigating"]


def test_one_alert_that_breaks_everything_reaches_nobody_while_it_is_alone() -> None:
    with crowd() as world:
        all_down(world)
        world.run_for(6 * 3600.0)
        assert (red(world), updates(world)) == ([], [])
        assert told(world) == [Reason.BLAST_HELD, Reason.BLAST_OVERDUE]


def test_what_two_independent_sources_report_is_published_when_the_hold_is_over_and_not_before() -> None:
    with crowd(probed=True) as world:
        all_down(world)
        world.services[PROBE.check.url] = 503
        world.run_for(HOLD - A_LITTLE)
        assert (red(world), updates(world)) == ([], [])
        world.run_for(2 * A_LITTLE)
        assert red(world) == EVERY
        assert updates(world) == [["investigating"]]
        assert notified(world) == ["investigating"]


def test_a_second_source_that_comes_later_lets_it_through_then() -> None:
    with crowd(probed=True) as world:
        all_down(world)
        world.run_for(2 * HOLD)
        assert red(world) == []
        world.services[PROBE.check.url] = 503
        world.run_for(PROBE.every + A_LITTLE)
        assert red(world) == EVERY
        assert told(world)[-1] is Reason.BLAST_AGREED


def test_an_alert_and_a_query_do_not_agree_for_both_may_tell_of_one_wrong_series() -> None:
    with crowd(probed=True, queried=True) as world:
        all_down(world)
        world.prometheus.values[QUERY.expression] = 2 * THRESHOLD
        world.run_for(3 * HOLD)
        assert (red(world), updates(world)) == ([], [])
        assert told(world) == [Reason.BLAST_HELD, Reason.BLAST_OVERDUE]
        world.services[PROBE.check.url] = 503
        world.run_for(PROBE.every + A_LITTLE)
        assert red(world) == EVERY


def test_a_source_that_has_gone_blind_agrees_with_nobody() -> None:
    with crowd(probed=True, stale_after=HOLD / 2) as world:
        all_down(world)
        world.services[PROBE.check.url] = 503
        world.run_for(3 * HOLD)
        assert red(world) == []


def test_what_recovers_in_time_was_never_said() -> None:
    with crowd() as world:
        since = all_down(world)
        world.run_for(HOLD / 2)
        all_up(world, since)
        world.run_for(2 * HOLD)
        assert (red(world), updates(world)) == ([], [])
        assert told(world) == [Reason.BLAST_HELD, Reason.BLAST_RECOVERED]


def test_what_was_published_before_the_limit_stays_and_what_comes_over_it_is_held() -> None:
    with crowd() as world:
        down(world, range(LIMIT))
        world.run_for(A_LITTLE)
        down(world, range(LIMIT, LIMIT + 2))
        world.run_for(2 * HOLD)
        assert red(world) == EVERY[:LIMIT]
        (incident,) = world.simulator.incidents(world.page_id)
        assert len(incident.component_ids) == LIMIT


def test_what_gets_worse_slowly_is_never_held() -> None:
    with crowd() as world:
        for shop in EVERY:
            down(world, [shop])
            world.run_for(WINDOW / LIMIT + 1.0)
        assert red(world) == EVERY
        assert told(world) == []


def test_when_what_is_left_is_no_more_than_the_limit_it_is_published_at_the_end_of_the_hold() -> None:
    with crowd() as world:
        since = down(world, EVERY)
        world.run_for(A_LITTLE)
        up(world, EVERY[2:], since)
        world.run_for(HOLD - 2 * A_LITTLE)
        assert red(world) == []
        world.run_for(2 * A_LITTLE)
        assert red(world) == [0, 1]


def test_one_of_a_hold_that_is_over_which_breaks_again_within_five_minutes_is_held_alone() -> None:
    with crowd() as world:
        since = all_down(world)
        world.run_for(A_LITTLE)
        confirm(world, held_id(world))
        world.run_for(A_LITTLE)
        all_up(world, since)
        world.run_for(A_LITTLE)
        again = down(world, [9])
        world.run_for(A_LITTLE)
        hold = held(world)
        assert hold is not None
        assert (red(world), list(hold.caps)) == ([], ["Shops / 9"])
        up(world, [9], again)
        world.run_for(WINDOW)
        down(world, [9])
        world.run_for(A_LITTLE)
        assert red(world) == [9]


def test_while_something_is_held_another_that_breaks_alone_later_is_published() -> None:
    with crowd() as world:
        down(world, EVERY[:9])
        world.run_for(HOLD + WINDOW)
        down(world, [9])
        world.run_for(A_LITTLE)
        assert red(world) == [9]
        assert updates(world) == [["investigating"]]


def test_a_person_who_confirms_it_lets_it_through_at_once() -> None:
    with crowd() as world:
        all_down(world)
        world.run_for(A_LITTLE)
        confirm(world, held_id(world))
        world.run_for(A_LITTLE)
        assert red(world) == EVERY
        assert told(world) == [Reason.BLAST_HELD, Reason.BLAST_CONFIRMED]
        # That it was accepted is remembered; what it confirmed is used up.
        assert [one.kind for one in world.database.load().standing] == [StandingKind.ACCEPTED]


def test_what_was_handed_back_while_it_is_held_is_shown_when_it_is_confirmed() -> None:
    assert guards.a_hand_back_while_everything_is_held() == []


def test_a_confirmation_of_what_was_seen_before_more_joined_lets_nothing_through() -> None:
    with crowd() as world:
        down(world, EVERY[:8])
        world.run_for(A_LITTLE)
        seen = held_id(world)
        down(world, EVERY[8:])
        world.run_for(A_LITTLE)
        refused = world.command("confirm", guard="blast_radius", subject=seen)
        world.run_for(A_LITTLE)
        assert (refused.status, red(world)) == (422, [])
        assert held_id(world) in str(refused.answer["error"])
        confirm(world, held_id(world))
        world.run_for(A_LITTLE)
        assert red(world) == EVERY


def test_what_flaps_while_it_is_held_can_still_be_confirmed() -> None:
    with crowd() as world:
        since = down(world, EVERY)
        world.run_for(A_LITTLE)
        seen = held_id(world)
        up(world, EVERY[:5], since)
        world.run_for(A_LITTLE)
        down(world, EVERY[:5])
        world.run_for(A_LITTLE)
        confirm(world, seen)
        world.run_for(A_LITTLE)
        assert red(world) == EVERY


def test_a_restart_begins_neither_the_hold_nor_the_window_anew_and_lets_nothing_through() -> None:
    with crowd(probed=True) as world:
        all_down(world)
        world.services[PROBE.check.url] = 503
        world.run_for(HOLD / 2)
        world.crash()
        world.run_for(3600.0)
        world.start()
        world.run_for(HOLD / 2 - A_LITTLE)
        assert red(world) == []
        world.run_for(2 * A_LITTLE + PROBE.every)
        assert red(world) == EVERY


def test_a_crash_loop_lets_nothing_through_that_one_source_reports() -> None:
    with crowd() as world:
        all_down(world)
        for _ in range(40):
            world.run_for(15.0)
            world.crash()
            world.run_for(1.0)
            world.start()
        world.run_for(HOLD)
        assert (red(world), updates(world)) == ([], [])


def test_a_restart_between_two_worsenings_counts_them_together() -> None:
    with crowd() as world:
        down(world, range(LIMIT))
        world.run_for(A_LITTLE)
        world.crash()
        world.run_for(600.0)
        world.start()
        world.run_for(A_LITTLE)
        down(world, range(LIMIT, 10))
        world.run_for(A_LITTLE)
        assert red(world) == EVERY[:LIMIT]


def test_what_is_published_is_not_held_again_by_a_restart() -> None:
    with crowd(probed=True) as world:
        all_down(world)
        world.services[PROBE.check.url] = 503
        world.run_for(HOLD + A_LITTLE)
        world.crash()
        world.run_for(1.0)
        world.start()
        world.run_for(HOLD)
        assert red(world) == EVERY
        assert told(world) == [Reason.BLAST_HELD, Reason.BLAST_AGREED]


def test_a_page_that_is_red_is_not_lowered_while_its_worsening_is_held() -> None:
    """It recovered, and got worse together with all others before the page could be told of the recovery."""
    with crowd() as world:
        since = down(world, range(LIMIT))
        world.run_for(WINDOW + A_LITTLE)
        assert red(world) == EVERY[:LIMIT]
        with_faults(world, FaultRule(kind=FaultKind.REFUSED, method="PATCH"))
        up(world, range(LIMIT), since)
        world.run_for(A_LITTLE)
        since = all_down(world)
        world.run_for(A_LITTLE)
        with_faults(world)
        world.run_for(2 * HOLD)
        assert red(world) == EVERY[:LIMIT]
        all_up(world, since)
        world.run_for(HOLD)
        assert red(world) == []


@pytest.mark.parametrize("share", [1.0, 0.9])
def test_the_share_is_a_setting_and_one_switches_the_guard_off(share: float) -> None:
    with crowd(plan=PlanSettings(blast_radius=share)) as world:
        all_down(world)
        world.run_for(A_LITTLE)
        assert red(world) == (EVERY if share == 1.0 else [])
