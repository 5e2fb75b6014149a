"""Guards: what keeps a true rule from a false statement when something bigger is wrong. What they have to remember is kept here, one record for each subject.

Knows neither rules nor the wire; a guard answers whether something may be said now, and until when the answer holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class GuardKind(StrEnum):
    """What a record is of."""

    PAGE_IDENTITY = "page_identity"
    """Subject: empty; value: what the page was at the first start."""
    WORSENED = "worsened"
    """Subject: a component as rules name it; value: the status that it got worse to; `at`: when."""
    BLAST = "blast"
    """Subject: empty; value: how the hold stands; `at`: since when the page's worsenings are held."""
    PAGE_SEEN = "page_seen"
    """Subject: empty; value: by which address and token the pinned page was last seen; `at`: when."""
    RULES = "rules"
    """Subject: empty; value: the digest of the rule files in force; `at`: since when."""
    NOTIFIED = "notified"
    """Subject: the operation that notified; `at`: when it was begun."""


@dataclass(frozen=True, slots=True)
class GuardRecord:
    """What a guard remembers across restarts.

    Attributes:
        page: the page's name in the settings.
        kind: of what.
        subject: one record of a kind for each.
        at: our clock.
        value: as the kind says.
    """

    page: str
    kind: GuardKind
    subject: str
    at: float
    value: str = ""

    @property
    def key(self) -> tuple[GuardKind, str]:
        """What there is one of on a page."""
        return self.kind, self.subject
