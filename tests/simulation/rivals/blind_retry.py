"""Blind retry: what was not answered well is sent again, with a pause that doubles. What most clients and queues do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation.rivals.rival import TIMEOUT

if TYPE_CHECKING:
    from bridge.core.intents import Outcome
    from bridge.statuspage.incidents import IncidentWrite
    from tests.simulation.rivals.rival import Rival


async def create(rival: Rival, write: IncidentWrite) -> Outcome:
    """POST, each time."""
    await rival.slot()
    return await rival.client.create_incident(write, timeout=TIMEOUT)
