"""Subscribers of a page: one, all, many at once, and how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from bridge.statuspage.api.caller import parameters
from bridge.statuspage.api.models.subscribers import Subscriber, SubscriberCount, SubscriberHistogram
from bridge.statuspage.api.pagination import LIMIT_FROM_ZERO, PER_PAGE
from bridge.statuspage.api.resource import Resource
from bridge.statuspage.api.values import SortField, SubscriberState, SubscriberType
from bridge.statuspage.api.writes.subscribers import (
    Reactivation,
    Reminder,
    SubscriptionChange,
    Unsubscription,
)
from bridge.statuspage.api.writes.write import check_one_of
from bridge.statuspage.sending import Endpoint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bridge.statuspage.api.writes.subscribers import NewSubscriber, Selection

_ONE = msgspec.json.Decoder(Subscriber)
_MANY = msgspec.json.Decoder(tuple[Subscriber, ...])
_ALL = "/pages/{page_id}/subscribers"
_PATH = "/pages/{page_id}/subscribers/{subscriber_id}"
LIST = Endpoint("GET", _ALL, _MANY)
UNSUBSCRIBED = Endpoint("GET", f"{_ALL}/unsubscribed", _MANY)
COUNT = Endpoint("GET", f"{_ALL}/count", msgspec.json.Decoder(SubscriberCount))
HISTOGRAM = Endpoint("GET", f"{_ALL}/histogram_by_state", msgspec.json.Decoder(SubscriberHistogram))
GET = Endpoint("GET", _PATH, _ONE)
CREATE = Endpoint("POST", _ALL, _ONE)
UPDATE = Endpoint("PATCH", _PATH, _ONE)
UNSUBSCRIBE = Endpoint("DELETE", _PATH, _ONE)
RESEND: Endpoint[None] = Endpoint("POST", f"{_PATH}/resend_confirmation", None)
RESEND_MANY: Endpoint[None] = Endpoint("POST", f"{_ALL}/resend_confirmation", None)
UNSUBSCRIBE_MANY: Endpoint[None] = Endpoint("POST", f"{_ALL}/unsubscribe", None)
REACTIVATE_MANY: Endpoint[None] = Endpoint("POST", f"{_ALL}/reactivate", None)


class Subscribers(Resource):
    """Calls about subscribers."""

    def list(
        self,
        page_id: str,
        *,
        q: str | None = None,
        type: SubscriberType | None = None,  # noqa: A002 - the API's word
        state: SubscriberState = SubscriberState.ACTIVE,
        sort_field: SortField | None = None,
        sort_direction: Literal["asc", "desc"] | None = None,
    ) -> AsyncIterator[Subscriber]:
        """Subscribers of a page, active ones alone unless another state is named.

        Args:
            page_id: the page.
            q: a text to be found in email address, endpoint or telephone number.
            type: of this type alone.
            state: in this state alone, or `ALL`.
            sort_field: `RELEVANCE` needs `q`.
            sort_direction: rising if None.

        Raises:
            ValueError: a word is unknown, or `RELEVANCE` has no `q`.
        """
        check_one_of("type", type, tuple(SubscriberType))
        check_one_of("state", state, tuple(SubscriberState))
        check_one_of("sort_field", sort_field, tuple(SortField))
        check_one_of("sort_direction", sort_direction, ("asc", "desc"))
        if sort_field == SortField.RELEVANCE and q is None:
            raise ValueError("sort_field is 'relevance', which needs q")
        query = parameters(q=q, type=type, state=state, sort_field=sort_field, sort_direction=sort_direction)
        return self._caller.rows(LIST, {"page_id": page_id}, LIMIT_FROM_ZERO, query=query)

    def unsubscribed(self, page_id: str) -> AsyncIterator[Subscriber]:
        """Those who were subscribers once."""
        return self._caller.rows(UNSUBSCRIBED, {"page_id": page_id}, PER_PAGE)

    async def count(
        self,
        page_id: str,
        *,
        type: SubscriberType | None = None,  # noqa: A002 - the API's word
        state: SubscriberState = SubscriberState.ACTIVE,
    ) -> SubscriberCount:
        """How many subscribers there are of each type, active ones alone unless another state is named.

        Raises:
            ValueError: a word is unknown.
        """
        check_one_of("type", type, tuple(SubscriberType))
        check_one_of("state", state, tuple(SubscriberState))
        return await self._caller.call(COUNT, {"page_id": page_id}, query=parameters(type=type, state=state))

    async def histogram(self, page_id: str) -> SubscriberHistogram:
        """How many subscribers there are of each type in each state."""
        return await self._caller.call(HISTOGRAM, {"page_id": page_id})

    async def get(self, page_id: str, subscriber_id: str) -> Subscriber:
        """Read a subscriber."""
        return await self._caller.call(GET, {"page_id": page_id, "subscriber_id": subscriber_id})

    async def create(self, page_id: str, subscriber: NewSubscriber) -> Subscriber:
        """Subscribe an email address, a telephone or a webhook. Slack and Teams subscribe themselves."""
        return await self._caller.call(CREATE, {"page_id": page_id}, write=subscriber)

    async def update(
        self, page_id: str, subscriber_id: str, *, component_ids: tuple[str, ...] | None
    ) -> Subscriber:
        """Say what a subscriber is told about from now on: these components, or everything if None.

        Raises:
            ValueError: `component_ids` is empty.
        """
        return await self._caller.call(
            UPDATE,
            {"page_id": page_id, "subscriber_id": subscriber_id},
            write=SubscriptionChange(component_ids=component_ids),
        )

    async def unsubscribe(
        self, page_id: str, subscriber_id: str, *, skip_unsubscription_notification: bool
    ) -> Subscriber:
        """End a subscription, and say so to the subscriber unless that is skipped."""
        return await self._caller.call(
            UNSUBSCRIBE,
            {"page_id": page_id, "subscriber_id": subscriber_id},
            query=parameters(skip_unsubscription_notification=skip_unsubscription_notification),
        )

    async def resend_confirmation(self, page_id: str, subscriber_id: str) -> None:
        """Ask an unconfirmed email subscriber again to confirm."""
        await self._caller.call(RESEND, {"page_id": page_id, "subscriber_id": subscriber_id})

    async def resend_confirmations(self, page_id: str, subscribers: Selection) -> None:
        """Ask these, or all, unconfirmed email subscribers again to confirm.

        Raises:
            ValueError: nobody is named.
        """
        await self._caller.call(RESEND_MANY, {"page_id": page_id}, write=Reminder(subscribers=subscribers))

    async def unsubscribe_many(
        self,
        page_id: str,
        subscribers: Selection,
        *,
        skip_unsubscription_notification: bool,
        type: SubscriberType | None = None,  # noqa: A002 - the API's word
        state: SubscriberState = SubscriberState.ACTIVE,
    ) -> None:
        """End the subscriptions of at most 100, or of all if these are fewer than 100, and say so to them unless that is skipped.

        Raises:
            ValueError: nobody or too many are named, or a word is unknown.
        """
        write = Unsubscription(
            subscribers=subscribers,
            skip_unsubscription_notification=skip_unsubscription_notification,
            type=type,
            state=state,
        )
        await self._caller.call(UNSUBSCRIBE_MANY, {"page_id": page_id}, write=write)

    async def reactivate_many(
        self,
        page_id: str,
        subscribers: Selection,
        *,
        type: SubscriberType | None = None,  # noqa: A002 - the API's word
    ) -> None:
        """Tell quarantined subscribers again: these, or all.

        Raises:
            ValueError: nobody is named, or the type cannot be reactivated.
        """
        write = Reactivation(subscribers=subscribers, type=type)
        await self._caller.call(REACTIVATE_MANY, {"page_id": page_id}, write=write)
