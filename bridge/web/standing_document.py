"""What stands on every page as JSON, for people: what operators told, what is left to people, and what waits for them.

Must not know how anything came to stand, nor how it is ended beyond naming the command.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridge.core.commands import StandingKind
from bridge.core.held import waiting
from bridge.core.people import orphans
from bridge.web.draft_documents import drafts_document
from bridge.web.instants import instant, offset_of
from bridge.web.withheld import standing_in_the_way

if TYPE_CHECKING:
    from bridge.core.commands import Standing
    from bridge.core.page import Page
    from bridge.web.ports import Commands


@dataclass(frozen=True, slots=True)
class _Names:
    """How components are called, for people."""

    page: Page

    def of(self, component_id: str) -> str:
        """The name on the page, or the id where it is not there any more."""
        component = self.page.observed.components.get(component_id)
        return component.display_name if component is not None else f"id:{component_id}"


def standing_document(commands: Commands) -> dict[str, Any]:
    """What stands on every page, for people: what operators told, and what is left to people."""
    offset = offset_of(commands)
    return {"pages": {name: _page_document(page, offset) for name, page in commands.pages.items()}}


def _page_document(page: Page, offset: float) -> dict[str, Any]:
    names = _Names(page)

    def told(kind: StandingKind) -> list[Standing]:
        return [one for one in page.standing.values() if one.kind is kind]

    def issued(standing: Standing) -> dict[str, Any]:
        by = standing.issued
        return {
            "until": instant(standing.until, offset),
            "by": by.by,
            "at": instant(by.at, offset),
            "note": by.note,
            "id": by.id,
        }

    paused = told(StandingKind.PAUSE)
    rules = {rule.id for rule in page.ruleset.incidents}
    open_ones = [one for one in page.incidents_told.values() if one.open]
    return {
        "paused": issued(paused[0]) if paused else None,
        "overrides": [
            {
                "component": names.of(one.subject),
                "component_id": one.subject,
                "status": one.value,
                **issued(one),
            }
            for one in told(StandingKind.OVERRIDE)
        ],
        "yields": [
            {"component": names.of(one.subject), "component_id": one.subject, **issued(one)}
            for one in told(StandingKind.YIELD)
        ],
        "taken": [
            {
                "component": names.of(one.component_id),
                "component_id": one.component_id,
                "status": one.status,
                "since": instant(one.since, offset),
                "until": instant(one.until, offset),
            }
            for one in page.taken.values()
        ],
        "incidents": {
            "yielded": [
                {"incident": one.incident_id, "rule": page.place_now(one.place)[0]}
                for one in open_ones
                if one.yielded and page.place_now(one.place)[0] in rules
            ],
            "without_rule": [
                {"incident": one.incident_id, "rule": one.place[0] if one.place is not None else None}
                for one in orphans(page)
            ],
            "released": [{"incident": one.subject, **issued(one)} for one in told(StandingKind.RELEASE)],
            "identified": [
                {"incident": one.subject, "cause": one.value, **issued(one)}
                for one in told(StandingKind.CAUSE)
            ],
        },
        "drafts": drafts_document(page, offset),
        "held": _held(page, offset),
        "waits_for": standing_in_the_way(page),
        "confirmed": [{"confirmed": one.subject, **issued(one)} for one in told(StandingKind.CONFIRM)],
    }


def _held(page: Page, offset: float) -> list[dict[str, Any]]:
    """What guards hold and nobody has confirmed yet, as `confirm` names it."""
    return [
        {
            "guard": one.guard,
            "subject": one.subject,
            "says": one.says,
            "components": list(one.components),
            "changes": list(one.changes),
            "since": instant(one.since, offset),
            "confirm": one.command,
        }
        for one in waiting(page)
    ]
