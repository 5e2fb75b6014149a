"""The health of sources: since when a source has been silent for longer than it may be, and what its signals are worth then.

A source that is blind proves nothing: its signals count as unknown, whatever they said last, until it succeeds again (design.md, "Blindness"). Knows neither rules nor how a
source observes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.holds import NEVER, Truth
from bridge.core.signals import AtExpiry, Signal, SignalState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NEVER_SUCCEEDED = "never"


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """What is known of one source.

    Attributes:
        source: its name, as its signals carry it.
        heard_at: our clock; when it last succeeded, or since when it has been listened to if it never did.
        stale_after: seconds of silence after which it is blind; None where silence proves nothing, as with an Alertmanager that is silent when all is well.
        succeeded: whether it ever did.
        watchdog: whether what it has to say at all times is said. Nothing sets it yet.
        connectivity: whether what it needs on the way is there. Nothing sets it yet.
        doubted_at: our clock; since when one of these two has not been true.
    """

    source: str
    heard_at: float
    stale_after: float | None = None
    succeeded: bool = True
    watchdog: Truth = Truth.TRUE
    connectivity: Truth = Truth.TRUE
    doubted_at: float = 0.0

    @property
    def blind_from(self) -> float:
        """Our clock; from when on it is blind, if it stays silent. Infinity for never."""
        stale_at = self.heard_at + self.stale_after if self.stale_after is not None else NEVER
        if self.watchdog is Truth.TRUE and self.connectivity is Truth.TRUE:
            return stale_at
        return min(stale_at, self.doubted_at)

    def sees(self, now: float) -> bool:
        """Whether it can be believed at `now`."""
        return now < self.blind_from

    def resumed(self, *, ended_at: float, now: float) -> SourceHealth:
        """The same after a time in which nobody listened: that counts for nothing, and what was blind before stays so.

        Args:
            ended_at: when that time began, by the clock that `heard_at` was taken from; it may have been set since.
            now: our clock.
        """
        silent = max(0.0, ended_at - self.heard_at)
        if self.heard_at <= now and self.stale_after is not None and silent >= self.stale_after:
            return self  # from then on its signals do not even age
        return replace(self, heard_at=now - silent)


def seen_state(
    signal: Signal, health: SourceHealth | None, now: float, *, silenced: bool = False
) -> SignalState | None:
    """What a signal says at `now`, given the health of its source; None when it is to be forgotten.

    What a silence covers is unknown, and not forgotten: that it ended is looked at when the silence is over.
    What had not been forgotten when its source went blind is unknown for as long as that lasts, an ended alert too: that it had ended proves nothing of now.
    """
    if silenced:
        return SignalState.UNKNOWN
    if health is None or health.sees(now):
        return signal.state_at(now)
    return SignalState.UNKNOWN if signal.state_at(health.blind_from) is not None else None


def seen_changes_after(signal: Signal, health: SourceHealth | None, now: float) -> float:
    """The earliest instant after `now` at which `seen_state` gives another answer, apart from changes of the source's health."""
    return signal.changes_after(now) if health is None or health.sees(now) else NEVER


def is_silent(signal: Signal, health: SourceHealth | None, now: float) -> bool:
    """Whether the signal is unknown for one reason only: nobody repeated it, though its source is well. What was last reported as unknown is not silent."""
    return (
        now >= signal.expires_at
        and signal.at_expiry is AtExpiry.UNKNOWN
        and signal.state is not SignalState.UNKNOWN
        and (health is None or health.sees(now))
    )


def source_record(health: SourceHealth) -> GuardRecord:
    """What is remembered of a source; it concerns all pages."""
    value = "" if health.succeeded else _NEVER_SUCCEEDED
    return GuardRecord("", GuardKind.SOURCE, health.source, health.heard_at, value)


def resumed_sources(
    stale_after: Mapping[str, float | None],
    records: Iterable[GuardRecord],
    signals: Iterable[Signal],
    *,
    ended_at: float,
    now: float,
) -> list[SourceHealth]:
    """The sources that settings know, after a restart.

    Args:
        stale_after: each source's, in seconds.
        records: what guards remembered; those of sources count.
        signals: as they were stored. What a source reported it has reported, though its own record is older or was never kept.
        ended_at: when the last life ended, by its own clock.
        now: our clock.
    """
    heard = {
        record.subject: (record.at, record.value != _NEVER_SUCCEEDED)
        for record in records
        if record.kind is GuardKind.SOURCE
    }
    for signal in signals:
        at, succeeded = heard.get(signal.source, (0.0, False))
        if signal.state is not SignalState.UNKNOWN and (signal.received_at > at or not succeeded):
            heard[signal.source] = (max(at, signal.received_at), True)
    resumed = []
    for source, seconds in stale_after.items():
        at, succeeded = heard.get(source, (now, False))
        health = SourceHealth(source, at, seconds, succeeded)
        resumed.append(health.resumed(ended_at=ended_at, now=now) if source in heard else health)
    return resumed
