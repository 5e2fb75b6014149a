"""What a restart does to memory: the time in which nobody watched counts for nothing.

A hold that waited or kept through it goes on where it stood, so that a restart never makes a public statement earlier; a write that was under way is unknown; expiry begins anew.
No clock is believed across a restart: it may have been set meanwhile. So a lost write waits out what it still had to wait, and no instant is left in the future.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.core.blast import resumed_blast
from bridge.core.holds import HoldPhase
from bridge.core.reopening import resumed
from bridge.core.signals import AtExpiry, Signal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.changes import Stored
    from bridge.core.commands import Standing
    from bridge.core.desired import Memory
    from bridge.core.drafts import Draft
    from bridge.core.guards import GuardRecord
    from bridge.core.intents import Intent
    from bridge.core.ledger import ComponentTold, IncidentTold
    from bridge.core.pacing import Slot

BELIEVED = 10.0
"""Seconds: so short a time between two lives is believed to be no more, or a crash loop would wait for its lost writes and its window for ever."""

_TIMED = frozenset({HoldPhase.PENDING, HoldPhase.KEEPING})


def last_alive(stored: Stored, now: float) -> float:
    """The latest instant, not after `now`, at which something was committed: a slot at least twice a minute while the daemon ran."""
    return max((instant for instant in _instants(stored) if instant <= now), default=now)


def last_instant(stored: Stored) -> float:
    """The same by the clock of the last life: after `now`, if the clock was set back since."""
    return max(_instants(stored), default=0.0)


def _instants(stored: Stored) -> list[float]:
    instants = [slot.taken_at for slots in stored.slots.values() for slot in slots]
    return instants + [signal.received_at for signal in stored.signals]


def resume_memory(memory: Memory, *, away: float, now: float) -> None:
    """Move what waits for time by the seconds in which nobody watched. What is frozen is moved when it thaws."""
    for key, hold in memory.holds.items():
        if hold.phase in _TIMED and hold.frozen_at is None:
            memory.holds[key] = replace(hold, since=min(hold.since + away, now))
    for place, incident in memory.incidents.items():
        if incident.turns:
            incident = memory.incidents[place] = resumed(incident, now)  # noqa: PLW2901
        if incident.unproven_until is not None:
            # Whoever knows of its cause could not speak to us meanwhile.
            incident = replace(incident, unproven_until=incident.unproven_until + away)  # noqa: PLW2901
            memory.incidents[place] = incident
        if incident.moved_at and incident.frozen_at is None:
            incident = replace(incident, moved_at=min(incident.moved_at + away, now))  # noqa: PLW2901
            memory.incidents[place] = incident
        if incident.soaking_since is not None and incident.frozen_at is None:
            memory.incidents[place] = replace(incident, soaking_since=min(incident.soaking_since + away, now))
    memory.blast = resumed_blast(memory.blast, away=away, now=now)


def resume_signals(
    signals: Iterable[Signal], now: float, *, away: float, ended_at: float = 0.0
) -> list[Signal]:
    """Begin the expiry of what was still reported anew: its sender could not reach us meanwhile.

    Args:
        signals: as stored.
        now: our clock.
        away: seconds in which nobody watched. What had expired before them stays expired, and a provisional firing waits out what it still had to wait.
        ended_at: when the last life ended, by its own clock: what had expired by that stays expired too, though the clock was set back since.
    """
    return [_resumed(signal, now, away, ended_at) for signal in signals]


def _resumed(signal: Signal, now: float, away: float, ended_at: float) -> Signal:
    alive_at = now - away
    if signal.expires_at <= ended_at:
        return replace(
            signal, received_at=min(signal.received_at, now), expires_at=min(signal.expires_at, now)
        )
    if signal.received_at > now:  # by a clock that was set back since
        signal = replace(signal, received_at=now, expires_at=now + (signal.expires_at - signal.received_at))
    if signal.counts_from > alive_at:
        signal = replace(signal, counts_from=signal.counts_from + away)
    if signal.expires_at <= alive_at:
        return signal
    if signal.value is not None and now - signal.received_at >= signal.expires_at - signal.received_at:
        # Its thing is as it was said to be, until somebody could have said otherwise. A figure is of its moment, and gets no younger because nobody watched.
        signal = replace(signal, value=None)
    if signal.at_expiry is AtExpiry.UNKNOWN:
        return replace(signal, expires_at=now + (signal.expires_at - signal.received_at))
    return replace(signal, expires_at=signal.expires_at + away)


def later(draft: Draft, away: float, now: float) -> Draft:
    """A draft that waits: nobody could read it meanwhile."""
    return replace(draft, first_at=min(draft.first_at + away, now), made_at=min(draft.made_at + away, now))


@dataclass(frozen=True, slots=True)
class Pause:
    """The time between two lives.

    Attributes:
        away: seconds in which nobody watched, as far as the clock can be believed.
        now: our clock, at the new start.
        timeout: seconds that a request may take.
        settle_for: S.
    """

    away: float
    now: float
    timeout: float
    settle_for: float

    @property
    def _doubted(self) -> float:
        """Seconds by which nothing may come nearer its end: the clock may have been set by as much."""
        return self.away if self.away > BELIEVED else 0.0

    def intent(self, intent: Intent) -> Intent:
        """A write that was begun: it was sent before now, and waits as long as it would have."""
        return replace(intent, deadline=min(intent.deadline + self._doubted, self.now + self.timeout))

    def slot(self, slot: Slot, window: float) -> Slot:
        """A place in the rolling `window` of the rate limit: it is held for as long as it would have been."""
        if slot.held_until <= self.now - self.away:
            return slot  # it had come back when the last life ended
        longest = self.now + self.timeout + window + self.settle_for
        return replace(
            slot,
            taken_at=min(slot.taken_at + self._doubted, self.now),
            held_until=min(slot.held_until + self._doubted, longest),
        )

    def component(self, told: ComponentTold) -> ComponentTold:
        """What was told of a component."""
        until = told.unsettled_until
        if until is not None:
            until = min(until + self._doubted, self.now + self.timeout + self.settle_for)
        return replace(told, told_at=self._told_at(told.told_at), unsettled_until=until)

    def incident(self, told: IncidentTold) -> IncidentTold:
        """What was told in an incident."""
        return replace(told, told_at=self._told_at(told.told_at))

    def standing(self, standing: Standing) -> Standing:
        """What an operator told, until an instant of the day: that comes when it comes, whoever was away.

        What was told later than now was told by a clock that was set back since: it stands as long as it was to stand.
        """
        ahead = standing.issued.at - self.now
        if ahead <= 0:
            return standing
        until = standing.until - ahead if standing.until is not None else None
        return replace(standing, until=until, issued=replace(standing.issued, at=self.now))

    def notified(self, record: GuardRecord) -> GuardRecord:
        """A notification that counts against the page's hour: for as long as it would have."""
        return replace(record, at=min(record.at + self._doubted, self.now))

    def drafted(self, record: GuardRecord) -> GuardRecord:
        """A draft of which a write may be under way: it is looked at no sooner than it would have been."""
        latest = self.now + self.timeout + self.settle_for
        return replace(record, at=min(record.at + self._doubted, latest))

    def draft(self, draft: Draft) -> Draft:
        """A draft that waits."""
        return later(draft, self.away, self.now)

    def _told_at(self, told_at: float) -> float:
        if told_at + 2 * self.settle_for < self.now - self.away:
            return told_at  # it explained nothing any more when the last life ended
        return min(told_at + self._doubted, self.now)
