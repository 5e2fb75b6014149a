"""What the page of a rehearsal shows at one instant, in the words of the rule files. Reads the simulator's model and its ledgers; the bridge is asked only which rule a key stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridge.core.signals import NO_LABELS, Labels
from bridge.simulation.world import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bridge.core.desired import IncidentPlace
    from bridge.simulation.world import World
    from bridge.simulator.ledgers import Arrival
    from bridge.simulator.records.incidents import Incident

OPERATIONAL = "operational"


@dataclass(frozen=True, slots=True)
class ShownIncident:
    """An incident of the bridge, as the page has it.

    Attributes:
        incident_id: Statuspage's.
        rule: the id of its rule.
        components: the names of those that it lists, as the page writes them.
        updates: the statuses told so far, oldest first.
    """

    incident_id: str
    rule: str
    group: Labels
    status: str
    title: str
    body: str
    impact: str
    components: tuple[str, ...]
    updates: tuple[str, ...]
    live: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """The page.

    Attributes:
        components: by name, those that are not operational.
        would_have: by name, what rules in shadow would show.
        all_incidents: every incident of the bridge, in the order in which they were opened.
        notifications: how often subscribers were told.
        calls: every write that was accepted, a line each, oldest first.
        journal: what the bridge decided, a line each, oldest first.
    """

    components: Mapping[str, str]
    would_have: Mapping[str, str]
    all_incidents: tuple[ShownIncident, ...]
    notifications: int
    calls: tuple[str, ...]

    @property
    def incidents(self) -> tuple[ShownIncident, ...]:
        """The unresolved ones."""
        return tuple(one for one in self.all_incidents if one.live)


def look(world: World) -> Shown:
    """What the page shows now."""
    engine = world.engine
    page = engine.pages[0] if engine is not None else None
    places = page.places() if page is not None else {}
    names = component_names(world)
    statuses = {names[one.id]: str(one.status) for one in _components(world)}
    desired = page.desired if page is not None else None
    return Shown(
        {name: status for name, status in statuses.items() if status != OPERATIONAL},
        {str(name): str(status) for name, status in desired.would_have.items()} if desired else {},
        tuple(_incidents(world, places, names)),
        len(world.simulator.notifications),
        tuple(_calls(world, places, names)),
    )


def component_names(world: World) -> dict[str, str]:
    """The names of the page's components by their ids, as rule files write them."""
    page = world.simulator.page(world.page_id)
    groups = {group.id: group.name for group in page.groups.values()}
    return {
        one.id: f"{groups[one.group_id]} / {one.name}" if one.group_id in groups else one.name
        for one in page.components.values()
    }


def _components(world: World) -> Iterator[Any]:
    yield from world.simulator.page(world.page_id).components.values()


def _incidents(
    world: World, places: Mapping[Any, IncidentPlace], names: Mapping[str, str]
) -> Iterator[ShownIncident]:
    for incident in world.simulator.incidents(world.page_id):
        place = _place(incident.metadata, places)
        if place is None:
            continue
        yield ShownIncident(
            incident.id,
            place[0],
            place[1],
            str(incident.status),
            incident.name,
            incident.updates[-1].body,
            str(incident.impact),
            tuple(names[one] for one in incident.component_ids if one in names),
            _told(incident),
            not incident.closed,
        )


def _told(incident: Incident) -> tuple[str, ...]:
    return tuple(str(update.status) for update in incident.updates)


def _place(metadata: Mapping[str, Any], places: Mapping[Any, IncidentPlace]) -> IncidentPlace | None:
    key = metadata.get("bridge", {}).get("key")
    return places.get(key) if key is not None else None


def _calls(world: World, places: Mapping[Any, IncidentPlace], names: Mapping[str, str]) -> Iterator[str]:
    rules = {
        incident.id: _place(incident.metadata, places)
        for incident in world.simulator.incidents(world.page_id)
    }
    for arrival in world.simulator.arrivals:
        if arrival.token == TOKEN and arrival.method != "GET" and arrival.status < 300:  # noqa: PLR2004
            yield from _call(arrival, rules, places, names)


def _call(
    arrival: Arrival,
    rules: Mapping[str, IncidentPlace | None],
    places: Mapping[Any, IncidentPlace],
    names: Mapping[str, str],
) -> Iterator[str]:
    body = arrival.body or {}
    if "component" in body:
        name = names.get(arrival.targets.get("component_id", ""), "?")
        yield f"set {name} {body['component'].get('status')}"
    elif "incident" in body:
        incident = body["incident"]
        opens = arrival.method == "POST"
        place = (
            _place(incident.get("metadata", {}), places)
            if opens
            else rules.get(arrival.targets.get("incident_id", ""))
        )
        rule, group = place if place is not None else ("?", NO_LABELS)
        parts = ["open" if opens else "update", str(rule)]
        if group:
            parts.append(repr(group))
        if "status" in incident:
            parts.append(str(incident["status"]))
        if incident.get("deliver_notifications"):
            parts.append("notify")
        set_to = incident.get("components") or {}
        parts += [f"{names.get(one, '?')}={status}" for one, status in set_to.items()]
        yield " ".join(parts)
    elif not arrival.path.endswith("/metrics/data"):
        yield f"{arrival.method} {arrival.template}"
