"""What changed alerts cost where rules count: shares of a population, steps, and conditions combined by name, among a hundred thousand active alerts."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle

from benchmarks.figures import Figure, Growth, duration
from benchmarks.timing import costs_of
from bridge.core.conditions import (
    Combination,
    Combined,
    Comparison,
    Condition,
    Expression,
    Population,
    Threshold,
)
from bridge.core.matching import parse_matchers
from bridge.core.public_labels import PublicLabel
from bridge.core.rules import (
    ComponentName,
    ComponentRule,
    CountLadder,
    IncidentRule,
    IncidentRuleId,
    LowerAt,
    RuleId,
    RuleSet,
)
from bridge.core.signals import Labels, Signal, SignalState
from bridge.core.silences import Silence
from bridge.core.state import State
from bridge.core.statuses import Automation, ComponentStatus
from bridge.core.step import step
from bridge.core.windows import Span

NOW = 1_790_000_000.0
SIGNALS = 100_000
SIZES = (100, 300, 1000)
CHANGED = 100
COVERED = 10
"""Components of one incident rule."""
ZONES = tuple(f"zone-{number}" for number in range(10))
POPULATION = Population("zone", frozenset(ZONES))
STEPS = CountLadder(
    (
        (3, ComponentStatus.DEGRADED_PERFORMANCE),
        (6, ComponentStatus.PARTIAL_OUTAGE),
        (10, ComponentStatus.MAJOR_OUTAGE),
    )
)


def changed_alerts() -> Figure:
    """A hundred alerts resolve, and fire again, among a hundred thousand that fire."""
    benches = [_Bench(size, SIGNALS, counting=True) for size in SIZES]
    plain = _Bench(SIZES[-1], SIGNALS, counting=False)
    *costs, floor = costs_of(*(bench.change for bench in (*benches, plain)))
    return Figure(
        operation="step: 100 changed alerts, 1,000 rules that count and combine, 100,000 active",
        seconds=costs[-1],
        floor="the same over rules of one alert",
        floor_seconds=floor,
        most=4.0,
        growth=Growth("100 to 1,000 rules", costs[-1] / costs[0], most=2.0),
        note="100, 300, 1,000 rules: " + "; ".join(duration(cost) for cost in costs),
    )


def changed_alerts_and_everything() -> Figure:
    """The same with all that rules can say: thresholds, causes, public labels and annotations, `lower_at: resolved`, silences that last."""
    benches = [_Bench(size, SIGNALS, counting=True, everything=True) for size in SIZES]
    plain = _Bench(SIZES[-1], SIGNALS, counting=False)
    *costs, floor = costs_of(*(bench.change for bench in (*benches, plain)))
    return Figure(
        operation="step: 100 changed alerts, 1,000 rules with every capability, 100,000 active",
        seconds=costs[-1],
        floor="the same over rules of one alert",
        floor_seconds=floor,
        most=6.0,
        growth=Growth("100 to 1,000 rules", costs[-1] / costs[0], most=2.0),
        note="100, 300, 1,000 rules: " + "; ".join(duration(cost) for cost in costs),
    )


def alerts_of_one_rule() -> Figure:
    """The same where the alerts are few or many for the same rules: what counting must not depend on."""
    few, many = (_Bench(CHANGED, signals, counting=True) for signals in (SIGNALS // 10, SIGNALS))
    plain = _Bench(CHANGED, SIGNALS, counting=False)
    few_seconds, seconds, floor = costs_of(few.change, many.change, plain.change)
    return Figure(
        operation="step: 100 changed alerts, 100 rules of 1,000 active alerts each",
        seconds=seconds,
        floor="the same over rules of one alert",
        floor_seconds=floor,
        most=4.0,
        growth=Growth("100 to 1,000 alerts of a rule", seconds / few_seconds, most=2.0),
    )


def alerts_that_are_shown() -> Figure:
    """A hundred alerts of one rule, whose incident shows a label that every alert gives another value: the worst that `public_labels` can do."""
    few, many = (_Bench(1, signals, counting=False, shown=True) for signals in (SIGNALS // 10, SIGNALS))
    plain = _Bench(CHANGED, SIGNALS, counting=False)
    few_seconds, seconds, floor = costs_of(few.change, many.change, plain.change)
    return Figure(
        operation="step: 100 changed alerts, a public label of 100,000 values",
        seconds=seconds,
        floor="as many of 100 rules, without a public label",
        floor_seconds=floor,
        most=6.0,
        growth=Growth("10,000 to 100,000 values", seconds / few_seconds, most=2.5),
    )


class _Bench:
    """A page under way, on which one alert of each of a hundred rules resolves and fires by turns, a second apart."""

    def __init__(
        self, rules: int, signals: int, *, counting: bool, shown: bool = False, everything: bool = False
    ) -> None:
        self._now = NOW
        ruleset = _rules(rules, counting=counting, shown=shown)
        self._state = State(_with_everything(ruleset) if everything else ruleset)
        step(self._state, active_alerts(signals, rules), NOW)
        # The only alert of its zone that fires: each change is one of the rule's count, too.
        firing = tuple(replace(_signal(rule, rules), state=SignalState.FAILING) for rule in range(CHANGED))
        resolved = tuple(replace(signal, state=SignalState.OK) for signal in firing)
        step(self._state, firing, NOW)
        before = dict(self._state.desired.components)
        self._turns = cycle((resolved, firing))
        for same in (False, True):
            self.change()
            if shown or everything:
                if not any(memory.labels for memory in self._state.memory.incidents.values()):
                    raise AssertionError("no incident shows a value")
            elif (self._state.desired.components == before) is not same:
                raise AssertionError("what changes here does not change the page, or stays")

    def change(self) -> None:
        self._now += 1.0
        step(self._state, next(self._turns), self._now)


def _with_everything(ruleset: RuleSet) -> RuleSet:
    def slow(number: int) -> Condition:
        return Condition(parse_matchers(f'probe="{number}"'), value=Threshold(Comparison.ABOVE, 2.0))

    rules = tuple(
        replace(
            rule,
            cause="Our database has failed.",
            condition=Combined(Combination.ANY, (rule.asked, slow(number))) if number % 3 else rule.condition,
        )
        for number, rule in enumerate(ruleset.components)
    )
    incidents = tuple(
        replace(
            incident,
            lower_at=LowerAt.RESOLVED,
            public_labels=(PublicLabel("instance"), PublicLabel("summary", annotation=True)),
        )
        for incident in ruleset.incidents
    )
    silences = tuple(
        Silence(parse_matchers(f'zone="{zone}", alertname="None"'), Span(NOW - 60.0, NOW * 2), "quiet")
        for zone in ZONES[:2]
    )
    return replace(ruleset, components=rules, incidents=incidents, silences=silences)


def _asked(number: int) -> Expression:
    """Every third rule by steps of a share, by a share with something else, or by any of two shares."""
    shares = Condition(parse_matchers(f'alertname="Alert{number}"'), 6, POPULATION)
    other = Condition(parse_matchers(f'alertname="Other{number}"'), 2)
    many = Condition(parse_matchers(f'alertname="Alert{number}"'), 5)
    match number % 3:
        case 0:
            return shares
        case 1:
            return Combined(Combination.ALL, (shares, many))
        case _:
            return Combined(Combination.ANY, (other, shares))


def rules_that_count(count: int, *, for_: float = 0.0) -> RuleSet:
    """Rules of one page, each over an alert of its own, and incidents over ten components each."""
    return _rules(count, counting=True, for_=for_)


def active_alerts(count: int, rules: int) -> list[Signal]:
    """Alerts for so many rules."""
    return [_signal(number, rules) for number in range(count)]


def _rules(count: int, *, counting: bool, for_: float = 0.0, shown: bool = False) -> RuleSet:
    names = [ComponentName(f"Group {number // COVERED} / Component {number}") for number in range(count)]
    rules = tuple(
        ComponentRule(
            RuleId(name),
            name,
            parse_matchers(f'alertname="Alert{number}"' + ("" if shown else f', zone="{ZONES[0]}"')),
            STEPS if counting and number % 3 == 0 else ComponentStatus.MAJOR_OUTAGE,
            for_=for_,
            keep_firing_for=0.0,
            condition=_asked(number) if counting else None,
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
            public_labels=(PublicLabel("instance"),) if shown else (),
        )
        for first in range(0, count, COVERED)
    )
    return RuleSet("page", rules, incidents)


def _signal(number: int, rules: int) -> Signal:
    """One of the alerts. Of each rule's, zones 1 to 5 fire, the rest is far from enough; the first stands alone in zone 0."""
    alone = number < rules
    labels = Labels(
        {
            "alertname": f"Alert{number % rules}",
            "zone": ZONES[0] if alone else ZONES[1 + number // rules % 5],
            "instance": f"host-{number}",
        }
    )
    state = SignalState.OK if alone else SignalState.FAILING
    return Signal("alertmanager", labels, state, since=NOW, received_at=NOW, expires_at=NOW * 2)
