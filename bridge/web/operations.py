"""What operators and their tools ask for: `/metrics`, `/-/healthy`, `/-/ready`, `/-/reload`, and a page with the way there.

Must not know how the daemon is doing; it asks.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from aiohttp import hdrs, web
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bridge.web.answers import answer, refusal

if TYPE_CHECKING:
    from bridge.telemetry.metrics import Metrics
    from bridge.web.authentication import Authentication
    from bridge.web.ports import Ports

_INDEX = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Statuspage Bridge</title></head>
<body><h1>Statuspage Bridge</h1>
<ul>
<li><a href="/metrics">/metrics</a></li>
<li><a href="/-/healthy">/-/healthy</a></li>
<li><a href="/-/ready">/-/ready</a></li>
</ul>
<p>Alertmanager delivers to <code>POST /api/v1/alertmanager</code>; <code>POST /-/reload</code> reads the rule files again.</p>
</body></html>
"""

_REFUSED = "the new rules would change much; the rules before stay in force"
_SINCE_START = "the rules are those of the start, which change much since the last stop; nothing is written until they are confirmed"

_log = structlog.stdlib.get_logger(__name__)


class OperationsFront:
    """Answers operators."""

    def __init__(self, ports: Ports, *, authentication: Authentication, metrics: Metrics) -> None:
        self._ports = ports
        self._authentication = authentication
        self._metrics = metrics
        self._reloading = asyncio.Lock()

    async def index(self, _request: web.Request) -> web.Response:
        """The links."""
        return web.Response(text=_INDEX, content_type="text/html")

    async def metrics(self, _request: web.Request) -> web.Response:
        """The exposition, with gauges of this moment."""
        self._ports.update_gauges()
        return web.Response(
            body=self._metrics.exposition(), headers={hdrs.CONTENT_TYPE: CONTENT_TYPE_PLAIN_0_0_4}
        )

    async def healthy(self, _request: web.Request) -> web.Response:
        """200, or 503 when a restart is needed."""
        healthy = self._ports.health.healthy()
        return answer(HTTPStatus.OK if healthy else HTTPStatus.SERVICE_UNAVAILABLE, {"healthy": healthy})

    async def ready(self, _request: web.Request) -> web.Response:
        """200, or 503 and what is missing."""
        missing = self._ports.health.ready()
        return answer(
            HTTPStatus.SERVICE_UNAVAILABLE if missing else HTTPStatus.OK,
            {"ready": not missing, "missing": list(missing)},
        )

    async def reload(self, request: web.Request) -> web.Response:
        """200 when the new rules are in force; 500 with every problem, or 409 with what they would change that nobody has confirmed: then the old ones stay, or since a start nothing is written."""
        if (refused := self._authentication.check(request)) is not None:
            return refused
        if hdrs.ORIGIN in request.headers:
            return refusal(HTTPStatus.FORBIDDEN, "a web page may not reload")
        async with self._reloading:
            result = await self._ports.reload()
        _log.info("reload_requested", problems=len(result.problems), held=result.held)
        if result.held:
            return answer(
                HTTPStatus.CONFLICT,
                {
                    "error": _SINCE_START if result.since_start else _REFUSED,
                    "changes": list(result.problems),
                    "confirm": "; ".join(
                        f"bridge confirm --page {page} reload {result.held}" for page in result.pages
                    ),
                },
            )
        if result.problems:
            return answer(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                {
                    "error": "the rule files have problems; the rules before stay in force",
                    "problems": list(result.problems),
                },
            )
        return answer(HTTPStatus.OK, {"reloaded": True})
