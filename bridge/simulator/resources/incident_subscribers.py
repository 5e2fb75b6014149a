"""Subscribers of one incident: list, create, get, unsubscribe, and asking them to confirm.

They are reached by e-mail or SMS alone. The document knows 400 for what is wrong with them, and no 422.
"""

from bridge.simulator.fields import Fields
from bridge.simulator.messages import Answer, not_found
from bridge.simulator.records.encoding import as_list
from bridge.simulator.records.incidents import Incident
from bridge.simulator.records.subscribers import Subscriber, SubscriberOrder, SubscriberState
from bridge.simulator.resources.subscriber_fields import read_incident_enrolment
from bridge.simulator.resources.subscribers import awaited
from bridge.simulator.resources.subscriptions import ask_to_confirm, enrol, unsubscribe
from bridge.simulator.routing import Call, Route

_WRAPPER = "subscriber"


def list_subscribers(call: Call) -> Answer:
    """Answer with those who have not left, confirmed or not, in order of creation."""
    table = call.target(call.listed_page.incidents, "incident_id").subscribers
    chosen = call.one_page_of(table.listed(mode=None, state=None, order=SubscriberOrder.CREATED_AT))
    return Answer(200, as_list(table[identifier].written() for identifier in chosen))


def create_subscriber(call: Call) -> Answer:
    """Make a subscriber, who is asked to confirm it, unless the request wants no message to be sent."""
    page, incident, account = call.page, _incident(call), call.account
    # The vendor's own example has no wrapper.
    fields = Fields(call.wrapped(_WRAPPER) if _WRAPPER in call.body or not call.body else call.body)
    enrolment = read_incident_enrolment(fields)
    subscriber = enrol(account, incident.subscribers, enrolment, duplicate_status=400, now=call.now)
    if subscriber.state is SubscriberState.UNCONFIRMED:
        ask_to_confirm(account, page, [subscriber], incident=incident, now=call.now)
    return Answer(201, subscriber.written())


def get_subscriber(call: Call) -> Answer:
    """Answer with one subscriber."""
    return Answer(200, _subscriber(call, _incident(call)).written())


def delete_subscriber(call: Call) -> Answer:
    """Let a subscriber go and answer with it."""
    incident = _incident(call)
    subscriber = _subscriber(call, incident)
    unsubscribe(call.account, call.page, [subscriber], incident=incident, silent=False, now=call.now)
    return Answer(200, subscriber.written())


def resend_confirmation(call: Call) -> Answer:
    """Ask once more; only an unconfirmed subscriber by e-mail gets the message."""
    incident = _incident(call)
    subscriber = _subscriber(call, incident)
    if awaited(subscriber):
        ask_to_confirm(call.account, call.page, [subscriber], incident=incident, now=call.now)
    return Answer(201)


def _incident(call: Call) -> Incident:
    return call.target(call.page.incidents, "incident_id")


def _subscriber(call: Call, incident: Incident) -> Subscriber:
    subscriber = call.target(incident.subscribers, "subscriber_id")
    if subscriber.unsubscribed_at is not None:
        raise not_found()
    return subscriber


_ALL = "/pages/{page_id}/incidents/{incident_id}/subscribers"
_ONE = "/pages/{page_id}/incidents/{incident_id}/subscribers/{subscriber_id}"

ROUTES = (
    Route("GET", _ALL, list_subscribers),
    Route("POST", _ALL, create_subscriber),
    Route("GET", _ONE, get_subscriber),
    Route("DELETE", _ONE, delete_subscriber),
    Route("POST", f"{_ONE}/resend_confirmation", resend_confirmation),
)
