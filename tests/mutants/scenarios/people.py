"""People at the page, and what looks like one: what is theirs is never written to, and a list that lags is nobody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.mutants.scenarios.staging import LONG, NOT_OURS_ANY_MORE, opened, writes_to
from tests.simulation.adversity.interference import answered, prompt_rules
from tests.simulation.shop import API, by_hand, component_id, fire, resolve

if TYPE_CHECKING:
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response


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
