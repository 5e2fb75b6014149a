"""An operator says what the cause is: readers are told once, through kills, and only in an incident that goes on."""

from __future__ import annotations

import pytest

from bridge.core.commands import StandingKind
from tests.simulation.adversity.interference import prompt_rules
from tests.simulation.commands.operating import (
    A_LITTLE,
    KNOWN_FOR_A_PERSONS,
    LONG,
    accepted,
    answered,
    killed,
    operated,
)
from tests.simulation.shop import by_hand, fire, incident_id, resolve, updates
from tests.simulation.test_causes import said

CAUSE = "A cable was cut <in the street>."
TOLD = f"We have identified the cause. {CAUSE}"


@pytest.mark.parametrize("crash", [False, True], ids=["", "killed right after the answer"])
def test_what_an_operator_says_is_told_once_and_stands_until_the_incident_is_over(*, crash: bool) -> None:
    with operated() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        accepted(world, "identify", incident=incident_id(world), cause=CAUSE)
        if crash:
            killed(world)
        world.run_for(LONG)
        assert said(world)[1:] == [("identified", TOLD)]
        accepted(world, "identify", incident=incident_id(world), cause=CAUSE)
        world.run_for(LONG)
        assert [body for _, body in said(world)].count(TOLD) == 1
        resolve(world, "CheckoutErrors", since)
        world.run_for(2 * LONG)
        assert updates(world) == [["investigating", "identified", "monitoring", "resolved"]]
        assert world.engine is not None
        (page,) = world.engine.pages
        assert not [one for one in page.standing.values() if one.kind is StandingKind.CAUSE]


def test_a_second_cause_is_told_too_and_the_first_not_again() -> None:
    with operated() as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        for cause in (CAUSE, "It was the router after all."):
            accepted(world, "identify", incident=incident_id(world), cause=cause)
            world.run_for(LONG)
        refused = answered(world, "identify", incident=incident_id(world), cause=CAUSE)
        assert (refused.status, "in other words" in str(refused.answer["error"])) == (422, True)
        killed(world)
        world.run_for(LONG)
        assert [status for status, _ in said(world)] == ["investigating", "identified", "identified"]


def test_no_cause_is_told_in_what_has_recovered() -> None:
    with operated() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        resolve(world, "CheckoutErrors", since)
        world.run_for(A_LITTLE)
        refused = answered(world, "identify", incident=incident_id(world), cause=CAUSE)
        assert (refused.status, "has recovered" in str(refused.answer["error"])) == (422, True)


def test_no_cause_is_told_in_what_is_a_persons() -> None:
    with operated() as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        theirs = {"status": "identified", "body": "We look at the cables."}
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", {"incident": theirs})
        world.run_for(KNOWN_FOR_A_PERSONS)
        refused = answered(world, "identify", incident=incident_id(world), cause=CAUSE)
        assert (refused.status, "is a person's" in str(refused.answer["error"])) == (422, True)
        assert updates(world) == [["investigating", "identified"]]


@pytest.mark.parametrize(
    ("cause", "why"),
    [("The disk of {components}", "leave out {"), ("\u200b", "is empty"), ("x" * 1001, "letters")],
)
def test_a_cause_that_cannot_be_told_is_refused(cause: str, why: str) -> None:
    with operated() as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        refused = answered(world, "identify", incident=incident_id(world), cause=cause)
        assert refused.status in {400, 422}
        assert why in str(refused.answer["error"])


def test_what_was_said_of_an_incident_that_a_person_ended_ends_with_it() -> None:
    with operated(prompt_rules()) as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        accepted(world, "identify", incident=incident_id(world), cause=CAUSE)
        world.run_for(LONG)
        over = {"status": "resolved", "body": "It is over.", "deliver_notifications": False}
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", {"incident": over})
        world.run_for(KNOWN_FOR_A_PERSONS)
        fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        assert world.engine is not None
        (page,) = world.engine.pages
        assert not [one for one in page.standing.values() if one.kind is StandingKind.CAUSE]
