"""Alertmanager's deliveries: acknowledged only when durable, refused only when they will never be valid."""

from __future__ import annotations

import asyncio
import json
import zlib

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bridge.core.signals import SignalState
from bridge.errors import StoreError, StoreUnavailableError
from tests.web.served import DELIVER, EXPIRY, NOW, TOKEN, group, head, serving


async def test_a_delivery_is_accepted_as_signals() -> None:
    async with serving() as served:
        answer = await served.deliver(group(2))
        assert (answer.status, answer.json) == (200, {"accepted": 2})
        (observation,) = served.puppet.accepted
        assert [signal.labels["instance"] for signal in observation.signals] == ["0", "1"]
        for signal in observation.signals:
            assert signal.source == "alertmanager"
            assert signal.state is SignalState.FAILING
            assert (signal.received_at, signal.expires_at) == (NOW, NOW + EXPIRY)
        assert served.counted() == {"200": 1}


async def test_a_name_in_the_path_tells_senders_apart() -> None:
    async with serving() as served:
        for name in ("eu-1", "probe"):
            assert (await served.deliver(path=f"{DELIVER}/{name}")).status == 200
        sources = [observation.signals[0].source for observation in served.puppet.accepted]
        assert sources == ["alertmanager/eu-1", "alertmanager/probe"]


@pytest.mark.parametrize("name", ["", "a%20b", "a/b", "x" * 65, "%00", "%E2%80%AE", "{}"])
async def test_what_is_no_name_is_no_path(name: str) -> None:
    async with serving() as served:
        answer = await served.deliver(path=f"{DELIVER}/{name}")
        assert answer.status == 404
        assert "error" in answer.json
        assert served.puppet.accepted == []


async def test_nothing_is_answered_before_the_commit() -> None:
    async with serving() as served:
        served.puppet.committed.clear()
        delivery = asyncio.create_task(served.deliver())
        await served.puppet.waiting.wait()
        # Other requests are answered meanwhile, so the silence is no stall.
        for _ in range(3):
            assert (await served.ask("GET", "/-/healthy")).status == 200
        assert not delivery.done()
        assert served.counted() == {}
        served.puppet.committed.set()
        assert (await delivery).status == 200


@pytest.mark.parametrize(
    "fault",
    [
        StoreError("canary"),
        StoreUnavailableError("canary"),
        RuntimeError("canary"),
        TimeoutError(),
        OSError(28, "canary"),
    ],
    ids=lambda fault: type(fault).__name__,
)
async def test_what_could_not_be_committed_is_to_come_again(fault: Exception) -> None:
    async with serving() as served:
        served.puppet.fault = fault
        answer = await served.deliver()
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert b"canary" not in answer.body
        served.puppet.fault = None
        assert (await served.deliver()).status == 200
        assert served.counted() == {"200": 1, "503": 1}


async def test_a_commit_that_was_cancelled_is_to_come_again() -> None:
    async with serving() as served:
        served.puppet.fault = asyncio.CancelledError()
        assert (await served.deliver()).status == 503


async def test_a_commit_that_takes_too_long_is_to_come_again_and_goes_on() -> None:
    async with serving(accept_seconds=0.01) as served:
        served.puppet.committed.clear()
        assert (await served.deliver()).status == 503
        served.puppet.committed.set()
        served.puppet.waiting.clear()
        assert (await served.deliver()).status == 200
        assert len(served.puppet.accepted) == 2  # neither was cancelled


async def test_a_sender_that_hangs_up_does_not_cancel_the_commit() -> None:
    async with serving() as served:
        served.puppet.committed.clear()
        body = group()
        _, writer = await asyncio.open_connection("127.0.0.1", served.listening.port)
        writer.write(head(len(body)) + body)
        await served.puppet.waiting.wait()
        writer.close()
        await writer.wait_closed()
        served.puppet.committed.set()
        await served.deliver()
        assert len(served.puppet.accepted) == 2


async def test_a_long_body_is_parsed_beside_the_loop() -> None:
    async with serving(executor_bytes=100) as served:
        assert (await served.deliver(group(100))).json == {"accepted": 100}
        answer = await served.deliver(group()[:-1])
        assert answer.status == 400
        assert "the body is not JSON" in answer.json["error"]


async def test_ten_thousand_alerts_come_in_and_one_more_does_not() -> None:
    async with serving() as served:
        assert (await served.deliver(group(10_000))).json == {"accepted": 10_000}
        refused = await served.deliver(group(10_001))
        assert refused.status == 400
        assert "10001 alerts" in refused.json["error"]


async def test_a_body_of_the_limit_is_read_and_a_longer_one_is_not() -> None:
    body = group()
    async with serving(body_bytes=len(body)) as served:
        assert (await served.deliver(body)).status == 200
        announced = await served.deliver(body + b" ")
        assert announced.status == 413

        async def chunks() -> object:
            for _ in range(3):
                yield body

        chunked = await served.deliver(chunks())
        assert chunked.status == 413
        assert f"the {len(body)} bytes accepted" in chunked.json["error"]
        assert served.counted() == {"200": 1, "413": 2}


async def test_an_announced_length_over_the_limit_is_refused_before_the_body() -> None:
    async with serving(header_seconds=0.3) as served:
        assert (await served.raw(head(5 * 1024 * 1024))).startswith(b"HTTP/1.1 413")


async def test_deliveries_beyond_the_memory_for_all_are_to_come_again() -> None:
    body = group()
    async with serving(held_bytes=len(body)) as served:
        served.puppet.committed.clear()
        first = asyncio.create_task(served.deliver(body))
        await served.puppet.waiting.wait()
        assert (await served.deliver(body)).status == 503
        served.puppet.committed.set()
        assert (await first).status == 200
        assert (await served.deliver(body)).status == 200  # the room is free again


async def test_the_room_of_refused_bodies_is_free_again() -> None:
    body = group()
    async with serving(held_bytes=len(body), body_seconds=0.2, header_seconds=0.3) as served:
        assert (await served.deliver(b"{")).status == 400
        assert (await served.raw(head(100) + b"{}" * 10)).startswith(b"HTTP/1.1 503")
        assert (await served.deliver(body)).status == 200


async def test_a_body_that_does_not_arrive_in_time_is_to_come_again() -> None:
    """503 and not 408, after which Alertmanager would not try again."""
    async with serving(body_seconds=0.01, header_seconds=0.3) as served:
        answer = await served.raw(head(100) + b"half")
        assert answer.startswith(b"HTTP/1.1 503")
        assert b"Retry-After: 5" in answer
        assert b"did not arrive within 0.01 s" in answer
        assert served.counted() == {"503": 1}


async def test_a_stranger_gets_no_time_for_a_body() -> None:
    async with serving(header_seconds=0.3) as served:
        stranger = head(100).replace(TOKEN.encode(), b"other")
        assert (await served.raw(stranger + b"half")).startswith(b"HTTP/1.1 401")
        assert served.counted() == {"401": 1}


async def test_a_half_body_leaves_nothing_behind() -> None:
    async with serving() as served:
        await served.raw(head(100) + b"half", end=True)
        assert (await served.deliver()).status == 200
        assert len(served.puppet.accepted) == 1
        assert served.counted().get("500") is None


@pytest.mark.parametrize("slow", [b"", b"POST ", b"POST /api/v1/alertmanager HTTP/1.1\r\nHost: b\r\nX: "])
async def test_slow_headers_are_cut_off(slow: bytes) -> None:
    async with serving(header_seconds=0.02) as served:
        assert await served.raw(slow) == b""


async def test_an_idle_connection_is_closed() -> None:
    async with serving(header_seconds=0.3) as served:
        body = group()
        answer = await served.raw(head(len(body)) + body)
        assert answer.startswith(b"HTTP/1.1 200")


async def test_several_deliveries_come_over_one_connection() -> None:
    async with serving(header_seconds=0.3) as served:
        body = group()
        answer = await served.raw((head(len(body)) + body) * 3)
        assert answer.count(b"HTTP/1.1 200") == 3


HOSTILE = [
    ("nothing", b""),
    ("a number", b"1"),
    ("a list", b"[]"),
    ("deep nesting", b"[" * 100_000),
    ("deep nesting within", b'{"version":"4","alerts":' + b'{"a":' * 50_000),
    ("a number of 5,000 digits", b'{"version":"4","alerts":' + b"9" * 5000 + b"}"),
    ("a huge exponent", b'{"version":"4","alerts":[],"truncatedAlerts":1e999}'),
    ("NaN", b'{"version":"4","alerts":[],"truncatedAlerts":NaN}'),
    ("a lone surrogate", group().replace(b"5ef77", b"\\ud800")[:-1]),
    ("no UTF-8", group().replace(b"Down", b"\xff\xfe")),
    ("a cut body", group()[:-10]),
    ("version 3", group(version="3")),
    ("no alerts", json.dumps({"version": "4"}).encode()),
    ("alerts that are none", group(alerts=["x"])),
    (
        "an alert without labels",
        group(alerts=[{"status": "firing", "labels": {}, "startsAt": "2023-11-14T22:00:00Z"}]),
    ),
    (
        "a time that is none",
        group(alerts=[{"status": "firing", "labels": {"a": "b"}, "startsAt": "yesterday"}]),
    ),
    ("a form", b"payload=%7B%7D"),
    ("null bytes", b"\0" * 1000),
]


@pytest.mark.parametrize("body", [row[1] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
async def test_a_hostile_body_is_the_senders_fault(body: bytes) -> None:
    async with serving() as served:
        answer = await served.deliver(body)
        assert answer.status == 400
        assert len(answer.json["error"]) < 400
        assert served.puppet.accepted == []
        assert served.counted() == {"400": 1}


@given(
    body=st.one_of(
        st.binary(max_size=200),
        st.text(max_size=100).map(lambda text: json.dumps({"version": "4", "alerts": text}).encode()),
    )
)
@hypothesis_settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_body_is_our_fault(body: bytes) -> None:
    async with serving() as served:
        assert (await served.deliver(body)).status in {200, 400}


async def test_a_compressed_body_is_refused_before_it_can_swell() -> None:
    async with serving() as served:
        bomb = zlib.compress(b"\0" * 10_000_000)
        answer = await served.deliver(bomb, **{"Content-Encoding": "deflate"})
        assert answer.status == 415
        assert "compressed" in answer.json["error"]


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03canary",
        b"GET / HTTP/9.9\r\n\r\n",
        b"canary\r\n\r\n",
        b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: b\r\nX: " + b"canary" * 2000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: b\r\nX: canary\x00\r\n\r\n",
        b"POST /api/v1/alertmanager HTTP/1.1\r\nHost: b\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/alertmanager HTTP/1.1\r\nHost: b\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: b\r\n" + b"X: y\r\n" * 500 + b"\r\n",
    ],
)
async def test_what_is_no_http_is_answered_without_its_bytes(
    request_bytes: bytes, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    async with serving() as served:
        answer = await served.raw(request_bytes)
        assert answer.startswith(b"HTTP/1.0 400")
        assert b"Server: statuspage-bridge\r\n" in answer
        assert answer.endswith(b'{"error":"the request is no valid HTTP"}\n')
    written = capsys.readouterr()
    assert "canary" not in caplog.text + written.out + written.err


@pytest.mark.parametrize("chunks", [b"zz\r\ncanary\r\n", b"-1\r\n", b"ffffffffffffffffffff\r\n"])
async def test_broken_chunks_are_the_senders_fault(chunks: bytes) -> None:
    async with serving(header_seconds=0.3) as served:
        lines = head(0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
        answer = await served.raw(lines, chunks)
        assert answer.split()[1] == b"400"
        assert b"canary" not in answer
        assert served.puppet.accepted == []


async def test_a_stop_lets_a_delivery_end() -> None:
    async with serving() as served:
        served.puppet.committed.clear()
        delivery = asyncio.create_task(served.deliver())
        await served.puppet.waiting.wait()
        closing = asyncio.create_task(served.listening.close())
        await asyncio.sleep(0)
        served.puppet.committed.set()
        assert (await delivery).status == 200
        await closing
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", served.listening.port)


async def test_a_stop_does_not_wait_for_ever() -> None:
    async with serving(shutdown_seconds=0.01) as served:
        served.puppet.committed.clear()
        delivery = asyncio.create_task(served.raw(head(len(group())) + group()))
        await served.puppet.waiting.wait()
        await served.listening.close()
        assert b"200" not in await delivery
