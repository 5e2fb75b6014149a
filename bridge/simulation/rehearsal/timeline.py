"""Timelines in compact notation: what one alert or probe does, from the beginning of a rehearsal.

`2m resolved, 10m firing, resolved` is a sequence of turns; each lasts as long as it says, and the last one for ever. `(30s firing, 30s resolved) x5` is the same five times. Knows neither
files nor rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.config.durations import DurationError, parse_duration
from bridge.config.problems import shown

if TYPE_CHECKING:
    from collections.abc import Collection

NEVER = float("inf")

MOST_TURNS = 10_000
"""Of one timeline; more is a slip of the pen."""

_TOKEN = re.compile(r"\s*(?:(?P<mark>[(),])|x(?P<times>\d{1,6})\b|(?P<word>[^\s(),]+))")

EXAMPLE = "such as 2m resolved, 10m firing, resolved"


class TimelineError(ValueError):
    """A timeline cannot be read.

    Attributes:
        offset: the character at which it cannot, from 0.
        hint: what would be accepted.
    """

    def __init__(self, message: str, offset: int, hint: str = EXAMPLE) -> None:
        super().__init__(message)
        self.offset = offset
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Turn:
    """From `at`, seconds after the beginning, something is in this state."""

    at: float
    state: str


@dataclass(frozen=True, slots=True)
class _Token:
    offset: int
    mark: str = ""
    times: int = 0
    word: str = ""


def parse_timeline(text: str, states: Collection[str]) -> tuple[Turn, ...]:
    """The turns of a timeline, in the order of time.

    Args:
        text: as above.
        states: the words that it may use.

    Raises:
        TimelineError: it cannot be read.
    """
    reader = _Reader(text, tuple(states))
    lasting = reader.sequence()
    if reader.token is not None:
        raise TimelineError("is closed by a bracket that nothing opens", reader.token.offset)
    turns: list[Turn] = []
    at = 0.0
    for number, (seconds, state) in enumerate(lasting):
        if not turns or turns[-1].state != state:
            turns.append(Turn(at, state))
        if seconds == NEVER and number < len(lasting) - 1:
            raise TimelineError(
                f"only the last turn may last for ever: {shown(state)} before it has no duration", 0
            )
        at += seconds
    return tuple(turns)


class _Reader:
    def __init__(self, text: str, states: tuple[str, ...]) -> None:
        self._states = states
        self._tokens = iter(_tokens(text))
        self._end = len(text)
        self.token: _Token | None = None
        self._next()

    def _next(self) -> None:
        self.token = next(self._tokens, None)

    def sequence(self) -> list[tuple[float, str]]:
        """Turns as how long and what, up to the end or a closing bracket."""
        found: list[tuple[float, str]] = []
        while True:
            found += self._part()
            if len(found) > MOST_TURNS:
                raise TimelineError(f"has more than {MOST_TURNS:,} turns", 0)
            if self.token is None or self.token.mark == ")":
                return found
            if self.token.mark != ",":
                raise TimelineError("lacks a comma", self.token.offset)
            self._next()

    def _part(self) -> list[tuple[float, str]]:
        token = self.token
        if token is None:
            raise TimelineError("ends too early", self._end)
        if token.mark == "(":
            self._next()
            inner = self.sequence()
            if self.token is None:
                raise TimelineError("has a bracket that is not closed", token.offset)
            self._next()
            return self._repeated(inner, token)
        if not token.word:
            raise TimelineError("lacks a state here", token.offset, f"one of {', '.join(self._states)}")
        seconds = NEVER
        if token.word[0].isdigit():
            try:
                seconds = parse_duration(token.word)
            except DurationError as error:
                raise TimelineError(f"{shown(token.word)} {error}", token.offset, error.hint) from error
            self._next()
            token = self.token
            if token is None or not token.word:
                offset = self._end if token is None else token.offset
                raise TimelineError("lacks a state here", offset, f"one of {', '.join(self._states)}")
        if token.word not in self._states:
            hint = f"one of {', '.join(self._states)}"
            raise TimelineError(f"{shown(token.word)} is no state", token.offset, hint)
        self._next()
        return [(seconds, token.word)]

    def _repeated(self, inner: list[tuple[float, str]], bracket: _Token) -> list[tuple[float, str]]:
        times = self.token.times if self.token is not None else 0
        if not times:
            offset = self._end if self.token is None else self.token.offset
            raise TimelineError("lacks how often after the bracket", offset, "write x5 after it")
        self._next()
        if any(seconds == NEVER for seconds, _ in inner):
            raise TimelineError("repeats what lasts for ever", bracket.offset, "give each turn a duration")
        if len(inner) * times > MOST_TURNS:
            raise TimelineError(f"has more than {MOST_TURNS:,} turns", bracket.offset)
        return inner * times


def _tokens(text: str) -> list[_Token]:
    return [
        _Token(
            match.end() - len(match[0].lstrip()),
            match["mark"] or "",
            int(match["times"] or 0),
            match["word"] or "",
        )
        for match in _TOKEN.finditer(text)
    ]
