"""Subscribers of one incident, by email and SMS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bridge.statuspage.api.models.subscribers import Subscriber
from bridge.statuspage.api.pagination import PER_PAGE
from bridge.statuspage.api.resource import Resource
from bridge.statuspage.api.writes.subscribers import check_for_incident
from bridge.statuspage.sending import Endpoint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bridge.statuspage.api.writes.subscribers import EmailSubscriber, SmsSubscriber

_ONE = msgspec.json.Decoder(Subscriber)
_ALL = "/pages/{page_id}/incidents/{incident_id}/subscribers"
_PATH = f"{_ALL}/{{subscriber_id}}"
LIST = Endpoint("GET", _ALL, msgspec.json.Decoder(tuple[Subscriber, ...]))
GET = Endpoint("GET", _PATH, _ONE)
CREATE = Endpoint("POST", _ALL, _ONE)
UNSUBSCRIBE = Endpoint("DELETE", _PATH, _ONE)
RESEND: Endpoint[None] = Endpoint("POST", f"{_PATH}/resend_confirmation", None)


class IncidentSubscribers(Resource):
    """Calls about subscribers of one incident."""

    def list(self, page_id: str, incident_id: str) -> AsyncIterator[Subscriber]:
        """All subscribers of an incident."""
        return self._caller.rows(LIST, {"page_id": page_id, "incident_id": incident_id}, PER_PAGE)

    async def get(self, page_id: str, incident_id: str, subscriber_id: str) -> Subscriber:
        """Read a subscriber of an incident."""
        return await self._caller.call(GET, _places(page_id, incident_id, subscriber_id))

    async def create(
        self, page_id: str, incident_id: str, subscriber: EmailSubscriber | SmsSubscriber
    ) -> Subscriber:
        """Subscribe an email address or a telephone to an incident.

        Raises:
            ValueError: it names components or an access user, or is of another kind.
        """
        check_for_incident(subscriber)
        return await self._caller.call(
            CREATE, {"page_id": page_id, "incident_id": incident_id}, write=subscriber
        )

    async def unsubscribe(self, page_id: str, incident_id: str, subscriber_id: str) -> Subscriber:
        """End a subscription to an incident."""
        return await self._caller.call(UNSUBSCRIBE, _places(page_id, incident_id, subscriber_id))

    async def resend_confirmation(self, page_id: str, incident_id: str, subscriber_id: str) -> None:
        """Ask an unconfirmed email subscriber again to confirm."""
        await self._caller.call(RESEND, _places(page_id, incident_id, subscriber_id))


def _places(page_id: str, incident_id: str, subscriber_id: str) -> dict[str, str]:
    return {"page_id": page_id, "incident_id": incident_id, "subscriber_id": subscriber_id}
