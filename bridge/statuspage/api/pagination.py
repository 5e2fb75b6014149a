"""The dialects in which lists are divided into pages, and the walk through all of a list's pages (statuspage-api.md, 2.11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable


class Identified(Protocol):
    """A row that can be told from others."""

    @property
    def id(self) -> str:
        """Its id."""
        ...


Row = TypeVar("Row", bound=Identified)

PAGE_SIZE: Final = 100
"""Rows asked for at once: the documented maximum of every list. The document's 1,100 for components contradicts its own text."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a list is asked for one of its pages.

    Attributes:
        size: the parameter that holds the number of rows.
        first: the number of the first page.
    """

    size: str
    first: int

    def query(self, number: int) -> tuple[tuple[str, str], ...]:
        """The parameters of a page. They are always sent: a list without them has a rate limit of its own (statuspage-api.md, 3.1)."""
        return (("page", str(number)), (self.size, str(PAGE_SIZE)))


PER_PAGE: Final = Dialect("per_page", 1)
"""Of most lists."""
LIMIT: Final = Dialect("limit", 1)
"""Of all incidents."""
LIMIT_FROM_ZERO: Final = Dialect("limit", 0)
"""Of subscribers, whose first page is page 0."""


async def walk(
    read: Callable[[tuple[tuple[str, str], ...]], Awaitable[tuple[Row, ...]]], dialect: Dialect
) -> AsyncIterator[Row]:
    """All rows of a list, page after page, until a page is short.

    What is added while it is read moves rows to a later page; no row is given twice. What is removed meanwhile moves rows to a page that was read already, and such a row can be missed: the
    API has no cursor. A full page that brings nothing new ends the walk: that server does not know pages.

    Args:
        read: reads the page with these parameters.
        dialect: the list's.
    """
    seen: set[str] = set()
    number = dialect.first
    while True:
        rows = await read(dialect.query(number))
        known = len(seen)
        for row in rows:
            if row.id not in seen:
                seen.add(row.id)
                yield row
        if len(rows) < PAGE_SIZE or len(seen) == known:
            return
        number += 1


async def whole(
    read: Callable[[tuple[tuple[str, str], ...]], Awaitable[tuple[Any, ...]]],
) -> AsyncIterator[Any]:
    """All rows of a list that has no pages."""
    for row in await read(()):
        yield row
