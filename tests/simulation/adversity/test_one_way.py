"""Pages that let no incident go back (422 from monitoring to investigating), or none be opened again: the text is told, and the incident goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.core.matching import parse_matchers
from bridge.core.rules import ComponentRule, RuleId, StatusLadder
from bridge.core.statuses import Automation, ComponentStatus
from bridge.simulation.world import WorldSettings, alert
from bridge.simulator.options import Options
from tests.simulation.adversity.interference import TIMEOUT, S, answered, prompt_rules, rehearsed
from tests.simulation.judge import violations
from tests.simulation.shop import API, by_hand, fire, incident_id, notified, resolve, status, updates

if TYPE_CHECKING:
    from bridge.core.rules import RuleSet
    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

A_LITTLE = 10.0
A_WHILE = 45.0
"""Long enough for a text that is refused twice, with a pause after each."""

ONE_WAY = WorldSettings(options=Options(going_backwards=False, reopening=False))


def patient(rules: RuleSet) -> RuleSet:
    """Incidents that stay in monitoring for ten minutes."""
    return replace(rules, incidents=tuple(replace(rule, monitor_for=600.0) for rule in rules.incidents))


def texts(world: World) -> list[tuple[str, str]]:
    """Status and first words of each update of the only incident."""
    (incident,) = world.simulator.incidents(world.page_id)
    return [(str(update.status), update.body) for update in incident.updates]


def refusals(world: World) -> int:
    return sum(arrival.status == 422 for arrival in world.simulator.arrivals)


@pytest.mark.parametrize("restarted", [False, True])
def test_a_return_is_told_as_a_text_and_the_incident_ends_as_any_other(*, restarted: bool) -> None:
    rules = patient(prompt_rules())
    (rule,) = rules.incidents
    with rehearsed(rules, ONE_WAY) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(A_WHILE)
        resolve(world, "CheckoutErrors", since)
        world.run_for(A_WHILE)
        since = fire(world, "CheckoutErrors")
        world.run_for(A_WHILE)
        assert status(world, API) == "major_outage"
        if restarted:
            world.crash()
            world.start()
        world.run_for(900)
        assert [told for told, _ in texts(world)] == ["investigating", "monitoring", "monitoring"]
        assert texts(world)[2][1] == rule.texts.returned.replace("{components}", API)
        assert refusals(world) == 2
        resolve(world, "CheckoutErrors", since)
        world.run_for(900)
        assert [told for told, _ in texts(world)] == ["investigating", *["monitoring"] * 3, "resolved"]
        assert texts(world)[3][1] == texts(world)[1][1]
        assert notified(world) == ["investigating", "resolved"]
        assert status(world, API) == "operational"
        assert refusals(world) == 2
        assert violations(world) == []


def test_a_second_return_is_not_tried_against_the_pages_will_again() -> None:
    with rehearsed(patient(prompt_rules()), ONE_WAY) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        for _ in range(3):
            since = fire(world, "CheckoutErrors")
            world.run_for(A_WHILE)
            resolve(world, "CheckoutErrors", since)
            world.run_for(A_WHILE)
        world.run_for(900)
        told = [word for word, _ in texts(world)]
        assert told == ["investigating", *["monitoring"] * 5, "resolved"]
        assert refusals(world) == 2


def _ladder() -> RuleSet:
    ladder = ComponentRule(
        RuleId("api"),
        API,
        parse_matchers('alertname="CheckoutErrors"'),
        StatusLadder(
            "severity",
            (("warning", ComponentStatus.PARTIAL_OUTAGE), ("critical", ComponentStatus.MAJOR_OUTAGE)),
        ),
        for_=0.0,
        keep_firing_for=0.0,
        automation=Automation.FULL,
    )
    rules = patient(prompt_rules())
    return replace(rules, components=(ladder, *rules.components[1:]))


@pytest.mark.parametrize("first", ["warning", "critical"])
def test_what_returns_and_grows_is_announced_all_the_same(first: str) -> None:
    """It returns as bad as it was and grows then, or returns worse at once."""
    with rehearsed(_ladder(), ONE_WAY) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        since = world.now()
        world.send_alerts([alert("CheckoutErrors", firing=True, since=since, severity="warning")])
        world.run_for(A_WHILE)
        world.send_alerts(
            [alert("CheckoutErrors", firing=False, since=since, until=world.now(), severity="warning")]
        )
        world.run_for(A_WHILE)
        began = {}
        for severity in dict.fromkeys((first, "critical")):
            began[severity] = world.now()
            world.send_alerts(
                [alert("CheckoutErrors", firing=True, since=began[severity], severity=severity)]
            )
            world.run_for(A_WHILE)
        assert status(world, API) == "major_outage"
        assert notified(world) == ["investigating", "monitoring"]
        for severity, at in began.items():
            ended = alert("CheckoutErrors", firing=False, since=at, until=world.now(), severity=severity)
            world.send_alerts([ended])
        world.run_for(900)
        assert notified(world) == ["investigating", "monitoring", "resolved"]
        assert [word for word, _ in texts(world)][-2:] == ["monitoring", "resolved"]
        assert violations(world) == []


def test_a_text_that_is_refused_too_is_sent_twice_and_the_end_is_told() -> None:
    with rehearsed(patient(prompt_rules()), ONE_WAY) as (world, network):
        refused: list[str] = []

        async def refuse(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109, ARG001
            if (
                request.method == "PATCH"
                and "/incidents/" in request.path
                and b"resolved" not in request.body
            ):
                refused.append(request.path)
                return answered(422, {"error": "no"})
            return None

        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(A_WHILE)
        resolve(world, "CheckoutErrors", since)
        world.run_for(A_WHILE)
        network.hooks.append(refuse)
        since = fire(world, "CheckoutErrors")
        world.run_for(1800)
        # With and without the component's status on it, which is told by itself in the end.
        assert 4 <= len(refused) <= 8
        assert status(world, API) == "major_outage"
        resolve(world, "CheckoutErrors", since)
        world.run_for(1800)
        assert updates(world) == [["investigating", "monitoring", "resolved"]]


@pytest.mark.parametrize("after", [0.1, 100.0, 178.0, 1e7])
def test_a_text_whose_answer_was_lost_is_told_once(after: float) -> None:
    with rehearsed(patient(prompt_rules()), ONE_WAY) as (world, network):
        seen: list[str] = []

        async def late(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
            text = (
                request.method == "PATCH" and "/incidents/" in request.path and b"monitoring" in request.body
            )
            if text and not seen:
                seen.append(request.path)
                return await network.apply_late(request, after, timeout)
            return None

        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(A_WHILE)
        resolve(world, "CheckoutErrors", since)
        world.run_for(A_WHILE)
        network.hooks.append(late)
        since = fire(world, "CheckoutErrors")
        world.run_for(TIMEOUT + 2 * S + 120)
        assert seen
        assert [word for word, _ in texts(world)] == ["investigating", "monitoring", "monitoring"]
        resolve(world, "CheckoutErrors", since)
        world.run_for(900)
        assert updates(world)[0][-1] == "resolved"
        assert violations(world) == []


def test_an_outage_after_a_person_resolved_is_told_in_an_incident_of_its_own() -> None:
    with rehearsed(prompt_rules(), ONE_WAY) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        done = {"incident": {"status": "resolved", "body": "Fixed."}}
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", done)
        world.run_for(2 * S + 200)
        resolve(world, "CheckoutErrors", since)
        world.run_for(200)
        since = fire(world, "CheckoutErrors")
        world.run_for(60)
        resolve(world, "CheckoutErrors", since)
        world.run_for(600)
        assert updates(world) == [["investigating", "resolved"], ["investigating", "monitoring", "resolved"]]


@pytest.mark.parametrize("gap", [5.0, 60.0, 200.0])
def test_an_outage_that_returns_soon_after_a_person_resolved_is_told_in_the_end(gap: float) -> None:
    """Within 2·S of our write nothing is taken for a person's yet, and what is sent meanwhile is refused."""
    with rehearsed(prompt_rules(), ONE_WAY) as (world, _):
        world.start()
        world.run_for(A_LITTLE)
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        done = {"incident": {"status": "resolved", "body": "Fixed."}}
        by_hand(world, "PATCH", f"/incidents/{incident_id(world)}", done)
        world.run_for(gap)
        resolve(world, "CheckoutErrors", since)
        world.run_for(gap)
        since = fire(world, "CheckoutErrors")
        world.run_for(2 * S + 300)
        assert len(updates(world)) == 2
