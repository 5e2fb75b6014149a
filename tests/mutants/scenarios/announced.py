"""Maintenances on the page: nothing gets worse on their components meanwhile, and what they do to them is the page's own."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bridge.core.maintained import GRACE
from bridge.core.rules import IncidentRuleId
from bridge.core.statuses import ComponentStatus
from tests.mutants.scenarios.own_incidents import ours
from tests.mutants.scenarios.staging import (
    A_LITTLE,
    LONG,
    NOT_OURS_ANY_MORE,
    SETTLED,
    opened,
    restarted,
    shows,
)
from tests.mutants.scenarios.taken import set_by_hand
from tests.simulation.adversity.interference import claim, prompt_rules
from tests.simulation.shop import API, SEARCH, WEB, by_hand, component_id, fire, resolve, updates

if TYPE_CHECKING:
    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

SEEN = 330.0
"""Virtual seconds in which a maintenance is read that begins or ends at a time that nobody announced."""

HOUR = 3600.0


def announce(
    world: World, *names: str, begins_in: float, lasts: float = HOUR, status: str = "scheduled"
) -> str:
    """A person announces a maintenance of components. Returns its id."""
    begin = world.now() + begins_in
    told = {
        "name": "We move to another hall",
        "status": status,
        "body": "It may be disturbed.",
        "component_ids": [component_id(world, name) for name in names],
        "scheduled_for": _timestamp(begin),
        "scheduled_until": _timestamp(begin + lasts),
    }
    return str(json.loads(by_hand(world, "POST", "/incidents", {"incident": told}).body)["id"])


def move(world: World, maintenance: str, status: str) -> None:
    """A person, or the page's own job, takes a maintenance on."""
    by_hand(
        world, "PATCH", f"/incidents/{maintenance}", {"incident": {"status": status, "body": "As planned."}}
    )


def _timestamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def an_outage_during_a_maintenance() -> list[str]:
    """I15: what is announced is not told as an outage too; it is when it outlasts the maintenance."""
    with opened(prompt_rules()) as (world, _):
        going_on = announce(world, SEARCH, begins_in=-HOUR / 2, status="in_progress")
        world.run_for(SEEN)
        fire(world, "SearchErrors")
        world.run_for(LONG)
        restarted(world)
        world.run_for(LONG)
        found = shows(world, SEARCH, "operational", invariant="I15")
        move(world, going_on, "verifying")
        world.run_for(SEEN)
        found += shows(world, SEARCH, "operational", invariant="I15")
        move(world, going_on, "completed")
        world.run_for(SEEN + GRACE)
        return found + shows(world, SEARCH, "partial_outage")


def a_disturbance_that_ends_soon_after_a_maintenance() -> list[str]:
    """I15: what a maintenance has disturbed has a moment to come back."""
    with opened(prompt_rules()) as (world, _):
        going_on = announce(world, API, begins_in=-HOUR / 2, status="in_progress")
        world.run_for(SEEN)
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        move(world, going_on, "completed")
        told: set[str] = set()
        while world.engine is not None and any(
            one.active for one in world.engine.pages[0].observed.maintenances.values()
        ):
            world.run_for(5.0)
            told.update(ours(world))
        world.run_for(GRACE / 2)
        told.update(ours(world))
        resolve(world, "CheckoutErrors", since)
        world.run_for(GRACE + LONG)
        told.update(ours(world))
        return [f"I15: {one} was opened about what a maintenance disturbed" for one in sorted(told)]


def an_incident_during_a_maintenance() -> list[str]:
    """I15: it is opened when it outlasts the maintenance, and not before."""
    with opened(prompt_rules()) as (world, _):
        going_on = announce(world, API, begins_in=-HOUR / 2, status="in_progress")
        world.run_for(SEEN)
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        restarted(world)
        world.run_for(LONG)
        found = [f"I15: {one} was opened about what is under maintenance" for one in ours(world)]
        move(world, going_on, "completed")
        world.run_for(SEEN + GRACE)
        return found if len(ours(world)) == 1 else [*found, "I5: what outlasted a maintenance was not told"]


def an_outage_a_moment_before_a_maintenance() -> list[str]:
    """I15: a minute before it begins, and until a minute after, it is as if it went on."""
    with opened(prompt_rules()) as (world, _):
        announce(world, SEARCH, begins_in=SEEN + 90.0)
        world.run_for(SEEN + 45.0)
        fire(world, "SearchErrors")  # 45 s before
        world.run_for(90.0)  # 45 s after; nobody has taken it on
        found = shows(world, SEARCH, "operational", invariant="I15")
        world.run_for(30.0)
        return found + shows(world, SEARCH, "partial_outage")


def an_incident_a_moment_before_a_maintenance() -> list[str]:
    """I15: nor is one opened in that time."""
    with opened(prompt_rules()) as (world, _):
        announce(world, API, begins_in=SEEN + 90.0)
        world.run_for(SEEN + 45.0)
        fire(world, "CheckoutErrors")  # 45 s before
        world.run_for(90.0)  # 45 s after; nobody has taken it on
        found = [f"I15: {one} was opened as a maintenance was to begin" for one in ours(world)]
        world.run_for(30.0)
        return found if len(ours(world)) == 1 else [*found, "I5: what nobody took on was not told"]


def a_recovery_during_a_maintenance() -> list[str]:
    """I5: what was open before recovers."""
    with opened(prompt_rules()) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        announce(world, API, WEB, begins_in=-HOUR / 2, status="in_progress")
        world.run_for(SEEN)
        resolve(world, "CheckoutErrors", since)
        world.run_for(60.0 + LONG)
        told = world.simulator.page(world.page_id).incidents[ours(world)[0]]
        unresolved = [] if told.resolved_at is not None else ["I5: what recovered was not resolved"]
        return unresolved + shows(world, API, "operational")


def a_maintenance_that_sets_its_component_back(*, restart: bool = False) -> list[str]:
    """I5: the page makes a component operational when its maintenance ends; no person said that it works. The outage that goes on is shown."""
    with opened(prompt_rules()) as (world, _):
        fire(world, "SearchErrors")
        world.run_for(NOT_OURS_ANY_MORE)
        going_on = announce(world, SEARCH, begins_in=-HOUR / 2, lasts=HOUR / 2 + 600.0, status="in_progress")
        world.run_for(595.0)
        if restart:
            world.crash()
        world.run_for(15.0)  # the page's job is a little late
        move(world, going_on, "completed")
        set_by_hand(world, SEARCH, "operational")
        if restart:
            world.run_for(20.0)
            world.start()
        world.run_for(NOT_OURS_ANY_MORE)
        return shows(world, SEARCH, "partial_outage")


def a_restart_while_a_maintenance_sets_its_component_back() -> list[str]:
    """I5: the same while the daemon is down: what was announced is remembered."""
    return a_maintenance_that_sets_its_component_back(restart=True)


def a_resolve_while_another_tells_of_a_component() -> list[str]:
    """I15: what another incident or a maintenance lists is not set back in a resolve's name."""
    rules = prompt_rules()
    (shop,) = rules.incidents
    at_once = replace(shop, id=IncidentRuleId("at-once"), title="Over at once", monitor_for=0.0)
    found = []
    for incidents, announced in (((at_once, replace(shop, monitor_for=HOUR)), False), ((at_once,), True)):
        with opened(replace(rules, incidents=incidents)) as (world, _):
            since = fire(world, "CheckoutErrors")
            world.run_for(LONG)
            if announced:
                announce(world, API, begins_in=-HOUR / 2, status="in_progress")
                world.run_for(SEEN)
            resolve(world, "CheckoutErrors", since)
            world.run_for(LONG)
            (resolved,) = [
                one for one in world.simulator.incidents(world.page_id) if one.name == "Over at once"
            ]
            assert resolved.resolved_at is not None
            changed = [
                one.code
                for one in resolved.updates[-1].affected_components or ()
                if one.old_status is not one.new_status
            ]
            found += [f"I15: a resolve set {one} back, of which another tells" for one in changed]
            found += shows(world, API, "operational")
    return found


def a_recovery_that_is_lost_and_an_outage_during_a_maintenance() -> list[str]:
    """I14: that everything has recovered is not told once it is broken again, though that may not be claimed."""
    with opened(prompt_rules()) as (world, network):
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        announce(world, API, begins_in=-HOUR / 2, status="in_progress")
        world.run_for(SEEN)
        lost: list[str] = []

        async def hook(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109 - as in Transport.send
            if request.method != "PATCH" or "/incidents/" not in request.path or lost:
                return None
            lost.append(request.path)
            return await network.drop(request, timeout)

        network.hooks.append(hook)
        resolve(world, "CheckoutErrors", since)
        world.run_for(A_LITTLE)
        fire(world, "CheckoutErrors")
        world.run_for(SETTLED)
        assert lost
        told = [said for said in updates(world) if said[0] == "investigating"]
        return [] if told == [["investigating"]] else [f"I14: {told} was told, though it is broken"]


def a_restart_while_what_is_broken_is_under_maintenance() -> list[str]:
    """I14: what may not be claimed keeps an incident open from the first moment of the next life, before the page was read."""
    rules = prompt_rules(claim("tills", WEB, "TillErrors", ComponentStatus.PARTIAL_OUTAGE))
    slow = tuple(replace(rule, for_=A_LITTLE) for rule in rules.components)
    at_once = tuple(replace(rule, monitor_for=0.0) for rule in rules.incidents)
    with opened(replace(rules, components=slow, incidents=at_once)) as (world, _):
        announce(world, API, begins_in=-HOUR / 2, status="in_progress")
        world.run_for(SEEN)
        fire(world, "CheckoutErrors")
        since = fire(world, "TillErrors")
        world.run_for(LONG)
        resolve(world, "TillErrors", since)
        world.run_for(A_LITTLE)
        restarted(world)
        world.run_for(LONG)
        told = updates(world)
        return [f"I14: {one} was told, though it is broken" for one in told if "resolved" in one]
