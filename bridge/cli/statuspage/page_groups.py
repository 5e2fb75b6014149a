"""The groups of a page, found by id or by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.cli.statuspage.naming import Candidate, the_one

if TYPE_CHECKING:
    from bridge.cli.statuspage.session import Session
    from bridge.statuspage.api import ComponentGroup


async def find_group(session: Session, text: str) -> ComponentGroup:
    """The group that is meant.

    Raises:
        NamingError: none is called that, or several are.
    """
    groups = [group async for group in session.api.component_groups.list(session.page)]
    candidates = [Candidate(group, group.id, (group.name,)) for group in groups]
    return the_one(text, candidates, kind="group", see=session.command("groups list"))
