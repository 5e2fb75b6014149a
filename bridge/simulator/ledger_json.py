"""The ledgers as JSON, a stretch at a time: what arrived, what subscribers would have been told, which faults were met.

Tokens never stand in it; each is named by its number in the order in which the simulator was given them.
"""

from bisect import bisect_left
from operator import attrgetter
from typing import Any

from bridge.simulator.faults import Tally
from bridge.simulator.ledgers import Arrival, Notification
from bridge.simulator.model import Simulator

LONGEST_STRETCH = 1000
"""Arrivals in one answer."""


def ledger(simulator: Simulator, tally: Tally, *, since: int) -> dict[str, Any]:
    """Write arrivals from number `since` on, and the notifications that they caused.

    `next` is where to go on; it is at most `arrived`, the number of all arrivals so far. Faults are counted from the start.
    """
    arrivals, notifications = simulator.arrivals, simulator.notifications
    begin = min(since, len(arrivals))
    end = min(begin + LONGEST_STRETCH, len(arrivals))
    numbers = {token: number for number, token in enumerate(simulator.tokens)}
    first, last = (bisect_left(notifications, number, key=attrgetter("arrival")) for number in (begin, end))
    return {
        "arrivals": [_arrival(number, arrivals[number], numbers) for number in range(begin, end)],
        "notifications": [_notification(told) for told in notifications[first:last]],
        "faults": counts(tally),
        "next": end,
        "arrived": len(arrivals),
    }


def counts(tally: Tally) -> dict[str, Any]:
    """Write what was met so far: faults by kind, and what became of notifying writes whose client cannot know."""
    return {"met": dict(sorted(tally.met.items())), "unknown_outcomes": dict(sorted(tally.unknown.items()))}


def _arrival(number: int, arrival: Arrival, tokens: dict[str, int]) -> dict[str, Any]:
    return {
        "number": number,
        "at": arrival.at,
        "token": None if arrival.token is None else tokens.get(arrival.token),
        "method": arrival.method,
        "path": arrival.path,
        "template": arrival.template,
        "targets": dict(arrival.targets),
        "body": arrival.body,
        "status": arrival.status,
        "fault": arrival.fault,
    }


def _notification(told: Notification) -> dict[str, Any]:
    return {
        "arrival": told.arrival,
        "at": told.at,
        "page_id": told.page_id,
        "incident_id": told.incident_id,
        "update_id": told.update_id,
        "status": told.status,
        "body": told.body,
        "kind": told.kind,
        "recipients": list(told.recipients),
        "automatic": told.automatic,
    }
