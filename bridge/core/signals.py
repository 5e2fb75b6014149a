"""Signals: what sources observe, and which of two reports about the same thing holds.

A webhook is delivered at least once, in any order, by senders whose clocks are not ours. `merge` is the only place that decides between reports. Knows neither rules nor
how a report arrived.
"""

from __future__ import annotations

import hashlib
from collections.abc import ItemsView, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from sys import intern
from typing import NamedTuple, NewType

Fingerprint = NewType("Fingerprint", str)
"""16 hexadecimal digits that stand for a set of labels."""

REORDER_WINDOW = 300.0
"""Seconds that a firing waits which was begun before the resolve that we already hold (users.md, "Alertmanager's webhook, as it is")."""


class Labels(Mapping[str, str]):
    """An immutable set of label names and values, hashable, in the order of the names.

    Strings are interned: a hundred thousand alerts share a few hundred of them. A label with an empty value is the same as no label, as in Prometheus.
    """

    __slots__ = ("_hash", "_values", "fingerprint")

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = {intern(name): intern(values[name]) for name in sorted(values) if values[name]}
        self._hash = hash(tuple(self._values.items()))
        digest = hashlib.blake2b(digest_size=8)
        for name, value in self._values.items():
            # 0xff stands in no UTF-8 text, so no two sets of labels run into the same bytes.
            digest.update(
                name.encode(errors="surrogatepass") + b"\xff" + value.encode(errors="surrogatepass") + b"\xff"
            )
        self.fingerprint = Fingerprint(digest.hexdigest())

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        """The value of a label, and the empty string for a label that is not there."""
        return self._values.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def items(self) -> ItemsView[str, str]:
        """Names and values; straight from the dict, because every signal's are looked up one by one."""
        return self._values.items()

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Labels):
            return self._values == other._values
        return NotImplemented

    def __repr__(self) -> str:
        return "{" + ", ".join(f'{name}="{value}"' for name, value in self._values.items()) + "}"

    def only(self, names: tuple[str, ...]) -> Labels:
        """The labels of these names that are present."""
        if not names:
            return NO_LABELS
        if all(name in names for name in self._values):
            return self
        return Labels({name: self._values[name] for name in names if name in self._values})


NO_LABELS = Labels({})


class SignalState(StrEnum):
    """What is known of the observed thing."""

    FAILING = "failing"
    OK = "ok"
    UNKNOWN = "unknown"


class AtExpiry(StrEnum):
    """What a signal becomes when nobody has repeated it in time."""

    UNKNOWN = "unknown"
    """Nobody reports it any more: it is neither failing nor healthy. Absence is not resolution."""
    FORGOTTEN = "forgotten"
    """It had ended anyway, and is kept only to put late deliveries in order."""


class SignalKey(NamedTuple):
    """A source's name and the fingerprint of the labels: what two reports must share to be about the same thing. A tuple, because it is hashed more often than anything else."""

    source: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that a source observes.

    Attributes:
        source: the name of the source, such as `alertmanager` or `probe`.
        labels: what the thing is called; rules match on them.
        state: as reported.
        since: when that state began, by the *sender's* clock, Unix seconds: `startsAt` of a firing alert, `endsAt` of a resolved one and of the firing that contradicts it. Only ever compared with another `since`.
        received_at: when it last reached us, by our clock.
        counts_from: our clock; before it, a firing that contradicts a resolve is not believed.
        expires_at: our clock; from then on `at_expiry` holds.
        at_expiry: what a signal becomes that is not repeated.
        value: what was measured, in the unit of its source (of a probe, seconds to the answer); None for nothing.
        annotations: those that a rule lists, as they were when it began to be reported so.
        detail: one line for people, with the value that failed. Never published.
        key: what two reports about the same thing share; made once.
    """

    source: str
    labels: Labels
    state: SignalState
    since: float
    received_at: float
    expires_at: float
    counts_from: float = 0.0
    at_expiry: AtExpiry = AtExpiry.UNKNOWN
    detail: str = ""
    value: float | None = None
    annotations: Labels = NO_LABELS
    key: SignalKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", SignalKey(self.source, self.labels.fingerprint))

    def state_at(self, now: float) -> SignalState | None:
        """What the signal says at `now`; None when it is to be forgotten."""
        if now >= self.expires_at:
            return SignalState.UNKNOWN if self.at_expiry is AtExpiry.UNKNOWN else None
        if now < self.counts_from:
            return SignalState.OK
        return self.state

    def changes_after(self, now: float) -> float:
        """The earliest instant after `now` at which `state_at` gives another answer."""
        if now < self.counts_from < self.expires_at:
            return self.counts_from
        return self.expires_at if now < self.expires_at else float("inf")


class Merge(StrEnum):
    """What a report meant beside what was known."""

    CHANGED = "changed"
    REPEATED = "repeated"
    STALE = "stale"


def merge(known: Signal | None, report: Signal) -> tuple[Signal, Merge]:
    """Decide between what is known of a thing and a report about it.

    The report whose state began later holds. Alertmanager gives a firing the same `startsAt` again after Prometheus was cut off and came back, so a firing that began before
    the resolve we hold may be real: it counts after `REORDER_WINDOW`, unless a resolve contradicts it in between.

    Returns:
        The signal to keep and what the report was. `REPEATED` keeps the state and moves only `received_at` and `expires_at`.
    """
    if known is None:
        return report, Merge.CHANGED
    if report.state is known.state:
        refreshed = replace(
            report,
            since=max(report.since, known.since),
            # What began after the resolve that a provisional firing waits for needs to wait no longer.
            counts_from=known.counts_from if report.since <= known.since else report.counts_from,
            # Many hold a figure, which differs each time; a public text would list them all.
            annotations=known.annotations or report.annotations,
        )
        # A new detail alone (a probe's measured value) is no change; the return of what had expired is one.
        lapsed = known.state_at(report.received_at) is not refreshed.state_at(report.received_at)
        return refreshed, Merge.CHANGED if lapsed else Merge.REPEATED
    if known.state is SignalState.OK and report.state is SignalState.FAILING and report.since <= known.since:
        # The resolve's `since` is kept, so that an older resolve stays stale and a later firing counts at once.
        provisional = replace(report, since=known.since, counts_from=report.received_at + REORDER_WINDOW)
        return provisional, Merge.CHANGED
    if report.since < known.since:
        return known, Merge.STALE
    return report, Merge.CHANGED
