"""What the probe may call, spelled out. Whatever is not here does not leave (`Sender`).

Answers are not decoded into models: their very shape is what is asked about.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from bridge.statuspage.sending import Endpoint

Raw: TypeAlias = Endpoint[Any]

_PAGE = "/pages/{page_id}"
_INCIDENT = f"{_PAGE}/incidents/{{incident_id}}"
_PROVIDERS = f"{_PAGE}/metrics_providers"

PAGE: Final[Raw] = Endpoint("GET", _PAGE, None)
COMPONENTS: Final[Raw] = Endpoint("GET", f"{_PAGE}/components", None)
COMPONENT: Final[Raw] = Endpoint("GET", f"{_PAGE}/components/{{component_id}}", None)
CREATE_COMPONENT: Final[Raw] = Endpoint("POST", f"{_PAGE}/components", None)
CHANGE_COMPONENT: Final[Raw] = Endpoint("PATCH", f"{_PAGE}/components/{{component_id}}", None)
DELETE_COMPONENT: Final[Raw] = Endpoint("DELETE", f"{_PAGE}/components/{{component_id}}", None)
INCIDENTS: Final[Raw] = Endpoint("GET", f"{_PAGE}/incidents", None)
UNRESOLVED: Final[Raw] = Endpoint("GET", f"{_PAGE}/incidents/unresolved", None)
SCHEDULED: Final[Raw] = Endpoint("GET", f"{_PAGE}/incidents/scheduled", None)
ACTIVE: Final[Raw] = Endpoint("GET", f"{_PAGE}/incidents/active_maintenance", None)
UPCOMING: Final[Raw] = Endpoint("GET", f"{_PAGE}/incidents/upcoming", None)
INCIDENT: Final[Raw] = Endpoint("GET", _INCIDENT, None)
CREATE_INCIDENT: Final[Raw] = Endpoint("POST", f"{_PAGE}/incidents", None)
CHANGE_INCIDENT: Final[Raw] = Endpoint("PATCH", _INCIDENT, None)
DELETE_INCIDENT: Final[Raw] = Endpoint("DELETE", _INCIDENT, None)
CHANGE_UPDATE: Final[Raw] = Endpoint("PATCH", f"{_INCIDENT}/incident_updates/{{incident_update_id}}", None)
DRAFT: Final[Raw] = Endpoint("PUT", f"{_INCIDENT}/postmortem", None)
PUBLISH: Final[Raw] = Endpoint("PUT", f"{_INCIDENT}/postmortem/publish", None)
SUBSCRIBERS: Final[Raw] = Endpoint("GET", f"{_PAGE}/subscribers", None)
HISTOGRAM: Final[Raw] = Endpoint("GET", f"{_PAGE}/subscribers/histogram_by_state", None)
CREATE_SUBSCRIBER: Final[Raw] = Endpoint("POST", f"{_PAGE}/subscribers", None)
UNSUBSCRIBE: Final[Raw] = Endpoint("DELETE", f"{_PAGE}/subscribers/{{subscriber_id}}", None)
PROVIDERS: Final[Raw] = Endpoint("GET", _PROVIDERS, None)
CREATE_PROVIDER: Final[Raw] = Endpoint("POST", _PROVIDERS, None)
DELETE_PROVIDER: Final[Raw] = Endpoint("DELETE", f"{_PROVIDERS}/{{metrics_provider_id}}", None)
METRICS: Final[Raw] = Endpoint("GET", f"{_PAGE}/metrics", None)
CREATE_METRIC: Final[Raw] = Endpoint("POST", f"{_PROVIDERS}/{{metrics_provider_id}}/metrics", None)
METRIC: Final[Raw] = Endpoint("GET", f"{_PAGE}/metrics/{{metric_id}}", None)
DELETE_METRIC: Final[Raw] = Endpoint("DELETE", f"{_PAGE}/metrics/{{metric_id}}", None)
ADD_POINT: Final[Raw] = Endpoint("POST", f"{_PAGE}/metrics/{{metric_id}}/data", None)

ALLOWED: Final = frozenset(
    (endpoint.method, endpoint.template)
    for endpoint in (
        PAGE,
        COMPONENTS,
        COMPONENT,
        CREATE_COMPONENT,
        CHANGE_COMPONENT,
        DELETE_COMPONENT,
        INCIDENTS,
        UNRESOLVED,
        SCHEDULED,
        ACTIVE,
        UPCOMING,
        INCIDENT,
        CREATE_INCIDENT,
        CHANGE_INCIDENT,
        DELETE_INCIDENT,
        CHANGE_UPDATE,
        DRAFT,
        PUBLISH,
        SUBSCRIBERS,
        HISTOGRAM,
        CREATE_SUBSCRIBER,
        UNSUBSCRIBE,
        PROVIDERS,
        CREATE_PROVIDER,
        DELETE_PROVIDER,
        METRICS,
        CREATE_METRIC,
        METRIC,
        DELETE_METRIC,
        ADD_POINT,
    )
)
