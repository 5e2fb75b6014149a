"""What goes into the model and what comes out: plain values, whatever carries them.

Knows neither sockets nor resources. `RefusedError` is how a handler says no; the model turns it into a body.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

JSON_HEADERS: Mapping[str, str] = {"Content-Type": "application/json; charset=utf-8"}


_SENTENCES = {
    401: "Could not authenticate",
    403: "You are not authorized to access this resource.",
    404: "The requested resource could not be found.",
    405: "Method not allowed.",
}


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as the server sees it.

    `path` may begin with `/v1` or without it; header names are compared without case.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return a header's value, or an empty text when it was not sent."""
        value = self.headers.get(name)
        if value is not None:
            return value
        wanted = name.lower()
        return next((text for key, text in self.headers.items() if key.lower() == wanted), "")


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer: status code, headers, and the body's bytes (JSON, or nothing)."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler returns: a status code and a text that is already JSON, or no text for an empty body."""

    status: int
    text: str = ""


class RefusedError(Exception):
    """A request that is answered with an error.

    `problem` is a sentence, or a map of field names to sentences (422, or 400 where the document knows no 422);
    `retry_after` is in whole seconds; `allowed` are the methods that a path knows, for 405.
    """

    def __init__(
        self,
        status: int,
        problem: str | Mapping[str, list[str]],
        *,
        retry_after: int | None = None,
        allowed: Iterable[str] = (),
    ) -> None:
        super().__init__(status, problem)
        self.status = status
        self.problem = problem
        self.retry_after = retry_after
        self.allowed = tuple(allowed)


def not_found() -> RefusedError:
    """Build the answer for what does not exist."""
    return RefusedError(404, _SENTENCES[404])


def not_allowed(methods: Iterable[str] = ()) -> RefusedError:
    """Build the answer for a method that a path does not know, and for a metric that takes no points by the API."""
    return RefusedError(405, _SENTENCES[405], allowed=methods)


def too_many(status: int, retry_after: int) -> RefusedError:
    """Build the answer for a call over a limit; `retry_after` is in whole seconds."""
    return RefusedError(status, "Too many requests", retry_after=retry_after)


def wrong_page(status: int) -> RefusedError:
    """Build the answer for a page of someone else: 401, 403 or 404."""
    return RefusedError(status, _SENTENCES[status])
