"""Subscribers of a page, put there as if they had confirmed long ago."""

from bridge.simulator.records.incidents import Incident
from bridge.simulator.records.subscribers import Subscriber, SubscriberMode, SubscriberState
from tests.simulator.desk import NOW, Desk


def subscribe(
    desk: Desk,
    name: str,
    *component_ids: str,
    state: SubscriberState = SubscriberState.ACTIVE,
    incident: Incident | None = None,
) -> str:
    """Let somebody be told of the page, of some of its components, or of one incident; return the subscriber's id."""
    table = desk.simulator.page(desk.page_id).subscribers if incident is None else incident.subscribers
    table[name] = Subscriber(
        id=name,
        mode=SubscriberMode.EMAIL,
        email=f"{name}@example.com",
        created_at=NOW - 500,
        state=state,
        component_ids=[*component_ids],
    )
    return name
