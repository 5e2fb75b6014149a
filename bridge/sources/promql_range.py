"""PromQL over a range of time: every series of an expression with its samples, asked for in pieces that fit into an answer.

Prometheus gives at most 11,000 samples of a series at once, and we read at most a mebibyte; a piece that is too big is asked for again in halves (Prometheus documentation, "HTTP API", range queries).
Knows neither alerts nor histories.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec

from bridge.core.signals import Labels
from bridge.sources.exchange import Answer, Exchange, Failure, Fault, Request
from bridge.sources.promql import REPLY, QueryError, QueryFault, decoded, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT = 60.0
"""Seconds for one piece."""

MOST_STEPS = 5_000
"""Steps of one piece; 11,000 are what Prometheus gives."""

_SUCCESS = 200


@dataclass(frozen=True, slots=True)
class Range:
    """From when to when, Unix seconds, and how many seconds lie between two samples."""

    begin: float
    end: float
    step: float

    @property
    def steps(self) -> int:
        """How many steps are after the first."""
        return max(0, math.floor((self.end - self.begin) / self.step + 1e-9))

    def at(self, number: int) -> float:
        """The instant of a step."""
        return self.begin + number * self.step


@dataclass(slots=True)
class RangeSeries:
    """One series.

    Attributes:
        labels: its labels, without its name.
        values: by number of the step; a step that is not there has no sample.
    """

    labels: Labels
    values: dict[int, float] = field(default_factory=dict)


class _Element(msgspec.Struct):
    metric: dict[str, str]
    values: list[tuple[float, str]] = []


_MATRIX = msgspec.json.Decoder(list[_Element])


class RangeReader:
    """One Prometheus, asked for ranges."""

    def __init__(self, url: str, *, exchange: Exchange, authorization: str = "") -> None:
        """Take where it is and how to ask.

        Args:
            url: base address; its path prefix and its query are kept.
            exchange: the door to the network.
            authorization: the value of the header; empty for none.
        """
        parts = urlsplit(url)
        self._url = urlunsplit(
            parts._replace(path=parts.path.rstrip("/") + "/api/v1/query_range", fragment="")
        )
        self._exchange = exchange
        self._headers = (
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Accept", "application/json"),
            *((("Authorization", authorization),) if authorization else ()),
        )

    async def read(
        self, expression: str, over: Range, progress: Callable[[float], None] = lambda _: None
    ) -> list[RangeSeries]:
        """Every series of an expression.

        Args:
            expression: PromQL.
            over: from when to when.
            progress: is told how much is read, from 0 to 1.

        Raises:
            QueryError: Prometheus gives no such result, or one step alone is too big.
        """
        found: dict[Labels, RangeSeries] = {}
        first, size = 0, MOST_STEPS
        while first <= over.steps:
            last = min(first + size - 1, over.steps)
            elements = await self._piece(expression, over, first, last)
            if elements is None:
                if last == first:
                    raise QueryError(
                        QueryFault.AMBIGUOUS, "the series of one instant are more than a mebibyte"
                    )
                size = max(1, (last - first + 1) // 2)
                continue
            for element in elements:
                named = {name: value for name, value in element.metric.items() if name != "__name__"}
                labels = Labels(named)
                series = found.setdefault(labels, RangeSeries(labels))
                for at, value in element.values:
                    series.values[round((at - over.begin) / over.step)] = _number(value)
            first = last + 1
            progress(first / (over.steps + 1))
        return list(found.values())

    async def _piece(self, expression: str, over: Range, first: int, last: int) -> list[_Element] | None:
        """The series of some steps; None where they are too many."""
        form = urlencode(
            {
                "query": expression,
                "start": f"{over.at(first):.3f}",
                "end": f"{over.at(last):.3f}",
                "step": f"{over.step:.3f}",
            },
            errors="replace",
        )
        request = Request("POST", self._url, self._headers, form.encode("ascii"))
        answer = await self._exchange.exchange(request, timeout=TIMEOUT)
        if isinstance(answer, Failure):
            fault = QueryFault.TIMEOUT if answer.fault is Fault.TIMEOUT else QueryFault.UNREACHABLE
            raise QueryError(fault, answer.detail)
        return _matrix(answer)


def _matrix(answer: Answer) -> list[_Element] | None:
    reply = decoded(REPLY, answer.body) if answer.complete else None
    if answer.status != _SUCCESS or (reply is not None and reply.status != "success"):
        raise refusal(answer.status, reply)
    if not answer.complete:
        return None
    if reply is None or reply.data is None or reply.data.result_type != "matrix":
        raise QueryError(
            QueryFault.MALFORMED, "the answer is not that of the query API; does the URL lead to Prometheus?"
        )
    elements: list[_Element] | None = decoded(_MATRIX, reply.data.result)
    if elements is None:
        raise QueryError(QueryFault.MALFORMED, "the matrix is not a list of series")
    return elements


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise QueryError(QueryFault.MALFORMED, "a value is not a number") from None
