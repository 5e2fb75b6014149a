"""An incident that waits for a person, and whose cause is gone before anybody came."""

from __future__ import annotations

from tests.simulation.peers.shops import (
    FOR,
    KEEP_FIRING_FOR,
    LONG,
    MONITOR_FOR,
    breaks,
    mended,
    shop,
    told,
    writes,
)
from tests.simulation.shop import API, status

DRAFTED = """
components:
  Checkout / API:
    - {alert: ApiErrors, status: major_outage}
incidents:
  - {id: checkout, components: [Checkout / API], title: Checkout is down, automation: draft, publish_after: 1h}
"""


def test_a_draft_whose_cause_went_is_withdrawn_and_never_published_later() -> None:
    with shop(DRAFTED) as world:
        since = breaks(world, "ApiErrors")
        world.run_for(FOR + LONG)
        assert world.engine is not None
        (page,) = world.engine.pages
        assert len(page.drafts) == 1
        mended(world, "ApiErrors", since)
        world.run_for(KEEP_FIRING_FOR + LONG)
        assert page.drafts == {}
        world.run_for(3600.0 + MONITOR_FOR + LONG)
        assert (told(world), world.simulator.notifications) == ({}, [])
        assert status(world, API) == "operational"
        assert [one for one in writes(world) if "incidents" in one] == []


def test_without_a_cause_that_goes_the_same_draft_is_published_by_itself() -> None:
    with shop(DRAFTED) as world:
        breaks(world, "ApiErrors")
        world.run_for(FOR + 3000.0)
        assert told(world) == {}
        world.run_for(600.0 + LONG)
        assert told(world) == {"Checkout is down": ["investigating"]}
