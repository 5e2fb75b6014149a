"""The fields of a metric, new or changed, read and checked before anything happens."""

from dataclasses import dataclass
from enum import StrEnum

from bridge.simulator.fields import Fields
from bridge.simulator.identifiers import Identifiers
from bridge.simulator.records.metrics import Metric
from bridge.simulator.records.metrics_providers import MetricsProvider, ProviderType
from bridge.simulator.resources.components import NAME_LENGTH, TEXT_LENGTH

MOST_DECIMAL_PLACES = 10


class Transform(StrEnum):
    """What is done to a provider's numbers before they are taken."""

    AVERAGE = "average"
    COUNT = "count"
    MAX = "max"
    MIN = "min"
    SUM = "sum"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDraft:
    """What a new metric was asked to be."""

    name: str
    metric_identifier: str | None
    transform: Transform | None
    suffix: str
    y_axis_min: float | None
    y_axis_max: float | None
    y_axis_hidden: bool
    display: bool
    decimal_places: int
    tooltip_description: str | None


def read_metric(fields: Fields, provider: MetricsProvider) -> MetricDraft:
    """Read a new metric of a provider; what is fetched from elsewhere needs its name there.

    Raises:
        RefusedError: 422 with everything that is wrong, by field.
    """
    fetched = provider.type is not ProviderType.SELF
    fields.text("application_id", maximum=NAME_LENGTH, required=provider.type is ProviderType.NEW_RELIC)
    display = fields.boolean("display")
    draft = MetricDraft(
        name=fields.text("name", maximum=NAME_LENGTH, required=True) or "",
        metric_identifier=fields.text("metric_identifier", maximum=NAME_LENGTH, required=fetched) or None,
        transform=None if fields.raw("transform") == "" else fields.choice("transform", Transform),
        suffix=fields.text("suffix", maximum=NAME_LENGTH) or "",
        y_axis_min=fields.number("y_axis_min", required=False),
        y_axis_max=fields.number("y_axis_max", required=False),
        y_axis_hidden=fields.boolean("y_axis_hidden") is True,
        display=display is not False,
        decimal_places=_read_decimal_places(fields),
        tooltip_description=fields.text("tooltip_description", maximum=TEXT_LENGTH) or None,
    )
    low, high = draft.y_axis_min, draft.y_axis_max
    if low is not None and high is not None and high <= low:
        fields.refuse("y_axis_max", "must be above y_axis_min")
    fields.finish()
    return draft


def new_metric(
    identifiers: Identifiers, provider: MetricsProvider, draft: MetricDraft, *, now: float
) -> Metric:
    """Make the metric that was asked for."""
    return Metric(
        id=identifiers.draw(),
        page_id=provider.page_id,
        provider_id=provider.id,
        name=draft.name,
        suffix=draft.suffix,
        created_at=now,
        updated_at=now,
        metric_identifier=draft.metric_identifier,
        transform=draft.transform,
        display=draft.display,
        tooltip_description=draft.tooltip_description,
        decimal_places=draft.decimal_places,
        y_axis_min=draft.y_axis_min,
        y_axis_max=draft.y_axis_max,
        y_axis_hidden=draft.y_axis_hidden,
    )


def _read_decimal_places(fields: Fields) -> int:
    places = fields.integer("decimal_places", required=False)
    if places is not None and not 0 <= places <= MOST_DECIMAL_PLACES:
        fields.refuse("decimal_places", f"must be from 0 to {MOST_DECIMAL_PLACES}")
    return places or 0
