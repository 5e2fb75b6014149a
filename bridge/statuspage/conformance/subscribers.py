"""Subscribers at addresses that nobody reads (RFC 2606): who is there already, and who is active unasked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from bridge.statuspage.api.pagination import LIMIT_FROM_ZERO
from bridge.statuspage.conformance import endpoints
from bridge.statuspage.conformance.made import Kind
from bridge.statuspage.conformance.record import Step

if TYPE_CHECKING:
    from bridge.statuspage.conformance.visitor import Visitor

STEPS: Final = (
    Step.SUBSCRIBED,
    Step.SUBSCRIBED_AGAIN,
    Step.WEBHOOK_SUBSCRIBED,
    Step.UNCONFIRMED_LIST,
    Step.ACTIVE_LIST,
)


async def visit(visitor: Visitor) -> None:
    """Subscribe an address twice, and a webhook without skipping its confirmation.

    Raises:
        LostError: an answer was lost.
    """
    email = f"{visitor.mark}@example.com"
    subscriber: dict[str, Any] = {"subscriber": {"email": email, "skip_confirmation_notification": True}}
    subscribed = await visitor.make(Step.SUBSCRIBED, Kind.SUBSCRIBER, email, subscriber)
    if subscribed.accepted:
        await visitor.make(Step.SUBSCRIBED_AGAIN, Kind.SUBSCRIBER, f"{email} again", subscriber)
    webhook = await visitor.make(
        Step.WEBHOOK_SUBSCRIBED,
        Kind.SUBSCRIBER,
        "webhook",
        {
            "subscriber": {
                "endpoint": f"https://example.com/{visitor.mark}",
                "email": f"{visitor.mark}-webhook@example.com",
                "skip_confirmation_notification": False,
            }
        },
    )
    if not webhook.accepted:
        return
    await asyncio.sleep(visitor.list_lag)
    for step, state in ((Step.UNCONFIRMED_LIST, "unconfirmed"), (Step.ACTIVE_LIST, "active")):
        more = (("type", "webhook"), ("state", state))
        visitor.enter(
            step, await visitor.asker.list(endpoints.SUBSCRIBERS, dialect=LIMIT_FROM_ZERO, more=more)
        )
