"""People at the page: what they said or set stands, and what is theirs is never written to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bridge.simulation.world import TOKEN
from tests.mutants.scenarios.staging import LONG, opened, shows, writes_to
from tests.simulation.adversity.interference import S, answered, prompt_rules
from tests.simulation.shop import API, SEARCH, by_hand, component_id, fire, incident_id, resolve

if TYPE_CHECKING:
    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

LOOKED_WITHIN = 5.0 + 2 * 0.4
"""Seconds between the arrivals of a reading and of the write that follows it: five between its answer and the write, and the slowest answer and request of these worlds."""

NOT_OURS_ANY_MORE = 2 * S + 3 * 60.0
"""Virtual seconds after which what a person did is known for a person's: 2·S, and two readings."""


def looked_before_telling(world: World) -> list[str]:
    """I6: each update that notifies subscribers follows a reading of its incident."""
    found = []
    arrivals = [arrival for arrival in world.simulator.arrivals if arrival.token == TOKEN]
    for arrival in arrivals:
        incident = arrival.targets.get("incident_id")
        if incident is None or arrival.method != "PATCH" or not _notifies(arrival.body or {}):
            continue
        looked = any(
            one.method == "GET"
            and one.targets.get("incident_id") == incident
            and 0.0 <= arrival.at - one.at <= LOOKED_WITHIN
            for one in arrivals
        )
        if not looked:
            found.append(f"I6: the update at {arrival.at} was told without a look at the incident")
    return found


def _notifies(body: object) -> bool:
    return isinstance(body, dict) and bool(body.get("incident", {}).get("deliver_notifications"))


def an_outage_that_is_told_to_its_end() -> list[str]:
    """I6: an incident is opened and resolved, and nobody else is there."""
    with opened(prompt_rules()) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        resolve(world, "CheckoutErrors", since)
        world.run_for(2 * LONG)
        assert writes_to(world, incident_id(world))
        return looked_before_telling(world)


def a_person_takes_an_incident_over() -> list[str]:
    """I6: a person tells more in an incident of ours; nothing is told over that."""
    with opened(prompt_rules()) as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        said = {"incident": {"status": "investigating", "body": "The database is broken; data may be lost."}}
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", said)
        world.run_for(NOT_OURS_ANY_MORE)
        taken_over_at = world.now()
        resolve(world, "CheckoutErrors", since)
        world.run_for(NOT_OURS_ANY_MORE)
        return [
            f"I6: the incident that a person took over was written to at {write.at}"
            for write in writes_to(world, incident_id(world))
            if write.at > taken_over_at
        ]


def a_persons_own_incident() -> list[str]:
    """I6: a person has opened an incident on the component that breaks; it is not ours to write to."""
    with opened(prompt_rules()) as (world, _):
        told = {"name": "Checkout is down", "status": "investigating", "body": "We look into it."}
        by_hand(
            world, "POST", "/incidents", {"incident": {**told, "component_ids": [component_id(world, API)]}}
        )
        world.run_for(LONG)
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        resolve(world, "CheckoutErrors", since)
        world.run_for(2 * LONG)
        theirs = world.simulator.incidents(world.page_id)[0].id
        return [
            f"I6: a person's own incident was written to at {write.at}" for write in writes_to(world, theirs)
        ]


def a_component_that_a_person_sets() -> list[str]:
    """I15: a person says that a component is slow, and no rule says anything about it."""
    with opened(prompt_rules()) as (world, _):
        by_hand(
            world,
            "PATCH",
            f"/components/{component_id(world, SEARCH)}",
            {"component": {"status": "degraded_performance"}},
        )
        world.run_for(NOT_OURS_ANY_MORE)
        return shows(world, SEARCH, "degraded_performance", invariant="I15")


def a_list_that_lacks_an_incident_once() -> list[str]:
    """I5: one reading of the open incidents lacks ours, as a replica that lags does; nobody has resolved it."""
    with opened(prompt_rules()) as (world, network):
        since = fire(world, "CheckoutErrors")
        world.run_for(NOT_OURS_ANY_MORE)
        lacked: list[str] = []

        async def without(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001 - as in Hook
            if lacked or not request.path.endswith("/incidents/unresolved"):
                return None
            lacked.append(request.path)
            assert json.loads(network.handle(request).body)
            return answered(200, [])

        network.hooks.append(without)
        world.run_for(LONG)
        assert lacked
        resolve(world, "CheckoutErrors", since)
        world.run_for(NOT_OURS_ANY_MORE)
        (ours,) = world.simulator.incidents(world.page_id)
        return [] if ours.resolved_at else [f"I5: the incident still says {ours.status} though it is over"]
