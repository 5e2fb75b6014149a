"""Two live incidents with one identity: nothing is told twice, the younger goes silently if nobody heard of it, and else a person is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import structlog

from bridge.core.page import PlanSettings
from bridge.simulation.world import PAGE, WorldSettings
from bridge.simulator.options import Options
from bridge.telemetry.metrics import Metrics
from tests.simulation.adversity.interference import TIMEOUT, S, answered, prompt_rules, rehearsed
from tests.simulation.shop import API, by_hand, fire, notified, resolve, status, updates

if TYPE_CHECKING:
    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response
    from tests.simulation.adversity.interference import Interference

A_LITTLE = 10.0
SILENTLY = WorldSettings(plan=PlanSettings(create_silently=True))


def apply_the_first_create(network: Interference, *, after: float) -> None:
    """The first create is applied only so many seconds from now; all others at once."""
    seen: list[str] = []

    async def late(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
        if request.method == "POST" and request.path.endswith("/incidents") and not seen:
            seen.append(request.path)
            return await network.apply_late(request, after, timeout)
        return None

    network.hooks.append(late)


def twins(world: World) -> float:
    """What the gauge says."""
    assert world.engine is not None
    world.engine.gauges.update()
    value = world.engine.gauges.metrics.registry.get_sample_value("bridge_incidents_twins", {"page": PAGE})
    assert value is not None
    return value


def alarms(world: World) -> list[str]:
    """Journal entries about twins."""
    entries = (entry for _, entry in world.database.journal(limit=100_000))
    return [
        str(entry.detail["incident_id"])
        for entry in entries
        if (entry.kind, entry.reason) == ("observed", "twin")
    ]


def test_the_gauge_is_there_before_there_are_twins() -> None:
    registry = Metrics(pages=[PAGE]).registry
    assert registry.get_sample_value("bridge_incidents_twins", {"page": PAGE}) == 0.0


@pytest.mark.parametrize("after", [TIMEOUT + S + 15.0, 900.0])
@pytest.mark.parametrize("restarted", [False, True])
def test_a_create_applied_after_s_is_left_open_and_alarmed_and_nothing_is_told_in_it(
    after: float, *, restarted: bool
) -> None:
    """Both asked to notify: that harm is done. The elder goes on, whichever the ledger had."""
    with rehearsed(prompt_rules()) as (world, network), structlog.testing.capture_logs() as logs:
        world.start()
        world.run_for(A_LITTLE)
        apply_the_first_create(network, after=after)
        since = fire(world, "CheckoutErrors")
        world.run_for(after + 2 * S + 200)
        first, second = world.simulator.incidents(world.page_id)
        assert twins(world) == 1.0
        assert alarms(world) == [second.id]
        assert [log["reason"] for log in logs if log["event"] == "incident_has_twin"] == ["twin"]
        if restarted:
            world.crash()
            world.start()
            world.run_for(2 * S + 200)
            assert twins(world) == 1.0
        resolve(world, "CheckoutErrors", since)
        world.run_for(3 * S + 600)
        assert updates(world) == [["investigating", "monitoring", "resolved"], ["investigating"]]
        assert notified(world) == ["investigating", "investigating", "resolved"]
        assert status(world, API) == "operational"
        assert twins(world) == 1.0
        assert first.created_at <= second.created_at


def test_the_elder_goes_on_though_the_ledger_had_the_younger() -> None:
    """A list that lags for minutes hides what the lost create made, so that a second one is created and bound."""
    with rehearsed(prompt_rules()) as (world, network):
        world.start()
        world.run_for(A_LITTLE)
        apply_the_first_create(network, after=TIMEOUT + S - 5.0)

        async def hide(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            listed = request.method == "GET" and request.path.endswith(("/incidents", "/unresolved"))
            alone = len(world.simulator.incidents(world.page_id)) == 1
            return answered(200, []) if listed and alone else None

        network.hooks.append(hide)
        since = fire(world, "CheckoutErrors")
        world.run_for(TIMEOUT + S + 2 * S + 200)
        elder, younger = world.simulator.incidents(world.page_id)
        assert elder.created_at < younger.created_at
        assert alarms(world) == [younger.id]
        resolve(world, "CheckoutErrors", since)
        world.run_for(S + 600)
        assert updates(world) == [["investigating", "monitoring", "resolved"], ["investigating"]]
        assert notified(world) == ["investigating", "investigating", "resolved"]


def test_a_twin_that_nobody_was_told_of_is_resolved_silently() -> None:
    with rehearsed(prompt_rules(), SILENTLY) as (world, network):
        world.start()
        world.run_for(A_LITTLE)
        apply_the_first_create(network, after=900.0)
        since = fire(world, "CheckoutErrors")
        world.run_for(900 + 2 * S + 300)
        assert updates(world) == [["investigating", "investigating"], ["investigating", "resolved"]]
        assert notified(world) == ["investigating"]
        assert twins(world) == 0.0
        assert len(alarms(world)) == 1
        assert status(world, API) == "major_outage"
        resolve(world, "CheckoutErrors", since)
        world.run_for(600)
        assert notified(world) == ["investigating", "resolved"]


def test_a_silent_twin_in_which_a_person_wrote_is_left_to_them() -> None:
    with rehearsed(prompt_rules(), SILENTLY) as (world, network):
        world.start()
        world.run_for(A_LITTLE)
        apply_the_first_create(network, after=900.0)
        fire(world, "CheckoutErrors")
        world.run_for(900 - A_LITTLE + 15)
        twin = world.simulator.incidents(world.page_id)[-1]
        said = {"status": "identified", "body": "We know.", "deliver_notifications": False}
        by_hand(world, "PATCH", f"/incidents/{twin.id}", {"incident": said})
        world.run_for(2 * S + 600)
        assert updates(world) == [["investigating", "investigating"], ["investigating", "identified"]]
        assert twins(world) == 1.0


def test_a_twin_that_was_left_open_carries_the_next_episode() -> None:
    """I2: a third one is not opened beside it."""
    with rehearsed(prompt_rules()) as (world, network):
        world.start()
        world.run_for(A_LITTLE)
        apply_the_first_create(network, after=400.0)
        since = fire(world, "CheckoutErrors")
        world.run_for(1200)
        resolve(world, "CheckoutErrors", since)
        world.run_for(1200)
        since = fire(world, "CheckoutErrors")
        world.run_for(300)
        resolve(world, "CheckoutErrors", since)
        world.run_for(600)
        first, second = updates(world)
        assert first == ["investigating", "monitoring", "resolved"]
        assert second == ["investigating", "investigating", "monitoring", "resolved"]
        assert notified(world) == ["investigating", "investigating", "resolved", "investigating", "resolved"]
        assert twins(world) == 0.0


@pytest.mark.parametrize("lag", [20.0, 90.0])
def test_an_incident_that_a_stale_list_still_shows_is_no_twin_of_the_next(lag: float) -> None:
    with rehearsed(prompt_rules(), WorldSettings(options=Options(list_lag=lag))) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        for _ in range(3):
            since = fire(world, "CheckoutErrors")
            world.run_for(30)
            resolve(world, "CheckoutErrors", since)
            world.run_for(63)
        world.run_for(1200)
        assert alarms(world) == []
        assert {told[-1] for told in updates(world)} == {"resolved"}
