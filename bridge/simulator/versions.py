"""What pages looked like a while ago, for lists that lag behind.

Must not know lists. Only a simulator whose lists lag keeps versions: before each request that may write, it hands in
the page as it still is.
"""

from collections import deque
from copy import copy
from typing import TypeVar

from bridge.simulator.records.pages import Page

Record = TypeVar("Record")


class Versions:
    """For each page, copies of what it was, each with the instant until which it was that."""

    def __init__(self) -> None:
        self._former: dict[str, deque[tuple[float, Page]]] = {}

    def keep(self, page: Page, *, now: float, seconds: float) -> None:
        """Keep what the page is until now; forget what no list will show, being more than `seconds` old."""
        former = self._former.setdefault(page.id, deque())
        while former and former[0][0] <= now - seconds:
            former.popleft()
        former.append((now, _copied(page)))

    def as_of(self, page: Page, instant: float) -> Page:
        """Return the page as it was at an instant; set-up calls show at once where no request wrote since."""
        return next((was for until, was in self._former.get(page.id, ()) if until > instant), page)


def _copied(page: Page) -> Page:
    was = copy(page)
    was.components = _each_copied(page.components)
    was.groups = _each_copied(page.groups)
    was.incidents = _each_copied(page.incidents)
    was.metrics = _each_copied(page.metrics)
    was.templates = {**page.templates}
    was.providers = _each_copied(page.providers)
    # Subscribers are replaced, never changed in place; there may be tens of thousands of them.
    was.subscribers = copy(page.subscribers)
    # The mutable fields that lists show; the rest is replaced, never changed in place.
    for group in was.groups.values():
        group.component_ids = [*group.component_ids]
    for incident in was.incidents.values():
        incident.updates = [*incident.updates]
        incident.settings = {**incident.settings}
        incident.subscribers = copy(incident.subscribers)
    return was


def _each_copied(table: dict[str, Record]) -> dict[str, Record]:
    return {identifier: copy(record) for identifier, record in table.items()}
