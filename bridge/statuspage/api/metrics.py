"""Metrics: reading and changing them, and sending points. A new one is made by its provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bridge.statuspage.api.models.metrics import AddedPoint, AddedPoints, Metric, SingleAddition
from bridge.statuspage.api.pagination import PER_PAGE
from bridge.statuspage.api.resource import Resource
from bridge.statuspage.api.writes.metrics import Points
from bridge.statuspage.sending import Endpoint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from bridge.statuspage.api.writes.metrics import MetricChange, Point

_ONE = msgspec.json.Decoder(Metric)
_PATH = "/pages/{page_id}/metrics/{metric_id}"
LIST = Endpoint("GET", "/pages/{page_id}/metrics", msgspec.json.Decoder(tuple[Metric, ...]))
GET = Endpoint("GET", _PATH, _ONE)
UPDATE = Endpoint("PATCH", _PATH, _ONE)
DELETE = Endpoint("DELETE", _PATH, _ONE)
RESET = Endpoint("DELETE", f"{_PATH}/data", _ONE)
ADD_POINT = Endpoint("POST", f"{_PATH}/data", msgspec.json.Decoder(SingleAddition))
ADD_POINTS = Endpoint(
    "POST",
    "/pages/{page_id}/metrics/data",
    msgspec.json.Decoder(dict[str, tuple[AddedPoint, ...] | None]),
)


class Metrics(Resource):
    """Calls about metrics."""

    def list(self, page_id: str) -> AsyncIterator[Metric]:
        """All metrics of a page."""
        return self._caller.rows(LIST, {"page_id": page_id}, PER_PAGE)

    async def get(self, page_id: str, metric_id: str) -> Metric:
        """Read a metric."""
        return await self._caller.call(GET, {"page_id": page_id, "metric_id": metric_id})

    async def update(self, page_id: str, metric_id: str, change: MetricChange) -> Metric:
        """Change a metric."""
        return await self._caller.call(UPDATE, {"page_id": page_id, "metric_id": metric_id}, write=change)

    async def delete(self, page_id: str, metric_id: str) -> Metric:
        """Delete a metric with all its points."""
        return await self._caller.call(DELETE, {"page_id": page_id, "metric_id": metric_id})

    async def reset(self, page_id: str, metric_id: str) -> Metric:
        """Delete all points of a metric; single ones cannot be deleted."""
        return await self._caller.call(RESET, {"page_id": page_id, "metric_id": metric_id})

    async def add_point(self, page_id: str, metric_id: str, point: Point) -> AddedPoint:
        """Send one point, of the last 28 days. The same point sent again changes nothing."""
        added = await self._caller.call(ADD_POINT, {"page_id": page_id, "metric_id": metric_id}, write=point)
        return added.data

    async def add_points(self, page_id: str, points: Mapping[str, Sequence[Point]]) -> AddedPoints:
        """Send points of any number of metrics (metric id → points) in one call; the page takes them in later. The same points sent again change nothing.

        Raises:
            ValueError: no metric is named, or an id is none.
        """
        added = await self._caller.call(ADD_POINTS, {"page_id": page_id}, write=Points(points=points))
        return {metric_id: taken or () for metric_id, taken in added.items()}
