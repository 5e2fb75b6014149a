"""Components that people set: theirs until the claims on them clear."""

from __future__ import annotations

import pytest

from tests.mutants.scenarios import taken
from tests.mutants.scenarios.staging import LONG, NOT_OURS_ANY_MORE, opened, restarted
from tests.mutants.scenarios.taken import set_by_hand
from tests.simulation.adversity.interference import prompt_rules
from tests.simulation.shop import SEARCH, fire, resolve, status


def test_what_a_person_set_stays_theirs_though_they_set_it_to_what_is_claimed_and_then_to_operational() -> (
    None
):
    assert taken.a_component_that_a_person_set_to_what_is_claimed_and_then_to_operational() == []


def test_what_a_person_set_back_to_what_we_had_told_is_neither_raised_nor_lowered() -> None:
    assert taken.a_component_that_a_person_set_to_what_we_had_told() == []


def test_when_the_claim_has_cleared_nothing_is_written_and_the_next_one_is() -> None:
    assert taken.a_component_that_a_person_set_green_and_that_breaks_anew() == []


def test_a_component_that_a_person_set_green_right_after_our_write_is_raised_when_it_breaks_anew() -> None:
    assert taken.a_component_that_a_person_set_green_just_now_and_that_breaks_anew() == []


@pytest.mark.parametrize("value", ["operational", "degraded_performance", "major_outage"])
def test_each_value_that_a_person_sets_over_ours_stands_through_a_day_of_the_outage(value: str) -> None:
    with opened(prompt_rules()) as (world, _):
        fire(world, "SearchErrors")
        world.run_for(NOT_OURS_ANY_MORE)
        set_by_hand(world, SEARCH, value)
        world.run_for(LONG)
        restarted(world)
        world.run_for(3600.0)
        assert status(world, SEARCH) == value


def test_a_persons_value_is_not_lowered_when_the_claim_clears_nor_raised_by_the_next() -> None:
    """The next raise starts from what the page shows; that is a person's still."""
    with opened(prompt_rules()) as (world, _):
        since = fire(world, "SearchErrors")
        world.run_for(NOT_OURS_ANY_MORE)
        set_by_hand(world, SEARCH, "degraded_performance")
        world.run_for(NOT_OURS_ANY_MORE)
        resolve(world, "SearchErrors", since)
        world.run_for(LONG)
        assert status(world, SEARCH) == "degraded_performance"
        since = fire(world, "SearchErrors")
        world.run_for(LONG)
        assert status(world, SEARCH) == "degraded_performance"
        resolve(world, "SearchErrors", since)
        world.run_for(LONG)
        set_by_hand(world, SEARCH, "operational")
        world.run_for(LONG)
        fire(world, "SearchErrors")
        world.run_for(LONG)
        assert status(world, SEARCH) == "partial_outage"


def test_what_a_list_shows_that_lags_behind_our_own_lowering_is_no_persons() -> None:
    assert taken.a_list_that_lags_behind_our_own_lowering() == []
