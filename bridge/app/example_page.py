"""The example page of `bridge demo` and `bridge simulator`: a shop with a past, so that its bars and charts have something to show."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.simulator.model import Simulator

DAY = 86_400.0
HOUR = 3600.0
POINT_EVERY = 300
"""Seconds between the points of the past: the widest that shows no gap."""

COMPONENTS = (
    ("Checkout", "API", "Takes orders from the shop and from partners"),
    ("Checkout", "Web", "The pages on which customers pay"),
    ("", "Search", "Finds products"),
    ("", "Payments", "Cards and bank transfers"),
)

PAST = {
    "Checkout / API": ((41, 9.0, 1.6, "partial_outage"), (12, 14.2, 0.6, "degraded_performance")),
    "Checkout / Web": ((41, 9.1, 1.4, "partial_outage"),),
    "Search": ((67, 20.0, 2.5, "major_outage"), (3, 3.5, 0.4, "degraded_performance")),
    "Payments": ((25, 2.0, 3.0, "under_maintenance"),),
}
"""For each component: days ago, hour of the day, hours, status."""


@dataclass(frozen=True, slots=True)
class ExamplePage:
    """What was made: the page's id and its metrics by name."""

    page_id: str
    metrics: dict[str, str]


def add_example_page(simulator: Simulator, now: float) -> ExamplePage:
    """Add the page with ninety days of status history and a month of metric points."""
    born = now - 120 * DAY
    page_id = simulator.add_page("Acme Shop", url="https://shop.example", now=born)
    for group, name, description in COMPONENTS:
        component_id = simulator.add_component(
            page_id, name, group=group or None, description=description, now=born
        )
        past = PAST[f"{group} / {name}" if group else name]
        changes = [(born, "operational")]
        for days, hour, hours, status in past:
            began = math.floor(now / DAY) * DAY - days * DAY + hour * HOUR
            changes += [(began, status), (began + hours * HOUR, "operational")]
        simulator.add_status_history(page_id, component_id, changes)
    metrics = {
        name: simulator.add_metric(
            page_id, name, suffix, decimal_places=places, description=description, now=born
        )
        for name, suffix, places, description in (
            ("Checkout latency", "s", 3, "How long the checkout takes to answer"),
            ("Search availability", "", 0, "1 while search answers"),
            ("Orders per minute", "", 0, "Orders that customers completed"),
        )
    }
    for name, metric_id in metrics.items():
        simulator.add_metric_points(page_id, metric_id, _month(name, now))
    return ExamplePage(page_id, metrics)


def _month(name: str, now: float) -> list[tuple[int, float]]:
    """A month of points; the older ones at the distance that a chart by week can show."""
    last = int(now) // POINT_EVERY * POINT_EVERY
    recent, oldest = last - int(DAY), last - 30 * int(DAY)
    instants = [*range(oldest, recent, 6 * POINT_EVERY), *range(recent, last, POINT_EVERY)]
    return [(at, _value(name, at)) for at in instants]


def _value(name: str, at: int) -> float:
    """A day's shape with a little unrest, the same at every start."""
    busy = 0.5 - 0.5 * math.cos((at % DAY) / DAY * 2 * math.pi)
    unrest = math.sin(at / 911.0) * math.sin(at / 4001.0)
    match name:
        case "Checkout latency":
            return round(0.16 + 0.09 * busy + 0.03 * unrest, 4)
        case "Orders per minute":
            return round(18 + 64 * busy + 7 * unrest)
        case _:
            return 1.0
