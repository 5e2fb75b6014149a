"""What people do on the page, and what the bridge leaves to them because of it (design.md, "People win").

Whose a component's value is, `bridge.core.component_plan` decides; here stand what is remembered of it, persons' own incidents, and incidents of ours that wait for a person.
Knows what was observed and told; sends and stores nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.core.incidents import IncidentPhase
from bridge.core.regrouping import telling_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.desired import IncidentPlace
    from bridge.core.incidents import IncidentKey
    from bridge.core.ledger import IncidentTold
    from bridge.core.observed import ObservedIncident
    from bridge.core.page import Page
    from bridge.core.statuses import ComponentStatus, IncidentStatus


BEFORE_ALL = 0
"""The number of a transition that is earlier than each of an episode."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A component whose value a person set on the page: it is theirs until its claims clear, `until` comes, or it is handed back.

    Attributes:
        page: the page's name in the settings.
        component_id: Statuspage's id.
        status: what they set it to last, as far as it was read.
        since: our clock, when it was noticed.
        until: our clock; None for no end of its own. From then on a claim is written over `status`, and over no other value.
    """

    page: str
    component_id: str
    status: ComponentStatus
    since: float
    until: float | None = None

    def stands(self, now: float) -> bool:
        """Whether nothing may be written to it."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Orphan:
    """An open incident of ours that no rule tells of: its rule was removed or renamed or groups otherwise now, or an empty store cannot know its group yet.

    Attributes:
        incident_id: Statuspage's id.
        key: our identity in it.
        status: as it was read or told last.
        component_ids: the components that it lists.
        place: rule and group by which it was told; None where nothing remembers them.
    """

    incident_id: str
    key: IncidentKey
    status: IncidentStatus
    component_ids: tuple[str, ...]
    place: IncidentPlace | None


def persons_incidents(page: Page) -> Iterator[ObservedIncident]:
    """Open incidents that are not ours, as far as can be told. A maintenance announces; it tells of no outage."""
    return (one for one in page.observed.incidents.values() if one.key is None and one.live)


def persons_components(page: Page) -> frozenset[str]:
    """The ids of components of which a person tells in an incident of their own. Cost: the unresolved incidents."""
    return frozenset(component_id for one in persons_incidents(page) for component_id in one.component_ids)


def others_components(page: Page, incident_id: str) -> frozenset[str]:
    """The ids of components that another unresolved incident than this one lists, whoever's it is."""
    return frozenset(
        component_id
        for one in page.observed.incidents.values()
        if one.live and one.id != incident_id
        for component_id in one.component_ids
    )


def left_open(page: Page) -> Iterator[IncidentTold]:
    """Incidents of ours that were left to a person, and whose cause is gone: nobody but they will resolve them."""
    for told in page.incidents_told.values():
        if told.open and told.yielded:
            memory = page.desired.incidents.get(page.place_now(told.place))
            if memory is not None and memory.phase is IncidentPhase.CLOSED:
                yield told


def cleared_yields(page: Page) -> Iterator[IncidentTold]:
    """Incidents that a person ended, and that go on only for what they absorbed, or what may not be claimed: as they become, so that what fires there anew is told.

    Cost: the incidents that go on so.
    """
    for place in page.desired.unclaimed:
        told, memory = page.incidents_told.get(page.key(place)), page.desired.incidents.get(place)
        if told is None or told.open or not told.yielded or memory is None:
            continue
        if told.episode == memory.episode and told.sequence > BEFORE_ALL:
            yield replace(told, sequence=BEFORE_ALL)


def orphaned_components(page: Page) -> frozenset[str]:
    """The ids of components of which an open incident tells whose rule was removed or renamed, or groups otherwise: another one beside it would tell readers the same twice.

    One whose group an empty store cannot know yet does not count: it is another group's.
    """
    return frozenset(
        component_id for one in orphans(page) if one.place is not None for component_id in one.component_ids
    )


def _beside(page: Page, key: IncidentKey, place: IncidentPlace) -> bool:
    """Whether a place goes on by another identity than this one, which is open: two can only be there where a rule had another id before."""
    if place[0] not in page.ruleset.incident_names:
        return False
    goes_on = page.incidents_told.get(page.key(place))
    return goes_on is not None and goes_on.open and goes_on.key != key


def orphans(page: Page) -> Iterator[Orphan]:
    """Open incidents of ours without a rule. They are left as they are until an operator adopts or releases them. Cost: incidents told and unresolved."""
    rules = {rule.id: rule for rule in page.ruleset.incidents}
    # What carries a former identity of a rule that goes on by another one is not told of by that rule.
    known, told_in = {key for key, place in page.places().items() if not _beside(page, key, place)}, set()
    for told in page.incidents_told.values():
        known.add(told.key)
        told_in.add(
            told.incident_id
        )  # one that was adopted by another rule may carry its former identity yet
        place = page.place_now(told.place)
        telling = telling_rule(rules, place, page.desired.incidents.get(place))
        if told.open and (telling is None or _beside(page, told.key, place)):
            yield Orphan(told.incident_id, told.key, told.status, told.component_ids, told.place)
    for one in page.observed.incidents.values():
        if one.key is None or one.key in known or one.id in told_in:
            continue
        if one.status is not None and one.live:
            yield Orphan(one.id, one.key, one.status, one.component_ids, None)
