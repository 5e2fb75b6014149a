"""The token is seen by Statuspage and by nobody else."""

from __future__ import annotations

import logging
import traceback

import pytest
from structlog.testing import capture_logs

from bridge.statuspage.client import StatuspageClient
from bridge.statuspage.transport import AiohttpTransport, Request, TransportError
from tests.statuspage.servers import TOKEN, http, raw_server

REQUEST = Request("PATCH", "/pages/p1", body=b"{}")
ECHO = f'{{"error":"wrong: {TOKEN}"}}'.encode()
ANSWERS = [
    pytest.param(http("401 Unauthorized", ECHO), id="an error that repeats the token"),
    pytest.param(http("502 Bad Gateway", TOKEN.encode()), id="a page that repeats the token"),
    pytest.param(
        http("302 Found", headers=f"Location: /?api_key={TOKEN}\r\n"), id="a redirect that repeats the token"
    ),
    pytest.param(http("200 OK", b"{", length=9, headers=f"X-Echo: {TOKEN}\r\n"), id="a cut answer"),
    pytest.param(b"", id="no answer"),
    pytest.param(f"{TOKEN}\r\n\r\n".encode(), id="no HTTP"),
]


def everything_about(error: BaseException) -> str:
    """All that a log of an exception may show: texts, causes, and the locals of every frame of the bridge."""
    shown = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [frame for frame in told.stack if "/bridge/" in frame.filename]
    assert frames
    return shown + repr([frame.locals for frame in frames]) + repr((error.__cause__, error.__context__))


@pytest.mark.parametrize("answer", ANSWERS)
async def test_the_token_is_in_no_representation_exception_outcome_or_log(
    answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []
    async with raw_server(answer) as peer, peer.transport() as transport:
        with capture_logs() as logs:
            client = StatuspageClient(transport, "p1")
            shown.append(repr(await client.get_page(timeout=10)))
            try:
                response = await transport.send(REQUEST, timeout=10)
            except TransportError as error:
                shown.append(everything_about(error))
            else:
                shown += [repr(response), str(response), repr(response.body)]
        assert all(TOKEN in head for head in peer.heads)
        assert len(peer.heads) == 2
    shown += [repr(transport), str(transport), repr(vars(transport)), repr(client), repr(REQUEST), repr(logs)]
    shown.append(caplog.text)
    assert not any(TOKEN in text for text in shown)


async def test_a_connection_that_is_refused_tells_no_token() -> None:
    async with AiohttpTransport("https://status.invalid/v1", lambda: TOKEN, "x") as transport:
        with pytest.raises(TransportError) as caught:
            await transport.send(REQUEST, timeout=10)
    assert TOKEN not in everything_about(caught.value)
