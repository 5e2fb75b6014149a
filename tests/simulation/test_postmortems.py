"""The draft of a postmortem: one, of what was told and when, never published, and never over what a person wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.rules import OnYield, Postmortem
from tests.simulation.adversity.interference import TIMEOUT, S, prompt_rules, rehearsed
from tests.simulation.commands.operating import KNOWN_FOR_A_PERSONS, killed
from tests.simulation.shop import by_hand, fire, incident_id, resolve, updates

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet
    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response
    from tests.simulation.adversity.interference import Interference

A_LITTLE = 20.0
MONITORED = 60.0
SETTLED = TIMEOUT + 60.0 + 2 * S + 3 * 60.0


def drafting(on_yield: OnYield = OnYield.LEAVE) -> RuleSet:
    rules = prompt_rules()
    (incident,) = rules.incidents
    told = replace(incident, postmortem=Postmortem.DRAFT, on_yield=on_yield)
    return replace(rules, incidents=(told,))


def begun(world: World) -> float:
    """An incident is open."""
    world.start()
    world.run_for(A_LITTLE)
    since = fire(world, "CheckoutErrors")
    world.run_for(A_LITTLE)
    return since


def end(world: World, since: float) -> None:
    """Its cause is gone, and it was resolved just now."""
    resolve(world, "CheckoutErrors", since)
    world.run_for(MONITORED)
    while updates(world)[0][-1] != "resolved":
        world.run_for(0.05)


def draft(world: World) -> str | None:
    (incident,) = world.simulator.incidents(world.page_id)
    assert incident.postmortem is None or incident.postmortem.published_at is None
    return None if incident.postmortem is None else incident.postmortem.body_draft


def drafted(world: World) -> int:
    """How often a draft was written, or tried to be."""
    return sum(one.method == "PUT" for one in world.simulator.arrivals)


def test_one_draft_says_what_was_told_and_when_and_nothing_else() -> None:
    with rehearsed(drafting()) as (world, _):
        end(world, begun(world))
        world.run_for(3600.0)
        body = draft(world)
        assert body is not None
        assert drafted(world) == 1
        paragraphs = body.split("\n\n")
        assert paragraphs[0].startswith("This incident was opened on ")
        assert paragraphs[0].endswith("resolved after 1 minute.")
        assert paragraphs[1] == "Affected: Checkout / API. The worst status was major outage."
        told = [line.partition(": ")[2] for line in paragraphs[3].splitlines()]
        assert told == [
            "the incident was opened",
            "everything had recovered, and was monitored",
            "the incident was resolved",
        ]
        killed(world)
        world.run_for(3600.0)
        assert drafted(world) == 1


@pytest.mark.parametrize("published", [False, True])
def test_what_a_person_wrote_is_left_alone(*, published: bool) -> None:
    with rehearsed(drafting()) as (world, _):
        since = begun(world)
        by_hand(
            world,
            "PUT",
            f"/incidents/{incident_id(world)}/postmortem",
            {"postmortem": {"body_draft": "It was me."}},
        )
        end(world, since)
        if published:
            by_hand(world, "PUT", f"/incidents/{incident_id(world)}/postmortem/publish", {"postmortem": {}})
        world.run_for(3600.0)
        assert drafted(world) == 1 + published
        (incident,) = world.simulator.incidents(world.page_id)
        assert incident.postmortem is not None
        assert "It was me." in {incident.postmortem.body, incident.postmortem.body_draft}


@pytest.mark.parametrize("on_yield", OnYield)
def test_an_incident_that_a_person_took_over_gets_none(on_yield: OnYield) -> None:
    with rehearsed(drafting(on_yield)) as (world, _):
        since = begun(world)
        said = {"status": "identified", "body": "It was the cable.", "deliver_notifications": False}
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", {"incident": said})
        world.run_for(KNOWN_FOR_A_PERSONS)
        resolve(world, "CheckoutErrors", since)
        world.run_for(3600.0)
        assert drafted(world) == 0


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("edits", [False, True], ids=["", "and a person goes on from it"])
def test_a_draft_whose_answer_was_lost_is_looked_at_first(*, applied: bool, edits: bool) -> None:
    with rehearsed(drafting()) as (world, network):
        since = begun(world)
        lost = lose_the_first(network, applied=applied)
        end(world, since)
        world.run_for(A_LITTLE)
        assert len(lost) == 1
        if edits:
            by_hand(
                world,
                "PUT",
                f"/incidents/{incident_id(world)}/postmortem",
                {"postmortem": {"body_draft": "I go on from here."}},
            )
        world.run_for(SETTLED)
        body = draft(world)
        assert body is not None
        assert body == "I go on from here." if edits else body.startswith("This incident was opened")
        ours = drafted(world) - edits
        assert ours == (1 if applied or not edits else 0)


def test_a_daemon_that_is_killed_while_it_writes_a_draft_looks_first() -> None:
    with rehearsed(drafting()) as (world, network):
        since = begun(world)
        lost = lose_the_first(network, applied=True)
        end(world, since)
        while not lost:
            world.run_for(0.05)
        killed(world)
        by_hand(
            world,
            "PUT",
            f"/incidents/{incident_id(world)}/postmortem",
            {"postmortem": {"body_draft": "I go on from here."}},
        )
        world.run_for(SETTLED)
        assert draft(world) == "I go on from here."


def lose_the_first(network: Interference, *, applied: bool) -> list[Request]:
    """Lose the answer to the first draft. Returns the requests that were lost."""
    lost: list[Request] = []

    async def lose_it(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109 - as in Transport.send
        if lost or request.method != "PUT":
            return None
        lost.append(request)
        return await (network.fail_after if applied else network.fail_before)(request, timeout)

    network.hooks.append(lose_it)
    return lost
