"""What was, in words: where holds and incidents stood, what was in the way, and each of the last changes with the reasons behind it. Instants are told as the caller spells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.journal import JournalKind
from bridge.core.obstacle_lines import obstacle_line
from bridge.core.past_obstacles import group_in, text_in
from bridge.core.spans import spoken
from bridge.core.statuses import Automation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bridge.core.journal import JournalEntry
    from bridge.core.past_signals import PastSignal
    from bridge.core.recollection import PastChange, Recollection

    Spelled = Callable[[float], str]

_OWN = frozenset({"rule", "status", "phase", "group", "components", "operation", "kind"})
"""Values that are told in another place of the line, or say nothing to a person."""

MOST_SIGNALS = 5


def recollection_lines(
    past: Recollection, spelled: Spelled, signals: Mapping[int, Sequence[PastSignal]]
) -> Iterator[str]:
    """The lines of one account.

    Args:
        past: it.
        spelled: an instant of our clock, for people.
        signals: what counted for each hold, by its place.
    """
    told = f"told {past.status}" if past.status else "nothing told"
    since = f" at {spelled(past.told_at)}" if past.told_at is not None else ""
    yield f"{past.subject.name}: {told}{since}"
    for number, hold in enumerate(past.holds):
        yield f"  {_hold(hold, past.at)}"
        behind = signals.get(number, ())
        yield from (f"    {_signal(one, past.at)}" for one in behind[:MOST_SIGNALS])
        if len(behind) > MOST_SIGNALS:
            yield f"    and {len(behind) - MOST_SIGNALS} more"
    if not past.holds:
        yield "  nothing was claimed, nor about to be"
    for incident in past.incidents:
        facts = f"{text_in(incident, 'phase')} since {spelled(incident.at)} ({incident.reason})"
        yield f"  {facts}, transition {text_in(incident, 'sequence')} of episode {text_in(incident, 'episode')}"
    for obstacle in past.obstacles:
        yield f"  {obstacle_line(obstacle, past.at)}"
    for change in reversed(past.changes):
        yield f"  {_change(change, spelled)}"
        yield from (f"    {_because(line, spelled)}" for line in change.because)
    if past.since:
        yield "  since then:"
        yield from (f"    {_because(line, spelled)}" for line in past.since)


def _hold(entry: JournalEntry, at: float) -> str:
    shadow = " (shadow)" if entry.detail.get("automation") == Automation.SHADOW else ""
    group = f" {group_in(entry)!r}" if group_in(entry) else ""
    counted = f", counted {text_in(entry, 'counted')}" if "counted" in entry.detail else ""
    named = f"{text_in(entry, 'rule')}{group} {text_in(entry, 'status')}{shadow}"
    return f"{named}: {text_in(entry, 'phase')} for {spoken(at - entry.at)} ({entry.reason}){counted}"


def _signal(one: PastSignal, at: float) -> str:
    detail = f": {one.detail}" if one.detail else ""
    value = ""
    if one.threshold is not None:
        measured = "nothing" if one.value is None else f"{one.value:g}"
        value = f", measured {measured}, fails at {one.threshold.comparison} {one.threshold.bound:g}"
    return f"{one.source} {one.labels!r} {one.state} for {spoken(at - one.since)}{detail}{value}"


def _change(change: PastChange, spelled: Spelled) -> str:
    request = change.request
    rides = f", in the call of incident {text_in(request, 'rule')}" if change.rides else ""
    ended = "not answered yet"
    if change.outcome is not None:
        lost = f", its answer was lost ({change.lost.reason})" if change.lost is not None else ""
        ended = f"{change.outcome.reason} at {spelled(change.outcome.at)}{lost}"
    elif change.lost is not None:
        ended = f"its answer was lost ({change.lost.reason})"
    what = change.status or "a quiet change"
    return f"{spelled(request.at)} {what} ({request.reason}){rides}, operation {change.operation}: {ended}; because"


def _because(entry: JournalEntry, spelled: Spelled) -> str:
    if entry.kind is JournalKind.HOLD:
        what = f"{text_in(entry, 'rule')} {text_in(entry, 'status')} {text_in(entry, 'phase')}"
    elif entry.kind is JournalKind.INCIDENT:
        what = f"incident {entry.subject} {text_in(entry, 'phase')}".rstrip()
    else:
        what = f"{entry.kind} {entry.subject}"
    group = f" {group_in(entry)!r}" if group_in(entry) else ""
    facts = ", ".join(
        f"{name} {value}"
        for name, value in sorted(entry.detail.items())
        if name not in _OWN and value not in {None, ""} and isinstance(value, str)
    )
    return f"{spelled(entry.at)} {what}{group} ({entry.reason})" + (f": {facts}" if facts else "")
