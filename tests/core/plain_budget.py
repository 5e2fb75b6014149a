"""The window of a token in its plainest form: every question scans and sorts all slots. The oracle of `bridge.core.pacing.Budget`, which keeps count instead."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING

from bridge.core.pacing import EAGERNESS, GROWTH, LONGEST_PENALTY, SMALLEST_SHARE, STRETCH, Lane, Limits, Slot

if TYPE_CHECKING:
    from bridge.core.intents import OperationId


class PlainBudget:
    """The same questions and answers. It begins with a known window, and keeps what has come back for ever."""

    def __init__(self, limits: Limits, *, now: float) -> None:
        self.limits = limits
        self.slots: dict[OperationId, Slot] = {}
        self.taken: list[Slot] = []
        self.penalties: list[tuple[float, float, float]] = []
        """Until when the server asked us to wait, until when we wait by ourselves, and the share of the window from then on."""
        self.refusals = 0
        self.began_at = now

    def ready_at(self, lane: Lane, now: float) -> float:
        """When the lane may take a slot."""
        limits = self.limits
        held = [slot for slot in self.slots.values() if slot.held_until > now]
        ends = sorted(slot.held_until for slot in held)
        reads = sum(slot.lane is Lane.OBSERVE for slot in held)
        ours = limits.requests - limits.others_share
        unread = max(0, limits.observe_reserve - reads)
        share = self._share(now)
        if lane is Lane.OBSERVE and unread > 0:
            return self._kept_at(now)
        if lane is Lane.INCIDENT:
            room = max(1, int(ours * share) - unread)
        else:
            room = max(1, int(ours * share) - unread - ceil(limits.incident_reserve * share))
        earliest = max([self._unblocked(now), *(patient for _, patient, _ in self.penalties)])
        if len(held) >= room:
            earliest = max(earliest, ends[len(held) - room])
            return (
                min(earliest, self._kept_at(now))
                if lane is Lane.OBSERVE and limits.observe_reserve
                else earliest
            )
        routine = sum(slot.lane is Lane.ROUTINE for slot in held)
        if lane is Lane.ROUTINE and routine >= limits.burst:
            last = max(slot.taken_at for slot in self.taken if slot.lane is Lane.ROUTINE)
            soon = [end for end in ends if end <= now + limits.window]
            # Until the n-th comes back, what is free and the n - 1 before it have to do.
            even = [(end - last) / (room - len(held) + number) for number, end in enumerate(soon, 1)]
            longest = STRETCH * limits.window / room
            earliest = max(earliest, last + (min(longest, EAGERNESS * max(even)) if even else longest))
        if lane is Lane.OBSERVE and limits.observe_reserve:
            earliest = min(earliest, self._kept_at(now))
        return earliest

    def _kept_at(self, now: float) -> float:
        """When a read may start because fewer than those that are kept are held."""
        limits = self.limits
        held = [slot for slot in self.slots.values() if slot.held_until > now]
        earliest = self._unblocked(now)
        ours = limits.requests - limits.others_share
        if len(held) >= ours:
            earliest = max(earliest, sorted(slot.held_until for slot in held)[len(held) - ours])
        reads = sorted(slot.held_until for slot in held if slot.lane is Lane.OBSERVE)
        if len(reads) >= limits.observe_reserve:
            earliest = max(earliest, reads[len(reads) - limits.observe_reserve])
        return earliest

    def _unblocked(self, now: float) -> float:
        """When neither the server's wait nor a cold start keeps a request back."""
        earliest = max([now, *(asked for asked, _, _ in self.penalties)])
        if now < self.began_at + self.limits.window:
            spaced = (
                max((slot.taken_at for slot in self.taken), default=float("-inf")) + self.limits.cold_spacing
            )
            earliest = max(earliest, min(spaced, self.began_at + self.limits.window))
        return earliest

    def take(self, lane: Lane, operation: OperationId, *, now: float, deadline: float) -> None:
        """A request starts."""
        slot = Slot(operation, lane, now, deadline + self.limits.window + self.limits.settle_for)
        self.slots[operation] = slot
        self.taken.append(slot)

    def answered(self, operation: OperationId, now: float) -> None:
        """Its answer was read."""
        slot = self.slots.get(operation)
        if slot is not None and slot.held_until > now:
            self.slots[operation] = replace(slot, held_until=now + self.limits.window)

    def never_sent(self, operation: OperationId) -> None:
        """It never left."""
        self.slots.pop(operation, None)

    def penalise(self, now: float, retry_after: float | None) -> None:
        """It was refused for the limit."""
        share = self._share(now)
        asked = now + min(retry_after or self.limits.window, LONGEST_PENALTY)
        patient = now
        if now >= self._waits_until():
            share = max(SMALLEST_SHARE, share / 2)
            if self.refusals:
                patient = now + min(2.0**self.refusals, self.limits.window)
            self.refusals += 1
        self.penalties.append((asked, patient, share))

    def accepted(self) -> None:
        """It was not."""
        self.refusals = 0

    def clock_moved(self, seconds: float) -> None:
        """Our clock was moved forward, and everybody else's was not."""
        self.slots = {
            name: replace(slot, held_until=slot.held_until + seconds) for name, slot in self.slots.items()
        }
        self.penalties = [
            (asked + seconds, patient + seconds, share) for asked, patient, share in self.penalties
        ]
        self.began_at += seconds

    def held(self, now: float) -> dict[Lane, int]:
        """How many slots each lane holds."""
        return {
            lane: sum(slot.lane is lane and slot.held_until > now for slot in self.slots.values())
            for lane in Lane
        }

    def _share(self, now: float) -> float:
        if not self.penalties:
            return 1.0
        share = self.penalties[-1][2]
        return min(1.0, share + GROWTH * max(0.0, now - self._waits_until()) / self.limits.window)

    def _waits_until(self) -> float:
        return max((max(asked, patient) for asked, patient, _ in self.penalties), default=float("-inf"))
