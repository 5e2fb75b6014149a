"""The account of a component in words, a line for each link of the chain: signals, conditions, holds, claims, what stands between them and the page, and what would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.holds import NEVER, HoldPhase, Truth
from bridge.core.obstacle_lines import obstacle_line
from bridge.core.outlook_lines import component_outlook
from bridge.core.reasons import Reason
from bridge.core.signals import SignalState
from bridge.core.spans import spoken
from bridge.core.statuses import ComponentStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.explanation import ComponentAccount, Counted, HoldAccount
    from bridge.core.under_way import UnderWay

MOST_SIGNALS = 5
"""Signals of one hold that are written out; the rest is counted."""

_UNKNOWN_BECAUSE = {
    Reason.SILENCE_BEGAN: "a silence covers it",
    Reason.SOURCE_BLIND: "its source is blind",
    Reason.SIGNAL_EXPIRED: "nobody repeated it in time",
    Reason.SIGNAL_PROVISIONAL: "it contradicts a resolve and waits",
}


def component_lines(account: ComponentAccount, now: float, *, outlook: bool = False) -> Iterator[str]:
    """The lines of one component. Ages and times to come are from `now`. With `outlook`, what would change it too."""
    shown = account.shown if account.shown is not None else "not read yet"
    yield f"{account.name}: shown {shown}, wanted {account.wanted}"
    for hold in account.holds:
        yield from (f"  {line}" for line in _hold_lines(hold, now))
    if account.at_rest:
        others = "other holds are" if account.at_rest > 1 else "other hold is"
        yield f"  {account.at_rest} {others} at rest" if account.holds else "  nothing is claimed"
    elif not account.holds:
        yield "  nothing is claimed" if account.rules else "  no rule is about it"
    for (rule, _), status in account.kept:
        yield f"  kept at {status} until incident {rule} is over"
    if account.would_have is not ComponentStatus.OPERATIONAL:
        yield f"  rules in shadow would have it {account.would_have}"
    for obstacle in account.obstacles:
        yield f"  {obstacle_line(obstacle, now)}"
    for one in account.under_way:
        yield f"  {under_way_line(one, now)}"
    if account.write is not None:
        rides = f", in the call of incident {account.rides}" if account.rides else ""
        yield f"  next: set to {account.write} ({account.because}){rides}"
    if outlook:
        yield "  what would change it:"
        yield from (f"    {line}" for line in component_outlook(account, now))


def under_way_line(one: UnderWay, now: float) -> str:
    """A write that was begun, in words."""
    sent = f"{one.status or 'a quiet change'} was sent {spoken(now - one.began_at)} ago ({one.reason}), operation {one.operation}"
    if one.failure is None:
        return f"{sent}: its answer is awaited"
    left = spoken((one.settled_at or now) - now)
    return f"{sent}: its answer was lost ({one.failure}), and it is looked for in {left} at the latest"


def _hold_lines(hold: HoldAccount, now: float) -> Iterator[str]:
    shadow = " (shadow)" if hold.shadow else ""
    group = f" {hold.group!r}" if hold.group else ""
    yield f"{hold.rule.id}{group} {hold.status}{shadow}: {_phase(hold, now)}"
    numbers = [str(one) for one in hold.counts if one.needed > 1 or len(hold.counts) > 1]
    if numbers:
        yield f"  counted: {'; '.join(numbers)}"
    for counted in hold.counted[:MOST_SIGNALS]:
        yield f"  {_signal(counted, now)}"
    if len(hold.counted) > MOST_SIGNALS:
        yield f"  and {len(hold.counted) - MOST_SIGNALS} more"
    if not hold.counted:
        yield "  no signal counts"


def _phase(hold: HoldAccount, now: float) -> str:
    condition = {
        Truth.TRUE: "the condition holds",
        Truth.FALSE: "the condition does not hold",
        Truth.UNKNOWN: "whether the condition holds is unknown, and the hold stands still",
    }[hold.truth]
    # A frozen clock stands where it was.
    age = spoken((hold.hold.frozen_at or now) - hold.hold.since)
    left = f", {spoken(hold.due_at - now)} left" if hold.due_at != NEVER else ""
    match hold.hold.phase:
        case HoldPhase.INACTIVE:
            return condition
        case HoldPhase.PENDING:
            return f"pending for {age} of {spoken(hold.rule.for_)}{left}; {condition}"
        case HoldPhase.FIRING:
            return f"firing for {age}; {condition}"
        case HoldPhase.KEEPING:
            return f"keeping for {age} of {spoken(hold.rule.keep_firing_for)}{left}; {condition}"


def _signal(counted: Counted, now: float) -> str:
    signal = counted.signal
    said = str(counted.state)
    if signal.state is not counted.state:
        said = f"{said} (it said {signal.state})"
    detail = f": {signal.detail}" if signal.detail and counted.state is not SignalState.OK else ""
    value = ""
    if counted.threshold is not None:
        measured = "nothing" if signal.value is None else f"{signal.value:g}"
        value = f", measured {measured}, fails at {counted.threshold.comparison} {counted.threshold.bound:g}"
    why = f"; {_UNKNOWN_BECAUSE[counted.why]} ({counted.why})" if counted.why is not None else ""
    return (
        f"{signal.key.source} {signal.labels!r} {said} for {spoken(now - signal.since)}{detail}{value}{why}"
    )
