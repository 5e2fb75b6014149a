"""Incidents, realtime, scheduled and historical, with their updates; and the templates that they are begun from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import field

from bridge.statuspage.api.models.components import Component
from bridge.statuspage.api.models.fields import Instant, mapping
from bridge.statuspage.api.values import MaintenanceStatus, RealtimeStatus
from bridge.statuspage.models import AffectedComponent, Flag, Identifier, Resource, Text

if TYPE_CHECKING:
    Metadata = dict[str, Any]
    Updates = tuple["IncidentUpdate", ...]
    Components = tuple[Component, ...]
    Affected = tuple[AffectedComponent, ...]
    Impacts = tuple["IncidentImpact", ...]
else:
    Metadata = Any
    Updates = tuple["IncidentUpdate", ...] | None
    Components = tuple[Component, ...] | None
    Affected = tuple[AffectedComponent, ...] | None
    Impacts = tuple["IncidentImpact", ...] | None

_MAINTENANCE = frozenset(MaintenanceStatus)
_OVER = frozenset({RealtimeStatus.RESOLVED, MaintenanceStatus.COMPLETED, "postmortem"})


class IncidentUpdate(Resource, frozen=True, kw_only=True):
    """One text of an incident. `affected_components` is empty too when the incident had no components then."""

    id: Text = ""
    incident_id: str | None = None
    status: Text = ""
    body: Text = ""
    affected_components: Affected = ()
    custom_tweet: str | None = None
    deliver_notifications: bool | None = None
    tweet_id: str | int | None = None
    wants_twitter_update: Flag = False
    created_at_text: str | None = field(name="created_at", default=None)
    updated_at_text: str | None = field(name="updated_at", default=None)
    display_at_text: str | None = field(name="display_at", default=None)
    twitter_updated_at_text: str | None = field(name="twitter_updated_at", default=None)

    created_at = Instant()
    updated_at = Instant()
    display_at = Instant()
    twitter_updated_at = Instant()


class IncidentImpact(Resource, frozen=True, kw_only=True):
    """What an incident did to tenants of Atlassian's own products."""

    id: Text = ""
    tenant_id: str | None = None
    atlassian_organization_id: str | None = None
    product_name: str | None = None
    experiences: tuple[str, ...] | None = None
    created_at_text: str | None = field(name="created_at", default=None)

    created_at = Instant()


class Incident(Resource, frozen=True, kw_only=True):
    """An incident, realtime or scheduled, with its updates (newest first) and the components that it lists. The flags of a maintenance are None where nobody set them."""

    id: Identifier
    page_id: str | None = None
    name: Text = ""
    status: Text = ""
    impact: Text = ""
    impact_override: str | None = None
    metadata: Metadata = field(default_factory=dict)
    incident_updates: Updates = ()
    components: Components = ()
    incident_impacts: Impacts = ()
    shortlink: str | None = None
    reminder_intervals: str | None = None
    scheduled_remind_prior: bool | None = None
    scheduled_auto_in_progress: bool | None = None
    scheduled_auto_completed: bool | None = None
    auto_transition_to_maintenance_state: bool | None = None
    auto_transition_to_operational_state: bool | None = None
    auto_transition_deliver_notifications_at_start: bool | None = None
    auto_transition_deliver_notifications_at_end: bool | None = None
    postmortem_body: str | None = None
    postmortem_ignored: Flag = False
    postmortem_notified_subscribers: Flag = False
    postmortem_notified_twitter: Flag = False
    created_at_text: str | None = field(name="created_at", default=None)
    updated_at_text: str | None = field(name="updated_at", default=None)
    monitoring_at_text: str | None = field(name="monitoring_at", default=None)
    resolved_at_text: str | None = field(name="resolved_at", default=None)
    scheduled_for_text: str | None = field(name="scheduled_for", default=None)
    scheduled_until_text: str | None = field(name="scheduled_until", default=None)
    scheduled_reminded_at_text: str | None = field(name="scheduled_reminded_at", default=None)
    postmortem_body_last_updated_at_text: str | None = field(
        name="postmortem_body_last_updated_at", default=None
    )
    postmortem_published_at_text: str | bool | None = field(name="postmortem_published_at", default=None)

    created_at = Instant()
    updated_at = Instant()
    monitoring_at = Instant()
    resolved_at = Instant()
    scheduled_for = Instant()
    scheduled_until = Instant()
    scheduled_reminded_at = Instant()
    postmortem_body_last_updated_at = Instant()
    postmortem_published_at = Instant()

    def __post_init__(self) -> None:
        super().__post_init__()
        msgspec.structs.force_setattr(self, "metadata", mapping(self.metadata))

    @property
    def maintenance(self) -> bool:
        """Whether it is a scheduled maintenance."""
        return self.status in _MAINTENANCE

    @property
    def over(self) -> bool:
        """Whether it is resolved or completed."""
        return self.status in _OVER


class IncidentTemplate(Resource, frozen=True, kw_only=True):
    """What an incident or maintenance can be begun from."""

    id: Identifier
    name: Text = ""
    title: Text = ""
    body: Text = ""
    group_id: str | None = None
    update_status: str | None = None
    should_tweet: Flag = False
    should_send_notifications: Flag = False
    components: Components = ()
