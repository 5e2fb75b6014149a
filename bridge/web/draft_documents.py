"""Drafts as JSON, for people who are to approve them: everything that would be told, word for word.

Must not know how a draft is approved beyond naming the command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridge.core.draft_notices import public_group
from bridge.core.drafts import DraftState, publication_at
from bridge.core.holds import NEVER
from bridge.web.instants import instant

if TYPE_CHECKING:
    from bridge.core.drafts import Draft
    from bridge.core.page import Page
    from bridge.core.rules import IncidentRule


def drafts_document(page: Page, offset: float) -> list[dict[str, Any]]:
    """The drafts that wait, and those that were approved and are not told yet; the oldest first.

    Args:
        page: whose.
        offset: seconds by which the time of day is ahead of our clock.
    """
    waiting = [draft for draft in page.drafts.values() if draft.state is not DraftState.DISCARDED]
    return [
        _document(page, draft, offset) for draft in sorted(waiting, key=lambda one: (one.first_at, one.id))
    ]


def draft_notice(page: Page, draft: Draft, rule: IncidentRule, offset: float) -> dict[str, Any]:
    """That a draft waits, for whoever is told of it: nothing that the page would not show, but for the incident's id.

    Args:
        page: the draft's.
        draft: one that waits.
        rule: the rule of its incident.
        offset: seconds by which the time of day is ahead of our clock.
    """
    by_itself = publication_at(draft, rule)
    return {
        "page": page.name,
        "draft": draft.id,
        "hash": draft.hash,
        "incident": rule.id,
        "group": public_group(page, rule, draft),
        "title": draft.proposal.title,
        "since": instant(draft.first_at, offset),
        "published_by_itself": instant(None if by_itself == NEVER else by_itself, offset),
        "approve": _approval(page, draft),
    }


def _approval(page: Page, draft: Draft) -> str:
    return f"bridge drafts approve {draft.id} --hash {draft.hash} --page {page.name}"


def _document(page: Page, draft: Draft, offset: float) -> dict[str, Any]:
    told, (rule_id, group) = draft.proposal, page.place_now(draft.place)
    rule = next((rule for rule in page.ruleset.incidents if rule.id == rule_id), None)
    by_itself = publication_at(draft, rule) if rule is not None else NEVER
    components = page.observed.components
    return {
        "draft": draft.id,
        "hash": draft.hash,
        "incident": rule_id,
        "group": dict(group),
        "state": draft.state,
        "by": draft.by,
        "since": instant(draft.first_at, offset),
        "changed": instant(draft.made_at, offset),
        "published_by_itself": instant(None if by_itself == NEVER else by_itself, offset),
        "title": told.title,
        "body": told.body,
        "status": told.status,
        "impact": told.impact,
        "worst": told.high_water,
        "notify": told.notify,
        "components": [
            {
                "component_id": one,
                "component": components[one].display_name if one in components else f"id:{one}",
            }
            for one in told.component_ids
        ],
        "approve": _approval(page, draft),
    }
