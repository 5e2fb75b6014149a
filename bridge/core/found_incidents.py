"""Incidents on the page that carry our identity and that the ledger does not have: the store was lost, or a twin was left open.

Knows what the page shows of them, and nothing of what should be told next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.ledger import IncidentTold
from bridge.core.statuses import ComponentStatus

if TYPE_CHECKING:
    from bridge.core.desired import IncidentPlace
    from bridge.core.page import Page

CREATED_WITHIN = 60.0
"""Seconds by which the page's clock may be behind when it dates an incident's creation."""


def found_incident(page: Page, place: IncidentPlace) -> IncidentTold | None:
    """The eldest live incident with our identity that the ledger does not have: the store was lost and the group's labels were only learned now, or a twin was left open.

    What a twin was left with belongs to an episode that is told elsewhere: of the next one nobody was told in it.
    """
    key = page.key(place)
    known = page.incidents_told.get(key)
    candidates = [
        observed
        for observed in page.observed.incidents.values()
        if observed.key == key and observed.live and (known is None or observed.id != known.incident_id)
    ]
    for observed in sorted(candidates, key=lambda one: (one.created_at, one.id)):
        if observed.status is not None and observed.operation is not None:
            return IncidentTold(
                page.name,
                place,
                key,
                observed.id,
                observed.episode,
                observed.sequence,
                observed.status,
                ComponentStatus.MAJOR_OUTAGE,
                observed.component_ids,
                observed.operation,
                observed.seen_at,
                observed.update_id,
                yielded=spoken_in(
                    page,
                    episode=observed.episode,
                    sequence=observed.sequence,
                    created_at=observed.created_at,
                    updates=observed.updates,
                ),
                announced=observed.announced and known is None,
                identified_at=observed.identified_at,
            )
    return None


def spoken_in(page: Page, *, episode: int, sequence: int, created_at: float, updates: int) -> bool:
    """Whether somebody else has written in an incident of ours that nothing remembers: it has more updates than we had transitions to tell.

    That can be said of the episode that created it alone; a later one that goes on in it counts its transitions anew.
    """
    created_by_it = episode / 1000 + page.clock_offset <= created_at + CREATED_WITHIN
    return created_by_it and updates > sequence + int(page.settings.create_silently)
