"""One cause that breaks several things, each with an incident of its own in the rules."""

from __future__ import annotations

import pytest

from tests.simulation.peers.shops import (
    FOR,
    KEEP_FIRING_FOR,
    LONG,
    MONITOR_FOR,
    breaks,
    mails,
    mended,
    shop,
    told,
)
from tests.simulation.shop import API, SEARCH, component_id, status

CASCADE = f"""
components:
  {API}:
    - {{alert: ApiErrors, status: partial_outage}}
  {SEARCH}:
    - {{alert: SearchErrors, status: partial_outage}}
incidents:
  - {{id: checkout, components: [{API}], title: Checkout is down}}
  - {{id: search, components: [{SEARCH}], title: Search is down, absorbs: [checkout]}}
"""
SEPARATE = CASCADE.replace(", absorbs: [checkout]", "")


@pytest.mark.parametrize("crash", [False, True], ids=["", "after a kill"])
def test_a_cascade_is_absorbed_into_one_incident_that_ends_with_the_last_of_it(*, crash: bool) -> None:
    with shop(CASCADE) as world:
        search = breaks(world, "SearchErrors")
        world.run_for(FOR + LONG)
        api = breaks(world, "ApiErrors")
        world.run_for(FOR + LONG)
        if crash:
            world.crash()
            world.start()
        (incident,) = world.simulator.incidents(world.page_id)
        assert set(incident.component_ids) == {component_id(world, name) for name in (API, SEARCH)}
        mended(world, "SearchErrors", search)
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + LONG)
        assert told(world) == {"Search is down": ["investigating"]}
        assert (status(world, SEARCH), status(world, API)) == ("operational", "partial_outage")
        mended(world, "ApiErrors", api)
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + 2 * LONG)
        assert told(world) == {"Search is down": ["investigating", "monitoring", "resolved"]}
        assert status(world, API) == "operational"
        assert [one for one in mails(world) if one[0] != "Search is down"] == []


def test_without_absorbing_the_same_cascade_is_two_incidents() -> None:
    with shop(SEPARATE) as world:
        breaks(world, "SearchErrors")
        breaks(world, "ApiErrors")
        world.run_for(FOR + LONG)
        assert told(world) == {
            "Checkout is down": ["investigating"],
            "Search is down": ["investigating"],
        }
