"""Blindness: an Alertmanager that has been silent for too long proves nothing, whatever it said last."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.reasons import Reason
from bridge.simulation.world import ALERTMANAGER, World, WorldSettings, alert
from tests.simulation.adversity.interference import prompt_rules
from tests.simulation.judge import violations
from tests.simulation.shop import (
    API,
    FOR,
    KEEP_FIRING_FOR,
    MONITOR_FOR,
    PROBE,
    SEARCH,
    WEB,
    fire,
    resolve,
    shop_rules,
    status,
    updates,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.health import SourceHealth

A_LITTLE = 20.0
STALE_AFTER = 200.0
HOUR = 3600.0
ALIVE_WITHIN = 30.0
"""Seconds by which a restart may be mistaken about when the last life ended: so often something is committed."""


@pytest.fixture
def world() -> Iterator[World]:
    """A daemon that has read its page and expects to hear of its Alertmanager."""
    with World(7, shop_rules(), WorldSettings(probes=(PROBE,), stale_after=STALE_AFTER)) as made:
        made.start()
        made.run_for(A_LITTLE)
        yield made
        assert violations(made) == []


def watchdog(world: World) -> None:
    """A delivery that concerns no rule: the source is alive."""
    world.send_alerts([alert("Watchdog", firing=True, since=world.now())])


def health(world: World) -> SourceHealth:
    """What the daemon knows of its Alertmanager."""
    assert world.engine is not None
    (found,) = [source for source in world.engine.intake.sources if source.source == ALERTMANAGER]
    return found


def told_of_blindness(world: World) -> list[Reason]:
    """What the journal says of the Alertmanager."""
    return [
        entry.reason for _, entry in world.database.journal(limit=100_000) if entry.subject == ALERTMANAGER
    ]


def restart(world: World, *, down_for: float = 1.0) -> None:
    world.crash()
    world.run_for(down_for)
    world.start()


def test_what_recovered_is_not_called_green_while_its_source_is_blind(world: World) -> None:
    since = fire(world, "SearchErrors")
    world.run_for(FOR + A_LITTLE)
    assert status(world, SEARCH) == "partial_outage"
    resolve(world, "SearchErrors", since)
    world.run_for(STALE_AFTER + HOUR)  # keep_firing_for is longer than the source was heard
    assert status(world, SEARCH) == "partial_outage"
    watchdog(world)
    world.run_for(KEEP_FIRING_FOR - STALE_AFTER - A_LITTLE)
    assert status(world, SEARCH) == "partial_outage"  # what passed in blindness counts for nothing
    world.run_for(2 * A_LITTLE)
    assert status(world, SEARCH) == "operational"


def test_what_is_pending_is_not_said_by_a_source_that_went_blind() -> None:
    rules = shop_rules()
    slow = tuple(replace(rule, for_=600.0) for rule in rules.components)
    with World(7, replace(rules, components=slow), WorldSettings(stale_after=STALE_AFTER)) as world:
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "CheckoutErrors")
        world.run_for(HOUR)
        assert (status(world, API), updates(world)) == ("operational", [])


def test_what_is_red_stays_red_and_its_incident_open_while_its_source_is_blind(world: World) -> None:
    fire(world, "CheckoutErrors")
    world.run_for(6 * HOUR)
    assert status(world, API) == "major_outage"
    assert updates(world) == [["investigating"]]


def test_an_incident_is_not_resolved_while_the_source_behind_it_is_blind(world: World) -> None:
    since = fire(world, "CheckoutErrors")
    world.run_for(FOR + A_LITTLE)
    resolve(world, "CheckoutErrors", since)
    for _ in range(4):
        world.run_for(KEEP_FIRING_FOR / 4)
        watchdog(world)
    world.run_for(A_LITTLE)
    assert updates(world) == [["investigating", "monitoring"]]
    world.run_for(STALE_AFTER + 2 * HOUR)  # longer too than a resolved alert is remembered otherwise
    assert updates(world) == [["investigating", "monitoring"]]
    for _ in range(int(MONITOR_FOR / 100)):
        watchdog(world)
        world.run_for(100.0)
    assert updates(world) == [["investigating", "monitoring", "resolved"]]


def test_another_source_that_sees_a_failure_is_believed_meanwhile(world: World) -> None:
    world.run_for(HOUR)
    world.services[PROBE.check.url] = 503
    world.run_for(FOR + 3 * PROBE.every)
    assert status(world, WEB) == "major_outage"
    assert updates(world) == [["investigating"]]


def test_a_source_of_which_silence_proves_nothing_never_goes_blind() -> None:
    with World(7, prompt_rules(), WorldSettings()) as world:
        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "SearchErrors")
        world.run_for(HOUR)
        resolve(world, "SearchErrors", since)
        world.run_for(A_LITTLE)
        assert status(world, SEARCH) == "operational"


def test_silence_before_a_restart_counts_after_it_and_the_time_between_does_not(world: World) -> None:
    watchdog(world)
    world.run_for(STALE_AFTER / 2)
    restart(world, down_for=10 * STALE_AFTER)
    world.run_for(STALE_AFTER / 2 - A_LITTLE)
    assert told_of_blindness(world) == []
    world.run_for(A_LITTLE + ALIVE_WITHIN)
    assert told_of_blindness(world) == [Reason.SOURCE_BLIND]


def test_a_crash_loop_does_not_make_a_dead_source_see(world: World) -> None:
    since = fire(world, "SearchErrors")
    world.run_for(FOR + A_LITTLE)
    resolve(world, "SearchErrors", since)
    for _ in range(60):
        world.run_for(30.0)
        restart(world)
    world.run_for(HOUR)
    assert status(world, SEARCH) == "partial_outage"


def test_what_was_blind_is_blind_after_a_restart_however_long_it_took(world: World) -> None:
    since = fire(world, "SearchErrors")
    world.run_for(FOR + A_LITTLE)
    resolve(world, "SearchErrors", since)
    world.run_for(STALE_AFTER + HOUR)
    restart(world, down_for=3 * HOUR)
    world.run_for(HOUR)
    assert status(world, SEARCH) == "partial_outage"
    assert not health(world).sees(world.now())


def test_a_frozen_process_does_not_make_its_sources_blind(world: World) -> None:
    watchdog(world)
    world.run_for(A_LITTLE)
    world.freeze()
    world.run_for(HOUR)
    world.thaw()
    world.run_for(STALE_AFTER / 2)
    assert told_of_blindness(world) == []
    world.run_for(STALE_AFTER)
    assert told_of_blindness(world) == [Reason.SOURCE_BLIND]


@pytest.mark.parametrize("seconds", [-6 * HOUR, 6 * HOUR])
@pytest.mark.parametrize("when", ["before the restart", "during it"])
def test_a_clock_that_is_set_makes_no_source_blind_and_none_see(
    world: World, seconds: float, when: str
) -> None:
    watchdog(world)
    world.run_for(STALE_AFTER / 2)
    if when == "before the restart":
        world.clock_set_by += seconds
        world.run_for(A_LITTLE)
    world.crash()
    world.run_for(1.0)
    if when == "during it":
        world.clock_set_by += seconds
    world.start()
    world.run_for(A_LITTLE)
    assert told_of_blindness(world) == []
    world.run_for(STALE_AFTER)
    assert told_of_blindness(world) == [Reason.SOURCE_BLIND]


def test_its_own_network_lost_makes_the_probes_blind_and_a_result_lets_them_see(world: World) -> None:
    world.blind = True
    world.run_for(600.0)
    world.blind = False
    world.run_for(2 * PROBE.every)
    told = [entry.reason for _, entry in world.database.journal(limit=100_000) if entry.subject == "probe"]
    assert told == [Reason.SOURCE_BLIND, Reason.SOURCE_SEES]
