"""Which component statuses should be written, and why. Ownership is decided here: a person's value stands, and only what we wrote ourselves is ever lowered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.operations import SetComponent, component_target
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


def component_changes(page: Page) -> dict[str, ComponentChange]:
    """The component statuses to write now, by id. What is under way, unread or a person's is left out.

    A component that no rule names any more stays as it is: that its rules were taken away says nothing about it.
    """
    wanted = wanted_components(page)
    overridden = overrides(page)
    claimless = page.components_told.keys() - wanted.keys()
    kept = claimless - _lowerable(page) if claimless else claimless
    kept |= stood_back(page)
    busy = page.busy_targets()
    changes = {}
    for component_id in dict.fromkeys((*wanted, *page.components_told)):
        if component_id in kept:
            continue
        observed = page.observed.components.get(component_id)
        if observed is None or component_target(component_id) in busy:
            continue
        reason = Reason.OVERRIDDEN if component_id in overridden else Reason.CLAIMED
        told = page.components_told.get(component_id)
        change = _change(
            wanted.get(component_id), observed, told, given=given(page, component_id), reason=reason
        )
        if change is not None:
            changes[component_id] = change
    return changes


def without_held(page: Page, changes: dict[str, ComponentChange]) -> dict[str, ComponentChange]:
    """The changes without those by which rules would make a component better whose worsening a guard holds: they say that it is worse."""
    if not page.desired.held:
        return changes
    held = {page.component_id(name) for name in page.desired.held}
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
    wanted, busy = wanted_components(page), page.busy_targets()
    for component_id, told in page.components_told.items():
        observed = page.observed.components.get(component_id)
        if component_id in wanted or observed is None or component_target(component_id) in busy:
            continue
        if told.unsettled_until is None and is_foreign(page, observed, told):
            yield told


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


def yielded_components(page: Page) -> Iterator[str]:
    """The ids of claimed components on which a person's value stands."""
    for component_id, status in wanted_components(page).items():
        observed = page.observed.components.get(component_id)
        told = page.components_told.get(component_id)
        if observed is not None and observed.status is not status and is_foreign(page, observed, told):
            yield component_id


def wanted_components(page: Page) -> dict[str, ComponentStatus]:
    """What the page should show, by component id: the worst claim, or what an operator wants instead of all claims."""
    wanted: dict[str, ComponentStatus] = {}
    for name, status in page.desired.components.items():
        component_id = page.component_id(name)
        if component_id is not None:
            wanted[component_id] = worst((status, wanted.get(component_id, ComponentStatus.OPERATIONAL)))
    return wanted | overrides(page)


def _lowerable(page: Page) -> set[str]:
    """Components that rules name, or an override wrote, and whose claims are not merely unproven."""
    named = {
        component_id
        for name in page.ruleset.component_names
        if (component_id := page.component_id(name)) is not None
    }
    return (named | overridden_before(page)) - _unproven(page)


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
    *,
    given: ComponentStatus | None,
    reason: Reason,
) -> ComponentChange | None:
    if observed.status is wanted or observed.status is ComponentStatus.UNDER_MAINTENANCE:
        return None  # while a maintenance is on, the component is the page's own
    if observed.disputed or not _looked(observed, told):
        return None
    if wanted is not None:
        # What an operator commanded goes over what they saw, and over nothing that was set since.
        nobodys = reason is Reason.CLAIMED and told is None and observed.status is ComponentStatus.OPERATIONAL
        writable = nobodys or _ours(observed, told) or (given is not None and observed.status is given)
        return ComponentChange(observed.id, wanted, reason) if writable else None
    if observed.status is ComponentStatus.OPERATIONAL or not _ours(observed, told):
        return None
    return ComponentChange(observed.id, ComponentStatus.OPERATIONAL, Reason.CLAIM_ENDED)


def _ours(observed: ObservedComponent, told: ComponentTold | None) -> bool:
    """Whether the shown value is our own doing."""
    return told is not None and told.explains(observed.status)


def _looked(observed: ObservedComponent, told: ComponentTold | None) -> bool:
    """Whether what shows is known: after a lost write only a reading begun later counts, for in between a person may have been there."""
    return told is None or told.unsettled_until is None or observed.read_at >= told.told_at


def is_foreign(page: Page, observed: ObservedComponent, told: ComponentTold | None) -> bool:
    """Whether the shown value is a person's: a settled component shows it in two reads, and no write of ours in the last 2·S explains it."""
    if told is None:
        return observed.status is not ComponentStatus.OPERATIONAL
    if told.explains(observed.status) or told.unsettled_until is not None or observed.reads < FOREIGN_AFTER:
        return False
    return observed.read_at > told.told_at + 2 * page.settings.settle_for
