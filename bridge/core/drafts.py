"""Drafts: incidents that wait for a person before they are opened, with everything frozen that would be told.

A draft is approved by the hash over its content, so that nobody approves what they have not read. Knows neither how a draft comes about nor how an approval arrives.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bridge.core.holds import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.desired import IncidentPlace
    from bridge.core.leaks import Leak
    from bridge.core.page import Page
    from bridge.core.rules import IncidentRule, IncidentRuleId
    from bridge.core.statuses import ComponentStatus, Impact, IncidentStatus

ID_DIGITS = 8
HASH_DIGITS = 12
"""Hexadecimal digits: short enough to be typed, and nobody hunts for a collision with a text of their own rules."""


class DraftState(StrEnum):
    """Where a draft stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    """It is told as soon as nothing else keeps it."""
    DISCARDED = "discarded"
    """A person wants no incident of this; remembered until the cause is gone."""
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    """There is nothing to tell of any more."""

    @property
    def kept(self) -> bool:
        """Whether anything is remembered of it."""
        return self not in {DraftState.PUBLISHED, DraftState.WITHDRAWN}


class DraftEvent(StrEnum):
    """What can happen to a draft."""

    CHANGED = "changed"
    """What would be told is something else now."""
    APPROVED = "approved"
    DISCARDED = "discarded"
    TOLD = "told"
    """By an approval, by `publish_after`, or because the automation was raised to full."""
    MOOT = "moot"
    """The cause recovered, a person tells of it, or the rule drafts nothing any more."""


DRAFT_TRANSITIONS: Mapping[tuple[DraftState, DraftEvent], DraftState] = {
    (DraftState.WAITING, DraftEvent.CHANGED): DraftState.WAITING,
    (DraftState.WAITING, DraftEvent.APPROVED): DraftState.APPROVED,
    (DraftState.WAITING, DraftEvent.DISCARDED): DraftState.DISCARDED,
    (DraftState.WAITING, DraftEvent.TOLD): DraftState.PUBLISHED,
    (DraftState.WAITING, DraftEvent.MOOT): DraftState.WITHDRAWN,
    (DraftState.APPROVED, DraftEvent.DISCARDED): DraftState.DISCARDED,
    (DraftState.APPROVED, DraftEvent.TOLD): DraftState.PUBLISHED,
    (DraftState.APPROVED, DraftEvent.MOOT): DraftState.WITHDRAWN,
    (DraftState.DISCARDED, DraftEvent.MOOT): DraftState.WITHDRAWN,
}
"""A pair that is not listed changes nothing: what was approved is told as it was approved."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be told, word for word.

    Attributes:
        title, body: as they go to the page.
        status: that it opens with.
        component_ids: the components that it lists.
        notify: whether subscribers are told, if the cap on notifications leaves room then.
        impact: how bad it is said to be.
        high_water: the worst status of the episode until now.
        withheld: kinds of what title and body would have shown and must not.
        sequence: the number of the transition up to which it tells.
    """

    title: str
    body: str
    status: IncidentStatus
    component_ids: tuple[str, ...]
    notify: bool
    impact: Impact
    high_water: ComponentStatus
    withheld: tuple[Leak, ...] = ()
    sequence: int = 1


@dataclass(frozen=True, slots=True)
class Draft:
    """An incident that waits.

    Attributes:
        page: the page's name in the settings.
        id: tells it from the others of its page, and from those of other episodes; eight hexadecimal digits.
        place: incident rule and group labels, by the names that the rule had when it was made.
        episode: which episode of the incident it would open.
        proposal: what it would tell.
        first_at: our clock; since when a draft of this episode waits. `publish_after` counts from here.
        made_at: our clock; since when it says what it says now.
        state: where it stands.
        by: who approved or discarded it; empty before.
    """

    page: str
    id: str
    place: IncidentPlace
    episode: int
    proposal: Proposal
    first_at: float
    made_at: float
    state: DraftState = DraftState.WAITING
    by: str = ""

    @property
    def hash(self) -> str:
        """What an approval names: 12 hexadecimal digits over everything that would be told."""
        return proposal_hash(self.episode, self.proposal)


def proposal_hash(episode: int, told: Proposal) -> str:
    """What tells one wording of an episode from another, in 12 hexadecimal digits."""
    return _digest(
        [
            episode,
            told.title,
            told.body,
            told.status,
            told.component_ids,
            told.notify,
            told.impact,
            told.high_water,
        ],
        HASH_DIGITS,
    )


def draft_id(page: str, place: IncidentPlace, episode: int) -> str:
    """What a draft is called, as long as its episode lasts."""
    return _digest([page, place[0], sorted(place[1].items()), episode], ID_DIGITS)


def _digest(told: list[object], digits: int) -> str:
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:digits]


def drafts_by_place(page: Page) -> dict[IncidentPlace, Draft]:
    """Each draft under the name that its rule has now. Cost: the drafts."""
    return {page.place_now(draft.place): draft for draft in page.drafts.values()}


def publication_at(draft: Draft, rule: IncidentRule) -> float:
    """When a draft that nobody approves is told by itself; infinity for never."""
    if draft.state is not DraftState.WAITING or rule.publish_after is None:
        return NEVER
    return draft.first_at + rule.publish_after


def goes_out(page: Page, draft: Draft, rule: IncidentRule, now: float) -> bool:
    """Whether a draft is to be told now: a person approved it, or it has waited long enough and everything that it covers is known.

    What keeps an incident from being opened, such as a maintenance or a person's own incident, keeps a draft as well.
    """
    if draft.state is DraftState.APPROVED:
        return True
    return now >= publication_at(draft, rule) and page.place_now(draft.place) not in page.desired.doubtful


def next_publication(page: Page, rules: Mapping[IncidentRuleId, IncidentRule], now: float) -> float:
    """The next instant at which a draft has waited long enough; infinity for none. Cost: the drafts."""
    known = ((draft, rules.get(page.place_now(draft.place)[0])) for draft in page.drafts.values())
    instants = (publication_at(draft, rule) for draft, rule in known if rule is not None)
    return min((at for at in instants if at > now), default=NEVER)
