"""The language of public texts: `{components}`, `{cause}`, `{periods}`, `{label}`, and brackets around what is left out while a label has nothing to show.

There are no expressions, so nothing in a text can run, loop or reach what was not named. A label stands in brackets always: without them the text is whole, and that is what is said
when a label may not be shown. Knows neither rules nor which labels there are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

COMPONENTS = "components"
"""The placeholder for the names of those affected, as the page shows them."""

CAUSE = "cause"
"""The placeholder for what was found to be the cause, in the one text that tells it."""

PERIODS = "periods"
"""The placeholder for when an incident lasted and since when it does again, in the one text that tells that it was opened again."""

_QUOTED = 40
"""Characters of a mistake that its message repeats."""
_ALWAYS = frozenset({COMPONENTS, CAUSE, PERIODS})
"""Placeholders that always have something to show, and need no brackets."""
_SIGNS = re.compile(r"\{[^{}\[\]]*\}?|[\[\]}]|[^\[\]{}]+")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a template: where, counted in code points from its beginning, what, and what would be right."""

    offset: int
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a template: words as they stand, or the name of a placeholder."""

    text: str
    is_placeholder: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Pieces that are shown together: always, or where every label among them has something to show."""

    pieces: tuple[Piece, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that it needs."""
        return tuple(
            piece.text for piece in self.pieces if piece.is_placeholder and piece.text not in _ALWAYS
        )


@dataclass(frozen=True, slots=True)
class Template:
    """A template as it was read. With mistakes it can be rendered all the same: what is no placeholder stays as it was written."""

    sections: tuple[Section, ...]
    mistakes: tuple[Mistake, ...] = ()

    def render(self, words: Mapping[str, str]) -> str:
        """The text with these words for its placeholders; a section with a label that has none is left out."""
        return "".join(
            words.get(piece.text, "") if piece.is_placeholder else piece.text
            for section in self.sections
            if all(words.get(label) for label in section.labels)
            for piece in section.pieces
        )


@lru_cache(maxsize=4096)
def parse_template(
    text: str,
    labels: tuple[str, ...] = (),
    *,
    components: bool = True,
    causes: bool = False,
    periods: bool = False,
) -> Template:
    """Read a template. Cost: its length.

    Args:
        text: as it stands in a rule file.
        labels: the labels that may be shown.
        components: whether `{components}` may stand in it.
        causes: whether `{cause}` may.
        periods: whether `{periods}` may.
    """
    may = {COMPONENTS: components, CAUSE: causes, PERIODS: periods}
    return _Reader(text, labels, tuple(name for name, allowed in may.items() if allowed)).template()


class _Reader:
    def __init__(self, text: str, labels: tuple[str, ...], always: tuple[str, ...]) -> None:
        self._text = text
        self._labels = labels
        self._always = always
        self._sections: list[Section] = []
        self._pieces: list[Piece] = []
        self._mistakes: list[Mistake] = []
        self._open: int | None = None
        """Where the bracket that is open stands."""

    def template(self) -> Template:
        for found in _SIGNS.finditer(self._text):
            sign, offset = found[0], found.start()
            if sign == "[":
                self._begin(offset)
            elif sign == "]":
                self._end()
            elif sign[0] in "{}":
                self._placeholder(sign, offset)
            else:
                self._pieces.append(Piece(sign))
        if self._open is not None:
            self._unclosed()
        self._close()
        template = Template(tuple(self._sections))
        if (
            template.sections
            and not self._mistakes
            and not template.render(dict.fromkeys(_ALWAYS, "-")).strip()
        ):
            hint = "write words outside of the brackets"
            self._mistakes.append(Mistake(0, "nothing is left of it where no label can be shown", hint))
        return Template(template.sections, tuple(self._mistakes))

    def _begin(self, offset: int) -> None:
        if self._open is not None:
            self._unclosed()
        self._close()
        self._open = offset

    def _end(self) -> None:
        if self._open is None:
            self._pieces.append(Piece("]"))
            return
        if not Section(tuple(self._pieces)).labels:
            # Brackets around no label are words.
            self._pieces = [Piece("["), *self._pieces, Piece("]")]
        self._open = None
        self._close()

    def _unclosed(self) -> None:
        """A bracket that is not closed: a mistake if a label follows it, and else a word."""
        if Section(tuple(self._pieces)).labels:
            message = "the bracket is not closed"
            hint = (
                "what stands in brackets is left out while a label has nothing to show; brackets do not nest"
            )
            self._mistakes.append(Mistake(self._open or 0, message, hint))
        self._pieces = [Piece("["), *self._pieces]
        self._open = None

    def _close(self) -> None:
        if self._pieces:
            self._sections.append(Section(tuple(self._pieces)))
        self._pieces = []

    def _placeholder(self, sign: str, offset: int) -> None:
        name = sign[1:-1] if sign.endswith("}") and len(sign) > 1 else ""
        if name in self._always:
            self._pieces.append(Piece(name, is_placeholder=True))
        elif name and name in self._labels:
            self._pieces.append(Piece(name, is_placeholder=True))
            if self._open is None:
                hint = f"write [ in {sign}]: what stands in brackets is left out where it has nothing to show"
                self._mistakes.append(Mistake(offset, f'"{sign}" stands outside of brackets', hint))
        else:
            self._mistakes.append(Mistake(offset, f"{_quoted(sign)} is not a placeholder", self._known()))
            self._pieces.append(Piece(sign))

    def _known(self) -> str:
        placeholders = [f"{{{name}}}" for name in (*self._always, *self._labels)]
        if not placeholders:
            return "a title is a fixed text, unless public_labels lists a label that it may show"
        if len(placeholders) == 1:
            return f"the only placeholder is {placeholders[0]}"
        return f"placeholders are {', '.join(placeholders)}"


def _quoted(sign: str) -> str:
    return f'"{sign if len(sign) <= _QUOTED else sign[:_QUOTED] + "…"}"'
