"""What happened in a demo, judged from the page's own ledgers and the script: the content of `--summary FILE`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from bridge.app.demo.script import is_stale

if TYPE_CHECKING:
    from bridge.app.example_page import ExamplePage
    from bridge.simulator.ledgers import Arrival
    from bridge.simulator.model import Simulator

RATE_LIMITED = frozenset({420, 429})


def summarise(simulator: Simulator, page: ExamplePage, *, began_at: float) -> dict[str, Any]:
    """The figures of a run.

    Args:
        simulator: the page's server.
        page: the example page.
        began_at: Unix seconds at which the script began.
    """
    names = component_names(simulator, page)
    notified = Counter(note.incident_id for note in simulator.notifications)
    arrivals = simulator.arrivals
    return {
        "components": {name: str(simulator.component(page.page_id, name).status) for name in names.values()},
        "incidents": [
            {
                "name": incident.name,
                "status": str(incident.status),
                "updates": [str(update.status) for update in incident.updates],
                "notified": notified[incident.id],
            }
            for incident in simulator.incidents(page.page_id)
        ],
        "requests": dict(
            sorted(Counter(f"{arrival.method} {arrival.template}" for arrival in arrivals).items())
        ),
        "rejected": sum(arrival.status in RATE_LIMITED for arrival in arrivals),
        "points": {name: pushed_points(arrivals, metric_id) for name, metric_id in page.metrics.items()},
        "stale_writes": sum(
            is_stale(names[component_id], status, arrival.at - began_at)
            for arrival in arrivals
            for component_id, status in component_writes(arrival).items()
        ),
    }


def component_names(simulator: Simulator, page: ExamplePage) -> dict[str, str]:
    """Component ids to `Group / Name`."""
    record = simulator.page(page.page_id)
    return {
        component.id: f"{record.groups[component.group_id].name} / {component.name}"
        if component.group_id
        else component.name
        for component in record.components.values()
    }


def component_writes(arrival: Arrival) -> dict[str, str]:
    """The component statuses that a request set, by id, alone or with an incident."""
    body = arrival.body or {}
    if arrival.method == "GET" or arrival.status >= 300:  # noqa: PLR2004
        return {}
    component = body.get("component")
    if isinstance(component, dict) and "component_id" in arrival.targets:
        return {arrival.targets["component_id"]: component["status"]} if "status" in component else {}
    incident = body.get("incident")
    written = incident.get("components") if isinstance(incident, dict) else None
    return dict(written) if isinstance(written, dict) else {}


def pushed_points(arrivals: list[Arrival], metric_id: str) -> int:
    """How many different points of a metric arrived."""
    instants: set[int] = set()
    for arrival in arrivals:
        data = (arrival.body or {}).get("data")
        points = data.get(metric_id, []) if isinstance(data, dict) else []
        instants.update(point["timestamp"] for point in points)
    return len(instants)
