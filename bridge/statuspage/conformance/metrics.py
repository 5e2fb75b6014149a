"""A point of a metric from before the 28 days that are kept, and whether the metric shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.statuspage.conformance import endpoints
from bridge.statuspage.conformance.made import Kind
from bridge.statuspage.conformance.record import Step

if TYPE_CHECKING:
    from bridge.statuspage.conformance.visitor import Visitor

AGE: Final = 29 * 86_400
"""Seconds; 28 days can be filled in (the vendor's document)."""

STEPS: Final = (
    Step.STRAY_POINT,
    Step.STRAY_METRIC,
)


async def visit(visitor: Visitor) -> None:
    """Make a metric that readers do not see, and send it one point.

    Raises:
        LostError: an answer was lost.
    """
    provider = await visitor.made.make(Kind.PROVIDER, "Self", {"metrics_provider": {"type": "Self"}})
    provider_id = provider.member("id")
    if not provider.accepted or not isinstance(provider_id, str):
        visitor.record.skip(f"no metrics provider could be made ({provider.status})", *STEPS)
        return
    name = visitor.name("metric")
    metric = await visitor.made.make(
        Kind.METRIC, name, {"metric": {"name": name, "display": False}}, {"metrics_provider_id": provider_id}
    )
    metric_id = metric.member("id")
    if not metric.accepted or not isinstance(metric_id, str):
        visitor.record.skip(f"no metric could be made ({metric.status})", *STEPS)
        return
    point = {"data": {"timestamp": int(visitor.asker.page_time()) - AGE, "value": 1}}
    sent = await visitor.step(Step.STRAY_POINT, endpoints.ADD_POINT, {"metric_id": metric_id}, payload=point)
    if sent.accepted:
        await visitor.step(Step.STRAY_METRIC, endpoints.METRIC, {"metric_id": metric_id})
