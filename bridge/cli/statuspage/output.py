"""What a verb prints on standard output: a table for a person, one JSON document or ids for a program.

Rows are printed as they come. What comes from the page is made harmless first: subscribers choose their own addresses, and a terminal obeys control characters. Must not know any model.
"""

from __future__ import annotations

import json
import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from rich.console import Console

Row = TypeVar("Row")
AT_ONCE: Final = 100
"""Rows whose widths are settled together: as many as the API gives at once."""
_GAP: Final = 2


class Format(StrEnum):
    """How it is printed."""

    TABLE = "table"
    JSON = "json"
    ID = "id"


class Output:
    """Standard output of one verb."""

    def __init__(self, form: Format) -> None:
        self._form = form
        self._terminal = sys.stdout.isatty()

    async def rows(self, rows: AsyncIterator[Row], columns: Mapping[str, Callable[[Row], object]]) -> None:
        """Print a list as it is read.

        Args:
            rows: what is listed; each has an `id`.
            columns: heading → what stands below it.
        """
        match self._form:
            case Format.JSON:
                await self._json_rows(rows)
            case Format.ID:
                async for row in rows:
                    _print(harmless(getattr(row, "id", "")))
            case Format.TABLE if self._terminal:
                await self._table(rows, columns)
            case Format.TABLE:
                async for row in rows:
                    _print("\t".join(harmless(cell(row)) for cell in columns.values()))

    def one(self, model: Any, facts: Sequence[tuple[str, object]]) -> None:
        """Print one thing: all of it as JSON, its id, or its facts, each with a label. A fact without a value is left out."""
        match self._form:
            case Format.JSON:
                _print(document(model))
            case Format.ID:
                _print(harmless(getattr(model, "id", "")))
            case Format.TABLE:
                _print("\n".join(labelled(facts)))

    def done(self, line: str, model: Any) -> None:
        """Print what was done: a line for a person; the model as JSON, or its id."""
        match self._form:
            case Format.JSON:
                _print(document(model))
            case Format.ID:
                _print(harmless(model["id"] if isinstance(model, dict) else getattr(model, "id", "")))
            case Format.TABLE:
                _print(harmless(line))

    async def _json_rows(self, rows: AsyncIterator[Any]) -> None:
        first = True
        async for row in rows:
            _print(("[\n" if first else ",\n") + document(row), end="")
            first = False
        _print("[]" if first else "\n]")

    async def _table(self, rows: AsyncIterator[Row], columns: Mapping[str, Callable[[Row], object]]) -> None:
        from rich.cells import cell_len
        from rich.console import Console

        console = Console(highlight=False)
        widths = [cell_len(heading) for heading in columns]
        chunk: list[list[str]] = []
        headed = False
        async for row in rows:
            chunk.append([harmless(cell(row)) for cell in columns.values()])
            if len(chunk) == AT_ONCE:
                _print_chunk(console, chunk, widths, () if headed else columns)
                chunk, headed = [], True
        if chunk or not headed:
            _print_chunk(console, chunk, widths, () if headed else columns)


def _print_chunk(
    console: Console, chunk: list[list[str]], widths: list[int], headings: Mapping[str, Any] | tuple[()]
) -> None:
    """Print rows below each other; `widths` grows with what is wider, so that later rows stand below."""
    from rich.cells import cell_len
    from rich.text import Text

    for cells in chunk:
        widths[:] = [max(width, cell_len(cell)) for width, cell in zip(widths, cells, strict=True)]
    plain = "NO_COLOR" in os.environ  # rich leaves bold type then, of which some terminals make a colour
    heading = [("" if plain else "bold", list(headings))] if headings else []
    for style, line in [*heading, *(("", cells) for cells in chunk)]:
        padded = (
            cell + " " * (width + _GAP - cell_len(cell)) for cell, width in zip(line, widths, strict=True)
        )
        console.print(
            Text("".join(padded).rstrip(), style), overflow="ellipsis", no_wrap=True, soft_wrap=False
        )


async def up_to(number: int | None, rows: AsyncIterator[Row]) -> AsyncIterator[Row]:
    """The first so many rows, and no call for those after them; all for None."""
    left = number
    async for row in rows:
        yield row
        if left is not None:
            left -= 1
            if left <= 0:
                return


def labelled(facts: Sequence[tuple[str, object]]) -> list[str]:
    """Facts as lines, each below the other; a fact of several lines is indented, and one without a value is left out."""
    told = [(label, str(value)) for label, value in facts if value not in {None, ""}]
    width = max((len(label) for label, _ in told), default=0) + _GAP
    lines = []
    for label, value in told:
        first, *rest = [harmless(line) for line in value.splitlines()] or [""]
        lines.append(f"{label.ljust(width)}{first}".rstrip())
        lines += [f"{' ' * width}{line}".rstrip() for line in rest]
    return lines


def document(model: Any) -> str:
    """A model as JSON under the API's own names, with every member."""
    return json.dumps(_plain(model), ensure_ascii=False, indent=2)


def _plain(value: Any) -> Any:
    names = getattr(type(value), "__struct_encode_fields__", None)
    if names is not None:
        fields = type(value).__struct_fields__
        return {name: _plain(getattr(value, field_)) for name, field_ in zip(names, fields, strict=True)}
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    return value


def harmless(value: object) -> str:
    """A value as one line without anything that a terminal would obey."""
    if value is None:
        return ""
    text = " ".join(str(value).split())
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def _print(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()
