"""A metric's points, summarised for one screen: buckets of five minutes, half an hour, two hours.

Must not know how a chart looks. What was summarised of a day is kept until that day's points change.
"""

import math
from bisect import bisect_left
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from bridge.simulator.records.points import DAY, Points

HUGE = 1e150
"""Values beyond it are drawn as it: sums of them stay finite."""


class Bucket(NamedTuple):
    """The points of one bucket: instants of the first and the last, and the values' mean and extremes."""

    first: int
    last: int
    mean: float
    low: float
    high: float


class MetricSummary:
    """Summaries of one metric's days; it never shows what the points no longer say."""

    def __init__(self, points: Points) -> None:
        self.points = points
        self._known: dict[tuple[int, int], tuple[int, tuple[Bucket, ...]]] = {}

    def buckets(self, step: int, begin: float, end: float) -> list[Bucket]:
        """Return the buckets of `step` seconds (a divisor of a day) between two instants, in order of time."""
        found: list[Bucket] = []
        for day, revision, held in self.points.days(int(begin // DAY), int(end // DAY)):
            known = self._known.get((day, step))
            if known is None or known[0] != revision:
                known = (revision, _summarised(held, day * DAY, step))
                self._known[day, step] = known
            found += known[1]
        return [bucket for bucket in found if begin <= bucket.last and bucket.first <= end]


def _summarised(points: Mapping[int, float], midnight: int, step: int) -> tuple[Bucket, ...]:
    ordered = sorted(points.items())
    instants = [instant for instant, _ in ordered]
    values = [value for _, value in ordered]
    edges = [bisect_left(instants, midnight + offset) for offset in range(0, DAY + step, step)]
    return tuple(
        _bucket(instants[start:stop], values[start:stop]) for start, stop in pairwise(edges) if start < stop
    )


def _bucket(instants: list[int], values: list[float]) -> Bucket:
    total = sum(values)
    if not math.isfinite(total) or abs(total) > HUGE:
        values = [max(-HUGE, min(HUGE, value)) for value in values]
        total = sum(values)
    return Bucket(instants[0], instants[-1], total / len(values), min(values), max(values))
