"""The cap on notifications: over the page's notifications of an hour everything is still written, without a mail."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bridge.simulator.faults import FaultKind, FaultRule
from tests.mutants.scenarios import guards
from tests.simulation.adversity.interference import S
from tests.simulation.guards.mails import (
    A_LITTLE,
    HOUR,
    OVER,
    capped,
    checkout,
    checkout_recovers,
    restart,
)
from tests.simulation.judge import one_notification_for_each_transition, within_the_rate_limit
from tests.simulation.scenarios import with_faults
from tests.simulation.shop import API, SEARCH, fire, notified, resolve, status, updates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.simulation.world import World
    from tests.simulation.adversity.interference import Interference


@contextmanager
def judged(most: int, *, silently: bool = False) -> Iterator[tuple[World, Interference]]:
    """The same, judged in the end."""
    with capped(most, silently=silently) as (world, network):
        yield world, network
        assert one_notification_for_each_transition(world) == []
        assert within_the_rate_limit(world) == []


def test_over_the_cap_statuses_and_resolves_are_written_and_nobody_is_mailed() -> None:
    with judged(1) as (world, _):
        since = checkout(world)
        world.run_for(A_LITTLE)
        assert notified(world) == ["investigating"]
        slow = fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "partial_outage"
        checkout_recovers(world, since)
        resolve(world, "SearchErrors", slow)
        world.run_for(OVER)
        assert (status(world, API), status(world, SEARCH)) == ("operational", "operational")
        assert updates(world) == [["investigating", "monitoring", "resolved"]] * 2
        assert notified(world) == ["investigating"]


def test_what_began_silently_is_not_announced_later_and_ends_silently() -> None:
    with judged(1) as (world, _):
        since = checkout(world)
        world.run_for(A_LITTLE)
        checkout_recovers(world, since)
        slow = fire(world, "SearchErrors")
        world.run_for(3 * HOUR)
        assert updates(world)[1] == ["investigating"]
        resolve(world, "SearchErrors", slow)
        world.run_for(OVER)
        assert updates(world)[1] == ["investigating", "monitoring", "resolved"]
        assert notified(world) == ["investigating"]


def test_after_an_hour_there_is_room_again() -> None:
    with judged(1) as (world, _):
        since = checkout(world)
        world.run_for(A_LITTLE)
        checkout_recovers(world, since)
        world.run_for(HOUR)
        fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        assert notified(world) == ["investigating", "investigating"]


def test_a_growth_over_the_cap_is_told_once_and_silently_and_the_end_is_told_when_there_is_room() -> None:
    with judged(1) as (world, _):
        since = checkout(world)
        world.run_for(A_LITTLE)
        checkout(world, "critical")
        world.run_for(HOUR + A_LITTLE)
        assert status(world, API) == "major_outage"
        assert updates(world) == [["investigating", "investigating"]]
        checkout_recovers(world, since, "warning", "critical")
        world.run_for(HOUR)
        assert notified(world) == ["investigating", "resolved"]


def test_a_restart_does_not_forget_what_was_sent() -> None:
    with judged(1) as (world, _):
        checkout(world)
        world.run_for(A_LITTLE)
        restart(world)
        fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        assert notified(world) == ["investigating"]


def test_a_restart_does_not_announce_what_was_silent() -> None:
    with judged(1) as (world, _):
        checkout(world)
        world.run_for(A_LITTLE)
        fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        restart(world)
        world.run_for(3 * HOUR)
        assert notified(world) == ["investigating"]


def test_a_write_whose_answer_was_lost_counts() -> None:
    with judged(1) as (world, network):
        network.hooks.append(network.drop)
        checkout(world)
        world.run_for(5.0)
        restart(world)  # what was under way is of unknown outcome
        network.hooks.clear()
        fire(world, "SearchErrors")
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "partial_outage"
        assert notified(world) == []


def test_a_write_that_was_refused_does_not_count() -> None:
    with judged(1) as (world, _):
        with_faults(world, FaultRule(kind=FaultKind.REFUSED, method="POST", times=5))
        checkout(world)
        world.run_for(300.0)
        assert notified(world) == ["investigating"]


def test_a_lost_silent_create_is_found_and_stays_silent() -> None:
    with judged(0) as (world, _):
        with_faults(world, FaultRule(kind=FaultKind.ANSWER_LOST, method="POST", times=1))
        since = checkout(world)
        world.run_for(3 * S)
        assert updates(world) == [["investigating"]]
        checkout_recovers(world, since)
        world.run_for(OVER)
        assert updates(world) == [["investigating", "monitoring", "resolved"]]
        assert notified(world) == []


def test_the_announcement_of_a_silent_creation_counts() -> None:
    with judged(1, silently=True) as (world, _):
        checkout(world)
        world.run_for(2 * A_LITTLE)
        assert notified(world) == ["investigating"]
        fire(world, "SearchErrors")
        world.run_for(HOUR / 2)
        assert notified(world) == ["investigating"]
        assert updates(world) == [["investigating", "investigating"], ["investigating"]]


def test_an_announcement_that_finds_no_room_is_not_made_later_nor_said_again_without_a_mail() -> None:
    """Both were created while there was room for one."""
    assert guards.an_announcement_that_finds_no_room() == []


def test_the_reading_of_lists_does_not_hurry_for_what_stays_silent() -> None:
    with judged(0) as (world, network):
        checkout(world)
        world.run_for(A_LITTLE)
        before = len(network.requests)
        world.run_for(600.0)
        lists = [path for _, _, path in network.requests[before:] if path.endswith("/unresolved")]
        assert len(lists) <= 11
