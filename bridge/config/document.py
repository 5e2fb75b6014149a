"""YAML documents as nodes that know their place.

Nodes are built from the parser's events, not by its composer: the composer recurses in C, and ten kilobytes of brackets end the process. Scalars keep the text that was written,
so that `no`, `1_000` and `2026-01-01` mean what they look like. Aliases, tags and merge keys are refused, and with them every file that grows when it is read. Must not know what
a rule is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import yaml

from bridge.config.problems import Place, Problems, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

MAXIMUM_DEPTH = 24
MAXIMUM_NODES = 100_000
"""Of one file; a rule takes about fifteen."""
MAXIMUM_DOCUMENTS = 100

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})

_YAML_TAGS = "tag:yaml.org,2002:"

_SYNTAX_HINTS = (
    ("tab", "indent with spaces"),
    ("cannot start any token", "indent with spaces; quote a text that begins with a special character"),
    (
        "mapping values are not allowed",
        "quote a text that holds a colon followed by a space; check the indentation",
    ),
    ("unexpected end of stream", "close the quotes"),
    ("expected ',' or ']'", "close the bracket"),
    ("expected ',' or '}'", "close the brace; quote a text that begins with one"),
    ("did not find expected key", "check the indentation"),
    ("did not find expected '-'", "check the indentation"),
    ("could not find expected ':'", "check the indentation and the colon"),
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, as it was written. `verbatim` tells that character n of the text stands n columns after `start`."""

    place: Place
    text: str
    plain: bool
    start: Place
    verbatim: bool

    @property
    def is_null(self) -> bool:
        """Whether nothing was written, or one of YAML's words for it."""
        return self.plain and self.text in _NULLS

    def at(self, offset: int) -> Place:
        """The place of one character, or of the scalar where that cannot be told."""
        return (
            Place(self.start.path, self.start.line, self.start.column + offset)
            if self.verbatim
            else self.place
        )


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    place: Place
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order of the file. No key occurs twice."""

    place: Place
    entries: tuple[tuple[Scalar, Node], ...]


@dataclass(frozen=True, slots=True)
class Faulty:
    """What stands where a mistake was reported already: readers pass it over in silence."""

    place: Place


Node = Scalar | Sequence | Mapping | Faulty


def read_documents(path: str, content: bytes, problems: Problems) -> tuple[Node, ...]:
    """The documents of a file that are not empty; those before a syntax error, when there is one."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _place_in(path, content, error.start)
        problems.add(place, f"not UTF-8: byte 0x{content[error.start]:02x}", "save the file as UTF-8")
        problems.incomplete = True
        return ()
    builder = _Builder(path, problems)
    try:
        for event in yaml.parse(text, yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        problems.incomplete = True
        mark = error.problem_mark or error.context_mark
        place = _place_of(path, mark)
        context, begin = error.context, error.context_mark
        if context and begin and begin.line + 1 < place.line:
            context = f"{context} from line {begin.line + 1}"
        said = ", ".join(part for part in (context, error.problem) if part)
        hint = next((hint for words, hint in _SYNTAX_HINTS if words in said), "")
        problems.add(place, f"not YAML: {said}", hint)
    except yaml.reader.ReaderError as error:
        problems.incomplete = True
        encoded = text.encode()
        problems.add(_place_in(path, encoded, error.position), f"not YAML: {error.reason}")
    except _TooMuchError as error:
        problems.incomplete = True
        problems.add(error.place, str(error))
    return tuple(builder.documents)


class _Mark(Protocol):
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


def _place_of(path: str, mark: _Mark | None) -> Place:
    return Place(path, mark.line + 1, mark.column + 1) if mark else Place(path, 1, 1)


def _place_in(path: str, content: bytes, offset: int) -> Place:
    before = content[:offset]
    begin = before.rfind(b"\n") + 1
    return Place(path, before.count(b"\n") + 1, len(before[begin:].decode(errors="replace")) + 1)


class _TooMuchError(Exception):
    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is still open. In a mapping, `nodes` holds keys and values in turn."""

    place: Place
    is_mapping: bool
    faulty: bool
    nodes: list[Node] = field(default_factory=list)


class _Builder:
    def __init__(self, path: str, problems: Problems) -> None:
        self.documents: list[Node] = []
        self._path = path
        self._problems = problems
        self._open: list[_Frame] = []
        self._count = 0

    def take(self, event: yaml.Event) -> None:
        place = _place_of(self._path, event.start_mark)
        match event:
            case yaml.AliasEvent():
                self._refuse_reference(place)
                self._put(Faulty(place))
            case yaml.ScalarEvent():
                faulty = self._refuse(event, place)
                self._put(Faulty(place) if faulty else self._scalar(event, place))
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                if len(self._open) >= MAXIMUM_DEPTH:
                    raise _TooMuchError(place, f"nested deeper than {MAXIMUM_DEPTH} levels")
                is_mapping = isinstance(event, yaml.MappingStartEvent)
                self._open.append(_Frame(place, is_mapping, faulty=self._refuse(event, place)))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._put(self._closed(self._open.pop()))
            case yaml.DocumentStartEvent() if len(self.documents) >= MAXIMUM_DOCUMENTS:
                raise _TooMuchError(place, f"more than {MAXIMUM_DOCUMENTS} documents in one file")
            case _:
                pass

    def _put(self, node: Node) -> None:
        self._count += 1
        if self._count > MAXIMUM_NODES:
            raise _TooMuchError(node.place, f"more than {MAXIMUM_NODES} values in one file")
        if self._open:
            self._open[-1].nodes.append(node)
        elif not (isinstance(node, Scalar) and node.is_null):
            self.documents.append(node)

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> Scalar:
        plain = not event.style  # None from one parser, an empty text from the other
        quotes = 0 if plain else 1
        end = _place_of(self._path, event.end_mark)
        one_line = end.line == place.line and (plain or event.style in {"'", '"'})
        verbatim = one_line and end.column - place.column - 2 * quotes == len(event.value)
        return Scalar(
            place, event.value, plain, Place(self._path, place.line, place.column + quotes), verbatim
        )

    def _refuse(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, place: Place) -> bool:
        if event.anchor is not None:
            self._refuse_reference(place)
        if event.tag is not None:
            self._problems.add(
                place,
                f"the tag {shown(event.tag.replace(_YAML_TAGS, '!!'))} is not used here",
                "leave it out",
            )
        return event.tag is not None

    def _refuse_reference(self, place: Place) -> None:
        self._problems.add(
            place, "anchors and aliases are not used here", "write the value out where it is needed"
        )

    def _closed(self, frame: _Frame) -> Node:
        if frame.faulty:
            return Faulty(frame.place)
        if not frame.is_mapping:
            return Sequence(frame.place, tuple(frame.nodes))
        entries = tuple(self._entries(frame))
        return Mapping(frame.place, entries)

    def _entries(self, frame: _Frame) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, Scalar] = {}
        for key, value in zip(frame.nodes[::2], frame.nodes[1::2], strict=True):
            if isinstance(key, Faulty):
                continue
            if not isinstance(key, Scalar):
                self._problems.add(
                    key.place, "a key must be a text", "quote a key that begins with a bracket or a brace"
                )
            elif key.plain and key.text == "<<":
                self._problems.add(
                    key.place, "merge keys are not used here", "write the values out where they are needed"
                )
            elif key.text in seen:
                first = seen[key.text].place
                self._problems.add(
                    key.place,
                    f"the key {shown(key.text)} stands twice in one mapping",
                    f"the first is in line {first.line}, column {first.column}",
                )
            else:
                seen[key.text] = key
                yield key, value
