"""Components whose value a person sets while a rule claims them: theirs until the claims clear, and through a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.page import PlanSettings
from bridge.core.statuses import ComponentStatus
from bridge.simulation.world import WorldSettings
from bridge.simulator.options import Options
from tests.mutants.scenarios.staging import LONG, NOT_OURS_ANY_MORE, opened, restarted, shows
from tests.simulation.adversity.interference import claim, prompt_rules
from tests.simulation.shop import SEARCH, by_hand, component_id, fire, resolve

if TYPE_CHECKING:
    from bridge.simulation.world import World

WORSE = claim("search-down", SEARCH, "SearchDown", ComponentStatus.MAJOR_OUTAGE)


def set_by_hand(world: World, name: str, value: str) -> None:
    """A person sets a component."""
    by_hand(world, "PATCH", f"/components/{component_id(world, name)}", {"component": {"status": value}})


def a_component_that_a_person_set_to_what_is_claimed_and_then_to_operational() -> list[str]:
    """I15: what shows was a person's before it was claimed; that they set what the rules claim makes it nobody else's."""
    with opened(prompt_rules()) as (world, _):
        set_by_hand(world, SEARCH, "degraded_performance")
        world.run_for(LONG)
        fire(world, "SearchErrors")
        world.run_for(LONG)
        set_by_hand(world, SEARCH, "partial_outage")
        world.run_for(LONG)
        restarted(world)
        set_by_hand(world, SEARCH, "operational")
        world.run_for(2 * NOT_OURS_ANY_MORE)
        return shows(world, SEARCH, "operational", invariant="I15")


def a_component_that_a_person_set_to_what_we_had_told() -> list[str]:
    """I15: a person sets another value, and later the one that we wrote once: theirs it is when the claim ends, and when a worse one comes."""
    with opened(prompt_rules(WORSE)) as (world, _):
        since = fire(world, "SearchErrors")
        world.run_for(NOT_OURS_ANY_MORE)
        set_by_hand(world, SEARCH, "degraded_performance")
        world.run_for(NOT_OURS_ANY_MORE)
        restarted(world)
        set_by_hand(world, SEARCH, "partial_outage")
        world.run_for(LONG)
        worse = fire(world, "SearchDown")
        world.run_for(LONG)
        found = shows(world, SEARCH, "partial_outage", invariant="I15")
        resolve(world, "SearchDown", worse)
        resolve(world, "SearchErrors", since)
        world.run_for(NOT_OURS_ANY_MORE)
        return found + shows(world, SEARCH, "partial_outage", invariant="I15")


def a_component_that_a_person_set_green_and_that_breaks_anew() -> list[str]:
    """I5: when the claim has cleared, nothing is written; the next one is."""
    with opened(prompt_rules()) as (world, _):
        since = fire(world, "SearchErrors")
        world.run_for(NOT_OURS_ANY_MORE)
        set_by_hand(world, SEARCH, "operational")
        world.run_for(NOT_OURS_ANY_MORE)
        found = shows(world, SEARCH, "operational", invariant="I15")
        restarted(world)
        resolve(world, "SearchErrors", since)
        world.run_for(LONG)
        fire(world, "SearchErrors")
        world.run_for(LONG)
        return found + shows(world, SEARCH, "partial_outage")


def a_component_that_a_person_set_green_just_now_and_that_breaks_anew() -> list[str]:
    """I5: the same within 2·S of our write, before it is known for a person's."""
    with opened(prompt_rules()) as (world, _):
        since = fire(world, "SearchErrors")
        world.run_for(40.0)
        set_by_hand(world, SEARCH, "operational")
        world.run_for(70.0)
        resolve(world, "SearchErrors", since)
        world.run_for(20.0)
        fire(world, "SearchErrors")
        world.run_for(LONG)
        return shows(world, SEARCH, "partial_outage")


def a_list_that_lags_behind_our_own_lowering() -> list[str]:
    """I5: what a list shows that is older than our answer is no person's; it breaks anew a moment after it was set back."""
    return _lowered_and_broken_anew(WorldSettings(options=Options(list_lag=20.0)), again=22.0)


def a_list_that_lags_as_long_as_was_found_out() -> list[str]:
    """I5: the same on a page whose lists lag for longer than is usually believed, and which was asked how long."""
    plan = PlanSettings(lists_lag=45.0)
    return _lowered_and_broken_anew(WorldSettings(options=Options(list_lag=45.0), plan=plan), again=47.0)


def _lowered_and_broken_anew(settings: WorldSettings, *, again: float) -> list[str]:
    found = []
    for at in range(0, 60, 4):
        with opened(prompt_rules(), settings) as (world, _):
            since = fire(world, "SearchErrors")
            world.run_for(NOT_OURS_ANY_MORE + at)
            resolve(world, "SearchErrors", since)
            world.run_for(again)
            fire(world, "SearchErrors")
            world.run_for(NOT_OURS_ANY_MORE)
            found += shows(world, SEARCH, "partial_outage")
    return found
