"""Putting in force what was decided about people and commands: a page as it is known follows what is committed. Decides nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.commands import StandingKind

if TYPE_CHECKING:
    from bridge.core.changes import Changes
    from bridge.core.page import Page


def enforce(page: Page, changes: Changes) -> None:
    """Enter what stands, what was told, whose a component is and what guards remember of it. What else the changes hold is for whoever made them."""
    page.guards.update({record.key: record for record in changes.guards})
    for _, kind, subject in changes.standing_gone:
        page.standing.pop((kind, subject), None)
    for standing in changes.standing:
        page.standing[standing.key] = standing
        if standing.kind is StandingKind.RELEASE:
            _let_go(page, standing.subject)
    for _, component_id in changes.taken_gone:
        page.taken.pop(component_id, None)
    for taken in changes.taken:
        page.taken[taken.component_id] = taken
    for _, component_id in changes.components_told_gone:
        page.components_told.pop(component_id, None)
    for key in changes.incidents_told_gone:
        page.incidents_told.pop(key, None)
    for told in changes.incidents_told:
        page.incidents_told[told.key] = told
        # What was counted against it was counted before a person spoke.
        for counted in (page.missing, page.suspect, page.left_at):
            counted.pop(told.key, None)


def _let_go(page: Page, incident_id: str) -> None:
    """From now on it is as a person's own."""
    page.twins.pop(incident_id, None)
    observed = page.observed.incidents.get(incident_id)
    if observed is not None:
        page.observed.incidents[incident_id] = replace(observed, key=None, operation=None)
