"""Incidents of people's own, incidents of ours that they took over, and incidents of ours without a rule."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.people import left_open, orphans
from tests.mutants.scenarios import own_incidents
from tests.mutants.scenarios.own_incidents import (
    left_to_a_person,
    on_yield_resolve,
    open_own,
    ours,
    ours_that_live,
    renamed,
    speak,
)
from tests.mutants.scenarios.staging import LONG, NOT_OURS_ANY_MORE, opened, restarted
from tests.simulation.adversity.interference import prompt_rules
from tests.simulation.shop import API, WEB, fire, notified, resolve, status, updates

if TYPE_CHECKING:
    from bridge.core.page import Page
    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response


def page_of(world: World) -> Page:
    """The page as the daemon knows it."""
    assert world.engine is not None
    (page,) = world.engine.pages
    return page


def test_ours_is_not_opened_beside_a_persons_own_nor_after_it_until_it_fires_anew() -> None:
    assert own_incidents.a_persons_own_incident_that_is_resolved_while_the_outage_goes_on() == []


def test_what_fires_anew_while_a_person_tells_of_it_is_theirs_too() -> None:
    with opened(prompt_rules()) as (world, _):
        theirs = open_own(world, API)
        world.run_for(LONG)
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        resolve(world, "CheckoutErrors", since)
        world.run_for(LONG)
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        speak(world, theirs, "resolved")
        world.run_for(NOT_OURS_ANY_MORE)
        assert ours(world) == []
        resolve(world, "CheckoutErrors", since)
        world.run_for(LONG)
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        assert len(ours_that_live(world)) == 1


def test_ours_goes_on_beside_a_persons_own_that_came_later() -> None:
    with opened(prompt_rules()) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        open_own(world, API)
        world.run_for(LONG)
        resolve(world, "CheckoutErrors", since)
        world.run_for(60.0 + LONG)
        assert updates(world)[0] == ["investigating", "monitoring", "resolved"]
        assert status(world, API) == "major_outage"  # theirs tells of it still


def test_a_component_of_a_persons_own_incident_is_raised_alone_and_not_lowered_while_they_tell_of_it() -> (
    None
):
    assert own_incidents.a_component_of_a_persons_own_incident() == []


def test_a_persons_update_takes_the_text_and_not_the_components() -> None:
    assert own_incidents.a_persons_update_in_an_incident_of_ours() == []


def test_what_a_person_says_just_before_a_quiet_change_of_ours_is_theirs() -> None:
    assert own_incidents.a_person_who_speaks_just_before_a_component_joins() == []


def test_an_update_without_a_word_that_a_quiet_change_of_ours_may_make_is_no_persons() -> None:
    with opened(prompt_rules(own_incidents.LATER_DOWN)) as (world, network):
        since = fire(world, "CheckoutErrors")
        world.run_for(NOT_OURS_ANY_MORE)
        (one,) = ours(world)
        made: list[str] = []

        async def with_an_update(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001 - as in Hook
            if made or request.method != "PATCH" or not request.path.endswith(one):
                return None
            network.handle(request)
            told = world.simulator.page(world.page_id).incidents[one].updates
            told.append(replace(told[-1], id="wordless", body="", deliver_notifications=False))
            made.append("wordless")
            return network.handle(replace(request, method="GET", body=b""))

        network.hooks.append(with_an_update)
        joining = fire(world, "WebErrors")
        world.run_for(LONG)
        assert made
        resolve(world, "WebErrors", joining)
        resolve(world, "CheckoutErrors", since)
        world.run_for(NOT_OURS_ANY_MORE)
        assert updates(world) == [["investigating", "investigating", "monitoring", "resolved"]]


def test_an_incident_that_a_person_took_over_stays_when_its_cause_is_gone_and_operators_are_told() -> None:
    assert own_incidents.an_incident_that_a_person_took_over_and_whose_cause_is_gone() == []
    with opened(prompt_rules()) as (world, _):
        taken_over = left_to_a_person(world)
        assert [told.incident_id for told in left_open(page_of(world))] == [taken_over]
        speak(world, taken_over, "resolved")
        world.run_for(NOT_OURS_ANY_MORE)
        assert list(left_open(page_of(world))) == []


def test_on_yield_resolve_resolves_what_a_person_took_over_when_its_cause_is_gone() -> None:
    assert own_incidents.an_incident_that_is_to_be_resolved_though_a_person_took_it_over() == []


def test_on_yield_resolve_says_nothing_more_once_a_person_resolved_it() -> None:
    with opened(on_yield_resolve(prompt_rules())) as (world, network):
        since = fire(world, "CheckoutErrors")
        world.run_for(NOT_OURS_ANY_MORE)
        (taken_over,) = ours(world)
        speak(world, taken_over)
        world.run_for(NOT_OURS_ANY_MORE)
        resolve(world, "CheckoutErrors", since)
        world.run_for(55.0)  # five seconds before `monitor_for` is over
        speak(world, taken_over, "resolved")
        asked = len(network.requests)
        world.run_for(NOT_OURS_ANY_MORE)
        assert updates(world) == [["investigating", "investigating", "resolved"]]
        assert notified(world) == ["investigating", "investigating", "resolved"]
        assert len(network.requests) - asked < 30  # nobody looks again and again


def test_an_incident_whose_rule_was_renamed_is_left_alone_by_a_store_that_knows_nothing_of_it() -> None:
    assert own_incidents.an_incident_whose_rule_was_renamed_and_an_empty_store() == []


def test_an_incident_whose_rule_is_gone_is_listed_and_left_as_it_is_until_the_rule_is_back() -> None:
    with opened(prompt_rules()) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        (orphan,) = ours(world)
        rules = world.ruleset
        world.ruleset = renamed(rules)
        restarted(world)
        resolve(world, "CheckoutErrors", since)
        world.run_for(NOT_OURS_ANY_MORE)
        assert [one.incident_id for one in orphans(page_of(world))] == [orphan]
        assert ours_that_live(world) == [orphan]
        assert status(world, API) == "operational"  # its rules are there
        world.ruleset = rules
        restarted(world)
        world.run_for(NOT_OURS_ANY_MORE)
        assert list(orphans(page_of(world))) == []
        assert ours_that_live(world) == []


def test_a_persons_own_incident_and_one_of_a_rule_are_no_orphans() -> None:
    with opened(prompt_rules()) as (world, _):
        open_own(world, WEB)
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        assert len(ours(world)) == 1
        assert list(orphans(page_of(world))) == []
