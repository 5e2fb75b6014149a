"""What changed alerts cost where a label divides an incident into many: each incident asks for its own claims, and not for those of all."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle

from benchmarks.figures import Figure, Growth, duration
from benchmarks.timing import costs_of
from bridge.core.matching import parse_matchers
from bridge.core.rules import ComponentName, ComponentRule, IncidentRule, IncidentRuleId, RuleId, RuleSet
from bridge.core.signals import Labels, Signal, SignalState
from bridge.core.state import State
from bridge.core.statuses import Automation, ComponentStatus
from bridge.core.step import step

NOW = 1_790_000_000.0
COMPONENTS = 10
GROUPS = (10, 100, 1000)
CHANGED = 100


def alerts_of_many_groups() -> Figure:
    """A hundred alerts resolve, and fire again, in incidents of a hundred tenants and of a thousand."""
    benches = [_Bench(groups) for groups in GROUPS]
    floor, few, many = costs_of(*(bench.change for bench in benches))
    return Figure(
        operation="step: 100 changed alerts, an incident over 10 components for each of 1,000 groups",
        seconds=many,
        floor="the same of 10 groups",
        floor_seconds=floor,
        most=4.0,
        growth=Growth("100 to 1,000 groups", many / few, most=3.0),
        note="; ".join(
            f"{groups}: {duration(cost)}" for groups, cost in zip(GROUPS, (floor, few, many), strict=True)
        ),
    )


class _Bench:
    def __init__(self, groups: int) -> None:
        names = [ComponentName(f"Shop / {number}") for number in range(COMPONENTS)]
        rules = tuple(
            ComponentRule(
                RuleId(name),
                name,
                parse_matchers(f'alertname="Alert{number}"'),
                ComponentStatus.MAJOR_OUTAGE,
                for_=0.0,
                keep_firing_for=0.0,
                automation=Automation.FULL,
            )
            for number, name in enumerate(names)
        )
        incident = IncidentRule(
            IncidentRuleId("shop"),
            tuple(names),
            "The shop is down",
            group_by=("tenant",),
            automation=Automation.FULL,
        )
        self._state = State(RuleSet("page", rules, (incident,)))
        self._now = NOW
        firing = tuple(
            _alert(number, f"tenant-{group}") for group in range(groups) for number in range(COMPONENTS)
        )
        step(self._state, firing, NOW)
        if len(self._state.desired.incidents) != groups:
            raise AssertionError("there is not an incident for each group")
        firing = firing[:CHANGED]
        self._turns = cycle((tuple(replace(one, state=SignalState.OK) for one in firing), firing))

    def change(self) -> None:
        self._now += 1.0
        step(self._state, next(self._turns), self._now)


def _alert(number: int, tenant: str) -> Signal:
    labels = Labels({"alertname": f"Alert{number}", "tenant": tenant})
    return Signal("alertmanager", labels, SignalState.FAILING, since=NOW, received_at=NOW, expires_at=NOW * 2)
