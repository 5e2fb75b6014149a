"""Search, then create: before each POST, at a start and after a failure alike, the unresolved incidents are searched for the key in the metadata. A PATCH has no key that would help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.intents import Done
from tests.simulation.rivals.rival import TIMEOUT

if TYPE_CHECKING:
    from bridge.core.intents import Outcome
    from bridge.statuspage.incidents import IncidentWrite
    from tests.simulation.rivals.rival import Rival

PER_PAGE = 100


async def create(rival: Rival, write: IncidentWrite) -> Outcome:
    """GET what is unresolved; POST only what is not there."""
    wanted = (write.metadata or {})["bridge"]["key"]
    number, last = 1, False
    while not last:
        await rival.slot()
        outcome = await rival.client.list_unresolved(number, PER_PAGE, timeout=TIMEOUT)
        if not isinstance(outcome, Done):
            return outcome
        incidents = outcome.body
        assert isinstance(incidents, tuple)
        for incident in incidents:
            if incident.metadata.get("bridge", {}).get("key") == wanted:
                return Done(incident)
        number, last = number + 1, len(incidents) < PER_PAGE
    await rival.slot()
    return await rival.client.create_incident(write, timeout=TIMEOUT)
