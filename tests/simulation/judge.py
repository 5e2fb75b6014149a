"""The judge: invariants of reliability.md, read from the simulator's own ledgers and the scenario's own truth, never from the product's tables or metadata."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from bridge.simulation.world import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bridge.simulation.world import World
    from bridge.simulator.ledgers import Arrival, Notification

LIMIT = 60
WINDOW = 60.0

ALLOWED = {
    ("GET", "/pages/{page_id}"),
    ("GET", "/pages/{page_id}/components"),
    ("GET", "/pages/{page_id}/incidents"),
    ("GET", "/pages/{page_id}/incidents/unresolved"),
    ("GET", "/pages/{page_id}/incidents/scheduled"),
    ("GET", "/pages/{page_id}/incidents/active_maintenance"),
    ("GET", "/pages/{page_id}/incidents/{incident_id}"),
    ("GET", "/pages/{page_id}/metrics"),
    ("POST", "/pages/{page_id}/incidents"),
    ("PATCH", "/pages/{page_id}/incidents/{incident_id}"),
    ("PATCH", "/pages/{page_id}/components/{component_id}"),
    ("POST", "/pages/{page_id}/metrics/data"),
}


def violations(world: World) -> list[str]:
    """Every invariant that the run broke, each as a sentence that begins with its name."""
    return [
        *one_live_incident(world),
        *one_notification_for_each_transition(world),
        *within_the_rate_limit(world),
        *only_allowed_calls(world),
    ]


def one_live_incident(world: World) -> list[str]:
    """I2, for pages with one incident rule: no two incidents of the bridge are unresolved at the same time."""
    ours = [
        incident for incident in world.simulator.incidents(world.page_id) if "bridge" in incident.metadata
    ]
    spans = sorted((incident.created_at, incident.resolved_at or float("inf")) for incident in ours)
    return [
        f"I2: an incident was opened at {later[0]} while another lived until {earlier[1]}"
        for earlier, later in pairwise(spans)
        if later[0] < earlier[1]
    ]


def one_notification_for_each_transition(world: World) -> list[str]:
    """I3: subscribers are told of no transition twice."""
    return told_twice(world.simulator.notifications)


def within_the_rate_limit(world: World) -> list[str]:
    """I4: arrivals of the bridge's token in any 60 seconds."""
    return over_the_limit(_of_the_bridge(world))


def only_allowed_calls(world: World) -> list[str]:
    """I9: only the calls that its work needs."""
    return without_leave(_of_the_bridge(world))


# --- the same of a ledger, wherever it comes from


def told_twice(notifications: Iterable[Notification]) -> list[str]:
    """I3: two that differ in status or text are two: an incident that begins, and one that grows."""
    told = Counter((note.incident_id, str(note.status), note.body) for note in notifications)
    return [f"I3: {times} notifications of {transition}" for transition, times in told.items() if times > 1]


def over_the_limit(arrivals: Sequence[Arrival]) -> list[str]:
    """I4, for the arrivals of one token."""
    instants = sorted(arrival.at for arrival in arrivals)
    found = []
    for first, at in enumerate(instants[LIMIT:]):
        if at - instants[first] < WINDOW:
            found.append(f"I4: {LIMIT + 1} requests arrived between {instants[first]} and {at}")
    rejected = [arrival for arrival in arrivals if arrival.status in {420, 429} and arrival.fault is None]
    return [*found, *(f"I4: rejected at {arrival.at}" for arrival in rejected)]


def without_leave(arrivals: Iterable[Arrival]) -> list[str]:
    """I9, for the arrivals of the bridge's token."""
    calls = {(arrival.method, arrival.template) for arrival in arrivals}
    return [f"I9: {method} {template}" for method, template in sorted(calls - ALLOWED, key=str)]


def _of_the_bridge(world: World) -> list[Arrival]:
    return [arrival for arrival in world.simulator.arrivals if arrival.token == TOKEN]
