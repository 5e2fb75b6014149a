"""Probes over a scripted network: what each attempt delivers."""

from __future__ import annotations

import asyncio
import random  # noqa: TID251 - the seed of the simulated loop
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bridge.core.observation import HttpCheck, HttpExpectation, Probe
from bridge.core.samples import Observation, Sample
from bridge.core.signals import AtExpiry, Labels, Merge, Signal, SignalState, merge
from bridge.simulation.loop import SimulationLoop
from bridge.sources.exchange import Answer, Failure, Fault, Phase
from bridge.sources.probes.http import PROBE_SOURCE, AiohttpFetch, FetchResult, HttpProber, expiry

FAILING, OK, UNKNOWN = SignalState.FAILING, SignalState.OK, SignalState.UNKNOWN

Serve = Callable[..., Awaitable[str]]

SHOP = Probe(
    id="shop",
    check=HttpCheck("https://shop.example/healthz", expect=HttpExpectation(((200, 200),), within=2.0)),
    every=30.0,
    timeout=10.0,
    labels=Labels({"team": "web"}),
)


class Script:
    """A network that answers from a list, a clock that is set by hand, and a place of delivery."""

    def __init__(self, *results: FetchResult | BaseException, takes: float = 0.25) -> None:
        self.results = list(results)
        self.takes = takes
        self.asked: list[tuple[str, float]] = []
        self.delivered: list[Observation] = []
        self.epoch = 1_700_000_000.0

    async def fetch(self, check: HttpCheck, *, timeout: float) -> FetchResult:  # noqa: ASYNC109 - as in the protocol
        """Take a while and answer."""
        self.asked.append((check.url, timeout))
        await asyncio.sleep(self.takes)
        result = self.results.pop(0) if len(self.results) > 1 else self.results[0]
        if isinstance(result, BaseException):
            raise result
        return result

    async def deliver(self, observation: Observation) -> None:
        """Keep it."""
        self.delivered.append(observation)

    def now(self) -> float:
        """Our clock: the loop's, from an epoch that may be set back."""
        return self.epoch + asyncio.get_running_loop().time()

    def prober(self, *probes: Probe, known: tuple[Signal, ...] = ()) -> HttpProber:
        """A prober in this world."""
        return HttpProber(probes or (SHOP,), fetch=self, deliver=self.deliver, now=self.now, known=known)

    def observe(self, prober: HttpProber, *, times: int = 1, set_back: float = 0.0) -> list[Signal]:
        """The signals of attempts that follow each other; `set_back` moves the clock back before each but the first."""
        signals: list[Signal] = []

        async def attempts() -> None:
            for attempt in range(times):
                self.epoch -= set_back if attempt else 0.0
                observation = await prober.observe(SHOP)
                self.delivered.append(observation)
                signals.extend(observation.signals)

        with SimulationLoop(random.Random(1)) as loop:
            loop.run_until_complete(attempts())
        return signals


def run(prober: HttpProber, seconds: float) -> None:
    with SimulationLoop(random.Random(1)) as loop:
        task = loop.create_task(prober.run())
        loop.run_for(seconds)
        assert not task.done()
        task.cancel()
        loop.run_for(1.0)
        assert task.cancelled()


def test_a_passed_check_is_an_ok_signal_and_two_samples() -> None:
    script = Script(Answer(200))
    (signal,) = script.observe(script.prober())
    assert signal.source == PROBE_SOURCE
    assert dict(signal.labels) == {"probe": "shop", "team": "web"}
    assert (signal.state, signal.detail) == (OK, "[STATUS] (200) in 0.25s")
    assert signal.since == signal.received_at == pytest.approx(1_700_000_000.25, abs=0.001)
    assert (signal.expires_at - signal.received_at, signal.at_expiry) == (90.0, AtExpiry.UNKNOWN)
    assert script.asked == [("https://shop.example/healthz", 10.0)]
    latency, up = script.delivered[0].samples
    assert (latency.series, latency.at, round(latency.value, 3)) == (SHOP.latency, signal.received_at, 0.25)
    assert up == Sample(SHOP.up, signal.received_at, 1.0)


@pytest.mark.parametrize(
    ("result", "state", "detail", "latency", "up"),
    [
        pytest.param(Answer(503), FAILING, "[STATUS] (503) == 200", True, 0.0, id="a wrong answer has a latency and is down"),
        pytest.param(Failure(Fault.REFUSED), FAILING, "[CONNECT] (refused)", False, 0.0, id="no answer has no latency and is down"),
        pytest.param(Failure(Fault.RESOLVER, Phase.DNS, "timeout"), UNKNOWN, "[DNS] (timeout)", False, None, id="our own blindness is no sample at all"),
        pytest.param(UnicodeError("https://user:canary@shop"), UNKNOWN, "[BRIDGE] (UnicodeError)", False, None, id="a defect of ours is unknown"),
        pytest.param(asyncio.CancelledError(), UNKNOWN, "[BRIDGE] (AttemptCancelledError)", False, None, id="an attempt cancelled by no one we know is unknown"),
    ],
)  # fmt: skip
def test_what_comes_decides_state_detail_and_samples(
    result: FetchResult | BaseException, state: SignalState, detail: str, *, latency: bool, up: float | None
) -> None:
    script = Script(result)
    (signal,) = script.observe(script.prober())
    samples = {sample.series: sample.value for sample in script.delivered[0].samples}
    assert (signal.state, signal.detail) == (state, detail)
    assert (SHOP.latency in samples) is latency
    assert samples.get(SHOP.up) == up


def test_an_answer_slower_than_expected_fails_with_its_latency() -> None:
    script = Script(Answer(200), takes=2.31)
    (signal,) = script.observe(script.prober())
    assert (signal.state, signal.detail) == (FAILING, "[LATENCY] (2.31s) < 2s")


def test_an_expression_that_cannot_be_compiled_is_unknown_and_stays_with_its_probe() -> None:
    broken = replace(SHOP, check=replace(SHOP.check, expect=HttpExpectation(body_regexp="(")))
    script = Script(Answer(200))

    async def observe() -> Observation:
        return await script.prober(broken).observe(broken)

    with SimulationLoop(random.Random(1)) as loop, capture_logs():
        observation = loop.run_until_complete(observe())
    assert [signal.state for signal in observation.signals] == [UNKNOWN]


def test_a_state_keeps_its_beginning_while_it_lasts_and_begins_anew_when_it_changes() -> None:
    script = Script(Answer(200), Answer(200), Answer(500), Answer(503), Answer(200), takes=1.0)
    signals = script.observe(script.prober(), times=5)
    begun = [round(signal.since - 1_700_000_000) for signal in signals]
    assert [signal.state for signal in signals] == [OK, OK, FAILING, FAILING, OK]
    assert begun == [1, 1, 3, 3, 5]


def test_a_clock_set_back_an_hour_hides_no_change_of_state() -> None:
    script = Script(Answer(500), Answer(200), Answer(500), takes=1.0)
    known: Signal | None = None
    for signal in script.observe(script.prober(), times=3, set_back=3600.0):
        known, meaning = merge(known, signal)
        assert meaning is Merge.CHANGED
        assert known.state_at(signal.received_at) is signal.state


def test_a_state_known_from_an_earlier_life_goes_on() -> None:
    script = Script(Answer(500))
    (first,) = script.observe(script.prober())
    foreign = replace(first, source="alertmanager", since=1.0)
    (second,) = script.observe(script.prober(known=(first, foreign)))
    assert second.since == first.since


@pytest.mark.parametrize(
    ("every", "timeout", "seconds"),
    [
        pytest.param(30.0, 10.0, 90.0, id="three beats"),
        pytest.param(1.0, 1.0, 32.0, id="half a minute beyond the next answer when the beat is quick"),
        pytest.param(5.0, 5.0, 40.0, id="a beat, its timeout, half a minute"),
    ],
)
def test_a_result_lasts_three_beats_and_never_less_than_the_next_answer_needs(
    every: float, timeout: float, seconds: float
) -> None:
    assert expiry(replace(SHOP, every=every, timeout=timeout)) == seconds


def test_every_probe_is_delivered_at_its_beat() -> None:
    script = Script(Answer(200))
    quick = replace(SHOP, id="quick", every=5.0, timeout=5.0)
    run(script.prober(SHOP, quick), 300)
    counts = dict.fromkeys(("shop", "quick"), 0)
    for observation in script.delivered:
        counts[observation.signals[0].labels["probe"]] += 1
    assert counts["shop"] in {9, 10}
    assert counts["quick"] in {59, 60}


def test_a_defect_is_told_once_per_spell_and_without_its_text() -> None:
    script = Script(
        UnicodeError("canary"), UnicodeError("canary"), Answer(200), ValueError("canary"), Answer(200)
    )
    with capture_logs() as logs:
        run(script.prober(), 200)
    assert [(entry["event"], entry["probe"], entry["error"]) for entry in logs] == [
        ("probe_crashed", "shop", "UnicodeError"),
        ("probe_crashed", "shop", "ValueError"),
    ]
    assert "canary" not in repr(logs)


def test_a_delivery_that_fails_is_told_and_the_next_one_is_tried() -> None:
    script = Script(Answer(200))
    delivered: list[Observation] = []

    async def deliver(observation: Observation) -> None:
        delivered.append(observation)
        if len(delivered) == 1:
            raise OSError

    prober = HttpProber((SHOP,), fetch=script, deliver=deliver, now=script.now)
    with capture_logs() as logs:
        run(prober, 100)
    assert [entry["event"] for entry in logs] == ["probe_crashed"]
    assert len(delivered) == 4


def test_stopping_in_the_middle_of_an_attempt_delivers_nothing() -> None:
    script = Script(Answer(200), takes=1000.0)
    run(script.prober(replace(SHOP, timeout=2000.0)), 60)
    assert script.delivered == []


async def test_the_real_network_answers_a_check(serve: Serve) -> None:
    seen: list[bytes] = []
    url = await serve(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", seen=seen)
    check = HttpCheck(url, method="HEAD", headers=(("X-Probe", "1"),))
    async with AiohttpFetch() as fetch:
        assert await fetch.fetch(check, timeout=5.0) == Answer(200)
    assert seen[0].startswith(b"HEAD / HTTP/1.1\r\n")
    assert b"X-Probe: 1\r\n" in seen[0]
