"""A history from a daemon's journal: what it received, when a source was blind, and when nobody watched.

Every change of a signal is written with its labels and with what was known before it, so a journal whose beginning was forgotten says by the first entry of a signal what was so until then; of what has
no entry at all, what is known now has been so all along. What operators and people did is counted and not played: the history is what was observed, and the rules of now decide anew.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.command_entries import REASONS
from bridge.core.journal import JournalKind
from bridge.core.observation import QUERY_LABEL
from bridge.core.reasons import Reason
from bridge.core.signals import NO_LABELS, Fingerprint, Labels, Signal, SignalKey, SignalState
from bridge.core.spans import spoken
from bridge.errors import StoreError
from bridge.simulation.replay.history import EVERY_SOURCE, SightChange, SignalChange, history_of
from bridge.store.onlooker import onlooking

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable

    from bridge.core.journal import JournalEntry
    from bridge.simulation.replay.history import Change, History
    from bridge.store.onlooker import Onlooker

_KINDS = (JournalKind.SIGNAL, JournalKind.SOURCE, JournalKind.PROCESS)

_NOT_REPLAYED = {
    "commands of operators": (JournalKind.COMMAND, frozenset(REASONS.values())),
    "times that something was left to a person": (
        JournalKind.OBSERVED,
        frozenset({Reason.TAKEN, Reason.YIELDED}),
    ),
}
"""What a journal has beside what was received and no guard or rule decides anew: by what it is called, with the reasons that count."""

_SOON = 60.0
"""Seconds that nobody has to be told of."""


def read_journal(address: str, page: str) -> History:
    """The history of a page in a store, which a daemon may have open.

    Args:
        address: a file, or as settings give it.
        page: whose people and operators are counted.

    Raises:
        ConfigurationError: it is no address.
        StoreError: it cannot be read, or nothing that can be played stands in it.
    """
    with onlooking(address) as store:
        return recorded_history(store, page)


def recorded_history(store: Onlooker, page: str) -> History:
    """The same of a store that is looked at.

    Raises:
        StoreError: nothing that can be played stands in it.
    """
    number, at = store.first() or (1, 0.0)
    recording = _Recording(at)
    for _, entry in store.entries(_KINDS):
        recording.enter(entry)
    begin = recording.begin
    if begin is None:
        raise StoreError(
            "nothing that can be replayed stands in the journal: no daemon of this version has run with it"
        )
    end = max(store.alive_at(), begin)
    initial = recording.initial(store.signals())
    remarks = [*recording.remarks(forgotten=number > 1)]
    failing = sum(change.state is SignalState.FAILING for change in initial)
    if failing:
        remarks.append(
            f"{failing} signals were failing already when it begins: since when is not known, and holds count from then"
        )
    remarks += _not_replayed(store.counts(page, since=begin))
    return history_of([*initial, *recording.changes], begin=begin, end=end, remarks=remarks)


def _not_replayed(counts: Counter[tuple[JournalKind, Reason]]) -> Iterable[str]:
    for what, (kind, reasons) in _NOT_REPLAYED.items():
        many = sum(counts[kind, reason] for reason in reasons)
        if many:
            yield f"not replayed: {many} {what}"


class _Recording:
    """Entries, as they become changes."""

    def __init__(self, first_at: float) -> None:
        """Begin.

        Args:
            first_at: of the oldest entry that is kept, of whatever kind.
        """
        self._first_at = first_at
        self.changes: list[Change] = []
        self.begin: float | None = None
        self._known: dict[SignalKey, SignalChange] = {}
        """What each signal said last."""
        self._waiting: dict[SignalKey, SignalChange] = {}
        """Firings that have to wait before they count."""
        self._before: dict[SignalKey, SignalChange] = {}
        """What each signal said before its first entry."""
        self._labels: dict[str, Labels] = {}
        self._blind: set[str] = set()
        self._nameless = 0
        self._set_back = 0.0
        self._latest = 0.0

    def enter(self, entry: JournalEntry) -> None:
        """Take the next entry."""
        match entry.kind:
            case JournalKind.PROCESS:
                self._watched_anew(entry)
            case JournalKind.SOURCE:
                self._seen(entry)
            case JournalKind.SIGNAL if "labels" in entry.detail:
                self._reported(entry)
            case JournalKind.SIGNAL if entry.reason is Reason.SIGNAL_CHANGED and entry.detail:
                self._begin_anew()  # of a version that kept no labels
            case _:
                self._passed(entry)
        self._set_back = max(self._set_back, self._latest - entry.at)
        self._latest = max(self._latest, entry.at)

    def initial(self, signals: Iterable[Signal]) -> list[SignalChange]:
        """What was so when the history begins.

        Args:
            signals: what is known now.
        """
        begin = self.begin or 0.0
        found = dict(self._before)
        for signal in signals:
            silent = signal.expires_at <= begin
            if signal.key in self._known or (silent and not _matters_silent(signal.state, signal.labels)):
                continue
            found[signal.key] = SignalChange(
                begin, signal.source, signal.labels, signal.state, signal.value, signal.annotations, silent
            )
        return [replace(change, at=begin) for change in found.values()]

    def remarks(self, *, forgotten: bool) -> Iterable[str]:
        """What is missing, as far as entries tell."""
        if self._nameless:
            yield f"{self._nameless} changes before it are of a version that kept no labels, and are left out"
        elif forgotten:
            yield "the journal begins in the midst: what was before has been forgotten"
        if self._set_back > _SOON:
            yield f"the clock was set back, by {spoken(self._set_back)} at most: what lies in that time twice is played in the order of its times"

    def _begin_anew(self) -> None:
        self._nameless += 1
        self.changes = [SightChange(self._latest, source, blind=True) for source in self._blind]
        self._known.clear()
        self._before.clear()
        self._waiting.clear()
        self.begin = None

    def _watched_anew(self, entry: JournalEntry) -> None:
        away = entry.detail["away"]
        if self.begin is None:
            # Before a start another version may have run; before a thaw the same process did.
            self.begin = entry.at if entry.reason is Reason.STARTED else self._first_at
        if self.begin < entry.at and isinstance(away, float) and away > 0:
            self.changes.append(SightChange(entry.at - away, EVERY_SOURCE, blind=True))
            self.changes.append(SightChange(entry.at, EVERY_SOURCE, blind=False))

    def _seen(self, entry: JournalEntry) -> None:
        blind = entry.reason is Reason.SOURCE_BLIND
        # Each page of the daemon says so.
        if blind is not (entry.subject in self._blind):
            (self._blind.add if blind else self._blind.discard)(entry.subject)
            self.changes.append(SightChange(entry.at, entry.subject, blind=blind))

    def _reported(self, entry: JournalEntry) -> None:
        detail = entry.detail
        labels, state, was = detail["labels"], SignalState(str(detail["state"])), detail.get("was")
        value, annotations = detail.get("value"), detail.get("annotations")
        if not isinstance(labels, Labels):
            return
        source = entry.subject.rpartition(":")[0]
        labels = self._labels.setdefault(labels.fingerprint, labels)
        change = SignalChange(
            entry.at,
            source,
            labels,
            state,
            value if isinstance(value, float) else None,
            annotations if isinstance(annotations, Labels) else NO_LABELS,
        )
        key = SignalKey(source, labels.fingerprint)
        if self.begin is None:
            self.begin = self._first_at  # no start was kept, so this version ran already
        if key not in self._known and was is not None:
            self._before[key] = replace(change, state=SignalState(str(was)), value=None)
        self._waiting.pop(key, None)
        self._known[key] = change
        if detail.get("counts_from") is not None:
            self._waiting[key] = change
            change = replace(change, state=SignalState.OK)
        self.changes.append(change)

    def _passed(self, entry: JournalEntry) -> None:
        """A signal changed by time alone: each page says so."""
        source, _, fingerprint = entry.subject.rpartition(":")
        key = SignalKey(source, Fingerprint(fingerprint))
        known = self._known.get(key)
        if known is None:
            return
        if entry.reason is Reason.SIGNAL_CHANGED and self._waiting.pop(key, None) is not None:
            self.changes.append(replace(known, at=entry.at))
        elif (
            entry.reason is Reason.SIGNAL_EXPIRED
            and not known.silent
            and _matters_silent(known.state, known.labels)
        ):
            self._known[key] = silent = replace(known, at=entry.at, silent=True)
            self.changes.append(silent)


def _matters_silent(state: SignalState, labels: Labels) -> bool:
    """Whether it makes a difference that nobody repeats a signal: what is well may end so, but a query fails by its value."""
    return state is not SignalState.OK or QUERY_LABEL in labels
