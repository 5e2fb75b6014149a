"""What the server said when it refused: one line, short, without secrets.

Nobody has recorded all the forms that error bodies take (statuspage-api.md, 3.2), so every form is read: `error` as text, list or map, `message`, another JSON document, HTML,
plain text, nothing. The line is for people; no decision is made from it.
"""

from __future__ import annotations

import html
import re
from itertools import islice
from typing import Final

import msgspec

MAX_CHARACTERS: Final = 300
_READ_BYTES: Final = 16 * 1024
_DEEPEST: Final = 4
_MOST_MEMBERS: Final = 50
_CUT: Final = "…"
_REDACTED: Final = "[redacted]"

_TITLE = re.compile(r"<title[^<>]*>([^<>]*)</title", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)\b[^<>]*>[^<]*", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_AFTER_SCHEME = re.compile(r"\b(OAuth\s+|(?:Bearer|Basic)\s+(?=\S{16}))\S+", re.IGNORECASE)
_AFTER_NAME = re.compile(
    r"""\b((?:api[_-]?key|access[_-]?token|token|authorization|password|secret)["']?\s*[=:]\s*["']?)[^\s"'&,;}\[]+""",
    re.IGNORECASE,
)
_LONG = re.compile(r"[A-Za-z0-9_+/=-]{32,}")
"""A key of Statuspage has 64 hexadecimal digits, newer tokens of Atlassian are longer; no word has 32 letters."""


def error_text(body: bytes) -> str:
    """The error that a body tells, as one line of at most `MAX_CHARACTERS` characters; empty if it tells none."""
    return one_line(_told(body))


def field_problems(body: bytes) -> dict[str, tuple[str, ...]]:
    """What a refusal says of single fields: field → its problems, each a line; empty where it tells no fields."""
    try:
        document = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(document, dict):
        return {}
    for key in ("error", "errors"):
        if isinstance(fields := document.get(key), dict):
            return {
                one_line(str(name)): lines
                for name, problems in islice(fields.items(), _MOST_MEMBERS)
                if (lines := _lines(problems))
            }
    return {}


def one_line(text: str) -> str:
    """Text from outside as one printable line: secrets replaced, then cut to `MAX_CHARACTERS`."""
    words = " ".join(text.split())
    printable = "".join(character for character in words if character.isprintable())
    safe = redact(printable)
    return safe if len(safe) <= MAX_CHARACTERS else safe[: MAX_CHARACTERS - len(_CUT)] + _CUT


def redact(text: str) -> str:
    """Replace whatever looks like a credential."""
    text = _AFTER_SCHEME.sub(rf"\1{_REDACTED}", text)
    text = _AFTER_NAME.sub(rf"\1{_REDACTED}", text)
    return _LONG.sub(_REDACTED, text)


def _told(body: bytes) -> str:
    try:
        document = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return _page_text(body[:_READ_BYTES].decode("utf-8", errors="replace"))
    if isinstance(document, dict):
        for key in ("error", "errors", "message"):
            if said := _flat(document.get(key), depth=_DEEPEST):
                return said
    return _flat(document, depth=_DEEPEST)


def _lines(problems: object) -> tuple[str, ...]:
    members = problems if isinstance(problems, list) else [problems]
    lines = (one_line(_flat(member, depth=_DEEPEST - 1)) for member in islice(members, _MOST_MEMBERS))
    return tuple(line for line in lines if line)


def _flat(value: object, *, depth: int) -> str:
    """JSON as prose: a map of fields as `field: text; field: text`, a list as `text, text`."""
    match value:
        case None:
            return ""
        case str():
            return value[:_READ_BYTES]
        case _ if depth == 0:
            return _CUT
        case dict():
            parts = (
                (str(key), _flat(member, depth=depth - 1))
                for key, member in islice(value.items(), _MOST_MEMBERS)
            )
            return "; ".join(f"{key}: {said}" for key, said in parts if said)
        case list():
            return ", ".join(
                filter(None, (_flat(member, depth=depth - 1) for member in islice(value, _MOST_MEMBERS)))
            )
        case _:
            return str(value)


def _page_text(text: str) -> str:
    if "<" not in text:
        return text
    title = _TITLE.search(text)
    if title is not None and title[1].strip():
        return html.unescape(title[1])
    return html.unescape(_TAG.sub(" ", _HIDDEN.sub(" ", text)))
