"""Maintenances that people announce on the page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from bridge.core.maintained import GRACE
from bridge.simulation.world import WorldSettings
from bridge.simulator.options import Options
from tests.mutants.scenarios import announced
from tests.mutants.scenarios.announced import HOUR, SEEN, announce, move
from tests.mutants.scenarios.own_incidents import ours
from tests.mutants.scenarios.staging import A_LITTLE, LONG, NOT_OURS_ANY_MORE, opened, restarted
from tests.mutants.scenarios.taken import set_by_hand
from tests.simulation.adversity.interference import answered, prompt_rules, rehearsed
from tests.simulation.shop import (
    API,
    FOR,
    SEARCH,
    WEB,
    component_id,
    fire,
    resolve,
    shop_rules,
    status,
    updates,
)

if TYPE_CHECKING:
    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response


def test_what_is_under_maintenance_does_not_get_worse_until_it_is_over() -> None:
    assert announced.an_outage_during_a_maintenance() == []


def test_no_incident_is_opened_about_what_is_under_maintenance_until_it_is_over() -> None:
    assert announced.an_incident_during_a_maintenance() == []


def test_a_minute_before_it_begins_a_maintenance_counts_already() -> None:
    assert announced.an_outage_a_moment_before_a_maintenance() == []


def test_what_was_open_before_a_maintenance_recovers_in_it() -> None:
    assert announced.a_recovery_during_a_maintenance() == []


def test_that_it_recovered_is_not_told_late_once_it_is_broken_again_in_a_maintenance() -> None:
    assert announced.a_recovery_that_is_lost_and_an_outage_during_a_maintenance() == []


def test_what_a_maintenance_sets_back_at_its_end_is_nobodys_and_the_outage_is_shown_again() -> None:
    assert announced.a_maintenance_that_sets_its_component_back() == []


def test_what_a_maintenance_sets_back_while_the_daemon_is_down_is_nobodys_either() -> None:
    assert announced.a_restart_while_a_maintenance_sets_its_component_back() == []


def test_a_resolve_sets_back_nothing_of_which_another_incident_or_a_maintenance_tells() -> None:
    assert announced.a_resolve_while_another_tells_of_a_component() == []


def test_what_recovers_soon_after_a_maintenance_is_never_told() -> None:
    assert announced.a_disturbance_that_ends_soon_after_a_maintenance() == []


def test_what_began_in_a_maintenance_is_told_when_it_has_outlasted_the_grace_and_its_for_through_a_restart() -> (
    None
):
    with opened(shop_rules()) as (world, _):
        going_on = announce(world, SEARCH, begins_in=-HOUR / 2, status="in_progress")
        world.run_for(SEEN)
        fire(world, "SearchErrors")
        world.run_for(LONG)
        move(world, going_on, "completed")
        read_at = world.now()
        while maintained(world):
            world.run_for(1.0)
        restarted(world)
        over_at = world.now()
        assert over_at - read_at < SEEN
        world.run_for(GRACE + FOR - 60.0)
        assert status(world, SEARCH) == "operational"
        world.run_for(90.0)
        assert status(world, SEARCH) == "partial_outage"


def maintained(world: World) -> bool:
    """Whether the daemon has not read yet that it is over."""
    assert world.engine is not None
    (page,) = world.engine.pages
    return any(one.active for one in page.observed.maintenances.values())


def test_a_maintenance_that_begins_as_announced_is_known_from_its_first_second() -> None:
    with opened(prompt_rules()) as (world, _):
        coming = announce(world, SEARCH, begins_in=SEEN + 60.0)
        world.run_for(SEEN + 70.0)
        move(world, coming, "in_progress")
        world.run_for(70.0)
        fire(world, "SearchErrors")
        world.run_for(LONG)
        assert status(world, SEARCH) == "operational"


def test_what_a_person_sets_in_the_middle_of_a_maintenance_is_theirs() -> None:
    with opened(prompt_rules()) as (world, _):
        fire(world, "SearchErrors")
        world.run_for(NOT_OURS_ANY_MORE)
        going_on = announce(world, SEARCH, begins_in=-HOUR / 2, status="in_progress")
        world.run_for(SEEN)
        set_by_hand(world, SEARCH, "operational")
        world.run_for(NOT_OURS_ANY_MORE)
        move(world, going_on, "completed")
        world.run_for(NOT_OURS_ANY_MORE)
        assert status(world, SEARCH) == "operational"


def test_an_incident_is_opened_for_what_is_not_under_maintenance_and_the_rest_joins_later() -> None:
    with opened(prompt_rules()) as (world, _):
        going_on = announce(world, WEB, begins_in=-HOUR / 2, status="in_progress")
        world.run_for(SEEN)
        fire(world, "CheckoutErrors")
        world.services["http://shop.example/healthz"] = 503
        world.run_for(LONG)
        (opened_now,) = ours(world)
        incident = world.simulator.page(world.page_id).incidents[opened_now]
        assert incident.component_ids == [component_id(world, API)]
        assert status(world, WEB) == "operational"
        move(world, going_on, "completed")
        world.run_for(SEEN + GRACE)
        assert status(world, API) == "major_outage"


def test_a_return_for_the_sake_of_what_is_under_maintenance_is_told_when_that_is_over() -> None:
    with opened(prompt_rules()) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        going_on = announce(world, API, begins_in=-HOUR / 2, status="in_progress")
        world.run_for(SEEN)
        resolve(world, "CheckoutErrors", since)
        world.run_for(30.0)
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        assert updates(world)[0] == ["investigating", "monitoring"]
        move(world, going_on, "completed")
        world.run_for(SEEN + GRACE)
        assert updates(world)[0] == ["investigating", "monitoring", "investigating"]


@pytest.mark.parametrize("running", [False, True])
@pytest.mark.parametrize("due", [False, True])
@pytest.mark.parametrize("lag", [0.0, 20.0])
def test_whatever_the_lists_of_this_page_hold_a_maintenance_is_known(
    lag: float, *, running: bool, due: bool
) -> None:
    options = Options(scheduled_lists_running=running, upcoming_lists_due=due, list_lag=lag)
    with opened(prompt_rules(), WorldSettings(options=options)) as (world, _):
        coming = announce(world, SEARCH, begins_in=SEEN + 60.0, lasts=900.0)
        world.run_for(SEEN + 70.0)
        move(world, coming, "in_progress")
        fire(world, "SearchErrors")
        world.run_for(800.0)
        assert status(world, SEARCH) == "operational"
        world.run_for(100.0)
        move(world, coming, "completed")
        world.run_for(SEEN + GRACE)
        assert status(world, SEARCH) == "partial_outage"


@pytest.mark.parametrize("code", [403, 404, 500])
def test_a_page_that_does_not_list_maintenances_shows_its_outages_all_the_same(code: int) -> None:
    with rehearsed(prompt_rules()) as (world, network):

        async def refuse(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001 - as in Hook
            if request.path.endswith(("/incidents/scheduled", "/incidents/active_maintenance")):
                return answered(code, {"error": "no"})
            return None

        network.hooks.append(refuse)
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "SearchErrors")
        world.run_for(600.0)
        assert status(world, SEARCH) == "partial_outage"


def test_the_page_is_read_twice_a_minute_and_maintenances_less_than_twice_in_five() -> None:
    with opened(prompt_rules()) as (world, network):
        announce(world, SEARCH, begins_in=300.0, lasts=300.0)
        network.requests.clear()
        world.run_for(1800.0)
        read = Counter(path.rpartition("/")[2] for _, method, path in network.requests if method == "GET")
        assert read["components"] >= 29
        assert read["unresolved"] >= 29
        assert read["scheduled"] + read["active_maintenance"] <= 20


def test_what_is_broken_under_a_maintenance_keeps_its_incident_open_through_a_restart() -> None:
    assert announced.a_restart_while_what_is_broken_is_under_maintenance() == []


def test_no_incident_is_opened_as_a_maintenance_is_to_begin() -> None:
    assert announced.an_incident_a_moment_before_a_maintenance() == []
