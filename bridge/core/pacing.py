"""Pacing of one API token: an exact rolling window that can be proven never to exceed the server's, whatever the latency.

The server counts arrivals, which a client cannot see. A slot is held from the start of a request until 60 s after its answer was read; a request whose answer never came may
still arrive, so its slot is held until 60 s + S after its deadline (statuspage-api.md, "Pacing that is provably safe"). Slots are stored before the request starts, so that a
crash loop keeps the window. Knows no operation, only lanes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.intents import OperationId


LONGEST_PENALTY = 900.0
"""Seconds: the longest that a `Retry-After` is obeyed without asking again. A date of next year is somebody's mistake."""

SMALLEST_SHARE = 0.125
GROWTH = 0.1
"""Of the window, after a refusal and for each window after it: multiplicative decrease, additive increase (design.md, "Pacing")."""


class Lane(StrEnum):
    """What a slot is for. Part of the window is kept for each of the first two."""

    INCIDENT = "incident"
    OBSERVE = "observe"
    ROUTINE = "routine"


@dataclass(frozen=True, slots=True)
class Limits:
    """How one token's window is shared.

    Attributes:
        requests: the server's limit in any `window` (quick reference, "Rate Limiting").
        window: seconds.
        incident_reserve: slots that only incidents, and the reads that they need, may take.
        observe_reserve: slots that only reads of the page may take.
        others_share: slots left to other users of the token.
        burst: routine slots that may be taken at once; what comes after is spread over the window.
        cold_spacing: seconds between requests in the first window of a start that remembers nothing.
        settle_for: S, seconds after its deadline by which a lost request has arrived, if it ever does.
    """

    requests: int = 60
    window: float = 60.0
    incident_reserve: int = 6
    observe_reserve: int = 2
    others_share: int = 3
    burst: int = 10
    cold_spacing: float = 1.0
    settle_for: float = 150.0

    def __post_init__(self) -> None:
        """Refuse a share that leaves nothing to a lane.

        Raises:
            ValueError: the reserves and shares together leave no slot for routine requests.
        """
        routine = self.requests - self.others_share - self.incident_reserve - self.observe_reserve
        if routine < 1:
            raise ValueError(
                f"{self.requests} requests less {self.others_share} for others, {self.incident_reserve} for incidents"
                f" and {self.observe_reserve} for reads leave {routine} for everything else; at least 1 is needed"
            )


@dataclass(frozen=True, slots=True)
class Slot:
    """One request's place in the window.

    Attributes:
        operation: whose it is.
        lane: what it was for.
        taken_at: our clock.
        held_until: our clock; while the request is in flight, the worst case.
    """

    operation: OperationId
    lane: Lane
    taken_at: float
    held_until: float


class Budget:
    """The window of one token. Changed in place by its owner; stores nothing and waits for nothing."""

    def __init__(self, limits: Limits, slots: Iterable[Slot], *, now: float) -> None:
        """Take up the window where it was left.

        Args:
            limits: how the window is shared.
            slots: what is stored. One from the future (a clock was set back) counts from now.
            now: our clock.
        """
        self.limits = limits
        longest = limits.window + limits.settle_for
        self._slots: dict[OperationId, Slot] = {}
        self._expired: list[OperationId] = []
        self._factor = 1.0
        self._refusals = 0
        self._grown_at = now
        for slot in slots:
            if slot.taken_at > now:
                slot = replace(slot, taken_at=now, held_until=now + longest)  # noqa: PLW2901
            if slot.held_until > now:
                self._slots[slot.operation] = slot
            else:
                self._expired.append(slot.operation)
        taken = [slot.taken_at for slot in self._slots.values()]
        routine = [slot.taken_at for slot in self._slots.values() if slot.lane is Lane.ROUTINE]
        # Nothing is known of the time before the oldest slot: a crash in the first minute does not end the cold start.
        self._cold_until = min(taken, default=now) + limits.window
        self._blocked_until = float("-inf")
        self._last_taken = max(taken, default=now - limits.window)
        self._last_routine = max(routine, default=now - limits.window)

    def ready_at(self, lane: Lane, now: float) -> float:
        """The earliest instant, not before `now`, at which this lane may take a slot if nothing else happens."""
        self._expire(now)
        self._grow(now)
        limits = self.limits
        earliest = max(now, self._blocked_until)
        if now < self._cold_until:
            earliest = max(earliest, min(self._last_taken + limits.cold_spacing, self._cold_until))
        held = self._held()
        allowed = self._allowed(lane, held)
        total = sum(held.values())
        if total >= allowed:
            ends = sorted(slot.held_until for slot in self._slots.values())
            # So many must come back before this lane may take one. Which lane they belonged to can only make it wait longer; it asks again then.
            earliest = max(earliest, ends[total - allowed])
        if lane is Lane.ROUTINE and held[Lane.ROUTINE] >= limits.burst:
            earliest = max(earliest, self._last_routine + limits.window / allowed)
        return earliest

    def take(self, lane: Lane, operation: OperationId, *, now: float, deadline: float) -> Slot:
        """Take a slot that `ready_at` has granted. The caller stores it before the request starts."""
        slot = Slot(operation, lane, now, deadline + self.limits.window + self.limits.settle_for)
        self._slots[operation] = slot
        self._last_taken = now
        if lane is Lane.ROUTINE:
            self._last_routine = now
        return slot

    def answered(self, operation: OperationId, now: float) -> Slot | None:
        """The answer was read at `now`: the request has arrived, so its slot comes back one window later."""
        slot = self._slots.get(operation)
        if slot is None:
            return None
        slot = replace(slot, held_until=now + self.limits.window)
        self._slots[operation] = slot
        return slot

    def never_sent(self, operation: OperationId) -> None:
        """Nothing was written to the network: the slot was not used."""
        self._slots.pop(operation, None)

    def penalise(self, now: float, retry_after: float | None) -> None:
        """The server says that the limit was exceeded: somebody else uses the token too.

        Nothing is sent for as long as it asks, or one window, but for `LONGEST_PENALTY` at most. Then half of what was used before, growing back a tenth in every window.
        """
        # A wait of nothing would be no answer to having asked too often.
        asked = retry_after or self.limits.window
        if now >= self._blocked_until:
            # What was under way together is refused together, and counts once.
            self._grow(now)
            self._factor = max(SMALLEST_SHARE, self._factor / 2)
            # Refused again and again, a short wait is not enough: whoever else uses the token uses all of it.
            asked = max(asked, min(2.0**self._refusals, self.limits.window) if self._refusals else 0.0)
            self._refusals += 1
        self._blocked_until = max(self._blocked_until, now + min(asked, LONGEST_PENALTY))
        self._grown_at = self._blocked_until

    def accepted(self) -> None:
        """A request was not refused for the limit."""
        self._refusals = 0

    def expired(self) -> list[OperationId]:
        """The slots that came back since this was last asked: to be deleted from the store."""
        expired, self._expired = self._expired, []
        return expired

    def held(self, now: float) -> dict[Lane, int]:
        """How many slots each lane holds."""
        self._expire(now)
        return self._held()

    def _held(self) -> dict[Lane, int]:
        held = dict.fromkeys(Lane, 0)
        for slot in self._slots.values():
            held[slot.lane] += 1
        return held

    def _allowed(self, lane: Lane, held: dict[Lane, int]) -> int:
        limits = self.limits
        allowed = int((limits.requests - limits.others_share) * self._factor)
        if lane is not Lane.OBSERVE:
            allowed -= max(0, limits.observe_reserve - held[Lane.OBSERVE])
        if lane is not Lane.INCIDENT:
            allowed -= max(0, limits.incident_reserve - held[Lane.INCIDENT])
        return max(1, allowed)  # however often it was refused, somebody has to find out when that is over

    def _expire(self, now: float) -> None:
        for operation in [operation for operation, slot in self._slots.items() if slot.held_until <= now]:
            del self._slots[operation]
            self._expired.append(operation)

    def _grow(self, now: float) -> None:
        """Take a tenth more for every window without a refusal."""
        windows = max(0.0, now - self._grown_at) / self.limits.window
        self._factor = min(1.0, self._factor + GROWTH * windows)
        self._grown_at = max(self._grown_at, now)
