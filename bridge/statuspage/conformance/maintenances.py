"""Two maintenances that begin half a minute or so after they are scheduled: one by itself, and one that is left to wait though its time has come."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from bridge.statuspage.conformance import endpoints
from bridge.statuspage.conformance.made import Kind
from bridge.statuspage.conformance.questions import MAINTAINED
from bridge.statuspage.conformance.record import Step
from bridge.statuspage.timestamps import rfc_3339

if TYPE_CHECKING:
    from bridge.statuspage.conformance.visitor import Visitor

LEAD: Final = 45.0
"""Seconds from now until they begin; a time that is past may be refused."""
LASTS: Final = 3600.0
_SLACK: Final = 3.0
"""Seconds by which the page's clock may be off from what its `Date` told."""
_POLL: Final = 5.0
_BEGINS_WITHIN: Final = 90.0
"""Seconds after its time within which one begins; 15 were recorded (statuspage-api.md, 3.7)."""

STEPS: Final = (
    Step.SCHEDULED,
    Step.COMPONENT_SCHEDULED,
    Step.DUE_SCHEDULED,
    Step.BEGAN,
    Step.COMPONENT_BEGAN,
    Step.SCHEDULED_LIST,
    Step.UPCOMING_LIST,
    Step.DUE,
)


async def schedule(visitor: Visitor, component_id: str) -> float | None:
    """Schedule both, and return when they begin by the page's clock; None if they could not be scheduled.

    Raises:
        LostError: an answer was lost.
    """
    # Whole seconds: incidents are written without milliseconds.
    begins = float(int(visitor.asker.page_time() + LEAD))
    times = {"scheduled_for": rfc_3339(begins), "scheduled_until": rfc_3339(begins + LASTS)}
    # Whether its steps notify is left out on purpose: what the page does then is asked.
    common: dict[str, Any] = {"status": "scheduled", "deliver_notifications": False, **times}
    first = await visitor.make(
        Step.SCHEDULED,
        Kind.INCIDENT,
        "maintenance",
        {
            "incident": {
                "name": visitor.name("maintenance"),
                **common,
                "scheduled_auto_in_progress": True,
                "component_ids": [component_id],
                "components": {component_id: MAINTAINED},
            }
        },
    )
    await visitor.step(Step.COMPONENT_SCHEDULED, endpoints.COMPONENT, {"component_id": component_id})
    second = await visitor.make(
        Step.DUE_SCHEDULED,
        Kind.INCIDENT,
        "maintenance that waits",
        {
            "incident": {
                "name": visitor.name("maintenance that waits"),
                **common,
                "scheduled_auto_in_progress": False,
            }
        },
    )
    return begins if first.accepted and second.accepted else None


async def look(visitor: Visitor, component_id: str, begins: float) -> None:
    """Wait until their time has come, and look.

    Raises:
        LostError: an answer was lost.
    """
    first, second = (visitor.record.identifier(step) for step in (Step.SCHEDULED, Step.DUE_SCHEDULED))
    if first is None or second is None:
        return
    asker = visitor.asker
    await asyncio.sleep(max(0.0, begins + _SLACK - asker.page_time()))
    while True:
        seen = await visitor.step(Step.BEGAN, endpoints.INCIDENT, {"incident_id": first})
        if seen.member("status") == "in_progress" or asker.page_time() > begins + _BEGINS_WITHIN:
            break
        await asyncio.sleep(_POLL)
    await visitor.step(Step.COMPONENT_BEGAN, endpoints.COMPONENT, {"component_id": component_id})
    await asyncio.sleep(visitor.list_lag)
    visitor.enter(Step.SCHEDULED_LIST, await asker.list(endpoints.SCHEDULED))
    visitor.enter(Step.UPCOMING_LIST, await asker.list(endpoints.UPCOMING))
    await visitor.step(Step.DUE, endpoints.INCIDENT, {"incident_id": second})
