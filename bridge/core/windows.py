"""Windows of time: one that is written down, or one that recurs. What silences and maintenances last for.

A window that recurs begins by its own zone's clock, as cron does it (Debian's rule): a beginning that falls into the hour that daylight saving leaves out comes when that hour would have ended, and one
that falls into the hour that comes twice comes once, the first time. How long it lasts is counted in seconds that pass. Knows neither files nor what a window is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, assert_never

from cronsim import CronSim

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From when to when, Unix seconds. The end is not part of it."""

    begins_at: float
    ends_at: float

    def holds(self, now: float) -> bool:
        """Whether `now` is within it."""
        return self.begins_at <= now < self.ends_at


@dataclass(frozen=True, slots=True)
class Recurring:
    """A window that comes again and again.

    Attributes:
        cron: five fields: when it begins.
        duration: seconds.
        zone: whose clock the fields go by.
    """

    cron: str
    duration: float
    zone: tzinfo


Window = Span | Recurring


def next_span(window: Window, now: float) -> Span | None:
    """The span that lasts at `now`, or else the one that comes next; None after the last."""
    match window:
        case Span():
            return window if now < window.ends_at else None
        case Recurring():
            return next(_occurrences(window, now), None)
        case _:
            assert_never(window)


def spans(window: Window, now: float, until: float) -> Iterator[Span]:
    """Every span that ends after `now` and begins before `until`, in order."""
    match window:
        case Span():
            if now < window.ends_at and window.begins_at < until:
                yield window
        case Recurring():
            for span in _occurrences(window, now):
                if span.begins_at >= until:
                    return
                yield span
        case _:
            assert_never(window)


def _occurrences(window: Recurring, now: float) -> Iterator[Span]:
    """The spans that end after `now`, in order."""
    after = now - window.duration
    for begin in CronSim(window.cron, datetime.fromtimestamp(after, window.zone)):
        begins_at = begin.timestamp()
        # Within the hour that comes twice, the first time may be over already.
        if begins_at > after:
            yield Span(begins_at, begins_at + window.duration)
