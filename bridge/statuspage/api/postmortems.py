"""Postmortems: draft, publish, take back, delete."""

from __future__ import annotations

import msgspec

from bridge.statuspage.api.models.postmortems import Postmortem
from bridge.statuspage.api.resource import Resource
from bridge.statuspage.api.writes.postmortems import Draft, Publication
from bridge.statuspage.sending import Endpoint

_ONE = msgspec.json.Decoder(Postmortem)
_PATH = "/pages/{page_id}/incidents/{incident_id}/postmortem"
GET = Endpoint("GET", _PATH, _ONE)
DRAFT = Endpoint("PUT", _PATH, _ONE)
DELETE: Endpoint[None] = Endpoint("DELETE", _PATH, None)
PUBLISH = Endpoint("PUT", f"{_PATH}/publish", _ONE)
REVERT = Endpoint("PUT", f"{_PATH}/revert", _ONE)


class Postmortems(Resource):
    """Calls about the postmortem of an incident."""

    async def get(self, page_id: str, incident_id: str) -> Postmortem:
        """Read a postmortem.

        Raises:
            NotFoundError: the incident has none.
        """
        return await self._caller.call(GET, _places(page_id, incident_id))

    async def draft(self, page_id: str, incident_id: str, body_draft: str) -> Postmortem:
        """Write the draft, or write it anew; readers do not see it, and nobody is told.

        Raises:
            ValueError: the text is empty.
        """
        return await self._caller.call(
            DRAFT, _places(page_id, incident_id), write=Draft(body_draft=body_draft)
        )

    async def publish(
        self,
        page_id: str,
        incident_id: str,
        *,
        notify_subscribers: bool,
        notify_twitter: bool = False,
        custom_tweet: str | None = None,
    ) -> Postmortem:
        """Publish the draft, and say whether subscribers are told."""
        publication = Publication(
            notify_subscribers=notify_subscribers,
            notify_twitter=notify_twitter,
            custom_tweet=custom_tweet,
        )
        return await self._caller.call(PUBLISH, _places(page_id, incident_id), write=publication)

    async def revert(self, page_id: str, incident_id: str) -> Postmortem:
        """Take a published postmortem back: its text is a draft again."""
        return await self._caller.call(REVERT, _places(page_id, incident_id))

    async def delete(self, page_id: str, incident_id: str) -> None:
        """Delete a postmortem."""
        await self._caller.call(DELETE, _places(page_id, incident_id))


def _places(page_id: str, incident_id: str) -> dict[str, str]:
    return {"page_id": page_id, "incident_id": incident_id}
