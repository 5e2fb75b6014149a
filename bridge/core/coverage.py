"""What an incident covers at one instant, from the live claims that a step keeps: the worst of them, who raises it, whether all is known, and what is known of the cause.

Decides nothing of the incident's life.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.blast import capped, is_held
from bridge.core.holds import Truth
from bridge.core.incidents import Coverage
from bridge.core.statuses import Automation, ComponentStatus

if TYPE_CHECKING:
    from bridge.core.claims import HoldKey
    from bridge.core.rules import ComponentName, IncidentRule
    from bridge.core.signals import Labels
    from bridge.core.state import State


def coverage_of(state: State, rule: IncidentRule, group: Labels) -> Coverage:
    """The claims that count for an incident, as far as a guard lets them through. Cost: the claims on what it covers."""
    shadow = rule.automation is Automation.SHADOW
    caps = state.memory.blast.caps
    overall = ComponentStatus.OPERATIONAL
    raised: list[ComponentName] = []
    raising: list[HoldKey] = []
    place = (rule.id, group)
    claims = state.live.by_place.get(place, {})
    blind = place in state.live.blind_places
    close_at = rule.close_at.severity
    for name in rule.components if claims else ():
        cap, worst_there = caps.get(name), ComponentStatus.OPERATIONAL
        for claim in claims.get(name, {}).values():
            blind = blind or is_held(claim, cap)
            if claim.shadow and not shadow:
                continue
            let_through = claim.status if claim.shadow else capped(claim.status, cap)
            if let_through.severity > worst_there.severity:
                worst_there = let_through
            if let_through.severity > close_at:
                raising.append(claim.key)
        if worst_there.severity > close_at:
            raised.append(name)
        if worst_there.severity > overall.severity:
            overall = worst_there
    spared = any(is_spared(state, rule, group, name) for name in rule.components) if state.spared else False
    labels = state.published.behind(raising, rule.public_labels) if rule.public_labels else ()
    said = state.causes.said_of(place)
    return Coverage(overall, tuple(raised), blind, labels, state.causes.behind(raising), said, spared)


def is_spared(state: State, rule: IncidentRule, group: Labels, name: ComponentName) -> bool:
    """Whether something is true of a component, and may not be claimed, that counts for an incident."""
    shadow = rule.automation is Automation.SHADOW
    return any(
        truth is Truth.TRUE
        and key.status.severity > rule.close_at.severity
        and (shadow or state.rules[key.rule].automation is not Automation.SHADOW)
        and key.group.only(rule.group_by) == group
        for key, truth in state.spared.get(name, {}).items()
    )
