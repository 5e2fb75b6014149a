"""Metrics: reading which exist, and sending points of several in one call."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import msgspec

from bridge.core.intents import NotSent, Outcome
from bridge.core.reasons import Reason
from bridge.statuspage.calls import Call, Calls, Endpoint, page_of
from bridge.statuspage.errors import one_line
from bridge.statuspage.models import Metric

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LIST_METRICS = Endpoint("GET", "/pages/{page_id}/metrics", msgspec.json.Decoder(tuple[Metric, ...]))
PUSH_POINTS = Endpoint("POST", "/pages/{page_id}/metrics/data", msgspec.json.Decoder(dict[str, Any]))


class MetricCalls(Calls):
    """Calls about metrics."""

    def list_metrics(self, page_number: int, per_page: int = 100, *, timeout: float) -> Call:
        """Read one page of the metrics, from 1: `Done` holds a tuple of `Metric`; one shorter than `per_page` is the last."""
        return self.call(LIST_METRICS, timeout=timeout, query=page_of(page_number, per_page=per_page))

    async def push_points(
        self,
        points: Mapping[str, Sequence[tuple[int, float]]],
        *,
        timeout: float,  # noqa: ASYNC109 - as in Calls.call
    ) -> Outcome:
        """Send points of any number of metrics: metric id → (Unix epoch seconds, value).

        The server takes them in later and answers 202; the same point sent again changes nothing. `Done` holds what it echoes.
        """
        for metric_id, series in points.items():
            if not all(math.isfinite(value) for _, value in series):
                # JSON has no such number; a null in its place would spoil the points of every other metric.
                return NotSent(
                    Reason.REJECTED, f"metric {one_line(metric_id)!r} has a point that is not a number"
                )
        data = {
            metric_id: [{"timestamp": timestamp, "value": value} for timestamp, value in series]
            for metric_id, series in points.items()
        }
        return await self.call(PUSH_POINTS, timeout=timeout, payload={"data": data})
