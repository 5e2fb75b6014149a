"""How a refusal is written: the shapes of error bodies, and when to come back.

Must not know why something is refused. Nobody has recorded most of it, so the options decide.
"""

import json
from collections.abc import Mapping

from bridge.simulator.messages import JSON_HEADERS, RefusedError, Response
from bridge.simulator.options import ErrorBody, Options, RetryAfterForm
from bridge.simulator.timestamps import http_date

_NOT_AUTHENTICATED = 401


def refuse(refused: RefusedError, options: Options, *, now: float) -> Response:
    """Write the answer that says no."""
    body = _body(refused, options.error_body)
    headers = JSON_HEADERS
    if refused.retry_after is not None:
        headers = {**JSON_HEADERS, **retry_after(refused.retry_after, options.retry_after, now=now)}
    if refused.allowed:
        headers = {**headers, "Allow": ", ".join(refused.allowed)}
    return Response(refused.status, headers, json.dumps(body).encode())


def retry_after(seconds: int, form: RetryAfterForm, *, now: float) -> dict[str, str]:
    """Write the header by which a client is told to wait, or no header."""
    match form:
        case RetryAfterForm.SECONDS:
            return {"Retry-After": str(seconds)}
        case RetryAfterForm.DATE:
            return {"Retry-After": http_date(now + seconds)}
        case RetryAfterForm.ABSENT:
            return {}


def _body(refused: RefusedError, form: ErrorBody) -> dict[str, object]:
    # The one error body that was recorded of the live service is a text without a status.
    if refused.status == _NOT_AUTHENTICATED:
        return {"error": refused.problem}
    match form:
        case ErrorBody.MAP:
            return {"error": refused.problem, "status": refused.status}
        case ErrorBody.TEXT:
            return {"error": ", ".join(_sentences(refused.problem)), "status": refused.status}
        case ErrorBody.LIST:
            return {"error": _sentences(refused.problem)}
        case ErrorBody.MESSAGE:
            return {"message": ", ".join(_sentences(refused.problem))}


def _sentences(problem: str | Mapping[str, list[str]]) -> list[str]:
    if isinstance(problem, str):
        return [problem]
    return [f"{name} {text}" for name, texts in problem.items() for text in texts]
