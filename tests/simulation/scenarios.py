"""Scenarios that a crash is tried at every step of. Each says what happens, in virtual seconds, and what the page must show in the end whatever was killed when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bridge.core.rules import MetricRule, RuleSet, StatusLadder
from bridge.core.statuses import ComponentStatus
from bridge.simulation.network import NetworkConditions
from bridge.simulation.world import World, WorldSettings, alert
from bridge.simulator.faults import FaultKind, FaultRule
from tests.simulation.shop import (
    API,
    FOR,
    KEEP_FIRING_FOR,
    MONITOR_FOR,
    PROBE,
    SEARCH,
    WEB,
    by_hand,
    component_id,
    fire,
    resolve,
    shop_rules,
)

SETTLED = 150.0 + 120.0
"""Virtual seconds by which what a crash left open is settled: S + 120 s (I5)."""

OVER = KEEP_FIRING_FOR + MONITOR_FOR + 2 * SETTLED
"""Virtual seconds from the end of a cause until nothing of it may be left."""

Script = Callable[[World], Iterator[float]]
"""Does things to a world, and yields how many seconds pass before it does the next."""

GREEN: dict[str, str] = {API: "operational", WEB: "operational", SEARCH: "operational"}


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens, and how it must end.

    Attributes:
        name: for reports.
        script: as above.
        shown: what the components show in the end.
        ends: the last status of each incident, in order.
        notified: of how many transitions subscribers are told over all; each at most once.
        rules: the page's rules.
        settings: the world's.
    """

    name: str
    script: Script
    shown: Mapping[str, str] = field(default_factory=lambda: dict(GREEN))
    ends: tuple[str, ...] = ("resolved",)
    notified: int = 2
    rules: RuleSet = field(default_factory=shop_rules)
    settings: WorldSettings = field(default_factory=lambda: WorldSettings(probes=(PROBE,)))


def outage(world: World) -> Iterator[float]:
    """An alert and a probe see the same outage, and its end."""
    yield 20.0
    since = fire(world, "CheckoutErrors")
    world.services[PROBE.check.url] = 503
    yield FOR + SETTLED
    resolve(world, "CheckoutErrors", since)
    world.services[PROBE.check.url] = 200
    yield OVER


def lone_component(world: World) -> Iterator[float]:
    """A component without an incident goes red and green again."""
    yield 20.0
    since = fire(world, "SearchErrors")
    yield FOR + SETTLED
    resolve(world, "SearchErrors", since)
    yield OVER


def return_while_monitored(world: World) -> Iterator[float]:
    """What recovered breaks again before it is resolved."""
    yield 20.0
    since = fire(world, "CheckoutErrors")
    yield FOR + SETTLED
    resolve(world, "CheckoutErrors", since)
    yield KEEP_FIRING_FOR + 60.0
    since = fire(world, "CheckoutErrors")
    yield FOR + SETTLED
    resolve(world, "CheckoutErrors", since)
    yield OVER


def two_episodes(world: World) -> Iterator[float]:
    """The same thing breaks again after its incident was resolved."""
    for _ in range(2):
        yield 20.0
        since = fire(world, "CheckoutErrors")
        yield FOR + SETTLED
        resolve(world, "CheckoutErrors", since)
        yield OVER


def flaps(world: World) -> Iterator[float]:
    """Five flaps that nobody may ever read about."""
    for _ in range(5):
        yield 20.0
        since = fire(world, "CheckoutErrors")
        yield FOR / 2
        resolve(world, "CheckoutErrors", since)
        yield 200.0


def escalation(world: World) -> Iterator[float]:
    """A warning becomes critical, and ends."""
    yield 20.0
    since = world.now()
    world.send_alerts([alert("CheckoutErrors", firing=True, since=since, severity="warning")])
    yield FOR + SETTLED
    world.send_alerts([alert("CheckoutErrors", firing=True, since=since, severity="critical")])
    yield FOR + SETTLED
    ended = world.now()
    world.send_alerts(
        [
            alert("CheckoutErrors", firing=False, since=since, until=ended, severity=severity)
            for severity in ("warning", "critical")
        ]
    )
    yield OVER


def joining(world: World) -> Iterator[float]:
    """A second component joins an open incident."""
    yield 20.0
    since = fire(world, "CheckoutErrors")
    yield FOR + SETTLED
    world.services[PROBE.check.url] = 503
    yield FOR + SETTLED
    resolve(world, "CheckoutErrors", since)
    world.services[PROBE.check.url] = 200
    yield OVER


def metric_points(world: World) -> Iterator[float]:
    """Points go on through an outage."""
    yield from outage(world)


def lost_create(world: World) -> Iterator[float]:
    """The incident is created, and the answer never comes."""
    with_faults(world, FaultRule(kind=FaultKind.ANSWER_LOST, method="POST", times=1))
    yield from outage(world)


def late_create(world: World) -> Iterator[float]:
    """The incident is created two minutes after everybody gave up."""
    with_faults(world, FaultRule(kind=FaultKind.LATE, method="POST", seconds=(120.0, 140.0), times=1))
    yield from outage(world)


def lost_updates(world: World) -> Iterator[float]:
    """The answers of the first updates of the incident never come."""
    with_faults(
        world,
        FaultRule(
            kind=FaultKind.ANSWER_LOST,
            method="PATCH",
            path="/pages/{page_id}/incidents/{incident_id}",
            times=2,
        ),
    )
    yield from outage(world)


def person_at_the_component(world: World) -> Iterator[float]:
    """A person sets a component while it is claimed: theirs it stays."""
    yield 20.0
    since = fire(world, "SearchErrors")
    yield FOR + SETTLED
    path = f"/components/{component_id(world, SEARCH)}"
    by_hand(world, "PATCH", path, {"component": {"status": "degraded_performance"}})
    yield SETTLED
    resolve(world, "SearchErrors", since)
    yield OVER


def with_faults(world: World, *rules: FaultRule) -> None:
    """From now on the network does this."""
    world.network.conditions = NetworkConditions(latency=world.network.conditions.latency, faults=rules)


def _ladder_rules() -> RuleSet:
    rules = shop_rules()
    ladder = StatusLadder(
        "severity", (("warning", ComponentStatus.PARTIAL_OUTAGE), ("critical", ComponentStatus.MAJOR_OUTAGE))
    )
    first, *others = rules.components
    return replace(rules, components=(replace(first, status=ladder), *others))


SCENARIOS = (
    Scenario("outage", outage),
    Scenario("lone component", lone_component, ends=(), notified=0),
    Scenario("return while monitored", return_while_monitored),
    Scenario("two episodes", two_episodes, ends=("resolved", "resolved"), notified=4),
    Scenario("flaps", flaps, ends=(), notified=0),
    Scenario("escalation", escalation, rules=_ladder_rules(), notified=3),
    Scenario("joining", joining),
    Scenario(
        "metric points",
        metric_points,
        rules=replace(shop_rules(), metrics=(MetricRule("Latency", PROBE.latency),)),
        settings=WorldSettings(probes=(PROBE,), metrics=("Latency",)),
    ),
    Scenario("lost create", lost_create),
    Scenario("late create", late_create),
    Scenario("lost updates", lost_updates),
    Scenario(
        "a person at the component",
        person_at_the_component,
        shown={**GREEN, SEARCH: "degraded_performance"},
        ends=(),
        notified=0,
    ),
)
