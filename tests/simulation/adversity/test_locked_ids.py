"""Names are bound to ids by a lock file: a rename on the page changes nothing, and what does not fit is not guessed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.simulation.world import PAGE
from tests.simulation.adversity.interference import prompt_rules, rehearsed
from tests.simulation.commands.operating import A_LITTLE, LONG, operated, writes
from tests.simulation.guards.test_gauges import scraped, value
from tests.simulation.shop import SEARCH, by_hand, component_id, fire, resolve

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet
    from bridge.simulation.world import World

ELSEWHERE = "0123456789ab"
"""An id that the page does not have."""


def locked(search: str) -> RuleSet:
    """The shop's rules, with a lock that binds Search."""
    return replace(prompt_rules(), component_ids={SEARCH: search})


def rename(world: World, search: str, name: str) -> None:
    """A person renames a component on the page."""
    by_hand(world, "PATCH", f"/components/{search}", {"component": {"name": name}})


def shown(world: World, name: str) -> str:
    """What a component shows, by its name on the page."""
    return str(world.simulator.component(world.page_id, name).status)


def mismatched(world: World) -> float:
    """What the gauge says."""
    return value(scraped(world).mismatched, PAGE)


@pytest.mark.parametrize("locks", [True, False], ids=["with a lock", "without one"])
def test_a_component_that_was_renamed_before_the_store_knew_it_is_known_by_its_lock_alone(
    *, locks: bool
) -> None:
    with rehearsed(prompt_rules()) as (world, _):
        search = component_id(world, SEARCH)
        rename(world, search, "Search engine")
        if locks:
            world.ruleset = locked(search)
        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "SearchErrors")
        world.run_for(LONG)
        assert shown(world, "Search engine") == ("partial_outage" if locks else "operational")
        assert (mismatched(world), value(scraped(world).unbound, PAGE)) == (0, 0 if locks else 1)
        resolve(world, "SearchErrors", since)
        world.run_for(LONG)
        assert shown(world, "Search engine") == "operational"


def test_another_component_that_has_got_the_name_is_not_taken_for_the_locked_one() -> None:
    with rehearsed(prompt_rules()) as (world, _):
        search = component_id(world, SEARCH)
        rename(world, search, "Search engine")
        world.simulator.add_component(world.page_id, SEARCH, now=world.now())
        world.ruleset = locked(search)
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "SearchErrors")
        world.run_for(LONG)
        assert (shown(world, "Search engine"), shown(world, SEARCH)) == ("partial_outage", "operational")


def test_a_rename_while_the_alert_fires_changes_nothing() -> None:
    with rehearsed(prompt_rules()) as (world, _):
        search = component_id(world, SEARCH)
        world.ruleset = locked(search)
        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "SearchErrors")
        world.run_for(LONG)
        renamed_at = world.now()
        rename(world, search, "Search engine")
        world.crash()
        world.lose_the_disk()
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "SearchErrors")
        world.run_for(2 * LONG)
        assert shown(world, "Search engine") == "partial_outage"
        assert writes(world, renamed_at) == []
        resolve(world, "SearchErrors", since)
        world.run_for(LONG)


def test_a_lock_that_names_a_deleted_component_is_an_alarm_and_no_guess() -> None:
    with rehearsed(locked(ELSEWHERE)) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "SearchErrors")
        world.run_for(LONG)
        assert shown(world, SEARCH) == "operational"
        assert writes(world, 0.0) == []
        assert (mismatched(world), value(scraped(world).unbound, PAGE)) == (1, 0)


def test_a_lock_that_contradicts_the_store_leaves_both_components_as_they_are() -> None:
    with operated() as (world, _):
        since = fire(world, "SearchErrors")
        world.run_for(LONG)
        assert shown(world, SEARCH) == "partial_outage"
        other = world.simulator.add_component(world.page_id, "Search two", now=world.now())
        world.run_for(LONG)
        changed_at = world.now()
        world.ruleset = locked(other)
        assert world.engine is not None
        world.engine.replace_rules({PAGE: world.ruleset})
        world.run_for(LONG)
        assert mismatched(world) == 1
        resolve(world, "SearchErrors", since)
        world.run_for(LONG)
        assert (shown(world, SEARCH), shown(world, "Search two")) == ("partial_outage", "operational")
        assert writes(world, changed_at) == []
        world.ruleset = locked(component_id(world, SEARCH))
        world.engine.replace_rules({PAGE: world.ruleset})
        world.run_for(LONG)
        assert mismatched(world) == 0
        assert shown(world, SEARCH) == "operational"


def test_a_lock_goes_before_what_the_store_remembers_of_a_component_that_is_gone() -> None:
    with operated() as (world, _):
        world.run_for(LONG)
        before = component_id(world, SEARCH)
        by_hand(world, "DELETE", f"/components/{before}", {})
        new = world.simulator.add_component(world.page_id, "Search two", now=world.now())
        world.ruleset = locked(new)
        assert world.engine is not None
        world.engine.replace_rules({PAGE: world.ruleset})
        world.run_for(LONG)
        assert mismatched(world) == 0
        fire(world, "SearchErrors")
        world.run_for(LONG)
        assert shown(world, "Search two") == "partial_outage"
