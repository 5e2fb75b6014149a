"""An incident that was opened silently and then asks to notify; beside it one that is opened aloud, as a control.

Silence proves something only if the listener hears the other one. Where nobody listens nothing is made, and the question stays unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bridge.statuspage.conformance import endpoints
from bridge.statuspage.conformance.made import Kind
from bridge.statuspage.conformance.record import Step

if TYPE_CHECKING:
    from bridge.statuspage.conformance.listening import Listener
    from bridge.statuspage.conformance.visitor import Visitor

HEARD_WITHIN: Final = 60.0
"""Seconds in which the page tells a webhook, or does not."""

STEPS: Final = (
    Step.CONTROL_ANNOUNCED,
    Step.ANNOUNCED,
)


async def visit(visitor: Visitor, listener: Listener | None) -> None:
    """Subscribe the listener, and tell two incidents.

    Raises:
        LostError: an answer was lost.
    """
    record = visitor.record
    if listener is None:
        record.skip(
            "nobody listened: what subscribers are told is not in the API (--listen HOST:PORT)", *STEPS
        )
        return
    webhook = {
        "endpoint": listener.address,
        "email": f"{visitor.mark}-listener@example.com",
        "skip_confirmation_notification": True,
    }
    subscribed = await visitor.made.make(Kind.SUBSCRIBER, "listener", {"subscriber": webhook})
    if not subscribed.accepted:
        record.skip(f"the listener could not be subscribed ({subscribed.status})", *STEPS)
        return
    what = "incident that is told"
    control = await visitor.make(
        Step.CONTROL_ANNOUNCED, Kind.INCIDENT, what, _incident(visitor, what, aloud=True)
    )
    silent = await visitor.made.make(
        Kind.INCIDENT, visitor.name("silent incident"), _incident(visitor, "silent incident", aloud=False)
    )
    control_id, silent_id = control.member("id"), silent.member("id")
    if not isinstance(control_id, str) or not isinstance(silent_id, str):
        return
    text = visitor.name("is announced now.")
    change = {"status": "identified", "body": text, "deliver_notifications": True}
    await visitor.step(
        Step.ANNOUNCED, endpoints.CHANGE_INCIDENT, {"incident_id": silent_id}, payload={"incident": change}
    )
    record.silent_heard = await listener.hears(silent_id, text, within=HEARD_WITHIN)
    # By now it had all the time that there is.
    record.control_heard = await listener.hears(
        control_id, visitor.name("incident that is told."), within=0.0
    )


def _incident(visitor: Visitor, what: str, *, aloud: bool) -> dict[str, Any]:
    return {
        "incident": {
            "name": visitor.name(what),
            "status": "investigating",
            "body": visitor.name(f"{what}."),
            "deliver_notifications": aloud,
        }
    }
