"""Metrics providers: where metrics come from, and where new ones are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bridge.statuspage.api.models.metrics import Metric, MetricsProvider
from bridge.statuspage.api.pagination import PER_PAGE
from bridge.statuspage.api.resource import Resource
from bridge.statuspage.sending import Endpoint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bridge.statuspage.api.writes.metrics import MetricsProviderChange, NewMetric, NewMetricsProvider

_ONE = msgspec.json.Decoder(MetricsProvider)
_ALL = "/pages/{page_id}/metrics_providers"
_PATH = f"{_ALL}/{{metrics_provider_id}}"
LIST = Endpoint("GET", _ALL, msgspec.json.Decoder(tuple[MetricsProvider, ...]))
GET = Endpoint("GET", _PATH, _ONE)
CREATE = Endpoint("POST", _ALL, _ONE)
UPDATE = Endpoint("PATCH", _PATH, _ONE)
DELETE = Endpoint("DELETE", _PATH, _ONE)
METRICS = Endpoint("GET", f"{_PATH}/metrics", msgspec.json.Decoder(tuple[Metric, ...]))
CREATE_METRIC = Endpoint("POST", f"{_PATH}/metrics", msgspec.json.Decoder(Metric))


class MetricsProviders(Resource):
    """Calls about metrics providers."""

    def list(self, page_id: str) -> AsyncIterator[MetricsProvider]:
        """All providers; the API gives them at once."""
        return self._caller.rows(LIST, {"page_id": page_id}, None)

    async def get(self, page_id: str, metrics_provider_id: str) -> MetricsProvider:
        """Read a provider."""
        return await self._caller.call(GET, _places(page_id, metrics_provider_id))

    async def create(self, page_id: str, provider: NewMetricsProvider) -> MetricsProvider:
        """Make a provider."""
        return await self._caller.call(CREATE, {"page_id": page_id}, write=provider)

    async def update(
        self, page_id: str, metrics_provider_id: str, change: MetricsProviderChange
    ) -> MetricsProvider:
        """Change a provider."""
        return await self._caller.call(UPDATE, _places(page_id, metrics_provider_id), write=change)

    async def delete(self, page_id: str, metrics_provider_id: str) -> MetricsProvider:
        """Delete a provider with all its metrics."""
        return await self._caller.call(DELETE, _places(page_id, metrics_provider_id))

    def metrics(self, page_id: str, metrics_provider_id: str) -> AsyncIterator[Metric]:
        """All metrics of a provider."""
        return self._caller.rows(METRICS, _places(page_id, metrics_provider_id), PER_PAGE)

    async def create_metric(self, page_id: str, metrics_provider_id: str, metric: NewMetric) -> Metric:
        """Make a metric."""
        return await self._caller.call(CREATE_METRIC, _places(page_id, metrics_provider_id), write=metric)


def _places(page_id: str, metrics_provider_id: str) -> dict[str, str]:
    return {"page_id": page_id, "metrics_provider_id": metrics_provider_id}
