"""What stands between what is wanted of a component and the page, each with when it ends by itself and how a person ends it. For explanations: reads a page and decides nothing.

Says the same as the plan, because it asks the same questions; knows no wording.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.blast import blast_of, capped
from bridge.core.commands import ConfirmedGuard, StandingKind
from bridge.core.component_plan import is_taken
from bridge.core.draft_waits import waiting_for_drafts
from bridge.core.drafts import DraftState, publication_at
from bridge.core.held import waiting
from bridge.core.holds import NEVER
from bridge.core.maintained import maintained_until
from bridge.core.maintenance import held_components, holds_until
from bridge.core.operations import component_target
from bridge.core.people import persons_incidents
from bridge.core.reasons import Reason
from bridge.core.statuses import Automation, ComponentStatus
from bridge.core.under_way import writes_under_way
from bridge.core.unread import unread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.commands import Standing
    from bridge.core.drafts import Draft
    from bridge.core.intents import Target
    from bridge.core.page import Page
    from bridge.core.rules import ComponentName, IncidentRule
    from bridge.core.state import State


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that stands in the way.

    Attributes:
        reason: what kind.
        about: what exactly: a draft's id, a status, another incident; empty where the kind says all.
        by: who did it; empty for nobody in particular.
        since: our clock; None where nobody remembers.
        until: our clock, when it ends by itself; None for never, or not known.
        remedy: the command by which a person ends it; empty for none.
    """

    reason: Reason
    about: str = ""
    by: str = ""
    since: float | None = None
    until: float | None = None
    remedy: str = ""


def page_obstacles(page: Page) -> Iterator[Obstacle]:
    """What keeps anything from being written to the page."""
    confirmed = {one.guard: one for one in waiting(page) if one.unwritten}
    if page.seen is not None and not page.identified:
        held = confirmed.get(ConfirmedGuard.PAGE_IDENTITY)
        yield Obstacle(Reason.ANOTHER_PAGE, page.seen.identity, remedy=held.command if held else "")
    elif missing := unread(page):
        yield Obstacle(Reason.READ_OBSERVED, missing)
    standing = page.standing.get((StandingKind.PAUSE, ""))
    if standing is not None:
        yield _told(Reason.PAUSED, standing, f"bridge resume --page {page.name}")
    if page.held_rules is not None:
        held = confirmed.get(ConfirmedGuard.RELOAD)
        yield Obstacle(Reason.RULES_HELD, page.held_rules.digest, remedy=held.command if held else "")
    if page.settings.automation_max is Automation.SHADOW:
        yield Obstacle(Reason.SHADOW, page.settings.automation_max)


def blast_obstacle(page: Page) -> Obstacle:
    """That what got worse is held together with too much else."""
    hold = blast_of(page.guards.values()).hold
    if hold is None:
        return Obstacle(Reason.BLAST_HELD)
    remedy = f"bridge confirm --page {page.name} {ConfirmedGuard.BLAST_RADIUS} {hold.id}"
    return Obstacle(Reason.BLAST_HELD, hold.id, since=hold.since, remedy=remedy)


def target_obstacles(page: Page, target: Target, now: float) -> Iterator[Obstacle]:
    """What keeps a request about a target from being made now: another one about it, or that the last one failed."""
    for one in writes_under_way(page, target):
        if one.failure is None:
            yield Obstacle(Reason.BUSY, one.operation, since=one.began_at)
        else:
            yield Obstacle(Reason.SETTLE_UNKNOWN, one.operation, since=one.began_at, until=one.settled_at)
    refused = page.refused.get(target)
    if refused is not None and refused.parked:
        yield Obstacle(Reason.PARKED, refused.reason)
    elif page.backed_off_until(target) > now:
        yield Obstacle(Reason.BACKED_OFF, until=page.backed_off_until(target))


def maintenance_obstacle(page: Page, component_ids: frozenset[str], now: float) -> Obstacle:
    """That these are under a maintenance, or a boundary of one is near."""
    ends = [
        one.ends_at - page.clock_offset
        for one in page.observed.maintenances.values()
        if one.active and not component_ids.isdisjoint(one.component_ids) and one.ends_at is not None
    ]
    until = max(ends, default=holds_until(page, now))
    return Obstacle(Reason.UNDER_MAINTENANCE, until=until if until < NEVER else None)


def persons_obstacle(page: Page, component_ids: frozenset[str]) -> Obstacle:
    """That a person tells of these in an incident of their own."""
    ids = (one.id for one in persons_incidents(page) if not component_ids.isdisjoint(one.component_ids))
    return Obstacle(Reason.YIELDED, ", ".join(ids))


def draft_obstacle(page: Page, draft: Draft | None, rule: IncidentRule | None) -> Obstacle:
    """That an incident waits for a person, or was discarded by one."""
    if draft is None:
        return Obstacle(Reason.DRAFTED)
    if draft.state is DraftState.DISCARDED:
        return Obstacle(Reason.DISCARDED, draft.id, draft.by, draft.made_at)
    at = publication_at(draft, rule) if rule is not None else NEVER
    remedy = f"bridge drafts approve {draft.id} --hash {draft.hash} --page {page.name}"
    return Obstacle(
        Reason.DRAFTED,
        draft.id,
        since=draft.first_at,
        until=at if at < NEVER else None,
        remedy=remedy if draft.state is DraftState.WAITING else "",
    )


def component_obstacles(
    state: State, page: Page, name: ComponentName, wanted: ComponentStatus, *, now: float
) -> Iterator[Obstacle]:
    """What stands between a component's rules and what it shows."""
    claimed = state.claimed.get(name, ComponentStatus.OPERATIONAL)
    if capped(claimed, state.memory.blast.caps.get(name)) is not claimed:
        yield blast_obstacle(page)
    if name in state.spared:
        until = maintained_until(page, now).get(name, NEVER)
        yield Obstacle(Reason.MAINTAINED, until=until if until < NEVER else None)
    yield from page_obstacles(page)
    component_id = page.component_id(name)
    if component_id is None:
        if page.observed.complete:
            yield Obstacle(Reason.UNBOUND, name)
        return
    yield from _peoples(page, component_id, now)
    yield from _shown_otherwise(page, component_id, wanted, now)
    yield from target_obstacles(page, component_target(component_id), now)


def _peoples(page: Page, component_id: str, now: float) -> Iterator[Obstacle]:
    """What operators and people did about a component."""
    observed = page.observed.components.get(component_id)
    called = observed.display_name if observed is not None else f"id:{component_id}"
    remedy = f'bridge override clear "{called}" --page {page.name}'
    for kind, reason in ((StandingKind.OVERRIDE, Reason.OVERRIDDEN), (StandingKind.YIELD, Reason.YIELDED)):
        standing = page.standing.get((kind, component_id))
        if standing is not None:
            yield _told(reason, standing, remedy)
    taken = page.taken.get(component_id)
    if taken is not None and is_taken(page, component_id, now):
        yield Obstacle(
            Reason.TAKEN, taken.status, "a person on the page", taken.since, taken.until, remedy=remedy
        )


def _shown_otherwise(
    page: Page, component_id: str, wanted: ComponentStatus, now: float
) -> Iterator[Obstacle]:
    """What keeps a component from getting worse, or better, than it shows."""
    observed = page.observed.components.get(component_id)
    if observed is None or observed.status is None or observed.status is wanted:
        return
    its = frozenset((component_id,))
    if wanted.severity > observed.status.severity:
        if not page.observed.maintained:
            yield Obstacle(Reason.READ_OBSERVED, "the maintenances")
        if component_id in held_components(page, now):
            yield maintenance_obstacle(page, its, now)
        if component_id in waiting_for_drafts(page, now):
            yield from _drafts(page, component_id)
    elif not persons_obstacle(page, its).about:
        if component_id in {page.component_id(one) for one in page.desired.held}:
            yield blast_obstacle(page)
    else:
        yield persons_obstacle(page, its)


def _drafts(page: Page, component_id: str) -> Iterator[Obstacle]:
    """The drafts for which a component waits."""
    rules = page.ruleset.incident_rules
    found = [
        draft_obstacle(page, draft, rules.get(page.place_now(draft.place)[0]))
        for draft in page.drafts.values()
        if component_id in draft.proposal.component_ids
    ]
    yield from found or [Obstacle(Reason.DRAFTED)]


def _told(reason: Reason, standing: Standing, remedy: str) -> Obstacle:
    """What an operator told."""
    issued = standing.issued
    return Obstacle(reason, standing.value, issued.by, issued.at, standing.until, remedy)
