"""The closed sets of words that requests may hold, as the API spells them (the vendor's document)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal

from bridge.core.statuses import ComponentStatus
from bridge.core.statuses import IncidentStatus as RealtimeStatus

__all__ = [
    "NO_GROUP",
    "OFFICIAL_STATUS",
    "Branding",
    "ComponentStatus",
    "Impact",
    "MaintenanceStatus",
    "OfficialStatus",
    "ProviderType",
    "RealtimeStatus",
    "SortField",
    "SubscriberState",
    "SubscriberType",
    "Transform",
]


class MaintenanceStatus(StrEnum):
    """The status of a scheduled maintenance."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"


class Impact(StrEnum):
    """What an incident is to readers, whatever its components say."""

    NONE = "none"
    MAINTENANCE = "maintenance"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class SubscriberType(StrEnum):
    """How a subscriber is told."""

    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"
    SLACK = "slack"
    TEAMS = "teams"
    INTEGRATION_PARTNER = "integration_partner"


class SubscriberState(StrEnum):
    """Whether a subscriber is told. The API counts and lists active ones alone where no state is named."""

    ACTIVE = "active"
    UNCONFIRMED = "unconfirmed"
    QUARANTINED = "quarantined"
    ALL = "all"


class SortField(StrEnum):
    """What a list of subscribers is sorted by; `relevance` only where something is searched for."""

    PRIMARY = "primary"
    CREATED_AT = "created_at"
    QUARANTINED_AT = "quarantined_at"
    RELEVANCE = "relevance"


class ProviderType(StrEnum):
    """Where metrics come from; `Self` is what points are pushed to."""

    PINGDOM = "Pingdom"
    NEW_RELIC = "NewRelic"
    LIBRATO = "Librato"
    DATADOG = "Datadog"
    SELF = "Self"


class Transform(StrEnum):
    """What is done to a provider's values before they are shown."""

    AVERAGE = "average"
    COUNT = "count"
    MAX = "max"
    MIN = "min"
    SUM = "sum"


class Branding(StrEnum):
    """A page's main template."""

    BASIC = "basic"
    PREMIUM = "premium"


OfficialStatus = Literal[""]
OFFICIAL_STATUS: Final = ""
"""Sets a third-party component back to what its own page says (statuspage-api.md, 2.4)."""

NO_GROUP: Final = "null"
"""As a component's `group_id`: takes it out of its group. The API wants this text, not a null."""
