"""An incident of ours is left to people, taken up again, or let go for good, as operators say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.rules import IncidentRuleId
from bridge.core.statuses import ComponentStatus
from bridge.simulation.world import WorldSettings
from bridge.simulator.options import MetadataInLists, Options
from tests.mutants.scenarios import commands
from tests.simulation.adversity.interference import prompt_rules
from tests.simulation.commands.operating import (
    A_LITTLE,
    KNOWN_FOR_A_PERSONS,
    LONG,
    accepted,
    answered,
    killed,
    operated,
    writes,
)
from tests.simulation.shop import (
    API,
    by_hand,
    component_id,
    fire,
    incident_id,
    resolve,
    status,
    updates,
)

if TYPE_CHECKING:
    from bridge.core.ledger import IncidentTold
    from bridge.core.rules import RuleSet
    from bridge.simulation.world import World

CRASHES = pytest.mark.parametrize("crash", [False, True], ids=["", "killed right after the answer"])


def say_by_hand(world: World, **fields: str) -> None:
    """A person says something in the only incident."""
    by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", {"incident": fields})


def renamed(name: str) -> RuleSet:
    """The shop's rules, with another name for its incident."""
    rules = prompt_rules()
    incidents = tuple(replace(rule, id=IncidentRuleId(name)) for rule in rules.incidents)
    return replace(rules, incidents=incidents)


def reload(world: World, rules: RuleSet) -> None:
    """The rule files changed."""
    world.ruleset = rules
    assert world.engine is not None
    world.engine.replace_rules({rules.page: rules})
    world.run_for(1.0)


# --- yield


@CRASHES
def test_nothing_more_is_said_in_an_incident_that_was_yielded_and_its_components_are_kept(
    *, crash: bool
) -> None:
    with operated() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        accepted(world, "yield_incident", incident=incident_id(world))
        if crash:
            killed(world)
        resolve(world, "CheckoutErrors", since)
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert updates(world) == [["investigating"]]
        assert status(world, API) == "operational"


def test_an_incident_that_is_not_ours_cannot_be_yielded_and_those_that_are_stand_beside_the_refusal() -> None:
    with operated() as (world, _):
        told = {"name": "We look", "status": "investigating", "body": "into it."}
        by_hand(world, "POST", "/incidents", {"incident": told})
        theirs = incident_id(world)
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        ours = next(one.id for one in world.simulator.incidents(world.page_id) if one.id != theirs)
        for command in ("yield_incident", "release"):
            refused = answered(world, command, incident=theirs)
            assert refused.status == 422
            assert f"open are: {ours}" in str(refused.answer["error"])
        refused = answered(world, "adopt", incident=theirs)
        assert (refused.status, "is a person's" in str(refused.answer["error"])) == (422, True)


# --- adopt


@CRASHES
def test_a_yielded_incident_that_is_adopted_goes_on_by_its_rule_from_what_the_page_shows(
    *, crash: bool
) -> None:
    with operated() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        say_by_hand(world, status="identified", body="It is the database.")
        world.run_for(KNOWN_FOR_A_PERSONS)
        resolve(world, "CheckoutErrors", since)
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert updates(world) == [["investigating", "identified"]]
        accepted(world, "adopt", incident=incident_id(world))
        if crash:
            killed(world)
        world.run_for(LONG)
        assert updates(world) == [["investigating", "identified", "resolved"]]


def test_an_adopted_incident_whose_cause_goes_on_says_nothing_until_it_ends() -> None:
    with operated() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        say_by_hand(world, status="identified", body="It is the database.")
        world.run_for(KNOWN_FOR_A_PERSONS)
        accepted(world, "adopt", incident=incident_id(world))
        adopted = world.now()
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert writes(world, adopted) == []
        resolve(world, "CheckoutErrors", since)
        world.run_for(LONG)
        assert updates(world) == [["investigating", "identified", "monitoring", "resolved"]]


def test_an_incident_that_a_person_touches_after_it_was_adopted_is_theirs_again() -> None:
    with operated() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        say_by_hand(world, status="identified", body="It is the database.")
        world.run_for(KNOWN_FOR_A_PERSONS)
        accepted(world, "adopt", incident=incident_id(world))
        world.run_for(A_LITTLE)
        say_by_hand(world, body="Still at it.")
        world.run_for(KNOWN_FOR_A_PERSONS)
        resolve(world, "CheckoutErrors", since)
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert updates(world) == [["investigating", "identified", "identified"]]


@CRASHES
def test_an_incident_whose_rule_is_gone_goes_on_by_another_one(*, crash: bool) -> None:
    with operated() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        reload(world, replace(renamed("tills"), components=()))
        world.run_for(LONG)
        orphan = incident_id(world)
        refused = answered(world, "adopt", incident=orphan)
        assert (refused.status, "by which one it goes on: tills" in str(refused.answer["error"])) == (
            422,
            True,
        )
        accepted(world, "adopt", incident=orphan, rule="tills")
        if crash:
            killed(world)
        world.run_for(LONG)
        reload(world, renamed("tills"))
        world.run_for(LONG)
        assert updates(world) == [["investigating"]]
        resolve(world, "CheckoutErrors", since)
        world.run_for(2 * LONG)
        assert updates(world) == [["investigating", "monitoring", "resolved"]]


def test_an_adopted_orphan_carries_its_new_identity_so_that_an_empty_store_finds_it() -> None:
    with operated() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        world.crash()
        world.ruleset = renamed("tills")
        world.ruleset = replace(world.ruleset, components=())
        world.start()
        world.run_for(A_LITTLE)
        accepted(world, "adopt", incident=incident_id(world), rule="tills")
        world.run_for(LONG)
        world.crash()
        world.lose_the_disk()
        world.ruleset = renamed("tills")
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        assert updates(world) == [["investigating"]]
        resolve(world, "CheckoutErrors", since)
        assert world.engine is not None
        (told,) = world.engine.pages[0].incidents_told.values()
        assert told.place[0] == "tills"


def test_an_orphan_is_not_adopted_by_a_rule_that_has_an_incident_of_its_own() -> None:
    both = replace(prompt_rules(), incidents=(*prompt_rules().incidents, *renamed("tills").incidents))
    with operated(both) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        reload(world, renamed("tills"))
        world.run_for(LONG)
        orphan, own = (told.incident_id for told in by_rule(world))
        refused = answered(world, "adopt", incident=orphan, rule="tills")
        assert refused.status == 422
        assert f"has an open incident of its own, {own}" in str(refused.answer["error"])


def test_a_rule_that_was_renamed_opens_no_second_incident_beside_its_first_one() -> None:
    with operated() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        first = incident_id(world)
        reload(world, renamed("tills"))
        world.run_for(LONG)
        assert incident_id(world) == first
        accepted(world, "adopt", incident=first, rule="tills")
        resolve(world, "CheckoutErrors", since)
        world.run_for(2 * LONG)
        assert updates(world) == [["investigating", "monitoring", "resolved"]]


def by_rule(world: World) -> list[IncidentTold]:
    """What was told of incidents, in the order of their rules' names."""
    assert world.engine is not None
    return sorted(world.engine.pages[0].incidents_told.values(), key=lambda told: told.place[0])


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"rule": "nonesuch"}, "there is no incident rule nonesuch; there are: tills"),
        ({"rule": "tills", "group": {"region": "eu"}}, "does not group"),
    ],
)
def test_an_orphan_needs_a_rule_that_is_there_and_its_labels(fields: dict[str, object], told: str) -> None:
    with operated() as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        reload(world, replace(renamed("tills"), components=()))
        world.run_for(LONG)
        refused = answered(world, "adopt", incident=incident_id(world), **fields)
        assert refused.status == 422
        assert told in str(refused.answer["error"])


@CRASHES
def test_an_orphan_is_adopted_or_the_rules_own_incident_is_opened_and_never_both(*, crash: bool) -> None:
    """Both at the same moment, at each step; what is refused is left as it was, in the store too."""
    assert commands.an_orphan_that_is_adopted_while_its_new_rule_opens(crash=crash) == []


# --- release


@CRASHES
@pytest.mark.parametrize("hidden", [False, True], ids=["", "on a page whose lists hide metadata"])
def test_a_released_incident_is_never_written_to_again_and_none_is_opened_beside_it(
    *, crash: bool, hidden: bool
) -> None:
    lists = MetadataInLists.ABSENT if hidden else MetadataInLists.SHOWN
    settings = WorldSettings(options=Options(metadata_in_lists=lists))
    with operated(settings=settings) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        released = incident_id(world)
        accepted(world, "release", incident=released)
        if crash:
            killed(world)
        resolve(world, "CheckoutErrors", since)
        world.run_for(LONG)
        since = fire(world, "CheckoutErrors")
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert updates(world) == [["investigating"]]
        assert status(world, API) == "major_outage"
        resolve(world, "CheckoutErrors", since)
        world.run_for(LONG)
        say_by_hand(world, status="resolved", body="Done.")
        world.run_for(LONG)
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        assert updates(world) == [["investigating", "resolved"], ["investigating"]]
        refused = answered(world, "adopt", incident=released)
        assert refused.status == 422


def test_a_released_incident_that_is_ended_by_hand_is_opened_again_only_when_it_fires_anew() -> None:
    with operated() as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        accepted(world, "release", incident=incident_id(world))
        world.run_for(LONG)
        say_by_hand(world, status="resolved", body="Done.")
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert updates(world) == [["investigating", "resolved"]]


def test_an_incident_is_released_while_a_write_to_it_is_under_way() -> None:
    for steps in range(0, 40, 3):
        with operated() as (world, _):
            since = fire(world, "CheckoutErrors")
            world.run_for(A_LITTLE)
            resolve(world, "CheckoutErrors", since)
            began = world.loop.steps
            while world.loop.steps < began + steps:
                world.run_for(0.001)
            accepted(world, "release", incident=incident_id(world))
            answered_at = world.now()
            world.run_for(KNOWN_FOR_A_PERSONS)
            late = [
                one
                for one in world.simulator.arrivals
                if one.method == "PATCH" and one.at > answered_at + 1.0
            ]
            assert [one for one in late if "incident" in one.targets] == []
            assert world.engine is not None
            assert [one for one in world.engine.pages[0].incidents_told.values() if one.open] == []


def test_the_answer_to_an_earlier_write_does_not_have_a_released_incident_opened_again() -> None:
    assert commands.an_incident_that_was_released_while_it_escalated() == []


def test_an_orphan_that_the_store_does_not_know_is_released() -> None:
    with operated() as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        world.crash()
        world.lose_the_disk()
        world.ruleset = replace(renamed("tills"), components=())
        world.start()
        world.run_for(A_LITTLE)
        accepted(world, "release", incident=incident_id(world))
        killed(world)
        world.ruleset = prompt_rules()
        killed(world)
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert updates(world) == [["investigating"]]
        assert world.engine is not None
        assert world.engine.pages[0].incidents_told == {}
        assert component_id(world, API)
        assert ComponentStatus(status(world, API)) is ComponentStatus.MAJOR_OUTAGE
