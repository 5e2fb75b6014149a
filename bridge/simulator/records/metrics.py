"""Metrics and their points."""

from dataclasses import dataclass, field

from bridge.simulator.records.encoding import encode
from bridge.simulator.timestamps import in_seconds, seconds_or_null


@dataclass(slots=True, kw_only=True)
class Metric:
    """A metric; `points` maps an instant (seconds, a multiple of 30) to its value."""

    id: str
    page_id: str
    provider_id: str
    name: str
    suffix: str
    created_at: float
    updated_at: float
    metric_identifier: str | None = None
    transform: str | None = None
    display: bool = True
    tooltip_description: str | None = None
    decimal_places: int = 0
    y_axis_min: float | None = None
    y_axis_max: float | None = None
    y_axis_hidden: bool = False
    points: dict[int, float] = field(default_factory=dict)
    most_recent: int | None = None

    def put(self, instant: int, value: float) -> None:
        """Keep a point; the last one written for an instant wins."""
        self.points[instant] = value
        if self.most_recent is None or instant > self.most_recent:
            self.most_recent = instant

    def remove(self, instant: int) -> float | None:
        """Forget a point and return its value, None where there is none."""
        value = self.points.pop(instant, None)
        if instant == self.most_recent:
            self.most_recent = max(self.points, default=None)
        return value

    def reset(self) -> None:
        """Forget every point."""
        self.points.clear()
        self.most_recent = None

    def written(self) -> str:
        """Return the metric as JSON."""
        recent = seconds_or_null(self.most_recent)
        return encode(
            {
                "id": self.id,
                "metrics_provider_id": self.provider_id,
                "metric_identifier": self.metric_identifier,
                "name": self.name,
                "display": self.display,
                "tooltip_description": self.tooltip_description,
                "backfilled": False,
                "y_axis_min": self.y_axis_min,
                "y_axis_max": self.y_axis_max,
                "y_axis_hidden": self.y_axis_hidden,
                "suffix": self.suffix,
                "decimal_places": self.decimal_places,
                "most_recent_data_at": recent,
                "created_at": in_seconds(self.created_at),
                "updated_at": in_seconds(self.updated_at),
                "last_fetched_at": recent,
                "backfill_percentage": 0,
                "reference_name": None,
            }
        )
