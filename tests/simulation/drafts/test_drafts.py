"""An incident waits for a person: it is drafted, made anew, withdrawn, discarded, and told word for word as it was approved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.statuses import Automation
from bridge.simulation.world import WorldSettings
from tests.simulation.commands.operating import A_LITTLE, KNOWN_FOR_A_PERSONS, LONG, accepted, killed
from tests.simulation.drafts.approving import (
    approve,
    drafting,
    drafting_rules,
    drafts,
    journal,
    listed,
    refused,
    the_draft,
    wider_rules,
)
from tests.simulation.shop import (
    API,
    EVERYTHING_AT_ONCE,
    WEB,
    by_hand,
    component_id,
    fire,
    notified,
    resolve,
    status,
    updates,
)

if TYPE_CHECKING:
    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

CRASHES = pytest.mark.parametrize("crash", [False, True], ids=["", "after a kill"])


def told(world: World) -> list[tuple[str, str]]:
    """Title and first body of every incident on the page."""
    return [(one.name, one.updates[0].body) for one in world.simulator.incidents(world.page_id)]


@CRASHES
def test_nothing_is_opened_before_a_person_approves_and_then_what_they_read(*, crash: bool) -> None:
    with drafting() as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        assert updates(world) == []
        assert status(world, API) == "major_outage"
        if crash:
            killed(world)
        draft = the_draft(world)
        approve(world, draft)
        if crash:
            killed(world)
        world.run_for(A_LITTLE)
        assert told(world) == [(draft["title"], draft["body"])]
        assert notified(world) == ["investigating"]
        assert drafts(world) == []


def test_what_was_approved_goes_on_to_its_end_without_a_person() -> None:
    with drafting(wider_rules()) as (world, _):
        mild = fire(world, "ApiSlow")
        world.run_for(A_LITTLE)
        approve(world)
        world.run_for(A_LITTLE)
        worse = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        assert updates(world) == [["investigating", "investigating"]]
        resolve(world, "ApiSlow", mild)
        resolve(world, "CheckoutErrors", worse)
        world.run_for(LONG)
        assert updates(world) == [["investigating", "investigating", "monitoring", "resolved"]]
        assert notified(world) == ["investigating", "investigating", "resolved"]


@CRASHES
def test_a_draft_whose_cause_recovered_is_withdrawn_and_nothing_is_ever_said(*, crash: bool) -> None:
    with drafting() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        draft = the_draft(world)
        if crash:
            killed(world)
        resolve(world, "CheckoutErrors", since)
        world.run_for(A_LITTLE)
        assert listed(world) == []
        assert "there is no draft" in refused(world, "draft_approve", draft)
        world.run_for(LONG)
        assert (updates(world), notified(world)) == ([], [])
        assert status(world, API) == "operational"
        assert journal(world, "drafted", "withdrawn") == [("drafted", None), ("withdrawn", "recovered")]


@pytest.mark.parametrize(
    ("first", "then"),
    [("CheckoutErrors", "WebErrors"), ("ApiSlow", "CheckoutErrors")],
    ids=["a component that joins", "what gets worse"],
)
def test_what_changes_makes_another_draft_and_the_old_one_is_not_approved_any_more(
    first: str, then: str
) -> None:
    with drafting(wider_rules()) as (world, _):
        fire(world, first)
        world.run_for(A_LITTLE)
        before = the_draft(world)
        fire(world, then)
        world.run_for(A_LITTLE)
        after = the_draft(world)
        assert (after["draft"], after["since"]) == (before["draft"], before["since"])
        assert after["hash"] != before["hash"]
        assert f"the hash {after['hash']} now" in refused(world, "draft_approve", before)
        world.run_for(LONG)
        assert updates(world) == []
        approve(world, after)
        world.run_for(A_LITTLE)
        assert told(world) == [(after["title"], after["body"])]


def test_what_joins_after_the_approval_is_added_to_what_was_approved() -> None:
    with drafting(wider_rules()) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        draft = the_draft(world)
        approve(world, draft)
        fire(world, "WebErrors")
        world.run_for(LONG)
        assert told(world) == [(draft["title"], draft["body"])]
        (incident,) = world.simulator.incidents(world.page_id)
        assert {component_id(world, name) for name in (API, WEB)} == set(incident.component_ids)
        assert notified(world) == ["investigating"]


@CRASHES
def test_a_discarded_draft_is_not_opened_until_its_cause_is_gone_and_fires_anew(*, crash: bool) -> None:
    with drafting() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        draft = the_draft(world)
        accepted(world, "draft_discard", draft=draft["draft"])
        if crash:
            killed(world)
        world.run_for(LONG)
        assert (listed(world), updates(world)) == ([], [])
        assert status(world, API) == "major_outage"
        assert "was discarded by an operator" in refused(world, "draft_approve", draft)
        resolve(world, "CheckoutErrors", since)
        world.run_for(10 * LONG)
        assert drafts(world) == []
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        assert the_draft(world)["draft"] != draft["draft"]


def test_a_discarded_draft_whose_cause_returns_while_it_would_have_been_monitored_is_drafted_anew() -> None:
    with drafting() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        accepted(world, "draft_discard", draft=the_draft(world)["draft"])
        resolve(world, "CheckoutErrors", since)
        world.run_for(A_LITTLE)
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        approve(world)
        world.run_for(A_LITTLE)
        assert updates(world) == [["investigating"]]


def test_a_persons_own_incident_withdraws_the_draft_and_keeps_ours_away() -> None:
    with drafting() as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        draft = the_draft(world)
        theirs = {
            "name": "We look",
            "status": "investigating",
            "body": "Into it.",
            "component_ids": [component_id(world, API)],
        }
        by_hand(world, "POST", "/incidents", {"incident": theirs})
        world.run_for(KNOWN_FOR_A_PERSONS)
        assert listed(world) == []
        assert "there is no draft" in refused(world, "draft_approve", draft)
        assert journal(world, "withdrawn") == [("withdrawn", "yielded")]
        assert len(updates(world)) == 1


def test_an_approval_is_durable_before_it_is_answered_and_given_twice_it_opens_one_incident() -> None:
    with drafting() as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        draft = the_draft(world)
        approve(world, draft)
        killed(world)
        world.run_for(5 * LONG)  # what became of the create is known
        again = world.command("draft_approve", draft=draft["draft"], hash=draft["hash"])
        world.run_for(LONG)
        assert again.status == 422
        assert updates(world) == [["investigating"]]


def test_an_approved_draft_whose_create_was_lost_is_told_once_in_its_own_words() -> None:
    with drafting() as (world, network):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        draft = the_draft(world)
        lost: list[Request] = []

        async def lose_the_create(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109 - as in Transport.send
            if request.method != "POST" or lost:
                return None
            lost.append(request)
            return await network.fail_after(request, timeout)

        network.hooks.append(lose_the_create)
        approve(world, draft)
        world.run_for(10 * LONG)
        assert told(world) == [(draft["title"], draft["body"])]
        assert (len(lost), drafts(world)) == (1, [])


@pytest.mark.parametrize("level", [Automation.SHADOW, Automation.STATUSES])
def test_below_a_draft_nothing_is_drafted(level: Automation) -> None:
    with drafting(drafting_rules(automation=level)) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        assert (drafts(world), updates(world)) == ([], [])


def test_a_cap_of_draft_makes_drafts_of_what_would_be_opened() -> None:
    plan = replace(EVERYTHING_AT_ONCE, automation_max=Automation.DRAFT)
    with drafting(drafting_rules(automation=Automation.FULL), WorldSettings(plan=plan)) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        assert updates(world) == []
        approve(world)
        world.run_for(A_LITTLE)
        assert updates(world) == [["investigating"]]
