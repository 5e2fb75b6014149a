"""Subscribers of a page or of one incident, and the table that finds them.

Must not know who is told of what: `Page.recipients_of` decides that.
"""

from collections import Counter
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf
from operator import itemgetter

from bridge.simulator.records.encoding import encode
from bridge.simulator.timestamps import in_milliseconds


class SubscriberMode(StrEnum):
    """How a subscriber is reached, in the order in which the document counts them."""

    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"
    INTEGRATION_PARTNER = "integration_partner"
    SLACK = "slack"
    TEAMS = "teams"


class SubscriberState(StrEnum):
    """Whether a subscriber is told of anything; only an active one is."""

    ACTIVE = "active"
    UNCONFIRMED = "unconfirmed"
    QUARANTINED = "quarantined"


class SubscriberOrder(StrEnum):
    """What a list of subscribers can be sorted by, apart from the relevance of a search."""

    PRIMARY = "primary"
    """The address."""
    CREATED_AT = "created_at"
    QUARANTINED_AT = "quarantined_at"
    """Those who never were come last."""


Contact = tuple[SubscriberMode, str]
"""How somebody is reached: two subscribers of one table who share it would be told twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """One address that asked to be told; no `component_ids` means all of the page's.

    It is replaced when it changes, so that its table can keep its indexes true.
    """

    id: str
    mode: SubscriberMode
    created_at: float
    state: SubscriberState = SubscriberState.UNCONFIRMED
    email: str | None = None
    endpoint: str | None = None
    phone_number: str | None = None
    phone_country: str | None = None
    channel: str | None = None
    workspace_name: str | None = None
    component_ids: Sequence[str] = ()
    skip_confirmation_notification: bool = False
    quarantined_at: float | None = None
    purge_at: float | None = None
    unsubscribed_at: float | None = None

    @property
    def told(self) -> bool:
        """Say whether notifications go to it at all."""
        return self.state is SubscriberState.ACTIVE and self.unsubscribed_at is None

    @property
    def address(self) -> str:
        """Return what it is reached by, as it was given."""
        return self.endpoint or self.phone_number or self.email or self.channel or ""

    @property
    def contact(self) -> Contact:
        """Return what it is reached by, in the form in which two can be compared."""
        if self.mode is SubscriberMode.SMS:
            digits = "".join(letter for letter in self.address if letter.isdecimal())
            return self.mode, digits if self.address.startswith("+") else f"{self.phone_country} {digits}"
        return self.mode, self.address if self.mode is SubscriberMode.WEBHOOK else self.address.casefold()

    def written(self) -> str:
        """Return the subscriber as JSON: with the names of the vendor's document, and those of the guide beside them."""
        return encode(
            {
                "id": self.id,
                "skip_confirmation_notification": self.skip_confirmation_notification,
                "mode": self.mode,
                "email": self.email,
                "endpoint": self.endpoint,
                "phone_number": self.phone_number,
                "phone_country": self.phone_country,
                "display_phone_number": self.phone_number,
                "obfuscated_channel_name": self.channel,
                "workspace_name": self.workspace_name,
                "quarantined_at": _or_null(self.quarantined_at),
                "purge_at": _or_null(self.purge_at),
                "components": [*self.component_ids],
                "page_access_user_id": None,
                "created_at": in_milliseconds(self.created_at),
            }
        )


def _or_null(instant: float | None) -> str | None:
    return None if instant is None else in_milliseconds(instant)


_Selection = tuple[SubscriberMode | None, SubscriberState | None, SubscriberOrder]
_KEPT_ORDERS = 12


class SubscriberTable(MutableMapping[str, Subscriber]):
    """Subscribers by identifier, in order of creation, those who left among them.

    Finding who has an address, counting, and cutting a page out of a sorted list cost nothing that grows with the table, until
    it changes. Whoever adds somebody looks first who holds the address.
    """

    __slots__ = ("_counts", "_departed", "_holders", "_next_purge", "_orders", "_records")

    def __init__(self) -> None:
        self._records: dict[str, Subscriber] = {}
        self._holders: dict[Contact, str] = {}
        self._counts: Counter[tuple[SubscriberMode, SubscriberState]] = Counter()
        self._orders: dict[_Selection, list[str]] = {}
        self._departed: list[str] | None = None
        self._next_purge = inf

    def __getitem__(self, identifier: str) -> Subscriber:
        return self._records[identifier]

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    def __setitem__(self, identifier: str, subscriber: Subscriber) -> None:
        former = self._records.get(identifier)
        if former is not None:
            self._leave(former)
        self._records[identifier] = subscriber
        if former is None or replace(former, component_ids=subscriber.component_ids) != subscriber:
            self._forget_orders()
        if subscriber.unsubscribed_at is not None:
            return
        self._holders[subscriber.contact] = identifier
        self._counts[subscriber.mode, subscriber.state] += 1
        if subscriber.purge_at is not None:
            self._next_purge = min(self._next_purge, subscriber.purge_at)

    def __delitem__(self, identifier: str) -> None:
        self._leave(self._records.pop(identifier))
        self._forget_orders()

    def __copy__(self) -> "SubscriberTable":
        copied = SubscriberTable()
        copied._records = {**self._records}
        copied._holders = {**self._holders}
        copied._counts = Counter(self._counts)
        copied._orders = {**self._orders}
        copied._departed = self._departed
        copied._next_purge = self._next_purge
        return copied

    def _leave(self, subscriber: Subscriber) -> None:
        if subscriber.unsubscribed_at is None:
            self._counts[subscriber.mode, subscriber.state] -= 1
            self._holders.pop(subscriber.contact, None)

    def _forget_orders(self) -> None:
        self._orders.clear()
        self._departed = None

    def holder_of(self, contact: Contact) -> Subscriber | None:
        """Return who is reached there and has not left; None for nobody."""
        identifier = self._holders.get(contact)
        return None if identifier is None else self._records[identifier]

    def departed(self) -> Sequence[str]:
        """Return who left, in the order of leaving; do not change what is returned."""
        if self._departed is None:
            left = [
                (one.unsubscribed_at, one.id)
                for one in self._records.values()
                if one.unsubscribed_at is not None
            ]
            left.sort(key=itemgetter(0))
            self._departed = [identifier for _, identifier in left]
        return self._departed

    def count(self, mode: SubscriberMode, state: SubscriberState | None = None) -> int:
        """Count those of a mode who have not left, in one state or (None) in any."""
        return sum(self._counts[mode, one] for one in SubscriberState if state in {None, one})

    def listed(
        self, *, mode: SubscriberMode | None, state: SubscriberState | None, order: SubscriberOrder
    ) -> Sequence[str]:
        """Return who has not left, in one mode and state or (None) in any, in rising order; do not change what is returned."""
        selection = (mode, state, order)
        found = self._orders.get(selection)
        if found is None:
            chosen = [
                one
                for one in self._records.values()
                if one.unsubscribed_at is None and mode in {None, one.mode} and state in {None, one.state}
            ]
            chosen.sort(key=lambda one: _place(one, order))
            found = [one.id for one in chosen]
            if len(self._orders) == _KEPT_ORDERS:
                self._orders.clear()
            self._orders[selection] = found
        return found

    def purge(self, now: float) -> None:
        """Let those go whose quarantine is over."""
        if now < self._next_purge:
            return
        waiting = [
            (one.purge_at, one)
            for one in self._records.values()
            if one.unsubscribed_at is None and one.purge_at is not None
        ]
        self._next_purge = min((at for at, _ in waiting if at > now), default=inf)
        for at, one in waiting:
            if at <= now:
                self[one.id] = replace(one, unsubscribed_at=at)


def _place(subscriber: Subscriber, order: SubscriberOrder) -> tuple[float, str]:
    # Sorting is stable: who shares a place stands in order of creation.
    match order:
        case SubscriberOrder.PRIMARY:
            return 0.0, subscriber.address.casefold()
        case SubscriberOrder.CREATED_AT:
            return subscriber.created_at, ""
        case SubscriberOrder.QUARANTINED_AT:
            since = subscriber.quarantined_at
            return inf if since is None else since, ""
