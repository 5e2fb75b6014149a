"""Alertmanager's matchers: the strict grammar of version 0.27 and later, and matching labels against them.

Grammar (Alertmanager documentation, "Matcher"; UTF-8 mode): matchers stand between optional braces, divided by commas, a trailing comma allowed. A name is a run of characters
that need no quotes or a double-quoted string with the escapes of Go; a value likewise. Operators are `=`, `!=`, `=~`, `!~`. Regular expressions are RE2 and anchored at both ends. A label that is not
there has the empty value. Knows nothing of rules.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

import re2

if TYPE_CHECKING:
    from collections.abc import Mapping

RESERVED = frozenset("{}!=~,\\\"'`")
"""Characters that end an unquoted name or value (Alertmanager, `matcher/parse/lexer.go`); white space does too."""

_ESCAPES = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    '"': '"',
    "\\": "\\",
}
"""One letter for one character, as in a string of Go: Alertmanager reads quoted names and values by `strconv.Unquote`."""

_CODE_POINTS = {"u": 4, "U": 8}
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")
_OCTAL = frozenset("01234567")
_KNOWN_ESCAPES = 'known are \\n, \\t, \\", \\\\ and the others of Go, such as \\u00e9'


class MatchOperator(StrEnum):
    """How a matcher compares."""

    EQUAL = "="
    NOT_EQUAL = "!="
    REGEX = "=~"
    NOT_REGEX = "!~"


class MatcherSyntaxError(ValueError):
    """The text is not a list of matchers.

    Attributes:
        position: zero-based character offset at which it goes wrong.
        hint: what would be accepted, or an empty text.
    """

    def __init__(self, message: str, position: int, hint: str = "") -> None:
        super().__init__(message)
        self.position = position
        self.hint = hint


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re2._Regexp:
    return re2.compile(f"^(?:{pattern})$", _OPTIONS)


@lru_cache(maxsize=65536)
def _matches(pattern: str, value: str) -> bool:
    # A search in RE2 costs thirty times a look-up here, and label values repeat.
    # As bytes, because a label's value can hold half a surrogate pair, which no text in UTF-8 can.
    return _compiled(pattern).search(value.encode(errors="surrogatepass")) is not None


_OPTIONS = re2.Options()
_OPTIONS.log_errors = False


@dataclass(frozen=True, slots=True)
class Matcher:
    """One comparison of a label with a value."""

    name: str
    operator: MatchOperator
    value: str

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether the labels satisfy this matcher; an absent label counts as empty."""
        actual = labels.get(self.name, "")
        match self.operator:
            case MatchOperator.EQUAL:
                return actual == self.value
            case MatchOperator.NOT_EQUAL:
                return actual != self.value
            case MatchOperator.REGEX:
                return _matches(self.value, actual)
            case MatchOperator.NOT_REGEX:
                return not _matches(self.value, actual)

    def __str__(self) -> str:
        escaped = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{_quoted_name(self.name)}{self.operator}"{escaped}"'


def _quoted_name(name: str) -> str:
    if name and not any(character in RESERVED or character.isspace() for character in name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


Matchers = tuple[Matcher, ...]
"""All of them must match."""


def match_all(matchers: Matchers, labels: Mapping[str, str]) -> bool:
    """Whether the labels satisfy every matcher."""
    for matcher in matchers:  # noqa: SIM110 - a generator costs half as much again, for each signal and rule
        if not matcher.matches(labels):
            return False
    return True


def parse_matchers(text: str) -> Matchers:
    """Read a list of matchers such as `severity=~"critical|page", team!=""`.

    Raises:
        MatcherSyntaxError: with the position and, for the mistakes that older versions of Alertmanager let pass, a hint.
    """
    return _Parser(text).matchers()


def parse_matcher(text: str) -> Matcher:
    """Read exactly one matcher.

    Raises:
        MatcherSyntaxError: as `parse_matchers`, and when the text holds none or several.
    """
    matchers = parse_matchers(text)
    if len(matchers) != 1:
        raise MatcherSyntaxError(f"expected one matcher, found {len(matchers)}", 0)
    return matchers[0]


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def matchers(self) -> Matchers:
        self._space()
        braces = self._take("{")
        self._space()
        found: list[Matcher] = []
        while not self._at_end(braces=braces):
            found.append(self._matcher())
            self._space()
            if not self._take(","):
                break
            self._space()
        if braces and not self._take("}"):
            raise MatcherSyntaxError(self._unexpected("a closing brace"), self._at)
        self._space()
        if self._at < len(self._text):
            raise MatcherSyntaxError(self._unexpected("a comma" if not braces else "the end"), self._at)
        return tuple(found)

    def _at_end(self, *, braces: bool) -> bool:
        return self._at >= len(self._text) or (braces and self._text[self._at] == "}")

    def _matcher(self) -> Matcher:
        start = self._at
        name = self._word("a label name")
        if not name:
            raise MatcherSyntaxError("a label name cannot be empty", start)
        self._space()
        operator = self._operator()
        self._space()
        start = self._at
        value = self._word("a value", hint=f'write {_quoted_name(name)}{operator}"" for the empty value')
        if operator in {MatchOperator.REGEX, MatchOperator.NOT_REGEX}:
            try:
                re2.compile(value, _OPTIONS)  # alone first: "a)|(b" is valid only inside the anchors
                _compiled(value)
            except (re2.error, UnicodeError) as error:
                text = (
                    error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
                )
                raise MatcherSyntaxError(
                    f"not a regular expression that RE2 accepts: {text}", start
                ) from error
        return Matcher(name, operator, value)

    def _operator(self) -> MatchOperator:
        for operator in (
            MatchOperator.REGEX,
            MatchOperator.NOT_REGEX,
            MatchOperator.NOT_EQUAL,
            MatchOperator.EQUAL,
        ):
            if self._text.startswith(operator, self._at):
                self._at += len(operator)
                return operator
        raise MatcherSyntaxError(self._unexpected("one of = != =~ !~"), self._at)

    def _word(self, what: str, hint: str = "") -> str:
        if self._at < len(self._text) and self._text[self._at] == '"':
            return self._quoted()
        start = self._at
        while self._at < len(self._text) and not (
            self._text[self._at] in RESERVED or self._text[self._at].isspace()
        ):
            self._at += 1
        if self._at == start:
            following = self._text[start : start + 1]
            if following == "'":
                hint = "strings take double quotes"
            raise MatcherSyntaxError(self._unexpected(what), start, hint)
        return self._text[start : self._at]

    def _quoted(self) -> str:
        start = self._at
        self._at += 1
        # Bytes, because the escapes \x and \377 are bytes: several of them make one character.
        content = bytearray()
        while self._at < len(self._text):
            character = self._text[self._at]
            if character == '"':
                self._at += 1
                try:
                    return content.decode()
                except UnicodeDecodeError:
                    raise MatcherSyntaxError("a string is not UTF-8", start) from None
            if character == "\n":
                raise MatcherSyntaxError("a line break in a string", self._at, "write \\n for a line break")
            if character == "\\":
                content += self._escape()
            else:
                content += character.encode(errors="surrogatepass")
                self._at += 1
        raise MatcherSyntaxError("a string is not closed", start)

    def _escape(self) -> bytes:
        """Read one escape, as Go does in a string (The Go Programming Language Specification, "String literals")."""
        start = self._at
        letter = self._text[start + 1 : start + 2]
        if letter in _ESCAPES:
            self._at += 2
            return _ESCAPES[letter].encode()
        if letter in _CODE_POINTS:
            code = self._digits(start + 2, _CODE_POINTS[letter], _HEXADECIMAL, base=16)
            if code is not None and code <= sys.maxunicode and not 0xD800 <= code < 0xE000:  # noqa: PLR2004 - halves of a pair
                return chr(code).encode()
        elif letter == "x":
            code = self._digits(start + 2, 2, _HEXADECIMAL, base=16)
            if code is not None:
                return bytes((code,))
        elif letter in _OCTAL:
            code = self._digits(start + 1, 3, _OCTAL, base=8)
            if code is not None and code <= 0xFF:  # noqa: PLR2004 - one byte
                return bytes((code,))
        self._at = start
        raise MatcherSyntaxError(f"unknown escape \\{letter}", start, _KNOWN_ESCAPES)

    def _digits(self, start: int, count: int, allowed: frozenset[str], *, base: int) -> int | None:
        digits = self._text[start : start + count]
        if len(digits) < count or not allowed.issuperset(digits):
            return None
        self._at = start + count
        return int(digits, base)

    def _space(self) -> None:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1

    def _take(self, character: str) -> bool:
        if self._text.startswith(character, self._at):
            self._at += 1
            return True
        return False

    def _unexpected(self, wanted: str) -> str:
        found = f"found {self._text[self._at]!r}" if self._at < len(self._text) else "the text ends"
        return f"expected {wanted}, {found}"
