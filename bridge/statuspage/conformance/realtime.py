"""One incident from its opening to its end, without a mail: metadata, lists, updates without a text, the ways back, a postmortem before its time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bridge.statuspage.conformance import endpoints
from bridge.statuspage.conformance.made import Kind
from bridge.statuspage.conformance.questions import BROKEN, FIRST_KEY, RECOVERED, SECOND_KEY
from bridge.statuspage.conformance.record import Seen, Step

if TYPE_CHECKING:
    from bridge.statuspage.conformance.visitor import Visitor

TOO_LONG = 300
"""Characters of a name; 255 are allowed (the vendor's document)."""

STEPS: Final = (
    Step.OPENED,
    Step.LISTED,
    Step.METADATA_CHANGED,
    Step.COMPONENT_RECOVERED,
    Step.STATUS_ALONE,
    Step.STATUS_AGAIN,
    Step.WENT_BACK,
    Step.NAME_TOO_LONG,
    Step.UPDATE_CORRECTED,
    Step.DRAFTED,
    Step.PUBLISHED_EARLY,
    Step.RESOLVED,
    Step.GONE_FROM_LIST,
    Step.REOPENED,
)


async def visit(visitor: Visitor, component_id: str) -> None:
    """See one incident through, on a component of ours.

    Raises:
        LostError: an answer was lost; what comes after it is left out.
    """
    opened = await visitor.make(
        Step.OPENED,
        Kind.INCIDENT,
        "incident",
        {
            "incident": {
                "name": visitor.name("incident"),
                "status": "investigating",
                "deliver_notifications": False,
                "component_ids": [component_id],
                "components": {component_id: BROKEN},
                "metadata": {FIRST_KEY: {"mark": visitor.mark}},
            }
        },
    )
    incident_id = opened.member("id")
    if not opened.accepted or not isinstance(incident_id, str):
        return

    async def change(step: Step, **members: Any) -> Seen:
        payload = {"incident": {"deliver_notifications": False, **members}}
        return await visitor.step(
            step, endpoints.CHANGE_INCIDENT, {"incident_id": incident_id}, payload=payload
        )

    await visitor.wait_for(
        Step.LISTED, endpoints.UNRESOLVED, lambda seen: seen.row(incident_id) is not None, of=Step.OPENED
    )
    await change(Step.METADATA_CHANGED, metadata={SECOND_KEY: {"mark": visitor.mark}})
    await visitor.step(
        Step.COMPONENT_RECOVERED,
        endpoints.CHANGE_COMPONENT,
        {"component_id": component_id},
        payload={"component": {"status": RECOVERED}},
    )
    await change(Step.STATUS_ALONE, status="monitoring")
    await change(Step.STATUS_AGAIN, status="monitoring")
    back = await change(Step.WENT_BACK, status="identified", body="It was found again.")
    await change(Step.NAME_TOO_LONG, name="x" * TOO_LONG)
    await _correct(visitor, incident_id, back if back.accepted else opened)
    await _publish(visitor, incident_id)
    await change(
        Step.RESOLVED,
        status="resolved",
        body="It is over.",
        component_ids=[component_id],
        components={component_id: RECOVERED},
    )
    await visitor.wait_for(
        Step.GONE_FROM_LIST,
        endpoints.UNRESOLVED,
        lambda seen: seen.row(incident_id) is None,
        of=Step.RESOLVED,
    )
    await change(Step.REOPENED, status="investigating", body="It is not over.")


async def _correct(visitor: Visitor, incident_id: str, shown: Seen) -> None:
    """Send a status with the correction of an update, which the vendor's document does not have there."""
    updates = shown.updates
    if not updates or not isinstance(update_id := updates[0].get("id"), str):
        visitor.record.skip("the incident shows no update to correct", Step.UPDATE_CORRECTED)
        return
    payload = {
        "incident_update": {"body": "Corrected.", "status": "monitoring", "deliver_notifications": False}
    }
    await visitor.step(
        Step.UPDATE_CORRECTED,
        endpoints.CHANGE_UPDATE,
        {"incident_id": incident_id, "incident_update_id": update_id},
        payload=payload,
    )


async def _publish(visitor: Visitor, incident_id: str) -> None:
    draft = {"postmortem": {"body_draft": "A draft that nobody reads."}}
    drafted = await visitor.step(Step.DRAFTED, endpoints.DRAFT, {"incident_id": incident_id}, payload=draft)
    if drafted.accepted:
        await visitor.step(
            Step.PUBLISHED_EARLY,
            endpoints.PUBLISH,
            {"incident_id": incident_id},
            payload={"postmortem": {"notify_subscribers": False, "notify_twitter": False}},
        )
