"""What can become of a call that did not succeed: a small closed set of exceptions.

Which one is decided by the outcome, and so by the one table of the core (`classify_answer`, `classify_failure`); here an outcome only gets its name for people. No message, attribute or
representation holds the token: texts of the server come through `bridge.statuspage.errors`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.core.intents import Done, NotSent, Unknown
from bridge.core.reasons import Reason
from bridge.errors import BridgeError
from bridge.statuspage.errors import field_problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.statuspage.sending import Exchange
    from bridge.statuspage.transport import Request

_UNAUTHORIZED: Final = 401


class StatuspageError(BridgeError):
    """A call that did not succeed; what it is exactly says the class.

    Attributes:
        call: method and path, for people.
        status: the HTTP status code; None if there was none.
        said: what the server, or our side of the network, says about it: one line, cut, without secrets.
        retry_after: seconds that the server asks to wait; None if it does not ask.
        may_be_applied: whether a write may have been done, or may still be. Never repeat such a write blindly: read first. Always false for a read.
    """

    what = "failed"

    def __init__(
        self,
        call: str,
        said: str = "",
        *,
        status: int | None = None,
        retry_after: float | None = None,
        may_be_applied: bool = False,
    ) -> None:
        parts = [self.what if status is None else f"{self.what} ({status})"]
        more = said.removeprefix(f"{self.what}: ")
        if more and more.casefold() != self.what:
            parts.append(more)
        if retry_after is not None:
            parts.append(f"try again in {retry_after:g} s")
        if may_be_applied:
            parts.append("it may have been applied all the same")
        super().__init__(f"{call}: {'; '.join(parts)}")
        self.call = call
        self.status = status
        self.said = said
        self.retry_after = retry_after
        self.may_be_applied = may_be_applied


class NotAuthenticatedError(StatuspageError):
    """401: the token is not accepted."""

    what = "the token is not accepted"


class ForbiddenError(StatuspageError):
    """403: the token is accepted, and may not do this."""

    what = "the token may not do this"


class NotFoundError(StatuspageError):
    """404: there is no such thing, or not for this token: somebody else's page is answered like this too."""

    what = "there is no such thing, or not for this token"


class RejectedError(StatuspageError):
    """400, 405, 409, 422 and other 4xx: the request as it is cannot be done.

    Attributes:
        problems: field → what is wrong with it, where the server tells fields apart.
    """

    what = "refused"

    def __init__(
        self,
        call: str,
        said: str = "",
        *,
        status: int | None = None,
        retry_after: float | None = None,
        may_be_applied: bool = False,
        problems: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        super().__init__(call, said, status=status, retry_after=retry_after, may_be_applied=may_be_applied)
        self.problems = dict(problems or {})


class RateLimitedError(StatuspageError):
    """420 or 429: more requests than the token may make in a minute. Nothing was done."""

    what = "too many requests"


class ServerError(StatuspageError):
    """5xx."""

    what = "the server failed"


class NotSentError(StatuspageError):
    """No connection, or no token: not a byte of the request left."""

    what = "not sent"


class NoAnswerError(StatuspageError):
    """The time was over or the connection broke before the answer was here, or the server says that it gave up waiting (408)."""

    what = "no answer"


class UnreadableAnswerError(StatuspageError):
    """An answer that is not what the API answers: a redirect, a page of HTML, half a body, another shape."""

    what = "the answer cannot be read"


ERRORS: Final[tuple[type[StatuspageError], ...]] = (
    NotAuthenticatedError,
    ForbiddenError,
    NotFoundError,
    RejectedError,
    RateLimitedError,
    ServerError,
    NotSentError,
    NoAnswerError,
    UnreadableAnswerError,
)
"""All that there are."""

_KINDS: Final[Mapping[Reason, type[StatuspageError]]] = {
    Reason.NOT_FOUND: NotFoundError,
    Reason.REJECTED: RejectedError,
    Reason.CONFLICT: RejectedError,
    Reason.RATE_LIMITED: RateLimitedError,
    Reason.SERVER_ERROR: ServerError,
    Reason.REFUSED_CONNECTION: NotSentError,
    Reason.TIMEOUT: NoAnswerError,
    Reason.CONNECTION_LOST: NoAnswerError,
    Reason.CANCELLED: NoAnswerError,
    Reason.UNREADABLE_ANSWER: UnreadableAnswerError,
}


def error_of(request: Request, exchange: Exchange) -> StatuspageError | None:
    """The error that an exchange means; None if it succeeded."""
    outcome = exchange.outcome
    if isinstance(outcome, Done):
        return None
    kind = _kind_of(outcome, exchange.status)
    call = f"{request.method} {request.path}"
    retry_after = exchange.retry_after
    unknown = isinstance(outcome, Unknown) and request.method != "GET"
    if kind is RejectedError:
        return RejectedError(
            call,
            outcome.message,
            status=exchange.status,
            retry_after=retry_after,
            may_be_applied=unknown,
            problems=field_problems(exchange.body),
        )
    said = _how(outcome) if kind is NoAnswerError and exchange.status is None else outcome.message
    return kind(call, said, status=exchange.status, retry_after=retry_after, may_be_applied=unknown)


def _how(outcome: NotSent | Unknown) -> str:
    """Why there is no answer, in words; a time that is over needs no more of them."""
    words = outcome.reason.replace("_", " ")
    if outcome.reason is Reason.TIMEOUT or not outcome.message:
        return words
    return f"{words} ({outcome.message})"


def _kind_of(outcome: NotSent | Unknown, status: int | None) -> type[StatuspageError]:
    if (
        outcome.reason is Reason.UNAUTHORIZED
    ):  # the daemon treats both alike; for a person they are two things to mend
        return NotAuthenticatedError if status == _UNAUTHORIZED else ForbiddenError
    return _KINDS[outcome.reason]
