"""Typed reading of nodes: strict keys, texts, durations, words of a closed set.

Each function gives back a value, or None after it has reported why there is none; for `Faulty` nodes that was done before. Must not know what any key means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar
from unicodedata import category

from bridge.config.document import Faulty, Mapping, Node, Scalar, Sequence
from bridge.config.durations import DurationError, format_duration, parse_duration
from bridge.config.problems import Place, Placed, Problems, shown

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Mapping as Table

_IDENTIFIER = re.compile(r"[a-z0-9_-]{1,64}", re.ASCII)

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Length:
    """How long a text may be, in code points, and whether it may have several lines."""

    maximum: int = 255
    lines: bool = False


LINE = Length()


@dataclass(frozen=True, slots=True)
class Span:
    """The shortest and the longest duration that is accepted, in seconds."""

    least: float
    most: float


def read_text(node: Node, problems: Problems, *, what: str, length: Length = LINE) -> Placed[str] | None:
    """A text without white space around it, as it was written: `404` and `no` are texts too."""
    scalar = _scalar(node, problems, what=what, wanted="a text")
    if scalar is None:
        return None
    text = scalar.text.strip()
    if scalar.is_null or not text:
        problems.add(node.place, f"{what} is empty")
        return None
    allowed = "\n\t" if length.lines else ""
    for offset, character in enumerate(scalar.text.rstrip()):
        if character not in allowed and category(character) in {"Cc", "Zl", "Zp"}:
            name = "a line break" if character in "\r\n\u2028\u2029" else "a control character"
            problems.add(scalar.at(offset), f"{what} holds {name}")
            return None
    if len(text) > length.maximum:
        problems.add(
            node.place, f"{what} has {len(text)} characters", f"at most {length.maximum:,} are allowed"
        )
        return None
    return Placed(text, node.place)


def read_identifier(node: Node, problems: Problems, *, what: str) -> Placed[str] | None:
    """An id of the user's choice: up to 64 of small letters, digits, `-` and `_`."""
    text = read_text(node, problems, what=what)
    if text is None:
        return None
    if not _IDENTIFIER.fullmatch(text.value):
        better = re.sub(r"[^a-z0-9_-]+", "-", text.value.lower(), flags=re.ASCII).strip("-")[:64]
        hint = f"write {better}" if better else ""
        message = f"{what} takes up to 64 small letters, digits, - and _, not {shown(text.value)}"
        problems.add(text.place, message, hint)
        return None
    return text


def read_identifiers(node: Node, problems: Problems, *, what: str) -> tuple[Placed[str], ...]:
    """One id of the user's choice, or a list of them."""
    nodes = read_one_or_more(node) or read_list(node, problems, what=what, of="ids")
    found = (read_identifier(item, problems, what="an id") for item in nodes)
    return tuple(one for one in found if one)


def read_duration(node: Node, problems: Problems, *, what: str, span: Span) -> float | None:
    """Seconds."""
    scalar = _scalar(node, problems, what=what, wanted="a duration")
    if scalar is None:
        return None
    text = scalar.text.strip()
    if scalar.is_null or not text:
        problems.add(node.place, f"{what} is empty", "write a duration such as 2m")
        return None
    try:
        seconds = parse_duration(text)
    except DurationError as error:
        problems.add(node.place, f"{what}: {shown(text)} {error}", error.hint)
        return None
    if not span.least <= seconds <= span.most:
        hint = f"from {format_duration(span.least)} to {format_duration(span.most)}"
        problems.add(node.place, f"{what}: {text} is too {'short' if seconds < span.least else 'long'}", hint)
        return None
    return seconds


def read_word(
    node: Node,
    problems: Problems,
    *,
    what: str,
    words: Collection[Word],
    hints: Table[str, str] | None = None,
) -> Word | None:
    """One of the words; `hints` tells of words that are understood and refused."""
    listed = ", ".join(words)
    scalar = _scalar(node, problems, what=what, wanted=f"one of {listed}")
    if scalar is None:
        return None
    text = scalar.text.strip()
    for word in words:
        if word.value == text:
            return word
    if scalar.is_null or not text:
        problems.add(node.place, f"{what} is empty", f"one of {listed}")
    elif hints and text in hints:
        problems.add(node.place, f"{what} cannot be {shown(text)}", hints[text])
    else:
        message = f"{what} cannot be {shown(text)}"
        problems.add_unknown(node.place, message, word=text, known=words, hint=f"one of {listed}")
    return None


def read_list(node: Node, problems: Problems, *, what: str, of: str) -> tuple[Node, ...]:
    """The items of a list that must hold some."""
    match node:
        case Sequence(items=items) if items:
            return items
        case Sequence():
            problems.add(node.place, f"{what} is empty", f"list {of}, or leave {what} out")
        case Mapping():
            problems.add(
                node.place, f"{what} must be a list of {of}, not a mapping", "begin each with a dash: - "
            )
        case Scalar():
            problems.add(node.place, f"{what} must be a list of {of}", "begin each with a dash: - ")
        case Faulty():
            pass
    return ()


def read_one_or_more(node: Node) -> tuple[Node, ...]:
    """A list's items, or the one value that stands in its place."""
    return node.items if isinstance(node, Sequence) else (node,)


def read_mapping(node: Node, problems: Problems, *, what: str, example: str = "") -> Mapping | None:
    """A mapping of any keys; they still have to be read."""
    match node:
        case Mapping():
            return node
        case Sequence():
            problems.add(node.place, f"{what} must be a mapping, not a list", example)
        case Scalar():
            problems.add(node.place, f"{what} must be a mapping, not a text", example)
        case Faulty():
            pass
    return None


def read_fields(
    node: Node, problems: Problems, *, what: str, known: Table[str, str | None], example: str = ""
) -> Fields | None:
    """A mapping of known keys.

    Args:
        node: what was written.
        problems: where mistakes go.
        what: how messages call the mapping, such as `a component rule`.
        known: its keys. A key with a text as value is understood and refused, with the text as hint.
        example: the hint where there is no mapping at all.
    """
    mapping = read_mapping(node, problems, what=what, example=example)
    if mapping is None:
        return None
    allowed = tuple(key for key, refused in known.items() if refused is None)
    found: dict[str, tuple[Scalar, Node]] = {}
    for key, value in mapping.entries:
        if key.text in allowed:
            found[key.text] = (key, value)
            continue
        message = f"unknown key {shown(key.text)} in {what}"
        if refused := known.get(key.text):
            problems.add(key.place, message, refused)
        else:
            hint = f"known are {', '.join(allowed)}"
            problems.add_unknown(key.place, message, word=key.text, known=allowed, hint=hint)
    return Fields(mapping.place, what, problems, found)


class Fields:
    """The values of a mapping whose keys have been checked."""

    def __init__(
        self, place: Place, what: str, problems: Problems, found: Table[str, tuple[Scalar, Node]]
    ) -> None:
        self.place = place
        self._what = what
        self._problems = problems
        self._found = found

    def __contains__(self, key: str) -> bool:
        return key in self._found

    def get(self, key: str) -> Node | None:
        """The value, or None when the key is not there."""
        pair = self._found.get(key)
        return pair[1] if pair else None

    def key_place(self, key: str) -> Place:
        """Where the key stands, or the mapping when it does not."""
        pair = self._found.get(key)
        return pair[0].place if pair else self.place

    def need(self, key: str, hint: str = "") -> Node | None:
        """The value of a key that must be there."""
        if key not in self._found:
            self._problems.add(self.place, f'{self._what} has no "{key}"', hint)
        return self.get(key)

    def text(self, key: str, *, length: Length = LINE) -> Placed[str] | None:
        """A text, or None when it is not there or faulty."""
        node = self.get(key)
        return None if node is None else read_text(node, self._problems, what=f'"{key}"', length=length)

    def need_text(self, key: str, hint: str = "", *, length: Length = LINE) -> Placed[str] | None:
        """A text that must be there."""
        node = self.need(key, hint)
        return None if node is None else read_text(node, self._problems, what=f'"{key}"', length=length)

    def duration(self, key: str, default: float, *, span: Span) -> float:
        """Seconds; the default when it is not there, and when it is faulty, which has been reported."""
        node = self.get(key)
        seconds = None if node is None else read_duration(node, self._problems, what=f'"{key}"', span=span)
        return default if seconds is None else seconds

    def word(
        self, key: str, default: Word, *, words: Collection[Word], hints: Table[str, str] | None = None
    ) -> Word:
        """A word of a closed set; the default when it is not there or faulty."""
        node = self.get(key)
        found = (
            None
            if node is None
            else read_word(node, self._problems, what=f'"{key}"', words=words, hints=hints)
        )
        return default if found is None else found


def _scalar(node: Node, problems: Problems, *, what: str, wanted: str) -> Scalar | None:
    match node:
        case Scalar():
            return node
        case Sequence():
            problems.add(node.place, f"{what} must be {wanted}, not a list")
        case Mapping():
            problems.add(node.place, f"{what} must be {wanted}, not a mapping")
        case Faulty():
            pass
    return None
