"""A rule or an incident gets another id while its alert fires, and says which one it had (`was:`). That is a word in a file; readers of the page notice nothing of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.people import orphans
from bridge.core.rule_changes import trial_of
from bridge.core.rules import IncidentRuleId, RuleId
from tests.simulation.adversity.interference import is_write, prompt_rules, rehearsed
from tests.simulation.commands.operating import (
    A_LITTLE,
    KNOWN_FOR_A_PERSONS,
    LONG,
    accepted,
    killed,
    operated,
)
from tests.simulation.shop import (
    FOR,
    KEEP_FIRING_FOR,
    SEARCH,
    by_hand,
    component_id,
    fire,
    incident_id,
    notified,
    resolve,
    shop_rules,
    status,
    updates,
)

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet
    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

HOW = pytest.mark.parametrize("how", ["by a reload", "by a restart"])


def incidents_renamed(rules: RuleSet, name: str, *was: str) -> RuleSet:
    """The rules, with another id for their incident, and those it had."""
    former = tuple(IncidentRuleId(one) for one in was)
    incidents = tuple(replace(rule, id=IncidentRuleId(name), was=former) for rule in rules.incidents)
    return replace(rules, incidents=incidents)


def rules_renamed(rules: RuleSet) -> RuleSet:
    """The rules, with another id for each component rule, which says the one before."""
    components = tuple(
        replace(rule, id=RuleId(f"{rule.id}-better"), was=(rule.id,)) for rule in rules.components
    )
    return replace(rules, components=components)


def changed(world: World, rules: RuleSet, how: str) -> None:
    """The rule files changed."""
    world.ruleset = rules
    if how == "by a restart":
        killed(world)
        return
    assert world.engine is not None
    world.engine.replace_rules({rules.page: rules})
    world.run_for(1.0)


def name_of(rules: RuleSet) -> str:
    """The id of the only incident."""
    (incident,) = rules.incidents
    return incident.id


@HOW
def test_a_rule_that_was_renamed_while_its_alert_fires_keeps_its_hold(how: str) -> None:
    with rehearsed(shop_rules()) as (world, _):
        world.start()
        world.run_for(20.0)
        since = fire(world, "SearchErrors")
        world.run_for(FOR + LONG)
        before, asked = status(world, SEARCH), len(world.simulator.arrivals)
        assert before != "operational"
        changed(world, rules_renamed(shop_rules()), how)
        world.run_for(FOR + KEEP_FIRING_FOR + 2 * LONG)
        assert status(world, SEARCH) == before
        wanted = component_id(world, SEARCH)
        assert not [
            one
            for one in world.simulator.arrivals[asked:]
            if one.method != "GET" and wanted in one.targets.values()
        ]
        resolve(world, "SearchErrors", since)
        world.run_for(KEEP_FIRING_FOR + LONG)
        assert status(world, SEARCH) == "operational"


@HOW
def test_a_rule_that_was_renamed_while_it_waits_goes_on_waiting_and_does_not_begin_anew(how: str) -> None:
    with rehearsed(shop_rules()) as (world, _):
        world.start()
        world.run_for(20.0)
        fire(world, "SearchErrors")
        world.run_for(FOR - 30.0)
        changed(world, rules_renamed(shop_rules()), how)
        world.run_for(60.0)
        assert status(world, SEARCH) != "operational"


@HOW
@pytest.mark.parametrize("then", ["", "killed", "with an empty store"])
def test_an_open_incident_whose_rule_was_renamed_goes_on(how: str, then: str) -> None:
    with operated() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        first = incident_id(world)
        changed(world, incidents_renamed(prompt_rules(), "tills", name_of(prompt_rules())), how)
        world.run_for(LONG)
        if then:
            world.crash()
            if then == "with an empty store":
                world.lose_the_disk()
            world.start()
            world.run_for(A_LITTLE)
            fire(world, "CheckoutErrors")
            world.run_for(LONG)
        assert updates(world) == [["investigating"]]
        assert incident_id(world) == first
        assert world.engine is not None
        assert list(orphans(world.engine.pages[0])) == []
        resolve(world, "CheckoutErrors", since)
        world.run_for(2 * LONG)
        assert updates(world) == [["investigating", "monitoring", "resolved"]]
        assert notified(world) == ["investigating", "resolved"]


@HOW
def test_the_next_incident_of_a_renamed_rule_opens_once_and_is_resolved(how: str) -> None:
    rules = prompt_rules()
    with operated() as (world, _):
        for names in (("tills", name_of(rules)), ("counters", "tills", name_of(rules))):
            since = fire(world, "CheckoutErrors")
            world.run_for(LONG)
            changed(world, incidents_renamed(rules, *names), how)
            world.run_for(LONG)
            resolve(world, "CheckoutErrors", since)
            world.run_for(2 * LONG)
        assert updates(world) == [["investigating", "monitoring", "resolved"]] * 2


@HOW
def test_a_rule_that_gets_its_old_id_back_goes_on_too(how: str) -> None:
    rules = prompt_rules()
    with operated() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        changed(world, incidents_renamed(rules, "tills", name_of(rules)), how)
        world.run_for(LONG)
        changed(world, incidents_renamed(rules, name_of(rules), "tills"), how)
        world.run_for(LONG)
        resolve(world, "CheckoutErrors", since)
        world.run_for(2 * LONG)
        assert updates(world) == [["investigating", "monitoring", "resolved"]]


@HOW
def test_what_a_person_resolved_is_not_opened_again_because_its_rule_was_renamed(how: str) -> None:
    with operated() as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", {"incident": {"status": "resolved"}})
        world.run_for(KNOWN_FOR_A_PERSONS)
        changed(world, incidents_renamed(prompt_rules(), "tills", name_of(prompt_rules())), how)
        world.run_for(2 * LONG)
        assert updates(world) == [["investigating", "resolved"]]


@HOW
@pytest.mark.parametrize("applied", [True, False])
def test_an_incident_that_is_being_created_while_its_rule_is_renamed_is_created_once(
    how: str, *, applied: bool
) -> None:
    with operated() as (world, network):

        async def lose(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109 - as in Hook
            if not is_write(request, "/incidents"):
                return None
            network.hooks.clear()
            return await (network.fail_after if applied else network.fail_before)(request, timeout)

        network.hooks.append(lose)
        since = fire(world, "CheckoutErrors")
        world.run_for(5.0)
        assert network.hooks == []
        changed(world, incidents_renamed(prompt_rules(), "tills", name_of(prompt_rules())), how)
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert updates(world) == [["investigating"]]
        resolve(world, "CheckoutErrors", since)
        world.run_for(2 * LONG)
        assert updates(world) == [["investigating", "monitoring", "resolved"]]


def test_a_rule_that_was_renamed_without_a_word_gets_its_incident_back_by_was() -> None:
    rules = prompt_rules()
    with operated() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        changed(world, incidents_renamed(rules, "tills"), "by a reload")
        world.run_for(LONG)
        assert world.engine is not None
        (page,) = world.engine.pages
        assert [one.incident_id for one in orphans(page)] == [incident_id(world)]
        changed(world, incidents_renamed(rules, "tills", name_of(rules)), "by a reload")
        world.run_for(LONG)
        assert list(orphans(page)) == []
        resolve(world, "CheckoutErrors", since)
        world.run_for(2 * LONG)
        assert updates(world) == [["investigating", "monitoring", "resolved"]]


def test_a_was_that_is_taken_away_too_early_is_said_before_and_leaves_the_incident_to_people() -> None:
    rules = prompt_rules()
    with operated() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        changed(world, incidents_renamed(rules, "tills", name_of(rules)), "by a reload")
        world.run_for(LONG)
        assert world.engine is not None
        (reconciler,) = world.engine.reconcilers.values()
        page = reconciler.page
        for names, orphaned in ((("tills", name_of(rules)), 0), (("tills",), 1)):
            weighed = trial_of(page, reconciler.state, incidents_renamed(rules, *names), world.now()).run()
            assert len(weighed.orphans) == orphaned
        changed(world, incidents_renamed(rules, "tills"), "by a reload")
        world.run_for(LONG)
        assert [one.incident_id for one in orphans(page)] == [incident_id(world)]
        assert updates(world) == [["investigating"]]
        accepted(world, "adopt", incident=incident_id(world), rule="tills")
        resolve(world, "CheckoutErrors", since)
        world.run_for(2 * LONG)
        assert updates(world) == [["investigating", "monitoring", "resolved"]]
