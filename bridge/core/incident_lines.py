"""The account of an incident in words, a line for each link of the chain: what it covers, its life, what was told, what stands between, and what would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bridge.core.explanation_lines import under_way_line
from bridge.core.holds import NEVER
from bridge.core.incident_explanation import said_place
from bridge.core.incidents import IncidentPhase, Level
from bridge.core.obstacle_lines import obstacle_line
from bridge.core.operations import FindIncident, ReadIncident, WriteIncident
from bridge.core.outlook_lines import obstacles_outlook
from bridge.core.spans import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.incident_explanation import IncidentAccount
    from bridge.core.rules import IncidentRule


def incident_lines(account: IncidentAccount, now: float) -> Iterator[str]:
    """The lines of one incident. Ages and times to come are from `now`."""
    yield f"{said_place(account.place)}: {_stands(account, now)}; told: {_told(account, now)}"
    yield from (f"  {line}" for line in _covering(account))
    for obstacle in account.obstacles:
        yield f"  {obstacle_line(obstacle, now)}"
    for one in account.under_way:
        yield f"  {under_way_line(one, now)}"
    if account.to_tell is not None:
        yield f"  to tell: {account.to_tell}"
    yield from (f"  {line}" for line in _next(account))
    yield "  what would change it:"
    yield from (f"    {line}" for line in _outlook(account, now))


def _stands(account: IncidentAccount, now: float) -> str:
    memory = account.memory
    if not memory.episode:
        return "never opened"
    since = (
        f" since {spoken(now - memory.episode / 1000)}" if memory.phase is not IncidentPhase.CLOSED else ""
    )
    reason = f" ({memory.reason})" if memory.reason is not None else ""
    if memory.phase is not IncidentPhase.MONITORING or account.rule is None:
        return f"{memory.phase}{since}{reason}"
    soaked = spoken((memory.frozen_at or now) - (memory.soaking_since or now))
    left = f", {spoken(account.due_at - now)} left" if account.due_at < NEVER else ", its clock stands still"
    return f"monitoring for {soaked} of {spoken(account.rule.monitor_for)}{left}{reason}"


def _told(account: IncidentAccount, now: float) -> str:
    told = account.told
    if told is None or not told.incident_id:
        return "nothing"
    return f"{told.status} in incident {told.incident_id} {spoken(now - told.told_at)} ago, transition {told.sequence} of episode {told.episode}"


def _covering(account: IncidentAccount) -> Iterator[str]:
    rule, memory = account.rule, account.memory
    if rule is None:
        yield "no rule tells of it now"
    else:
        raising = ", ".join(account.raising) or "none of its components"
        yield f"{raising} above {rule.close_at}; the worst is {account.worst}, it opens at {rule.open_at}: {account.level}"
    if memory.components:
        yield f"took part: {', '.join(memory.components)}; at worst {memory.high_water}"
    if memory.cause:
        yield f"cause: {memory.cause}"
    if account.spared:
        yield "something of it is true that may not be claimed, because of a maintenance"


def _next(account: IncidentAccount) -> Iterator[str]:
    match account.next:
        case WriteIncident() as write:
            mails = "with a mail" if write.notify else "silently"
            what = f"set to {write.status}" if write.status is not None else "components are added"
            yield f"next: {what} ({write.reason}), {mails}"
        case ReadIncident():
            yield "next: it is read, as before every write"
        case FindIncident():
            yield "next: it is looked for, because the answer to its creation was lost"
        case _:
            pass


def _outlook(account: IncidentAccount, now: float) -> Iterator[str]:
    rule = account.rule
    if rule is not None:
        yield _by_signals(account, rule, now)
    if rule is None:
        yield "a rule of this id and grouping, or a person"
    yield from obstacles_outlook(account.obstacles, now)


def _by_signals(account: IncidentAccount, rule: IncidentRule, now: float) -> str:
    left = (
        f"in {spoken(account.due_at - now)}" if account.due_at < NEVER else "once everything is known again"
    )
    match account.memory.phase:
        case IncidentPhase.CLOSED:
            shadow = " (nothing is told of it: shadow)" if account.shadow else ""
            return f"opens when a component that it covers is claimed {rule.open_at} or worse{shadow}"
        case IncidentPhase.INVESTIGATING | IncidentPhase.IDENTIFIED:
            if account.memory.unproven_until is not None:
                return f"found on the page: recovers {left} unless its cause is reported"
            return (
                f"goes to monitoring when everything that it covers is {rule.close_at} or better, by claims"
            )
        case IncidentPhase.MONITORING if account.level is Level.RECOVERED:
            return f"is resolved {left}, if all stays so; returns when {rule.open_at} or worse is claimed"
        case IncidentPhase.MONITORING:
            return f"is resolved {spoken(rule.monitor_for)} after everything is {rule.close_at} or better; returns when {rule.open_at} or worse is claimed"
        case _:
            assert_never(account.memory.phase)
