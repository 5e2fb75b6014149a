"""The full evaluation: everything from all signals, written to be read and not to be fast.

It is the oracle of the incremental step (`bridge.core.step`), which must give the same answers; only the transition tables are shared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.claims import Claim, HoldKey, worst_claim
from bridge.core.conditions import claimed_status
from bridge.core.desired import Desired, Memory
from bridge.core.holds import INACTIVE, HoldPhase, HoldTimes, Truth, advance_hold
from bridge.core.incidents import Coverage, IncidentMemory, advance_incident
from bridge.core.matching import match_all
from bridge.core.signals import SignalState
from bridge.core.statuses import Automation, ComponentStatus, worst

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.rules import ComponentName, ComponentRule, IncidentRule, RuleSet
    from bridge.core.signals import Labels, Signal


def evaluate(
    ruleset: RuleSet, signals: Iterable[Signal], memory: Memory, now: float
) -> tuple[Desired, Memory]:
    """What the page should be at `now`, from all signals and what is remembered.

    Cost: rules times signals. Returns the desired state and the memory that replaces the one given.
    """
    known = [signal for signal in signals if signal.state_at(now) is not None]
    after = Memory()
    claims: list[Claim] = []
    blind: list[tuple[ComponentName, Labels]] = []
    for rule in ruleset.components:
        for key, truth in _truths(rule, ruleset.group_labels(rule.component), known, memory, now=now).items():
            before = memory.holds.get(key, INACTIVE)
            hold, _ = advance_hold(before, truth, HoldTimes(rule.for_, rule.keep_firing_for), now)
            if truth is Truth.UNKNOWN:
                blind.append((rule.component, key.group))
            if hold.phase is not HoldPhase.INACTIVE:
                after.holds[key] = hold
            if hold.claims:
                shadow = rule.automation is Automation.SHADOW
                claims.append(Claim(key, rule.component, key.status, key.group, shadow=shadow))
    for incident in ruleset.incidents:
        for group in _groups(incident, claims, memory):
            before_incident = memory.incidents.get((incident.id, group), IncidentMemory(incident.id, group))
            coverage = _coverage(incident, group, claims, blind)
            advanced, _ = advance_incident(before_incident, incident, coverage, now)
            if advanced.episode:
                after.incidents[incident.id, group] = advanced
    return _desired(claims, after), after


def _desired(claims: list[Claim], memory: Memory) -> Desired:
    desired = Desired(incidents=dict(memory.incidents))
    for name in {claim.component: None for claim in claims}:
        for shadow, statuses in ((False, desired.components), (True, desired.would_have)):
            status = worst_claim(
                claim for claim in claims if claim.component == name and claim.shadow is shadow
            )
            if status is not None:
                statuses[name] = status
    return desired


def _groups(incident: IncidentRule, claims: list[Claim], memory: Memory) -> dict[Labels, None]:
    """The groups of an incident: those that have claims, and those that were opened before."""
    groups = {
        claim.group.only(incident.group_by): None
        for claim in claims
        if claim.component in incident.components
    }
    return groups | {group: None for rule_id, group in memory.incidents if rule_id == incident.id}


def _truths(
    rule: ComponentRule, group_labels: tuple[str, ...], signals: list[Signal], memory: Memory, *, now: float
) -> dict[HoldKey, Truth]:
    by_group: dict[Labels, list[tuple[ComponentStatus, SignalState]]] = {}
    for signal in signals:
        state = signal.state_at(now)
        status = claimed_status(rule, signal.labels)
        if state is None or status is None or not match_all(rule.matchers, signal.labels):
            continue
        by_group.setdefault(signal.labels.only(group_labels), []).append((status, state))
    for key in memory.holds:
        if key.rule == rule.id:
            by_group.setdefault(key.group, [])
    return {
        HoldKey(rule.id, status, group): _truth(seen, status)
        for group, seen in by_group.items()
        for status in rule.statuses
    }


def _truth(seen: list[tuple[ComponentStatus, SignalState]], status: ComponentStatus) -> Truth:
    states = {state for claimed, state in seen if claimed.severity >= status.severity}
    if SignalState.FAILING in states:
        return Truth.TRUE
    return Truth.UNKNOWN if SignalState.UNKNOWN in states else Truth.FALSE


def _coverage(
    incident: IncidentRule, group: Labels, claims: list[Claim], blind: list[tuple[ComponentName, Labels]]
) -> Coverage:
    counted = [
        claim
        for claim in claims
        if claim.component in incident.components
        and claim.group.only(incident.group_by) == group
        and (incident.automation is Automation.SHADOW or not claim.shadow)
    ]
    by_name = {
        name: worst(claim.status for claim in counted if claim.component == name)
        for name in incident.components
    }
    return Coverage(
        worst=worst(by_name.values()),
        raised=tuple(
            name for name, status in by_name.items() if status.severity > incident.close_at.severity
        ),
        blind=any(
            name in incident.components and labels.only(incident.group_by) == group for name, labels in blind
        ),
    )
