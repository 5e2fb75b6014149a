"""Metric points: the 30-second grid, which points are due, and how an hour of them is packed.

Rules of the page (quick reference, "Metrics"): a point is cast to the nearest 30 s, the last one written wins, at least one in 5 minutes, backfill up to 28 days. Only a bucket
that is over is sent, so that each is sent with its final value. Knows neither probes nor queries.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.rules import Series

GRID = 30
"""Seconds between points."""

BACKFILL = 28 * 24 * 3600
"""Seconds into the past that the page accepts."""

HOUR = 3600

LATE = HOUR
"""Seconds after the end of an hour for which it is remembered though all of it was sent: a sample that comes late must not be sent as if its bucket were new."""

_BUCKETS = HOUR // GRID
_PACKED = struct.Struct(f"<{_BUCKETS}d")
EMPTY = math.nan


def grid(at: float) -> int:
    """The bucket that an instant belongs to: the nearest multiple of 30 s, halves up, as the page casts it."""
    return math.floor(at / GRID + 0.5) * GRID


def closed_before(now: float) -> int:
    """Every bucket before this one is over: no later sample will fall into it."""
    return grid(now)


@dataclass(frozen=True, slots=True)
class PointHour:
    """One hour of one series, as it is stored: 120 buckets, not a row for each point.

    Attributes:
        series: where the values come from.
        hour: Unix seconds, a multiple of 3600.
        values: 120 values, NaN where there is none.
        sent: for each bucket whether the page has it.
    """

    series: Series
    hour: int
    values: tuple[float, ...]
    sent: int
    """A bit for each bucket."""

    def pack(self) -> bytes:
        """960 bytes, little-endian doubles."""
        return _PACKED.pack(*self.values)


def unpack(series: Series, hour: int, values: bytes, sent: int) -> PointHour:
    """Read what `PointHour.pack` wrote."""
    return PointHour(series, hour, _PACKED.unpack(values), sent)


class Points:
    """The points of a page's series, by hour, until they are sent. Changed in place by its owner; bounded by series times 28 days."""

    def __init__(self, hours: tuple[PointHour, ...] = ()) -> None:
        self._hours: dict[tuple[Series, int], list[float]] = {}
        self._sent: dict[tuple[Series, int], int] = {}
        self._unsent: dict[Series, dict[int, float]] = {}
        self._begun: dict[Series, set[int]] = {}
        for hour in hours:
            self._hours[hour.series, hour.hour] = list(hour.values)
            self._sent[hour.series, hour.hour] = hour.sent
            for position, value in enumerate(hour.values):
                if not math.isnan(value) and not hour.sent >> position & 1:
                    self._unsent.setdefault(hour.series, {})[hour.hour + position * GRID] = value

    def copy(self) -> Points:
        """The same points, to be changed apart."""
        other = Points()
        other._hours = {place: list(values) for place, values in self._hours.items()}
        other._sent = dict(self._sent)
        other._unsent = {series: dict(values) for series, values in self._unsent.items()}
        other._begun = {series: set(buckets) for series, buckets in self._begun.items()}
        return other

    def record(self, series: Series, at: float, value: float) -> PointHour | None:
        """Enter a sample into its bucket; the last one wins. A value that is not finite is none.

        Returns:
            The hour to store, or None if nothing changed.
        """
        if not math.isfinite(value):
            return None
        bucket = grid(at)
        place, position = _place(series, bucket)
        if self._sent.get(place, 0) >> position & 1 or bucket in self._begun.get(series, ()):
            # The page has this bucket, or may have it; one value each, or its history would change under the reader.
            return None
        self._hours.setdefault(place, [EMPTY] * _BUCKETS)[position] = value
        self._sent.setdefault(place, 0)
        self._unsent.setdefault(series, {})[bucket] = value
        return self._hour(place)

    def unsent(self, series: Series, now: float) -> list[tuple[int, float]]:
        """The closed buckets that the page does not have and still accepts, oldest first."""
        before, oldest = closed_before(now), now - BACKFILL
        waiting = self._unsent.get(series, {})
        return sorted((bucket, value) for bucket, value in waiting.items() if oldest < bucket < before)

    def next_over(self, series: Series, now: float) -> int | None:
        """The oldest bucket that holds a value and is not over yet; it is over half a grid step after its instant."""
        before = closed_before(now)
        return min((bucket for bucket in self._unsent.get(series, ()) if bucket >= before), default=None)

    def begin(self, series: Series, buckets: Iterable[int]) -> None:
        """Note that these buckets are on their way, whatever becomes of that: a clock that is set back dates later samples into them."""
        self._begun.setdefault(series, set()).update(buckets)

    def mark_sent(self, series: Series, buckets: list[int]) -> tuple[PointHour, ...]:
        """Note that the page has these buckets. Returns the hours to store."""
        places: dict[tuple[Series, int], None] = {}
        for bucket in buckets:
            place, position = _place(series, bucket)
            if place in self._hours:
                self._sent[place] |= 1 << position
                self._unsent.get(series, {}).pop(bucket, None)
                self._begun.get(series, set()).discard(bucket)
                places[place] = None
        return tuple(self._hour(place) for place in places)

    def forget(self, now: float) -> tuple[tuple[Series, int], ...]:
        """Drop the hours that need no memory: too old for the page, or over and sent. Returns what to delete from the store."""
        gone = [(series, hour) for series, hour in self._hours if self._needless(series, hour, now)]
        for series, hour in gone:
            del self._hours[series, hour], self._sent[series, hour]
            waiting = self._unsent.get(series, {})
            for bucket in [bucket for bucket in waiting if hour <= bucket < hour + HOUR]:
                del waiting[bucket]
                self._begun.get(series, set()).discard(bucket)
        return tuple(gone)

    def _needless(self, series: Series, hour: int, now: float) -> bool:
        if hour + HOUR < now - BACKFILL:
            return True
        over = hour + HOUR + LATE < now
        return over and not any(hour <= bucket < hour + HOUR for bucket in self._unsent.get(series, ()))

    def _hour(self, place: tuple[Series, int]) -> PointHour:
        return PointHour(*place, tuple(self._hours[place]), self._sent[place])


def _place(series: Series, bucket: int) -> tuple[tuple[Series, int], int]:
    hour = bucket - bucket % HOUR
    return (series, hour), (bucket - hour) // GRID
