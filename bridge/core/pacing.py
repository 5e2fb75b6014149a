"""Pacing of one API token: an exact rolling window that can be proven never to exceed the server's, whatever the latency.

The server counts arrivals, which a client cannot see. A slot is held from the start of a request until 60 s after its answer was read; a request whose answer never came may
still arrive, so its slot is held until 60 s + S after its deadline (statuspage-api.md, "Pacing that is provably safe"). Slots are stored before the request starts, so that a
crash loop keeps the window. Knows no operation, only lanes.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.intents import OperationId


LONGEST_PENALTY = 900.0
"""Seconds: the longest that a `Retry-After` is obeyed without asking again. A date of next year is somebody's mistake."""

SMALLEST_SHARE = 0.125
GROWTH = 0.1
"""Of the window, after a refusal and for each window after it: multiplicative decrease, additive increase (design.md, "Pacing")."""

STRETCH = 2.0
"""How many times its fair distance, a window divided by its room, a routine request waits at most while a slot is free."""

EAGERNESS = 0.9
"""Routine requests follow each other a tenth sooner than would be even: what is held back for evenness alone is lost for good (measured: 1 % of the calls, against 2 %)."""


class Lane(StrEnum):
    """What a slot is for. Part of the window is kept for each of the first two, and only the last is smoothed."""

    INCIDENT = "incident"
    OBSERVE = "observe"
    ROUTINE = "routine"


@dataclass(frozen=True, slots=True)
class Limits:
    """How one token's window is shared (design.md, "Pacing").

    Attributes:
        requests: the server's limit in any `window` (quick reference, "Rate Limiting").
        window: seconds.
        incident_reserve: slots that stay free for incidents and the reads that they need, however many of theirs are held already.
        observe_reserve: reads of the page in a window that are granted whatever else is held, and however far the window was shrunk.
        others_share: slots left to other users of the token.
        burst: routine slots that may be taken at once; what comes after is spread over the time until the next slot comes back.
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
    """The window of one token. Changed in place by its owner; stores nothing and waits for nothing.

    Cost, of n slots held: to ask costs what has come back since, and no more; to take or to answer is a binary search and a move within n references.
    """

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
        self._ends: list[tuple[float, OperationId]] = []
        self._held = dict.fromkeys(Lane, 0)
        self._expired: list[OperationId] = []
        self._factor = 1.0
        self._refusals = 0
        self._refused_at = float("-inf")
        self._grown_at = now
        for slot in slots:
            if slot.taken_at > now:
                slot = replace(slot, taken_at=now, held_until=now + longest)  # noqa: PLW2901
            if slot.held_until > now:
                self._hold(slot)
            else:
                self._expired.append(slot.operation)
        taken = [slot.taken_at for slot in self._slots.values()]
        routine = [slot.taken_at for slot in self._slots.values() if slot.lane is Lane.ROUTINE]
        # Nothing is known of the time before the oldest slot: a crash in the first minute does not end the cold start.
        self._cold_until = min(taken, default=now) + limits.window
        self._blocked_until = self._patient_until = float("-inf")
        self._last_taken = max(taken, default=now - limits.window)
        self._last_routine = max(routine, default=now - limits.window)

    def ready_at(self, lane: Lane, now: float) -> float:
        """The earliest instant, not before `now`, at which this lane may take a slot if nothing else happens.

        While a shrunk window grows it may be earlier; whoever waits is woken by every answer, and asks again.
        """
        self._expire(now)
        self._grow(now)
        kept = self.limits.observe_reserve if lane is Lane.OBSERVE else 0
        if self._held[lane] < kept:
            return self._granted_at(lane, now, kept=True)
        granted_at = self._granted_at(lane, now, kept=False)
        if kept and granted_at > now:
            # Sooner, perhaps, as one of the reads that are kept: when so many of those before have come back.
            kept_at = self._end_of(lane, self._held[lane] - kept)
            granted_at = min(granted_at, max(kept_at, self._granted_at(lane, now, kept=True)))
        return granted_at

    def take(self, lane: Lane, operation: OperationId, *, now: float, deadline: float) -> Slot:
        """Take a slot that `ready_at` has granted. The caller stores it before the request starts."""
        slot = Slot(operation, lane, now, deadline + self.limits.window + self.limits.settle_for)
        self._hold(slot)
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
        self._hold(slot)
        return slot

    def never_sent(self, operation: OperationId) -> None:
        """Nothing was written to the network: the slot was not used."""
        self._give_up(operation)

    def penalise(self, now: float, retry_after: float | None, *, began_at: float | None = None) -> None:
        """The server says that the limit was exceeded: somebody else uses the token too.

        Nothing is sent for as long as it asks, or one window, but for `LONGEST_PENALTY` at most. Then half of what was used before, growing back a tenth in every window. Refused
        again and again, everything but the reads that are kept waits longer than it is asked to.

        Args:
            now: our clock.
            retry_after: seconds, as the server asked.
            began_at: when the refused request took its slot. What was under way together is refused together, and counts once.
        """
        # A wait of nothing would be no answer to having asked too often.
        asked = min(retry_after or self.limits.window, LONGEST_PENALTY)
        waiting = max(self._blocked_until, self._patient_until)
        self._blocked_until = max(self._blocked_until, now + asked)
        if (began_at > self._refused_at) if began_at is not None else (now >= waiting):
            self._grow(now)
            self._factor = max(SMALLEST_SHARE, self._factor / 2)
            if self._refusals:
                # Refused again and again, a short wait is not enough: whoever else uses the token uses all of it.
                patience = min(2.0**self._refusals, self.limits.window)
                self._patient_until = max(self._patient_until, now + patience)
            self._refusals += 1
            self._refused_at = now
        self._grown_at = max(self._blocked_until, self._patient_until)

    def accepted(self) -> None:
        """A request was not refused for the limit."""
        self._refusals = 0

    def clock_moved(self, seconds: float) -> None:
        """Our clock was moved forward by so much: what had to wait waits as long as before, for the server's clock was not. Cost: the slots held."""
        for slot in list(self._slots.values()):
            self._hold(replace(slot, held_until=slot.held_until + seconds))
        self._blocked_until += seconds
        self._patient_until += seconds
        self._cold_until += seconds
        self._grown_at += seconds

    def expired(self) -> list[OperationId]:
        """The slots that came back since this was last asked: to be deleted from the store."""
        expired, self._expired = self._expired, []
        return expired

    def held(self, now: float) -> dict[Lane, int]:
        """How many slots each lane holds."""
        self._expire(now)
        return dict(self._held)

    def _granted_at(self, lane: Lane, now: float, *, kept: bool) -> float:
        """When the lane may take a slot; `kept` for a read that is kept.

        A storm is when people act, and so is a refusal: such a read waits for the server's own wait, and for a slot, and for nothing else.
        """
        earliest = max(now, self._blocked_until)
        if not kept:
            earliest = max(earliest, self._patient_until)
        if now < self._cold_until:
            earliest = max(earliest, min(self._last_taken + self.limits.cold_spacing, self._cold_until))
        room = self.limits.requests - self.limits.others_share if kept else self._room(lane)
        free = room - len(self._ends)
        if free <= 0:
            # So many must come back before this lane may take one. Which lane they belonged to can only make it wait longer; it asks again then.
            earliest = max(earliest, self._ends[-free][0])
        elif lane is Lane.ROUTINE and self._held[Lane.ROUTINE] >= self.limits.burst:
            earliest = max(earliest, self._last_routine + self._distance(free, room, now))
        return earliest

    def _room(self, lane: Lane) -> int:
        """How many slots of all lanes may be held once this lane has taken one."""
        limits = self.limits
        room = int((limits.requests - limits.others_share) * self._factor)
        room -= max(0, limits.observe_reserve - self._held[Lane.OBSERVE])
        if lane is not Lane.INCIDENT:
            room -= ceil(limits.incident_reserve * self._factor)
        return max(1, room)  # however often it was refused, somebody has to find out when that is over

    def _end_of(self, lane: Lane, number: int) -> float:
        """When a lane's slot comes back, counted from 0 in the order in which they do. Cost: the slots held."""
        ends = (end for end, operation in self._ends if self._slots[operation].lane is lane)
        return next(islice(ends, number, None))

    def _distance(self, free: int, room: int, now: float) -> float:
        """Seconds between routine requests with which what is free, and what comes back, lasts: at no time in the next window is everything taken. Cost: the slots held."""
        longest = STRETCH * self.limits.window / room
        last, horizon = self._last_routine, now + self.limits.window
        needed = 0.0
        for more, (end, _) in enumerate(self._ends, free + 1):
            if end > horizon:
                break
            needed = max(needed, (end - last) / more)
        return min(EAGERNESS * needed, longest) if needed else longest

    def _hold(self, slot: Slot) -> None:
        self._give_up(slot.operation)
        self._slots[slot.operation] = slot
        self._held[slot.lane] += 1
        insort(self._ends, (slot.held_until, slot.operation))

    def _give_up(self, operation: OperationId) -> Slot | None:
        slot = self._slots.pop(operation, None)
        if slot is not None:
            self._held[slot.lane] -= 1
            del self._ends[bisect_left(self._ends, (slot.held_until, operation))]
        return slot

    def _expire(self, now: float) -> None:
        while self._ends and self._ends[0][0] <= now:
            _, operation = self._ends[0]
            self._give_up(operation)
            self._expired.append(operation)

    def _grow(self, now: float) -> None:
        """Take a tenth more for every window without a refusal."""
        windows = max(0.0, now - self._grown_at) / self.limits.window
        self._factor = min(1.0, self._factor + GROWTH * windows)
        self._grown_at = max(self._grown_at, now)
