"""The account of a component in words, a line for each link of the chain: signals, conditions, holds, claims, and what stands between them and the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.holds import NEVER, HoldPhase, Truth
from bridge.core.reasons import Reason
from bridge.core.signals import SignalState
from bridge.core.statuses import Automation, ComponentStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.explanation import ComponentAccount, Counted, HoldAccount

MOST_SIGNALS = 5
"""Signals of one hold that are written out; the rest is counted."""

_OBSTACLES = {
    Reason.BLAST_HELD: "the blast radius holds what got worse",
    Reason.UNBOUND: "its name means no component of the page, or several",
    Reason.PAUSED: "an operator paused the page",
    Reason.RULES_HELD: "changed rules wait for a confirmation",
    Reason.SHADOW: "the page is capped at shadow",
    Reason.OVERRIDDEN: "an operator overrides it",
    Reason.YIELDED: "it is left to people",
    Reason.TAKEN: "a person's value stands on the page",
    Reason.DRAFTED: "its incident waits for a person: nothing gets worse there before that is told",
    Reason.UNDER_MAINTENANCE: "it is under maintenance: nothing gets worse there",
}


def component_lines(account: ComponentAccount, now: float) -> Iterator[str]:
    """The lines of one component. Ages and times to come are from `now`."""
    shown = account.shown if account.shown is not None else "not read yet"
    yield f"{account.name}: shown {shown}, wanted {account.wanted}"
    for hold in account.holds:
        yield from (f"  {line}" for line in _hold_lines(hold, now))
    if account.at_rest:
        others = "other holds are" if account.at_rest > 1 else "other hold is"
        yield f"  {account.at_rest} {others} at rest" if account.holds else "  nothing is claimed"
    if account.would_have is not ComponentStatus.OPERATIONAL:
        yield f"  rules in shadow would have it {account.would_have}"
    for obstacle in account.obstacles:
        yield f"  {_OBSTACLES[obstacle]} ({obstacle})"
    if account.write is not None:
        yield f"  next: set to {account.write}"


def _hold_lines(hold: HoldAccount, now: float) -> Iterator[str]:
    shadow = " (shadow)" if hold.rule.automation is Automation.SHADOW else ""
    group = f" {hold.group!r}" if hold.group else ""
    yield f"{hold.rule.id}{group} {hold.status}{shadow}: {_phase(hold, now)}"
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
    age = spoken(now - hold.hold.since)
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
    return f"{signal.key.source} {signal.labels!r} {said} for {spoken(now - signal.since)}{detail}"


def spoken(seconds: float) -> str:
    """A span as people write it, with its two largest units: `3m20s`."""
    whole = max(0, round(seconds))
    parts = []
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)):
        number, whole = divmod(whole, size)
        if number:
            parts.append(f"{number}{unit}")
    return "".join(parts[:2]) or "0s"
