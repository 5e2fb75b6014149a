"""What is under maintenance for evaluation: until when nothing begins to be claimed of a component.

While a maintenance of a component is in progress, and for a grace after it, its rules begin nothing: `for` starts anew when the grace is over. So what a maintenance disturbs, and what needs a
moment to come back after it, is not told as an outage. Remembered across restarts, with the guards. Knows no rule and no wire format.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.bindings import presumed_component
from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.holds import NEVER
from bridge.core.maintenance import maintained_components
from bridge.core.maintenance_ledger import Standing
from bridge.core.occurrences import begun_or_near
from bridge.core.statuses import Automation, ComponentStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.maintenance_rules import MaintenanceRule
    from bridge.core.page import Page
    from bridge.core.rules import ComponentName

GRACE = 120.0
"""Seconds after a maintenance in which nothing begins, where no rule of ours says another figure: a deployment's last restarts are over by then, and `for` comes on top."""

CLOCKS_APART = 30.0
"""Seconds by which the page's clock may be read otherwise in another life; nothing that ends in its own time is told so shortly before."""

OVER = "over"
"""The value of a record that is to be deleted."""


def maintained_until(page: Page, now: float) -> dict[ComponentName, float]:
    """Until when nothing begins to be claimed, of each component under maintenance or in its grace. Our clock; infinity while the end is not known. One that is just over is still named while a `for` that began anew with its end may run.

    Cost: nothing where there is no maintenance; else the components that rules name.
    """
    ends = {
        record.subject: float(record.value) if record.value else NEVER
        for record in page.guards.values()
        if record.kind is GuardKind.MAINTAINED
    }
    found = _own(page, now)
    if not ends:
        return found
    longest = longest_for(page)
    for name in page.ruleset.component_names:
        until = ends.get(presumed_component(page, name) or "", 0.0)
        if until + longest > now:
            found[name] = max(until, found.get(name, 0.0))
    return found


def _own(page: Page, now: float) -> dict[ComponentName, float]:
    """The same by our own maintenances: by the clock, whether the page was read since or not."""
    found: dict[ComponentName, float] = {}
    for rule, begins_at, ends_at in _own_spans(page, now):
        if begins_at <= now < ends_at + rule.grace + longest_for(page):
            for name in rule.components:
                found[name] = max(ends_at + rule.grace, found.get(name, 0.0))
    return found


def longest_for(page: Page) -> float:
    """Seconds for which what was true in a maintenance may still have to be judged after it: the longest `for`, and another of what began to be pending meanwhile."""
    return 2 * max((rule.for_ for rule in page.ruleset.components), default=0.0)


def next_edge(page: Page, now: float) -> float:
    """When the next maintenance of our own begins, or its grace is over; infinity for never."""
    edges = (
        at
        for rule, begins_at, ends_at in _own_spans(page, now)
        for at in (begins_at, ends_at, ends_at + rule.grace)
    )
    return min((at for at in edges if at > now), default=NEVER)


def _own_spans(page: Page, now: float) -> Iterator[tuple[MaintenanceRule, float, float]]:
    """Our own maintenances with their beginning and end, our clock: as told, and else as planned. What a person took over goes by what the page shows."""
    if not page.ruleset.maintenances:
        return
    rules = {rule.id: rule for rule in page.ruleset.maintenances if rule.automation is Automation.FULL}
    offset = page.clock_offset
    for told in page.maintenances_told.values():
        rule = rules.get(told.rule)
        if rule is not None and told.standing is not Standing.LEFT:
            ends_at = NEVER if told.open_ended and told.standing is Standing.ANNOUNCED else told.ends_at
            yield rule, told.begins_at - offset, ends_at - offset
    # What could not be announced goes by its window, and so does what is spared after it.
    for one in begun_or_near(page, now, over_for=longest_for(page)):
        earlier = page.maintenances_told.get(one.key)
        # A window that is moved to a later time after it is over is the next one, as in the plan.
        if earlier is None or (earlier.standing is Standing.OVER and one.span.begins_at >= earlier.ends_at):
            yield one.rule, one.span.begins_at - offset, one.span.ends_at - offset


def maintained_changes(page: Page, now: float) -> Iterator[GuardRecord]:
    """The records that are not as they should be now: of a component whose maintenance began, ended, or whose grace is over; of the last, the value is `over`."""
    active = maintained_components(page)
    records = {
        record.subject: record for record in page.guards.values() if record.kind is GuardKind.MAINTAINED
    }
    for component_id in sorted(active | records.keys()):
        record = records.get(component_id)
        if component_id in active:
            if record is None or record.value:
                yield GuardRecord(page.name, GuardKind.MAINTAINED, component_id, now)
        elif record is not None and not record.value:
            yield GuardRecord(
                page.name, GuardKind.MAINTAINED, component_id, now, str(now + _grace(page, component_id))
            )
        elif record is not None and float(record.value) + longest_for(page) <= now:
            yield GuardRecord(page.name, GuardKind.MAINTAINED, component_id, now, OVER)


def left_under_maintenance(page: Page) -> set[str]:
    """The ids of components that show a maintenance though none goes on there: one of ours was called off while the page began it. It is over, and nobody else sets them back.

    Cost: nothing where no maintenance of ours was told; else those told.
    """
    offset = page.clock_offset
    over = {
        component_id: told.told_at
        for told in page.maintenances_told.values()
        # What ended in its own time was told before that: there the page sets back what it set, and nobody else's value is touched.
        if told.standing is Standing.OVER and told.told_at + offset >= told.ends_at - CLOCKS_APART
        for component_id in told.component_ids
    }
    if not over or not page.observed.maintained:
        return set()
    shown = (page.observed.components.get(one) for one in over.keys() - maintained_components(page))
    return {
        one.id
        for one in shown
        if one is not None
        and one.status is ComponentStatus.UNDER_MAINTENANCE
        and one.page_own
        # What the page sets as one ends shows in what is read after that.
        and one.read_at > over[one.id] + page.settings.lists_lag
    }


def under_by_page(page: Page, component_id: str) -> bool:
    """Whether a component that shows a maintenance, now as before, shows it by the page's own doing: that was known in an earlier life, or a list has shown that one of ours goes on there. By the clock alone it may never have begun.

    Cost: those told.
    """
    if (GuardKind.UNDER_BY_PAGE, component_id) in page.guards:
        return True
    rows = page.observed.maintenance_rows
    return any(
        told.standing is Standing.ANNOUNCED and component_id in told.component_ids and row.active
        for told in page.maintenances_told.values()
        if (row := rows.get(told.incident_id)) is not None
    )


def _grace(page: Page, component_id: str) -> float:
    """What our own maintenance of the component says, if it was one."""
    rules = {rule.id: rule for rule in page.ruleset.maintenances}
    told = (one for one in page.maintenances_told.values() if component_id in one.component_ids)
    return max((rules[one.rule].grace for one in told if one.rule in rules), default=GRACE)
