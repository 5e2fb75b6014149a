"""What is under maintenance for evaluation: until when nothing begins to be claimed of a component.

While a maintenance of a component is in progress, and for a grace after it, its rules begin nothing: `for` starts anew when the grace is over. So what a maintenance disturbs, and what needs a
moment to come back after it, is not told as an outage. Remembered across restarts, with the guards. Knows no rule and no wire format.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.guards import GuardKind, GuardRecord
from bridge.core.holds import NEVER
from bridge.core.maintenance import maintained_components

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.page import Page
    from bridge.core.rules import ComponentName

GRACE = 120.0
"""Seconds after a maintenance in which nothing begins, where no rule of ours says another figure: a deployment's last restarts are over by then, and `for` comes on top."""

OVER = "over"
"""The value of a record that is to be deleted."""


def maintained_until(page: Page, now: float) -> dict[ComponentName, float]:
    """Until when nothing begins to be claimed, of each component under maintenance or in its grace. Our clock; infinity while the end is not known.

    Cost: nothing where there is no maintenance; else the components that rules name.
    """
    ends = {
        record.subject: float(record.value) if record.value else NEVER
        for record in page.guards.values()
        if record.kind is GuardKind.MAINTAINED
    }
    if not ends:
        return {}
    found = {}
    for name in page.ruleset.component_names:
        until = ends.get(page.component_id(name) or "", 0.0)
        if until > now:
            found[name] = until
    return found


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
            yield GuardRecord(page.name, GuardKind.MAINTAINED, component_id, now, str(now + GRACE))
        elif record is not None and float(record.value) <= now:
            yield GuardRecord(page.name, GuardKind.MAINTAINED, component_id, now, OVER)
