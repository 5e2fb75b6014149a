"""What the whole client may call, spelled out: the guide's nine resources, metric providers and incident subscribers, as the vendor's document has them.

An alias of a PATCH (the document has a PUT for each) is left out. Spelled out, not collected from the endpoints, so that a new endpoint stays shut until someone opens it here.
"""

from __future__ import annotations

from typing import Final

_PAGE = "/pages/{page_id}"
_INCIDENT = "/pages/{page_id}/incidents/{incident_id}"
_PROVIDER = "/pages/{page_id}/metrics_providers/{metrics_provider_id}"

READS: Final = frozenset(
    ("GET", path)
    for path in (
        "/pages",
        _PAGE,
        f"{_PAGE}/incidents",
        f"{_PAGE}/incidents/unresolved",
        f"{_PAGE}/incidents/scheduled",
        f"{_PAGE}/incidents/active_maintenance",
        f"{_PAGE}/incidents/upcoming",
        _INCIDENT,
        f"{_INCIDENT}/subscribers",
        f"{_INCIDENT}/subscribers/{{subscriber_id}}",
        f"{_INCIDENT}/postmortem",
        f"{_PAGE}/components",
        f"{_PAGE}/components/{{component_id}}",
        f"{_PAGE}/component-groups",
        f"{_PAGE}/component-groups/{{id}}",
        f"{_PAGE}/subscribers",
        f"{_PAGE}/subscribers/count",
        f"{_PAGE}/subscribers/histogram_by_state",
        f"{_PAGE}/subscribers/unsubscribed",
        f"{_PAGE}/subscribers/{{subscriber_id}}",
        f"{_PAGE}/metrics",
        f"{_PAGE}/metrics/{{metric_id}}",
        f"{_PAGE}/metrics_providers",
        _PROVIDER,
        f"{_PROVIDER}/metrics",
        f"{_PAGE}/incident_templates",
    )
)
"""What changes nothing, for a client that shall not."""

OPERATIONS: Final = READS | {
    ("PATCH", _PAGE),
    ("POST", f"{_PAGE}/incidents"),
    ("PATCH", _INCIDENT),
    ("DELETE", _INCIDENT),
    ("PATCH", f"{_INCIDENT}/incident_updates/{{incident_update_id}}"),
    ("POST", f"{_INCIDENT}/subscribers"),
    ("DELETE", f"{_INCIDENT}/subscribers/{{subscriber_id}}"),
    ("POST", f"{_INCIDENT}/subscribers/{{subscriber_id}}/resend_confirmation"),
    ("PUT", f"{_INCIDENT}/postmortem"),
    ("DELETE", f"{_INCIDENT}/postmortem"),
    ("PUT", f"{_INCIDENT}/postmortem/publish"),
    ("PUT", f"{_INCIDENT}/postmortem/revert"),
    ("POST", f"{_PAGE}/components"),
    ("PATCH", f"{_PAGE}/components/{{component_id}}"),
    ("DELETE", f"{_PAGE}/components/{{component_id}}"),
    ("POST", f"{_PAGE}/component-groups"),
    ("PATCH", f"{_PAGE}/component-groups/{{id}}"),
    ("DELETE", f"{_PAGE}/component-groups/{{id}}"),
    ("POST", f"{_PAGE}/subscribers"),
    ("PATCH", f"{_PAGE}/subscribers/{{subscriber_id}}"),
    ("DELETE", f"{_PAGE}/subscribers/{{subscriber_id}}"),
    ("POST", f"{_PAGE}/subscribers/{{subscriber_id}}/resend_confirmation"),
    ("POST", f"{_PAGE}/subscribers/resend_confirmation"),
    ("POST", f"{_PAGE}/subscribers/unsubscribe"),
    ("POST", f"{_PAGE}/subscribers/reactivate"),
    ("POST", f"{_PAGE}/metrics/data"),
    ("POST", f"{_PAGE}/metrics/{{metric_id}}/data"),
    ("DELETE", f"{_PAGE}/metrics/{{metric_id}}/data"),
    ("PATCH", f"{_PAGE}/metrics/{{metric_id}}"),
    ("DELETE", f"{_PAGE}/metrics/{{metric_id}}"),
    ("POST", f"{_PAGE}/metrics_providers"),
    ("PATCH", _PROVIDER),
    ("DELETE", _PROVIDER),
    ("POST", f"{_PROVIDER}/metrics"),
    ("POST", f"{_PAGE}/incident_templates"),
}
"""Everything."""
