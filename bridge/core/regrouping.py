"""What becomes of holds and incidents when rules group by other labels: when `group_by` was edited, or another incident over the same components groups too.

Else what is claimed for one group would end because it is claimed for another one now: the page would be green, and an incident resolved, while the alert goes on. Pure; knows neither
files nor what was told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.carrying import got_further
from bridge.core.claims import HoldKey
from bridge.core.holds import HoldPhase, Truth
from bridge.core.incidents import IncidentPhase
from bridge.core.tallies import NOTHING

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Mapping

    from bridge.core.desired import IncidentPlace
    from bridge.core.holds import Hold
    from bridge.core.incidents import IncidentMemory
    from bridge.core.rules import ComponentName, IncidentRule, IncidentRuleId, RuleId
    from bridge.core.signals import Labels
    from bridge.core.state import State


def telling_rule(
    rules: Mapping[IncidentRuleId, IncidentRule], place: IncidentPlace, memory: IncidentMemory | None
) -> IncidentRule | None:
    """The rule that tells of an incident now; None where it is gone, and where it groups otherwise than when the incident opened.

    Args:
        rules: those of now.
        place: where the incident stands by them.
        memory: what is remembered there; None where nothing is.
    """
    rule = rules.get(place[0])
    if rule is None or not set(place[1]) <= set(rule.group_by):
        return None
    return None if memory is not None and is_regrouped(memory, rule) else rule


def is_regrouped(memory: IncidentMemory, rule: IncidentRule) -> bool:
    """Whether an incident is open that was opened for another grouping than its rule has now.

    It is as one whose rule is gone: nothing of now can tell whether it has recovered.
    """
    if memory.phase is IncidentPhase.CLOSED or memory.grouped_by is None:
        return False
    return set(memory.grouped_by) != set(rule.group_by)


def stranded_holds(state: State) -> dict[HoldKey, Hold]:
    """The holds for which nothing is counted though something was, because it may be counted in other groups now: whoever is pending, firing or frozen has signals. Cost: a look at each hold that is remembered."""
    tallies, known = state.tallies, state.always_known
    grouped: dict[ComponentName, bool] = {}
    return {
        key: hold
        for key, hold in state.memory.holds.items()
        if (key.rule, key.group) not in tallies and (key.rule, key.group) not in known
        if hold.phase is not HoldPhase.KEEPING or hold.frozen_at is not None
        if _may_be_elsewhere(state, key, grouped)
    }


def _may_be_elsewhere(state: State, key: HoldKey, grouped: dict[ComponentName, bool]) -> bool:
    """Whether the signals of a hold may be in another group now. Where they were always grouped so, that none is left says that they have ended."""
    component = state.rules[key.rule].component
    if component not in grouped:
        grouped[component] = _groups_otherwise(state, component)
    return grouped[component] or not set(key.group) <= set(state.group_labels[component])


def _groups_otherwise(state: State, component: ComponentName) -> bool:
    """Whether claims on a component were told apart by other labels before, as far as is known: by the rules before, or by an incident that is open."""
    if state.before is not None and component in state.before.component_names:
        return set(state.before.group_labels(component)) != set(state.group_labels[component])
    rules = {rule.id: rule for rule in state.covering.get(component, ())}
    return any(
        is_regrouped(memory, rules[place[0]])
        for place, memory in state.memory.incidents.items()
        if place[0] in rules
    )


def live_groups(state: State, rules: Container[RuleId]) -> dict[RuleId, dict[Labels, None]]:
    """By rule, of these: the groups in which its condition is true or unknown. Cost: all that is counted."""
    live: dict[RuleId, dict[Labels, None]] = {}
    for rule_id, group in (*state.tallies, *state.always_known):
        if rule_id not in rules:
            continue
        rule, tally = state.rules[rule_id], state.tallies.get((rule_id, group), NOTHING)
        if any(tally.truth(rule, one) is not Truth.FALSE for one in rule.statuses):
            live.setdefault(rule_id, {})[group] = None
    return live


def regrouped_holds(
    stranded: Mapping[HoldKey, Hold],
    holds: Mapping[HoldKey, Hold],
    live: Mapping[RuleId, Collection[Labels]],
) -> dict[HoldKey, dict[HoldKey, Hold]]:
    """By the key of each hold whose signals are counted in other groups now: the same hold for those groups.

    Where none of its group is left, they are in other groups. A group that agrees in the labels that both have may be where they went;
    one too many fires early for what its component shows already, one too few would be a recovery that nobody saw.

    Args:
        stranded: those for which nothing is counted.
        holds: all that are remembered.
        live: by rule, the groups in which its condition is true or unknown.
    """
    moved: dict[HoldKey, dict[HoldKey, Hold]] = {}
    chosen: dict[HoldKey, Hold] = {}
    for key, hold in stranded.items():
        for group in live.get(key.rule, ()):
            place = HoldKey(key.rule, key.status, group)
            there = chosen.get(place, holds.get(place))
            if not _agree(key.group, group) or (there is not None and set(key.group) < set(group)):
                continue
            moved.setdefault(key, {})
            if there is None or got_further(hold, there):
                chosen[place] = hold
                moved[key][place] = hold
    return moved


def _agree(one: Labels, other: Labels) -> bool:
    return all(other.get(name, value) == value for name, value in one.items())
