"""Problems of rule files, and the collector through which every reader reports them.

A reader never stops at the first mistake: it reports here, gives back nothing for the faulty part, and goes on. Must not know what a rule is.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from bridge.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Collection

    from bridge.config.lint_names import Lint

MAXIMUM_PROBLEMS = 500
"""More are counted and not kept: a hostile file of one mebibyte can hold a hundred thousand."""

_MAXIMUM_SUGGESTIONS = 100  # each compares a word with every known name
_MAXIMUM_COMPARED = 100  # characters; the comparison is quadratic in them
_MAXIMUM_SHOWN = 60

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: a file as the user named it, line and column from 1. Line 0 means the file as a whole."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class Placed(Generic[Value]):
    """A value and where it was written."""

    value: Value
    place: Place


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake; its text is `rules/shop.yaml:12:7: message (hint: …)`.

    Attributes:
        path: the file, as the user named it.
        line: from 1; 0 when the problem is the file's as a whole.
        column: from 1, in characters; 0 with line 0.
        message: what is wrong, naming the value.
        hint: what would be accepted, or an empty text.
        lint: the name of a warning; None for a mistake.
    """

    path: str
    line: int
    column: int
    message: str
    hint: str = ""
    lint: Lint | None = field(default=None, compare=False)

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.path, self.line, self.column)

    def __str__(self) -> str:
        hint = f" (hint: {self.hint})" if self.hint else ""
        return f"{self.place}: {self.message}{hint}"


class RuleFileError(ConfigurationError):
    """Rule files cannot be used.

    Attributes:
        problems: all mistakes, by place. The error's text is one line for each.
        warnings: what was noticed beside them.
    """

    def __init__(self, problems: tuple[Problem, ...], warnings: tuple[Problem, ...] = ()) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
        self.warnings = warnings


class Problems:
    """Collects what readers report."""

    def __init__(self) -> None:
        self._errors: set[Problem] = set()
        self._warnings: set[Problem] = set()
        self._switched_off: set[tuple[str, Lint]] = set()
        self._dropped = False
        self._suggestions = 0
        self.incomplete = False
        """Whether part of the input could not be read at all, so that "there is no such name" would only repeat that."""

    def add(self, place: Place, message: str, hint: str = "") -> None:
        """Report a mistake. The same one reported twice counts once."""
        if len(self._errors) < MAXIMUM_PROBLEMS:
            self._errors.add(Problem(place.path, place.line, place.column, message, hint))
        else:
            self._dropped = True

    def add_unknown(
        self, place: Place, message: str, *, word: str, known: Collection[str], hint: str = ""
    ) -> None:
        """Report a word that is none of the known ones; the hint names the closest, or is `hint` when none is close."""
        close = self._closest(word, known)
        self.add(place, message, f"did you mean {shown(close)}?" if close else hint)

    def add_twice(self, place: Place, what: str, first: Place, hint: str = "") -> None:
        """Report what may stand once, and where it stood first."""
        also = f"the first is at {first}"
        self.add(place, f"{what} stands twice", f"{also}; {hint}" if hint else also)

    def warn(self, place: Place, message: str, hint: str = "", *, lint: Lint) -> None:
        """Report something that is allowed and probably not meant."""
        if len(self._warnings) < MAXIMUM_PROBLEMS and (place.path, lint) not in self._switched_off:
            self._warnings.add(Problem(place.path, place.line, place.column, message, hint, lint))

    def switch_off(self, path: str, lint: Lint) -> None:
        """Warn no more of this in a file, and forget what was warned of."""
        self._switched_off.add((path, lint))
        self._warnings = {one for one in self._warnings if (one.path, one.lint) != (path, lint)}

    @property
    def errors(self) -> tuple[Problem, ...]:
        """All mistakes, by place."""
        found = tuple(sorted(self._errors))
        if not self._dropped:
            return found
        return (
            *found,
            Problem(found[-1].path, 0, 0, f"more than {MAXIMUM_PROBLEMS} problems; the rest is not shown"),
        )

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """All warnings, by place."""
        return tuple(sorted(self._warnings))

    def _closest(self, word: str, known: Collection[str]) -> str:
        if len(word) > _MAXIMUM_COMPARED or self._suggestions >= _MAXIMUM_SUGGESTIONS:
            return ""
        self._suggestions += 1
        folded = {
            candidate.casefold(): candidate for candidate in known if len(candidate) <= _MAXIMUM_COMPARED
        }
        close = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
        return folded[close[0]] if close else ""


def shown(text: str) -> str:
    """A word of the user's as a message quotes it: cut, and harmless on a terminal."""
    cut = text if len(text) <= _MAXIMUM_SHOWN else text[: _MAXIMUM_SHOWN - 1] + "…"
    visible = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in cut
    )
    quote = "`" if '"' in visible else '"'
    return f"{quote}{visible}{quote}"
