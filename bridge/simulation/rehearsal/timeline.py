"""Timelines in compact notation: what one alert, probe or query does, from the beginning of a rehearsal.

`2m resolved, 10m firing, resolved` is a sequence of turns; each lasts as long as it says, and the last one for ever. `(30s firing, 30s resolved) x5` is the same five times. `ok in 3s` is a state
that takes so long to be found. Of a query a state is a number: `5m 0.01, 0.2`. Knows neither files nor rules.
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

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)

A_NUMBER = "a number"
"""The state that stands for every number."""

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
    """From `at`, seconds after the beginning, something is in this state; `takes` is how many seconds it takes to find that, 0 where nothing is said."""

    at: float
    state: str
    takes: float = 0.0


@dataclass(frozen=True, slots=True)
class _Part:
    lasts: float
    state: str
    takes: float


@dataclass(frozen=True, slots=True)
class _Token:
    offset: int
    mark: str = ""
    times: int = 0
    word: str = ""


def parse_timeline(text: str, states: Collection[str], timed: str = "") -> tuple[Turn, ...]:
    """The turns of a timeline, in the order of time.

    Args:
        text: as above.
        states: the words that it may use; with `A_NUMBER` among them, numbers too.
        timed: the one of them after which `in` may stand, and how long it takes.

    Raises:
        TimelineError: it cannot be read.
    """
    reader = _Reader(text, tuple(states), timed)
    lasting = reader.sequence()
    if reader.token is not None:
        raise TimelineError("is closed by a bracket that nothing opens", reader.token.offset)
    turns: list[Turn] = []
    at = 0.0
    for number, part in enumerate(lasting):
        if not turns or (turns[-1].state, turns[-1].takes) != (part.state, part.takes):
            turns.append(Turn(at, part.state, part.takes))
        if part.lasts == NEVER and number < len(lasting) - 1:
            raise TimelineError(
                f"only the last turn may last for ever: {shown(part.state)} before it has no duration", 0
            )
        at += part.lasts
    return tuple(turns)


class _Reader:
    def __init__(self, text: str, states: tuple[str, ...], timed: str) -> None:
        self._states = states
        self._timed = timed
        self._tokens = iter(_tokens(text))
        self._end = len(text)
        self.token: _Token | None = None
        self._next()

    def _next(self) -> None:
        self.token = next(self._tokens, None)

    def sequence(self) -> list[_Part]:
        """Turns as how long and what, up to the end or a closing bracket."""
        found: list[_Part] = []
        while True:
            found += self._part()
            if len(found) > MOST_TURNS:
                raise TimelineError(f"has more than {MOST_TURNS:,} turns", 0)
            if self.token is None or self.token.mark == ")":
                return found
            if self.token.mark != ",":
                raise TimelineError("lacks a comma", self.token.offset)
            self._next()

    def _part(self) -> list[_Part]:
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
        if token.word[0].isdigit() and not self._is_number(token):
            seconds = self._duration(token)
            token = self.token
            if token is None or not token.word:
                offset = self._end if token is None else token.offset
                raise TimelineError("lacks a state here", offset, f"one of {', '.join(self._states)}")
        if token.word not in self._states and not self._is_number(token):
            hint = f"one of {', '.join(self._states)}"
            raise TimelineError(f"{shown(token.word)} is no state", token.offset, hint)
        self._next()
        return [_Part(seconds, token.word, self._takes() if token.word == self._timed else 0.0)]

    def _is_number(self, token: _Token) -> bool:
        return A_NUMBER in self._states and _NUMBER.fullmatch(token.word) is not None

    def _duration(self, token: _Token) -> float:
        try:
            seconds = parse_duration(token.word)
        except DurationError as error:
            raise TimelineError(f"{shown(token.word)} {error}", token.offset, error.hint) from error
        self._next()
        return seconds

    def _takes(self) -> float:
        token = self.token
        if token is None or token.word != "in":
            return 0.0
        self._next()
        token = self.token
        if token is None or not token.word:
            offset = self._end if token is None else token.offset
            raise TimelineError("lacks a duration here", offset, f"such as {self._timed} in 3s")
        return self._duration(token)

    def _repeated(self, inner: list[_Part], bracket: _Token) -> list[_Part]:
        times = self.token.times if self.token is not None else 0
        if not times:
            offset = self._end if self.token is None else self.token.offset
            raise TimelineError("lacks how often after the bracket", offset, "write x5 after it")
        self._next()
        if any(part.lasts == NEVER for part in inner):
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
