"""The sources that go out and look: probes and queries, started from the rules and started anew when these change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.sources.probes.http import PROBE_SOURCE, AiohttpFetch, HttpProber, stale_after
from bridge.sources.promql import PrometheusClient, QueryFault, basic, bearer, source_of
from bridge.sources.queries import QueryPoller
from bridge.sources.queries import stale_after as queries_stale_after

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bridge.app.supervise import Supervisor
    from bridge.config.compile import LoadedRules
    from bridge.config.settings import PrometheusSettings, Settings
    from bridge.engine.intake import Intake
    from bridge.sources.exchange import HttpExchange
    from bridge.telemetry.metrics import Metrics

PROBES = "source:probes"
QUERIES = "source:queries"


class Observing:
    """Runs probes and queries."""

    def __init__(
        self,
        settings: Settings,
        *,
        supervisor: Supervisor,
        intake: Intake,
        exchange: HttpExchange,
        now: Callable[[], float],
        metrics: Metrics,
    ) -> None:
        self._supervisor = supervisor
        self._intake = intake
        self._fetch = AiohttpFetch(exchange)
        self._now = now
        self._metrics = metrics
        self._clients = {
            name: PrometheusClient(server.url, exchange=exchange, authorization=_authorization(server))
            for name, server in settings.prometheus.items()
        }

    def start(self, loaded: LoadedRules) -> None:
        """Observe what these rules ask for, and nothing else."""
        prober = HttpProber(
            loaded.probes,
            fetch=self._fetch,
            deliver=self._intake.accept,
            now=self._now,
            known=self._intake.signals,
        )
        poller = QueryPoller(
            loaded.polls,
            clients=self._clients,
            deliver=self._intake.accept,
            now=self._now,
            known=self._intake.signals,
            failing=self._count_failing,
        )
        self._intake.expect(PROBE_SOURCE, stale_after(loaded.probes))
        stale = queries_stale_after(loaded.queries)
        for name in self._clients:
            self._intake.expect(source_of(name), stale.get(source_of(name)))
        self._supervisor.restarting(PROBES, prober.run)
        self._supervisor.restarting(QUERIES, poller.run)

    def _count_failing(self, counts: Mapping[str, Mapping[QueryFault, int]]) -> None:
        for name, by_fault in counts.items():
            for fault, count in by_fault.items():
                self._metrics.queries_failing.labels(source_of(name), fault).set(count)

    async def stop(self) -> None:
        """End all attempts. What they had not delivered is not missed: it would have been looked at again."""
        await self._supervisor.cancel(PROBES, QUERIES)


def _authorization(server: PrometheusSettings) -> Callable[[], str] | None:
    token = server.bearer_token
    if token is not None:
        return lambda: bearer(token())
    username, password = server.basic_username, server.basic_password
    if username is not None and password is not None:
        return lambda: basic(username, password())
    return None
