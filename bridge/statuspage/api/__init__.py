"""The whole client of the Statuspage API, for people and other programs: `StatuspageApi`, its models, its writes and its errors (docs/client.md).

Only `bridge.cli` imports it; the daemon has a client of its own that can do twelve things. An import contract holds this.
"""

from __future__ import annotations

from bridge.statuspage.api.client import StatuspageApi
from bridge.statuspage.api.errors import (
    ForbiddenError,
    NoAnswerError,
    NotAuthenticatedError,
    NotFoundError,
    NotSentError,
    RateLimitedError,
    RejectedError,
    ServerError,
    StatuspageError,
    UnreadableAnswerError,
)
from bridge.statuspage.api.models.components import Component, ComponentGroup
from bridge.statuspage.api.models.incidents import (
    Incident,
    IncidentImpact,
    IncidentTemplate,
    IncidentUpdate,
)
from bridge.statuspage.api.models.metrics import AddedPoint, Metric, MetricsProvider
from bridge.statuspage.api.models.pages import Page
from bridge.statuspage.api.models.postmortems import Postmortem
from bridge.statuspage.api.models.subscribers import (
    StateCount,
    Subscriber,
    SubscriberCount,
    SubscriberHistogram,
)
from bridge.statuspage.api.operations import OPERATIONS, READS
from bridge.statuspage.api.pace import Pace, RollingWindow, Unpaced
from bridge.statuspage.api.values import (
    NO_GROUP,
    OFFICIAL_STATUS,
    Branding,
    ComponentStatus,
    Impact,
    MaintenanceStatus,
    ProviderType,
    RealtimeStatus,
    SortField,
    SubscriberState,
    SubscriberType,
    Transform,
)
from bridge.statuspage.api.writes.components import ComponentChange, GroupWrite, NewComponent
from bridge.statuspage.api.writes.incidents import (
    HistoricalIncident,
    IncidentChange,
    RealtimeIncident,
    ScheduledMaintenance,
    UpdateCorrection,
)
from bridge.statuspage.api.writes.metrics import (
    MetricChange,
    MetricsProviderChange,
    NewMetric,
    NewMetricsProvider,
    Point,
)
from bridge.statuspage.api.writes.pages import PageChange
from bridge.statuspage.api.writes.subscribers import EmailSubscriber, SmsSubscriber, WebhookSubscriber
from bridge.statuspage.api.writes.templates import NewTemplate
from bridge.statuspage.sending import UnsendableError
from bridge.statuspage.transport import AiohttpTransport

__all__ = [
    "NO_GROUP",
    "OFFICIAL_STATUS",
    "OPERATIONS",
    "READS",
    "AddedPoint",
    "AiohttpTransport",
    "Branding",
    "Component",
    "ComponentChange",
    "ComponentGroup",
    "ComponentStatus",
    "EmailSubscriber",
    "ForbiddenError",
    "GroupWrite",
    "HistoricalIncident",
    "Impact",
    "Incident",
    "IncidentChange",
    "IncidentImpact",
    "IncidentTemplate",
    "IncidentUpdate",
    "MaintenanceStatus",
    "Metric",
    "MetricChange",
    "MetricsProvider",
    "MetricsProviderChange",
    "NewComponent",
    "NewMetric",
    "NewMetricsProvider",
    "NewTemplate",
    "NoAnswerError",
    "NotAuthenticatedError",
    "NotFoundError",
    "NotSentError",
    "Pace",
    "Page",
    "PageChange",
    "Point",
    "Postmortem",
    "ProviderType",
    "RateLimitedError",
    "RealtimeIncident",
    "RealtimeStatus",
    "RejectedError",
    "RollingWindow",
    "ScheduledMaintenance",
    "ServerError",
    "SmsSubscriber",
    "SortField",
    "StateCount",
    "StatuspageApi",
    "StatuspageError",
    "Subscriber",
    "SubscriberCount",
    "SubscriberHistogram",
    "SubscriberState",
    "SubscriberType",
    "Transform",
    "Unpaced",
    "UnreadableAnswerError",
    "UnsendableError",
    "UpdateCorrection",
    "WebhookSubscriber",
]
