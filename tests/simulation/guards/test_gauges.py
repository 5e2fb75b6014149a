"""What the guards' gauges say while they hold something: alarms are made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.commands import ConfirmedGuard
from bridge.simulation.world import ALERTMANAGER, PAGE
from tests.simulation.guards.crowd import A_LITTLE, HOLD, SHOPS, all_down, crowd, down
from tests.simulation.guards.mails import capped, checkout

if TYPE_CHECKING:
    from prometheus_client import Counter, Gauge

    from bridge.simulation.world import World
    from bridge.telemetry.metrics import Metrics

STALE_AFTER = 100.0


def scraped(world: World) -> Metrics:
    """The metrics, as a scrape finds them now."""
    assert world.engine is not None
    world.engine.gauges.update()
    return world.engine.gauges.metrics


def value(gauge: Gauge | Counter, *labels: str) -> float:
    """What one series says."""
    (sample,) = [
        sample for sample in next(iter(gauge.collect())).samples if tuple(sample.labels.values()) == labels
    ]
    return float(sample.value)


def test_a_source_is_healthy_until_it_has_been_silent_for_too_long_and_again_when_it_delivers() -> None:
    with crowd(stale_after=STALE_AFTER) as world:
        down(world, [0])
        delivered_at = world.now()
        world.run_for(A_LITTLE)
        metrics = scraped(world)
        assert value(metrics.source_healthy, ALERTMANAGER) == 1
        assert 0 <= value(metrics.source_last_success, ALERTMANAGER) - delivered_at < 1.0
        world.run_for(STALE_AFTER)
        assert value(scraped(world).source_healthy, ALERTMANAGER) == 0
        down(world, [0])
        world.run_for(A_LITTLE)
        assert value(scraped(world).source_healthy, ALERTMANAGER) == 1


def test_what_is_held_is_counted_and_waits_for_a_person_when_its_time_is_over() -> None:
    with crowd() as world:
        waits = (PAGE, ConfirmedGuard.BLAST_RADIUS)
        all_down(world)
        world.run_for(A_LITTLE)
        metrics = scraped(world)
        assert value(metrics.blast_held, PAGE) == len(SHOPS)
        assert value(metrics.waits_for_confirmation, *waits) == 0
        world.run_for(HOLD)
        assert value(scraped(world).waits_for_confirmation, *waits) == 1


def test_the_notifications_that_are_left_are_told() -> None:
    with capped(2) as (world, _):
        assert value(scraped(world).notifications_left, PAGE) == 2
        checkout(world)
        world.run_for(A_LITTLE)
        assert value(scraped(world).notifications_left, PAGE) == 1
