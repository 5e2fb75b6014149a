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


Row = TypeVar("Row")
AT_ONCE: Final = 100
"""Rows whose widths are settled together: as many as the API gives at once."""
_GAP: Final = 2
_LEAST: Final = 12
"""Cells below which the last column is left out rather than cut."""


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

    @property
    def has_columns(self) -> bool:
        """Whether columns are printed, so that it is worth a call to fill one."""
        return self._form is Format.TABLE

    @property
    def is_piped(self) -> bool:
        """Whether a program reads the columns, so that one may be as long as it likes."""
        return self.has_columns and not self._terminal

    async def rows(
        self, rows: AsyncIterator[Row], columns: Mapping[str, Callable[[Row], object]], *, kept: str = "NAME"
    ) -> None:
        """Print a list as it is read.

        Args:
            rows: what is listed; each has an `id`.
            columns: heading → what stands below it.
            kept: the heading of what a person looks for. On a narrow terminal the others are left out for it, from the right.
        """
        match self._form:
            case Format.JSON:
                await self._json_rows(rows)
            case Format.ID:
                async for row in rows:
                    _print(harmless(getattr(row, "id", "")))
            case Format.TABLE if self._terminal:
                await self._table(rows, columns, kept)
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

    async def _table(
        self, rows: AsyncIterator[Row], columns: Mapping[str, Callable[[Row], object]], kept: str
    ) -> None:
        table = _Table(list(columns), kept)
        chunk: list[list[str]] = []
        async for row in rows:
            chunk.append([harmless(cell(row)) for cell in columns.values()])
            if len(chunk) == AT_ONCE:
                table.print(chunk)
                chunk = []
        if chunk or not table.headed:
            table.print(chunk)


class _Table:
    """Rows below each other on a terminal. Which columns there is room for is decided by the first rows; widths grow with what is wider, so that later rows stand below."""

    def __init__(self, headings: list[str], kept: str) -> None:
        from rich.cells import cell_len
        from rich.console import Console

        self._console = Console(highlight=False)
        self._headings = headings
        self._kept = headings.index(kept)
        self._shown = list(range(len(headings)))
        self._widths = [cell_len(heading) for heading in headings]
        self.headed = False

    def print(self, chunk: list[list[str]]) -> None:
        """Print these below what was printed, at first below the headings."""
        from rich.cells import cell_len
        from rich.text import Text

        for cells in chunk:
            self._widths = [
                max(width, cell_len(cell)) for width, cell in zip(self._widths, cells, strict=True)
            ]
        if not self.headed:
            self._leave_out()
        plain = "NO_COLOR" in os.environ  # rich leaves bold type then, of which some terminals make a colour
        heading = [] if self.headed else [("" if plain else "bold", self._headings)]
        self.headed = True
        widths = dict(enumerate(self._widths))
        spare = max(0, self._console.width - self._needed())
        widths[self._kept] = min(self._widths[self._kept], self._least(self._kept) + spare)
        for style, line in [*heading, *(("", cells) for cells in chunk)]:
            fitted = ((_cut(line[column], widths[column]), widths[column]) for column in self._shown)
            padded = (cell + " " * (width + _GAP - cell_len(cell)) for cell, width in fitted)
            self._console.print(
                Text("".join(padded).rstrip(), style), overflow="ellipsis", no_wrap=True, soft_wrap=False
            )

    def _leave_out(self) -> None:
        while self._needed() > self._console.width and len(self._shown) > 1:
            self._shown.remove([column for column in self._shown if column != self._kept][-1])

    def _needed(self) -> int:
        """Cells that a line takes at least."""
        return sum(map(self._least, self._shown)) + _GAP * (len(self._shown) - 1)

    def _least(self, column: int) -> int:
        """Cells that a column takes at least: what a person looks for is cut to half the line, and the last column is cut too."""
        if column == self._kept:
            return min(self._widths[column], self._console.width // 2)
        return min(self._widths[column], _LEAST) if column == self._shown[-1] else self._widths[column]


def _cut(cell: str, width: int) -> str:
    from rich.cells import cell_len, set_cell_size

    return cell if cell_len(cell) <= width else f"{set_cell_size(cell, width - 1)}…"


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
