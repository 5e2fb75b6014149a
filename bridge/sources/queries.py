"""Queries: each expression asked again and again; its value a sample for metrics, and a signal for each query of the rules that goes by it.

What Prometheus does not tell is unknown, never ok: a query that could not be asked, or was not answered with one value, is reported as unknown at once. No data is another thing: Prometheus
answered, and there is nothing. Then nothing is reported, so that what was measured last expires, and rules say what that means. Knows no rules; how Prometheus is asked is `bridge.sources.promql`.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Protocol

import structlog

from bridge.core.awaited import Awaited, Expected
from bridge.core.independence import PROMETHEUS
from bridge.core.observation import QUERY_LABEL
from bridge.core.samples import Observation, Sample
from bridge.core.signals import Signal, SignalKey, SignalState
from bridge.errors import ConfigurationError
from bridge.sources.beginnings import Beginnings
from bridge.sources.probes.schedule import STARTS_PER_SECOND, AttemptCancelledError, Repetition, Schedule
from bridge.sources.promql import TIMEOUT, QueryError, QueryFault, source_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bridge.core.observation import Poll, Query
    from bridge.sources.ports import Deliver, Now

    Told = Callable[[Mapping[str, Mapping[QueryFault, int]]], None]

NO_DATA = "no data"
"""The detail of a query that was answered with nothing."""

_log = structlog.stdlib.get_logger(__name__)


class Ask(Protocol):
    """One Prometheus."""

    async def instant(self, expression: str) -> float | None:
        """The value of an expression now; None for no data. Raises `QueryError` when that cannot be told."""
        ...


class QueryPoller:
    """Repeats queries and delivers their values."""

    def __init__(
        self,
        polls: Sequence[Poll],
        *,
        clients: Mapping[str, Ask],
        deliver: Deliver,
        now: Now,
        known: Iterable[Signal] = (),
        failing: Told | None = None,
        starts_per_second: float = STARTS_PER_SECOND,
    ) -> None:
        """Take the queries and the ports.

        Args:
            polls: their series are unique.
            clients: by the names that the queries use.
            deliver: takes each observation; what it raises loses that value, and is reported as `query_crashed`.
            now: our clock.
            known: signals from an earlier life (a restart, a reload), so that a state that goes on keeps its beginning.
            failing: is told how many expressions give no value, by Prometheus and by why, when that changes.
            starts_per_second: how closely queries may start.

        Raises:
            ConfigurationError: a query names a Prometheus that is not among the clients.
        """
        for poll in polls:
            if poll.prometheus not in clients:
                among = ", ".join(sorted(clients)) or "none"
                raise ConfigurationError(
                    f'a query names the Prometheus "{poll.prometheus}"; the settings have: {among}'
                )
        self._polls = tuple(polls)
        self._clients = dict(clients)
        self._deliver = deliver
        self._now = now
        self._failing = failing
        self._starts_per_second = starts_per_second
        self._faults: dict[str, QueryFault] = {}
        ids = {key_of(query): query.id for poll in polls for query in poll.queries}
        states = {ids[signal.key]: (signal.state, signal.since) for signal in known if signal.key in ids}
        self._beginnings = Beginnings(states)
        self._delivered = {identifier: state for identifier, (state, _) in states.items()}

    async def run(self) -> None:
        """Poll until cancelled."""
        self._tell()
        repetitions = [
            Repetition(poll.series, poll.every, partial(self._attempt, poll)) for poll in self._polls
        ]
        await Schedule(repetitions, crashed=_report, starts_per_second=self._starts_per_second).run()

    async def observe(self, poll: Poll) -> Observation:
        """Ask once; a fault is logged when it is a new one. Raises nothing but our own cancellation."""
        try:
            value = await self._value(poll)
        except QueryError as error:
            self._note(poll, error)
            return Observation(self._signals(poll, SignalState.UNKNOWN, detail=str(error)))
        self._note(poll, None)
        source = source_of(poll.prometheus)
        if value is None:
            return Observation(self._without_data(poll), source=source)
        now = self._now()
        samples = (Sample(poll.series, now, value),) if poll.charted else ()
        return Observation(self._signals(poll, SignalState.OK, value=value), samples, source)

    async def _attempt(self, poll: Poll) -> None:
        observation = await self.observe(poll)
        if observation.source or observation.signals:
            await self._deliver(observation)
            # Not before: what was lost on its way is reported again.
            self._delivered |= {
                signal.labels.get(QUERY_LABEL): signal.state for signal in observation.signals
            }

    async def _value(self, poll: Poll) -> float | None:
        try:
            return await self._clients[poll.prometheus].instant(poll.expression)
        except QueryError:
            raise
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            raise QueryError(QueryFault.CRASHED, AttemptCancelledError.__name__) from None
        except Exception as error:
            # A defect of ours, or a credential that cannot be read. The kind alone: the text of an error may hold it.
            raise QueryError(QueryFault.CRASHED, type(error).__name__) from error

    def _without_data(self, poll: Poll) -> tuple[Signal, ...]:
        """Nothing of what had a value, which expires; of what was unknown, that Prometheus answers: from now on that may expire too."""
        unknown = [query for query in poll.queries if self._delivered.get(query.id) is not SignalState.OK]
        return tuple(self._signal(query, SignalState.OK, detail=NO_DATA) for query in unknown)

    def _signals(
        self, poll: Poll, state: SignalState, *, value: float | None = None, detail: str = ""
    ) -> tuple[Signal, ...]:
        return tuple(self._signal(query, state, value=value, detail=detail) for query in poll.queries)

    def _signal(
        self, query: Query, state: SignalState, *, value: float | None = None, detail: str = ""
    ) -> Signal:
        now = self._now()
        return Signal(
            source=source_of(query.prometheus),
            labels=query.signal_labels,
            state=state,
            since=self._beginnings.since(query.id, state, now),
            received_at=now,
            expires_at=now + expiry(query),
            detail=detail,
            value=value,
        )

    def _note(self, poll: Poll, error: QueryError | None) -> None:
        fault = error.fault if error is not None else None
        if self._faults.get(poll.series) is fault:
            return
        if error is None:
            del self._faults[poll.series]
            _log.info("query_recovered", series=poll.series, prometheus=poll.prometheus)
        else:
            self._faults[poll.series] = error.fault
            _log.warning(
                "query_failed",
                series=poll.series,
                prometheus=poll.prometheus,
                reason=error.fault.value,
                detail=str(error),
            )
        self._tell()

    def _tell(self) -> None:
        if self._failing is None:
            return
        counts = {name: dict.fromkeys(QueryFault, 0) for name in self._clients}
        for poll in self._polls:
            fault = self._faults.get(poll.series)
            if fault is not None:
                counts[poll.prometheus][fault] += 1
        self._failing(counts)


def key_of(query: Query) -> SignalKey:
    """What the signal of a query is found by."""
    return SignalKey(source_of(query.prometheus), query.signal_labels.fingerprint)


def expiry(query: Query) -> float:
    """Seconds after which a value says nothing any more: three missed beats, or half a minute beyond the next answer."""
    return max(3 * query.every, query.every + TIMEOUT + 30.0)


def stale_after(queries: Iterable[Query]) -> dict[str, float]:
    """For each Prometheus whose values rules go by, the seconds without any answer after which it is blind, by the source's name."""
    seconds: dict[str, float] = {}
    for query in queries:
        source = source_of(query.prometheus)
        seconds[source] = max(seconds.get(source, 0.0), expiry(query))
    return seconds


def expected(queries: Iterable[Query]) -> Expected:
    """The signals that these queries will report; of any other query none will come."""
    return Expected(
        PROMETHEUS,
        tuple(
            Awaited(source_of(query.prometheus), query.signal_labels, query.series, expiry(query))
            for query in queries
        ),
    )


def _report(identifier: str, error: Exception) -> None:
    _log.error("query_crashed", series=identifier, error=type(error).__name__)
