"""What is told of an incident's components: which take part, how readers know them, what they show, and how bad it was said to be. Decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.reasons import Reason
from bridge.core.statuses import ComponentStatus, worst

if TYPE_CHECKING:
    from bridge.core.component_plan import ComponentChange
    from bridge.core.incidents import IncidentMemory
    from bridge.core.ledger import IncidentTold
    from bridge.core.page import Page
    from bridge.core.rules import ComponentName

GROWING = frozenset({Reason.OPENED, Reason.REOPENED, Reason.ESCALATED, Reason.MONITORED_FOR})
"""After these, all that it grew to has been said."""


def shown_components(
    page: Page, component_ids: tuple[str, ...], riding: dict[str, ComponentChange]
) -> tuple[tuple[str, ComponentStatus], ...]:
    """What the listed components show by our doing after this write. `operational` is nobody's doing."""
    told = {component_id: told.status for component_id, told in page.components_told.items()}
    told |= {component_id: change.status for component_id, change in riding.items()}
    return tuple(
        (component_id, told[component_id])
        for component_id in component_ids
        if told.get(component_id, ComponentStatus.OPERATIONAL) is not ComponentStatus.OPERATIONAL
    )


def display_names(page: Page, component_ids: tuple[str, ...]) -> tuple[str, ...]:
    """The names that readers of the page know."""
    components = page.observed.components
    return tuple(
        components[component_id].display_name for component_id in component_ids if component_id in components
    )


def component_ids_of(
    page: Page, memory: IncidentMemory, among: tuple[ComponentName, ...] | None = None
) -> tuple[str, ...]:
    """The ids of the components that took part, each once; of those that are bound. With `among`, of these alone."""
    names = (name for name in memory.components if among is None or name in among)
    ids = (page.component_id(name) for name in names)
    return tuple(dict.fromkeys(component_id for component_id in ids if component_id is not None))


def told_high_water(
    memory: IncidentMemory, told: IncidentTold | None, reason: Reason | None
) -> ComponentStatus:
    """The worst status that was told, once this is written: a return or a component that joins says nothing of a growth."""
    if told is None:
        return memory.high_water
    return worst((memory.high_water, told.high_water)) if reason in GROWING else told.high_water
