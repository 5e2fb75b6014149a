"""Which requests would have subscribers told of something, judged by the request alone.

Must not know records: whether an incident exists and what it shows is not looked at, because a request that never
arrives has to be judged too.
"""

from bridge.simulator.decoding import decode
from bridge.simulator.fields import Fields
from bridge.simulator.messages import RefusedError, Request

_ALL = "/pages/{page_id}/incidents"
_ONE = "/pages/{page_id}/incidents/{incident_id}"


def notifies(request: Request, template: str | None) -> bool:
    """Say whether a request makes an incident or an update, and does not ask for silence."""
    creates = request.method == "POST" and template == _ALL
    changes = request.method in {"PATCH", "PUT"} and template == _ONE
    if not (creates or changes):
        return False
    try:
        sent = decode(request.body, content_type=request.header("Content-Type")).get("incident")
    except RefusedError:
        return False
    if not isinstance(sent, dict) or Fields(sent).boolean("deliver_notifications") is False:
        return False
    return creates or bool(sent.get("status") or sent.get("body"))
