"""Guards: what keeps a true rule from a false statement when something bigger is wrong. What they have to remember is kept here, one record for each subject.

The guards themselves stand in modules of their own: `bridge.core.health` (blindness), `bridge.core.blast`, `bridge.core.notifications`. Knows neither rules nor the wire.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class GuardKind(StrEnum):
    """What a record is of."""

    PAGE_IDENTITY = "page_identity"
    """Subject: empty; value: what the page was at the first start."""
    SOURCE = "source"
    """Of no page. Subject: a source; `at`: when it last succeeded; value: `never` if it did not, and `at` is since when it is listened to."""
    WORSENED = "worsened"
    """Subject: a component as rules name it; `at`: when its claims last got worse."""
    BLAST = "blast"
    """Subject: empty; value: the id of the hold, and `overdue` after it when its time is over; `at`: since when worsenings are held."""
    HELD = "held"
    """Subject: a component whose worsening is held; value: the status up to which it is shown, or empty when it was held and is no more; `at`: as in BLAST."""
    PAGE_SEEN = "page_seen"
    """Subject: empty; value: by which address and token the pinned page was last seen; `at`: when."""
    RULES = "rules"
    """Subject: empty; value: the digest of the rule files in force; `at`: since when."""
    NOTIFIED = "notified"
    """Subject: the operation that notified; `at`: when it was begun."""
    SILENCED = "silenced"
    """Subject: the key of an incident whose beginning was told silently because of the cap; value: the episode; `at`: when."""
    MAINTENANCE = "maintenance"
    """Subject: the id of a maintenance that is not over; value: what was read of it; `at`: when."""
    MAINTENANCE_TOLD = "maintenance_told"
    """Subject: the key of a maintenance of our own; value: what was told of it; `at`: when."""
    UNDER_BY_PAGE = "under_by_page"
    """Subject: the id of a component that shows a maintenance by the page's own doing; `at`: when that was read first. Whose doing it was cannot be read again."""
    MAINTAINED = "maintained"
    """Subject: the id of a component under maintenance; value: until when nothing begins to be claimed of it, or empty while the maintenance goes on; `at`: since when."""
    POSTMORTEM = "postmortem"
    """Subject: the key of an incident of which a draft is to be written when we have ended it; value: what was told of it; `at`: when last, or until when a write of the draft may be under way."""
    DRAFT_TOLD = "draft_told"
    """Subject: the id of a draft; value: the hashes of what the webhook took of it, the last one last; `at`: when."""
    MAINTENANCES_READ = "maintenances_read"
    """Subject: a list of maintenances; `at`: when the last complete reading of it began."""


@dataclass(frozen=True, slots=True)
class GuardRecord:
    """What a guard remembers across restarts.

    Attributes:
        page: the page's name in the settings; empty for what concerns all pages.
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
