"""The sources that go out and look: probes and queries, started from the rules and started anew when these change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.sources.probes.http import PROBE_SOURCE, AiohttpFetch, HttpProber, stale_after
from bridge.sources.promql import PrometheusClient, QueryPoller, basic, bearer

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.app.supervise import Supervisor
    from bridge.config.compile import LoadedRules
    from bridge.config.settings import PrometheusSettings, Settings
    from bridge.engine.intake import Intake
    from bridge.sources.exchange import HttpExchange

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
    ) -> None:
        self._supervisor = supervisor
        self._intake = intake
        self._fetch = AiohttpFetch(exchange)
        self._now = now
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
            loaded.queries, clients=self._clients, deliver=self._intake.accept, now=self._now
        )
        self._intake.expect(PROBE_SOURCE, stale_after(loaded.probes))
        self._supervisor.restarting(PROBES, prober.run)
        self._supervisor.restarting(QUERIES, poller.run)

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
