"""Incidents that absorb others: a cascade is one incident, through a restart, and it is not over before all of it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.rules import IncidentRule, IncidentRuleId
from bridge.core.statuses import Automation
from tests.mutants.scenarios.staging import A_LITTLE, LONG, NOT_OURS_ANY_MORE, SETTLED, opened, restarted
from tests.simulation.adversity.interference import prompt_rules
from tests.simulation.shop import API, SEARCH, WEB, by_hand, component_id, fire, incident_id, resolve

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet
    from bridge.simulation.world import World

MONITOR_FOR = 60.0
DATABASE, CHECKOUT = "Our database is having problems", "Checkout is having problems"


def cascade_rules() -> RuleSet:
    """Search stands for a database: its incident absorbs that of the checkout."""
    rules = prompt_rules()
    database = IncidentRule(
        IncidentRuleId("database"),
        (SEARCH,),
        DATABASE,
        automation=Automation.FULL,
        monitor_for=MONITOR_FOR,
        absorbs=(IncidentRuleId("checkout"),),
    )
    (checkout,) = rules.incidents
    return replace(rules, incidents=(checkout, database))


def told(world: World) -> list[tuple[str, str, set[str]]]:
    """Each incident: its name, its status, and the components that it lists."""
    names = {component_id(world, name): name for name in (API, WEB, SEARCH)}
    return [
        (str(one.name), str(one.status), {names[affected] for affected in one.component_ids})
        for one in world.simulator.incidents(world.page_id)
    ]


def a_cascade_and_a_restart() -> list[str]:
    """I2: what an open incident absorbed is not opened beside it, whoever was restarted meanwhile, nor when it has fired again."""
    with opened(cascade_rules()) as (world, _):
        fire(world, "SearchErrors")
        world.run_for(LONG)
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        restarted(world)
        world.run_for(LONG)
        found = told(world)
        wanted = [(DATABASE, "investigating", {SEARCH, API})]
        return [] if found == wanted else [f"I2: a cascade was told as {found}"]


def a_cascade_of_which_the_last_goes_on() -> list[str]:
    """I14: an incident is not monitored, nor over, while what it absorbed goes on."""
    with opened(cascade_rules()) as (world, _):
        database = fire(world, "SearchErrors")
        world.run_for(LONG)
        checkout = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        resolve(world, "SearchErrors", database)
        world.run_for(LONG + MONITOR_FOR)
        found = [] if told(world)[0][1] == "investigating" else [f"I14: told as {told(world)}"]
        resolve(world, "CheckoutErrors", checkout)
        world.run_for(A_LITTLE)
        found += [] if told(world)[0][1] == "monitoring" else [f"I5: told as {told(world)}"]
        world.run_for(MONITOR_FOR + A_LITTLE)
        wanted = [(DATABASE, "resolved", {SEARCH, API})]
        return found if told(world) == wanted else [*found, f"I5: told as {told(world)}"]


def a_lost_create_of_which_only_what_it_absorbed_goes_on() -> list[str]:
    """I15: an incident that could not be opened in time is not opened when only what it absorbed is broken still; that opens by itself."""
    with opened(cascade_rules()) as (world, network):
        lost = network.meet_first_create(network.drop)
        database = fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        resolve(world, "SearchErrors", database)
        world.run_for(SETTLED)
        assert lost
        wanted = [(CHECKOUT, "investigating", {API})]
        return [] if told(world) == wanted else [f"I15: told as {told(world)}"]


def a_cascade_that_a_person_ended_and_that_breaks_anew() -> list[str]:
    """I5: what fires anew after it was well is told, though something goes on that was absorbed before a person ended the incident."""
    with opened(cascade_rules()) as (world, _):
        database = fire(world, "SearchErrors")
        world.run_for(LONG)
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", {"incident": {"status": "resolved"}})
        world.run_for(NOT_OURS_ANY_MORE)
        resolve(world, "SearchErrors", database)
        world.run_for(A_LITTLE)
        restarted(world)
        found = told(world)
        earlier = [(DATABASE, "resolved", {SEARCH, API}), (CHECKOUT, "investigating", {API})]
        fire(world, "SearchErrors")
        world.run_for(LONG)
        now = [(name, status) for name, status, _ in told(world)]
        wanted = [(DATABASE, "resolved"), (CHECKOUT, "investigating"), (DATABASE, "investigating")]
        said = [] if found == earlier else [f"I6: a cascade that a person ended was told as {found}"]
        return said if now == wanted else [*said, f"I5: what broke anew was told as {now}"]
