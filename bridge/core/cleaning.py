"""Public texts made clean: what nobody sees is taken out, markup in what came from outside is shown as it is written, lengths are kept. Knows no rule and no template."""

from __future__ import annotations

import re
from unicodedata import category, normalize

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Control characters, format characters (bidirectional overrides and zero-width ones among them), lone surrogates, private and unassigned code points."""
_SPACES = frozenset({"Zl", "Zp"})
_RUNS_OF_SPACE = re.compile(r"\s+")
_BREAKS = re.compile(r"\r\n?")
_MARKUP = re.compile(r"[&<>\"'`*~|\\\[\]#]|(?<![^\W_])_|_(?![^\W_])|^[-+=]")
_ENTITY_CUT = re.compile(r"&#?[0-9A-Za-z]{0,8}\Z")
_MARKUP_OF_TITLES = re.compile(r"[<>&`*~|\\\[\]]")
_ELLIPSIS = "…"
_JOINS = "\u200d"
_MODIFIERS = range(0x1F3FB, 0x1F400)
_LONGEST_CLUSTER = 32
"""Code points that a cut goes back at most, so that a text of marks alone costs no more."""


def cleaned(text: str) -> str:
    """The text in NFC without what nobody sees. Line breaks and tabs stay; other separators of lines become spaces."""
    if text.isascii() and text.isprintable():
        return text
    text = _BREAKS.sub("\n", text)
    seen = "".join(_seen(character) for character in text)
    return normalize("NFC", seen)


def _seen(character: str) -> str:
    if character in "\n\t":
        return character
    kind = category(character)
    if kind in _SPACES:
        return " "
    return "" if kind in _UNSEEN else character


def one_line(text: str) -> str:
    """The text clean and on one line, without spaces around it."""
    return _RUNS_OF_SPACE.sub(" ", cleaned(_RUNS_OF_SPACE.sub(" ", text))).strip()


def escaped(text: str) -> str:
    """What came from outside, for a body: characters that HTML or Markdown would take for markup become character references.

    A reference is plain text to both, whichever of them a reader's page renders; a backslash would show where there is no Markdown. An underscore within a word is no markup.
    """
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", text)


def without_markup(text: str) -> str:
    """What came from outside, for a title: where a name is not rendered, references would show. What could be a tag or emphasis is left out."""
    return one_line(_MARKUP_OF_TITLES.sub(" ", text))


def shortened(text: str, limit: int) -> str:
    """The text within so many code points, an ellipsis at its end where it was cut: never before a combining mark, nor within a character reference."""
    if len(text) <= limit:
        return text
    end = limit - len(_ELLIPSIS)
    for _ in range(_LONGEST_CLUSTER):
        if end > 0 and _continues(text[end - 1], text[end]):
            end -= 1
    kept = text[:end]
    return _ENTITY_CUT.sub("", kept) + _ELLIPSIS


def _continues(before: str, after: str) -> bool:
    """Whether two code points are one character to a reader, as far as that is cheap to know."""
    return category(after)[0] == "M" or _JOINS in {before, after} or ord(after) in _MODIFIERS
