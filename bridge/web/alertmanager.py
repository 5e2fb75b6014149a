"""`POST /api/v1/alertmanager`: a delivery is answered 200 only after it is durable.

4xx is only for what will never be valid, because Alertmanager gives a notification up after it; everything else is 503 with `Retry-After`. Must not know what alerts mean.
"""

from __future__ import annotations

import asyncio
import re
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from aiohttp import hdrs, web

from bridge.core.samples import Observation
from bridge.errors import BridgeError
from bridge.sources.alertmanager import Webhook, WebhookError, parse_webhook
from bridge.web.answers import RETRY_AFTER, answer, refusal, unavailable
from bridge.web.bodies import Bodies, BodyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.telemetry.metrics import Metrics
    from bridge.web.authentication import Authentication
    from bridge.web.bodies import Body
    from bridge.web.ports import Limits, Ports

PATH = "/api/v1/alertmanager"
SOURCE = "alertmanager"
"""The source of signals that were delivered without a name. Two members of one cluster share it, for their alerts are the same."""

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")

_log = structlog.stdlib.get_logger(__name__)


def source_of(name: str) -> str:
    """The signals' source for a name in the path; it can be no other source's, such as the probes'."""
    return f"{SOURCE}/{name}"


class AlertmanagerFront:
    """Takes Alertmanager's webhooks."""

    def __init__(
        self, ports: Ports, *, authentication: Authentication, metrics: Metrics, expiry: float, limits: Limits
    ) -> None:
        """Stand ready.

        Args:
            ports: what is behind the front.
            authentication: asked before anything of the body is read.
            metrics: where deliveries are counted.
            expiry: seconds after which a firing alert that nobody repeats is unknown.
            limits: what one delivery may cost.
        """
        self._ports = ports
        self._authentication = authentication
        self._metrics = metrics
        self._expiry = expiry
        self._limits = limits
        self._bodies = Bodies(limits)
        self._under_way: set[asyncio.Task[None]] = set()

    async def deliver(self, request: web.Request) -> web.StreamResponse:
        """Answer one delivery, and count the answer."""
        try:
            response = await self._answer(request)
        except Exception as error:  # noqa: BLE001 (whatever broke, nothing is durable, and it is no fault of the sender's)
            _log.error("delivery_crashed", exc_info=error)
            response = unavailable("the bridge could not take the delivery in")
        self._metrics.webhooks.labels(str(response.status)).inc()
        return response

    async def _answer(self, request: web.Request) -> web.Response:
        if (refused := self._authentication.check(request)) is not None:
            return refused
        name = request.match_info.get("source")
        if name is not None and not _NAME.fullmatch(name):
            return refusal(
                HTTPStatus.NOT_FOUND,
                "a source's name has up to 64 letters, digits, dots, hyphens and underscores",
            )
        if hdrs.ORIGIN in request.headers:
            # Senders do not set it. On loopback without authentication, any web page could otherwise deliver.
            return refusal(HTTPStatus.FORBIDDEN, "a web page may not deliver")
        with self._bodies.one() as body:
            try:
                content = await body.read(request)
            except BodyError as error:
                return _without_body(error)
            source = SOURCE if name is None else source_of(name)
            try:
                webhook = await self._parsed(content, source)
            except WebhookError as error:
                _log.warning("delivery_refused", reason=str(error))
                return refusal(HTTPStatus.BAD_REQUEST, str(error))
            return await self._accepted(webhook, source, body)

    async def _parsed(self, content: bytes, source: str) -> Webhook:
        parse = partial(
            parse_webhook,
            content,
            source=source,
            now=self._ports.now(),
            expiry=self._expiry,
            annotations=self._ports.annotations(),
        )
        if len(content) <= self._limits.executor_bytes:
            return parse()
        return await asyncio.get_running_loop().run_in_executor(None, parse)

    async def _accepted(self, webhook: Webhook, source: str, body: Body) -> web.Response:
        if webhook.truncated:
            _log.warning("delivery_truncated", missing=webhook.truncated)
        task = asyncio.ensure_future(self._ports.accept(Observation(webhook.signals, source=source)))
        self._under_way.add(task)
        task.add_done_callback(partial(self._ended, body.hand_over()))
        # A commit is not cancelled half way, neither by our patience nor by a sender that hangs up; what comes again is merged.
        await asyncio.wait((task,), timeout=self._limits.accept_seconds)
        if not task.done():
            _log.warning("delivery_not_committed", waited=self._limits.accept_seconds)
            return unavailable(f"not durable after {self._limits.accept_seconds:g} s")
        error = task.exception() if not task.cancelled() else None
        if task.cancelled() or isinstance(error, BridgeError):
            _log.warning("delivery_not_committed", reason="cancelled" if error is None else str(error))
            return unavailable("the bridge cannot store anything now")
        if error is not None:
            raise error
        return answer(HTTPStatus.OK, {"accepted": len(webhook.signals)})

    def _ended(self, give_back: Callable[[], None], task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        give_back()
        if not task.cancelled():
            task.exception()  # looked at, or asyncio would complain about one that nobody waited for


def _without_body(error: BodyError) -> web.Response:
    headers = {"Retry-After": RETRY_AFTER} if error.status is HTTPStatus.SERVICE_UNAVAILABLE else None
    response = refusal(error.status, error.reason, headers)
    response.force_close()
    return response
