"""What does not succeed is one of nine errors. Each is met on a real connection, each fault of the simulator is met once, and none says "not applied" of what was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bridge.errors import BridgeError
from bridge.simulator.faults import Ending, FaultKind, FaultRule
from bridge.statuspage.api import (
    ForbiddenError,
    IncidentChange,
    NoAnswerError,
    NotAuthenticatedError,
    NotFoundError,
    NotSentError,
    RateLimitedError,
    RealtimeIncident,
    RealtimeStatus,
    RejectedError,
    ServerError,
    StatuspageApi,
    StatuspageError,
    Unpaced,
    UnreadableAnswerError,
)
from bridge.statuspage.api.errors import ERRORS
from bridge.statuspage.transport import AiohttpTransport
from tests.simulator.mishaps import MISHAPS, Mishap
from tests.statuspage.api.stage import stage
from tests.statuspage.servers import TOKEN, http, raw_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.statuspage.api.stage import Stage

INCIDENT = RealtimeIncident(name="Trouble", deliver_notifications=True)
CHANGE = IncidentChange(deliver_notifications=False, status=RealtimeStatus.RESOLVED, body="Over.")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call has to end: the error with its status, what the server said, how long it asks to wait."""

    kind: type[StatuspageError]
    status: int | None
    said: str
    retry_after: float | None = None
    applied: bool = False
    """Whether a write may have been applied."""


JSON = b'{"error":"Because."}'

ENDS = {
    "a token that is not accepted": (
        http("401 Unauthorized", b'{"error":"Could not authenticate"}'),
        Ended(NotAuthenticatedError, 401, "Could not authenticate"),
    ),
    "a token that may not": (http("403 Forbidden", JSON), Ended(ForbiddenError, 403, "Because.")),
    "nothing there": (http("404 Not Found", JSON), Ended(NotFoundError, 404, "Because.")),
    "a bad request": (http("400 Bad Request", JSON), Ended(RejectedError, 400, "Because.")),
    "a method that is not allowed": (
        http("405 Method Not Allowed", b'{"message":"No."}'),
        Ended(RejectedError, 405, "No."),
    ),
    "a conflict, of which nobody knows what became": (
        http("409 Conflict", JSON),
        Ended(RejectedError, 409, "Because.", applied=True),
    ),
    "a field that is wrong": (
        http("422 Unprocessable Entity", b'{"error":{"name":["is too long"]}}'),
        Ended(RejectedError, 422, "name: is too long"),
    ),
    "a limit of Statuspage": (
        http("420 Enhance Your Calm", b"<p>", "Retry-After: 30\r\n"),
        Ended(RateLimitedError, 420, "", 30.0),
    ),
    "a limit as others have it, by a date": (
        http(
            "429 Too Many Requests",
            b"{}",
            "Date: Fri, 07 Jun 2024 22:26:34 GMT\r\nRetry-After: Fri, 07 Jun 2024 22:27:04 GMT\r\n",
        ),
        Ended(RateLimitedError, 429, "", 30.0),
    ),
    "a failure": (
        http("500 Internal Server Error", JSON),
        Ended(ServerError, 500, "Because.", applied=True),
    ),
    "a gateway's failure that says when to come back": (
        http("503 Service Unavailable", b"<title>Down</title>", "Retry-After: 7\r\n"),
        Ended(ServerError, 503, "Down", 7.0, applied=True),
    ),
    "a server that gave up waiting": (
        http("408 Request Timeout", JSON),
        Ended(NoAnswerError, 408, "Because.", applied=True),
    ),
    "no answer": (b"", Ended(NoAnswerError, None, "connection lost (ServerDisconnectedError)", applied=True)),
    "half an answer": (
        http("200 OK", b'{"id":', length=99),
        Ended(NoAnswerError, 200, "ClientPayloadError", applied=True),
    ),
    "a redirect": (
        http("302 Found", headers="Location: https://elsewhere.example/\r\n"),
        Ended(UnreadableAnswerError, 302, "", applied=True),
    ),
    "a page of HTML": (
        http("200 OK", b"<title>Welcome</title>"),
        Ended(UnreadableAnswerError, 200, "the answer cannot be read", applied=True),
    ),
    "a refusal by somebody else's page": (
        http("404 Not Found", b"<title>Proxy</title>"),
        Ended(UnreadableAnswerError, 404, "Proxy", applied=True),
    ),
    "an incident without an id": (
        http("200 OK", b"{}"),
        Ended(UnreadableAnswerError, 200, "the answer cannot be read", applied=True),
    ),
}
"""What a server answers → how the call ends."""


def api_of(transport: AiohttpTransport, timeout: float = 10) -> StatuspageApi:
    return StatuspageApi(transport, pace=Unpaced(), timeout=timeout)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (RateLimitedError("GET /x", "Too many requests", status=420), "GET /x: too many requests (420)"),
        (
            UnreadableAnswerError("GET /x", "the answer cannot be read: half a body", status=200),
            "GET /x: the answer cannot be read (200); half a body",
        ),
        (NotFoundError("GET /x", "Not here.", status=404), f"GET /x: {NotFoundError.what} (404); Not here."),
        (ServerError("GET /x", status=500), "GET /x: the server failed (500)"),
    ],
)
def test_a_text_says_nothing_twice(error: StatuspageError, text: str) -> None:
    assert str(error) == text


@pytest.mark.parametrize("name", ENDS)
async def test_a_write_ends_with_what_was_answered(name: str) -> None:
    answer, ended = ENDS[name]
    async with raw_server(answer) as peer, peer.transport() as transport:
        with pytest.raises(StatuspageError) as caught:
            await api_of(transport).incidents.update("p1", "i1", CHANGE)
    error = caught.value
    assert type(error) is ended.kind
    assert (error.status, error.retry_after) == (ended.status, ended.retry_after)
    assert error.said.startswith(ended.said)
    assert error.may_be_applied == ended.applied
    assert error.call == "PATCH /pages/p1/incidents/i1"
    assert len(peer.heads) == 1  # no write is repeated


@pytest.mark.parametrize("name", ENDS)
async def test_a_read_ends_alike_and_changes_nothing(name: str) -> None:
    answer, ended = ENDS[name]
    async with raw_server(answer) as peer, peer.transport() as transport:
        with pytest.raises(ended.kind) as caught:
            await api_of(transport).incidents.get("p1", "i1")
    assert not caught.value.may_be_applied
    assert len(peer.heads) == 1  # and a read only by those who have patience


async def test_silence_is_no_answer() -> None:
    async with raw_server(b"", hold=True) as peer, peer.transport() as transport:
        with pytest.raises(NoAnswerError, match=r"no answer; timeout.*may have been applied") as caught:
            await api_of(transport, timeout=0.3).incidents.create("p1", INCIDENT)
    assert (caught.value.status, caught.value.may_be_applied) == (None, True)


async def test_without_a_connection_nothing_was_sent() -> None:
    async with raw_server(b"") as peer:
        address = peer.address
    async with AiohttpTransport(address, lambda: TOKEN, "test") as transport:
        with pytest.raises(NotSentError, match=r"not sent; no connection to 127\.0\.0\.1") as caught:
            await api_of(transport).incidents.create("p1", INCIDENT)
    assert (caught.value.status, caught.value.may_be_applied) == (None, False)


async def test_without_a_token_nothing_was_sent() -> None:
    async with raw_server(b"") as peer, peer.transport(lambda: "") as transport:
        with pytest.raises(NotSentError, match="the API token is empty"):
            await api_of(transport).incidents.create("p1", INCIDENT)
    assert peer.heads == []


def test_every_error_is_met_here() -> None:
    met = {ended.kind for _, ended in ENDS.values()} | {NoAnswerError, NotSentError}
    assert met == set(ERRORS)
    assert all(issubclass(error, BridgeError) for error in ERRORS)


def test_every_class_of_error_is_in_the_closed_set() -> None:
    assert set(StatuspageError.__subclasses__()) == set(ERRORS)


async def test_problems_are_told_by_field() -> None:
    body = b'{"error":{"name":["is too long","is odd"],"scheduled_for":"is missing","x":[]},"status":422}'
    async with (
        raw_server(http("422 Unprocessable Entity", body)) as peer,
        peer.transport() as transport,
    ):
        with pytest.raises(RejectedError) as caught:
            await api_of(transport).incidents.create("p1", INCIDENT)
    assert caught.value.problems == {
        "name": ("is too long", "is odd"),
        "scheduled_for": ("is missing",),
    }
    assert str(caught.value) == (
        "POST /pages/p1/incidents: refused (422); name: is too long, is odd; scheduled_for: is missing"
    )


@pytest.mark.parametrize("body", [b"", b"[]", b'"no"', b"{", b'{"error":"no"}', b'{"errors":{"a":null}}'])
async def test_a_refusal_that_tells_no_field_has_no_problems(body: bytes) -> None:
    async with (
        raw_server(http("422 Unprocessable Entity", body or b"{}")) as peer,
        peer.transport() as transport,
    ):
        with pytest.raises((RejectedError, UnreadableAnswerError)) as caught:
            await api_of(transport).incidents.create("p1", INCIDENT)
    assert getattr(caught.value, "problems", {}) == {}


# --- the simulator's faults


@pytest.fixture
def scene() -> Iterator[Stage]:
    with stage() as scene:
        yield scene


FAULTS: dict[str, type[StatuspageError] | None] = {
    "an error before anything was done": ServerError,
    "a gateway's page of HTML before anything was done": ServerError,
    "a limit that says when to come back": RateLimitedError,
    "an error without a body": ServerError,
    "an error after all was done": ServerError,
    "an answer that is slow": None,
    "an answer that is slower than patience": NoAnswerError,
    "a lost answer": NoAnswerError,
    "a connection that breaks before the answer": NoAnswerError,
    "a request that never arrives": NoAnswerError,
    "a connection that breaks before the request arrives": NoAnswerError,
    "a request that is applied late": NoAnswerError,
    "half of a body as if it were all": UnreadableAnswerError,
    "a connection that breaks in the body": NoAnswerError,
    "a body that stops in the middle": NoAnswerError,
    "an answer without its body": UnreadableAnswerError,
    "HTML instead of the answer": UnreadableAnswerError,
    "a connection that is refused": NotSentError,
}
"""Each fault, by its sentence → how creating an incident ends; None for well."""

ALL_MISHAPS = (
    *MISHAPS,
    Mishap("a connection that is refused", FaultRule(kind=FaultKind.REFUSED), "refused", applied=False),
)


def test_every_kind_of_fault_is_met_here() -> None:
    assert {mishap.rule.kind for mishap in ALL_MISHAPS} == set(FaultKind)
    assert {mishap.sentence for mishap in ALL_MISHAPS} == set(FAULTS)


@pytest.mark.parametrize("mishap", ALL_MISHAPS, ids=lambda mishap: mishap.sentence)
def test_no_fault_is_taken_for_a_write_that_was_not_applied(scene: Stage, mishap: Mishap) -> None:
    scene.suffer(mishap.rule)
    expected = FAULTS[mishap.sentence]
    if expected is None:
        incident = scene.run(scene.api().incidents.create(scene.page_id, INCIDENT))
        assert [found.id for found in scene.simulator.incidents(scene.page_id)] == [incident.id]
        return
    with pytest.raises(expected) as caught:
        scene.run(scene.api().incidents.create(scene.page_id, INCIDENT))
    scene.loop.run_for(60)
    assert scene.network.faults_met[mishap.rule.kind] == 1  # one request, whatever became of it
    applied = len(scene.simulator.incidents(scene.page_id))
    assert applied == mishap.applied
    assert caught.value.may_be_applied or not applied


def test_what_certainly_was_not_applied_says_so(scene: Stage) -> None:
    for rule in (
        FaultRule(kind=FaultKind.REFUSED),
        FaultRule(kind=FaultKind.STATUS_BEFORE, status=420),
        FaultRule(kind=FaultKind.STATUS_BEFORE, status=422),
    ):
        scene.suffer(rule)
        with pytest.raises(StatuspageError) as caught:
            scene.run(scene.api().incidents.create(scene.page_id, INCIDENT))
        assert not caught.value.may_be_applied


def test_the_simulator_refuses_as_the_service_does(scene: Stage) -> None:
    with pytest.raises(NotAuthenticatedError, match="the token is not accepted"):
        scene.run(scene.api(token="wrong-token-wrong").pages.get(scene.page_id))
    with pytest.raises(NotFoundError):
        scene.run(scene.api().incidents.get(scene.page_id, "nothing00000"))
    with pytest.raises(RejectedError) as caught:
        scene.run(
            scene.api().incidents.create(
                scene.page_id,
                RealtimeIncident(name="x", deliver_notifications=False, component_ids=("nothing00000",)),
            )
        )
    assert caught.value.problems
    assert len(scene.simulator.incidents(scene.page_id)) == 0


def test_a_broken_answer_of_a_read_is_no_answer(scene: Stage) -> None:
    scene.suffer(FaultRule(kind=FaultKind.CUT_BODY, ending=Ending.RESET))
    with pytest.raises(NoAnswerError) as caught:
        scene.run(scene.api().pages.get(scene.page_id))
    assert (caught.value.status, caught.value.may_be_applied) == (200, False)
