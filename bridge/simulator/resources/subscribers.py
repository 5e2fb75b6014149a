"""Subscribers of a page, one by one: list, create, get, change, unsubscribe, and those who left.

Lists show the active ones unless they are asked for others; by its identifier everyone is found who has not left.
"""

from dataclasses import replace

from bridge.simulator.fields import Fields
from bridge.simulator.messages import Answer, not_found
from bridge.simulator.records.encoding import as_list
from bridge.simulator.records.subscribers import Subscriber, SubscriberMode, SubscriberState
from bridge.simulator.resources.subscriber_fields import read_component_ids, read_enrolment
from bridge.simulator.resources.subscriber_filters import find, read_search
from bridge.simulator.resources.subscriptions import ask_to_confirm, enrol, unsubscribe
from bridge.simulator.routing import Call, Route


def list_subscribers(call: Call) -> Answer:
    """Answer with subscribers; the first page is page 0."""
    table = call.listed_page.subscribers
    search = read_search(Fields(call.query))
    table.purge(call.now)
    chosen = call.one_page_of(find(search, table), size="limit", first=0)
    return Answer(200, as_list(table[identifier].written() for identifier in chosen))


def list_unsubscribed(call: Call) -> Answer:
    """Answer with those who left, who left first first; the first page is page 1."""
    table = call.listed_page.subscribers
    table.purge(call.now)
    chosen = call.one_page_of(table.departed())
    return Answer(200, as_list(table[identifier].written() for identifier in chosen))


def create_subscriber(call: Call) -> Answer:
    """Make a subscriber, who is asked to confirm it, unless the request wants no message to be sent."""
    page, account = call.page, call.account
    enrolment = read_enrolment(Fields(call.wrapped("subscriber")), page)
    status = account.options.duplicate_subscriber_status
    subscriber = enrol(account, page.subscribers, enrolment, duplicate_status=status, now=call.now)
    if subscriber.state is SubscriberState.UNCONFIRMED:
        ask_to_confirm(account, page, [subscriber], now=call.now)
    return Answer(201, subscriber.written())


def get_subscriber(call: Call) -> Answer:
    """Answer with one subscriber."""
    return Answer(200, _subscriber(call).written())


def change_subscriber(call: Call) -> Answer:
    """Subscribe somebody to other components, or to all of them where none are sent; the body has no wrapper."""
    subscriber = _subscriber(call)
    fields = Fields(call.body)
    component_ids = read_component_ids(fields, call.page)
    fields.finish()
    changed = replace(subscriber, component_ids=component_ids)
    call.page.subscribers[subscriber.id] = changed
    return Answer(200, changed.written())


def delete_subscriber(call: Call) -> Answer:
    """Let a subscriber go and answer with it."""
    subscriber = _subscriber(call)
    fields = Fields(call.query)
    silent = fields.boolean("skip_unsubscription_notification") is True
    fields.finish()
    unsubscribe(call.account, call.page, [subscriber], silent=silent, now=call.now)
    return Answer(200, subscriber.written())


def resend_confirmation(call: Call) -> Answer:
    """Ask once more; only an unconfirmed subscriber by e-mail gets the message."""
    subscriber = _subscriber(call)
    if awaited(subscriber):
        ask_to_confirm(call.account, call.page, [subscriber], now=call.now)
    return Answer(201)


def awaited(subscriber: Subscriber) -> bool:
    """Say whether a subscriber has still to confirm, and can be asked to by e-mail."""
    return subscriber.mode is SubscriberMode.EMAIL and subscriber.state is SubscriberState.UNCONFIRMED


def _subscriber(call: Call) -> Subscriber:
    table = call.page.subscribers
    table.purge(call.now)
    subscriber = call.target(table, "subscriber_id")
    if subscriber.unsubscribed_at is not None:
        raise not_found()
    return subscriber


_ALL = "/pages/{page_id}/subscribers"
_ONE = "/pages/{page_id}/subscribers/{subscriber_id}"

ROUTES = (
    Route("GET", _ALL, list_subscribers),
    Route("POST", _ALL, create_subscriber),
    Route("GET", f"{_ALL}/unsubscribed", list_unsubscribed),
    Route("GET", _ONE, get_subscriber),
    Route("PATCH", _ONE, change_subscriber),
    Route("DELETE", _ONE, delete_subscriber),
    Route("POST", f"{_ONE}/resend_confirmation", resend_confirmation),
)
