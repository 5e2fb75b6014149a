"""Where the rule of one guard, command or person meets another's."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.rules import IncidentRuleId, RuleId
from bridge.simulation.world import PAGE
from tests.mutants.scenarios.announced import HOUR, announce, move
from tests.mutants.scenarios.own_incidents import ours
from tests.simulation.adversity.interference import answered as refusal
from tests.simulation.adversity.interference import is_write, prompt_rules
from tests.simulation.commands.operating import (
    A_LITTLE,
    KNOWN_FOR_A_PERSONS,
    LONG,
    accepted,
    killed,
    operated,
    set_by_hand,
)
from tests.simulation.guards import mails
from tests.simulation.guards.crowd import (
    GREEN,
    SHOPS,
    all_down,
    confirm,
    crowd,
    crowd_rules,
    down,
    held,
    red,
    up,
)
from tests.simulation.guards.worlds import NONE, SIX, ReloadedWorld, service
from tests.simulation.shop import API, SEARCH, fire, notified, status, updates

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet
    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response


def reload(world: World, rules: RuleSet) -> None:
    """The rule files changed."""
    world.ruleset = rules
    assert world.engine is not None
    world.engine.replace_rules({rules.page: rules})
    world.run_for(1.0)


def test_an_incident_does_not_end_while_it_is_held_that_its_components_are_down() -> None:
    with crowd() as world:
        since = down(world, [0])
        world.run_for(LONG)
        up(world, [0], since)
        world.run_for(30.0)
        assert updates(world) == [["investigating", "monitoring"]]
        all_down(world)
        world.run_for(LONG)
        hold = held(world)
        assert hold is not None
        assert updates(world) == [["investigating", "monitoring"]]
        confirm(world, hold.id)
        world.run_for(LONG)
        assert updates(world) == [["investigating", "monitoring", "investigating"]]


@pytest.mark.parametrize("claimed", [False, True])
def test_an_override_outlasts_a_maintenance_that_sets_its_component_back(*, claimed: bool) -> None:
    with operated() as (world, _):
        if claimed:
            fire(world, "SearchErrors")
        accepted(world, "override_set", component=SEARCH, status="major_outage")
        world.run_for(KNOWN_FOR_A_PERSONS)
        going_on = announce(world, SEARCH, begins_in=-HOUR / 2, lasts=HOUR / 2 + 600.0, status="in_progress")
        world.run_for(610.0)
        move(world, going_on, "completed")
        set_by_hand(world, SEARCH, "operational")
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert status(world, SEARCH) == "major_outage"
        accepted(world, "override_clear", component=SEARCH)
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == ("partial_outage" if claimed else "operational")


@pytest.mark.parametrize("named", [True, False], ids=["that a rule names", "that no rule names"])
@pytest.mark.parametrize("how", ["answered late", "lost", "killed"])
def test_an_override_that_is_cleared_while_it_is_being_written_is_lowered(how: str, *, named: bool) -> None:
    rules = prompt_rules()
    if not named:
        rules = replace(rules, components=tuple(one for one in rules.components if one.component != SEARCH))
    with operated(rules) as (world, network):

        async def late(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if not is_write(request, "", status="major_outage"):
                return None
            if how != "lost":
                answer = network.handle(request)
                await asyncio.sleep(5.0)
                return answer
            return await network.apply_late(request, 20.0, timeout)

        network.hooks.append(late)
        accepted(world, "override_set", component=SEARCH, status="major_outage")
        world.run_for(3.0)
        accepted(world, "override_clear", component=SEARCH)
        if how == "killed":
            killed(world)
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert status(world, SEARCH) == "operational"


def waiting_rules() -> RuleSet:
    """Six services that one alert breaks when it has lasted."""
    rules = prompt_rules(*map(service, SIX))
    return replace(rules, components=tuple(replace(one, for_=120.0) for one in rules.components))


OTHERS = prompt_rules(*(service(name, "Other") for name in SIX))


def test_rules_that_were_held_at_a_start_have_done_nothing_when_those_before_come_back() -> None:
    with ReloadedWorld(waiting_rules()) as world:
        world.start()
        world.run_for(LONG)
        fire(world, "ServicesDown")
        world.run_for(120.0 + LONG)
        assert world.broken() == len(SIX)
        world.restart(OTHERS, "second")
        world.run_for(LONG)
        assert world.running.held()
        assert world.offer(waiting_rules(), "first") == ()
        for _ in range(12):
            world.run_for(20.0)
            assert world.broken() == len(SIX)
        assert not world.running.held()


def test_an_incident_is_not_ended_by_rules_that_were_held_at_a_start() -> None:
    rules = waiting_rules()
    broken = replace(OTHERS, components=tuple(one for one in OTHERS.components if one.component in SIX))
    with ReloadedWorld(rules) as world:
        world.start()
        world.run_for(LONG)
        fire(world, "ServicesDown")
        fire(world, "CheckoutErrors")
        world.run_for(120.0 + LONG)
        assert updates(world) == [["investigating"]]
        world.restart(broken, "second")
        world.run_for(2 * LONG)
        assert world.running.held()
        assert world.offer(rules, "first") == ()
        world.run_for(2 * LONG)
        assert updates(world) == [["investigating"]]
        assert status(world, API) == "major_outage"


def test_what_a_person_set_stays_theirs_through_rules_that_were_held_at_a_start() -> None:
    rules = prompt_rules(*map(service, SIX))
    with ReloadedWorld(rules) as world:
        world.start()
        world.run_for(LONG)
        fire(world, "ServicesDown")
        fire(world, "SearchErrors")
        world.run_for(LONG + KNOWN_FOR_A_PERSONS)
        set_by_hand(world, SIX[0], "operational")
        world.run_for(KNOWN_FOR_A_PERSONS)
        world.restart(replace(OTHERS, components=OTHERS.components[3:]), "second")
        world.run_for(LONG)
        assert world.running.held()
        assert world.offer(rules, "first") == ()
        world.run_for(LONG)
        assert status(world, SIX[0]) == "operational"
        assert world.broken() == len(SIX) - 1


@pytest.mark.parametrize("seed", range(4), ids="order {}".format)
def test_nothing_that_held_rules_claimed_is_written_in_the_moment_in_which_others_are_loaded(
    seed: int,
) -> None:
    with ReloadedWorld(NONE, seed=seed) as world:
        world.start()
        world.run_for(LONG)
        fire(world, "ServicesDown")
        world.run_for(LONG)
        world.restart(prompt_rules(*map(service, SIX)), "second")
        world.run_for(LONG)
        assert world.running.held()
        with world.loop.outside():
            for dispatcher in world.running.dispatchers.values():
                dispatcher.compare()
            world.running.replace_rules({PAGE: NONE}, "first")
        world.ruleset, world.digest = NONE, "first"
        world.run_for(A_LITTLE)
        assert world.broken() == 0
        assert [one for one in world.simulator.arrivals if one.method != "GET"] == []
        assert not world.running.held()


def test_what_a_person_set_stays_theirs_while_a_rule_is_taken_away_and_put_back() -> None:
    rules = prompt_rules()
    without = replace(rules, components=tuple(one for one in rules.components if one.component != SEARCH))
    with operated(rules) as (world, _):
        fire(world, "SearchErrors")
        world.run_for(KNOWN_FOR_A_PERSONS)
        set_by_hand(world, SEARCH, "operational")
        world.run_for(KNOWN_FOR_A_PERSONS)
        reload(world, without)
        world.run_for(LONG)
        reload(world, rules)
        world.run_for(LONG)
        assert status(world, SEARCH) == "operational"


def test_what_a_person_set_stays_theirs_while_all_that_renamed_rules_claim_is_held() -> None:
    with crowd() as world:
        all_down(world)
        world.run_for(LONG)
        hold = held(world)
        assert hold is not None
        confirm(world, hold.id)
        world.run_for(KNOWN_FOR_A_PERSONS)
        set_by_hand(world, SHOPS[0], GREEN)
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert red(world) == list(range(1, 10))
        rules = crowd_rules()
        renamed = tuple(replace(one, id=RuleId(f"renamed {one.id}")) for one in rules.components)
        reload(world, replace(rules, components=renamed))
        world.run_for(LONG)
        hold = held(world)
        assert hold is not None
        confirm(world, hold.id)
        world.run_for(LONG)
        assert red(world) == list(range(1, 10))


def test_what_the_cap_silenced_is_not_announced_because_another_rule_goes_on_with_it() -> None:
    with mails.capped(0) as (world, _):
        mails.checkout(world)
        world.run_for(LONG)
        (silenced,) = ours(world)
        assert notified(world) == []
        rules = world.ruleset
        first, *others = rules.incidents
        reload(world, replace(rules, incidents=(replace(first, id=IncidentRuleId("other")), *others)))
        assert world.engine is not None
        (page,) = world.engine.pages
        page.settings = replace(page.settings, notifications_per_hour=20)
        accepted(world, "adopt", incident=silenced, rule="other")
        world.run_for(LONG)
        assert notified(world) == []


def test_what_was_refused_when_the_cap_was_full_is_announced_when_it_was_created_later() -> None:
    with mails.capped(0, silently=True) as (world, network):

        async def refuse(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001 - as in Hook
            if request.method == "POST" and request.path.endswith("/incidents"):
                return refusal(420, {"error": "slow down"})
            return None

        network.hooks.append(refuse)
        mails.checkout(world)
        world.run_for(2.0)
        assert ours(world) == []
        assert world.engine is not None
        (page,) = world.engine.pages
        page.settings = replace(page.settings, notifications_per_hour=20)
        network.hooks.clear()
        world.run_for(2 * LONG)
        assert len(ours(world)) == 1
        assert notified(world) == ["investigating"]
