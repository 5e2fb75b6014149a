"""What the bridge wrote to the page, one line for each call, in the words of the rule files. Must not know what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.signals import NO_LABELS
from bridge.simulation.world import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bridge.core.signals import Labels
    from bridge.simulation.world import World
    from bridge.simulator.ledgers import Arrival

REFUSED = 300
"""Answers from here on changed nothing."""

UNKNOWN = ("?", NO_LABELS)


@dataclass(frozen=True, slots=True)
class Names:
    """What ids stand for.

    Attributes:
        components: names, by Statuspage's id.
        rules: rule and group of each incident and maintenance of the bridge, by Statuspage's id.
        keys: the same, by the key in their metadata.
    """

    components: Mapping[str, str]
    rules: Mapping[str, tuple[str, Labels]]
    keys: Mapping[str, tuple[str, Labels]]


def calls_of(world: World, names: Names) -> Iterator[str]:
    """Every write of the bridge that was accepted, but points of metrics, oldest first."""
    for arrival in world.simulator.arrivals:
        if arrival.token == TOKEN and arrival.method != "GET" and arrival.status < REFUSED:
            yield from _call(arrival, names)


def _call(arrival: Arrival, names: Names) -> Iterator[str]:
    body = arrival.body or {}
    if "component" in body:
        name = names.components.get(arrival.targets.get("component_id", ""), "?")
        yield f"set {name} {body['component'].get('status')}"
    elif "incident" in body:
        incident = body["incident"]
        opens = arrival.method == "POST"
        rule, group = (
            names.keys.get(incident.get("metadata", {}).get("bridge", {}).get("key"), UNKNOWN)
            if opens
            else names.rules.get(arrival.targets.get("incident_id", ""), UNKNOWN)
        )
        parts = ["open" if opens else "update", rule]
        if group:
            parts.append(repr(group))
        if "status" in incident:
            parts.append(str(incident["status"]))
        if incident.get("deliver_notifications"):
            parts.append("notify")
        set_to = incident.get("components") or {}
        parts += [f"{names.components.get(one, '?')}={status}" for one, status in set_to.items()]
        yield " ".join(parts)
    elif not arrival.path.endswith("/metrics/data"):
        yield f"{arrival.method} {arrival.template}"
