"""What becomes of holds when rules change: a rule that keeps its id keeps its hold, though it claims another status now.

Else a claim would end because its rule was edited, and the page would say that all is well while the alert goes on. Knows holds and rules, and no signal: whether the condition
still holds is judged right after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.claims import HoldKey
from bridge.core.holds import Hold, HoldPhase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.rules import ComponentRule, RuleId

_REACHED = {HoldPhase.INACTIVE: 0, HoldPhase.PENDING: 1, HoldPhase.KEEPING: 2, HoldPhase.FIRING: 3}


def carried_holds(
    holds: Mapping[HoldKey, Hold], rules: Mapping[RuleId, ComponentRule]
) -> dict[HoldKey, Hold]:
    """The holds of statuses that their rule does not claim any more, each under the mildest status that the rule claims now.

    The mildest, because that is the one for which every signal of the rule counts: what was not said for `for` is not said at once. Where several come together, or one is there already,
    the one that got furthest goes on, of equals the older one.
    """
    carried: dict[HoldKey, Hold] = {}
    for key, hold in holds.items():
        rule = rules.get(key.rule)
        if rule is None or key.status in rule.statuses or not rule.statuses:
            continue
        place = HoldKey(key.rule, rule.statuses[0], key.group)
        there = carried.get(place, holds.get(place))
        if there is None or got_further(hold, there):
            carried[place] = hold
    return carried


def got_further(hold: Hold, there: Hold) -> bool:
    """Whether of two holds that come together the first one goes on."""
    return (_REACHED[hold.phase], -hold.since) > (_REACHED[there.phase], -there.since)
