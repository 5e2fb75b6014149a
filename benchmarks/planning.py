"""What a plan costs: the whole difference between desired and observed, against comparing two dictionaries."""

from __future__ import annotations

from benchmarks.figures import Figure, Growth
from benchmarks.timing import costs_of
from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.identity import PageSeen
from bridge.core.observed import Listing, ListKind, ObservedComponent
from bridge.core.page import Page
from bridge.core.plan import plan
from bridge.core.rules import ComponentName, RuleSet
from bridge.core.statuses import ComponentStatus

NOW = 1_790_000_000.0
FEW, MANY = 100, 1000
CHANGED_EVERY = 10


def whole_difference() -> Figure:
    """A page on which every component is claimed and a tenth shows something else."""
    few, many = _page(FEW), _page(MANY)
    if len(plan(many, NOW).operations) != MANY // CHANGED_EVERY:
        raise AssertionError("the plan is not the difference")
    wanted = dict(many.desired.components)
    shown = {
        name: many.observed.components[component_id].status
        for name, component_id in many.component_ids.items()
    }
    few_seconds, seconds, floor_seconds = costs_of(
        lambda: plan(few, NOW),
        lambda: plan(many, NOW),
        lambda: {name: status for name, status in wanted.items() if shown[name] is not status},
    )
    return Figure(
        operation="plan: 1,000 components, 100 of them differ",
        seconds=seconds,
        floor="comparing two dicts",
        floor_seconds=floor_seconds,
        most=90.0,
        growth=Growth("100 to 1,000 components", seconds / few_seconds, most=16.0),
    )


def _page(count: int) -> Page:
    page = Page("acme", "page-id", b"secret", RuleSet("acme"))
    pin = GuardRecord(page.name, GuardKind.PAGE_IDENTITY, "", NOW, "page-id@2024-06-07T22:26:30Z")
    page.guards[pin.key] = pin
    page.seen = PageSeen(pin.value, NOW)
    page.observed.listings = {kind: Listing(complete_at=NOW) for kind in ListKind}
    for number in range(count):
        name, component_id = ComponentName(f"Group {number // 10} / Component {number}"), f"id-{number}"
        differs = number % CHANGED_EVERY == 0
        shown = ComponentStatus.OPERATIONAL if differs else ComponentStatus.PARTIAL_OUTAGE
        page.observed.components[component_id] = ObservedComponent(
            component_id, f"Component {number}", f"Group {number // 10}", shown, NOW, reads=2
        )
        page.component_ids[name] = component_id
        page.desired.components[name] = ComponentStatus.PARTIAL_OUTAGE
    return page
