"""Which component statuses should be written, and why. Ownership is decided here: a person's value stands, and only what we wrote ourselves is ever lowered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.core.maintenance import held_components
from bridge.core.operations import SetComponent, component_target
from bridge.core.people import Taken, persons_components
from bridge.core.reasons import Reason
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
    wanted = _wanted(page)
    claimless = page.components_told.keys() - wanted.keys()
    kept = claimless - _lowerable(page) if claimless else claimless
    busy = page.busy_targets()
    changes = {}
    for component_id in dict.fromkeys((*wanted, *page.components_told)):
        if component_id in kept:
            continue
        observed = page.observed.components.get(component_id)
        if observed is None or component_target(component_id) in busy:
            continue
        taken = page.taken.get(component_id)
        if taken is not None and taken.stands(now):
            continue
        told = page.components_told.get(component_id)
        change = _change(wanted.get(component_id), observed, told, taken)
        if change is not None:
            changes[component_id] = change
    return _permitted(page, changes, now) if changes else changes


def _permitted(page: Page, changes: dict[str, ComponentChange], now: float) -> dict[str, ComponentChange]:
    """Those that need not wait for what people announce: nothing gets worse under a maintenance, and nothing better under a person's own incident."""
    held, persons = held_components(page, now), persons_components(page)
    maintained = page.observed.maintained
    permitted = {}
    for component_id, change in changes.items():
        shown = page.observed.components[component_id].status
        if shown is not None and change.status.severity < shown.severity:
            waits = component_id in persons
        else:
            waits = component_id in held or not maintained
        if not waits:
            permitted[component_id] = change
    return permitted


def ended_yields(page: Page) -> Iterator[ComponentTold]:
    """Records of components that nobody claims any more and that no longer show what we wrote: ours has ended there.

    The next claim on such a component starts from what the page shows. Nothing is written for it now.
    """
    for observed, told in _claimless(page):
        over = observed.status is ComponentStatus.OPERATIONAL and _settled(page, observed, told)
        if over or _foreign(page, observed, told):
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
    wanted, busy = _wanted(page), page.busy_targets()
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
    busy = page.busy_targets()
    for component_id in _wanted(page):
        observed = page.observed.components.get(component_id)
        if observed is None or observed.status is None or component_target(component_id) in busy:
            continue
        taken = page.taken.get(component_id)
        if taken is not None and observed.status is taken.status:
            continue
        if taken is not None and taken.stands(now):
            if observed.status is not ComponentStatus.UNDER_MAINTENANCE and not observed.page_own:
                yield replace(taken, status=observed.status)
        elif _foreign(page, observed, page.components_told.get(component_id)):
            yield Taken(page.name, component_id, observed.status, now)


def ended_takings(page: Page, now: float) -> Iterator[Taken]:
    """Components that are a person's no more, because the claims on them have cleared. One that was handed back is remembered for as long as it shows their value."""
    if not page.evaluated or not page.observed.complete:
        return
    wanted = _wanted(page)
    for component_id, taken in page.taken.items():
        observed = page.observed.components.get(component_id)
        if component_id in wanted or observed is None:
            continue
        if taken.stands(now) or observed.status is not taken.status:
            yield taken


def moot_refusals(page: Page) -> Iterator[Target]:
    """Components whose refused status is not what is wanted any more. When it is wanted again, that is a new decision, and is sent."""
    wanted = _wanted(page)
    for target, refused in page.refused.items():
        operation = refused.operation
        if (
            isinstance(operation, SetComponent)
            and wanted.get(operation.component_id, ComponentStatus.OPERATIONAL) is not operation.status
        ):
            yield target


def yielded_components(page: Page, now: float) -> Iterator[str]:
    """The ids of claimed components on which a person's value stands."""
    for component_id, status in _wanted(page).items():
        observed, taken = page.observed.components.get(component_id), page.taken.get(component_id)
        if observed is None:
            continue
        given = taken is not None and not taken.stands(now) and observed.status is taken.status
        differs = observed.status is not status and not given
        foreign = differs and _foreign(page, observed, page.components_told.get(component_id))
        if foreign or (taken is not None and taken.stands(now)):
            yield component_id


def _wanted(page: Page) -> dict[str, ComponentStatus]:
    wanted: dict[str, ComponentStatus] = {}
    for name, status in page.desired.components.items():
        component_id = page.component_id(name)
        if component_id is not None:
            wanted[component_id] = worst((status, wanted.get(component_id, ComponentStatus.OPERATIONAL)))
    return wanted


def _lowerable(page: Page) -> set[str]:
    """Components that rules name and whose claims are not merely unproven."""
    return {
        component_id
        for name in page.ruleset.component_names
        if (component_id := page.component_id(name)) is not None
    } - _unproven(page)


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
    wanted: ComponentStatus | None,
    observed: ObservedComponent,
    told: ComponentTold | None,
    taken: Taken | None,
) -> ComponentChange | None:
    if observed.status is wanted or observed.status is ComponentStatus.UNDER_MAINTENANCE:
        return None  # while a maintenance is on, the component is the page's own
    if observed.disputed:
        return None
    if wanted is not None:
        ours = _ours(observed, told) if told is not None else _nobodys(observed, taken)
        return ComponentChange(observed.id, wanted, Reason.CLAIMED) if ours else None
    if told is None or observed.status is ComponentStatus.OPERATIONAL or not _ours(observed, told):
        return None
    return ComponentChange(observed.id, ComponentStatus.OPERATIONAL, Reason.CLAIM_ENDED)


def _ours(observed: ObservedComponent, told: ComponentTold) -> bool:
    """Whether the shown value is our own doing.

    After a lost write only a reading begun later counts: in between a person may have been there.
    """
    if told.unsettled_until is not None and observed.read_at < told.told_at:
        return False
    return told.explains(observed.status)


def _nobodys(observed: ObservedComponent, taken: Taken | None) -> bool:
    """Whether the value of a component to which we wrote nothing is one that a claim may be written over: no person set it, or they have handed it back."""
    given = taken is not None and observed.status is taken.status
    return observed.status is ComponentStatus.OPERATIONAL or observed.page_own or given


def _foreign(page: Page, observed: ObservedComponent, told: ComponentTold | None) -> bool:
    """Whether the shown value is a person's: a settled component shows it in two reads, and no write of ours in the last 2·S explains it.

    Where nothing of ours is remembered, one read will do that is not older than a write of ours may be. What a maintenance does to its components is the page's own.
    """
    if observed.status is ComponentStatus.UNDER_MAINTENANCE or observed.page_own:
        return False
    if told is None:
        sure = observed.read_at >= observed.doubtful_until
        return observed.status is not ComponentStatus.OPERATIONAL and sure
    return not told.explains(observed.status) and _settled(page, observed, told)


def _settled(page: Page, observed: ObservedComponent, told: ComponentTold) -> bool:
    """Whether no write of ours can be why the component shows what it shows."""
    if told.unsettled_until is not None or observed.reads < FOREIGN_AFTER:
        return False
    return observed.read_at > told.told_at + 2 * page.settings.settle_for
