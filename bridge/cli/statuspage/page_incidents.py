"""The incidents of a page, found by id or by name, and how they are shown.

Names are not unique: the same thing breaks again. Where a verb is about what goes on, an incident that is not over comes before those that are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bridge.cli.statuspage.naming import Candidate, the_one
from bridge.cli.statuspage.output import up_to
from bridge.statuspage.api import NotFoundError

if TYPE_CHECKING:
    from bridge.cli.statuspage.session import Session
    from bridge.statuspage.api import Incident

SEE: Final = "bridge statuspage incidents list"
AS_FAR_AS: Final = 100
"""Incidents among which something close is looked for when none has the name: as many as one call gives."""

_LIKE_AN_ID = re.compile(r"[a-z0-9]{12}", re.ASCII)


async def find_incident(session: Session, text: str, *, unresolved_first: bool = False) -> Incident:
    """The incident that is meant, by its id or its name.

    Args:
        session: the verb's.
        text: its id, also as `id:…`, or its name.
        unresolved_first: whether the only unresolved one of a name is meant, though others of that name are over.

    Raises:
        NamingError: none is called that, or several are.
    """
    bare = text.strip().removeprefix("id:")
    if _LIKE_AN_ID.fullmatch(bare):
        try:
            return await session.api.incidents.get(session.page, bare)
        except NotFoundError:
            if text.strip().startswith("id:"):
                raise
    name = " ".join(text.split())
    named = [
        one
        async for one in session.api.incidents.list(session.page, q=name)
        if " ".join(one.name.split()) == name
    ]
    if unresolved_first and len(going_on := [one for one in named if not one.over]) == 1:
        return going_on[0]
    known = named or [one async for one in up_to(AS_FAR_AS, session.api.incidents.list(session.page))]
    candidates = [
        Candidate(one, one.id, (one.name,), f"{one.status}, {one.created_at_text or ''}") for one in known
    ]
    return the_one(text, candidates, kind="incident", see=session.command("incidents list"))


COLUMNS: Final = {
    "ID": lambda one: one.id,
    "STATUS": lambda one: one.status,
    "IMPACT": lambda one: one.impact,
    "BEGAN": lambda one: one.scheduled_for_text or one.created_at_text,
    "NAME": lambda one: one.name,
    "COMPONENTS": lambda one: ", ".join(component.name for component in one.components),
}
"""Of a list of incidents."""


def facts_of(one: Incident) -> list[tuple[str, object]]:
    """An incident with its updates, newest first."""
    automatic = {
        "reminds an hour before": one.scheduled_remind_prior,
        "begins": one.scheduled_auto_in_progress,
        "ends": one.scheduled_auto_completed,
        "sets components under maintenance": one.auto_transition_to_maintenance_state,
        "sets components operational": one.auto_transition_to_operational_state,
    }
    return [
        ("id", one.id),
        ("name", one.name),
        ("status", one.status),
        ("impact", f"{one.impact} (override)" if one.impact_override else one.impact),
        ("components", "\n".join(f"{part.name}: {part.status}" for part in one.components)),
        ("scheduled", _span(one)),
        ("by itself", ", ".join(what for what, whether in automatic.items() if whether)),
        ("made", one.created_at_text),
        ("changed", one.updated_at_text),
        ("resolved", one.resolved_at_text),
        ("link", one.shortlink),
        ("postmortem", _postmortem(one)),
        *(
            (
                f"update {update.id}",
                f"{update.display_at_text or update.created_at_text} {update.status}\n{update.body}",
            )
            for update in one.incident_updates
        ),
    ]


def _span(one: Incident) -> str:
    return f"{one.scheduled_for_text} to {one.scheduled_until_text}" if one.scheduled_for_text else ""


def _postmortem(one: Incident) -> str:
    if one.postmortem_published_at_text:
        return f"published at {one.postmortem_published_at_text}"
    return "a draft" if one.postmortem_body else ""
