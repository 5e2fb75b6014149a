"""Which page this is. What the first reading ever showed is pinned, and to another page nothing is written (design.md, "Guards").

Of a page only what no rename changes counts: Statuspage's id, and when it was created. The id alone would be the same on another server that copies it. Knows no wire format.
"""

from __future__ import annotations

from dataclasses import dataclass

UNKNOWN = "unknown"


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
    return f"{page_id}@{created_at or UNKNOWN}"


def may_be_same(one: str, other: str) -> bool:
    """Whether two identities may be of one page: the same id, and one of the answers did not say when it was created."""
    (page_id, _, created_at), (other_id, _, other_created_at) = one.partition("@"), other.partition("@")
    return page_id == other_id and (
        created_at == other_created_at or UNKNOWN in {created_at, other_created_at}
    )
