"""Asking what would be sent now changes nothing and says what is behind each call, what waits, and for what."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bridge.core.intents import OperationId
from bridge.core.operations import PushPoints, SetComponent, WriteIncident
from bridge.core.pacing import Limits
from bridge.core.page import PlanSettings
from bridge.core.reasons import Reason
from bridge.core.rule_changes import RuleChange, StatusChange
from bridge.core.rules import MetricRule, RuleSet
from bridge.core.statuses import Automation, ComponentStatus
from bridge.engine.dry_run import _Nobody
from bridge.engine.rereading import UnreadError
from bridge.simulation.network import NetworkConditions
from bridge.simulation.world import PAGE, WorldSettings
from bridge.simulator.fault_rules import FaultKind, FaultRule
from tests.simulation.planned.asking import planned, writes
from tests.simulation.planned.states import CappedWorld, Scene, drawn_states
from tests.simulation.planned.test_plan_is_what_is_sent import Call, done, said
from tests.simulation.shop import (
    API,
    KEEP_FIRING_FOR,
    PROBE,
    SEARCH,
    by_hand,
    component_id,
    fire,
    resolve,
    shop_rules,
    status,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.simulation.world import World

SETTINGS = WorldSettings(plan=PlanSettings(blast_radius=1.0))
LONG = 400.0
"""Virtual seconds in which a rule fires and everything is told that follows."""


def begun(cap: Automation, rules: RuleSet | None = None, settings: WorldSettings = SETTINGS) -> CappedWorld:
    """A world whose daemon has read the page, under a cap."""
    world = CappedWorld(1, rules if rules is not None else shop_rules(), settings)
    world.cap_now = cap
    world.start()
    world.run_for(20.0)
    return world


def broken(cap: Automation) -> CappedWorld:
    """A world in which the checkout and the search have been broken for a while."""
    world = begun(cap)
    world.since = {name: fire(world, name) for name in ("CheckoutErrors", "SearchErrors")}
    world.run_for(LONG)
    return world


def contents(world: World) -> Iterator[object]:
    """All that is in the store."""
    stored = world.database.load()
    yield from (
        getattr(stored, name) for name in ("signals", "holds", "incidents", "intents", "guards", "drafts")
    )
    yield list(world.database.journal(limit=1_000_000))


def test_asking_sends_stores_and_logs_nothing() -> None:
    with broken(Automation.SHADOW) as world:
        engine = world.engine
        assert engine is not None
        before = list(contents(world))
        with capture_logs() as logs:
            run = engine.dry_run(PAGE, automation_max=Automation.FULL)
            plan = run.run()
        assert len(plan.calls) == 2
        assert list(contents(world)) == before
        assert [one["event"] for one in logs if not one.get("dry_run")] == []
        world.run_for(30.0)
        assert writes(world) == []
        assert list(contents(world)) == before


async def test_nothing_can_be_sent_from_a_dry_run_though_something_tried() -> None:
    operation = SetComponent("acme", "api", ComponentStatus.MAJOR_OUTAGE, Reason.CLAIMED)
    with pytest.raises(AssertionError, match="a dry run would send SetComponent"):
        await _Nobody().perform(operation, OperationId("x"), timeout=1.0)


def test_what_is_behind_a_call_is_its_claims_and_the_signals_that_fail_for_them() -> None:
    with broken(Automation.SHADOW) as world:
        plan = planned(world, automation_max=Automation.FULL)
        opening, setting = plan.calls
        assert isinstance(opening.operation, WriteIncident)
        assert (opening.operation.reason, opening.operation.notify) == (Reason.OPENED, True)
        (cause,) = opening.causes
        assert (cause.component, cause.key.rule, cause.failing) == (API, "api", 1)
        assert cause.signals[0].labels["alertname"] == "CheckoutErrors"
        assert isinstance(setting.operation, SetComponent)
        assert [one.component for one in setting.causes] == [SEARCH]


def test_what_a_person_did_a_moment_ago_is_seen_though_no_list_was_due() -> None:
    with broken(Automation.FULL) as world:
        incident = world.simulator.incidents(world.page_id)[0]
        world.run_for(330.0)
        told = {"incident": {"status": "identified", "body": "It is the cable."}}
        by_hand(world, "PATCH", f"/incidents/{incident.id}", told)
        resolve(world, "CheckoutErrors", world.since["CheckoutErrors"])
        plan = planned(world)
        assert [call.operation.reason for call in plan.calls] == []


@pytest.mark.parametrize("deed", ["resolves", "deletes"])
def test_nothing_is_planned_in_an_incident_that_a_person_ended_a_moment_ago(deed: str) -> None:
    with broken(Automation.FULL) as world:
        (incident,) = world.simulator.incidents(world.page_id)
        resolve(world, "CheckoutErrors", world.since["CheckoutErrors"])
        world.run_for(KEEP_FIRING_FOR - 20.0)
        written = writes(world)
        if deed == "resolves":
            resolved = {"incident": {"status": "resolved", "body": "It was the cable."}}
            by_hand(world, "PATCH", f"/incidents/{incident.id}", resolved)
        else:
            by_hand(world, "DELETE", f"/incidents/{incident.id}", {})
        world.run_for(20.5)  # everything has recovered now, and "monitoring" is to be told
        plan = planned(world)
        assert [call.operation for call in plan.calls if isinstance(call.operation, WriteIncident)] == []
        world.run_for(30.0)
        assert [one for one in writes(world)[len(written) :] if "incidents" in one[1]] == []


def test_points_are_planned_as_they_are_sent() -> None:
    rules = replace(shop_rules(), metrics=(MetricRule("Latency", PROBE.latency),))
    settings = replace(SETTINGS, metrics=("Latency",), probes=(PROBE,))
    with begun(Automation.SHADOW, rules, settings) as world:
        world.run_for(200.0)

        def lift(_: object) -> None:
            world.cap_now = Automation.FULL

        plan = planned(world, automation_max=Automation.FULL, then=lift)
        (call,) = [one for one in plan.calls if isinstance(one.operation, PushPoints)]
        assert isinstance(call.operation, PushPoints)
        ((_, _, points),) = call.operation.points
        assert len(points) >= 4
        world.run_for(10.0)
        assert writes(world) == [("POST", "/pages/{page_id}/metrics/data")]
        sent = world.simulator.arrivals[-1].body or {}
        ((_, values),) = sent["data"].items()
        assert [(one["timestamp"], one["value"]) for one in values] == [*points]


def test_rules_that_a_reload_would_hold_are_told_to_wait_and_what_follows_is_told() -> None:
    def milder(rules: RuleSet) -> RuleSet:
        return replace(
            rules,
            components=tuple(
                replace(one, status=ComponentStatus.DEGRADED_PERFORMANCE) for one in rules.components
            ),
        )

    with broken(Automation.FULL) as world:
        written = writes(world)
        change = RuleChange(
            tuple(
                StatusChange(f"Component {number}", ComponentStatus.MAJOR_OUTAGE, ComponentStatus.OPERATIONAL)
                for number in range(6)
            )
        )
        other = milder(world.ruleset)
        plan = planned(world, rules=(other, "0123456789ab", change))
        statuses = {
            call.operation.component_id: call.operation.status
            for call in plan.calls
            if isinstance(call.operation, SetComponent)
        }
        assert statuses == {
            component_id(world, name): ComponentStatus.DEGRADED_PERFORMANCE for name in (API, SEARCH)
        }
        (wait,) = plan.waits
        assert wait.reason is Reason.RULES_HELD
        assert "bridge confirm --page acme reload 0123456789ab" in wait.text
        world.run_for(60.0)
        assert (writes(world), status(world, API)) == (written, "major_outage")


def test_what_waits_for_something_else_is_said_and_until_when() -> None:
    with begun(Automation.FULL) as world:
        lost = (FaultRule(kind=FaultKind.ANSWER_LOST, share=1.0, method="POST"),)
        world.network.conditions = NetworkConditions(faults=lost)
        fire(world, "CheckoutErrors")
        world.run_for(130.0)
        world.network.conditions = NetworkConditions()
        world.command("pause", **{"for": "10m"})
        world.run_for(1.0)
        waits = {wait.reason: wait for wait in planned(world).waits}
        assert waits[Reason.PAUSED].until == pytest.approx(world.now() + 600.0, abs=10.0)


def test_a_page_that_cannot_be_read_has_no_plan() -> None:
    with broken(Automation.FULL) as world:
        down = (FaultRule(kind=FaultKind.STATUS_BEFORE, share=1.0, status=503),)
        world.network.conditions = NetworkConditions(faults=down)
        with pytest.raises(UnreadError, match="acme: the page could not be read anew within 60 s"):
            planned(world)


@pytest.mark.timeout(300)
def test_where_requests_are_under_way_together_the_same_is_told_to_the_same_people() -> None:
    """Then order is as answers come, a component goes by itself that would have ridden, and another incident gets the last mail of the hour."""
    states = with_calls = 0
    for number, rules, others in drawn_states(25):
        scene = Scene(number, rules, others)
        together = Limits(requests=10_000, cold_spacing=0.0, burst=1000)
        scene.world.settings, scene.latest = replace(scene.world.settings, limits=together), 0.0
        with scene.world as world:
            scene.play()
            answer = scene.ask()
            if not scene.lasts(answer):
                continue
            plan, sent = said(world, answer), done(world, answer)
        assert told(plan) == told(sent), f"state {number}"
        assert shown(plan) == shown(sent), f"state {number}"
        assert sum(call.notified for call in plan) == sum(call.notified for call in sent), f"state {number}"
        states += 1
        with_calls += bool(plan)
    assert states >= 15
    assert with_calls >= 8


def told(calls: list[Call]) -> dict[str, list[tuple[str, str]]]:
    """Status and text of each update, in order, by the identity of its incident; what is drafted or pushed beside."""
    found: dict[str, list[tuple[str, str]]] = {}
    for call in calls:
        incident = call.body.get("incident", {})
        if incident.get("status"):
            found.setdefault(incident["metadata"]["bridge"]["key"], []).append(
                (incident["status"], incident["body"])
            )
        elif "postmortem" in call.body or "data" in call.body:
            found.setdefault(call.path, []).append((call.method, ""))
    return found


def shown(calls: list[Call]) -> dict[str, str]:
    """What each component shows after the calls that set it, be it by itself or with an incident."""
    found: dict[str, str] = {}
    for call in calls:
        found.update(call.body.get("incident", {}).get("components") or {})
        if "component" in call.body:
            found[call.path.rpartition("/")[2]] = call.body["component"]["status"]
    return found


def test_a_draw_of_states_is_the_same_each_time() -> None:
    first, again = drawn_states(5), drawn_states(5)
    assert [rules for _, *rules in first] == [rules for _, *rules in again]
    assert Counter(scene.question for scene in (Scene(*one) for one in first)) == Counter(
        scene.question for scene in (Scene(*one) for one in again)
    )
