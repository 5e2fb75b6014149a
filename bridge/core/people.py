"""What people do on the page, and what the bridge leaves to them because of it (design.md, "People win").

Knows what was observed and told; sends and stores nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.core.statuses import ComponentStatus


@dataclass(frozen=True, slots=True)
class Taken:
    """A component whose value a person set on the page: it is theirs until its claims clear, `until` comes, or it is handed back.

    Attributes:
        page: the page's name in the settings.
        component_id: Statuspage's id.
        status: what they set it to last, as far as it was read.
        since: our clock, when it was noticed.
        until: our clock; None for no end of its own.
    """

    page: str
    component_id: str
    status: ComponentStatus
    since: float
    until: float | None = None
