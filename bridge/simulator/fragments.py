"""Pieces of HTML that are written once for each view and shown until the view is another one.

Must not know what they show. A piece is kept with the whole view that it was written of and compared with it, so no
change has to be announced for it to be seen.
"""

from collections.abc import Callable
from typing import TypeVar

from markupsafe import Markup

View = TypeVar("View")

MOST = 20_000
"""Pieces kept; beyond it all are forgotten, which costs one slow page."""


class Fragments:
    """The pieces of one page, by kind and identifier."""

    def __init__(self) -> None:
        self._written: dict[tuple[str, str], tuple[object, Markup]] = {}

    def of(self, kind: str, identifier: str, view: View, write: Callable[[View], Markup]) -> Markup:
        """Return the piece for a view, and write it if the last one of this subject showed anything else."""
        known = self._written.get((kind, identifier))
        if known is None or known[0] != view:
            if len(self._written) >= MOST:
                self._written.clear()
            known = (view, write(view))
            self._written[kind, identifier] = known
        return known[1]
