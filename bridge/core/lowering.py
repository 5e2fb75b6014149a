"""When a component is lowered whose claims have ended: at once, or with the end of its incident (`lower_at: resolved`).

A component follows its claims for as long as it has any. Only the last step, from some claim to none, waits: then the component keeps what it showed last until every incident that says so and
in which it took part is closed. What is kept is remembered with the incident, so it outlives a restart. Knows neither the page nor what was told.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.blast import capped
from bridge.core.incidents import IncidentPhase
from bridge.core.rules import LowerAt
from bridge.core.statuses import Automation, ComponentStatus, worst

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from bridge.core.blast import Caps
    from bridge.core.desired import IncidentPlace
    from bridge.core.incidents import IncidentMemory
    from bridge.core.rules import ComponentName, IncidentRule
    from bridge.core.state import State

    Statuses = Mapping[ComponentName, ComponentStatus]


def lowers_late(rule: IncidentRule) -> bool:
    """Whether the incident has components keep what they showed. One in shadow publishes nothing, and so keeps nothing."""
    return rule.lower_at is LowerAt.RESOLVED and rule.automation is not Automation.SHADOW


def with_kept(
    memory: IncidentMemory, rule: IncidentRule, *, claimed: Container[ComponentName], ended: Statuses
) -> IncidentMemory:
    """The incident with what its components keep.

    Args:
        memory: the incident as it stands now.
        rule: its rule.
        claimed: its components of which a claim is let through now.
        ended: what was claimed last of components that nobody claims any more, where that has just ended.
    """
    before = dict(memory.kept)
    kept = tuple(
        (name, status)
        for name in (memory.components if lowers_late(rule) else ())
        if memory.phase is not IncidentPhase.CLOSED
        if name not in claimed
        if (status := ended.get(name, before.get(name))) is not None
    )
    return memory if kept == memory.kept else replace(memory, kept=kept)


def just_ended(earlier: Statuses, claimed: Statuses, *, before: Caps, caps: Caps) -> Statuses:
    """What components showed by claims of which nothing is let through now.

    Args:
        earlier: the worst claim of before on each component that is looked at.
        claimed: the worst claims of now.
        before: what a guard let through of the earlier ones.
        caps: what it lets through now.
    """
    ended = {}
    for name, status in earlier.items():
        shown = capped(status, before.get(name))
        now = capped(claimed.get(name, ComponentStatus.OPERATIONAL), caps.get(name))
        if now is ComponentStatus.OPERATIONAL and shown is not ComponentStatus.OPERATIONAL:
            ended[name] = shown
    return ended


class Lowering:
    """What one page's components keep, in an evaluation under way: which open incidents each waits for."""

    def __init__(self) -> None:
        self._waited_for: dict[ComponentName, dict[IncidentPlace, None]] = {}

    def settle(
        self,
        state: State,
        advanced: Mapping[IncidentPlace, tuple[ComponentName, ...]],
        *,
        ended: Statuses,
        looked_at: Iterable[ComponentName],
    ) -> dict[IncidentPlace, IncidentMemory]:
        """Bring what is kept, and with it what is desired, to where claims and incidents stand. Returns the memories that differ by it.

        Args:
            state: the page's evaluation; what it desires of the components looked at are their claims alone.
            advanced: the incidents that were looked at and keep something, each with the components that took part before.
            ended: see `just_ended`.
            looked_at: the components whose claims may differ.
        """
        names = dict.fromkeys(looked_at)
        for place, earlier in advanced.items():
            memory = state.memory.incidents[place]
            for name in (*earlier, *memory.components):
                names[name] = None
                places = self._waited_for.setdefault(name, {})
                if memory.phase is IncidentPhase.CLOSED:
                    places.pop(place, None)
                else:
                    places[place] = None
        differing = {}
        for place in dict.fromkeys((*advanced, *(one for name in names for one in self._of(name)))):
            memory = state.memory.incidents[place]
            claimed = {name for name in memory.components if _is_claimed(state, name)}
            settled = with_kept(memory, state.incident_rules[place[0]], claimed=claimed, ended=ended)
            if settled is not memory:
                differing[place] = settled
                state.memory.incidents[place] = state.desired.incidents[place] = settled
        self._show(state, names)
        return differing

    def _of(self, name: ComponentName) -> Iterable[IncidentPlace]:
        return self._waited_for.get(name, ())

    def _show(self, state: State, names: Iterable[ComponentName]) -> None:
        components = state.desired.components
        for name in names:
            if _is_claimed(state, name):
                continue
            kept = [
                status
                for place in self._of(name)
                for one, status in state.memory.incidents[place].kept
                if one == name
            ]
            if kept:
                components[name] = worst(kept)
            else:
                components.pop(name, None)


def _is_claimed(state: State, name: ComponentName) -> bool:
    claimed, caps = state.claimed.get(name), state.memory.blast.caps
    if claimed is None or not caps:
        return claimed is not None
    return capped(claimed, caps.get(name)) is not ComponentStatus.OPERATIONAL
