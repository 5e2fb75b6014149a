"""New rules that would change much wait for a confirmation: at a reload the old ones stay in force, at a start nothing is written."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.commands import ConfirmedGuard
from bridge.simulation.world import PAGE
from tests.simulation.guards.confirming import confirm
from tests.simulation.guards.worlds import (
    A_LITTLE,
    ALL,
    FEW,
    LATER,
    NONE,
    OTHER,
    SIX,
    WITHOUT_INCIDENT,
    ReloadedWorld,
    service,
)
from tests.simulation.judge import violations
from tests.simulation.shop import (
    API,
    SEARCH,
    by_hand,
    component_id,
    fire,
    incident_id,
    resolve,
    status,
    updates,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


LONG = 600.0


@pytest.fixture
def world() -> Iterator[ReloadedWorld]:
    with ReloadedWorld() as made:
        made.start()
        made.run_for(A_LITTLE)
        yield made
        assert violations(made) == []


def test_rules_that_would_lower_more_than_five_components_are_refused_and_the_old_ones_stay(
    world: ReloadedWorld,
) -> None:
    since = fire(world, "ServicesDown")
    world.run_for(A_LITTLE)
    assert world.broken() == 6
    objections = world.offer(OTHER, "second")
    assert len(objections) == 6
    assert objections[0] == "acme: Service 0: partial_outage to operational"
    world.run_for(LONG)
    assert world.broken() == 6
    resolve(world, "ServicesDown", since)  # the rules before go on
    world.run_for(A_LITTLE)
    assert world.broken() == 0


def test_rules_that_change_five_components_are_taken(world: ReloadedWorld) -> None:
    fire(world, "ServicesDown")
    world.run_for(A_LITTLE)
    five = replace(ALL, components=tuple(rule for rule in ALL.components if rule.component not in SIX[1:]))
    assert world.offer(five, "second") == ()
    world.run_for(LONG)
    fire(world, "SearchErrors")
    world.run_for(A_LITTLE)
    assert status(world, SEARCH) == "partial_outage"


def test_rules_that_would_raise_more_than_five_components_at_once_are_refused(world: ReloadedWorld) -> None:
    assert world.offer(NONE, "second") == ()  # nothing fires: nothing changes
    fire(world, "ServicesDown")
    world.run_for(A_LITTLE)
    assert len(world.offer(ALL, "third")) == 6
    world.run_for(LONG)
    assert world.broken() == 0


def test_rules_that_would_raise_them_after_their_holds_are_refused_as_well(world: ReloadedWorld) -> None:
    fire(world, "DiskFull")
    world.run_for(A_LITTLE)
    assert len(world.offer(LATER, "second")) == 6
    world.run_for(LONG)
    assert world.broken() == 0


def test_what_is_confirmed_is_taken_and_only_the_files_that_were_confirmed(world: ReloadedWorld) -> None:
    fire(world, "ServicesDown")
    world.run_for(A_LITTLE)
    assert world.offer(NONE, "second") != ()
    assert not world.running.reload_confirmed()
    refused = world.command("confirm", guard="reload", subject="another")
    world.run_for(1.0)
    assert refused.status == 422
    assert world.offer(NONE, "second") != ()
    confirm(world, ConfirmedGuard.RELOAD, "second")
    assert world.running.reload_confirmed()
    assert world.offer(NONE, "second") == ()
    world.run_for(A_LITTLE)
    fire(world, "SearchErrors")
    world.run_for(A_LITTLE)
    assert status(world, SEARCH) == "partial_outage"
    assert world.offer(ALL, "first") != ()  # the way back is a change as large
    confirm(world, ConfirmedGuard.RELOAD, "first")
    assert world.offer(ALL, "first") == ()
    world.run_for(A_LITTLE)
    assert world.offer(NONE, "second") != ()  # a confirmation is used once


def test_rules_that_would_orphan_an_open_incident_are_refused_until_it_is_released(
    world: ReloadedWorld,
) -> None:
    fire(world, "CheckoutErrors")
    world.run_for(A_LITTLE)
    (objection,) = world.offer(WITHOUT_INCIDENT, "second")
    opened = incident_id(world)
    assert objection == f"acme: incident {opened} is open, and its rule checkout would be gone"
    world.command("release", incident=opened)
    world.run_for(A_LITTLE)
    assert world.offer(WITHOUT_INCIDENT, "second") == ()


def test_an_incident_that_has_no_rule_already_holds_nothing_up(world: ReloadedWorld) -> None:
    fire(world, "CheckoutErrors")
    world.run_for(A_LITTLE)
    assert world.offer(WITHOUT_INCIDENT, "second") != ()
    confirm(world, ConfirmedGuard.RELOAD, "second")
    assert world.offer(WITHOUT_INCIDENT, "second") == ()
    world.run_for(A_LITTLE)
    more = replace(WITHOUT_INCIDENT, components=(*WITHOUT_INCIDENT.components, service(API, "Other")))
    assert world.offer(more, "third") == ()


def test_a_trial_touches_nothing_that_is_live(world: ReloadedWorld) -> None:
    fire(world, "CheckoutErrors")
    fire(world, "DiskFull")
    world.run_for(A_LITTLE)
    reconciler = world.running.reconcilers[PAGE]
    memory, desired = deepcopy(reconciler.state.memory), deepcopy(reconciler.state.desired)
    signals, wake_at = dict(reconciler.state.signals), reconciler._wake_at
    arrived = len(world.simulator.arrivals)
    weigh = world.running.trial({PAGE: LATER})
    assert len(weigh()[PAGE].components) == 6
    assert reconciler.state.memory == memory
    assert reconciler.state.desired == desired
    assert (reconciler.state.signals, reconciler._wake_at) == (signals, wake_at)
    world.run_for(1.0)
    assert len(world.simulator.arrivals) == arrived


def test_a_start_with_files_that_change_much_writes_nothing_until_they_are_confirmed(
    world: ReloadedWorld,
) -> None:
    fire(world, "ServicesDown")
    world.run_for(A_LITTLE)
    written = len([arrival for arrival in world.simulator.arrivals if arrival.method != "GET"])
    for _ in range(2):  # another restart with the same files changes nothing
        world.restart(NONE, "second")
        fire(world, "SearchErrors")
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        assert (world.broken(), status(world, SEARCH), updates(world)) == (6, "operational", [])
        assert len([arrival for arrival in world.simulator.arrivals if arrival.method != "GET"]) == written
        (held,) = world.running.held()
        assert "nothing is written" in held
        assert held.endswith("bridge confirm --page acme reload second")
    read = max(arrival.at for arrival in world.simulator.arrivals if arrival.method == "GET")
    assert world.now() - read < 60.0  # reading goes on
    confirm(world, ConfirmedGuard.RELOAD, "second")
    world.run_for(A_LITTLE)
    assert (status(world, SEARCH), updates(world)) == ("partial_outage", [["investigating"]])
    assert world.running.held() == ()
    world.restart(NONE, "second")
    assert world.running.held() == ()  # they are in force now


def test_a_start_with_the_files_of_the_stop_goes_on_however_much_is_under_way(world: ReloadedWorld) -> None:
    fire(world, "ServicesDown")
    world.run_for(1.0)
    world.restart(ALL, "first")
    world.run_for(A_LITTLE)
    assert (world.broken(), world.running.held()) == (6, ())


def test_a_start_with_other_files_that_change_little_goes_on(world: ReloadedWorld) -> None:
    fire(world, "ServicesDown")
    world.run_for(A_LITTLE)
    world.restart(FEW, "second")
    fire(world, "SearchErrors")
    world.run_for(A_LITTLE)
    assert (status(world, SEARCH), world.running.held()) == ("partial_outage", ())


@pytest.mark.parametrize("how", ["by a reload", "by a restart"])
def test_the_files_of_before_end_a_hold_without_a_confirmation(world: ReloadedWorld, how: str) -> None:
    fire(world, "ServicesDown")
    world.run_for(A_LITTLE)
    world.restart(NONE, "second")
    assert len(world.running.held()) == 1
    if how == "by a reload":
        assert world.offer(ALL, "first") == ()
    else:
        world.restart(ALL, "first")
    fire(world, "SearchErrors")
    world.run_for(A_LITTLE)
    assert (status(world, SEARCH), world.broken(), world.running.held()) == ("partial_outage", 6, ())


def test_a_start_that_would_orphan_an_open_incident_is_held(world: ReloadedWorld) -> None:
    fire(world, "CheckoutErrors")
    world.run_for(A_LITTLE)
    world.restart(WITHOUT_INCIDENT, "second")
    assert "its rule checkout would be gone" in world.running.held()[0]


def test_a_persons_change_of_a_held_page_stands_when_it_is_confirmed(world: ReloadedWorld) -> None:
    fire(world, "ServicesDown")
    world.run_for(A_LITTLE)
    world.restart(NONE, "second")
    path = f"/components/{component_id(world, SIX[0])}"
    by_hand(world, "PATCH", path, {"component": {"status": "degraded_performance"}})
    world.run_for(LONG)
    confirm(world, ConfirmedGuard.RELOAD, "second")
    world.run_for(LONG)
    assert status(world, SIX[0]) == "degraded_performance"
