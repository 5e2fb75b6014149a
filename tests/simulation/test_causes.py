"""What readers are told of a cause: once, with its status, and through restarts, a lost store and lost answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.matching import parse_matchers
from bridge.core.rules import DEFAULT_NOTIFY, Notify, RuleId
from bridge.simulation.world import World
from tests.simulation.adversity.interference import is_write, rehearsed
from tests.simulation.shop import (
    API,
    FOR,
    KEEP_FIRING_FOR,
    MONITOR_FOR,
    by_hand,
    fire,
    incident_id,
    notified,
    resolve,
    shop_rules,
    updates,
)

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

A_LITTLE = 60.0
CAUSE = "Our database of orders has failed."
TOLD = f"We have identified the cause. {CAUSE}"


def rules_with_a_cause(notify: frozenset[Notify] = DEFAULT_NOTIFY) -> RuleSet:
    """The shop's rules; an alert about its database says the cause."""
    rules = shop_rules()
    database = replace(
        rules.components[0],
        id=RuleId("database"),
        component=API,
        matchers=parse_matchers('alertname="DatabaseDown"'),
        cause=CAUSE,
    )
    (incident,) = rules.incidents
    return replace(
        rules, components=(*rules.components, database), incidents=(replace(incident, notify=notify),)
    )


def said(world: World) -> list[tuple[str, str]]:
    """Status and body of each update of the only incident, oldest first."""
    (incident,) = world.simulator.incidents(world.page_id)
    return [(str(update.status), str(update.body)) for update in incident.updates]


def begun(world: World) -> None:
    world.start()
    world.run_for(20)


@pytest.mark.parametrize("notify", [DEFAULT_NOTIFY, frozenset({Notify.OPEN, Notify.IDENTIFY})])
def test_a_cause_is_told_when_its_rule_claims_and_the_incident_stays_identified_until_it_recovers(
    notify: frozenset[Notify],
) -> None:
    with World(21, rules_with_a_cause(notify)) as world:
        begun(world)
        errors = fire(world, "CheckoutErrors")
        world.run_for(FOR + A_LITTLE)
        database = fire(world, "DatabaseDown")
        world.run_for(FOR + A_LITTLE)
        assert [status for status, _ in said(world)] == ["investigating", "identified"]
        assert said(world)[-1] == ("identified", TOLD)
        resolve(world, "DatabaseDown", database)
        world.run_for(KEEP_FIRING_FOR + A_LITTLE)
        assert [status for status, _ in said(world)] == ["investigating", "identified"]
        resolve(world, "CheckoutErrors", errors)
        world.run_for(KEEP_FIRING_FOR + MONITOR_FOR + 2 * A_LITTLE)
        assert updates(world) == [["investigating", "identified", "monitoring", "resolved"]]
        assert ("identified" in notified(world)) is (Notify.IDENTIFY in notify)


def test_what_opens_by_its_cause_is_opened_and_then_identified_each_with_a_mail_of_its_own() -> None:
    with World(22, rules_with_a_cause(frozenset({Notify.OPEN, Notify.IDENTIFY}))) as world:
        begun(world)
        fire(world, "DatabaseDown")
        world.run_for(FOR + A_LITTLE)
        assert [status for status, _ in said(world)] == ["investigating", "identified"]
        assert notified(world) == ["investigating", "identified"]
        assert sequences(world) == [1, 2]


def sequences(world: World) -> list[int]:
    """The number of the transition in each write of an incident, in order."""
    sent = (arrival for arrival in world.simulator.arrivals if arrival.method in {"POST", "PATCH"})
    documents = (
        arrival.body["incident"] for arrival in sent if arrival.body and "/incidents" in arrival.path
    )
    return [one["metadata"]["bridge"]["sequence"] for one in documents]


def test_what_returns_by_the_same_cause_is_not_told_it_twice() -> None:
    with World(23, rules_with_a_cause()) as world:
        begun(world)
        since = fire(world, "DatabaseDown")
        world.run_for(FOR + A_LITTLE)
        resolve(world, "DatabaseDown", since)
        world.run_for(KEEP_FIRING_FOR + A_LITTLE)
        fire(world, "DatabaseDown")
        world.run_for(FOR + A_LITTLE)
        assert [status for status, _ in said(world)] == [
            "investigating",
            "identified",
            "monitoring",
            "investigating",
        ]
        assert [body for _, body in said(world)].count(TOLD) == 1


@pytest.mark.parametrize("lost", [False, True], ids=["restarted", "with an empty store"])
def test_a_daemon_that_starts_again_tells_no_cause_twice(*, lost: bool) -> None:
    with World(24, rules_with_a_cause()) as world:
        begun(world)
        since = fire(world, "DatabaseDown")
        world.run_for(FOR + A_LITTLE)
        world.crash()
        if lost:
            world.lose_the_disk()
        world.start()
        world.run_for(20)
        if lost:
            since = fire(world, "DatabaseDown")
        world.run_for(FOR + A_LITTLE)
        assert [status for status, _ in said(world)] == ["investigating", "identified"]
        resolve(world, "DatabaseDown", since)
        world.run_for(KEEP_FIRING_FOR + A_LITTLE)
        fire(world, "DatabaseDown")
        world.run_for(FOR + A_LITTLE)
        assert [body for _, body in said(world)].count(TOLD) == 1
        assert said(world)[-1][0] == "investigating"


def test_a_person_who_sets_identified_by_hand_keeps_the_incident() -> None:
    with World(25, rules_with_a_cause()) as world:
        begun(world)
        fire(world, "CheckoutErrors")
        world.run_for(FOR + A_LITTLE)
        update = {"status": "identified", "body": "It is the disk.", "deliver_notifications": False}
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", {"incident": update})
        world.run_for(10 * A_LITTLE)
        fire(world, "DatabaseDown")
        world.run_for(FOR + 5 * A_LITTLE)
        assert [body for _, body in said(world)][1:] == ["It is the disk."]


@pytest.mark.parametrize("applied", [True, False])
def test_a_cause_whose_answer_was_lost_is_told_once(*, applied: bool) -> None:
    with rehearsed(rules_with_a_cause()) as (world, network):
        begun(world)
        fire(world, "CheckoutErrors")
        world.run_for(FOR + A_LITTLE)
        lost: list[Request] = []

        async def lose_it(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109 - as in Transport.send
            if lost or not is_write(request, f"/incidents/{incident_id(world)}", status="identified"):
                return None
            lost.append(request)
            return await (network.fail_after if applied else network.fail_before)(request, timeout)

        network.hooks.append(lose_it)
        fire(world, "DatabaseDown")
        world.run_for(FOR + 10 * A_LITTLE)
        assert [body for _, body in said(world)].count(TOLD) == 1
        assert said(world)[-1][0] == "identified"
        assert len(lost) == 1
