"""What is behind a call that would be sent: the holds that claim something of what it is about, and the signals that fail for them. For people; nothing decides by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.operations import SetComponent, WriteIncident
from bridge.core.planned import Cause
from bridge.core.signals import SignalState
from bridge.core.statuses import Automation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.page import Page
    from bridge.core.planned import Sendable
    from bridge.core.rules import ComponentName
    from bridge.core.signals import Signal
    from bridge.core.state import Instance, State

    Claims = dict[ComponentName, list[Cause]]

MOST_SIGNALS = 5
"""Signals of one claim that are named; the rest is counted."""


def claims_behind(state: State) -> Claims:
    """Every claim that is live and not in shadow, by component, the worst first. Cost: all signals, once."""
    live = {
        key: hold
        for key, hold in state.memory.holds.items()
        if hold.claims
        and key.rule in state.rules
        and state.rules[key.rule].automation is not Automation.SHADOW
    }
    instances = {(key.rule, key.group) for key in live}
    failing: dict[Instance, list[Signal]] = {}
    for signal, entries in state.entries.items():
        for instance, entry in entries:
            if instance in instances and entry.state is SignalState.FAILING:
                failing.setdefault(instance, []).append(state.signals[signal])
    found: Claims = {}
    for key, hold in live.items():
        component = state.rules[key.rule].component
        signals = sorted(failing.get((key.rule, key.group), ()), key=lambda one: (one.since, one.key))
        cause = Cause(
            component, key, hold.phase, hold.since, tuple(signals[:MOST_SIGNALS]), failing=len(signals)
        )
        found.setdefault(component, []).append(cause)
    for causes in found.values():
        causes.sort(key=lambda one: (-one.key.status.severity, one.key.rule, one.since))
    return found


def causes_of(page: Page, claims: Claims, operation: Sendable) -> tuple[Cause, ...]:
    """The claims behind a call; none where it says that something is over, or is about something that rules do not claim."""
    match operation:
        case SetComponent():
            names: Iterable[ComponentName] = (
                name for name in claims if page.component_id(name) == operation.component_id
            )
            group = None
        case WriteIncident():
            memory = page.desired.incidents.get(page.place_now(operation.place))
            names, group = memory.components if memory is not None else (), operation.place[1]
        case _:
            return ()
    causes = [cause for name in names for cause in claims.get(name, ())]
    if group:
        causes = [one for one in causes if all(one.key.group.get(name) == group[name] for name in group)]
    return tuple(causes)
