"""Metrics and their points.

A point is cast to the nearest 30 s and the last one written there wins. Points older than 28 days or more than five
minutes ahead are, as decided, refused one by one, and dropped from a bulk, which the service takes in later. A metric that is
fetched from elsewhere takes no points by the API. What the guide calls a datum's id is its cast timestamp.
"""

from dataclasses import dataclass
from typing import Any

from bridge.simulator.fields import Fields
from bridge.simulator.messages import Answer, RefusedError, not_allowed, not_found
from bridge.simulator.options import StrayPoints
from bridge.simulator.records.encoding import as_list, encode
from bridge.simulator.records.metrics import Metric
from bridge.simulator.records.metrics_providers import ProviderType
from bridge.simulator.records.pages import Page
from bridge.simulator.resources.components import NAME_LENGTH
from bridge.simulator.routing import Call, Route
from bridge.simulator.timestamps import is_writable

GRID = 30
OLDEST = 28 * 86_400.0
FURTHEST_AHEAD = 300.0
_LONGEST_INSTANT = 12


@dataclass(frozen=True, slots=True)
class _Point:
    asked: int
    value: float | int

    @property
    def instant(self) -> int:
        return cast_to_grid(self.asked)

    def acceptable(self, now: float) -> bool:
        return now - OLDEST <= self.asked <= now + FURTHEST_AHEAD

    def kept(self, call: Call) -> bool:
        if call.account.options.stray_points is StrayPoints.KEPT:
            return is_writable(self.instant)  # of those that no clock could show, none is
        return self.acceptable(call.now)

    def shown(self) -> dict[str, float | int]:
        return {"timestamp": self.instant, "value": self.value}


def cast_to_grid(instant: int) -> int:
    """Return the nearest multiple of 30 s; halfway goes up."""
    return (instant + GRID // 2) // GRID * GRID


def list_metrics(call: Call) -> Answer:
    """Answer with the page's metrics."""
    return Answer(200, as_list(m.written() for m in call.one_page_of([*call.listed_page.metrics.values()])))


def get_metric(call: Call) -> Answer:
    """Answer with one metric."""
    return Answer(200, call.target(call.page.metrics, "metric_id").written())


def change_metric(call: Call) -> Answer:
    """Change the name, or what the metric is called where it is fetched from; nothing else can be changed."""
    metric = call.target(call.page.metrics, "metric_id")
    fields = Fields(call.wrapped("metric"))
    name = fields.text("name", maximum=NAME_LENGTH, required=fields.given("name"))
    identifier = fields.text("metric_identifier", maximum=NAME_LENGTH) or None
    fields.finish()
    before = (metric.name, metric.metric_identifier)
    metric.name = metric.name if name is None else name
    if fields.given("metric_identifier"):
        metric.metric_identifier = identifier
    if (metric.name, metric.metric_identifier) != before:
        metric.updated_at = call.now
    return Answer(200, metric.written())


def delete_metric(call: Call) -> Answer:
    """Delete a metric with its points, and answer with it."""
    page = call.page
    metric = call.target(page.metrics, "metric_id")
    del page.metrics[metric.id]
    return Answer(200, metric.written())


def add_point(call: Call) -> Answer:
    """Take one point; the answer carries its cast timestamp."""
    page = call.page
    metric = call.target(page.metrics, "metric_id")
    _refuse_fetched(page, metric)
    strays = call.account.options.stray_points
    point = _read(Fields(call.wrapped("data")), now=call.now if strays is StrayPoints.REFUSED else None)
    if point.kept(call):
        metric.put(point.instant, float(point.value))
    return Answer(201, encode({"data": point.shown()}))


def add_points(call: Call) -> Answer:
    """Take points of several metrics; all of them are read before any is kept."""
    page = call.page
    taken: list[tuple[Metric, list[_Point]]] = []
    for metric_id, rows in call.wrapped("data").items():
        metric = page.metrics.get(metric_id)
        if metric is None:
            raise not_found()
        _refuse_fetched(page, metric)
        points = [_read_row(metric_id, row) for row in _rows(metric_id, rows)]
        taken.append((metric, [point for point in points if point.kept(call)]))
    for metric, points in taken:
        for point in points:
            metric.put(point.instant, float(point.value))
    return Answer(202, encode({metric.id: [point.shown() for point in points] for metric, points in taken}))


def reset_metric(call: Call) -> Answer:
    """Forget every point of a metric."""
    metric = call.target(call.page.metrics, "metric_id")
    metric.reset()
    metric.updated_at = call.now
    return Answer(200, metric.written())


def delete_point(call: Call) -> Answer:
    """Forget one point and answer with it; the guide has this operation, the vendor's document has not."""
    metric = call.target(call.page.metrics, "metric_id")
    text = call.targets["metric_datum_id"]
    instant = int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_INSTANT else -1
    value = metric.remove(instant)
    if value is None:
        raise not_found()
    metric.updated_at = call.now
    return Answer(200, encode({"data": {"timestamp": instant, "value": value}}))


def _refuse_fetched(page: Page, metric: Metric) -> None:
    provider = page.providers.get(metric.provider_id)
    if provider is not None and provider.type is not ProviderType.SELF:
        raise not_allowed()


def _rows(metric_id: str, rows: Any) -> list[Any]:
    if isinstance(rows, list):
        return rows
    raise RefusedError(422, {metric_id: ["must be a list of points"]})


def _read_row(metric_id: str, row: Any) -> _Point:
    if not isinstance(row, dict):
        raise RefusedError(422, {metric_id: ["each point must be an object"]})
    return _read(Fields(row), now=None)


def _read(fields: Fields, *, now: float | None) -> _Point:
    """Read a point; with `now`, one that lies outside the time kept is wrong too."""
    asked, value = fields.integer("timestamp"), fields.number("value")
    point = _Point(asked or 0, value or 0)
    if asked is not None and now is not None and not point.acceptable(now):
        fields.refuse("timestamp", "must be within the last 28 days and at most 5 minutes ahead")
    fields.finish()
    return point


_ALL = "/pages/{page_id}/metrics"
_ONE = "/pages/{page_id}/metrics/{metric_id}"

ROUTES = (
    Route("GET", _ALL, list_metrics),
    Route("POST", f"{_ALL}/data", add_points),
    Route("GET", _ONE, get_metric),
    Route("PATCH", _ONE, change_metric),
    Route("PUT", _ONE, change_metric),
    Route("DELETE", _ONE, delete_metric),
    Route("POST", f"{_ONE}/data", add_point),
    Route("DELETE", f"{_ONE}/data", reset_metric),
    Route("DELETE", f"{_ONE}/data/{{metric_datum_id}}", delete_point),
)
