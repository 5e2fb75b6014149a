"""Maintenance on the page: a person's announcement that a component may be disturbed for a while. Nothing is raised or opened there meanwhile; what was open may recover.

Maintenances are read and never written. Their times are the page's clock, which is ours plus `Page.clock_offset`. They are remembered across restarts, so that what the page does
where one begins or ends is not taken for a person's, and nothing has to wait for a reading. Knows no wire format.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.holds import NEVER
from bridge.core.observed import MAINTENANCES, Listing, ListKind

if TYPE_CHECKING:
    from bridge.core.page import Page

BOUNDARY = 60.0
"""Seconds around the times for which a maintenance is scheduled. In them the page changes its components by itself: a job of its own, seen 15 s late (statuspage-api.md, 3.7)."""

LOOK_AFTER = 45.0
"""Seconds after such a time at which the lists are read again: by then the page's job has run, and no list that lags is older."""

REMEMBERED_FOR = 300.0
"""Seconds beyond its boundaries for which a maintenance that no list shows any more is remembered."""

BELIEVED_FOR = 600.0
"""Seconds after which a reading of an earlier life is not believed any more; a crash loop would hardly come to read the lists in each of its lives."""

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A maintenance that is not completed, as last read.

    Attributes:
        id: Statuspage's id.
        active: whether it is in progress or being verified.
        component_ids: the components that it lists.
        begins_at, ends_at: the page's clock: for when it is scheduled; None where the page does not say.
        shown_by: the list that showed it last.
        gone_at: our clock; when that list did not show it any more. None while it does.
    """

    id: str
    active: bool
    component_ids: tuple[str, ...]
    begins_at: float | None
    ends_at: float | None
    shown_by: ListKind
    gone_at: float | None = None

    def boundaries(self, page: Page) -> tuple[float, ...]:
        """The times at which the page may change its components by itself, our clock."""
        return tuple(at - page.clock_offset for at in (self.begins_at, self.ends_at) if at is not None)

    def near(self, page: Page, begin: float, end: float, within: float = BOUNDARY) -> bool:
        """Whether a boundary is less than `within` seconds before or after something between these two instants of our clock."""
        return any(at - within <= end and begin < at + within for at in self.boundaries(page))


def held_components(page: Page, now: float) -> frozenset[str]:
    """The ids of components on which nothing is raised or opened now. Cost: the maintenances that are not over."""
    if not page.observed.maintenances:
        return NOTHING
    return frozenset(
        component_id
        for one in page.observed.maintenances.values()
        if one.active or one.near(page, now, now)
        for component_id in one.component_ids
    )


def holds_until(page: Page, now: float) -> float:
    """The next instant at which a component is held no more because a boundary has passed; infinity for none."""
    if not page.observed.maintenances:
        return NEVER
    ends = (at + BOUNDARY for one in page.observed.maintenances.values() for at in one.boundaries(page))
    return min((end for end in ends if end > now), default=NEVER)


def maintained_components(page: Page) -> frozenset[str]:
    """The ids of components under an active maintenance. Cost: the maintenances that are not over."""
    return frozenset(
        component_id
        for one in page.observed.maintenances.values()
        if one.active
        for component_id in one.component_ids
    )


def page_may_have_changed(page: Page, component_id: str, after: float, until: float) -> bool:
    """Whether a change of a component between these instants is the page's own: a maintenance began or ended there."""
    return any(
        component_id in one.component_ids and one.near(page, after, until)
        for one in page.observed.maintenances.values()
    )


def look_at(page: Page, kind: ListKind, read_at: float) -> float:
    """When a list that was last read at `read_at` has to be read again because a maintenance begins, ends, or has left the list of those to come; infinity for never.

    Or because ours cannot be announced before it is known that an empty store has announced none.
    """
    since = page.observed.maintenances_since
    if kind not in MAINTENANCES or not (page.observed.maintenances or page.ruleset.maintenances):
        return NEVER
    waits = [at + LOOK_AFTER for one in page.observed.maintenances.values() for at in one.boundaries(page)]
    if page.ruleset.maintenances and since is not None:
        waits.append(since + page.settings.lists_lag)
    if kind is ListKind.ACTIVE:
        # What is not scheduled any more has begun; a list that lags may show neither.
        waits += [
            at
            for one in page.observed.maintenances.values()
            if one.gone_at is not None and one.shown_by is ListKind.SCHEDULED
            for at in (one.gone_at, one.gone_at + page.settings.lists_lag)
        ]
    return min((at for at in waits if at > read_at), default=NEVER)


def is_over(page: Page, one: Maintenance, now: float) -> bool:
    """Whether nothing needs to be remembered of a maintenance that no list shows any more."""
    if one.gone_at is None:
        return False
    listings = page.observed.listings
    active_at = listings[ListKind.ACTIVE].complete_at
    components_at = listings[ListKind.COMPONENTS].complete_at
    looked_for = active_at is not None and active_at >= one.gone_at + page.settings.lists_lag
    # What the page did to its components is read after that, and may be for long.
    past = max((at for at in (one.gone_at, *one.boundaries(page)) if at <= now), default=one.gone_at)
    read = components_at is not None and components_at >= past + BOUNDARY
    return looked_for and read and not one.near(page, now, now, REMEMBERED_FOR)


def record_of(page: Page, one: Maintenance, now: float) -> GuardRecord:
    """A maintenance as it is stored."""
    value = {
        "active": one.active,
        "components": one.component_ids,
        "begins_at": one.begins_at,
        "ends_at": one.ends_at,
        "shown_by": one.shown_by,
        "gone_at": one.gone_at,
    }
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return GuardRecord(page.name, GuardKind.MAINTENANCE, one.id, now, text)


def recall(page: Page, now: float) -> None:
    """Take up what an earlier life read of maintenances. What it read long ago, or by a clock that was ahead, has to be read again before anything gets worse."""
    for record in page.guards.values():
        if record.kind is GuardKind.MAINTENANCE:
            page.observed.maintenances[record.subject] = _maintenance(record)
        elif record.kind is GuardKind.MAINTENANCES_READ:
            page.observed.maintenances_since = 0.0
        if record.kind is GuardKind.MAINTENANCES_READ and now - BELIEVED_FOR <= record.at <= now:
            page.observed.listings[ListKind(record.subject)] = Listing(complete_at=record.at)


def _maintenance(record: GuardRecord) -> Maintenance:
    value = json.loads(record.value)
    return Maintenance(
        record.subject,
        value["active"],
        tuple(value["components"]),
        value["begins_at"],
        value["ends_at"],
        ListKind(value["shown_by"]),
        value["gone_at"],
    )
