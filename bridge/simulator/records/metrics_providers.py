"""Where the points of metrics come from."""

from dataclasses import dataclass
from enum import StrEnum

from bridge.simulator.records.encoding import encode
from bridge.simulator.timestamps import in_seconds, seconds_or_null


class ProviderType(StrEnum):
    """The services that metrics can be fetched from; the points of `SELF` come by the API."""

    PINGDOM = "Pingdom"
    NEW_RELIC = "NewRelic"
    LIBRATO = "Librato"
    DATADOG = "Datadog"
    SELF = "Self"


@dataclass(slots=True, kw_only=True)
class MetricsProvider:
    """A provider; its credentials are not kept."""

    id: str
    page_id: str
    type: ProviderType
    created_at: float
    updated_at: float
    metric_base_uri: str | None = None
    last_revalidated_at: float | None = None

    def written(self) -> str:
        """Return the provider as JSON."""
        return encode(
            {
                "id": self.id,
                "type": self.type,
                "disabled": False,
                "metric_base_uri": self.metric_base_uri,
                "last_revalidated_at": seconds_or_null(self.last_revalidated_at),
                "created_at": in_seconds(self.created_at),
                "updated_at": in_seconds(self.updated_at),
                "page_id": self.page_id,
            }
        )
