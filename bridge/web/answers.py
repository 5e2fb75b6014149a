"""What answers have in common: JSON errors, headers that keep browsers from doing anything with them, and no word about how we are built.

Must not know which paths there are.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp.typedefs import Handler

RETRY_AFTER: Final = "5"
"""Seconds after which a delivery may be tried again."""

HEADERS: Final = {
    "Server": "statuspage-bridge",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_log = structlog.stdlib.get_logger(__name__)


def answer(status: int, content: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> web.Response:
    """A JSON object."""
    # Lone surrogates cannot get in: texts come from us, from aiohttp's own routing, or from msgspec's decoder.
    return web.Response(
        status=status,
        body=msgspec.json.encode(content) + b"\n",
        content_type="application/json",
        headers=headers,
    )


def refusal(status: int, reason: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """A JSON object with the reason, for the person who set up the client."""
    return answer(status, {"error": reason}, headers)


def unavailable(reason: str) -> web.Response:
    """503: the request is good and can be sent again. Never 429, after which Alertmanager gives the notification up (users.md)."""
    return refusal(HTTPStatus.SERVICE_UNAVAILABLE, reason, {"Retry-After": RETRY_AFTER})


@web.middleware
async def in_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever a handler raises into an answer of ours."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        headers = {"Allow": allow} if (allow := error.headers.get("Allow")) else None
        return refusal(error.status, _explained(error), headers)
    except Exception as error:  # noqa: BLE001 (one request's fault stays its own)
        resource = request.match_info.route.resource
        # The path as it was declared: what a client made of it may hold anything.
        _log.error("request_crashed", path=resource.canonical if resource else None, exc_info=error)
        return refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "internal error; the log tells more")


def _explained(error: web.HTTPException) -> str:
    match error:
        case web.HTTPNotFound():
            return "there is nothing at this path"
        case web.HTTPMethodNotAllowed():
            return f"this path takes {', '.join(sorted(error.allowed_methods))}"
        case _:
            return HTTPStatus(error.status).phrase.lower()


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Complete an answer, just before it is sent."""
    for name, value in HEADERS.items():
        response.headers[name] = value
