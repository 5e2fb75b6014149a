"""Which subscribers a request means: by kind, by state, by what is searched for."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bridge.simulator.fields import Choice, Fields
from bridge.simulator.records.subscribers import (
    Subscriber,
    SubscriberMode,
    SubscriberOrder,
    SubscriberState,
    SubscriberTable,
)

ALL = "all"
RELEVANCE = "relevance"
_LONGEST_SEARCH = 255
_NOT_SEARCHED = frozenset({SubscriberMode.SLACK})


class Direction(StrEnum):
    """Which end of a list comes first."""

    RISING = "asc"
    FALLING = "desc"


@dataclass(frozen=True, slots=True)
class Filter:
    """Kind and state of the subscribers meant; None for any."""

    mode: SubscriberMode | None
    state: SubscriberState | None

    def admits(self, subscriber: Subscriber) -> bool:
        """Say whether a subscriber who has not left is meant."""
        return (
            subscriber.unsubscribed_at is None
            and self.mode in {None, subscriber.mode}
            and self.state in {None, subscriber.state}
        )


def read_filter(fields: Fields) -> Filter:
    """Read `type` and `state`; without a state, the active ones are meant."""
    return Filter(read_mode(fields), _read_state(fields))


def read_mode(fields: Fields) -> SubscriberMode | None:
    """Read `type`; the guide's "integration" is the document's "integration_partner"."""
    if fields.raw("type") == "integration":
        return SubscriberMode.INTEGRATION_PARTNER
    return _unless_blank(fields, "type", SubscriberMode)


def _read_state(fields: Fields) -> SubscriberState | None:
    if fields.raw("state") == ALL:
        return None
    state = _unless_blank(fields, "state", SubscriberState)
    return SubscriberState.ACTIVE if state is None else state


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a list is asked for: a text (blank for none), a filter, and an order (None: by relevance)."""

    text: str
    filter: Filter
    order: SubscriberOrder | None
    falling: bool


def read_search(fields: Fields) -> Search:
    """Read the parameters of a list.

    Raises:
        RefusedError: 422 with everything that is wrong, by parameter.
    """
    text = fields.text("q", maximum=_LONGEST_SEARCH) or ""
    by_relevance = fields.raw("sort_field") == RELEVANCE
    if by_relevance and not text:
        fields.refuse("sort_field", "can be relevance only where q is given")
    order = None
    if not by_relevance:
        order = _unless_blank(fields, "sort_field", SubscriberOrder) or SubscriberOrder.PRIMARY
    search = Search(
        text=text.casefold(),
        filter=read_filter(fields),
        order=order,
        falling=_unless_blank(fields, "sort_direction", Direction) is Direction.FALLING,
    )
    fields.finish()
    return search


def find(search: Search, table: SubscriberTable) -> Sequence[str]:
    """Return the identifiers of those who are meant, in the order asked for."""
    wanted = search.filter
    found = table.listed(mode=wanted.mode, state=wanted.state, order=search.order or SubscriberOrder.PRIMARY)
    if search.text:
        ranks = {identifier: _rank(table[identifier], search.text) for identifier in found}
        found = [identifier for identifier in found if ranks[identifier] is not None]
        if search.order is None:
            found.sort(key=lambda identifier: ranks[identifier] or 0)
    return found[::-1] if search.falling else found


def _rank(subscriber: Subscriber, wanted: str) -> int | None:
    """Say how far a text lies from the addresses: 0 is one of them, then by where it stands; None where it is in none."""
    if subscriber.mode in _NOT_SEARCHED:
        return None
    addresses = (subscriber.email, subscriber.endpoint, subscriber.phone_number)
    ranks = []
    for address in addresses:
        place = -1 if address is None else address.casefold().find(wanted)
        if address is not None and place >= 0:
            ranks.append(0 if len(address) == len(wanted) else place + 1)
    return min(ranks, default=None)


def _unless_blank(fields: Fields, name: str, choices: type[Choice]) -> Choice | None:
    return None if fields.raw(name) == "" else fields.choice(name, choices)
