"""Instant queries: the one value, or why there is none."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.sources.exchange import Answer, Failure, Fault, HttpExchange, Phase, Request
from bridge.sources.promql import PrometheusClient, QueryError, QueryFault, basic, bearer

Serve = Callable[..., Awaitable[str]]


class Script:
    """A Prometheus that answers from a list."""

    def __init__(self, *results: Answer | Failure | Exception) -> None:
        self.results = list(results)
        self.requests: list[Request] = []

    async def exchange(self, request: Request, *, timeout: float) -> Answer | Failure:  # noqa: ASYNC109 - as in the protocol
        """Answer the next of the list, the last one for good."""
        assert timeout > 0
        self.requests.append(request)
        result = self.results.pop(0) if len(self.results) > 1 else self.results[0]
        if isinstance(result, Exception):
            raise result
        return result


def answer(result_type: str, result: Any, **more: Any) -> Answer:
    return Answer(
        200,
        json.dumps(
            {"status": "success", "data": {"resultType": result_type, "result": result}, **more}
        ).encode(),
    )


def sample(value: str, **labels: str) -> dict[str, Any]:
    return {"metric": labels, "value": [1_700_000_000.123, value]}


def refusal(status: int, kind: str, text: str) -> Answer:
    return Answer(status, json.dumps({"status": "error", "errorType": kind, "error": text}).encode())


async def asked(*results: Answer | Failure) -> float | None:
    return await PrometheusClient("http://prometheus.example", exchange=Script(*results)).instant("up")


@pytest.mark.parametrize(
    ("result", "value"),
    [
        pytest.param(answer("vector", [sample("42.5", job="shop")]), 42.5, id="the only sample"),
        pytest.param(answer("scalar", [1_700_000_000, "3"]), 3.0, id="a scalar, its time without a fraction"),
        pytest.param(answer("vector", [sample("1e+06")], warnings=["partial"], infos=[]), 1e6, id="unknown fields beside it"),
        pytest.param(answer("vector", []), None, id="no data"),
        pytest.param(answer("vector", [sample("NaN")]), None, id="NaN is no data"),
        pytest.param(answer("scalar", [1, "+Inf"]), None, id="infinity is no data"),
        pytest.param(answer("vector", [sample("-Inf")]), None, id="nor is its negative"),
        pytest.param(answer("vector", [sample("1e999")]), None, id="nor is what is too large for us"),
    ],
)  # fmt: skip
async def test_one_value_is_the_value_and_none_is_none(result: Answer, value: float | None) -> None:
    assert await asked(result) == value


@pytest.mark.parametrize(
    ("result", "text"),
    [
        pytest.param(answer("vector", [sample("1", a="b"), sample("2", a="c")]), "ambiguous: 2 samples, where one is wanted; aggregate them, as with sum()", id="two samples"),
        pytest.param(Answer(200, b'{"status":"succ', complete=False), "ambiguous: more than 15 bytes of samples, where one is wanted", id="more than we read"),
        pytest.param(answer("matrix", []), "not_a_number: the expression gives a matrix, where one value is wanted", id="a range"),
        pytest.param(answer("string", [1, "a"]), "not_a_number: the expression gives a string, where one value is wanted", id="a text"),
        pytest.param(answer("vector", [{"metric": {}, "histogram": [1, {}]}]), "not_a_number: the sample is a histogram, where one value is wanted", id="a histogram"),
        pytest.param(answer("vector", [sample("abc")]), "malformed: the value is not a number", id="no number"),
        pytest.param(answer("vector", {"a": 1}), "malformed: the vector is not a list of samples", id="no vector"),
        pytest.param(answer("scalar", [1]), "malformed: the scalar is not a time and a value", id="half a scalar"),
        pytest.param(Answer(200, b"<html>"), "malformed: the answer is not that of the query API; does the URL lead to Prometheus?", id="a page"),
        pytest.param(Answer(200, b"[" * 100_000), "malformed: the answer is not that of the query API; does the URL lead to Prometheus?", id="deep nesting"),
        pytest.param(Answer(200, b'{"status": "success"}'), "malformed: the answer is not that of the query API; does the URL lead to Prometheus?", id="no data"),
        pytest.param(Answer(302), "malformed: answered 302, which the query API does not", id="a redirect to a login"),
        pytest.param(refusal(400, "bad_data", 'parse error:\nunexpected "}"'), 'rejected: bad_data: parse error: unexpected "}"', id="a query with a mistake"),
        pytest.param(refusal(422, "execution", "x" * 1000), "rejected: execution: " + "x" * 189, id="a long text is cut"),
        pytest.param(Answer(404, b"not found"), "rejected: answered 404; is a path prefix missing from the URL?", id="no API there"),
        pytest.param(Answer(401), "unauthorized: answered 401", id="no credential"),
        pytest.param(refusal(403, "x", "y"), "unauthorized: answered 403", id="a wrong credential"),
        pytest.param(refusal(503, "timeout", "query timed out"), "unavailable: answered 503 (timeout: query timed out)", id="overloaded"),
        pytest.param(Answer(502, b"<html>"), "unavailable: answered 502", id="a proxy without a Prometheus"),
        pytest.param(Answer(429), "unavailable: answered 429", id="too many"),
        pytest.param(Failure(Fault.REFUSED), "unreachable: [CONNECT] (refused)", id="refused"),
        pytest.param(Failure(Fault.TIMEOUT, Phase.RESPONSE, "timeout"), "timeout: [RESPONSE] (timeout)", id="no answer in time"),
    ],
)  # fmt: skip
async def test_what_is_no_single_value_is_one_of_a_few_faults(result: Answer | Failure, text: str) -> None:
    with pytest.raises(QueryError) as raised:
        await asked(result)
    assert str(raised.value) == text
    assert raised.value.fault in QueryFault


@given(body=st.binary(max_size=100), status=st.sampled_from([200, 302, 400, 500]))
def test_any_bytes_are_a_value_or_a_fault(body: bytes, status: int) -> None:
    async def ask() -> None:
        with pytest.raises(QueryError):
            await asked(Answer(status, body))

    asyncio.run(ask())


@pytest.mark.parametrize(
    ("url", "asked_at"),
    [
        pytest.param("http://p.example", "http://p.example/api/v1/query", id="the root"),
        pytest.param("http://p.example:9090/", "http://p.example:9090/api/v1/query", id="a slash at the end"),
        pytest.param(
            "https://p.example/team/prom/", "https://p.example/team/prom/api/v1/query", id="a prefix"
        ),
        pytest.param(
            "https://p.example/p?tenant=a#x", "https://p.example/p/api/v1/query?tenant=a", id="a query"
        ),
    ],
)
async def test_the_prefix_of_the_url_is_kept(url: str, asked_at: str) -> None:
    script = Script(answer("scalar", [1, "1"]))
    await PrometheusClient(url, exchange=script).instant("up")
    assert (script.requests[0].method, script.requests[0].url) == ("POST", asked_at)


async def test_the_expression_goes_as_a_form_with_the_deadline() -> None:
    script = Script(answer("scalar", [1, "1"]))
    await PrometheusClient("http://p.example", exchange=script, timeout=2.5).instant('a{b="ü&="} + 1')
    assert parse_qs(script.requests[0].body.decode()) == {"query": ['a{b="ü&="} + 1'], "timeout": ["2500ms"]}


async def test_the_credential_is_read_anew_at_each_query() -> None:
    script = Script(answer("scalar", [1, "1"]))
    tokens = iter([bearer("one"), basic("Aladdin", "open sesame")])
    client = PrometheusClient("http://p.example", exchange=script, authorization=lambda: next(tokens))
    await client.instant("up")
    await client.instant("up")
    assert [dict(request.headers)["Authorization"] for request in script.requests] == [
        "Bearer one",
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    ]


async def test_a_real_server_is_asked_by_form(serve: Serve) -> None:
    seen: list[bytes] = []
    reply = answer("vector", [sample("7")]).body
    url = await serve(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(reply), reply), seen=seen)
    async with HttpExchange() as door:
        assert await PrometheusClient(f"{url}/prom", exchange=door).instant("up") == 7.0
    assert seen[0].startswith(b"POST /prom/api/v1/query HTTP/1.1\r\n")
    assert b"Content-Type: application/x-www-form-urlencoded\r\n" in seen[0]
    assert seen[0].endswith(b"\r\n\r\nquery=up&timeout=10000ms")
