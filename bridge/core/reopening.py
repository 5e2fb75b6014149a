"""Incidents that go on after their resolve (`reopen_within`): what fires again soon after is the same incident, and its readers are told when it lasted and since when it does again.

A period lasts from the opening, or a reopening, until everything has recovered; a return while it was monitored goes on in the same one. What is remembered is when periods began and ended, in turn.
Knows of the page only what was told in it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bridge.core.reasons import Reason

if TYPE_CHECKING:
    from bridge.core.incidents import IncidentMemory
    from bridge.core.ledger import IncidentTold
    from bridge.core.rules import IncidentRule

MOST_PERIODS = 5
"""Periods of one episode that are remembered and told, the newest."""


def reopens(memory: IncidentMemory, rule: IncidentRule, now: float) -> bool:
    """Whether a closed incident goes on in the same episode, if it fires at `now`. One of which no beginning is remembered does not: an empty store found it, or it was told in another one."""
    return rule.reopen_within > 0 and bool(memory.turns) and now <= memory.closed_at + rule.reopen_within


def turned(memory: IncidentMemory, rule: IncidentRule, now: float) -> IncidentMemory:
    """An incident after a transition, with what is to be remembered of its periods."""
    lasts = len(memory.turns) % 2 == 1
    match memory.reason:
        case Reason.OPENED if rule.reopen_within > 0:
            return replace(memory, turns=(now,))
        case Reason.REOPENED:
            return replace(memory, turns=(*memory.turns, now)[1 - 2 * MOST_PERIODS :], closed_at=0.0)
        case Reason.RECOVERED if lasts:
            return replace(memory, turns=(*memory.turns, now))
        case Reason.RETURNED:
            return replace(memory, turns=memory.turns if lasts else memory.turns[:-1])
        case Reason.MONITORED_FOR if memory.turns:
            return replace(memory, closed_at=now)
        case _:
            return memory


def resumed(memory: IncidentMemory, now: float) -> IncidentMemory:
    """The same after a restart: the clock may have been set back meanwhile, and nothing was told in the future."""
    if max((*memory.turns, memory.closed_at)) <= now:
        return memory
    turns = tuple(min(turn, now) for turn in memory.turns)
    return replace(memory, turns=turns, closed_at=min(memory.closed_at, now))


def is_reopened(memory: IncidentMemory, told: IncidentTold) -> bool:
    """Whether it fires again after we told, and nobody else, that it is over."""
    if told.open or told.yielded or not memory.phase.fires:
        return False
    return told.episode == memory.episode and told.sequence < memory.fired_at


def periods_text(memory: IncidentMemory, clock_offset: float) -> str:
    """When it lasted, and since when it does again, as readers are told: "from 12:00 to 12:10 UTC, and again since 12:25 UTC", with dates where they differ.

    Args:
        memory: an incident that was reopened.
        clock_offset: seconds by which the page's clock is ahead of ours.
    """
    instants = [datetime.fromtimestamp(turn + clock_offset, UTC) for turn in memory.turns]
    dated = len({instant.date() for instant in instants}) > 1
    words = [f"{one.day} {one:%B} {one:%H:%M}" if dated else f"{one:%H:%M}" for one in instants]
    earlier = [f"from {begun} to {ended} UTC" for begun, ended in zip(words[:-1:2], words[1::2], strict=True)]
    return f"{', '.join(earlier)}, and again since {words[-1]} UTC" if earlier else ""
