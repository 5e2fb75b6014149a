"""Accepted means durable and in force (I1, for commands), wherever the daemon is killed; what is not stored is not in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bridge.errors import StoreUnavailableError
from tests.simulation.commands.operating import (
    A_LITTLE,
    LONG,
    accepted,
    answered,
    killed,
    operated,
    writes,
)
from tests.simulation.shop import API, SEARCH, component_id, fire, incident_id, resolve, status, updates

if TYPE_CHECKING:
    from bridge.core.changes import Changes
    from bridge.simulation.world import World

STEPS = 24
"""Steps from the moment at which a command is given until it is answered, and some."""


def kill_at(world: World, step: int) -> None:
    """Kill the daemon before a step, and start it again soon."""

    def before(number: int) -> None:
        if number == step and world.engine is not None:
            world.crash()
            with world.loop.outside():
                world.loop.call_later(3.0, world.start)

    world.loop.on_step = before


def give(world: World, command: str, **fields: object) -> None:
    """Give a command; it is given again until it is answered."""
    told = world.command(command, **fields)
    world.run_for(LONG)
    assert told.accepted


@pytest.mark.parametrize("steps", range(1, STEPS))
def test_a_kill_at_any_step_around_an_override_leaves_it_in_force(steps: int) -> None:
    with operated() as (world, _):
        kill_at(world, world.loop.steps + steps)
        give(world, "override_set", component=SEARCH, status="major_outage")
        assert status(world, SEARCH) == "major_outage"


@pytest.mark.parametrize("steps", range(1, STEPS))
def test_a_kill_at_any_step_around_a_hand_back_leaves_it_in_force(steps: int) -> None:
    with operated() as (world, _):
        accepted(world, "override_set", component=SEARCH, status="major_outage")
        world.run_for(LONG)
        kill_at(world, world.loop.steps + steps)
        give(world, "override_clear", component=SEARCH)
        assert status(world, SEARCH) == "operational"


@pytest.mark.parametrize("steps", range(1, STEPS))
def test_a_kill_at_any_step_around_a_pause_leaves_it_in_force(steps: int) -> None:
    with operated() as (world, _):
        kill_at(world, world.loop.steps + steps)
        give(world, "pause")
        paused = world.now()
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        assert writes(world, paused) == []


@pytest.mark.parametrize("steps", range(1, STEPS))
@pytest.mark.parametrize("command", ["yield_incident", "release"])
def test_a_kill_at_any_step_around_a_command_about_an_incident_leaves_it_in_force(
    command: str, steps: int
) -> None:
    with operated() as (world, _):
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        kill_at(world, world.loop.steps + steps)
        give(world, command, incident=incident_id(world))
        resolve(world, "CheckoutErrors", since)
        world.run_for(LONG)
        assert updates(world) == [["investigating"]]


def test_an_answer_of_200_at_the_moment_of_a_reading_about_the_same_thing_holds() -> None:
    """A list is read once a minute, and settles what an override is about; commands come at every moment around it."""
    for moment in range(0, 3000, 100):
        with operated() as (world, _):
            accepted(world, "override_set", component=SEARCH, status="major_outage", **{"for": "50s"})
            world.run_for(48.5 + moment / 1000)
            accepted(world, "override_set", component=SEARCH, status="degraded_performance")
            killed(world)
            world.run_for(LONG)
            assert status(world, SEARCH) == "degraded_performance"


def test_the_log_says_what_an_accepted_command_is_about_and_nothing_of_its_note() -> None:
    with operated() as (world, _), capture_logs() as logs:
        accepted(world, "override_set", component=SEARCH, status="major_outage", note="canary")
        accepted(world, "pause")
        told = [one for one in logs if one["event"] == "command_accepted"]
        search = component_id(world, SEARCH)
        assert [one["subject"] for one in told] == [f"component:{search}", "page:acme"]
        assert "canary" not in repr(told)


def test_a_command_while_the_store_is_down_is_503_and_not_in_force() -> None:
    with operated() as (world, _):
        engine = world.engine
        assert engine is not None
        down = [True]
        commit = engine.commands._store.commit

        class Failing:
            """A store that is full."""

            async def commit(self, changes: Changes) -> None:
                """Fail while it is."""
                if down[0]:
                    raise StoreUnavailableError("no room")
                await commit(changes)

        engine.commands._store = Failing()
        told = world.command("override_set", component=SEARCH, status="major_outage")
        world.run_for(LONG)
        assert (told.status, told.attempts > 3) == (None, True)
        assert status(world, SEARCH) == "operational"
        assert writes(world, 0.0) == []
        down[0] = False
        world.run_for(LONG)
        assert told.accepted
        assert told.answer["repeated"] is False
        assert status(world, SEARCH) == "major_outage"


def test_a_command_before_the_page_was_read_is_given_again() -> None:
    with operated() as (world, _):
        world.crash()
        world.start()
        while world.engine is None:
            world.run_for(0.001)
        told = world.command("override_set", component=SEARCH, status="major_outage")
        world.run_for(LONG)
        assert (told.accepted, told.attempts > 1) == (True, True)
        assert status(world, SEARCH) == "major_outage"


def test_the_same_command_at_once_from_two_places_is_obeyed_once() -> None:
    with operated() as (world, _):
        first = world.command("pause", id="x")
        second = world.command("pause", id="x")
        world.run_for(1.0)
        assert sorted(bool(told.answer["repeated"]) for told in (first, second)) == [False, True]


def test_an_id_is_forgotten_after_a_day_so_that_the_store_does_not_grow() -> None:
    with operated() as (world, _):
        accepted(world, "override_set", component=API, status="major_outage", **{"for": "1h"})
        accepted(world, "override_clear", component=API)
        world.run_for(24 * 3600 + LONG)
        assert world.engine is not None
        assert world.engine.pages[0].standing == {}
        assert world.database.load().standing == []
        assert answered(world, "resume").accepted


def test_what_was_told_is_in_the_journal_with_who_and_why() -> None:
    with operated() as (world, _):
        accepted(world, "override_set", component=SEARCH, status="major_outage", by="Ada", note="the CDN")
        entries = [entry for _, entry in world.database.journal(limit=1000) if entry.kind == "command"]
        (entry,) = entries
        assert (entry.reason, entry.detail["by"], entry.detail["note"]) == ("overridden", "Ada", "the CDN")
