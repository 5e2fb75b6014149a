"""A draft that nobody approves is told by itself after its time, and never over a guard; components wait with it where the rule says so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.statuses import Automation
from bridge.simulation.world import WorldSettings
from tests.mutants.scenarios.announced import SEEN, announce, move
from tests.mutants.scenarios.drafts import a_draft_whose_outage_ended_while_its_create_was_lost
from tests.simulation.commands.operating import A_LITTLE, LONG, accepted, killed, writes
from tests.simulation.drafts.approving import (
    WITH_DRAFT,
    approve,
    drafting,
    drafting_rules,
    drafts,
    listed,
    refused,
    the_draft,
)
from tests.simulation.guards.worlds import CappedWorld
from tests.simulation.shop import (
    API,
    EVERYTHING_AT_ONCE,
    SEARCH,
    by_hand,
    component_id,
    fire,
    resolve,
    status,
    updates,
)

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet

CRASHES = pytest.mark.parametrize("crash", [False, True], ids=["", "after a kill"])
QUARTER = 900.0
STALE_AFTER = 300.0


def timed() -> RuleSet:
    """Rules by which a draft is told after a quarter of an hour."""
    return drafting_rules(publish_after=QUARTER)


@CRASHES
def test_a_draft_is_told_by_itself_after_its_time_and_not_before(*, crash: bool) -> None:
    with drafting(timed()) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        draft = the_draft(world)
        if crash:
            killed(world)
        world.run_for(QUARTER - 3 * A_LITTLE)
        assert updates(world) == []
        world.run_for(4 * A_LITTLE)
        (incident,) = world.simulator.incidents(world.page_id)
        assert (incident.name, incident.updates[0].body) == (draft["title"], draft["body"])
        assert drafts(world) == []


def test_a_draft_that_changed_goes_on_waiting_from_its_first_version() -> None:
    with drafting(timed()) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        first = the_draft(world)
        assert first["published_by_itself"] is not None
        world.run_for(QUARTER / 2)
        by_hand(world, "PATCH", f"/components/{component_id(world, API)}", {"component": {"name": "The API"}})
        world.run_for(LONG)
        second = the_draft(world)
        assert second["hash"] != first["hash"]
        assert second["published_by_itself"] == first["published_by_itself"]
        world.run_for(QUARTER / 2)
        assert updates(world) == [["investigating"]]


def test_nothing_is_told_by_itself_while_nobody_can_see_whether_it_is_true() -> None:
    settings = WorldSettings(plan=EVERYTHING_AT_ONCE, stale_after=STALE_AFTER)
    with drafting(timed(), settings) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(3 * QUARTER)
        assert updates(world) == []
        assert listed(world) != []
        fire(world, "Watchdog")
        world.run_for(A_LITTLE)
        assert updates(world) == [["investigating"]]


def test_a_person_may_approve_what_nobody_can_see_now() -> None:
    settings = WorldSettings(plan=EVERYTHING_AT_ONCE, stale_after=STALE_AFTER)
    with drafting(timed(), settings) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(2 * STALE_AFTER)
        approve(world)
        world.run_for(A_LITTLE)
        assert updates(world) == [["investigating"]]


def test_nothing_is_told_by_itself_under_a_maintenance() -> None:
    with drafting(timed()) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        maintenance = announce(world, API, begins_in=-QUARTER, status="in_progress")
        world.run_for(2 * QUARTER)
        assert len(updates(world)) == 1
        assert "under maintenance" in refused(world, "draft_approve", the_draft(world))
        move(world, maintenance, "completed")
        world.run_for(SEEN)
        assert sorted(updates(world)) == [["in_progress", "completed"], ["investigating"]]


def test_nothing_is_told_by_itself_while_the_page_is_paused() -> None:
    with drafting(timed()) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        accepted(world, "pause")
        world.run_for(2 * QUARTER)
        assert updates(world) == []
        accepted(world, "resume")
        world.run_for(A_LITTLE)
        assert updates(world) == [["investigating"]]


@pytest.mark.parametrize("low", [Automation.SHADOW, Automation.STATUSES])
def test_nothing_is_told_by_itself_under_a_lower_cap_and_what_is_raised_again_goes_on(
    low: Automation,
) -> None:
    with CappedWorld() as world:
        world.ruleset = replace(world.ruleset, incidents=timed().incidents)
        world.level = Automation.DRAFT
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        assert len(listed(world)) == 1
        world.level = low
        world.run_for(2 * QUARTER)
        assert updates(world) == []
        world.level = Automation.FULL
        world.run_for(A_LITTLE)
        assert updates(world) == [["investigating"]]


def test_a_cap_that_is_raised_to_full_opens_what_waited() -> None:
    with CappedWorld() as world:
        world.level = Automation.DRAFT
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        assert (updates(world), len(listed(world))) == ([], 1)
        world.level = Automation.FULL
        world.run_for(A_LITTLE)
        assert (updates(world), drafts(world)) == ([["investigating"]], [])


def test_what_is_open_goes_on_under_a_cap_of_draft() -> None:
    with CappedWorld() as world:
        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        world.level = Automation.DRAFT
        resolve(world, "CheckoutErrors", since)
        world.run_for(LONG)
        assert updates(world) == [["investigating", "monitoring", "resolved"]]
        assert drafts(world) == []


@CRASHES
def test_components_wait_with_the_draft_and_are_shown_with_it(*, crash: bool) -> None:
    with drafting(WITH_DRAFT) as (world, _):
        fire(world, "CheckoutErrors")
        fire(world, "SearchErrors")
        world.run_for(LONG)
        if crash:
            killed(world)
        assert (status(world, API), status(world, SEARCH)) == ("operational", "partial_outage")
        approve(world)
        world.run_for(A_LITTLE)
        assert (status(world, API), updates(world)) == ("major_outage", [["investigating"]])


@CRASHES
def test_components_of_a_discarded_draft_stay_as_they_are(*, crash: bool) -> None:
    with drafting(WITH_DRAFT) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        accepted(world, "draft_discard", draft=the_draft(world)["draft"])
        if crash:
            killed(world)
        world.run_for(LONG)
        assert (status(world, API), updates(world)) == ("operational", [])
        resolve(world, "CheckoutErrors", since)
        world.run_for(10 * LONG)
        assert status(world, API) == "operational"


def test_components_that_wait_are_never_shown_where_the_cause_recovers_first() -> None:
    with drafting(WITH_DRAFT) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        resolve(world, "CheckoutErrors", since)
        world.run_for(10 * LONG)
        assert writes(world, 0.0) == []


def test_an_operator_shows_what_waits_all_the_same() -> None:
    with drafting(WITH_DRAFT) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        accepted(world, "override_set", component=API, status="degraded_performance")
        world.run_for(A_LITTLE)
        assert status(world, API) == "degraded_performance"


def test_what_fires_again_while_a_create_is_lost_waits_for_a_leave_of_its_own() -> None:
    assert a_draft_whose_outage_ended_while_its_create_was_lost() == []
