"""The instant that a question about the past names: RFC 3339, or how long ago."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bridge.config.durations import DurationError, parse_duration
from bridge.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Callable

_TAKES = "write an instant such as 2026-01-31T18:00:00Z, or how long ago, such as 2h"

ROUNDING = 1.0
"""Seconds that an instant may lie ahead and still mean now: answers tell instants to the nearest second (`bridge.web.instants.instant`)."""


class InstantError(BridgeError):
    """It is none; the text says what would be."""


def asked_instant(text: str, now: float, by_our_clock: Callable[[float], float]) -> float:
    """The instant by our clock.

    Args:
        text: as it was asked.
        now: our clock.
        by_our_clock: an instant of the time of day by our clock.

    Raises:
        InstantError: it is none, or lies in the future.
    """
    try:
        ago = now - parse_duration(text)
    except DurationError:
        ago = None
    if ago is not None:
        return max(0.0, ago)
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise InstantError(f"at: {text} is no instant; {_TAKES}") from None
    if told.tzinfo is None:
        raise InstantError(f"at: {text} says no time zone; {_TAKES}, with Z for UTC")
    try:
        at = max(0.0, by_our_clock(told.timestamp()))
    except (OverflowError, ValueError):
        raise InstantError(f"at: {text} is no instant; {_TAKES}") from None
    if at > now + ROUNDING:
        raise InstantError(f"at: {text} lies in the future; without it, what is live is told")
    return min(at, now)
