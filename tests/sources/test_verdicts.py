"""What an answer means, with the value that failed it."""

from __future__ import annotations

import pytest

from bridge.core.observation import HttpExpectation
from bridge.core.signals import SignalState
from bridge.sources.exchange import Answer, Failure, Fault, Phase
from bridge.sources.probes.verdicts import STALL, Verdict, judge

FAILING, OK, UNKNOWN = SignalState.FAILING, SignalState.OK, SignalState.UNKNOWN


@pytest.mark.parametrize(
    ("expect", "answer", "elapsed", "verdict"),
    [
        pytest.param(HttpExpectation(), Answer(204), 0.1234, (OK, "[STATUS] (204) in 0.123s"), id="any 2xx is enough by default"),
        pytest.param(HttpExpectation(), Answer(302), 0.1, (FAILING, "[STATUS] (302) == 200-299"), id="a redirect is not a success by default"),
        pytest.param(HttpExpectation(((200, 200),)), Answer(503), 0.1, (FAILING, "[STATUS] (503) == 200"), id="one status"),
        pytest.param(HttpExpectation(((200, 200), (300, 302))), Answer(299), 0.1, (FAILING, "[STATUS] (299) == 200, 300-302"), id="several ranges"),
        pytest.param(HttpExpectation(((200, 200), (300, 302))), Answer(302), 0.1, (OK, "[STATUS] (302) in 0.1s"), id="a range holds its end"),
        pytest.param(HttpExpectation(within=2.0), Answer(200), 2.31, (FAILING, "[LATENCY] (2.31s) < 2s"), id="too slow"),
        pytest.param(HttpExpectation(within=2.0), Answer(200), 2.0, (FAILING, "[LATENCY] (2s) < 2s"), id="just too slow"),
        pytest.param(HttpExpectation(within=2.0), Answer(200), 1.999, (OK, "[STATUS] (200) in 1.999s"), id="just fast enough"),
        pytest.param(HttpExpectation(within=2.0), Answer(500), 3.0, (FAILING, "[STATUS] (500) == 200-299"), id="the status comes before the latency"),
        pytest.param(HttpExpectation(body_regexp="ok"), Answer(200, b"it is ok"), 0.1, (OK, "[STATUS] (200) in 0.1s"), id="the expression is searched, not anchored"),
        pytest.param(HttpExpectation(body_regexp="ok"), Answer(200, b"maint"), 0.1, (FAILING, '[BODY] ("maint") =~ "ok"'), id="the body does not match"),
        pytest.param(HttpExpectation(body_regexp="ok"), Answer(200), 0.1, (FAILING, '[BODY] ("") =~ "ok"'), id="an empty body"),
        pytest.param(HttpExpectation(body_regexp="größe"), Answer(200, "größe".encode()), 0.1, (OK, "[STATUS] (200) in 0.1s"), id="UTF-8 in both"),
        pytest.param(HttpExpectation(body_regexp="x"), Answer(200, b"\xff\xfe\x00\n" + "\u202e\u200b<b>".encode()), 0.1, (FAILING, '[BODY] ("    <b>") =~ "x"'), id="noise and bidi characters are not shown"),
        pytest.param(HttpExpectation(body_regexp="ok"), Answer(200, b"m" * 40), 0.1, (FAILING, f'[BODY] ("{"m" * 32}…") =~ "ok"'), id="a long body is cut"),
        pytest.param(HttpExpectation(body_regexp="ok"), Answer(200, b"m" * 40, complete=False), 0.1, (FAILING, f'[BODY] ("{"m" * 32}…", first 40 bytes of more) =~ "ok"'), id="a body read in part says so"),
        pytest.param(HttpExpectation(), Answer(200, b"m" * 40, complete=False), 0.1, (OK, "[STATUS] (200) in 0.1s"), id="a huge body alone is no failure"),
    ],
)  # fmt: skip
def test_an_answer_is_compared_part_by_part(
    expect: HttpExpectation, answer: Answer, elapsed: float, verdict: tuple[SignalState, str]
) -> None:
    assert judge(expect, answer, elapsed=elapsed, timeout=5.0) == Verdict(*verdict, latency=elapsed)


@pytest.mark.parametrize(
    ("failure", "elapsed", "state", "detail"),
    [
        pytest.param(Failure(Fault.REFUSED), 0.1, FAILING, "[CONNECT] (refused)", id="refused"),
        pytest.param(Failure(Fault.TLS, Phase.TLS, "certificate has expired"), 0.1, FAILING, "[TLS] (certificate has expired)", id="tls"),
        pytest.param(Failure(Fault.DNS, Phase.DNS, "Name or service not known"), 0.1, FAILING, "[DNS] (Name or service not known)", id="dns"),
        pytest.param(Failure(Fault.TIMEOUT, Phase.RESPONSE, "timeout"), 5.001, FAILING, "[RESPONSE] (timeout after 5.001s) < 5s", id="timeout"),
        pytest.param(Failure(Fault.TIMEOUT, Phase.RESPONSE, "timeout"), 605.0, UNKNOWN, "[BRIDGE] (stood still for 605s) <= 5s", id="a process paused for ten minutes"),
        pytest.param(Failure(Fault.RESOLVER, Phase.DNS, "timeout"), 5.0, UNKNOWN, "[DNS] (timeout)", id="our resolver is silent"),
        pytest.param(Failure(Fault.LOCAL, Phase.CONNECT, "Too many open files"), 0.1, UNKNOWN, "[CONNECT] (Too many open files)", id="we have no descriptor left"),
    ],
)  # fmt: skip
def test_a_failure_is_theirs_or_ours(
    failure: Failure, elapsed: float, state: SignalState, detail: str
) -> None:
    verdict = judge(HttpExpectation(), failure, elapsed=elapsed, timeout=5.0)
    assert (verdict.state, verdict.detail, verdict.latency) == (state, detail, None)


def test_an_answer_found_after_a_pause_of_ours_says_nothing_either_way() -> None:
    verdict = judge(HttpExpectation(within=1.0), Answer(200), elapsed=5.0 + STALL + 0.1, timeout=5.0)
    assert (verdict.state, verdict.latency) == (UNKNOWN, None)


def test_every_fault_is_either_theirs_or_ours() -> None:
    assert {fault for fault in Fault if fault.ours} == {Fault.RESOLVER, Fault.LOCAL}
