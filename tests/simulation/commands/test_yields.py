"""A component that the bridge stands back from is written by people alone, until the time is over or it is handed back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.simulation.commands.operating import (
    A_LITTLE,
    KNOWN_FOR_A_PERSONS,
    LONG,
    accepted,
    killed,
    operated,
    set_by_hand,
    writes,
)
from tests.simulation.shop import API, SEARCH, fire, resolve, status, updates


def rfc3339(at: float) -> str:
    """An instant of the day as people write it."""
    return datetime.fromtimestamp(at, UTC).isoformat()


CRASHES = pytest.mark.parametrize("crash", [False, True], ids=["", "killed right after the answer"])


@CRASHES
def test_nothing_is_written_to_a_yielded_component_until_it_is_handed_back(*, crash: bool) -> None:
    with operated() as (world, _):
        accepted(world, "yield_component", component=SEARCH)
        if crash:
            killed(world)
        fire(world, "SearchErrors")
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert status(world, SEARCH) == "operational"
        accepted(world, "override_clear", component=SEARCH)
        if crash:
            killed(world)
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "partial_outage"


@CRASHES
def test_a_yield_ends_at_its_time(*, crash: bool) -> None:
    with operated() as (world, _):
        accepted(world, "yield_component", component=SEARCH, **{"for": "15m"})
        since = world.now()
        fire(world, "SearchErrors")
        if crash:
            killed(world)
        world.run_for(since + 895 - world.now())
        assert status(world, SEARCH) == "operational"
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "partial_outage"


def test_a_yield_until_an_instant_of_the_day_ends_then_though_the_clock_was_set_meanwhile() -> None:
    with operated() as (world, _):
        fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        world.clock_set_by = 3600.0  # the machine's clock is an hour ahead of the loop's from now on
        world.run_for(60)
        accepted(world, "pause", until=rfc3339(world.machine_clock() + 600))
        paused = world.now()
        fire(world, "CheckoutErrors")
        world.run_for(595)
        assert writes(world, paused) == []
        world.run_for(A_LITTLE)
        assert status(world, API) == "major_outage"


def test_the_incident_of_a_yielded_component_is_told_and_the_component_is_not_set_with_it() -> None:
    with operated() as (world, _):
        accepted(world, "yield_component", component=API)
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        assert updates(world) == [["investigating"]]
        assert status(world, API) == "operational"
        resolve(world, "CheckoutErrors", since)
        world.run_for(LONG)
        assert updates(world) == [["investigating", "monitoring", "resolved"]]


def test_what_a_person_sets_on_a_yielded_component_stands_when_the_time_is_over() -> None:
    with operated() as (world, _):
        fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        accepted(world, "yield_component", component=SEARCH, **{"for": "30m"})
        set_by_hand(world, SEARCH, "degraded_performance")
        world.run_for(1800 + KNOWN_FOR_A_PERSONS)
        assert status(world, SEARCH) == "degraded_performance"


def test_a_yield_ends_an_override_and_leaves_what_shows() -> None:
    with operated() as (world, _):
        accepted(world, "override_set", component=SEARCH, status="major_outage")
        world.run_for(A_LITTLE)
        accepted(world, "yield_component", component=SEARCH)
        world.run_for(LONG)
        assert status(world, SEARCH) == "major_outage"
        accepted(world, "override_clear", component=SEARCH)
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "operational"


def test_an_override_ends_a_yield() -> None:
    with operated() as (world, _):
        accepted(world, "yield_component", component=SEARCH)
        accepted(world, "override_set", component=SEARCH, status="major_outage")
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "major_outage"


# --- hand-back


@CRASHES
@pytest.mark.parametrize("value", ["degraded_performance", "major_outage", "operational"])
def test_a_handed_back_component_shows_its_claim_over_what_a_person_set(value: str, *, crash: bool) -> None:
    with operated() as (world, _):
        since = fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        set_by_hand(world, SEARCH, value)
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert status(world, SEARCH) == value
        accepted(world, "override_clear", component=SEARCH)
        if crash:
            killed(world)
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "partial_outage"
        resolve(world, "SearchErrors", since)
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "operational"


def test_a_handed_back_component_without_a_claim_is_not_written() -> None:
    with operated() as (world, _):
        set_by_hand(world, SEARCH, "degraded_performance")
        world.run_for(LONG)
        accepted(world, "override_clear", component=SEARCH)
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert status(world, SEARCH) == "degraded_performance"
        assert writes(world, 0.0) == []


def test_a_claim_that_ends_before_it_is_written_after_a_hand_back_leaves_what_a_person_set() -> None:
    with operated() as (world, _):
        since = fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        set_by_hand(world, SEARCH, "degraded_performance")
        world.run_for(KNOWN_FOR_A_PERSONS)
        accepted(world, "pause")
        accepted(world, "override_clear", component=SEARCH)
        world.run_for(LONG)
        resolve(world, "SearchErrors", since)
        world.run_for(LONG)
        accepted(world, "resume")
        world.run_for(LONG)
        assert status(world, SEARCH) == "degraded_performance"
        fire(world, "SearchErrors")
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert status(world, SEARCH) == "degraded_performance"


def test_what_a_person_sets_after_a_hand_back_stands() -> None:
    with operated() as (world, _):
        fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        set_by_hand(world, SEARCH, "degraded_performance")
        world.run_for(KNOWN_FOR_A_PERSONS)
        accepted(world, "override_clear", component=SEARCH)
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "partial_outage"
        set_by_hand(world, SEARCH, "degraded_performance")
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert status(world, SEARCH) == "degraded_performance"
