"""Which requests would have subscribers told of something, judged by the request alone.

Must not know records: whether an incident exists and what it shows is not looked at, because a request that never
arrives has to be judged too.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bridge.simulator.decoding import decode
from bridge.simulator.fields import Fields
from bridge.simulator.messages import RefusedError, Request

_INCIDENTS = "/pages/{page_id}/incidents"
_INCIDENT = f"{_INCIDENTS}/{{incident_id}}"
_UPDATES = f"{_INCIDENT}/incident_updates"
_UPDATE = f"{_UPDATES}/{{incident_update_id}}"
_PUBLISH = f"{_INCIDENT}/postmortem/publish"


# Each operation by its method and template: the wrapper of its body, and the judgement of what stands in it.
_JUDGEMENTS: Mapping[tuple[str, str], tuple[str, Callable[[Mapping[str, Any]], bool]]] = {
    ("POST", _INCIDENTS): ("incident", lambda sent: _aloud(sent) and not _asks(sent, "backfilled")),
    ("PATCH", _INCIDENT): ("incident", lambda sent: _aloud(sent) and _tells(sent)),
    ("PUT", _INCIDENT): ("incident", lambda sent: _aloud(sent) and _tells(sent)),
    ("POST", _UPDATES): ("incident_update", lambda sent: _aloud(sent) and _tells(sent)),
    ("PATCH", _UPDATE): ("incident_update", lambda sent: _asks(sent, "deliver_notifications")),
    ("PUT", _UPDATE): ("incident_update", lambda sent: _asks(sent, "deliver_notifications")),
    ("PUT", _PUBLISH): ("postmortem", lambda sent: _asks(sent, "notify_subscribers")),
}


def notifies(request: Request, template: str | None) -> bool:
    """Say whether a request would have subscribers told of an incident.

    What makes an incident or an update does, unless it asks for silence; what changes an update or publishes a
    postmortem does when it asks for it.
    """
    wrapper, judge = _JUDGEMENTS.get((request.method, template or ""), ("", None))
    if judge is None:
        return False
    try:
        sent = decode(request.body, content_type=request.header("Content-Type")).get(wrapper)
    except RefusedError:
        return False
    return isinstance(sent, dict) and judge(sent)


def _aloud(sent: Mapping[str, Any]) -> bool:
    return Fields(sent).boolean("deliver_notifications") is not False


def _tells(sent: Mapping[str, Any]) -> bool:
    return bool(sent.get("status") or sent.get("body"))


def _asks(sent: Mapping[str, Any], name: str) -> bool:
    return Fields(sent).boolean(name) is True
