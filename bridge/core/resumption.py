"""What a restart does to memory: the time in which nobody watched counts for nothing.

A hold that waited or kept through it goes on where it stood, so that a restart never makes a public statement earlier; a write that was under way is unknown; expiry begins anew.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.holds import HoldPhase
from bridge.core.signals import AtExpiry, Signal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.changes import Stored
    from bridge.core.desired import Memory

_TIMED = frozenset({HoldPhase.PENDING, HoldPhase.KEEPING})


def last_alive(stored: Stored, now: float) -> float:
    """The latest instant, not after `now`, at which something was committed: a slot at least twice a minute while the daemon ran."""
    instants = [slot.taken_at for slots in stored.slots.values() for slot in slots]
    instants += [signal.received_at for signal in stored.signals]
    return max((instant for instant in instants if instant <= now), default=now)


def resume_memory(memory: Memory, *, away: float, now: float) -> None:
    """Move what waits for time by the seconds in which nobody watched. What is frozen is moved when it thaws."""
    for key, hold in memory.holds.items():
        if hold.phase in _TIMED and hold.frozen_at is None:
            memory.holds[key] = replace(hold, since=min(hold.since + away, now))
    for place, incident in memory.incidents.items():
        if incident.unproven_until is not None:
            # Whoever knows of its cause could not speak to us meanwhile.
            incident = replace(incident, unproven_until=incident.unproven_until + away)  # noqa: PLW2901
            memory.incidents[place] = incident
        if incident.soaking_since is not None and incident.frozen_at is None:
            memory.incidents[place] = replace(incident, soaking_since=min(incident.soaking_since + away, now))


def resume_signals(signals: Iterable[Signal], now: float, *, away: float) -> list[Signal]:
    """Begin the expiry of what was still reported anew: its sender could not reach us meanwhile.

    Args:
        signals: as stored.
        now: our clock.
        away: seconds in which nobody watched. What had expired before them stays expired, and a provisional firing waits out what it still had to wait.
    """
    return [_resumed(signal, now, away) for signal in signals]


def _resumed(signal: Signal, now: float, away: float) -> Signal:
    alive_at = now - away
    if signal.counts_from > alive_at:
        signal = replace(signal, counts_from=signal.counts_from + away)
    if signal.expires_at <= alive_at:
        return signal
    if signal.at_expiry is AtExpiry.UNKNOWN:
        return replace(signal, expires_at=now + (signal.expires_at - signal.received_at))
    return signal
