"""Postmortems: draft, publish, revert, delete.

A draft is the document's PUT with `body_draft`, or the guide's POST with `body`; both make it or write it anew. What is
wrong with a field is answered with 400, the one code that the document has for these operations.
"""

from bridge.simulator.fields import Fields
from bridge.simulator.ledgers import NotificationKind
from bridge.simulator.messages import Answer, RefusedError, not_found
from bridge.simulator.records.incidents import Incident
from bridge.simulator.records.postmortems import Postmortem
from bridge.simulator.resources.components import TEXT_LENGTH
from bridge.simulator.routing import Call, Handler, Route

_BAD_REQUEST = 400


def get_postmortem(call: Call) -> Answer:
    """Answer with an incident's postmortem."""
    return Answer(200, _postmortem(_incident(call)).written)


def _drafting(status: int, *, text: str, other: str) -> Handler:
    """Make the handler that takes a draft from field `text`, or from `other` where that was not sent."""

    def draft(call: Call) -> Answer:
        incident, fields = _incident(call), Fields(call.wrapped("postmortem"))
        name = text if fields.given(text) or not fields.given(other) else other
        body = fields.text(name, maximum=TEXT_LENGTH, required=True)
        fields.finish(_BAD_REQUEST)
        former = incident.postmortem or Postmortem(
            preview_key=call.account.identifiers.draw(), created_at=call.now, updated_at=call.now
        )
        incident.postmortem_ignored = False
        return _keep(call, incident, former.drafted(body or "", now=call.now), status=status)

    return draft


def publish_postmortem(call: Call) -> Answer:
    """Publish the draft and tell those who are named; without a draft nothing is published and nobody told."""
    incident = _incident(call)
    postmortem = _postmortem(incident)
    # The guide sends no body at all.
    fields = Fields(call.wrapped("postmortem") if call.body else {})
    subscribers = fields.boolean("notify_subscribers") is True
    # The document's schema and its sample have two names for one switch.
    twitter = True in (fields.boolean("notify_twitter"), fields.boolean("notify_tweets"))
    tweet = fields.text("custom_tweet", maximum=TEXT_LENGTH)
    fields.finish(_BAD_REQUEST)
    if not (incident.closed or call.account.options.publish_before_resolve):
        raise RefusedError(
            _BAD_REQUEST, "A postmortem cannot be published before its incident is resolved or completed."
        )
    published = postmortem.published(subscribers=subscribers, twitter=twitter, tweet=tweet, now=call.now)
    if published is not postmortem and subscribers:
        call.account.notify(incident, published.body or "", at=call.now, kind=NotificationKind.POSTMORTEM)
    return _keep(call, incident, published)


def revert_postmortem(call: Call) -> Answer:
    """Take a published postmortem back."""
    incident = _incident(call)
    postmortem = _postmortem(incident)
    if postmortem.published_at is None:
        raise RefusedError(_BAD_REQUEST, "The postmortem is not published.")
    return _keep(call, incident, postmortem.reverted(now=call.now))


def delete_postmortem(call: Call) -> Answer:
    """Forget a postmortem, published or not."""
    incident = _incident(call)
    _postmortem(incident)
    incident.postmortem = None
    incident.touch(call.now)
    return Answer(204, "")


def _incident(call: Call) -> Incident:
    return call.target(call.page.incidents, "incident_id")


def _postmortem(incident: Incident) -> Postmortem:
    if incident.postmortem is None:
        raise not_found()
    return incident.postmortem


def _keep(call: Call, incident: Incident, postmortem: Postmortem, *, status: int = 200) -> Answer:
    if postmortem is not incident.postmortem:
        incident.postmortem = postmortem
        incident.touch(call.now)
    return Answer(status, postmortem.written)


_ONE = "/pages/{page_id}/incidents/{incident_id}/postmortem"

ROUTES = (
    Route("GET", _ONE, get_postmortem),
    Route("PUT", _ONE, _drafting(200, text="body_draft", other="body")),
    Route("POST", _ONE, _drafting(201, text="body", other="body_draft")),
    Route("DELETE", _ONE, delete_postmortem),
    Route("PUT", f"{_ONE}/publish", publish_postmortem),
    Route("PUT", f"{_ONE}/revert", revert_postmortem),
)
