"""Which component statuses should be written, and why. Ownership is decided here: a person's value stands, and only what we wrote ourselves is ever lowered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.core.draft_waits import waiting_for_drafts
from bridge.core.maintained import left_under_maintenance
from bridge.core.maintenance import held_components
from bridge.core.operations import SetComponent, component_target
from bridge.core.people import Taken, persons_components
from bridge.core.reasons import Reason
from bridge.core.standing import given, overridden_before, overrides, stood_back
from bridge.core.statuses import ComponentStatus, worst

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.intents import Target
    from bridge.core.ledger import ComponentTold
    from bridge.core.observed import ObservedComponent
    from bridge.core.page import Page

FOREIGN_AFTER = 2
"""Reads in a row that must show a value before it is taken for a person's (design.md, "People win"): one read may be a stale list."""


@dataclass(frozen=True, slots=True)
class ComponentChange:
    """One status that should be written."""

    component_id: str
    status: ComponentStatus
    reason: Reason


def component_changes(page: Page, now: float) -> dict[str, ComponentChange]:
    """The component statuses to write now, by id. What is under way, unread or a person's is left out.

    A component that no rule names any more stays as it is: that its rules were taken away says nothing about it.
    """
    wanted = wanted_components(page)
    overridden = overrides(page)
    claimless = page.components_told.keys() - wanted.keys()
    kept = claimless - _lowerable(page) if claimless else claimless
    kept |= stood_back(page)
    busy, left = page.busy_targets(), left_under_maintenance(page) - stood_back(page)
    changes = {}
    for component_id in dict.fromkeys((*wanted, *page.components_told, *left)):
        if component_id in kept and component_id not in left:
            continue
        observed = page.observed.components.get(component_id)
        if observed is None or component_target(component_id) in busy or is_taken(page, component_id, now):
            continue
        reason = Reason.OVERRIDDEN if component_id in overridden else Reason.CLAIMED
        if component_id in left:
            after = wanted.get(component_id, ComponentStatus.OPERATIONAL)
            why = reason if component_id in wanted else Reason.CLAIM_ENDED
            changes[component_id] = ComponentChange(component_id, after, why)
            continue
        change = _change(page, wanted.get(component_id), observed, reason)
        if change is not None:
            changes[component_id] = change
    return _permitted(page, changes, now) if changes else changes


def _permitted(page: Page, changes: dict[str, ComponentChange], now: float) -> dict[str, ComponentChange]:
    """Those that need not wait for people: nothing gets worse under a maintenance or before its draft is told, and nothing better under a person's own incident.

    What an operator commands waits for neither.
    """
    held, persons = held_components(page, now) | waiting_for_drafts(page, now), persons_components(page)
    maintained = page.observed.maintained
    permitted = {}
    for component_id, change in changes.items():
        shown = page.observed.components[component_id].status
        if change.reason is Reason.OVERRIDDEN:
            waits = False
        elif shown is not None and change.status.severity < shown.severity:
            waits = component_id in persons
        else:
            waits = component_id in held or not maintained
        if not waits:
            permitted[component_id] = change
    return permitted


def without_held(page: Page, changes: dict[str, ComponentChange]) -> dict[str, ComponentChange]:
    """The changes without those by which rules would make a component better whose worsening a guard holds: they say that it is worse."""
    if not page.desired.not_made_better:
        return changes
    held = {page.component_id(name) for name in page.desired.not_made_better}
    return {
        component_id: change
        for component_id, change in changes.items()
        if component_id not in held or change.reason not in _BY_RULES or not _better(page, change)
    }


_BY_RULES = frozenset({Reason.CLAIMED, Reason.CLAIM_ENDED})


def _better(page: Page, change: ComponentChange) -> bool:
    shown = page.observed.components[change.component_id].status
    return shown is None or change.status.severity < shown.severity


def ended_yields(page: Page) -> Iterator[ComponentTold]:
    """Records of components that nobody claims any more and that no longer show what we wrote: ours has ended there.

    The next claim on such a component starts from what the page shows. Nothing is written for it now.
    """
    for observed, told in _claimless(page):
        over = observed.status is ComponentStatus.OPERATIONAL and _settled(page, observed, told)
        if over or is_foreign(page, observed, told):
            yield told


def eased_yields(page: Page) -> Iterator[ComponentTold]:
    """Records of such components that show operational, before it is known for a person's: as they become, so that the next claim is written all the same.

    What fires anew is not what a person acted on.
    """
    for observed, told in _claimless(page):
        if observed.status is ComponentStatus.OPERATIONAL and not told.explains(observed.status):
            yield replace(told, possible=(*told.possible, observed.status))


def _claimless(page: Page) -> Iterator[tuple[ObservedComponent, ComponentTold]]:
    """What we wrote and nobody claims any more, where nothing is under way, disputed or lost."""
    wanted, busy = wanted_components(page), page.busy_targets()
    for component_id, told in page.components_told.items():
        observed = page.observed.components.get(component_id)
        if component_id in wanted or observed is None or component_target(component_id) in busy:
            continue
        if told.unsettled_until is None and not observed.disputed:
            yield observed, told


def takings(page: Page, now: float) -> Iterator[Taken]:
    """Claimed components on which a person's value shows, as they are to be remembered: theirs from now on, whatever the page shows later.

    Of one that is theirs already, what they set it to since.
    """
    if not page.observed.complete:
        return  # an incident may be found yet that says it is ours
    # What operators overrode or handed back is theirs to decide, over what they saw.
    busy, overridden = page.busy_targets(), overrides(page)
    for component_id in wanted_components(page):
        observed = page.observed.components.get(component_id)
        if observed is None or observed.status is None or component_target(component_id) in busy:
            continue
        if component_id in overridden or observed.status is given(page, component_id):
            continue
        taken = page.taken.get(component_id)
        if taken is not None and observed.status is taken.status:
            continue
        if taken is not None and taken.stands(now):
            if observed.status is not ComponentStatus.UNDER_MAINTENANCE and not observed.page_own:
                yield replace(taken, status=observed.status)
        elif is_foreign(page, observed, page.components_told.get(component_id)):
            yield Taken(page.name, component_id, observed.status, now)


def ended_takings(page: Page) -> Iterator[Taken]:
    """Components that are a person's no more, because the claims on them have cleared. That its rules were taken away says nothing about a component."""
    if not page.taken or not page.evaluated or not page.observed.complete:
        return
    named = named_components(page)
    claimed = claimed_components(page)
    for component_id, taken in page.taken.items():
        if component_id in named and component_id not in claimed:
            yield taken


def moot_refusals(page: Page) -> Iterator[Target]:
    """Components whose refused status is not what is wanted any more. When it is wanted again, that is a new decision, and is sent."""
    wanted = wanted_components(page)
    for target, refused in page.refused.items():
        operation = refused.operation
        if (
            isinstance(operation, SetComponent)
            and wanted.get(operation.component_id, ComponentStatus.OPERATIONAL) is not operation.status
        ):
            yield target


def is_taken(page: Page, component_id: str, now: float) -> bool:
    """Whether a component is a person's, and nothing is written to it."""
    taken = page.taken.get(component_id)
    return taken is not None and taken.stands(now)


def yielded_components(page: Page, now: float) -> Iterator[str]:
    """The ids of claimed components on which a person's value stands."""
    for component_id, status in wanted_components(page).items():
        observed = page.observed.components.get(component_id)
        if observed is None:
            continue
        told = page.components_told.get(component_id)
        differs = observed.status not in {status, *_let(page, component_id)}
        if is_taken(page, component_id, now) or (differs and is_foreign(page, observed, told)):
            yield component_id


def wanted_components(page: Page) -> dict[str, ComponentStatus]:
    """What the page should show, by component id: the worst claim, or what an operator wants instead of all claims."""
    wanted: dict[str, ComponentStatus] = {}
    for name, status in page.desired.components.items():
        component_id = page.component_id(name)
        if component_id is not None:
            wanted[component_id] = worst((status, wanted.get(component_id, ComponentStatus.OPERATIONAL)))
    return wanted | overrides(page)


def claimed_components(page: Page) -> set[str]:
    """The ids of components that are claimed or overridden. What a guard holds is claimed as well."""
    held = {page.component_id(name) for name in page.desired.held}
    return {*wanted_components(page), *(component_id for component_id in held if component_id is not None)}


def named_components(page: Page) -> set[str]:
    """The ids of components that rules name."""
    return {
        component_id
        for name in page.ruleset.component_names
        if (component_id := page.component_id(name)) is not None
    }


def _lowerable(page: Page) -> set[str]:
    """Components that rules name, or an override wrote, and whose claims are not merely unproven."""
    return (named_components(page) | overridden_before(page)) - _unproven(page)


def _unproven(page: Page) -> set[str]:
    """Components of incidents that an empty store found on the page: that nobody claims them yet proves nothing."""
    return {
        component_id
        for memory in page.desired.incidents.values()
        if memory.unproven_until is not None
        for name in memory.components
        if (component_id := page.component_id(name)) is not None
    }


def _change(
    page: Page, wanted: ComponentStatus | None, observed: ObservedComponent, reason: Reason
) -> ComponentChange | None:
    told = page.components_told.get(observed.id)
    if observed.status is wanted or observed.status is ComponentStatus.UNDER_MAINTENANCE:
        return None  # while a maintenance is on, the component is the page's own
    if observed.disputed or not _looked(observed, told):
        return None
    if wanted is not None:
        # What an operator commanded goes over what they saw, and over nothing that a person set since.
        nobodys = told is None and (_nobodys(observed) if reason is Reason.CLAIMED else observed.page_own)
        writable = nobodys or _ours(observed, told) or observed.status in _let(page, observed.id)
        return ComponentChange(observed.id, wanted, reason) if writable else None
    if observed.status is ComponentStatus.OPERATIONAL or not _ours(observed, told):
        return None
    return ComponentChange(observed.id, ComponentStatus.OPERATIONAL, Reason.CLAIM_ENDED)


def _ours(observed: ObservedComponent, told: ComponentTold | None) -> bool:
    """Whether the shown value is our own doing."""
    return told is not None and told.explains(observed.status)


def _nobodys(observed: ObservedComponent) -> bool:
    """Whether no person set the shown value, as far as it can be told of a component to which we wrote nothing."""
    return observed.status is ComponentStatus.OPERATIONAL or observed.page_own


def _let(page: Page, component_id: str) -> set[ComponentStatus]:
    """The values of persons that may be written over: what an operator handed back, and what has stood until its time."""
    taken = page.taken.get(component_id)
    return {
        one
        for one in (given(page, component_id), taken.status if taken is not None else None)
        if one is not None
    }


def _looked(observed: ObservedComponent, told: ComponentTold | None) -> bool:
    """Whether what shows is known: after a lost write only a reading begun later counts, for in between a person may have been there."""
    return told is None or told.unsettled_until is None or observed.read_at >= told.told_at


def is_foreign(page: Page, observed: ObservedComponent, told: ComponentTold | None) -> bool:
    """Whether the shown value is a person's: a settled component shows it in two reads, and no write of ours in the last 2·S explains it.

    Where nothing of ours is remembered, one read will do that is not older than a write of ours may be. What a maintenance does to its components is the page's own.
    """
    if observed.status is ComponentStatus.UNDER_MAINTENANCE or observed.page_own:
        return False
    if told is None:
        sure = observed.read_at >= observed.doubtful_until
        return observed.status is not ComponentStatus.OPERATIONAL and sure
    return not told.explains(observed.status) and _settled(page, observed, told)


def is_superseded(page: Page, component_id: str) -> bool:
    """Whether the last reading shows something else than we told, later than 2·S after it and with nothing lost or under way.

    One reading may be a stale list. It is enough where an operator, who looks at the page, decides about the component on it.
    """
    told, observed = page.components_told.get(component_id), page.observed.components.get(component_id)
    if told is None or observed is None or told.explains(observed.status) or told.unsettled_until is not None:
        return False
    later = observed.read_at > told.told_at + 2 * page.settings.settle_for
    return later and not observed.disputed and component_target(component_id) not in page.busy_targets()


def _settled(page: Page, observed: ObservedComponent, told: ComponentTold) -> bool:
    """Whether no write of ours can be why the component shows what it shows."""
    if told.unsettled_until is not None or observed.reads < FOREIGN_AFTER:
        return False
    return observed.read_at > told.told_at + 2 * page.settings.settle_for
