"""How a verb becomes a command: the options that all have, one connection, and one way to end.

A verb is a coroutine function over a `Session`; its other parameters are its own arguments and options. Knows no resource.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec

import typer

from bridge import __version__
from bridge.cli.exits import Exit, WrongUseError, explained
from bridge.cli.statuspage.connection import (
    ApiUrlOption,
    Connection,
    FormatOption,
    PageOption,
    RequestsOption,
    TokenFileOption,
)
from bridge.cli.statuspage.dialog import Dialog
from bridge.cli.statuspage.output import Format, Output
from bridge.cli.statuspage.pace import TellingPace
from bridge.cli.statuspage.session import PatientTransport, Session, WatchedTransport
from bridge.cli.statuspage.target import find_target
from bridge.errors import BridgeError
from bridge.statuspage.api import (
    ForbiddenError,
    NoAnswerError,
    NotAuthenticatedError,
    NotFoundError,
    NotSentError,
    RateLimitedError,
    StatuspageApi,
    StatuspageError,
    UnsendableError,
)
from bridge.statuspage.transport import AiohttpTransport

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from bridge.cli.statuspage.target import Target

Own = ParamSpec("Own")


class FailedError(BridgeError):
    """A call that did not succeed, with a hint."""


PATIENCE = 90.0
"""Seconds within which a read is repeated that was answered 420, 429 or 5xx, and a write that was refused with 420 or 429; no other write is."""

COMMON: dict[str, tuple[Any, Any]] = {
    "page": (PageOption, None),
    "token_file": (TokenFileOption, None),
    "api_url": (ApiUrlOption, None),
    "requests": (RequestsOption, None),
    "output": (FormatOption, Format.TABLE),
}
"""Options of every verb, with their defaults."""

YES = (Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")], False)


def verb(
    application: typer.Typer, name: str, *, asks: bool = False, may_ask: bool = False, silent_with: str = ""
) -> Callable[
    [Callable[Concatenate[Session, Own], Awaitable[None]]],
    Callable[Concatenate[Session, Own], Awaitable[None]],
]:
    """Make a coroutine function a command.

    Args:
        application: gets the command.
        name: of the command.
        asks: it puts a question, so that it has `--yes`; without a terminal and `--yes` it does not begin.
        may_ask: it puts a question in some cases, so that it has `--yes`; without a terminal and `--yes` it ends there.
        silent_with: the parameter with which nobody is told, so that nobody has to say whether.
    """

    def register(
        body: Callable[Concatenate[Session, Own], Awaitable[None]],
    ) -> Callable[Concatenate[Session, Own], Awaitable[None]]:
        def command(**given: Any) -> None:
            connection = Connection(**{option: given.pop(option) for option in COMMON})
            yes = given.pop("yes", False)
            with explained():
                dialog = Dialog(yes=yes)
                if asks:
                    silent = given.get(silent_with) is not None
                    notify = False if silent else given.get("notify", False)
                    dialog.require_somebody(undecided=notify is None)
                    dialog.require_decision(notify)
                perform(lambda session: call(session, **given), connection, dialog)

        call: Callable[..., Awaitable[None]] = body
        _, *own = inspect.signature(body, eval_str=True).parameters.values()
        extra = {**COMMON, "yes": YES} if asks or may_ask else COMMON
        parameters = [
            *(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own),
            *(
                inspect.Parameter(
                    option, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default
                )
                for option, (annotation, default) in extra.items()
            ),
        ]
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {}
        command.__doc__ = body.__doc__
        application.command(name)(command)
        return body

    return register


def perform(
    work: Callable[[Session], Awaitable[None]], connection: Connection, dialog: Dialog | None = None
) -> None:
    """Do a verb's work over one connection, to its end or to an exit code.

    Raises:
        WrongUseError: a text cannot be sent.
        BridgeError: it failed, and nothing is in doubt.
        SystemExit: a write may have been applied.
    """
    target = find_target(
        os.environ,
        page=connection.page,
        page_said=connection.page_said,
        token_file=connection.token_file,
        api_url=connection.api_url,
        requests=connection.requests,
    )
    target.token()  # a file that cannot be read is told as what it is, before anything is asked
    sessions: list[Session] = []

    async def live() -> None:
        transport = AiohttpTransport(
            target.url, target.token, f"statuspage-bridge/{__version__} (command line)"
        )
        async with transport:
            watch = WatchedTransport(transport)
            session = Session(
                api=StatuspageApi(
                    PatientTransport(watch, PATIENCE, _tell),
                    pace=TellingPace(target.requests, _tell),
                    timeout=target.timeout,
                    patience=PATIENCE,
                ),
                output=Output(connection.output),
                dialog=dialog or Dialog(yes=False),
                watch=watch,
                found_page=target.page_id,
                page_option=connection.page,
                page_name=target.page_name,
                page_names=target.page_names,
            )
            sessions.append(session)
            await work(session)

    try:
        asyncio.run(live())
    except StatuspageError as error:
        if error.may_be_applied:
            _doubtful(str(error), sessions)
        raise FailedError(f"{error}{_hint(error, target)}") from error
    except UnsendableError as error:
        raise WrongUseError(f"{error} (hint: is what you wrote UTF-8?)") from None
    except KeyboardInterrupt:
        under_way = sessions[0].watch.under_way if sessions else None
        if under_way is not None:
            _doubtful(
                f"{under_way.method} {under_way.path}: interrupted; it may have been applied all the same",
                sessions,
            )
        raise


@contextmanager
def bounds() -> Iterator[None]:
    """Where a write is made: what the client calls out of bounds is wrong use of the command line.

    Raises:
        WrongUseError: instead of a `ValueError`.
    """
    try:
        yield
    except ValueError as error:
        raise WrongUseError(f"{error}; nothing is done") from error


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _doubtful(text: str, sessions: list[Session]) -> None:
    look = sessions[0].look if sessions else ""
    _tell(f"{text} (hint: it is not sent again; look first: {look})" if look else text)
    sys.exit(Exit.UNKNOWN)


def _hint(error: StatuspageError, target: Target) -> str:
    match error:
        case NotAuthenticatedError():
            hint = "check the token: --token-file, or BRIDGE_PAGES__<NAME>__TOKEN_FILE"
        case ForbiddenError():
            hint = "the owner of the token lacks the right to this"
        case NotFoundError() if target.page_id is not None:
            named = f"; the settings know {', '.join(target.page_names)}" if target.page_names else ""
            hint = f"is {target.page_id} the page's id? `bridge statuspage pages list` has them{named}"
        case RateLimitedError():
            hint = "others use this token too, or commands before this one did"
        case NotSentError():
            hint = "nothing was sent; check the network, or --api-url"
        case NoAnswerError():
            hint = "only a read; try again"
        case _:
            return ""
    return f" (hint: {hint})"
