"""A person who tells of the same thing, works on it, or gives it another name; and one who gives a rule another name."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bridge.core.rules import ComponentName
from tests.simulation.peers.shops import (
    FOR,
    KEEP_FIRING_FOR,
    LONG,
    MONITOR_FOR,
    breaks,
    mails,
    mended,
    rules_of,
    shop,
    shown,
    told,
    writes,
)
from tests.simulation.shop import API, by_hand, component_id, incident_id, status

if TYPE_CHECKING:
    from bridge.simulation.world import World

CHECKOUT = """
components:
  Checkout / API:
    - {ID alert: ApiErrors, status: major_outage}
incidents:
  - {id: checkout, components: [Checkout / API], title: Checkout is down}
"""


def rules(identifier: str = "") -> str:
    return CHECKOUT.replace("ID ", identifier)


def open_own(world: World, name: str) -> str:
    """A person tells of the component in an incident of their own. Returns its id."""
    own = {
        "name": name,
        "status": "investigating",
        "body": "We look into it.",
        "component_ids": [component_id(world, API)],
    }
    return str(json.loads(by_hand(world, "POST", "/incidents", {"incident": own}).body)["id"])


def end(world: World, incident: str) -> None:
    """They resolve it."""
    by_hand(world, "PATCH", f"/incidents/{incident}", {"incident": {"status": "resolved", "body": "Mended."}})


def test_a_persons_incident_beside_ours_is_never_touched_and_ours_ends_as_ever() -> None:
    with shop(rules()) as world:
        since = breaks(world, "ApiErrors")
        world.run_for(FOR + LONG)
        theirs = open_own(world, "Payments are slow")
        world.run_for(LONG)
        mended(world, "ApiErrors", since)
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + LONG)
        assert told(world) == {
            "Checkout is down": ["investigating", "monitoring", "resolved"],
            "Payments are slow": ["investigating"],
        }
        assert [path for path in writes(world) if theirs in path] == []
        assert status(world, API) == "major_outage"  # they still tell of it
        end(world, theirs)
        world.run_for(2 * LONG)
        assert status(world, API) == "operational"
        assert [path for path in writes(world) if theirs in path] == []


def test_a_recovery_inside_a_maintenance_is_told_and_writes_nothing_over_it() -> None:
    with shop(rules()) as world:
        since = breaks(world, "ApiErrors")
        world.run_for(FOR + LONG)
        wanted = component_id(world, API)
        now = world.now()
        answer = by_hand(
            world,
            "POST",
            "/incidents",
            {
                "incident": {
                    "name": "New disks",
                    "status": "in_progress",
                    "body": "We change the disks.",
                    "scheduled_for": datetime.fromtimestamp(now, UTC).isoformat(),
                    "scheduled_until": datetime.fromtimestamp(now + 7200.0, UTC).isoformat(),
                    "component_ids": [wanted],
                    "components": {wanted: "under_maintenance"},
                }
            },
        )
        maintenance = str(json.loads(answer.body)["id"])
        world.run_for(600.0)
        begun = world.now()
        mended(world, "ApiErrors", since)
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + LONG)
        assert told(world)["Checkout is down"] == ["investigating", "monitoring", "resolved"]
        assert (shown(world, API, begun), status(world, API)) == ([], "under_maintenance")
        by_hand(
            world,
            "PATCH",
            f"/incidents/{maintenance}",
            {"incident": {"status": "completed", "body": "Done.", "components": {wanted: "operational"}}},
        )
        world.run_for(600.0)
        assert (shown(world, API, begun), status(world, API)) == ([], "operational")
        assert [path for path in writes(world) if maintenance in path] == []


def test_a_component_that_is_renamed_on_the_page_is_followed_to_the_end() -> None:
    with shop(rules()) as world:
        since = breaks(world, "ApiErrors")
        world.run_for(FOR + LONG)
        wanted = component_id(world, API)
        by_hand(world, "PATCH", f"/components/{wanted}", {"component": {"name": "Gateway"}})
        world.run_for(2 * LONG)
        assert status(world, "Gateway") == "major_outage"
        mended(world, "ApiErrors", since)
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + LONG)
        assert status(world, "Gateway") == "operational"
        assert told(world) == {"Checkout is down": ["investigating", "monitoring", "resolved"]}
        breaks(world, "ApiErrors")
        world.run_for(FOR + LONG)
        assert status(world, "Gateway") == "major_outage"
        newest = max(world.simulator.incidents(world.page_id), key=lambda one: one.created_at)
        assert "Gateway" in str(newest.updates[0].body)


@pytest.mark.parametrize("how", ["by a reload", "by a restart"])
@pytest.mark.parametrize("page_first", [True, False], ids=["renamed on the page", "named by its id"])
def test_a_component_that_the_files_name_otherwise_is_the_same_component(
    how: str, *, page_first: bool
) -> None:
    with shop(rules()) as world:
        since = breaks(world, "ApiErrors")
        world.run_for(FOR + LONG)
        wanted, name = component_id(world, API), str(API)
        if page_first:
            name = "Gateway"
            by_hand(world, "PATCH", f"/components/{wanted}", {"component": {"name": name}})
            world.run_for(2 * LONG)
        now_called = "Checkout / Gateway" if page_first else f"id:{wanted}"
        renamed = rules_of(rules().replace("Checkout / API", now_called))
        # At a start the page has not been read yet: then the lock says which one is meant.
        locked = {} if how == "by a reload" else {ComponentName(now_called): wanted}
        world.ruleset = replace(renamed, component_ids=locked)
        begun = world.now()
        assert world.engine is not None
        if how == "by a reload":
            world.engine.replace_rules({renamed.page: world.ruleset})
        else:
            world.crash()
            world.start()
        world.run_for(FOR + KEEP_FIRING_FOR + MONITOR_FOR + LONG)
        assert writes(world, begun) == []
        assert status(world, name) == "major_outage"
        mended(world, "ApiErrors", since)
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + LONG)
        assert status(world, name) == "operational"
        assert told(world) == {"Checkout is down": ["investigating", "monitoring", "resolved"]}


def test_a_rule_that_is_renamed_while_its_incident_is_open_changes_nothing_on_the_page() -> None:
    with shop(rules()) as world:
        since = breaks(world, "ApiErrors")
        world.run_for(FOR + LONG)
        first, renamed = incident_id(world), rules("id: better, was: ApiErrors,")
        renamed = renamed.replace("id: checkout,", "id: tills, was: checkout,")
        begun = world.now()
        assert world.engine is not None
        world.ruleset = rules_of(renamed)
        world.engine.replace_rules({world.ruleset.page: world.ruleset})
        world.run_for(FOR + KEEP_FIRING_FOR + MONITOR_FOR + LONG)
        assert writes(world, begun) == []
        world.crash()
        world.start()
        world.run_for(LONG)
        mended(world, "ApiErrors", since)
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + LONG)
        assert incident_id(world) == first
        assert told(world) == {"Checkout is down": ["investigating", "monitoring", "resolved"]}
        assert [status for _, status in mails(world)] == ["investigating", "resolved"]
        assert status(world, API) == "operational"


def test_the_end_of_ours_lowers_nothing_of_which_a_person_still_tells() -> None:
    late = rules().replace("title: Checkout is down", "title: Checkout is down, lower_at: resolved")
    with shop(late) as world:
        since = breaks(world, "ApiErrors")
        world.run_for(FOR + LONG)
        theirs = open_own(world, "Payments are slow")
        world.run_for(LONG)
        begun = world.now()
        mended(world, "ApiErrors", since)
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + LONG)
        assert told(world)["Checkout is down"] == ["investigating", "monitoring", "resolved"]
        assert (shown(world, API, begun), status(world, API)) == ([], "major_outage")
        end(world, theirs)
        world.run_for(2 * LONG)
        assert status(world, API) == "operational"
