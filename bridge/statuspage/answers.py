"""From what came back, or did not, to an `Outcome`.

The table itself is the core's (`classify_answer`, `classify_failure`); here the bytes are read for it: is the body whole JSON of the expected shape, what does an error say, how
long does the server ask us to wait. Pure; knows no endpoint.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from bridge.core.intents import (
    RATE_LIMIT_STATUSES,
    Done,
    NotSent,
    Outcome,
    Unknown,
    classify_answer,
    classify_failure,
)
from bridge.statuspage.errors import error_text, one_line
from bridge.statuspage.timestamps import http_date, retry_after_seconds

if TYPE_CHECKING:
    from bridge.statuspage.transport import Response, TransportError

_SUCCESS = range(200, 300)


def read_answer(response: Response, decoder: msgspec.json.Decoder[Any] | None) -> Outcome:
    """The outcome of a request that was answered.

    Args:
        response: the answer.
        decoder: for the body of a success; None where an empty one is expected.
    """
    if response.status in _SUCCESS:
        if decoder is None:
            readable = not response.body.strip() or _is_json(response.body)
            return classify_answer(
                response.status, None, readable=readable, message=error_text(response.body)
            )
        try:
            body = decoder.decode(response.body)
        except (ValueError, RecursionError) as error:
            return classify_answer(
                response.status, None, readable=False, message=one_line(f"the answer cannot be read: {error}")
            )
        return classify_answer(response.status, body, readable=True)
    return classify_answer(
        response.status,
        None,
        readable=_is_json(response.body),
        message=error_text(response.body),
        retry_after=asked_to_wait(response),
    )


def read_failure(error: TransportError) -> Outcome:
    """The outcome of a request that got no whole answer."""
    if error.head is not None and error.head.status in RATE_LIMIT_STATUSES:
        return read_answer(
            error.head, None
        )  # told by the status alone; the body that broke off is not needed
    outcome = classify_failure(error.failure)
    match outcome:
        case NotSent() | Unknown():
            return replace(outcome, message=one_line(error.detail))
        case Done():
            return outcome


def _is_json(body: bytes) -> bool:
    try:
        msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return False
    return True


def asked_to_wait(response: Response) -> float | None:
    """Seconds that the server asks to wait; None if it does not, or not readably."""
    return retry_after_seconds(response.header("retry-after"), now=http_date(response.header("date")))
