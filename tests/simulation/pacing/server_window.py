"""What the server counts, written from the issue's words alone: in any sixty seconds no more requests arrive than the limit. Shares no code with the bridge.

When a request arrives only the network knows. So a request is a span, from the earliest to the latest instant at which it may arrive, and the network does its worst.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

FUZZ = 1e-6
"""Seconds: sums of floating-point seconds are trusted to a microsecond."""


@dataclass(frozen=True)
class Span:
    """Between which instants of the server's clock one request arrives, if it does."""

    earliest: float
    latest: float


def most_that_can_arrive(requests: Iterable[Span], window: float) -> int:
    """The most requests that can arrive within any window `(end - window, end]`.

    Requests are independent of each other, so all that can arrive in a window can arrive in it together. Of those that can arrive by its end, it lacks those that have arrived by
    its beginning at the latest. The count can only rise where a request may first arrive, so that these ends are enough.
    """
    spans = list(requests)
    earliest, latest = sorted(one.earliest for one in spans), sorted(one.latest for one in spans)
    return max(
        (bisect_right(earliest, end) - bisect_right(latest, end - window + FUZZ) for end in earliest),
        default=0,
    )
