"""New metrics and providers, changes to them, and points."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence  # noqa: TC003 - a field's type
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from bridge.statuspage.api.values import ProviderType, Transform
from bridge.statuspage.api.writes.write import (
    Write,
    check_identifiers,
    check_one_of,
    check_something,
    check_text,
)

LAST_TIMESTAMP: Final = 2**31 - 1
"""Seconds: the vendor's document has 32 bits for a point's time. A time of our days in milliseconds is greater."""

_NEEDED: Final[Mapping[ProviderType, tuple[str, ...]]] = {
    ProviderType.PINGDOM: ("api_token",),
    ProviderType.NEW_RELIC: ("api_key", "metric_base_uri"),
    ProviderType.LIBRATO: ("email", "api_token"),
    ProviderType.DATADOG: ("api_key", "api_token", "metric_base_uri"),
    ProviderType.SELF: (),
}
"""What each provider needs (the vendor's document, "Create a metric provider")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point(Write):
    """One value of a metric.

    Attributes:
        timestamp: whole Unix epoch seconds; the page casts it to the nearest 30.
        value: a finite number.

    Raises:
        ValueError: one of them is not that.
    """

    wrapper: ClassVar[str] = "data"

    timestamp: int
    value: float

    def __post_init__(self) -> None:
        if self.timestamp % 1 or not 0 <= self.timestamp <= LAST_TIMESTAMP:
            raise ValueError(
                f"timestamp is {self.timestamp!r}; expected whole Unix epoch seconds, not milliseconds"
            )
        if not math.isfinite(self.value):
            raise ValueError(f"value is {self.value!r}; expected a finite number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Points(Write):
    """Points of several metrics: metric id → its points.

    Raises:
        ValueError: there are none, or an id is none.
    """

    points: Mapping[str, Sequence[Point]]

    def __post_init__(self) -> None:
        check_identifiers("points", self.points.keys(), least=1)

    def document(self) -> dict[str, Any]:
        """The request's body."""
        return {
            "data": {
                metric_id: [point.members() for point in points] for metric_id, points in self.points.items()
            }
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMetric(Write):
    """A metric of a provider.

    Attributes:
        name: as readers see it.
        metric_identifier: what the provider calls it.
        transform: what is done to its values.
        application_id: New Relic's, and needed there.
        suffix: the unit, as readers see it.
        y_axis_min: the lower end of the axis.
        y_axis_max: the upper end of the axis.
        y_axis_hidden: the axis has no figures.
        display: whether readers see the metric.
        decimal_places: of the figures.
        tooltip_description: more of it.

    Raises:
        ValueError: something is out of bounds.
    """

    wrapper: ClassVar[str] = "metric"

    name: str
    metric_identifier: str | None = None
    transform: Transform | None = None
    application_id: str | None = None
    suffix: str | None = None
    y_axis_min: int | None = None
    y_axis_max: int | None = None
    y_axis_hidden: bool | None = None
    display: bool | None = None
    decimal_places: int | None = None
    tooltip_description: str | None = None

    def __post_init__(self) -> None:
        check_text("name", self.name)
        check_one_of("transform", self.transform, tuple(Transform))
        if self.decimal_places is not None and self.decimal_places < 0:
            raise ValueError(f"decimal_places is {self.decimal_places}; expected 0 or more")
        if self.y_axis_min is not None and self.y_axis_max is not None and self.y_axis_max <= self.y_axis_min:
            raise ValueError("y_axis_max is not above y_axis_min")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricChange(Write):
    """What to change of a metric; None leaves a member as it is.

    Raises:
        ValueError: nothing is changed, or the name is empty.
    """

    wrapper: ClassVar[str] = "metric"

    name: str | None = None
    metric_identifier: str | None = None

    def __post_init__(self) -> None:
        check_something(self)
        check_text("name", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMetricsProvider(Write):
    """Where metrics shall come from. Its credentials are sent, and shown nowhere.

    Raises:
        ValueError: the type is unknown, or something is missing that it needs.
    """

    wrapper: ClassVar[str] = "metrics_provider"

    type: ProviderType
    email: str | None = None
    password: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    api_token: str | None = field(default=None, repr=False)
    application_key: str | None = field(default=None, repr=False)
    metric_base_uri: str | None = None

    def __post_init__(self) -> None:
        check_one_of("type", self.type, tuple(ProviderType))
        missing = [name for name in _NEEDED[ProviderType(self.type)] if not getattr(self, name)]
        if missing:
            raise ValueError(f"a provider of type {self.type} needs {' and '.join(missing)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsProviderChange(Write):
    """What to change of a provider; None leaves a member as it is.

    Raises:
        ValueError: nothing is changed, or the type is unknown.
    """

    wrapper: ClassVar[str] = "metrics_provider"

    type: ProviderType | None = None
    metric_base_uri: str | None = None

    def __post_init__(self) -> None:
        check_something(self)
        check_one_of("type", self.type, tuple(ProviderType))
