"""An override shows what an operator wants, until it is over or somebody else changes the component on the page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.mutants.scenarios import commands
from tests.simulation.adversity.interference import TIMEOUT, is_write, prompt_rules
from tests.simulation.commands.operating import (
    A_LITTLE,
    KNOWN_FOR_A_PERSONS,
    LONG,
    accepted,
    answered,
    killed,
    operated,
    set_by_hand,
    writes,
)
from tests.simulation.shop import API, SEARCH, component_id, fire, resolve, status

if TYPE_CHECKING:
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response


@pytest.mark.parametrize("crash", [False, True], ids=["", "killed right after the answer"])
def test_an_override_is_shown_though_nothing_claims_it(*, crash: bool) -> None:
    with operated() as (world, _):
        accepted(world, "override_set", component=SEARCH, status="major_outage")
        if crash:
            killed(world)
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "major_outage"
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert status(world, SEARCH) == "major_outage"


def test_an_override_goes_over_what_rules_claim() -> None:
    with operated() as (world, _):
        fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "partial_outage"
        accepted(world, "override_set", component=SEARCH, status="operational")
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "operational"
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert status(world, SEARCH) == "operational"


@pytest.mark.parametrize("after", [40.0, 178.0], ids=lambda after: f"applied {after:.0f} s later")
def test_our_own_late_write_does_not_end_an_override_of_what_was_shown_before(after: float) -> None:
    with operated() as (world, network):
        late: list[float] = []

        async def lowered_late(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if not late and is_write(request, component_id(world, SEARCH), status="operational"):
                late.append(world.now())
                return await network.apply_late(request, after, timeout)
            return None

        network.hooks.append(lowered_late)
        since = fire(world, "SearchErrors")
        world.run_for(LONG)
        resolve(world, "SearchErrors", since)
        world.run_for(TIMEOUT + 5.0)
        assert late
        accepted(world, "override_set", component=SEARCH, status="partial_outage")
        world.run_for(after + LONG)
        assert status(world, SEARCH) == "partial_outage"
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert status(world, SEARCH) == "partial_outage"


def test_an_override_goes_over_what_a_person_set_before_it() -> None:
    with operated() as (world, _):
        set_by_hand(world, SEARCH, "degraded_performance")
        world.run_for(LONG)
        accepted(world, "override_set", component=SEARCH, status="major_outage")
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "major_outage"


@pytest.mark.parametrize("crash", [False, True], ids=["", "killed right after the answer"])
def test_an_override_that_is_cleared_gives_the_component_back_to_its_claims(*, crash: bool) -> None:
    with operated() as (world, _):
        since = fire(world, "SearchErrors")
        accepted(world, "override_set", component=SEARCH, status="major_outage")
        world.run_for(A_LITTLE)
        accepted(world, "override_clear", component=SEARCH)
        if crash:
            killed(world)
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "partial_outage"
        resolve(world, "SearchErrors", since)
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "operational"


@pytest.mark.parametrize("named", [True, False], ids=["that a rule names", "that no rule names"])
@pytest.mark.parametrize("crash", [False, True], ids=["", "killed in between"])
def test_an_override_that_is_over_is_lowered_where_nothing_claims_the_component(
    *, named: bool, crash: bool
) -> None:
    rules = prompt_rules()
    if not named:
        rules = replace(rules, components=tuple(one for one in rules.components if one.component != SEARCH))
    with operated(rules) as (world, _):
        accepted(world, "override_set", component=SEARCH, status="major_outage", **{"for": "10m"})
        world.run_for(550)
        assert status(world, SEARCH) == "major_outage"
        if crash:
            killed(world)
        world.run_for(60)
        assert status(world, SEARCH) == "operational"


def test_an_override_that_ran_out_while_the_daemon_was_down_is_over() -> None:
    with operated() as (world, _):
        accepted(world, "override_set", component=SEARCH, status="major_outage", **{"for": "10m"})
        world.run_for(A_LITTLE)
        world.crash()
        world.run_for(1200)
        assert status(world, SEARCH) == "major_outage"
        world.start()
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "operational"


@pytest.mark.parametrize("ends", ["override_clear", "by itself"])
def test_an_override_that_never_wrote_lowers_nothing(ends: str) -> None:
    with operated() as (world, _):
        set_by_hand(world, SEARCH, "major_outage")
        world.run_for(LONG)
        accepted(world, "override_set", component=SEARCH, status="major_outage", **{"for": "10m"})
        world.run_for(A_LITTLE)
        if ends == "override_clear":
            accepted(world, ends, component=SEARCH)
        world.run_for(900)
        assert status(world, SEARCH) == "major_outage"
        assert writes(world, 0.0) == []


@pytest.mark.parametrize("after", [5.0, 100.0, 600.0])
@pytest.mark.parametrize("value", ["operational", "partial_outage", "degraded_performance"])
@pytest.mark.parametrize("crash", [False, True], ids=["", "killed after it"])
def test_what_a_person_sets_after_an_override_stands(after: float, value: str, *, crash: bool) -> None:
    with operated() as (world, _):
        fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        accepted(world, "override_set", component=SEARCH, status="major_outage")
        world.run_for(A_LITTLE + after)
        assert status(world, SEARCH) == "major_outage"
        set_by_hand(world, SEARCH, value)
        if crash:
            world.run_for(2.0)
            killed(world)
        changed = world.now()
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert status(world, SEARCH) == value
        assert writes(world, changed) == []
        assert world.engine is not None
        (page,) = world.engine.pages
        assert [one.kind for one in page.standing.values() if one.kind != "accepted"] == []


def test_what_a_person_sets_back_after_an_override_stands() -> None:
    """It is what was shown when the operator commanded; written over once, it is theirs again."""
    with operated() as (world, _):
        set_by_hand(world, SEARCH, "degraded_performance")
        world.run_for(LONG)
        accepted(world, "override_set", component=SEARCH, status="major_outage")
        world.run_for(A_LITTLE)
        set_by_hand(world, SEARCH, "degraded_performance")
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert status(world, SEARCH) == "degraded_performance"


def test_what_a_person_sets_after_an_override_stands_though_a_rule_had_told_it_long_ago() -> None:
    assert commands.a_person_who_sets_what_we_told_long_ago_after_an_override() == []


def test_an_override_is_shown_though_the_first_list_after_a_restart_showed_it_already_and_lagged() -> None:
    assert commands.an_override_after_a_restart_on_a_list_that_lags() == []


def test_what_a_person_sets_before_a_paused_override_is_written_stands() -> None:
    with operated() as (world, _):
        accepted(world, "pause")
        accepted(world, "override_set", component=SEARCH, status="major_outage")
        world.run_for(LONG)
        set_by_hand(world, SEARCH, "degraded_performance")
        world.run_for(LONG)
        accepted(world, "resume")
        world.run_for(LONG)
        assert status(world, SEARCH) == "degraded_performance"


def test_an_override_to_operational_that_a_person_changes_is_over() -> None:
    with operated() as (world, _):
        fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        accepted(world, "override_set", component=SEARCH, status="operational")
        world.run_for(LONG)
        set_by_hand(world, SEARCH, "partial_outage")
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert status(world, SEARCH) == "partial_outage"


def test_the_last_of_several_overrides_is_shown() -> None:
    with operated() as (world, _):
        for value in ("degraded_performance", "major_outage", "partial_outage"):
            world.command("override_set", component=SEARCH, status=value)
            world.run_for(0.5)
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "partial_outage"


def test_a_command_that_is_sent_again_late_changes_nothing() -> None:
    with operated() as (world, _):
        accepted(world, "override_set", component=SEARCH, status="major_outage", id="a")
        accepted(world, "override_clear", component=SEARCH, id="b")
        killed(world)
        again = accepted(world, "override_set", component=SEARCH, status="major_outage", id="a")
        assert again.answer["repeated"] is True
        world.run_for(LONG)
        assert status(world, SEARCH) == "operational"
        other = answered(world, "override_set", component=API, status="major_outage", id="a")
        assert other.status == 409


def test_an_override_holds_through_the_incident_that_ends_on_its_component() -> None:
    with operated() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        accepted(world, "override_set", component=API, status="degraded_performance")
        world.run_for(A_LITTLE)
        assert status(world, API) == "degraded_performance"
        resolve(world, "CheckoutErrors", since)
        world.run_for(LONG)
        assert status(world, API) == "degraded_performance"
        accepted(world, "override_clear", component=API)
        world.run_for(A_LITTLE)
        assert status(world, API) == "operational"


def test_an_override_outlasts_a_maintenance_on_the_page() -> None:
    with operated() as (world, _):
        accepted(world, "override_set", component=SEARCH, status="major_outage")
        world.run_for(A_LITTLE)
        set_by_hand(world, SEARCH, "under_maintenance")
        world.run_for(2 * KNOWN_FOR_A_PERSONS)
        assert status(world, SEARCH) == "under_maintenance"
        set_by_hand(world, SEARCH, "operational")  # as the page itself does when a maintenance ends
        world.run_for(LONG)
        assert status(world, SEARCH) == "major_outage"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"component": "Serach", "status": "major_outage"}, "near are: Search"),
        ({"component": SEARCH, "status": "under_maintenance"}, "a maintenance is made on the page"),
        ({"component": SEARCH, "status": "major_outage", "until": "2001-01-01T00:00:00Z"}, "not after now"),
        ({"component": SEARCH, "status": "major_outage", "page": "other"}, "there are: acme"),
    ],
)
def test_what_cannot_be_obeyed_is_refused_with_what_could_be(fields: dict[str, str], told: str) -> None:
    with operated() as (world, _):
        refused = answered(world, "override_set", **fields)
        assert refused.status == 422
        assert told in str(refused.answer["error"])
        world.run_for(LONG)
        assert writes(world, 0.0) == []
