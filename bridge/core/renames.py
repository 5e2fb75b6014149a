"""What is remembered under an id that a rule had before: it goes on under the one that the rule has now (`was:` in a rule file).

Else a rule that is given a better name would lose its hold, and its component would be green while the alert goes on; and an incident would be left to people because of a word in a
file. Pure; knows neither the page nor what was told: under which identity an incident stands there is `bridge.core.page`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.carrying import got_further
from bridge.core.claims import HoldKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.desired import IncidentPlace, Memory
    from bridge.core.holds import Hold
    from bridge.core.incidents import IncidentMemory
    from bridge.core.rules import IncidentRuleId, RuleId, RuleSet


def renamed_holds(
    holds: Mapping[HoldKey, Hold], former: Mapping[RuleId, RuleId]
) -> dict[HoldKey, dict[HoldKey, Hold]]:
    """By the key of each hold that stands under a former id: the hold under its rule's id now, or nothing where one that got further is there.

    Args:
        holds: all that are remembered.
        former: the ids now, by former ids.
    """
    moved: dict[HoldKey, dict[HoldKey, Hold]] = {}
    chosen: dict[HoldKey, Hold] = {}
    for key, hold in holds.items():
        rule = former.get(key.rule)
        if rule is None:
            continue
        place = HoldKey(rule, key.status, key.group)
        there = chosen.get(place, holds.get(place))
        moved[key] = {}
        if there is None or got_further(hold, there):
            chosen[place] = hold
            moved[key] = {place: hold}
    return moved


def renamed_incidents(
    incidents: Mapping[IncidentPlace, IncidentMemory], former: Mapping[IncidentRuleId, IncidentRuleId]
) -> dict[IncidentPlace, dict[IncidentPlace, IncidentMemory]]:
    """The same of incidents. Of several at one place, the one whose last transition is the latest goes on: the others stood still since.

    What is told in another incident names its rule as it is called now: else it would open by itself once `was:` is taken out of the rule files.
    """
    moved: dict[IncidentPlace, dict[IncidentPlace, IncidentMemory]] = {}
    chosen: dict[IncidentPlace, IncidentMemory] = {}
    for place, remembered in incidents.items():
        memory, rule = remembered, former.get(place[0])
        if memory.absorbed_by is not None and memory.absorbed_by in former:
            memory = replace(memory, absorbed_by=former[memory.absorbed_by])
        if rule is None:
            if memory is not remembered and place not in chosen:
                moved[place] = {place: memory}
            continue
        now = (rule, place[1])
        there = chosen.get(now, incidents.get(now))
        moved[place] = {}
        if there is None or (memory.episode, memory.sequence) > (there.episode, there.sequence):
            chosen[now] = replace(memory, rule=rule)
            moved.pop(now, None)
            moved[place] = {now: chosen[now]}
    return moved


def renamed(memory: Memory, ruleset: RuleSet) -> Memory:
    """What is remembered, under the ids of now. Nothing is changed in place."""
    holds, incidents = dict(memory.holds), dict(memory.incidents)
    for key, hold_moved in renamed_holds(memory.holds, ruleset.former_rules).items():
        del holds[key]
        holds |= hold_moved
    for place, incident_moved in renamed_incidents(memory.incidents, ruleset.former_incidents).items():
        del incidents[place]
        incidents |= incident_moved
    return replace(memory, holds=holds, incidents=incidents)
