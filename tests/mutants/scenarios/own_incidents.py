"""Incidents that a person opened, and incidents of ours that a person took over or that have no rule."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.rules import IncidentRuleId, OnYield
from bridge.core.statuses import ComponentStatus
from tests.mutants.scenarios.staging import (
    LONG,
    NOT_OURS_ANY_MORE,
    opened,
    restarted,
    shows,
    writes_to,
)
from tests.simulation.adversity.interference import claim, prompt_rules
from tests.simulation.shop import API, SEARCH, WEB, by_hand, component_id, fire, incident_id, resolve, updates

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet
    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

LATER_DOWN = claim("web-errors", WEB, "WebErrors", ComponentStatus.MAJOR_OUTAGE)
"""A second component that joins the incident of the first."""


def open_own(world: World, *names: str) -> str:
    """A person opens an incident about components. Returns its id."""
    told = {"name": "We look into it", "status": "investigating", "body": "Something is wrong."}
    listed = [component_id(world, name) for name in names]
    answer = by_hand(world, "POST", "/incidents", {"incident": {**told, "component_ids": listed}})
    return str(json.loads(answer.body)["id"])


def speak(world: World, incident: str, status: str | None = None) -> None:
    """A person adds an update to an incident."""
    change = {"body": "We have found the cause.", **({"status": status} if status is not None else {})}
    by_hand(world, "PATCH", f"/incidents/{incident}", {"incident": change})


def ours(world: World) -> list[str]:
    """The ids of incidents that the bridge opened."""
    return [one.id for one in world.simulator.incidents(world.page_id) if "bridge" in one.metadata]


def ours_that_live(world: World) -> list[str]:
    """Those of them that are not resolved."""
    incidents = world.simulator.page(world.page_id).incidents
    return [one for one in ours(world) if incidents[one].resolved_at is None]


def a_persons_own_incident_that_is_resolved_while_the_outage_goes_on() -> list[str]:
    """I6: a person told of it from its beginning to its end; ours is not opened after theirs, until it fires anew."""
    with opened(prompt_rules()) as (world, _):
        theirs = open_own(world, API)
        world.run_for(LONG)
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        found = [f"I6: {one} was opened beside a person's own" for one in ours(world)]
        world.crash()
        speak(world, theirs, "resolved")
        world.start()
        world.run_for(NOT_OURS_ANY_MORE)
        found += [f"I6: {one} was opened after a person's own was resolved" for one in ours(world)]
        resolve(world, "CheckoutErrors", since)
        world.run_for(30.0)  # monitoring, in memory alone
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        return found if len(ours(world)) == 1 else [*found, "I5: what fired anew was not told"]


def a_component_of_a_persons_own_incident() -> list[str]:
    """I15: it is raised alone, it is not lowered while they tell of it, and it is afterwards."""
    with opened(prompt_rules()) as (world, _):
        theirs = open_own(world, SEARCH)
        world.run_for(LONG)
        since = fire(world, "SearchErrors")
        world.run_for(LONG)
        found = shows(world, SEARCH, "partial_outage")
        resolve(world, "SearchErrors", since)
        world.run_for(LONG)
        restarted(world)
        world.run_for(LONG)
        found += shows(world, SEARCH, "partial_outage", invariant="I15")
        speak(world, theirs, "resolved")
        world.run_for(LONG)
        return found + shows(world, SEARCH, "operational")


def a_persons_update_in_an_incident_of_ours() -> list[str]:
    """I5: the text and the status are theirs; the components go on being kept true."""
    with opened(prompt_rules()) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(NOT_OURS_ANY_MORE)
        speak(world, incident_id(world))
        world.run_for(NOT_OURS_ANY_MORE)
        restarted(world)
        resolve(world, "CheckoutErrors", since)
        world.run_for(LONG)
        return shows(world, API, "operational")


def a_person_who_speaks_just_before_a_component_joins() -> list[str]:
    """I6: an update of theirs comes between our reading and a change of ours that says nothing; it is not taken for ours when the incident is over."""
    with opened(prompt_rules(LATER_DOWN)) as (world, network):
        since = fire(world, "CheckoutErrors")
        world.run_for(NOT_OURS_ANY_MORE)
        (spoken_in,) = ours(world)
        spoken: list[float] = []

        async def first_they(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001 - as in Hook
            if not spoken and request.method == "PATCH" and request.path.endswith(spoken_in):
                spoken.append(world.now())
                speak(world, spoken_in)
            return None

        network.hooks.append(first_they)
        joining = fire(world, "WebErrors")
        world.run_for(LONG)
        assert spoken
        resolve(world, "WebErrors", joining)
        resolve(world, "CheckoutErrors", since)
        world.run_for(NOT_OURS_ANY_MORE)
        told = updates(world)
        return [] if told == [["investigating"] * 2] else [f"I6: what a person took over says {told}"]


def left_to_a_person(world: World) -> str:
    """An outage whose incident a person took over, and that has ended since. Returns the incident's id."""
    since = fire(world, "CheckoutErrors")
    world.run_for(NOT_OURS_ANY_MORE)
    (taken_over,) = ours(world)
    speak(world, taken_over, "identified")
    world.run_for(NOT_OURS_ANY_MORE)
    restarted(world)
    resolve(world, "CheckoutErrors", since)
    world.run_for(60.0 + LONG)  # `monitor_for`, and some
    return taken_over


def an_incident_that_a_person_took_over_and_whose_cause_is_gone() -> list[str]:
    """I6: it stays as they left it."""
    with opened(prompt_rules()) as (world, _):
        taken_over = left_to_a_person(world)
        world.run_for(NOT_OURS_ANY_MORE)
        left = world.simulator.page(world.page_id).incidents[taken_over]
        return [] if str(left.status) == "identified" else [f"I6: {taken_over} was set to {left.status}"]


def an_incident_that_is_to_be_resolved_though_a_person_took_it_over() -> list[str]:
    """I5: `on_yield: resolve` resolves it when its cause is gone; and not what a person resolved themselves."""
    rules = on_yield_resolve(prompt_rules())
    with opened(rules) as (world, _):
        taken_over = left_to_a_person(world)
        told = [
            str(update.status) for update in world.simulator.page(world.page_id).incidents[taken_over].updates
        ]
        wanted = ["investigating", "identified", "resolved"]
        return [] if told == wanted else [f"I5: {taken_over} was told {told}"]


def on_yield_resolve(rules: RuleSet) -> RuleSet:
    """The rules, with `on_yield: resolve`."""
    incidents = tuple(replace(rule, on_yield=OnYield.RESOLVE) for rule in rules.incidents)
    return replace(rules, incidents=incidents)


def renamed(rules: RuleSet) -> RuleSet:
    """The rules, with another id for each incident."""
    incidents = tuple(replace(rule, id=IncidentRuleId(f"new-{rule.id}")) for rule in rules.incidents)
    return replace(rules, incidents=incidents)


def an_incident_whose_rule_was_renamed_and_an_empty_store() -> list[str]:
    """I6: it has our identity, and no rule tells of it any more: nobody but an operator decides about it."""
    with opened(prompt_rules()) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        (orphan,) = ours(world)
        written = len(writes_to(world, orphan))
        world.crash()
        world.lose_the_disk()
        world.ruleset = renamed(world.ruleset)
        world.start()
        world.run_for(LONG)
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        resolve(world, "CheckoutErrors", since)
        world.run_for(NOT_OURS_ANY_MORE)
        more = writes_to(world, orphan)[written:]
        return [f"I6: an incident without a rule was written to at {write.at}" for write in more]
