"""Instants and durations in answers: ours is a clock that others do not see."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bridge.config.durations import format_duration

if TYPE_CHECKING:
    from bridge.web.ports import Commands

_LAST = datetime.max.replace(tzinfo=UTC).timestamp() - 1


def offset_of(commands: Commands) -> float:
    """Seconds by which the time of day is ahead of our clock."""
    now = commands.now()
    return now - commands.by_our_clock(now)


def instant(at: float | None, offset: float) -> str | None:
    """An instant of our clock as the time of day in UTC, to the second; None for never."""
    if at is None or not math.isfinite(at):
        return None
    told = datetime.fromtimestamp(min(round(at + offset), _LAST), UTC).replace(microsecond=0)
    return told.isoformat().replace("+00:00", "Z")


def lasting(until: float | None, now: float) -> str | None:
    """How long from now, to the second; None for ever."""
    return format_duration(float(round(max(0.0, until - now)))) if until is not None else None
