"""Many subscribers at once: confirm, unsubscribe, reactivate; and how many there are.

Bodies have no wrapper, and a success has no body. Whoever a bulk names and its filter leaves out, or who has left already,
is passed over, so that a repeated bulk does no harm; an identifier that the page never knew is refused.
"""

from collections.abc import Sequence
from dataclasses import replace

from bridge.simulator.fields import Fields
from bridge.simulator.messages import Answer, RefusedError
from bridge.simulator.records.encoding import encode
from bridge.simulator.records.subscribers import (
    Subscriber,
    SubscriberMode,
    SubscriberOrder,
    SubscriberState,
    SubscriberTable,
)
from bridge.simulator.resources.subscriber_filters import ALL, Filter, read_filter, read_mode
from bridge.simulator.resources.subscribers import awaited
from bridge.simulator.resources.subscriptions import ask_to_confirm, unsubscribe
from bridge.simulator.routing import Call, Route

MOST_UNSUBSCRIBED = 100
"""Identifiers in one unsubscribe; "all" has to be fewer."""


def resend_confirmations(call: Call) -> Answer:
    """Ask once more; only unconfirmed subscribers by e-mail get the message."""
    table = _table(call)
    fields = Fields(call.body)
    meant = _read_meant(fields, table, Filter(SubscriberMode.EMAIL, SubscriberState.UNCONFIRMED))
    fields.finish()
    ask_to_confirm(call.account, call.page, [one for one in meant if awaited(one)], now=call.now)
    return Answer(201)


def unsubscribe_many(call: Call) -> Answer:
    """Let at most 100 go."""
    table = _table(call)
    fields = Fields(call.body)
    silent = fields.boolean("skip_unsubscription_notification") is True
    meant = _read_meant(fields, table, read_filter(fields), most=MOST_UNSUBSCRIBED)
    fields.finish()
    unsubscribe(call.account, call.page, meant, silent=silent, now=call.now)
    return Answer(201)


def reactivate_many(call: Call) -> Answer:
    """End quarantines; there is no reactivating for Teams."""
    table = _table(call)
    fields = Fields(call.body)
    mode = read_mode(fields)
    if mode is SubscriberMode.TEAMS:
        fields.refuse("type", "cannot be teams here")
    meant = _read_meant(fields, table, Filter(mode, SubscriberState.QUARANTINED))
    fields.finish()
    for one in meant:
        table[one.id] = replace(one, state=SubscriberState.ACTIVE, quarantined_at=None, purge_at=None)
    return Answer(201)


def count(call: Call) -> Answer:
    """Answer with the numbers of subscribers by kind; the document knows 400 here and no 422."""
    table = _table(call)
    fields = Fields(call.query)
    wanted = read_filter(fields)
    fields.finish(400)
    numbers = {
        mode: table.count(mode, wanted.state) if wanted.mode in {None, mode} else 0 for mode in SubscriberMode
    }
    return Answer(200, encode(numbers))


def histogram(call: Call) -> Answer:
    """Answer with the numbers of subscribers by kind and state."""
    table = _table(call)
    numbers = {
        mode: {
            **{state: table.count(mode, state) for state in SubscriberState},
            "total": table.count(mode),
        }
        for mode in SubscriberMode
    }
    return Answer(200, encode(numbers))


def _table(call: Call) -> SubscriberTable:
    table = call.page.subscribers
    table.purge(call.now)
    return table


def _read_meant(
    fields: Fields, table: SubscriberTable, wanted: Filter, *, most: int | None = None
) -> Sequence[Subscriber]:
    """Read the identifiers sent, or "all", and return those subscribers whom the filter admits.

    Raises:
        RefusedError: 400, nothing was sent.
    """
    sent = fields.raw("subscribers")
    if sent is None or sent == "":
        raise RefusedError(400, "param is missing or the value is empty: subscribers")
    if sent == ALL:
        meant = table.listed(mode=wanted.mode, state=wanted.state, order=SubscriberOrder.CREATED_AT)
        if most is not None and len(meant) >= most:
            fields.refuse("subscribers", f"can be all only where they are fewer than {most}")
        return [table[identifier] for identifier in meant]
    # The document says "string" of what its text calls an array.
    identifiers = [sent] if isinstance(sent, str) else fields.texts("subscribers") or []
    if not identifiers and not fields.wrong("subscribers"):
        fields.refuse("subscribers", "can't be blank")
    if most is not None and len(identifiers) > most:
        fields.refuse("subscribers", f"can be at most {most}")
    for identifier in identifiers:
        if identifier not in table:
            fields.refuse("subscribers", f"{identifier[:50]!r} is not a subscriber of this page")
    known = (table[identifier] for identifier in identifiers if identifier in table)
    return [subscriber for subscriber in known if wanted.admits(subscriber)]


_ALL = "/pages/{page_id}/subscribers"

ROUTES = (
    Route("POST", f"{_ALL}/resend_confirmation", resend_confirmations),
    Route("POST", f"{_ALL}/unsubscribe", unsubscribe_many),
    Route("POST", f"{_ALL}/reactivate", reactivate_many),
    Route("GET", f"{_ALL}/count", count),
    Route("GET", f"{_ALL}/histogram_by_state", histogram),
)
