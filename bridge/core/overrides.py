"""How an override and a hand-back end on the page: by being written, by a person who changes the component afterwards, by a claim that is gone.

What an operator saw when they commanded may be written over, whoever set it; what somebody sets after that is theirs. Sends and stores nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.changes import Changes
from bridge.core.commands import Standing, StandingKind
from bridge.core.component_plan import FOREIGN_AFTER, claimed_components, is_foreign, named_components
from bridge.core.operations import component_target
from bridge.core.people import Taken
from bridge.core.reasons import Reason
from bridge.core.standing import end_override, ended_entry, given
from bridge.core.statuses import ComponentStatus

if TYPE_CHECKING:
    from bridge.core.observed import ObservedComponent
    from bridge.core.page import Page


def after_reading(page: Page, now: float) -> Changes:
    """What a reading of the components, or an answer, says about overrides and what was given with them: to be committed and enforced."""
    changes = spent(page)
    for standing in page.standing.values():
        if standing.kind is not StandingKind.OVERRIDE:
            continue
        observed = page.observed.components.get(standing.subject)
        if observed is None:
            continue
        if observed.status is ComponentStatus.UNDER_MAINTENANCE:
            # What the page itself sets at its end is no person's.
            if given(page, standing.subject) is not ComponentStatus.OPERATIONAL:
                changes.standing.append(give(page, standing, ComponentStatus.OPERATIONAL))
        elif _overruled(page, standing, observed):
            end_override(page, standing, changes, overruled=True)
            changes.journal.append(ended_entry(standing, Reason.YIELDED, now))
            if observed.status is not None and standing.subject in named_components(page):
                changes.taken.append(Taken(page.name, standing.subject, observed.status, now))
    return changes


def spent(page: Page) -> Changes:
    """What was given and is used up, and the traces of overrides that nothing shows any more."""
    changes = Changes()
    if not page.standing:
        return changes
    claimed = claimed_components(page)
    for standing in page.standing.values():
        if _spent(page, standing, claimed):
            changes.standing_gone.append((page.name, *standing.key))
    return changes


def give(page: Page, standing: Standing, status: ComponentStatus) -> Standing:
    """That a status may be written over, because of what stands."""
    return Standing(page.name, StandingKind.GIVEN, standing.subject, status, None, standing.issued)


def _spent(page: Page, standing: Standing, claimed: set[str]) -> bool:
    component_id = standing.subject
    if standing.kind is StandingKind.ENDED:
        if page.busy(component_target(component_id)):
            return False
        told = page.components_told.get(component_id)
        return told is None or told.status != standing.value
    observed = page.observed.components.get(component_id)
    if standing.kind is not StandingKind.GIVEN or observed is None:
        return False
    if component_id not in claimed:
        return page.held_rules is None  # what rules claim that are not in force says nothing
    told = page.components_told.get(component_id)
    if told is not None and told.unsettled_until is not None:
        return False  # a lost write of ours may bring it back
    shows_else = observed.status not in {standing.value, ComponentStatus.UNDER_MAINTENANCE}
    return shows_else and observed.read_at > standing.issued.at


def _overruled(page: Page, standing: Standing, observed: ObservedComponent) -> bool:
    """Whether somebody changed the component since the command."""
    component_id = standing.subject
    if observed.status in {None, standing.value, given(page, component_id)}:
        return False
    if observed.page_own or component_target(component_id) in page.busy_targets():
        return False
    told = page.components_told.get(component_id)
    if told is not None:
        return is_foreign(page, observed, told)
    return observed.reads >= FOREIGN_AFTER and observed.read_at > standing.issued.at
