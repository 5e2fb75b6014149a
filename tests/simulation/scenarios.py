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


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take, in virtual seconds.

    Attributes:
        hold: `for` of each rule.
        keep: `keep_firing_for`.
        monitor: `monitor_for`.
        settle: S.
        slack: beyond S until what a crash left open is settled.
        late: how late a late write is applied: after its client gave up, and before its deadline and S have passed.
    """

    hold: float
    keep: float
    monitor: float
    settle: float
    slack: float
    late: tuple[float, float]

    @property
    def settled(self) -> float:
        """By when what a crash left open is settled: S + 120 s (I5)."""
        return self.settle + self.slack

    @property
    def over(self) -> float:
        """From the end of a cause until nothing of it may be left."""
        return self.keep + self.monitor + 2 * self.settled


FULL = Pace(FOR, KEEP_FIRING_FOR, MONITOR_FOR, settle=150.0, slack=120.0, late=(120.0, 140.0))
BRISK = Pace(15.0, 20.0, 30.0, settle=20.0, slack=80.0, late=(35.0, 45.0))
"""The same with less waiting in between: as many of the steps that matter among a quarter of the steps."""

Script = Callable[[World, Pace], Iterator[float]]
"""Does things to a world, and yields how many seconds pass before it does the next."""

GREEN: dict[str, str] = {API: "operational", WEB: "operational", SEARCH: "operational"}


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens, and how it must end.

    Attributes:
        name: for reports.
        script: as above.
        pace: how long things take in it.
        shown: what the components show in the end.
        ends: the last status of each incident, in order.
        notified: of how many transitions subscribers are told over all; each at most once.
        rules: the page's rules.
        settings: the world's.
    """

    name: str
    script: Script
    pace: Pace = FULL
    shown: Mapping[str, str] = field(default_factory=lambda: dict(GREEN))
    ends: tuple[str, ...] = ("resolved",)
    notified: int = 2
    rules: RuleSet = field(default_factory=shop_rules)
    settings: WorldSettings = field(default_factory=lambda: WorldSettings(probes=(PROBE,)))

    def at(self, pace: Pace) -> Scenario:
        """The same at another pace."""
        rules = replace(
            self.rules,
            components=tuple(
                replace(rule, for_=pace.hold, keep_firing_for=pace.keep) for rule in self.rules.components
            ),
            incidents=tuple(replace(rule, monitor_for=pace.monitor) for rule in self.rules.incidents),
        )
        plan = replace(self.settings.plan, settle_for=pace.settle)
        return replace(self, pace=pace, rules=rules, settings=replace(self.settings, plan=plan))


def outage(world: World, pace: Pace) -> Iterator[float]:
    """An alert and a probe see the same outage, and its end."""
    yield 20.0
    since = fire(world, "CheckoutErrors")
    world.services[PROBE.check.url] = 503
    yield pace.hold + pace.settled
    resolve(world, "CheckoutErrors", since)
    world.services[PROBE.check.url] = 200
    yield pace.over


def lone_component(world: World, pace: Pace) -> Iterator[float]:
    """A component without an incident goes red and green again."""
    yield 20.0
    since = fire(world, "SearchErrors")
    yield pace.hold + pace.settled
    resolve(world, "SearchErrors", since)
    yield pace.over


def return_while_monitored(world: World, pace: Pace) -> Iterator[float]:
    """What recovered breaks again before it is resolved."""
    yield 20.0
    since = fire(world, "CheckoutErrors")
    yield pace.hold + pace.settled
    resolve(world, "CheckoutErrors", since)
    yield pace.keep + pace.monitor / 10
    since = fire(world, "CheckoutErrors")
    yield pace.hold + pace.settled
    resolve(world, "CheckoutErrors", since)
    yield pace.over


def two_episodes(world: World, pace: Pace) -> Iterator[float]:
    """The same thing breaks again after its incident was resolved."""
    for _ in range(2):
        yield 20.0
        since = fire(world, "CheckoutErrors")
        yield pace.hold + pace.settled
        resolve(world, "CheckoutErrors", since)
        yield pace.over


def flaps(world: World, pace: Pace) -> Iterator[float]:
    """Five flaps that nobody may ever read about."""
    for _ in range(5):
        yield 20.0
        since = fire(world, "CheckoutErrors")
        yield pace.hold / 2
        resolve(world, "CheckoutErrors", since)
        yield pace.keep * 2 / 3


def escalation(world: World, pace: Pace) -> Iterator[float]:
    """A warning becomes critical, and ends."""
    yield 20.0
    since = world.now()
    world.send_alerts([alert("CheckoutErrors", firing=True, since=since, severity="warning")])
    yield pace.hold + pace.settled
    world.send_alerts([alert("CheckoutErrors", firing=True, since=since, severity="critical")])
    yield pace.hold + pace.settled
    ended = world.now()
    world.send_alerts(
        [
            alert("CheckoutErrors", firing=False, since=since, until=ended, severity=severity)
            for severity in ("warning", "critical")
        ]
    )
    yield pace.over


def joining(world: World, pace: Pace) -> Iterator[float]:
    """A second component joins an open incident."""
    yield 20.0
    since = fire(world, "CheckoutErrors")
    yield pace.hold + pace.settled
    world.services[PROBE.check.url] = 503
    yield pace.hold + pace.settled
    resolve(world, "CheckoutErrors", since)
    world.services[PROBE.check.url] = 200
    yield pace.over


def metric_points(world: World, pace: Pace) -> Iterator[float]:
    """Points go on through an outage."""
    yield from outage(world, pace)


def lost_create(world: World, pace: Pace) -> Iterator[float]:
    """The incident is created, and the answer never comes."""
    with_faults(world, FaultRule(kind=FaultKind.ANSWER_LOST, method="POST", times=1))
    yield from outage(world, pace)


def late_create(world: World, pace: Pace) -> Iterator[float]:
    """The incident is created two minutes after everybody gave up."""
    with_faults(world, FaultRule(kind=FaultKind.LATE, method="POST", seconds=pace.late, times=1))
    yield from outage(world, pace)


def lost_updates(world: World, pace: Pace) -> Iterator[float]:
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
    yield from outage(world, pace)


def person_at_the_component(world: World, pace: Pace) -> Iterator[float]:
    """A person sets a component while it is claimed: theirs it stays."""
    yield 20.0
    since = fire(world, "SearchErrors")
    yield pace.hold + pace.settled
    path = f"/components/{component_id(world, SEARCH)}"
    by_hand(world, "PATCH", path, {"component": {"status": "degraded_performance"}})
    yield pace.settled
    resolve(world, "SearchErrors", since)
    yield pace.over


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
    Scenario("escalation", escalation, rules=_ladder_rules(), notified=3),
    Scenario("lost create", lost_create),
    Scenario("late create", late_create),
    Scenario("lost updates", lost_updates),
    Scenario("return while monitored", return_while_monitored),
    Scenario("two episodes", two_episodes, ends=("resolved", "resolved"), notified=4),
    Scenario("joining", joining),
    Scenario("lone component", lone_component, ends=(), notified=0),
    Scenario("flaps", flaps, ends=(), notified=0),
    Scenario(
        "metric points",
        metric_points,
        rules=replace(shop_rules(), metrics=(MetricRule("Latency", PROBE.latency),)),
        settings=WorldSettings(probes=(PROBE,), metrics=("Latency",)),
    ),
    Scenario(
        "a person at the component",
        person_at_the_component,
        shown={**GREEN, SEARCH: "degraded_performance"},
        ends=(),
        notified=0,
    ),
)
"""CI takes the first of them: those with the most that can be lost."""
