"""Putting in force what was decided about people and commands: a page as it is known follows what is committed. Decides nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from bridge.core.changes import Changes
from bridge.core.commands import StandingKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.core.page import Page

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def enforce(page: Page, changes: Changes) -> None:
    """Enter what stands, what was told, whose a component is and what guards remember of it. What else the changes hold is for whoever made them."""
    page.guards.update({record.key: record for record in changes.guards})
    for _, kind, subject in changes.standing_gone:
        page.standing.pop((kind, subject), None)
    for standing in changes.standing:
        page.standing[standing.key] = standing
        if standing.kind is StandingKind.RELEASE:
            _let_go(page, standing.subject)
    _enter_drafts(page, changes)
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


def _enter_drafts(page: Page, changes: Changes) -> None:
    for _, draft_id in changes.drafts_gone:
        page.drafts.pop(draft_id, None)
    page.drafts.update({draft.id: draft for draft in changes.drafts})


def in_force(page: Page, changes: Changes) -> Changes:
    """All that these changes would put or delete, as it is in force now: for what was committed and then was not enforced."""
    name = page.name
    standing, no_standing = _as_known(
        page.standing, [one.key for one in changes.standing], [one[1:] for one in changes.standing_gone]
    )
    taken, not_taken = _as_known(
        page.taken, [one.component_id for one in changes.taken], [one for _, one in changes.taken_gone]
    )
    components, _ = _as_known(page.components_told, [one for _, one in changes.components_told_gone])
    incidents, no_incidents = _as_known(
        page.incidents_told, [told.key for told in changes.incidents_told], changes.incidents_told_gone
    )
    drafts, no_drafts = _as_known(page.drafts, [draft.id for draft in changes.drafts])
    guards, no_guards = _as_known(page.guards, [record.key for record in changes.guards])
    return Changes(
        standing=standing,
        standing_gone=[(name, *key) for key in no_standing],
        taken=taken,
        taken_gone=[(name, one) for one in not_taken],
        components_told=components,
        incidents_told=incidents,
        incidents_told_gone=no_incidents,
        drafts=drafts,
        drafts_gone=[(name, one) for one in no_drafts],
        guards=guards,
        guards_gone=[(name, *key) for key in no_guards],
    )


def _as_known(known: Mapping[_Key, _Value], *keys: Iterable[_Key]) -> tuple[list[_Value], list[_Key]]:
    """What is known under these keys, and those under which nothing is."""
    every = dict.fromkeys(key for some in keys for key in some)
    return [known[key] for key in every if key in known], [key for key in every if key not in known]


def _let_go(page: Page, incident_id: str) -> None:
    """From now on it is as a person's own."""
    page.twins.pop(incident_id, None)
    observed = page.observed.incidents.get(incident_id)
    if observed is not None:
        page.observed.incidents[incident_id] = replace(observed, key=None, operation=None)
