"""The token, and the credentials of a metrics provider, are seen by Statuspage and by nobody else: not in an error, not in a representation, not in a log, not in the frames of a traceback."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from bridge.statuspage.api import (
    IncidentChange,
    NewMetricsProvider,
    ProviderType,
    RealtimeStatus,
    StatuspageApi,
    StatuspageError,
    Unpaced,
)
from bridge.statuspage.api.errors import ERRORS
from bridge.statuspage.transport import AiohttpTransport
from tests.statuspage.servers import TOKEN, http, raw_server
from tests.statuspage.test_secrecy import everything_about

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SECRETS = ("short-pass", "f00dfeed" * 8, "dog-token-9", "app-key-9")
PROVIDER = NewMetricsProvider(
    type=ProviderType.DATADOG,
    password=SECRETS[0],
    api_key=SECRETS[1],
    api_token=SECRETS[2],
    application_key=SECRETS[3],
    metric_base_uri="https://dog.example",
)
CHANGE = IncidentChange(deliver_notifications=False, status=RealtimeStatus.RESOLVED, body="Over.")

ECHO = f'{{"error":{{"wrong":["{TOKEN}"],"{TOKEN}":["OAuth {TOKEN}"]}}}}'.encode()
ANSWERS = {
    "NotAuthenticatedError": http("401 Unauthorized", ECHO),
    "ForbiddenError": http("403 Forbidden", ECHO),
    "NotFoundError": http("404 Not Found", ECHO),
    "RejectedError": http("422 Unprocessable Entity", ECHO),
    "RateLimitedError": http("420 Calm", ECHO, f"Retry-After: {TOKEN}\r\n"),
    "ServerError": http("502 Bad Gateway", f"<title>{TOKEN}</title>".encode()),
    "NoAnswerError": http("200 OK", b"{", length=9, headers=f"X-Echo: {TOKEN}\r\n"),
    "UnreadableAnswerError": http("302 Found", headers=f"Location: /?api_key={TOKEN}\r\n"),
    "NotSentError": b"",
}
"""The error's name → an answer that repeats the token."""

CALLS: tuple[Callable[[StatuspageApi], Awaitable[Any]], ...] = (
    lambda api: api.pages.get("p1"),
    lambda api: anext(api.incidents.list("p1")),
    lambda api: api.incidents.update("p1", "i1", CHANGE),
    lambda api: api.metrics_providers.create("p1", PROVIDER),
)


def test_every_error_repeats_the_token_here() -> None:
    assert set(ANSWERS) == {error.__name__ for error in ERRORS}


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("call", CALLS)
async def test_no_error_tells_a_secret(
    kind: str, call: Callable[[StatuspageApi], Awaitable[Any]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []
    async with raw_server(ANSWERS[kind]) as peer:
        address = "http://127.0.0.1:1/v1" if kind == "NotSentError" else peer.address
        async with AiohttpTransport(address, lambda: TOKEN, "test") as transport:
            api = StatuspageApi(transport, pace=Unpaced(), timeout=10)
            with capture_logs() as logs, pytest.raises(StatuspageError) as caught:
                await call(api)
        assert all(TOKEN in head for head in peer.heads)
    error = caught.value
    assert type(error).__name__ == kind
    shown += [everything_about(error), repr(getattr(error, "problems", None)), repr(logs), caplog.text]
    shown += [repr(api), repr(vars(api)), repr(vars(api.pages)), repr(vars(api.pages._caller))]
    assert [secret for secret in (TOKEN, *SECRETS) for text in shown if secret in text] == []


def test_a_provider_s_credentials_are_sent_and_not_shown() -> None:
    sent = repr(PROVIDER.document())
    assert all(secret in sent for secret in SECRETS)
    assert not any(secret in repr(PROVIDER) for secret in SECRETS)


def test_a_provider_that_lacks_something_does_not_tell_what_it_has() -> None:
    with pytest.raises(ValueError, match="needs api_token") as caught:
        NewMetricsProvider(type=ProviderType.LIBRATO, email="a@b.example", api_key=SECRETS[1])
    assert SECRETS[1] not in everything_about(caught.value)
