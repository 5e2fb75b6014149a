"""Which page this is. What the first reading ever showed is pinned, and to another page nothing is written (design.md, "Guards").

Of a page only what no rename changes counts: Statuspage's id, and when it was created. The id alone would be the same on another server that copies it. Knows no wire format.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageSeen:
    """What a reading of the page itself showed in this life.

    Attributes:
        identity: as `identity_of` writes it.
        at: our clock, when its answer was read.
    """

    identity: str
    at: float


def identity_of(page_id: str, created_at: str) -> str:
    """A page's identity in one word, such as `kctbh9vrtdwd@2024-06-07T22:26:30Z`, for people to compare and to confirm.

    Args:
        page_id: as the answer says it.
        created_at: the second of its creation by the page's clock; empty for an answer that does not say it.
    """
    return f"{page_id}@{created_at or 'unknown'}"
