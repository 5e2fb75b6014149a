"""A cascade that waits for a person: one draft, and not told by itself while not all of it is known."""

from __future__ import annotations

from datetime import UTC, datetime

from bridge.simulation.world import EPOCH
from tests.mutants.scenarios import drafts
from tests.simulation.drafts.approving import approve, listed, the_draft
from tests.simulation.explaining.asking import explained, reasons
from tests.simulation.peers.shops import (
    A_LITTLE,
    FOR,
    KEEP_FIRING_FOR,
    LONG,
    breaks,
    mails,
    mended,
    shop,
    told,
)
from tests.simulation.shop import API, SEARCH, component_id

CASCADE = f"""
components:
  {API}:
    - {{alert: ApiErrors, status: partial_outage}}
  {SEARCH}:
    - {{alert: SearchErrors, status: partial_outage}}
incidents:
  - id: search
    components: [{SEARCH}]
    title: Search is down
    absorbs: [checkout]
    automation: draft
    publish_after: 1h
  - {{id: checkout, components: [{API}], title: Checkout is down, automation: draft, publish_after: 1h}}
"""
HOUR = 3600.0


def silenced(begins_in: float, lasts: float) -> str:
    """A silence over what is absorbed, for the end of a rule file."""
    start, end = (
        datetime.fromtimestamp(EPOCH + at, UTC).isoformat() for at in (begins_in, begins_in + lasts)
    )
    return f"""
silences:
  - {{alert: ApiErrors, window: {{start: "{start}", end: "{end}"}}, comment: It is being moved.}}
"""


def test_a_cascade_is_one_draft_and_once_approved_one_incident() -> None:
    with shop(CASCADE) as world:
        breaks(world, "SearchErrors")
        world.run_for(FOR + LONG)
        alone = the_draft(world)
        breaks(world, "ApiErrors")
        world.run_for(FOR + LONG)
        draft = the_draft(world)
        assert draft["hash"] != alone["hash"]
        assert told(world) == {}
        approve(world)
        world.run_for(LONG)
        (incident,) = world.simulator.incidents(world.page_id)
        assert set(incident.component_ids) == {component_id(world, name) for name in (API, SEARCH)}
        assert mails(world) == [("Search is down", "investigating")]
        assert listed(world) == []


def test_components_that_would_wait_with_a_draft_are_shown_where_an_open_incident_tells_of_them() -> None:
    assert drafts.components_that_wait_with_a_draft_and_are_told_in_another_incident() == []


def test_where_only_what_it_absorbed_goes_on_the_draft_is_withdrawn_and_that_has_one_of_its_own() -> None:
    with shop(CASCADE) as world:
        since = breaks(world, "SearchErrors")
        breaks(world, "ApiErrors")
        world.run_for(FOR + LONG)
        assert the_draft(world)["title"] == "Search is down"
        mended(world, "SearchErrors", since)
        world.run_for(KEEP_FIRING_FOR + LONG)
        assert the_draft(world)["title"] == "Checkout is down"
        assert "recovered" in reasons(explained(world, "search"))
        approve(world)
        world.run_for(LONG)
        assert told(world) == {"Checkout is down": ["investigating"]}


def test_it_is_not_told_by_itself_while_what_it_absorbed_is_not_known() -> None:
    with shop(CASCADE + silenced(HOUR, 2 * HOUR)) as world:
        breaks(world, "SearchErrors")
        breaks(world, "ApiErrors")
        world.run_for(FOR + 2 * HOUR)
        assert (told(world), len(listed(world))) == ({}, 1)
        world.run_for(HOUR + A_LITTLE)
        assert told(world) == {"Search is down": ["investigating"]}
