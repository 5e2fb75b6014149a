"""Rows of incidents that wait for a person. What they would tell is one text of JSON: it is read and written as a whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bridge.core.drafts import Draft, DraftState, Proposal
from bridge.core.leaks import Leak
from bridge.core.rules import IncidentRuleId
from bridge.core.statuses import ComponentStatus, Impact, IncidentStatus
from bridge.store.records.values import finite, json_text, labels_from, labels_text

if TYPE_CHECKING:
    from bridge.store.statements import Row


def draft_row(draft: Draft) -> Row:
    """The row of a draft."""
    rule, group = draft.place
    told = draft.proposal
    return {
        "page": draft.page,
        "id": draft.id,
        "rule": rule,
        "group_labels": labels_text(group),
        "episode": draft.episode,
        "proposal": json_text(
            {
                "title": told.title,
                "body": told.body,
                "status": told.status,
                "component_ids": told.component_ids,
                "notify": told.notify,
                "impact": told.impact,
                "high_water": told.high_water,
                "withheld": told.withheld,
                "sequence": told.sequence,
            }
        ),
        "first_at": finite(draft.first_at, "a draft's first_at"),
        "made_at": finite(draft.made_at, "a draft's made_at"),
        "state": draft.state.value,
        "by": draft.by,
    }


def draft_from(row: Any) -> Draft:
    """What `draft_row` wrote."""
    told = json.loads(row.proposal)
    return Draft(
        row.page,
        row.id,
        (IncidentRuleId(row.rule), labels_from(row.group_labels)),
        episode=row.episode,
        proposal=Proposal(
            told["title"],
            told["body"],
            IncidentStatus(told["status"]),
            tuple(told["component_ids"]),
            told["notify"],
            Impact(told["impact"]),
            ComponentStatus(told["high_water"]),
            tuple(Leak(leak) for leak in told["withheld"]),
            told["sequence"],
        ),
        first_at=row.first_at,
        made_at=row.made_at,
        state=DraftState(row.state),
        by=row.by,
    )
