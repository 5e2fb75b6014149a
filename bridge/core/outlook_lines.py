"""What would change a component or an incident, in words: what comes by itself and when, what signals would have to say, and what a person can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.holds import NEVER, HoldPhase, Truth
from bridge.core.spans import spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bridge.core.explanation import ComponentAccount, HoldAccount
    from bridge.core.obstacles import Obstacle
    from bridge.core.tallies import Counts


def component_outlook(account: ComponentAccount, now: float) -> Iterator[str]:
    """What would change what a component shows."""
    for hold in account.holds:
        yield f"{hold.rule.id} {hold.status}: {_of_hold(hold, now)}"
    if not any(hold.claims or hold.hold.phase is HoldPhase.PENDING for hold in account.holds):
        yield "a rule about it whose condition holds for its `for`" if account.rules else "a rule about it"
    for (rule, _), _ in account.kept:
        yield f"the end of incident {rule}"
    yield from obstacles_outlook(account.obstacles, now)


def obstacles_outlook(obstacles: Iterable[Obstacle], now: float) -> Iterator[str]:
    """What ends what stands in the way."""
    for one in obstacles:
        ends = [f"by itself in {spoken(one.until - now)}"] if one.until is not None else []
        ends += [f"by: {one.remedy}"] if one.remedy else []
        if ends:
            yield f"{one.reason} ends {', or '.join(ends)}"


def _of_hold(hold: HoldAccount, now: float) -> str:
    left = f"in {spoken(hold.due_at - now)}" if hold.due_at < NEVER else "once it is known"
    match hold.hold.phase:
        case HoldPhase.PENDING:
            return f"claims it {left}, if the condition holds until then; nothing, if it ends before ({_enough(hold)})"
        case HoldPhase.FIRING if hold.truth is Truth.UNKNOWN:
            return "goes on until it is known that the condition does not hold"
        case HoldPhase.FIRING:
            return f"claims no more {spoken(hold.rule.keep_firing_for)} after the condition ended ({_enough(hold)})"
        case HoldPhase.KEEPING:
            return f"claims no more {left}, if the condition does not hold again before"
        case HoldPhase.INACTIVE:
            return f"claims it {spoken(hold.rule.for_)} after it is known that the condition holds"


def _enough(hold: HoldAccount) -> str:
    """How far the counts are from another answer."""
    return "; ".join(_one_count(one) for one in hold.counts)


def _one_count(one: Counts) -> str:
    if one.failing >= one.needed:
        fewer = one.failing - one.needed + 1
        return f"{one.failing} failing of {one.needed} needed, {fewer} fewer end it"
    return f"{one.failing} failing of {one.needed} needed"
