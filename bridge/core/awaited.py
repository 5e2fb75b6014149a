"""Signals that a source of ours is going to report, and has not yet: what a query measures is unknown until it was asked.

A value is evidence for the expression by which it was measured, and in the life of the process that measured it. So at a start, and when an expression is changed under an id that stays,
what was known of such a signal is replaced by what is awaited; a signal that nobody will report any more is retired. Without that a rule would find no signal, which is false and not unknown,
or compare an old ratio with a new percentage. Knows neither rules nor how anything is measured.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.core.signals import AtExpiry, Labels, Signal, SignalKey, SignalState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.core.rules import Series

NOT_ASKED = "not asked yet"
"""The detail of a signal of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """One signal that will be reported.

    Attributes:
        source: whose signal it is.
        labels: what it is called.
        series: what its value is of.
        expiry: seconds after which a report of it says nothing any more.
    """

    source: str
    labels: Labels
    series: Series
    expiry: float

    @property
    def key(self) -> SignalKey:
        """The signal's."""
        return SignalKey(self.source, self.labels.fingerprint)


@dataclass(frozen=True, slots=True)
class Expected:
    """All signals that the sources of one family will report.

    Attributes:
        family: what the names of these sources begin with; what else they reported once is retired.
        signals: those that will be reported.
    """

    family: str = ""
    signals: tuple[Awaited, ...] = ()

    @property
    def series(self) -> dict[SignalKey, Series]:
        """What the value of each is of."""
        return {one.key: one.series for one in self.signals}


NOTHING_EXPECTED = Expected()


def replaced_signals(
    known: Iterable[Signal], expected: Expected, measured: Mapping[SignalKey, Series], now: float
) -> list[Signal]:
    """The signals that take the place of what is known, or that nothing is known of yet.

    Args:
        known: all signals.
        expected: what will be reported from now on.
        measured: in this life, and of what.
        now: our clock.
    """
    if not expected.family:
        return []
    before = {signal.key: signal for signal in known if signal.source.startswith(expected.family)}
    awaited = expected.series
    retired = [_retired(signal, now) for key, signal in before.items() if key not in awaited]
    return retired + [
        _unknown(one, before.get(one.key), now)
        for one in expected.signals
        if one.key not in before or measured.get(one.key) != one.series
    ]


def _unknown(awaited: Awaited, before: Signal | None, now: float) -> Signal:
    return Signal(
        awaited.source,
        awaited.labels,
        SignalState.UNKNOWN,
        # The first report begins no earlier, so `merge` believes it.
        since=before.since if before is not None else now,
        received_at=now,
        expires_at=now + awaited.expiry,
        detail=NOT_ASKED,
    )


def _retired(signal: Signal, now: float) -> Signal:
    # Before all that its source ever was blind from: else it would be unknown for as long as that lasts.
    return replace(
        signal,
        state=SignalState.OK,
        received_at=min(signal.received_at, now),
        expires_at=0.0,
        counts_from=0.0,
        at_expiry=AtExpiry.FORGOTTEN,
        value=None,
    )
