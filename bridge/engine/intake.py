"""Intake: accepted means durable. Reports are merged with what is known, committed, and only then evaluated and acknowledged.

Two deliveries about one thing may be under way at once, and their commits may be noticed in any order. Merging therefore happens at once, in the order of arrival, and a version
number keeps an older result from being published over a newer one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.awaited import Expected, replaced_signals
from bridge.core.changes import Changes
from bridge.core.health import SourceHealth, seen_state, source_record
from bridge.core.reasons import Reason
from bridge.core.resumption import resume_signals
from bridge.core.signals import Merge, Signal, SignalKey, SignalState, merge
from bridge.engine.received import received, watched_anew

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.page import Page
    from bridge.core.rules import Series
    from bridge.core.samples import Observation, Sample
    from bridge.engine.ports import Clock, Store
    from bridge.engine.reconciler import Reconciler
    from bridge.telemetry.metrics import Metrics

PERSIST_SHARE = 0.25
"""A repeat is persisted when this share of its time to expiry has passed since the last time (design.md, "Store")."""

_REASONS = {
    Merge.CHANGED: Reason.SIGNAL_CHANGED,
    Merge.REPEATED: Reason.SIGNAL_REPEATED,
    Merge.STALE: Reason.SIGNAL_STALE,
}


class _Kept:
    """What is known of one signal, and how much of it is durable and published."""

    __slots__ = ("durable", "persisted_at", "published", "shown", "signal", "version")

    def __init__(self, signal: Signal, *, durable: bool) -> None:
        self.signal = signal
        self.durable = durable
        self.persisted_at = signal.received_at
        self.version = 1
        self.published = 1 if durable else 0
        self.shown = signal if durable else None
        """As last published: what still holds while a newer version is being committed."""


class Intake:
    """The one way in for signals and samples."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        metrics: Metrics,
        signals: Iterable[Signal],
        sources: Iterable[SourceHealth] = (),
    ) -> None:
        """Start from what is stored.

        Args:
            store: where accepted reports become durable.
            clock: our time.
            metrics: where receipts are counted.
            signals: as they were stored.
            sources: the sources that settings know. Of any other nothing is remembered but its signals.
        """
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._kept = {signal.key: _Kept(signal, durable=True) for signal in signals}
        self._sources = {health.source: health for health in sources}
        self._measured: dict[SignalKey, Series] = {}
        """Of what the values of awaited signals are, as far as this life has asked."""
        self._remembered: dict[str, float] = {}
        """When each source's success was last handed to the store."""
        self._missed = 0.0
        self._reconcilers: list[Reconciler] = []
        self._pages: list[Page] = []

    @property
    def signals(self) -> list[Signal]:
        """Every signal that has been published, as last published or refreshed."""
        return [kept.shown for kept in self._kept.values() if kept.shown is not None]

    @property
    def sources(self) -> list[SourceHealth]:
        """The health of every source that settings know."""
        return list(self._sources.values())

    def expect(self, source: str, stale_after: float | None) -> None:
        """From now on, so many seconds of silence make this source blind."""
        known = self._sources.get(source)
        if known is None or known.stale_after == stale_after:
            return
        now = self._clock.now()
        changed = replace(known, stale_after=stale_after)
        # As long as nobody expected it to be heard, its silence proves nothing.
        self._sources[source] = changed if changed.sees(now) else replace(changed, heard_at=now)
        self._tell(source)

    def await_signals(self, expected: Expected) -> None:
        """From now on, these signals will be reported: what is not known of them by what is measured now is unknown, and what nobody reports any more is gone.

        Nothing is awaited and nothing committed: each life begins so by itself. A report that is being committed is not published over it.
        """
        if not expected.family:
            return
        changed = self.awaiting(expected)
        self._measured = expected.series
        for signal in changed:
            kept = self._kept.get(signal.key)
            if kept is None:
                kept = self._kept[signal.key] = _Kept(signal, durable=False)
            kept.signal = kept.shown = signal
            kept.durable = False
            kept.version += 1
            kept.published = kept.version
        if changed:
            for reconciler in self._reconcilers:
                reconciler.offer(changed)

    def awaiting(self, expected: Expected) -> list[Signal]:
        """What `await_signals` would put in the place of what is known."""
        return replaced_signals(self._known, expected, self._measured, self._clock.now())

    @property
    def _known(self) -> list[Signal]:
        """Every signal, as last reported."""
        return [kept.signal for kept in self._kept.values()]

    def subscribe(self, reconciler: Reconciler, page: Page) -> None:
        """From now on, tell this reconciler of changes, and enter samples into its page's metrics."""
        self._reconcilers.append(reconciler)
        self._pages.append(page)

    async def accept(self, observation: Observation) -> None:
        """Take an observation in. It is durable, and every page has been told, when this returns.

        Raises:
            StoreError: nothing of it counts; the sender is to send it again.
        """
        now = self._clock.now()
        changes = Changes()
        merged: list[tuple[_Kept, int, Signal]] = []
        for report in observation.signals:
            self._merge(report, changes, merged, now=now)
        for sample in observation.samples:
            self._record(sample, changes)
        self._remember(observation.source, changes, now)
        if changes:
            await self._store.commit(changes)
        self._publish(merged)
        self._hear(observation.source, now)
        if observation.samples:
            for reconciler in self._reconcilers:
                reconciler.samples_arrived()

    def _remember(self, source: str, changes: Changes, now: float) -> None:
        """Persist a success, as a repeat is: with what is committed anyway, or when a share of the time to blindness has passed."""
        known = self._sources.get(source)
        if known is None or known.stale_after is None:
            return
        last = self._remembered.get(source, known.heard_at if known.succeeded else 0.0)
        if changes or now - last >= PERSIST_SHARE * known.stale_after:
            self._remembered[source] = now
            changes.guards.append(source_record(replace(known, heard_at=now, succeeded=True)))

    def _hear(self, source: str, now: float) -> None:
        known = self._sources.get(source)
        if known is not None and (now > known.heard_at or not known.succeeded):
            self._sources[source] = replace(known, heard_at=max(now, known.heard_at), succeeded=True)
            self._tell(source)

    def _tell(self, source: str) -> None:
        for reconciler in self._reconcilers:
            reconciler.hear(self._sources[source])

    def _merge(
        self, report: Signal, changes: Changes, merged: list[tuple[_Kept, int, Signal]], *, now: float
    ) -> None:
        key = report.key
        kept = self._kept.get(key)
        known = kept.signal if kept is not None and kept.signal.state_at(now) is not None else None
        signal, meaning = merge(known, report)
        if known is not None and meaning is Merge.REPEATED and self._turns(known, signal):
            meaning = Merge.CHANGED
        self._metrics.signals_received.labels(meaning).inc()
        if meaning is Merge.STALE:
            return
        if kept is None:
            kept = self._kept[key] = _Kept(signal, durable=False)
            kept.version = 0
        if meaning is Merge.REPEATED and kept.durable:
            kept.signal = kept.shown = signal
            self._repeat(kept, changes)
            return
        # Not durable: an earlier commit of it failed or is still under way, so this one carries it again.
        kept.signal = signal
        kept.durable = False
        kept.version += 1
        kept.persisted_at = signal.received_at
        changes.signals.append(signal)
        merged.append((kept, kept.version, signal))
        if meaning is Merge.CHANGED:
            was = known.state_at(now) if known is not None else None
            changes.journal.append(received(signal, _REASONS[meaning], was))

    def _turns(self, known: Signal, signal: Signal) -> bool:
        return any(reconciler.turns(known, signal) for reconciler in self._reconcilers)

    def _repeat(self, kept: _Kept, changes: Changes) -> None:
        signal = kept.signal
        for reconciler in self._reconcilers:
            reconciler.refresh(signal)
        if signal.received_at - kept.persisted_at >= PERSIST_SHARE * (signal.expires_at - signal.received_at):
            kept.persisted_at = signal.received_at
            changes.signals.append(signal)

    def _record(self, sample: Sample, changes: Changes) -> None:
        for page in self._pages:
            if any(rule.series == sample.series for rule in page.ruleset.metrics):
                hour = page.points.record(sample.series, sample.at + page.clock_offset, sample.value)
                if hour is not None:
                    changes.points.append((page.name, hour))

    def _publish(self, merged: list[tuple[_Kept, int, Signal]]) -> None:
        published = []
        for kept, version, signal in merged:
            if version > kept.published:
                kept.published = version
                kept.shown = signal
                published.append(signal)
            if version == kept.version:
                kept.durable = True
        if published:
            for reconciler in self._reconcilers:
                reconciler.offer(published)

    def resume(self, missed: float, now: float) -> Changes:
        """Nobody could be heard for a while: what was known before that begins its expiry anew, and that silence proves nothing of a source.

        Args:
            missed: seconds in all, since the start, in which this process did not run. The same figure again changes nothing.
            now: our clock.

        Returns:
            What is to be committed.
        """
        moved = Changes()
        away = missed - self._missed
        if away <= 0:
            return moved
        self._missed = missed
        moved.journal.append(watched_anew(Reason.FROZEN, now, away=away))
        for known in self.sources:
            resumed = self._sources[known.source] = known.resumed(ended_at=now - away, now=now)
            if resumed != known and known.stale_after is not None:
                moved.guards.append(source_record(resumed))
        for kept in self._kept.values():
            latest = kept.signal
            if latest.received_at <= now - away:
                (kept.signal,) = resume_signals([latest], now, away=away)
            if kept.shown is latest:
                kept.shown = kept.signal
            elif kept.shown is not None and kept.shown.received_at <= now - away:
                (kept.shown,) = resume_signals([kept.shown], now, away=away)
        return moved

    def forget(self, keys: Iterable[SignalKey], now: float) -> list[SignalKey]:
        """Let go of signals that have ended and were kept only for order, and by which no page goes any more. Returns those that are to be deleted."""
        gone = []
        for key in keys:
            kept = self._kept.get(key)
            if kept is None or any(reconciler.holds(key) for reconciler in self._reconcilers):
                continue
            if kept.signal.state_at(now) is None:
                del self._kept[key]
                gone.append(key)
        return gone

    def states(self) -> dict[SignalState, int]:
        """How many signals count for each state now; counted when somebody scrapes, not when something changes."""
        counts = dict.fromkeys(SignalState, 0)
        now = self._clock.now()
        for kept in self._kept.values():
            state = seen_state(kept.signal, self._sources.get(kept.signal.source), now)
            if state is not None:
                counts[state] += 1
        return counts
