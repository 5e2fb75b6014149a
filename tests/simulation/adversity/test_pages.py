"""Review: bad pages, bad clocks, slow stores: what the daemon costs and how it comes back."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bridge.clock import Clock
from bridge.core.rules import ComponentName, MetricRule, RuleId
from bridge.simulation.world import EPOCH, TOKEN, World, WorldSettings
from bridge.simulator.options import Options
from tests.simulation.adversity.interference import Interference, S, answered, prompt_rules, rehearsed
from tests.simulation.judge import violations
from tests.simulation.shop import (
    API,
    EVERYTHING_AT_ONCE,
    FOR,
    PROBE,
    SEARCH,
    WEB,
    by_hand,
    fire,
    resolve,
    shop_rules,
    status,
    updates,
)

if TYPE_CHECKING:
    from bridge.core.changes import Changes
    from bridge.core.rules import RuleSet
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

A_LITTLE = 10.0


def _many(count: int) -> tuple[RuleSet, tuple[str, ...]]:
    """So many components that one alert breaks, besides the shop."""
    rules = prompt_rules()
    names = tuple(f"Service {number}" for number in range(count))
    pattern = next(rule for rule in rules.components if rule.component == SEARCH)
    made = tuple(replace(pattern, id=RuleId(name), component=ComponentName(name)) for name in names)
    return replace(rules, components=(*rules.components, *made)), (*WorldSettings().components, *names)


def _most_in_a_minute(network: Interference, since: float) -> int:
    at = [at for at, _, _ in network.requests if at >= since]
    return max((sum(first <= other < first + 59.0 for other in at) for first in at), default=0)


def test_a_refused_token_is_tried_at_most_once_a_minute_and_recovers_within_two() -> None:
    rules, names = _many(30)
    with rehearsed(rules, WorldSettings(components=names, plan=EVERYTHING_AT_ONCE)) as (world, network):

        async def refuse(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            await asyncio.sleep(0.1)
            return answered(401, {"error": "Could not authenticate"})

        world.start()
        world.run_for(100)
        network.hooks.append(refuse)
        fire(world, "SearchErrors")
        world.run_for(120)
        since = world.now()
        world.run_for(3600)
        most = _most_in_a_minute(network, since)
        network.hooks.clear()
        world.run_for(120)
        assert {status(world, name) for name in names[3:]} == {"partial_outage"}
        assert most <= 1


@pytest.mark.parametrize("code", [404, 422])
def test_a_page_that_the_token_cannot_see_is_not_asked_at_full_speed(code: int) -> None:
    with rehearsed(prompt_rules()) as (world, network):

        async def unknown(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            await asyncio.sleep(0.1)
            return answered(code, {"error": "Not found"})

        world.start()
        world.run_for(300)
        network.hooks.append(unknown)
        since = world.now()
        world.run_for(1800)
        assert _most_in_a_minute(network, since + 120) <= 12


@pytest.mark.parametrize("code", [403, 404, 500])
def test_a_page_whose_metrics_cannot_be_listed_shows_its_outages(code: int) -> None:
    """No rule here knows a metric. A fault of one part stays there (design.md, "Supervision")."""
    with rehearsed(prompt_rules()) as (world, network):

        async def fail(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            await asyncio.sleep(0.1)
            return answered(code, {"error": "no"}) if request.path.endswith("/metrics") else None

        network.hooks.append(fail)
        world.start()
        world.run_for(120)
        fire(world, "CheckoutErrors")
        world.run_for(600)
        assert updates(world) == [["investigating"]]


def test_a_retry_after_of_years_is_not_obeyed_for_years() -> None:
    with rehearsed(prompt_rules()) as (world, network):

        async def busy(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            return answered(420, {"error": "slow"}, **{"Retry-After": "999999999"})

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(busy)
        world.run_for(60)
        network.hooks.clear()
        fire(world, "CheckoutErrors")
        world.run_for(2 * 3600)
        assert updates(world) == [["investigating"]]


@pytest.mark.parametrize("fault", ["drop", "fail_before", "fail_after"])
def test_after_an_hour_of_faults_the_page_is_right_within_s_and_two_minutes(fault: str) -> None:
    rules, names = _many(60)
    with rehearsed(rules, WorldSettings(components=names, plan=EVERYTHING_AT_ONCE)) as (world, network):
        world.start()
        world.run_for(100)
        network.hooks.append(getattr(network, fault))
        fire(world, "SearchErrors")
        fire(world, "CheckoutErrors")
        world.run_for(3600)
        network.hooks.clear()
        world.run_for(S + 120)
        assert [told[-1] for told in updates(world)] == ["investigating"]
        assert {status(world, name) for name in names[3:]} == {"partial_outage"}
        assert violations(world) == []


def test_an_incident_that_opens_after_an_hour_in_a_black_hole_is_told_within_a_minute() -> None:
    rules, names = _many(60)
    with rehearsed(rules, WorldSettings(components=names, plan=EVERYTHING_AT_ONCE)) as (world, network):
        world.start()
        world.run_for(100)
        network.hooks.append(network.drop)
        fire(world, "SearchErrors")
        world.run_for(3600)
        network.hooks.clear()
        world.run_for(61)
        fire(world, "CheckoutErrors")
        world.run_for(60)
        assert [told[-1] for told in updates(world)] == ["investigating"]


def test_an_incident_is_told_within_seconds_while_three_hundred_components_wait() -> None:
    rules, names = _many(300)
    with rehearsed(rules, WorldSettings(components=names, plan=EVERYTHING_AT_ONCE)) as (world, _):
        world.start()
        world.run_for(100)
        fire(world, "SearchErrors")
        world.run_for(60)
        fire(world, "CheckoutErrors")
        world.run_for(5)
        assert [told[-1] for told in updates(world)] == ["investigating"]
        world.run_for(540)
        assert {status(world, name) for name in names[3:]} == {"partial_outage"}
        assert violations(world) == []


def test_one_component_that_always_fails_does_not_hold_up_the_others() -> None:
    rules, names = _many(30)
    with rehearsed(rules, WorldSettings(components=names, plan=EVERYTHING_AT_ONCE)) as (world, network):
        world.start()
        world.run_for(100)
        broken = world.simulator.component(world.page_id, SEARCH).id

        async def fail(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            await asyncio.sleep(0.1)
            return answered(500, {"error": "oops"}) if request.path.endswith(broken) else None

        network.hooks.append(fail)
        fire(world, "SearchErrors")
        world.run_for(300)
        assert {status(world, name) for name in names[3:]} == {"partial_outage"}
        fire(world, "CheckoutErrors")
        world.run_for(60)
        assert [told[-1] for told in updates(world)] == ["investigating"]


def test_a_page_of_a_thousand_components_is_served() -> None:
    rules, names = _many(1000)
    with rehearsed(rules, WorldSettings(components=names, plan=EVERYTHING_AT_ONCE)) as (world, _):
        world.start()
        world.run_for(100)
        fire(world, "CheckoutErrors")
        world.run_for(20)
        assert [told[-1] for told in updates(world)] == ["investigating"]
        assert violations(world) == []


def test_another_tool_that_uses_the_token_up_costs_few_refusals_and_does_not_stop_us_for_good() -> None:
    settings = WorldSettings(options=Options(count_rejected=False))
    with rehearsed(prompt_rules(), settings) as (world, network):
        world.start()
        world.run_for(100)
        path = f"/v1/pages/{world.page_id}"

        def other() -> None:
            made = {"Authorization": f"OAuth {TOKEN}"}
            network.handle(request_type()("GET", path, {}, made, b""))
            if world.now() < EPOCH + 1000:
                world.loop.call_later(0.9, other)

        with world.loop.outside():
            other()
        fire(world, "CheckoutErrors")
        world.run_for(1000)
        world.run_for(S + 120)
        assert [told[-1] for told in updates(world)] == ["investigating"]
        refused = sum(arrival.status == 420 for arrival in world.simulator.arrivals)
        assert refused <= 150  # one in seven seconds, while somebody else uses all of the limit


def request_type() -> type[Request]:
    from bridge.simulator.model import Request as Made

    return Made


def test_one_deleted_metric_does_not_stop_the_points_of_the_others() -> None:
    rules = replace(
        shop_rules(),
        metrics=(MetricRule("Latency", PROBE.latency), MetricRule("Latency too", PROBE.latency)),
    )
    settings = WorldSettings(probes=(PROBE,), metrics=("Latency", "Latency too"))
    with rehearsed(rules, settings) as (world, _):
        world.start()
        world.run_for(900)
        first, second = world.simulator.page(world.page_id).metrics
        del world.simulator.page(world.page_id).metrics[second]
        world.run_for(900)
        instants = list(world.simulator.metric_points(world.page_id, first))
        assert world.now() - instants[-1] < 300


def test_points_of_two_hours_without_a_page_are_sent_afterwards_each_once() -> None:
    rules = replace(shop_rules(), metrics=(MetricRule("Latency", PROBE.latency),))
    settings = WorldSettings(probes=(PROBE,), metrics=("Latency",))
    with rehearsed(rules, settings) as (world, network):
        world.start()
        world.run_for(300)
        network.hooks.append(network.fail_before)
        world.run_for(7200)
        network.hooks.clear()
        world.run_for(300)
        (metric_id,) = world.simulator.page(world.page_id).metrics
        instants = list(world.simulator.metric_points(world.page_id, metric_id))
        assert max(later - earlier for earlier, later in pairwise(instants)) <= 60
        sent = [
            point["timestamp"]
            for arrival in world.simulator.arrivals
            if arrival.status == 202 and arrival.body
            for points in arrival.body["data"].values()
            for point in points
        ]
        assert len(sent) == len(set(sent))


def test_a_store_that_hangs_does_not_let_an_outdated_incident_out() -> None:
    """The plan is made when the slot is granted; a commit of three minutes makes it stale, and its deadline with it."""
    with rehearsed(prompt_rules()) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        engine = world.engine
        assert engine is not None
        (dispatcher,) = engine.dispatchers.values()
        commit = dispatcher._store.commit

        class Hanging:
            async def commit(self, changes: Changes) -> None:
                if any(intent.kind == "create_incident" for intent in changes.intents):
                    await asyncio.sleep(180)
                await commit(changes)

        dispatcher._store = Hanging()
        since = fire(world, "CheckoutErrors")
        world.run_for(30)
        resolve(world, "CheckoutErrors", since)
        world.run_for(900)
        assert updates(world) == []


class SteppedWorld(World):
    """A world whose machine's clock can be set; the page keeps the true time."""

    off = 0.0

    def now(self) -> float:
        """What the machine's clock says."""
        return super().now() + self.off


def _step(world: SteppedWorld, seconds: float) -> None:
    """The machine's clock is set, and the daemon looks at it, as it does every ten seconds."""
    world.off += seconds
    assert world.engine is not None
    clock = world.engine.intake._clock
    assert isinstance(clock, Clock)
    clock.anchor()


def _stepped(rules: RuleSet, names: tuple[str, ...]) -> SteppedWorld:
    world = SteppedWorld(7, rules, WorldSettings(components=names, plan=EVERYTHING_AT_ONCE))
    network = Interference(world)
    network._wall_clock = lambda: EPOCH + world.loop.time()
    world.network = network
    return world


def test_a_clock_that_is_set_forward_does_not_exceed_the_rate_limit() -> None:
    rules, names = _many(200)
    with _stepped(rules, names) as world:
        world.start()
        world.run_for(100)
        fire(world, "SearchErrors")
        world.run_for(50)
        for _ in range(5):
            _step(world, 70.0)
            world.run_for(10)
        assert violations(world) == []


def test_a_clock_that_is_set_forward_does_not_let_a_flap_reach_the_page() -> None:
    with _stepped(shop_rules(), WorldSettings().components) as world:
        world.start()
        world.run_for(100)
        since = fire(world, "CheckoutErrors")
        world.run_for(FOR / 4)
        _step(world, 3600.0)
        fire(world, "SearchErrors")  # whatever makes it look
        world.run_for(FOR / 4)
        resolve(world, "CheckoutErrors", since)
        world.run_for(600)
        assert updates(world) == []


def test_a_clock_that_is_set_back_an_hour_does_not_stop_the_daemon_for_an_hour() -> None:
    with _stepped(prompt_rules(), WorldSettings().components) as world:
        world.start()
        world.run_for(100)
        since = fire(world, "SearchErrors")
        world.run_for(20)
        _step(world, -3600.0)
        world.run_for(30)
        resolve(world, "SearchErrors", since)
        fire(world, "CheckoutErrors")
        world.run_for(300)
        assert (status(world, SEARCH), status(world, API)) == ("operational", "major_outage")
        reads = [at for at, method, _ in interference(world).requests if method == "GET"]
        assert max(later - earlier for earlier, later in itertools.pairwise([*reads, world.now()])) < 200


def interference(world: World) -> Interference:
    assert isinstance(world.network, Interference)
    return world.network


def test_a_person_who_sets_a_component_after_the_clock_was_set_back_is_seen() -> None:
    with _stepped(prompt_rules(), WorldSettings().components) as world:
        world.start()
        world.run_for(100)
        fire(world, "CheckoutErrors")
        world.run_for(20)
        _step(world, -3600.0)
        rows = world.simulator.page(world.page_id).components
        web = next(row.id for row in rows.values() if row.name == "Web")
        by_hand(world, "PATCH", f"/components/{web}", {"component": {"status": "under_maintenance"}})
        world.run_for(400)
        assert world.engine is not None
        assert world.engine.pages[0].observed.components[web].status == "under_maintenance", WEB
