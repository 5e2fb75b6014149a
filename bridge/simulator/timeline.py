"""The instants at which something happens by itself, the next one first.

Must not know what happens there: an entry says whom to look at, and whoever looks finds out what is due. An entry whose
reason is gone does no harm, so that nothing is ever taken out.
"""

import heapq


class Timeline:
    """Instants, each with the incident to look at; of one instant, in the order in which they were noted."""

    def __init__(self) -> None:
        self._entries: list[tuple[float, int, str, str]] = []
        self._noted = 0

    def note(self, at: float, page_id: str, incident_id: str) -> None:
        """Note that an incident is to be looked at when it is `at` (seconds since 1970)."""
        self._noted += 1
        heapq.heappush(self._entries, (at, self._noted, page_id, incident_id))

    def next_until(self, now: float) -> tuple[float, str, str] | None:
        """Take out the first entry that lies not after `now`: its instant, page and incident; None if there is none."""
        if not self._entries or self._entries[0][0] > now:
            return None
        at, _, page_id, incident_id = heapq.heappop(self._entries)
        return at, page_id, incident_id
