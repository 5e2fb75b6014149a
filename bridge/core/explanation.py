"""Why a component is as it is: from the signals over the conditions and holds of its rules to the status that is wanted, and what stands between that and the page.

Built from what evaluation and plan look at, for a person to read; nothing decides by it. Knows no wording: `bridge.core.explanation_lines` says it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.claims import HoldKey
from bridge.core.component_plan import component_changes, without_held
from bridge.core.holds import INACTIVE, HoldPhase, Truth, due_at
from bridge.core.obstacles import Obstacle, component_obstacles
from bridge.core.operations import SetComponent, WriteIncident, component_target
from bridge.core.plan import plan
from bridge.core.reasons import Reason
from bridge.core.signals import SignalState
from bridge.core.standing import overrides
from bridge.core.statuses import Automation, ComponentStatus
from bridge.core.tallies import NOTHING
from bridge.core.under_way import writes_under_way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.conditions import Threshold
    from bridge.core.desired import IncidentPlace
    from bridge.core.holds import Hold
    from bridge.core.operations import Operation
    from bridge.core.page import Page
    from bridge.core.rules import ComponentName, ComponentRule
    from bridge.core.signals import Labels, Signal
    from bridge.core.state import Instance, State
    from bridge.core.tallies import Counts, Entry
    from bridge.core.under_way import UnderWay


@dataclass(frozen=True, slots=True)
class Counted:
    """A signal that a condition counts, and for what.

    Attributes:
        signal: it.
        state: what it counts for.
        threshold: on its value; None where its source's word counts.
        why: why it is unknown, or does not count as reported yet; None where its source says so.
    """

    signal: Signal
    state: SignalState
    threshold: Threshold | None = None
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class HoldAccount:
    """One status of one rule, for one set of group labels.

    Attributes:
        rule: whose.
        status: that it claims.
        group: the group labels.
        truth: of its condition.
        hold: where it stands.
        due_at: our clock; when it moves by itself. Infinity for never.
        counted: the signals that count for it, failing and unknown ones first.
        counts: how many count, for each of its conditions.
    """

    rule: ComponentRule
    status: ComponentStatus
    group: Labels
    truth: Truth
    hold: Hold
    due_at: float
    counted: tuple[Counted, ...]
    counts: tuple[Counts, ...] = ()

    @property
    def claims(self) -> bool:
        """Whether it claims its status now, in shadow or not."""
        return self.hold.claims

    @property
    def shadow(self) -> bool:
        """Whether what it claims is never sent."""
        return self.rule.automation is Automation.SHADOW


@dataclass(frozen=True, slots=True)
class ComponentAccount:
    """A component.

    Attributes:
        name: as rule files write it.
        component_id: Statuspage's id; None where the name means none, or several.
        holds: of all of its rules that are not at rest, or whose condition is not simply false.
        at_rest: how many others there are.
        rules: how many rules are about it.
        claimed: the worst live claim, without those in shadow; operational for none.
        kept: the incidents until whose end it goes on showing something that nothing claims any more, each with that.
        wanted: as far as guards let it through, or what an operator wants instead.
        would_have: the worst claim in shadow.
        shown: what the page showed last; None where it was not read.
        obstacles: why the page is not as wanted, or would not become so; empty where nothing stands between.
        write: the status that the next plan writes, or None.
        because: why it does.
        rides: the rule of the incident in whose call that is said.
        under_way: what was begun and has not ended.
    """

    name: ComponentName
    component_id: str | None
    holds: tuple[HoldAccount, ...]
    at_rest: int
    rules: int
    claimed: ComponentStatus
    kept: tuple[tuple[IncidentPlace, ComponentStatus], ...]
    wanted: ComponentStatus
    would_have: ComponentStatus
    shown: ComponentStatus | None
    obstacles: tuple[Obstacle, ...]
    write: ComponentStatus | None
    because: Reason | None
    rides: str
    under_way: tuple[UnderWay, ...]


def explain_component(state: State, page: Page, name: ComponentName, now: float) -> ComponentAccount:
    """Why a component is as it is. Cost: all signals, once, and a plan."""
    component_id = page.component_id(name)
    names = {one for one in state.ruleset.component_names if _same(page, one, name, component_id)}
    rules = [rule for rule in state.rules.values() if rule.component in names]
    counted = _counted(state, {rule.id for rule in rules}, now)
    accounts, at_rest = [], 0
    for rule in rules:
        for account in _holds(state, rule, counted):
            if account.hold.phase is HoldPhase.INACTIVE and account.truth is Truth.FALSE:
                at_rest += 1
            else:
                accounts.append(account)
    observed = page.observed.components.get(component_id or "")
    shown = observed.status if observed is not None else None
    wanted = state.desired.components.get(name, ComponentStatus.OPERATIONAL)
    wanted = overrides(page).get(component_id or "", wanted)
    changes = without_held(page, component_changes(page, now))
    change = changes.get(component_id or "")
    if change is not None and page.automation_max is Automation.SHADOW:
        change = None
    return ComponentAccount(
        name,
        component_id,
        tuple(accounts),
        at_rest,
        len(rules),
        state.claimed.get(name, ComponentStatus.OPERATIONAL),
        tuple(_kept(state, name)),
        wanted,
        state.desired.would_have.get(name, ComponentStatus.OPERATIONAL),
        shown,
        tuple(dict.fromkeys(_obstacles(state, page, name, wanted, shown=shown, ready=change, now=now))),
        change.status if change is not None else None,
        change.reason if change is not None else None,
        _rides(page, change.component_id, now) if change is not None else "",
        tuple(writes_under_way(page, component_target(component_id))) if component_id is not None else (),
    )


def _same(page: Page, one: ComponentName, name: ComponentName, component_id: str | None) -> bool:
    """Whether a rule's component is the one that is asked about, maybe by another of its names."""
    return one == name or (component_id is not None and page.component_id(one) == component_id)


def _obstacles(
    state: State,
    page: Page,
    name: ComponentName,
    wanted: ComponentStatus,
    *,
    shown: ComponentStatus | None,
    ready: object,
    now: float,
) -> Iterator[Obstacle]:
    found = list(component_obstacles(state, page, name, wanted, now=now))
    yield from found
    if shown is not None and shown is not wanted and ready is None and not found:
        # What no write of ours explains is a person's as soon as that is certain; until then nobody writes over it.
        yield Obstacle(Reason.TAKEN, shown)


def _kept(state: State, name: ComponentName) -> Iterator[tuple[IncidentPlace, ComponentStatus]]:
    for place, memory in state.memory.incidents.items():
        for one, status in memory.kept:
            if one == name:
                yield place, status


def _rides(page: Page, component_id: str, now: float) -> str:
    operation = next_operations(page, now).get(component_target(component_id))
    return operation.place[0] if isinstance(operation, WriteIncident) else ""


def next_operations(page: Page, now: float) -> dict[str, Operation]:
    """What the plan would send next, by target, those that ride on an incident's call included."""
    found: dict[str, Operation] = {}
    for operation in plan(page, now).operations:
        parts: tuple[SetComponent, ...] = operation.parts if isinstance(operation, WriteIncident) else ()
        for target in (operation.target, *(part.target for part in parts)):
            found.setdefault(target, operation)
    return found


def _holds(
    state: State, rule: ComponentRule, counted: dict[Instance, list[tuple[Entry, Counted]]]
) -> Iterator[HoldAccount]:
    instances = dict.fromkeys(
        [
            *(instance for instance in state.tallies if instance[0] == rule.id),
            *((key.rule, key.group) for key in state.memory.holds if key.rule == rule.id),
            *(instance for instance in state.always_known if instance[0] == rule.id),
        ]
    )
    for instance in instances:
        tally = state.tallies.get(instance, NOTHING)
        for status in rule.statuses:
            key = HoldKey(rule.id, status, instance[1])
            hold = state.memory.holds.get(key, INACTIVE)
            times = rule.times
            behind = (
                one for entry, one in counted.get(instance, ()) if entry.status.severity >= status.severity
            )
            yield HoldAccount(
                rule,
                status,
                instance[1],
                tally.truth(rule, status),
                hold,
                due_at(hold, times),
                tuple(sorted(dict.fromkeys(behind), key=lambda one: _ORDER.index(one.state))),
                tally.counts(rule, status),
            )


_ORDER = (SignalState.FAILING, SignalState.UNKNOWN, SignalState.OK)


def _counted(state: State, rules: set[str], now: float) -> dict[Instance, list[tuple[Entry, Counted]]]:
    found: dict[Instance, list[tuple[Entry, Counted]]] = {}
    for key, entries in state.entries.items():
        for instance, entry in entries:
            if instance[0] in rules:
                signal, condition = state.signals[key], state.rules[instance[0]].conditions[entry.number]
                counted = Counted(signal, entry.state, condition.value, _why(state, signal, now))
                found.setdefault(instance, []).append((entry, counted))
    return found


def _why(state: State, signal: Signal, now: float) -> Reason | None:
    """Why a signal does not count for what its source says."""
    if state.silences.covers(signal.labels):
        return Reason.SILENCE_BEGAN
    if signal.source in state.blind_sources:
        return Reason.SOURCE_BLIND
    if signal.expires_at <= now:
        return Reason.SIGNAL_EXPIRED
    return Reason.SIGNAL_PROVISIONAL if signal.counts_from > now else None
