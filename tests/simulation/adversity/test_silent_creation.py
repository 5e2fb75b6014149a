"""The option for pages with many subscribers: an incident is created without a mail, seen to be alone, and then announced, once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.page import PlanSettings
from bridge.simulation.network import NetworkConditions
from bridge.simulation.world import WorldSettings, alert
from bridge.simulator.faults import FaultKind, FaultRule
from bridge.simulator.options import MetadataInLists, MetadataPatch, Options
from tests.simulation.adversity.interference import S, answered, is_write, prompt_rules, rehearsed
from tests.simulation.crashes import play
from tests.simulation.judge import violations
from tests.simulation.scenarios import Pace, Scenario, outage, with_faults
from tests.simulation.shop import (
    API,
    PROBE,
    by_hand,
    fire,
    incident_id,
    notified,
    resolve,
    status,
    updates,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

A_LITTLE = 10.0
PLAN = PlanSettings(create_silently=True)
SILENTLY = WorldSettings(plan=PLAN)
PROBED = WorldSettings(plan=PLAN, probes=(PROBE,))


def lost_create(world: World, pace: Pace) -> Iterator[float]:
    """The silent create is applied, and its answer never comes."""
    with_faults(world, FaultRule(kind=FaultKind.ANSWER_LOST, method="POST", times=1))
    yield from outage(world, pace)


def late_create(world: World, pace: Pace) -> Iterator[float]:
    """The silent create is applied two minutes after everybody gave up."""
    with_faults(world, FaultRule(kind=FaultKind.LATE, method="POST", seconds=(120.0, 140.0), times=1))
    yield from outage(world, pace)


def lost_announcement(world: World, pace: Pace) -> Iterator[float]:
    """The announcement is applied, and its answer never comes."""
    with_faults(
        world,
        FaultRule(
            kind=FaultKind.ANSWER_LOST,
            method="PATCH",
            path="/pages/{page_id}/incidents/{incident_id}",
            times=1,
        ),
    )
    yield from outage(world, pace)


SCENARIOS = (
    Scenario("silent create", outage, settings=PROBED),
    Scenario("silent create, lost", lost_create, settings=PROBED),
    Scenario("silent create, late", late_create, settings=PROBED),
    Scenario("announcement, lost", lost_announcement, settings=PROBED),
    Scenario(
        "silent create, lists that hide metadata",
        outage,
        settings=replace(PROBED, options=Options(metadata_in_lists=MetadataInLists.EMPTY)),
    ),
)

CRASHES = 12
FIRST_MINUTES = 100
"""Steps from the alert to the announcement are few: they are taken closer than the rest."""


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_crash_at_any_step_of_a_silent_creation_announces_it_once(scenario: Scenario) -> None:
    whole = play(scenario, 1)
    assert whole.found == ()
    every = whole.steps // CRASHES
    runs = {step: play(scenario, 1, crash_at=step) for step in range(every // 2, whole.steps, every)}
    assert {step: run.found for step, run in runs.items() if run.found} == {}


def _outage_that_is_short(world: World, _pace: Pace) -> Iterator[float]:
    yield 5.0
    since = fire(world, "CheckoutErrors")
    yield 15.0
    yield 600.0
    resolve(world, "CheckoutErrors", since)
    yield 900.0


def test_a_crash_at_every_third_step_from_the_alert_to_the_announcement_announces_it_once() -> None:
    scenario = Scenario(
        "silent create, at once", _outage_that_is_short, rules=prompt_rules(), settings=SILENTLY
    )
    steps: list[int] = []

    def marked(world: World, pace: Pace) -> Iterator[float]:
        for seconds in _outage_that_is_short(world, pace):
            steps.append(world.loop.steps)
            yield seconds

    assert play(replace(scenario, script=marked), 1).found == ()
    begun, announced = steps[1], steps[2]
    assert announced - begun > 50
    runs = {step: play(scenario, 1, crash_at=step) for step in range(begun, announced + 10, 3)}
    assert {step: run.found for step, run in runs.items() if run.found} == {}


def test_it_is_announced_within_seconds_and_by_one_mail() -> None:
    with rehearsed(prompt_rules(), SILENTLY) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        assert updates(world) == [["investigating", "investigating"]]
        assert notified(world) == ["investigating"]
        (incident,) = world.simulator.incidents(world.page_id)
        assert [update.deliver_notifications for update in incident.updates] == [False, True]


@pytest.mark.parametrize("metadata", list(MetadataPatch))
def test_what_ends_before_it_is_announced_is_never_mailed(metadata: MetadataPatch) -> None:
    """The page refuses the announcement for a while; when it takes it again, there is nothing to announce."""
    settings = replace(SILENTLY, options=Options(metadata_patch=metadata))
    with rehearsed(prompt_rules(), settings) as (world, network):

        async def refuse(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            busy = request.method == "PATCH" and "/incidents/" in request.path
            return answered(420, {"error": "slow"}, **{"Retry-After": "5"}) if busy else None

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(refuse)
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        resolve(world, "CheckoutErrors", since)
        world.run_for(5)
        network.hooks.clear()
        world.run_for(1200)
        assert updates(world) == [["investigating", "monitoring", "resolved"]]
        assert notified(world) == []
        assert status(world, API) == "operational"


def test_an_incident_that_another_hand_made_first_with_our_key_keeps_ours_unannounced() -> None:
    """A second daemon with the same secret created one while our create was on its way."""
    with rehearsed(prompt_rules(), SILENTLY) as (world, network):
        made: list[str] = []

        async def twice(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            if is_write(request, "/incidents") and not made:
                made.append(request.path)
                network.handle(request)
                await_a_second()
                return network.handle(request)
            return None

        def await_a_second() -> None:
            (first,) = world.simulator.incidents(world.page_id)
            first.created_at -= 2.0
            first.touch(world.now())

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(twice)
        fire(world, "CheckoutErrors")
        world.run_for(2 * S - 60)
        assert notified(world) == []
        world.run_for(600)
        assert notified(world) == ["investigating"]
        assert [told[-1] for told in updates(world)] == ["investigating", "resolved"]


def test_an_empty_store_announces_what_it_finds_unannounced_once_its_cause_is_reported() -> None:
    with rehearsed(prompt_rules(), SILENTLY) as (world, network):

        async def lose(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            if request.method == "PATCH" and "/incidents/" in request.path:
                return await network.drop(request, timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(lose)
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        world.crash()
        world.lose_the_disk()
        network.hooks.clear()
        world.start()
        world.run_for(200)
        assert notified(world) == []
        world.send_alerts([alert("CheckoutErrors", firing=True, since=since)])
        world.run_for(60)
        assert notified(world) == ["investigating"]
        assert violations(world) == []


def test_on_a_page_that_mails_nothing_after_a_silent_create_nobody_is_told() -> None:
    """Why it is an option: nobody has recorded what the real page does."""
    settings = replace(SILENTLY, options=Options(notify_after_silent_create=False))
    with rehearsed(prompt_rules(), settings) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        resolve(world, "CheckoutErrors", since)
        world.run_for(600)
        assert updates(world) == [["investigating", "investigating", "monitoring", "resolved"]]
        assert notified(world) == []


def test_a_silent_incident_that_a_person_took_over_is_not_announced() -> None:
    with rehearsed(prompt_rules(), SILENTLY) as (world, network):

        async def refuse(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            busy = request.method == "PATCH" and "/incidents/" in request.path
            return answered(500, {"error": "oops"}) if busy else None

        world.start()
        world.run_for(A_LITTLE)
        network.hooks.append(refuse)
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        said = {"incident": {"status": "identified", "body": "We know.", "deliver_notifications": False}}
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", said)
        network.hooks.clear()
        world.run_for(1800)
        assert updates(world) == [["investigating", "identified"]]
        assert notified(world) == []


def test_bad_network_throughout_announces_each_once() -> None:
    bad = NetworkConditions(
        faults=(
            FaultRule(kind=FaultKind.ANSWER_LOST, share=0.1),
            FaultRule(kind=FaultKind.LATE, share=0.05, seconds=(1.0, 140.0)),
        )
    )
    with rehearsed(prompt_rules(), replace(SILENTLY, conditions=bad)) as (world, _):
        world.start()
        for _ in range(3):
            world.run_for(100)
            since = fire(world, "CheckoutErrors")
            world.run_for(3 * S)
            resolve(world, "CheckoutErrors", since)
            world.run_for(4 * S + 300)
        assert violations(world) == []
        assert {told[-1] for told in updates(world)} == {"resolved"}
        assert sum(one == "investigating" for one in notified(world)) == len(updates(world)) == 3
