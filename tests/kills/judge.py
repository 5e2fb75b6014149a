"""The judge of a run: the invariants of reliability.md, from the simulator's ledger, from what was really broken, and from what was acknowledged.

The store is looked at for one thing alone: whether what was acknowledged is in it (I1). Metadata is never believed. Each finding is a sentence that begins with the invariant's name.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.kills.shop import place_of
from tests.kills.statuspage import LATEST, SLOWEST
from tests.simulation.judge import over_the_limit, told_twice, without_leave

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bridge.simulator.ledgers import Arrival, Notification
    from tests.kills.daemon import Kept
    from tests.kills.sender import Alert, Labels

NEVER = float("inf")

CREATE = ("POST", "/pages/{page_id}/incidents")
CHANGE = ("PATCH", "/pages/{page_id}/incidents/{incident_id}")
READ = ("GET", "/pages/{page_id}/incidents/{incident_id}")

VERIFY_FOR = 5.0
"""Seconds between the reading of an incident and what is told in it (reliability.md, "Exactly once in effect", 2.)."""
SLACK = 2.0
"""Seconds for the commit between the two, on a loaded machine."""


@dataclass(slots=True)
class Incident:
    """One incident that the page had.

    Attributes:
        place: its rule and group.
        opened_at: Unix seconds.
        resolved_at: `NEVER` while it lives.
    """

    place: str
    opened_at: float
    resolved_at: float = NEVER


def lost(acknowledged: Mapping[Labels, Alert], stored: Mapping[Labels, Kept]) -> list[str]:
    """I1: what was answered 200 is in the store of a daemon that was killed: itself, or something newer about the same thing."""
    found = []
    for labels, told in acknowledged.items():
        state = "failing" if told.firing else "ok"
        kept = stored.get(labels)
        # The wire has microseconds.
        if kept is None or (kept.state != state and kept.since < told.since - 1e-5):
            what = "nothing" if kept is None else f"{kept.state} since {kept.since}"
            found.append(
                f"I1: {dict(sorted(labels))}, {state} since {told.since}, was acknowledged; the store has {what}"
            )
    return found


def incidents(
    arrivals: Sequence[Arrival], notifications: Sequence[Notification], names: Mapping[str, str]
) -> list[Incident]:
    """Every incident of the run, by the ledger.

    Args:
        arrivals: all of them.
        notifications: all of them. Each incident of these runs is announced as it is created, which tells its id.
        names: the components' names by their ids.
    """
    ids = {note.arrival: note.incident_id for note in notifications}
    found: list[Incident] = []
    by_id: dict[str, Incident] = {}
    for number, arrival in enumerate(arrivals):
        if not 200 <= arrival.status < 300 or arrival.body is None:
            continue
        written = arrival.body.get("incident", {})
        match (arrival.method, arrival.template):
            case kind if kind == CREATE:
                about = [names.get(one, one) for one in written["component_ids"]]
                found.append(Incident(place_of(written["name"], about), arrival.at))
                by_id[ids.get(number, f"unannounced {number}")] = found[-1]
            case kind if kind == CHANGE and "status" in written:
                changed = by_id.get(arrival.targets["incident_id"])
                if changed is not None:
                    changed.resolved_at = arrival.at if written["status"] == "resolved" else NEVER
            case _:
                pass
    return found


def duplicates(found: Sequence[Incident]) -> Iterator[str]:
    """I2: at most one live incident for each rule and group, at any time."""
    lives = defaultdict(list)
    for incident in found:
        lives[incident.place].append(incident)
    for place, ones in lives.items():
        for earlier, later in pairwise(sorted(ones, key=lambda one: one.opened_at)):
            if later.opened_at < earlier.resolved_at:
                ended = "lived on" if earlier.resolved_at == NEVER else f"lived until {earlier.resolved_at}"
                yield f"I2: a second incident {place!r} was opened at {later.opened_at}; the first {ended}"


def told_without_cause(found: Sequence[Incident], outages: Mapping[str, int]) -> Iterator[str]:
    """I3: an episode is announced once: no more incidents than outages."""
    for place in sorted({incident.place for incident in found}):
        count = sum(incident.place == place for incident in found)
        if count > outages.get(place, 0):
            yield f"I3: {count} incidents {place!r} for {outages.get(place, 0)} outages"


def unverified(arrivals: Sequence[Arrival]) -> Iterator[str]:
    """I6: what is told in an incident follows a reading of it at once."""
    readings: dict[str, float] = {}
    for arrival in arrivals:
        kind = (arrival.method, arrival.template)
        # An answer that was lost, cut or no answer at all verifies nothing.
        if kind == READ and arrival.status == 200 and arrival.fault in {None, "delay"}:
            readings[arrival.targets["incident_id"]] = arrival.at
        if kind != CHANGE or arrival.body is None or not arrival.body["incident"]["deliver_notifications"]:
            continue
        allowed = VERIFY_FOR + SLOWEST + SLACK + (LATEST if arrival.fault == "late" else 0.0)
        incident_id = arrival.targets["incident_id"]
        if arrival.at - readings.get(incident_id, -NEVER) > allowed:
            yield f"I6: {incident_id} was told at {arrival.at} without having been read just before"


def broken(
    arrivals: Sequence[Arrival],
    notifications: Sequence[Notification],
    *,
    names: Mapping[str, str],
    outages: Mapping[str, int],
) -> list[str]:
    """Everything that the ledger of a run shows to be wrong so far."""
    found = incidents(arrivals, notifications, names)
    return [
        *duplicates(found),
        *told_twice(notifications),
        *told_without_cause(found, outages),
        *over_the_limit(arrivals),
        *unverified(arrivals),
        *without_leave(arrivals),
    ]
