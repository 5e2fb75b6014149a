"""Metrics, their points, and the providers that they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from bridge.statuspage.api.models.fields import Instant
from bridge.statuspage.models import Flag, Identifier, Resource, Text


class Metric(Resource, frozen=True, kw_only=True):
    """A metric; its points are written and never read."""

    id: Identifier
    metrics_provider_id: str | None = None
    metric_identifier: str | None = None
    name: Text = ""
    display: Flag = False
    tooltip_description: str | None = None
    backfilled: Flag = False
    y_axis_min: float | None = None
    y_axis_max: float | None = None
    y_axis_hidden: Flag = False
    suffix: str | None = None
    decimal_places: int | None = None
    backfill_percentage: float | None = None
    reference_name: str | None = None
    most_recent_data_at_text: str | None = field(name="most_recent_data_at", default=None)
    last_fetched_at_text: str | None = field(name="last_fetched_at", default=None)
    created_at_text: str | None = field(name="created_at", default=None)
    updated_at_text: str | None = field(name="updated_at", default=None)

    most_recent_data_at = Instant()
    last_fetched_at = Instant()
    created_at = Instant()
    updated_at = Instant()


class AddedPoint(Struct, frozen=True, kw_only=True):
    """A point as the page took it: `timestamp` is cast to the nearest 30 seconds (Unix epoch seconds)."""

    timestamp: float
    value: float


if TYPE_CHECKING:
    AddedPoints = dict[str, tuple[AddedPoint, ...]]
else:
    AddedPoints = dict[str, tuple[AddedPoint, ...] | None]


class SingleAddition(Struct, frozen=True, kw_only=True):
    """The answer to a single point."""

    data: AddedPoint


class MetricsProvider(Resource, frozen=True, kw_only=True):
    """Where metrics come from; `Self` is what points are pushed to. Its credentials are never answered."""

    id: Identifier
    type: Text = ""
    disabled: Flag = False
    metric_base_uri: str | None = None
    page_id: str | int | None = None
    last_revalidated_at_text: str | None = field(name="last_revalidated_at", default=None)
    created_at_text: str | None = field(name="created_at", default=None)
    updated_at_text: str | None = field(name="updated_at", default=None)

    last_revalidated_at = Instant()
    created_at = Instant()
    updated_at = Instant()
