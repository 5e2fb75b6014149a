"""HTTP probes: each check repeated, each result a signal and samples.

An attempt that says something about us only (our resolver silent, our process paused, a defect of ours) is unknown, never failing: blindness is not outage. Knows no rules; the
network is behind `Fetch`, so that a simulation can answer instead.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Protocol, Self

import structlog

from bridge.core.observation import PROBE_LABEL
from bridge.core.samples import Observation, Sample
from bridge.core.signals import Signal, SignalState
from bridge.sources.beginnings import Beginnings
from bridge.sources.exchange import Answer, Exchange, Failure, HttpExchange, Request
from bridge.sources.probes.schedule import STARTS_PER_SECOND, AttemptCancelledError, Repetition, Schedule
from bridge.sources.probes.verdicts import Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType

    from bridge.core.observation import HttpCheck, Probe
    from bridge.sources.ports import Deliver, Now

PROBE_SOURCE = "probe"
"""The source of all probes' signals."""

_log = structlog.stdlib.get_logger(__name__)

FetchResult = Answer | Failure


class Fetch(Protocol):
    """Does one check; what it raises is a defect of ours and says nothing about the peer."""

    async def fetch(self, check: HttpCheck, *, timeout: float) -> FetchResult:  # noqa: ASYNC109 - a deadline of the peer, answered by a value
        """Send the check's request once, within `timeout` seconds in all."""
        ...


class AiohttpFetch:
    """The real network; use it in `async with`, one for each source."""

    def __init__(self, exchange: HttpExchange | None = None) -> None:
        self._exchange = exchange or HttpExchange()

    async def __aenter__(self) -> Self:
        await self._exchange.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._exchange.__aexit__(kind, error, traceback)

    async def fetch(self, check: HttpCheck, *, timeout: float) -> FetchResult:  # noqa: ASYNC109 - as in the protocol
        """Send the check's request once; see `Fetch`."""
        exchange: Exchange = self._exchange
        return await exchange.exchange(Request(check.method, check.url, check.headers), timeout=timeout)


class HttpProber:
    """Repeats HTTP checks and delivers what they say."""

    def __init__(
        self,
        probes: Sequence[Probe],
        *,
        fetch: Fetch,
        deliver: Deliver,
        now: Now,
        known: Iterable[Signal] = (),
        starts_per_second: float = STARTS_PER_SECOND,
    ) -> None:
        """Take the probes and the ports.

        Args:
            probes: their ids are unique.
            fetch: does one check.
            deliver: takes each observation; what it raises loses that observation, and is reported as `probe_crashed`.
            now: our clock.
            known: signals from an earlier life (a restart, a reload), so that a state that goes on keeps its beginning.
            starts_per_second: how closely attempts may start.
        """
        self._probes = tuple(probes)
        self._fetch = fetch
        self._deliver = deliver
        self._now = now
        self._starts_per_second = starts_per_second
        identifiers = {probe.id for probe in self._probes}
        self._beginnings = Beginnings(
            {
                signal.labels.get(PROBE_LABEL): (signal.state, signal.since)
                for signal in known
                if signal.source == PROBE_SOURCE and signal.labels.get(PROBE_LABEL) in identifiers
            }
        )

    async def run(self) -> None:
        """Probe until cancelled. A cancelled attempt delivers nothing: what was known of it expires by itself."""
        repetitions = [
            Repetition(probe.id, probe.every, partial(self._attempt, probe)) for probe in self._probes
        ]
        await Schedule(repetitions, crashed=_report, starts_per_second=self._starts_per_second).run()

    async def observe(self, probe: Probe) -> Observation:
        """Attempt one probe once; raises nothing but our own cancellation."""
        verdict = await self._verdict(probe)
        now = self._now()
        since = self._beginnings.since(probe.id, verdict.state, now)
        signal = Signal(
            source=PROBE_SOURCE,
            labels=probe.signal_labels,
            state=verdict.state,
            since=since,
            received_at=now,
            expires_at=now + expiry(probe),
            detail=verdict.detail,
            value=verdict.latency,
        )
        samples: list[Sample] = []
        if verdict.latency is not None:
            samples.append(Sample(probe.latency, now, verdict.latency))
        if verdict.state is not SignalState.UNKNOWN:
            samples.append(Sample(probe.up, now, 1.0 if verdict.state is SignalState.OK else 0.0))
        sees = verdict.state is not SignalState.UNKNOWN
        return Observation((signal,), tuple(samples), PROBE_SOURCE if sees else "")

    async def _attempt(self, probe: Probe) -> None:
        await self._deliver(await self.observe(probe))

    async def _verdict(self, probe: Probe) -> Verdict:
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            result = await self._fetch.fetch(probe.check, timeout=probe.timeout)
            return judge(probe.check.expect, result, elapsed=loop.time() - started, timeout=probe.timeout)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return self._crashed(probe, AttemptCancelledError(probe.id))
        except Exception as error:  # noqa: BLE001 - a defect of ours is unknown, and stays with this probe
            return self._crashed(probe, error)

    def _crashed(self, probe: Probe, error: Exception) -> Verdict:
        if self._beginnings.state(probe.id) is not SignalState.UNKNOWN:
            # Told once, not at each repetition.
            _report(probe.id, error)
        return Verdict(SignalState.UNKNOWN, f"[BRIDGE] ({type(error).__name__})")


def expiry(probe: Probe) -> float:
    """Seconds after which a result says nothing any more: three missed beats, or half a minute beyond the next answer."""
    return max(3 * probe.every, probe.every + probe.timeout + 30.0)


def stale_after(probes: Sequence[Probe]) -> float | None:
    """Seconds without a result of any probe after which all of them are blind; None where nothing is probed."""
    return max((expiry(probe) for probe in probes), default=None)


def _report(identifier: str, error: Exception) -> None:
    # The kind alone: the text of an error may hold a URL with a credential.
    _log.error("probe_crashed", probe=identifier, error=type(error).__name__)
