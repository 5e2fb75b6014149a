"""A paused page is read and not written to, until it is resumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.simulation.adversity.interference import S, is_write, prompt_rules
from tests.simulation.commands.operating import A_LITTLE, LONG, accepted, killed, operated, writes
from tests.simulation.shop import API, SEARCH, component_id, fire, resolve, status, updates

if TYPE_CHECKING:
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response


@pytest.mark.parametrize("crash", [False, True], ids=["", "killed right after the answer"])
def test_nothing_is_written_to_a_paused_page_until_it_is_resumed(*, crash: bool) -> None:
    with operated() as (world, _):
        accepted(world, "pause", note="we look at it by hand")
        paused = world.now()
        if crash:
            killed(world)
        fire(world, "CheckoutErrors")
        fire(world, "SearchErrors")
        world.run_for(10 * LONG)
        assert writes(world, paused) == []
        assert len(writes(world, paused, "GET")) > 10
        accepted(world, "resume")
        if crash:
            killed(world)
        # The incident may have been begun in the moment of the kill; then it is looked for once it cannot arrive any more.
        world.run_for(S + LONG if crash else A_LITTLE)
        assert (status(world, API), status(world, SEARCH)) == ("major_outage", "partial_outage")
        assert updates(world) == [["investigating"]]


@pytest.mark.parametrize("crash", [False, True], ids=["", "killed in between"])
def test_a_pause_ends_by_itself(*, crash: bool) -> None:
    with operated() as (world, _):
        accepted(world, "pause", **{"for": "10m"})
        paused = world.now()
        fire(world, "SearchErrors")
        world.run_for(300)
        if crash:
            killed(world)
        world.run_for(paused + 599 - world.now())
        assert writes(world, paused) == []
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "partial_outage"


def test_what_came_and_went_during_a_pause_is_never_told() -> None:
    with operated() as (world, _):
        accepted(world, "pause")
        since = fire(world, "CheckoutErrors")
        world.run_for(LONG)
        resolve(world, "CheckoutErrors", since)
        world.run_for(LONG)
        accepted(world, "resume")
        world.run_for(LONG)
        assert writes(world, 0.0) == []


def test_a_write_that_was_planned_before_the_pause_and_not_sent_yet_is_not_sent() -> None:
    outdated = 0
    for moment in range(60):
        with operated() as (world, network):
            fire(world, "SearchErrors")
            world.run_for(moment / 1000)
            told = accepted(world, "pause")
            world.run_for(LONG)
            assert told.answered_at is not None
            late = [
                path for at, method, path in network.requests if method == "PATCH" and at > told.answered_at
            ]
            assert late == []
            outdated += sum(entry.reason == "outdated" for _, entry in world.database.journal(limit=1000))
    assert outdated


def test_what_became_of_a_lost_write_is_found_out_during_a_pause() -> None:
    with operated(prompt_rules()) as (world, network):
        lost: list[str] = []

        async def fail(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109 - as in Hook
            if is_write(request, "/incidents") and not lost:
                lost.append(request.path)
                return await network.fail_after(request, timeout)
            return None

        network.hooks.append(fail)
        since = fire(world, "CheckoutErrors")
        world.run_for(2.0)
        assert lost
        accepted(world, "pause")
        paused = world.now()
        world.run_for(30.0 + S + LONG)
        assert writes(world, paused) == []
        assert world.engine is not None
        assert list(world.engine.pages[0].intents) == []
        resolve(world, "CheckoutErrors", since)
        accepted(world, "resume")
        world.run_for(2 * LONG)
        assert updates(world) == [["investigating", "monitoring", "resolved"]]
        assert component_id(world, API)
