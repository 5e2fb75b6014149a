"""A history from a range of a Prometheus. Here it is a script that has samples; `make e2e` asks the real one."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from bridge.config.observed_names import Observed
from bridge.core.observation import HttpCheck, Probe, Query
from bridge.core.signals import Labels, SignalState
from bridge.errors import ConfigurationError
from bridge.simulation.replay.history import SightChange, SignalChange
from bridge.simulation.replay.prometheus import ALERTS, UP, read_range
from bridge.sources.exchange import Answer, Failure, Fault
from bridge.sources.promql import QueryError
from bridge.sources.promql_range import Range, RangeReader

if TYPE_CHECKING:
    from bridge.simulation.replay.history import History
    from bridge.sources.exchange import Request

BEGIN = 1_790_000_000.0
STEP = 60.0
WEB = Probe("web", HttpCheck("https://shop.example/"), 30.0, 10.0, Labels({"team": "shop"}))


@dataclass
class Script:
    """A Prometheus that has these samples, by expression and labels: a value for each step, None for none."""

    series: dict[str, list[tuple[dict[str, str], list[float | None]]]]
    most: int = 10_000
    """Samples that fit into an answer."""
    asked: list[tuple[str, float, float]] = field(default_factory=list)

    async def exchange(self, request: Request, *, timeout: float) -> Answer | Failure:  # noqa: ASYNC109 - as in the protocol
        """Answer with the samples that are asked for."""
        assert timeout > 0
        assert (request.method, request.url) == (
            "POST",
            "http://prometheus.example/prefix/api/v1/query_range",
        )
        form = {name: value for name, (value,) in parse_qs(request.body.decode()).items()}
        begin, end, step = (float(form[name]) for name in ("start", "end", "step"))
        self.asked.append((form["query"], begin, end))
        result: list[dict[str, Any]] = [
            {
                "metric": {"__name__": "x", **labels},
                "values": [
                    [BEGIN + number * step, str(value)]
                    for number, value in enumerate(values)
                    if value is not None and begin <= BEGIN + number * step <= end
                ],
            }
            for labels, values in self.series.get(form["query"], [])
        ]
        result = [one for one in result if one["values"]]
        body = json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}})
        many = sum(len(one["values"]) for one in result)
        return Answer(200, body.encode(), complete=many <= self.most)


def reader_of(script: Script) -> RangeReader:
    return RangeReader("http://prometheus.example/prefix/", exchange=script)


def history(script: Script, steps: int, *queries: Query, **probes: str) -> History:
    over = Range(BEGIN, BEGIN + steps * STEP + 59.0, STEP)
    return asyncio.run(read_range(reader_of(script), over, probes=probes, known=Observed((WEB,), queries)))


def firing(name: str, *values: float | None) -> tuple[dict[str, str], list[float | None]]:
    return {"alertname": name, "alertstate": "firing"}, list(values)


def told(script: Script, steps: int, **probes: str) -> list[tuple[int, str]]:
    """What changed, by number of the step."""
    return [
        (
            round((change.at - BEGIN) / STEP),
            f"{dict(change.labels)} {change.state}"
            if isinstance(change, SignalChange)
            else f"{change.blind}",
        )
        for change in history(script, steps, **probes).changes
    ]


def test_an_alert_fires_while_it_has_samples() -> None:
    always: list[float | None] = [1.0] * 8
    script = Script({UP: [({}, always)], ALERTS: [firing("A", None, 1, 1, None, None, 1, 1, 1)]})
    a = {"alertname": "A"}
    # At the end it still fires: nothing says that it ended.
    assert told(script, 7) == [(1, f"{a} failing"), (3, f"{a} ok"), (5, f"{a} failing")]
    found = history(script, 7)
    assert (found.begin, found.end, found.remarks) == (BEGIN, BEGIN + 7 * STEP, ())


def test_what_fires_at_the_beginning_has_begun_before() -> None:
    script = Script({UP: [({}, [1.0, 1.0])], ALERTS: [firing("A", 1, None)]})
    assert history(script, 1).remarks == (
        "1 alerts were firing already when it begins: since when is not known, and holds count from then",
    )


def test_where_prometheus_has_nothing_at_all_it_is_blind_and_an_alert_has_not_ended_for_sure() -> None:
    script = Script({UP: [({}, [1, 1, None, None, 1])], ALERTS: [firing("A", 1, 1, None, None, 1)]})
    found = history(script, 4).changes
    assert [change for change in found if isinstance(change, SightChange)] == [
        SightChange(BEGIN + 2 * STEP, "alertmanager", blind=True),
        SightChange(BEGIN + 4 * STEP, "alertmanager", blind=False),
    ]
    # In the instant in which its samples end it is blind already.
    assert [type(change) for change in found if change.at == BEGIN + 2 * STEP] == [SightChange, SignalChange]
    assert told(Script({}), 1) == [(0, "True")]


def test_a_probe_is_what_its_expression_says() -> None:
    script = Script({UP: [({}, [1.0] * 6)], "probe_success": [({"job": "b"}, [None, 1, 1, 0, 0, None])]})
    web = {"probe": "web", "team": "shop"}
    assert told(script, 5, web="probe_success") == [
        (0, f"{web} unknown"),
        (1, f"{web} ok"),
        (3, f"{web} failing"),
        (5, f"{web} unknown"),
    ]


def test_what_is_too_much_at_once_is_asked_for_in_pieces() -> None:
    values: list[float | None] = [1.0 if number % 7 else None for number in range(101)]
    whole = Script({UP: [({}, values)], ALERTS: [firing("A", *values)]})
    pieces = Script(whole.series, most=10)
    assert history(pieces, 100) == history(whole, 100)
    assert len(whole.asked) == 2
    assert len(pieces.asked) > 20
    long = Script({})
    history(long, 12_000)
    assert [(end - begin) / STEP for query, begin, end in long.asked if query == UP] == [4999, 4999, 2000]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Failure(Fault.REFUSED), "unreachable"),
        (Failure(Fault.TIMEOUT), "timeout"),
        (Answer(401), "unauthorized: answered 401"),
        (Answer(200, b"{}"), "malformed"),
        (Answer(200, b"<html>"), "malformed"),
        (Answer(200, b'{"status": "success", "data": {"resultType": "vector", "result": []}}'), "malformed"),
        (Answer(200, b'{"status": "success", "data": {"resultType": "matrix", "result": 1}}'), "malformed"),
        (
            Answer(400, b'{"status": "error", "errorType": "bad_data", "error": "parse error"}'),
            "rejected: bad_data: parse error",
        ),
        (Answer(200, b"{", complete=False), "the series of one instant are more than a mebibyte"),
    ],
)
def test_what_is_no_result_says_why(answer: Answer | Failure, says: str) -> None:
    class One:
        async def exchange(self, _request: Request, *, timeout: float) -> Answer | Failure:  # noqa: ASYNC109, ARG002 - as in the protocol
            return answer

    reader = RangeReader("http://prometheus.example", exchange=One(), authorization="Bearer x")
    with pytest.raises(QueryError, match=says):
        asyncio.run(reader.read("up", Range(BEGIN, BEGIN + 600.0, STEP)))


def test_a_probe_that_no_rule_knows_or_that_is_several_is_refused() -> None:
    script = Script({UP: [({}, [1.0, 1.0])], "several": [({"job": "a"}, [1.0]), ({"job": "b"}, [1.0])]})
    with pytest.raises(ConfigurationError, match="shop is no probe of the rules; they have: web"):
        history(script, 1, shop="x")
    with pytest.raises(ConfigurationError, match="the expression of the probe web gives 2 series"):
        history(script, 1, web="several")


QUERY = Query("errors", "sum(errors)", "main", 30.0, Labels({"team": "shop"}))
"""What it gave has expired after a step and a half."""


def given(
    *values: float | None, up: list[float | None] | None = None
) -> list[tuple[int, str, float | None, bool]]:
    """What changed of the query, by number of the step."""
    script = Script({UP: [({}, up or [1.0] * len(values))], QUERY.expression: [({}, list(values))]})
    return [
        (round((change.at - BEGIN) / STEP), str(change.state), change.value, change.silent)
        for change in history(script, len(values) - 1, QUERY).changes
        if isinstance(change, SignalChange) and change.labels == QUERY.signal_labels
    ]


def test_a_query_is_asked_by_its_own_expression_and_told_when_its_value_is_another_one() -> None:
    assert given(0.1, 0.1, 0.2, 0.2, 0.1) == [
        (0, "ok", 0.1, False),
        (2, "ok", 0.2, False),
        (4, "ok", 0.1, False),
    ]


def test_what_a_query_gave_expires_when_there_is_no_data() -> None:
    nan = float("nan")
    assert given(0.1, None, nan, None, 0.1) == [
        (0, "ok", 0.1, False),
        (2, "ok", 0.1, True),
        (4, "ok", 0.1, False),
    ]
    assert given(None, None, None) == [(0, "ok", None, False), (2, "ok", None, True)]


def test_it_does_not_expire_while_prometheus_was_not_there_and_that_is_blindness() -> None:
    up: list[float | None] = [1.0, None, None, None, 1.0, 1.0, 1.0]
    assert given(0.1, None, None, None, None, None, None, up=up) == [
        (0, "ok", 0.1, False),
        (5, "ok", 0.1, True),
    ]
    script = Script({UP: [({}, up)], QUERY.expression: [({}, [0.1])]})
    blind = [change for change in history(script, 6, QUERY).changes if isinstance(change, SightChange)]
    assert {(change.source, change.blind, round((change.at - BEGIN) / STEP)) for change in blind} == {
        (source, blind, at)
        for source in ("alertmanager", "prometheus/main")
        for blind, at in ((True, 1), (False, 4))
    }


def test_several_series_are_no_value_and_unknown() -> None:
    series: list[tuple[dict[str, str], list[float | None]]] = [
        ({"a": "b"}, [0.1, 0.1, 0.1]),
        ({"a": "c"}, [None, 0.2, None]),
    ]
    script = Script({UP: [({}, [1.0] * 3)], QUERY.expression: series})
    states = [
        change.state for change in history(script, 2, QUERY).changes if isinstance(change, SignalChange)
    ]
    assert states == [SignalState.UNKNOWN]


def test_queries_of_several_servers_are_asked_of_the_one_and_that_is_said() -> None:
    other = Query("other", "up", "other", 30.0)
    found = history(Script({UP: [({}, [1.0, 1.0])]}), 1, QUERY, other)
    assert found.remarks == (
        "all queries were asked of one Prometheus, those of prometheus/main, prometheus/other",
    )
