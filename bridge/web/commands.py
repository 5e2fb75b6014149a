"""`/api/v1/commands`: what operators tell the bridge, answered 200 only after it is durable and in force, and the list of what stands.

Nothing is decided here. Must not know what a command does to the page.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog
from aiohttp import hdrs, web

from bridge.core.commands import StandingKind
from bridge.errors import BridgeError, CommandError, CommandRepeatedError, PageUnreadError
from bridge.web.answers import RETRY_AFTER, answer, refusal, unavailable
from bridge.web.bodies import Bodies, BodyError
from bridge.web.command_documents import CommandBodyError, read_command
from bridge.web.instants import instant, lasting, offset_of
from bridge.web.standing_document import standing_document
from bridge.web.withheld import withheld

if TYPE_CHECKING:
    from bridge.core.commands import Command
    from bridge.core.page import Page
    from bridge.web.authentication import Authentication
    from bridge.web.ports import Commands, Limits

PATH = "/api/v1/commands"

LONGEST_COMMAND = 16 * 1024
"""Bytes of a body: a note of a thousand letters in any script fits."""

_TIMED = frozenset({StandingKind.OVERRIDE, StandingKind.YIELD, StandingKind.PAUSE})

_log = structlog.stdlib.get_logger(__name__)


class Answered(NamedTuple):
    """What a command is answered."""

    status: HTTPStatus
    document: dict[str, Any]


async def command_answer(body: bytes, commands: Commands) -> Answered:
    """Read a command and take it in. 200 says that it is durable and in force; whatever else, that it is not, or is not known to be."""
    try:
        command = read_command(body, commands)
        new = await commands.accept(command)
    except CommandBodyError as error:
        return Answered(HTTPStatus.BAD_REQUEST, {"error": str(error)})
    except CommandRepeatedError as error:
        return Answered(HTTPStatus.CONFLICT, {"error": str(error)})
    except CommandError as error:
        return Answered(HTTPStatus.UNPROCESSABLE_ENTITY, {"error": str(error)})
    except PageUnreadError as error:
        return Answered(HTTPStatus.SERVICE_UNAVAILABLE, {"error": str(error), "accepted": False})
    except BridgeError as error:
        _log.warning("command_not_committed", reason=str(error))
        return Answered(HTTPStatus.SERVICE_UNAVAILABLE, {"error": "the bridge cannot store anything now"})
    return Answered(HTTPStatus.OK, _accepted(command, commands, new=new))


def _accepted(command: Command, commands: Commands, *, new: bool) -> dict[str, Any]:
    """What became of a command: until when it stands, and what it waits for before anything is written."""
    page, offset = commands.pages[command.page], offset_of(commands)
    until = getattr(command, "until", None) if new else _stands_until(page, command)
    return {
        "id": command.issued.id,
        "page": command.page,
        "repeated": not new,
        "until": instant(until, offset),
        "for": lasting(until, commands.now()),
        "waits_for": withheld(page, command, offset),
    }


def _stands_until(page: Page, command: Command) -> float | None:
    """Sent a second time, the end that counts is that of the first time; None where nothing of it stands any more."""
    return next(
        (
            one.until
            for one in page.standing.values()
            if one.issued.id == command.issued.id and one.kind in _TIMED and one.until is not None
        ),
        None,
    )


class CommandsFront:
    """Takes commands, and shows what stands of them."""

    def __init__(self, commands: Commands, *, authentication: Authentication, limits: Limits) -> None:
        """Stand ready.

        Args:
            commands: what is behind the front.
            authentication: asked before anything of the body is read.
            limits: what one delivery may cost; a command is shorter.
        """
        self._commands = commands
        self._authentication = authentication
        self._limits = replace(limits, body_bytes=min(limits.body_bytes, LONGEST_COMMAND))
        self._bodies = Bodies(self._limits)
        self._under_way: set[asyncio.Task[Answered]] = set()

    async def list(self, request: web.Request) -> web.Response:
        """What stands."""
        if (refused := self._refused(request)) is not None:
            return refused
        return answer(HTTPStatus.OK, standing_document(self._commands))

    async def give(self, request: web.Request) -> web.Response:
        """Answer one command."""
        if (refused := self._refused(request)) is not None:
            return refused
        with self._bodies.one() as body:
            try:
                content = await body.read(request)
            except BodyError as error:
                return _without_body(error)
        task = asyncio.ensure_future(command_answer(content, self._commands))
        self._under_way.add(task)
        task.add_done_callback(partial(self._ended))
        # A commit is not cancelled half way, neither by our patience nor by a sender that hangs up; under the same id it may be sent again.
        await asyncio.wait((task,), timeout=self._limits.accept_seconds)
        if not task.done():
            return unavailable(
                f"not durable after {self._limits.accept_seconds:g} s; send it again under the same id"
            )
        status, document = task.result()
        retry = {"Retry-After": RETRY_AFTER} if status is HTTPStatus.SERVICE_UNAVAILABLE else None
        return answer(status, document, retry)

    def _refused(self, request: web.Request) -> web.Response | None:
        if (refused := self._authentication.check(request)) is not None:
            return refused
        if hdrs.ORIGIN in request.headers:
            return refusal(HTTPStatus.FORBIDDEN, "a web page may not command")
        return None

    def _ended(self, task: asyncio.Task[Answered]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, or asyncio would complain about one that nobody waited for


def _without_body(error: BodyError) -> web.Response:
    reason = error.reason
    if error.status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        reason = f"a command has at most {LONGEST_COMMAND} bytes"
    headers = {"Retry-After": RETRY_AFTER} if error.status is HTTPStatus.SERVICE_UNAVAILABLE else None
    response = refusal(error.status, reason, headers)
    response.force_close()
    return response
