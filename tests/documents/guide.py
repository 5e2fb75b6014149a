"""Reads the guide: its sections in order, the requests that each one writes, their bodies, and the answers that it shows.

Knows Markdown as this one document uses it, and no API. What it cannot read is an error, so that nothing in the guide is passed over.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,3} +(.+)$", re.MULTILINE)
_REQUEST = re.compile(r"^(GET|POST|PATCH|PUT|DELETE) (/\S+)$", re.MULTILINE)
_WORD = re.compile(r"^- `(\w+)` -", re.MULTILINE)
_LABEL = re.compile(r"^\*\*([^*]+):\*\*[ ]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the guide writes it, with its placeholders; `body` is None where it shows none."""

    method: str
    path: str
    body: Any = None


@dataclass(slots=True)
class Section:
    """One heading of the guide, with what stands below it.

    Attributes:
        title: its words.
        requests: in order; one that is shown with several bodies stands there once for each.
        answer: the answer that is shown, or None.
        words: label → the closed words that are listed under it.
    """

    title: str
    requests: list[Request] = field(default_factory=list)
    answer: Any = None
    words: dict[str, list[str]] = field(default_factory=dict)


def read_guide(text: str) -> list[Section]:
    """Cut the guide into its sections.

    Raises:
        ValueError: a block that is neither requests, a JSON document nor known prose.
    """
    sections = []
    fences = [match.span() for match in _FENCE.finditer(text)]
    # In a block of Python, a comment looks like a heading.
    headings = [
        match
        for match in _HEADING.finditer(text)
        if not any(begin < match.start() < end for begin, end in fences)
    ]
    for here, following in zip(headings, [*headings[1:], None], strict=True):
        below = text[here.end() : following.start() if following else len(text)]
        sections.append(_section(here[1].strip(), below))
    return sections


def _section(title: str, below: str) -> Section:
    section = Section(title)
    bare: list[Request] = []
    label = ""
    place = 0
    for match in _FENCE.finditer(below):
        label = _last_label(below[place : match.start()], label)
        place = match.end()
        language, block = match[1], match[2]
        if language == "http":
            bare = [Request(method, path) for method, path in _REQUEST.findall(block)]
            section.requests.extend(bare)
        elif language == "python":
            section.requests.extend(_written_out(block))
        elif language == "json" and bare and not label.startswith("Response"):
            body = json.loads(block)
            if bare[0] in section.requests:
                section.requests.remove(bare[0])
            section.requests.append(Request(bare[0].method, bare[0].path, body))
        elif language == "json":
            section.answer = json.loads(block)
        elif language:
            raise ValueError(f"{title}: a block of {language}")
    for label_match in _LABEL.finditer(below):
        if words := _WORD.findall(below[label_match.end() :].split("\n\n", maxsplit=1)[0]):
            section.words[label_match[1]] = words
    return section


def _last_label(text: str, before: str) -> str:
    labels = _LABEL.findall(text)
    return labels[-1] if labels else before


def _written_out(block: str) -> Iterator[Request]:
    """The requests of a workflow: a line with method and path, then the body."""
    found = [*_REQUEST.finditer(block)]
    for here, following in zip(found, [*found[1:], None], strict=True):
        rest = block[here.end() : following.start() if following else len(block)]
        begin = rest.find("{")
        body = None if begin < 0 else json.JSONDecoder().raw_decode(rest[begin:])[0]
        yield Request(here[1], here[2], body)
