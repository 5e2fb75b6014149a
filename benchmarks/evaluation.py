"""What one changed alert costs: the incremental step, against the full evaluation that is its oracle."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle

from benchmarks.figures import Figure, Growth, duration
from benchmarks.timing import cost_of_one, costs_of
from bridge.core.desired import Memory
from bridge.core.evaluation import evaluate
from bridge.core.matching import Matchers, parse_matchers
from bridge.core.rules import (
    ComponentName,
    ComponentRule,
    IncidentRule,
    IncidentRuleId,
    RuleId,
    RuleSet,
    StatusLadder,
)
from bridge.core.signals import Labels, Signal, SignalState
from bridge.core.state import State
from bridge.core.statuses import Automation, ComponentStatus
from bridge.core.step import step

NOW = 1_790_000_000.0
FOREVER = NOW * 2
SIGNALS = 10_000
SIZES = (100, 300, 1000)
FAILING_EVERY = 97
INDEXED = 'alertname="Alert{}", severity=~"warning|critical"'
UNINDEXED = 'alertname=~"Alert{}"'
COVERED = 10
"""Components of one incident rule."""
LADDER = StatusLadder(
    "severity", (("warning", ComponentStatus.PARTIAL_OUTAGE), ("critical", ComponentStatus.MAJOR_OUTAGE))
)


def one_changed_alert() -> Figure:
    """An alert fires, and resolves, among ten thousand: rules with an equality matcher, as nearly all have."""
    benches = [_Bench(_rules(size, INDEXED)) for size in SIZES]
    costs = costs_of(*(bench.change for bench in benches))
    full = [bench.full() for bench in benches]
    return Figure(
        operation="step: one changed alert, 1,000 rules, 10,000 signals",
        seconds=costs[-1],
        floor="evaluate everything",
        floor_seconds=full[-1],
        most=0.0001,
        growth=Growth("100 to 1,000 rules", costs[-1] / costs[0], most=2.0),
        note="100, 300, 1,000 rules: "
        + "; ".join(f"{duration(one)} of {duration(whole)}" for one, whole in zip(costs, full, strict=True)),
    )


def one_changed_alert_without_an_index() -> Figure:
    """The same where no rule has an equality matcher, so that every rule is tried: the worst that a rule file can do."""
    few, many = (_Bench(_rules(size, UNINDEXED)) for size in (SIZES[0], SIZES[-1]))
    indexed = _Bench(_rules(SIZES[-1], INDEXED))
    few_seconds, seconds, floor_seconds = costs_of(few.change, many.change, indexed.change)
    return Figure(
        operation="step: the same, where every rule is a regular expression",
        seconds=seconds,
        floor="step with the index",
        floor_seconds=floor_seconds,
        most=40.0,
        growth=Growth("100 to 1,000 rules", seconds / few_seconds, most=20.0),
    )


class _Bench:
    """A page under way, on which one alert fires and resolves by turns, a second apart."""

    def __init__(self, ruleset: RuleSet) -> None:
        self._ruleset = ruleset
        self._now = NOW
        self._signals = [_signal(number, len(ruleset.components)) for number in range(SIGNALS)]
        self._state = State(ruleset)
        step(self._state, self._signals, NOW)
        resolved = replace(self._signals[0], state=SignalState.OK)
        self._turns = cycle((replace(resolved, state=SignalState.FAILING), resolved))
        # A benchmark of a change that changes nothing would be fast and worthless.
        for claimed in (True, False):
            self.change()
            if (ruleset.components[0].component in self._state.desired.components) is not claimed:
                raise AssertionError(f"the alert {'claims nothing' if claimed else 'does not resolve'}")

    def change(self) -> None:
        self._now += 1.0
        step(self._state, (next(self._turns),), self._now)

    def full(self) -> float:
        """Seconds of one full evaluation of the same signals."""
        signals = tuple(self._state.signals.values())
        return cost_of_one(lambda: evaluate(self._ruleset, signals, Memory(), NOW))


def _rules(count: int, matchers: str) -> RuleSet:
    names = [ComponentName(f"Group {number // COVERED} / Component {number}") for number in range(count)]
    rules = tuple(
        ComponentRule(
            RuleId(name),
            name,
            _parsed(matchers, number),
            LADDER,
            for_=0.0,
            keep_firing_for=0.0,
            automation=Automation.FULL,
        )
        for number, name in enumerate(names)
    )
    incidents = tuple(
        IncidentRule(
            IncidentRuleId(f"incident-{first}"),
            tuple(names[first : first + COVERED]),
            "Something is wrong",
            automation=Automation.FULL,
        )
        for first in range(0, count, COVERED)
    )
    return RuleSet("page", rules, incidents)


def _parsed(matchers: str, number: int) -> Matchers:
    return parse_matchers(matchers.format(number))


def _signal(number: int, rules: int) -> Signal:
    """One of the alerts; the first rule's own are all resolved, so that the one that changes decides alone."""
    failing = number % FAILING_EVERY == 0 and number % rules != 0
    labels = Labels(
        {
            "alertname": f"Alert{number % rules}",
            "severity": ("warning", "critical")[number // rules % 2],
            "instance": f"host-{number}",
            "job": "shop",
        }
    )
    state = SignalState.FAILING if failing else SignalState.OK
    return Signal("alertmanager", labels, state, since=NOW, received_at=NOW, expires_at=FOREVER)
