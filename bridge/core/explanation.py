"""Why a component is as it is: from the signals over the conditions and holds of its rules to the status that is wanted, and what stands between that and the page.

Built from what evaluation and plan look at, for a person to read; nothing decides by it. Knows no wording: `bridge.core.explanation_lines` says it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.blast import capped
from bridge.core.claims import HoldKey
from bridge.core.component_plan import component_changes, is_taken, without_held
from bridge.core.draft_waits import waiting_for_drafts
from bridge.core.holds import INACTIVE, HoldPhase, Truth, due_at
from bridge.core.maintenance import held_components
from bridge.core.people import persons_components
from bridge.core.reasons import Reason
from bridge.core.signals import SignalState
from bridge.core.standing import overrides, stood_back
from bridge.core.statuses import Automation, ComponentStatus
from bridge.core.tallies import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.holds import Hold
    from bridge.core.page import Page
    from bridge.core.rules import ComponentName, ComponentRule
    from bridge.core.signals import Labels, Signal
    from bridge.core.state import Instance, State


@dataclass(frozen=True, slots=True)
class Counted:
    """A signal that a condition counts, and for what."""

    signal: Signal
    state: SignalState


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
    """

    rule: ComponentRule
    status: ComponentStatus
    group: Labels
    truth: Truth
    hold: Hold
    due_at: float
    counted: tuple[Counted, ...]

    @property
    def claims(self) -> bool:
        """Whether it claims its status now, in shadow or not."""
        return self.hold.claims


@dataclass(frozen=True, slots=True)
class ComponentAccount:
    """A component.

    Attributes:
        name: as rule files write it.
        holds: of all of its rules that are not at rest, or whose condition is not simply false.
        at_rest: how many others there are.
        claimed: the worst live claim, without those in shadow; operational for none.
        wanted: as far as guards let it through, or what an operator wants instead.
        would_have: the worst claim in shadow.
        shown: what the page showed last; None where it was not read.
        obstacles: why the page is not as wanted, or would not become so; empty where nothing stands between.
        write: the status that the next plan writes, or None.
    """

    name: ComponentName
    holds: tuple[HoldAccount, ...]
    at_rest: int
    claimed: ComponentStatus
    wanted: ComponentStatus
    would_have: ComponentStatus
    shown: ComponentStatus | None
    obstacles: tuple[Reason, ...]
    write: ComponentStatus | None


def explain_component(state: State, page: Page, name: ComponentName, now: float) -> ComponentAccount:
    """Why a component is as it is. Cost: all signals, once."""
    rules = [rule for rule in state.rules.values() if rule.component == name]
    counted = _counted(state, {rule.id for rule in rules})
    accounts, at_rest = [], 0
    for rule in rules:
        for account in _holds(state, rule, counted):
            if account.hold.phase is HoldPhase.INACTIVE and account.truth is Truth.FALSE:
                at_rest += 1
            else:
                accounts.append(account)
    component_id = page.component_id(name)
    observed = page.observed.components.get(component_id or "")
    claimed = state.claimed.get(name, ComponentStatus.OPERATIONAL)
    wanted = state.desired.components.get(name, ComponentStatus.OPERATIONAL)
    wanted = overrides(page).get(component_id or "", wanted)
    changes = without_held(page, component_changes(page, now))
    change = changes.get(component_id or "")
    return ComponentAccount(
        name,
        tuple(accounts),
        at_rest,
        claimed,
        wanted,
        state.desired.would_have.get(name, ComponentStatus.OPERATIONAL),
        observed.status if observed is not None else None,
        tuple(_obstacles(state, page, name, wanted, now=now)),
        change.status if change is not None and page.automation_max is not Automation.SHADOW else None,
    )


def _holds(
    state: State, rule: ComponentRule, counted: dict[Instance, list[Counted]]
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
            yield HoldAccount(
                rule,
                status,
                instance[1],
                tally.truth(rule, status),
                hold,
                due_at(hold, times),
                tuple(sorted(counted.get(instance, ()), key=lambda one: _ORDER.index(one.state))),
            )


_ORDER = (SignalState.FAILING, SignalState.UNKNOWN, SignalState.OK)


def _counted(state: State, rules: set[str]) -> dict[Instance, list[Counted]]:
    found: dict[Instance, list[Counted]] = {}
    for key, entries in state.entries.items():
        for instance, entry in entries:
            if instance[0] in rules:
                found.setdefault(instance, []).append(Counted(state.signals[key], entry.state))
    return found


def _obstacles(
    state: State, page: Page, name: ComponentName, wanted: ComponentStatus, *, now: float
) -> Iterator[Reason]:
    claimed = state.claimed.get(name, ComponentStatus.OPERATIONAL)
    if capped(claimed, state.memory.blast.caps.get(name)) is not claimed:
        yield Reason.BLAST_HELD
    yield from _caps(page)
    component_id = page.component_id(name)
    if component_id is None:
        yield Reason.UNBOUND
        return
    if component_id in overrides(page):
        yield Reason.OVERRIDDEN
    if component_id in stood_back(page):
        yield Reason.YIELDED
    if is_taken(page, component_id, now):
        yield Reason.TAKEN
    observed = page.observed.components.get(component_id)
    if observed is None or observed.status is None:
        return
    if wanted.severity > observed.status.severity and component_id in held_components(page, now):
        yield Reason.UNDER_MAINTENANCE
    if wanted.severity > observed.status.severity and component_id in waiting_for_drafts(page, now):
        yield Reason.DRAFTED
    if wanted.severity < observed.status.severity and component_id in persons_components(page):
        yield Reason.YIELDED


def _caps(page: Page) -> Iterator[Reason]:
    """What keeps anything from being written to the page."""
    if page.paused:
        yield Reason.PAUSED
    elif page.held_rules is not None:
        yield Reason.RULES_HELD
    elif page.automation_max is Automation.SHADOW:
        yield Reason.SHADOW
