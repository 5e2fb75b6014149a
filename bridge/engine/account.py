"""The account of requests for whoever watches the daemon: counters and log events. Decides and remembers nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bridge.core.intents import Done, NotSent, Outcome, Unknown
from bridge.core.operations import PushPoints, WriteIncident
from bridge.core.reasons import Reason
from bridge.engine.requests import facts

if TYPE_CHECKING:
    from prometheus_client import Gauge

    from bridge.core.changes import Changes
    from bridge.core.plan import Plan
    from bridge.engine.requests import Request
    from bridge.telemetry.metrics import Metrics

logger = structlog.get_logger(__name__)


class Account:
    """Counts and logs what a dispatcher does."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._plan_gauges: dict[str, tuple[Gauge, Gauge]] = {}

    def planned(self, page: str, planned: Plan) -> None:
        """A plan was made."""
        gauges = self._plan_gauges.get(page)
        if gauges is None:
            # Kept: plans are made many times a second, and to find the series costs more than to set it.
            metrics = self._metrics
            gauges = self._plan_gauges[page] = (metrics.plan_size.labels(page), metrics.parked.labels(page))
        size, parked = gauges
        size.set(len(planned.operations))
        parked.set(len(planned.parked))

    def ended(self, request: Request, outcome: Outcome, changes: Changes, *, now: float) -> None:
        """A request has its outcome, and this is what is remembered of it."""
        metrics, operation = self._metrics, request.operation
        page = operation.page
        metrics.requests.labels(page, request.kind, _arm(outcome)).inc()
        metrics.request_seconds.labels(page).observe(now - request.slot.taken_at)
        log = logger.bind(page=page, operation=request.kind, target=operation.target)
        if isinstance(operation, WriteIncident) and not isinstance(outcome, NotSent):
            for leak in operation.withheld:
                metrics.texts_withheld.labels(page, leak).inc()
                log.warning("text_withheld", leak=leak)
        if not isinstance(outcome, Done):
            metrics.request_failures.labels(page, outcome.reason).inc()
            log.warning("request_failed", reason=outcome.reason, message=outcome.message)
            if any(entry.reason is Reason.PARKED for entry in changes.journal):
                log.warning("operation_parked", reason=outcome.reason, message=outcome.message)
        elif request.notifying:
            log.info("page_written", reason=operation.reason, **facts(operation))
        else:
            log.debug("request_done")
        if isinstance(operation, PushPoints) and isinstance(outcome, Done):
            metrics.points_sent.labels(page).inc(sum(len(points) for _, _, points in operation.points))


def _arm(outcome: Outcome) -> str:
    match outcome:
        case Done():
            return "done"
        case NotSent():
            return "not_sent"
        case Unknown():
            return "unknown"
