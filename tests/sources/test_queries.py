"""Queries asked again and again: a value is a sample and a signal, no data is nobody's word, and what cannot be asked is unknown."""

from __future__ import annotations

import asyncio
import random  # noqa: TID251 - the seed of the simulated loop
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bridge.core.awaited import NOT_ASKED, Awaited
from bridge.core.observation import Poll, Query, query_series
from bridge.core.samples import Sample
from bridge.core.signals import Labels, Signal, SignalState
from bridge.errors import BridgeError, ConfigurationError
from bridge.simulation.loop import SimulationLoop
from bridge.simulation.prometheus import answer_of
from bridge.sources.exchange import Answer, Failure, Fault, Request
from bridge.sources.promql import PrometheusClient, QueryFault
from bridge.sources.queries import QueryPoller, expected, expiry, stale_after

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bridge.core.samples import Observation

RATIO = "sum(rate(errors_total[5m])) / sum(rate(requests_total[5m]))"
SERIES = query_series("main", RATIO)
METRIC = Poll(SERIES, RATIO, "main", 30.0)
QUERY = Query("error-ratio", RATIO, "main", 30.0, Labels({"team": "shop"}))
POLL = Poll(SERIES, RATIO, "main", 30.0, (QUERY,), charted=False)

NO_DATA = answer_of(None)
Result = Answer | Failure | Exception


class Script:
    """A Prometheus that answers from a list, the last of it for good."""

    def __init__(self, *results: Result) -> None:
        self.results = list(results)

    async def exchange(self, request: Request, *, timeout: float) -> Answer | Failure:  # noqa: ASYNC109 - as in the protocol
        """Answer the next."""
        assert request.url.endswith("/api/v1/query")
        assert timeout > 0
        result = self.results.pop(0) if len(self.results) > 1 else self.results[0]
        if isinstance(result, Exception):
            raise result
        return result


class LostError(BridgeError):
    """Stands for a store that cannot be written."""


def polled(
    *results: Result,
    poll: Poll = POLL,
    seconds: float = 100.0,
    known: tuple[Signal, ...] = (),
    lost: int = 0,
    failing: Callable[[Mapping[str, Mapping[QueryFault, int]]], None] | None = None,
) -> list[Observation]:
    """What was delivered; the first `lost` deliveries fail."""
    delivered: list[Observation] = []
    tries = iter(range(1_000_000))

    async def deliver(observation: Observation) -> None:
        if next(tries) < lost:
            raise LostError("the disk is full")
        delivered.append(observation)

    poller = QueryPoller(
        [poll],
        clients={"main": PrometheusClient("http://p.example", exchange=Script(*results))},
        deliver=deliver,
        now=lambda: 1_700_000_000 + asyncio.get_running_loop().time(),
        known=known,
        failing=failing,
    )
    with SimulationLoop(random.Random(1)) as loop:
        task = loop.create_task(poller.run())
        loop.run_for(seconds)
        assert not task.done()
        task.cancel()
        loop.run_for(1.0)
    return delivered


def said(delivered: list[Observation]) -> list[tuple[SignalState, float | None, str]]:
    """What the signals said, in order."""
    return [(one.state, one.value, one.detail) for each in delivered for one in each.signals]


def test_each_value_is_a_sample_for_metrics_at_its_beat() -> None:
    delivered = polled(answer_of(5.0), poll=METRIC)
    samples = [sample for observation in delivered for sample in observation.samples]
    assert {(sample.series, sample.value) for sample in samples} == {(SERIES, 5.0)}
    assert [round(later.at - earlier.at) for earlier, later in pairwise(samples)] == [30] * (len(samples) - 1)
    assert len(samples) == 4
    assert isinstance(samples[0], Sample)
    assert said(delivered) == []


def test_each_value_is_a_signal_that_is_ok_with_the_labels_of_its_query() -> None:
    delivered = polled(answer_of(0.25))
    first, *others = (signal for observation in delivered for signal in observation.signals)
    assert first.source == "prometheus/main"
    assert first.labels == Labels({"query": "error-ratio", "team": "shop"})
    assert (first.state, first.value) == (SignalState.OK, 0.25)
    assert first.expires_at == first.received_at + 90.0
    assert {other.since for other in others} == {first.since}
    assert [observation.samples for observation in delivered] == [()] * 4


def test_one_answer_serves_a_metric_and_every_query_that_asks_the_same() -> None:
    other = Query("ratio", RATIO, "main", 60.0)
    (first, *_) = polled(answer_of(1.0), poll=Poll(SERIES, RATIO, "main", 30.0, (QUERY, other)))
    assert [signal.labels.get("query") for signal in first.signals] == ["error-ratio", "ratio"]
    assert [sample.value for sample in first.samples] == [1.0]


def test_no_data_is_nobodys_word_and_prometheus_is_alive_all_the_same() -> None:
    delivered = polled(answer_of(1.0), NO_DATA)
    assert said(delivered) == [(SignalState.OK, 1.0, "")]
    assert [observation.source for observation in delivered] == ["prometheus/main"] * 4


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_no_data(value: float) -> None:
    assert said(polled(answer_of(1.0), answer_of(value))) == [(SignalState.OK, 1.0, "")]


def test_a_query_that_never_had_data_is_there_once_and_then_expires() -> None:
    assert said(polled(NO_DATA)) == [(SignalState.OK, None, "no data")]


@pytest.mark.parametrize(
    ("result", "detail"),
    [
        (Failure(Fault.REFUSED), "unreachable: [CONNECT] (refused)"),
        (Failure(Fault.TIMEOUT), "timeout: [CONNECT] (timeout)"),
        (Answer(503), "unavailable: answered 503"),
        (Answer(401), "unauthorized: answered 401"),
        (Answer(404), "rejected: answered 404; is a path prefix missing from the URL?"),
        (RuntimeError("canary"), "crashed: RuntimeError"),
    ],
)
def test_what_cannot_be_asked_is_unknown_at_once_and_no_success_of_its_prometheus(
    result: Result, detail: str
) -> None:
    delivered = polled(result, seconds=10.0)
    assert said(delivered) == [(SignalState.UNKNOWN, None, detail)]
    assert [observation.source for observation in delivered] == [""]


def test_no_data_after_a_fault_says_that_prometheus_answers_again() -> None:
    delivered = polled(answer_of(1.0), Answer(503), NO_DATA, NO_DATA)
    assert said(delivered) == [
        (SignalState.OK, 1.0, ""),
        (SignalState.UNKNOWN, None, "unavailable: answered 503"),
        (SignalState.OK, None, "no data"),
    ]
    first, second, third = (signal.since for each in delivered for signal in each.signals)
    assert first < second < third


def test_what_was_lost_on_its_way_is_said_again() -> None:
    assert said(polled(NO_DATA, lost=1)) == [(SignalState.OK, None, "no data")]


def test_a_state_that_goes_on_through_a_reload_keeps_its_beginning() -> None:
    (before, *_) = polled(answer_of(1.0))[0].signals
    (after, *_) = polled(answer_of(2.0), known=(before,))[0].signals
    assert after.since == before.since
    assert said(polled(NO_DATA, known=(before,))) == []


def test_what_is_awaited_begins_after_what_was_known() -> None:
    (awaited,) = expected([QUERY]).signals
    unknown = Signal(
        awaited.source,
        awaited.labels,
        SignalState.UNKNOWN,
        since=1_800_000_000.0,
        received_at=0.0,
        expires_at=1.0,
    )
    (first, *_) = polled(answer_of(1.0), known=(unknown,))[0].signals
    assert first.since > unknown.since
    assert NOT_ASKED == "not asked yet"


def test_faults_are_told_when_they_are_new_ones_and_counted_by_why() -> None:
    counts: list[dict[str, int]] = []

    def failing(told: Mapping[str, Mapping[QueryFault, int]]) -> None:
        counts.append({fault.value: count for fault, count in told["main"].items() if count})

    with capture_logs() as logs:
        polled(
            NO_DATA,
            Answer(502),
            Answer(502),
            Failure(Fault.REFUSED),
            answer_of(5.0),
            RuntimeError("canary"),
            answer_of(6.0),
            poll=METRIC,
            seconds=200.0,
            failing=failing,
        )
    assert [(entry["event"], entry.get("reason")) for entry in logs] == [
        ("query_failed", "unavailable"),
        ("query_failed", "unreachable"),
        ("query_recovered", None),
        ("query_failed", "crashed"),
        ("query_recovered", None),
    ]
    assert "canary" not in repr(logs)
    assert counts == [{}, {"unavailable": 1}, {"unreachable": 1}, {}, {"crashed": 1}, {}]


def test_a_query_of_an_unknown_prometheus_is_refused_by_name() -> None:
    async def deliver(_observation: Observation) -> None: ...

    with pytest.raises(ConfigurationError, match='names the Prometheus "main"; the settings have: other'):
        QueryPoller(
            [METRIC],
            clients={"other": PrometheusClient("http://p.example", exchange=Script(Answer(200)))},
            deliver=deliver,
            now=lambda: 0.0,
        )


def test_a_value_holds_for_three_beats_or_until_half_a_minute_after_the_next_answer() -> None:
    often, seldom = (Query("a", "up", "main", every) for every in (5.0, 300.0))
    assert (expiry(often), expiry(seldom)) == (45.0, 900.0)


def test_a_prometheus_is_blind_when_the_rarest_of_its_queries_would_have_expired() -> None:
    queries = [
        Query("a", "up", "main", 5.0),
        Query("b", "up", "main", 300.0),
        Query("c", "up", "other", 30.0),
    ]
    assert stale_after(queries) == {"prometheus/main": 900.0, "prometheus/other": 90.0}


def test_the_signals_that_queries_will_report_are_known_before_they_are_asked() -> None:
    told = expected([QUERY])
    assert told.family == "prometheus/"
    assert told.signals == (Awaited("prometheus/main", QUERY.signal_labels, SERIES, 90.0),)
