"""What Statuspage answers, as typed values.

Written from payloads recorded of the live service more than from the vendor's document, which marks nothing as nullable (statuspage-api.md, 1 and 3.9). Unknown members are
ignored, an unknown status stays a text, and a null means the member's default. Only an id is insisted on: an answer without it tells us nothing that we could use.
Knows no request and no rule.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from bridge.core.statuses import ComponentStatus, IncidentStatus
from bridge.statuspage.timestamps import epoch_seconds, utc_second

if TYPE_CHECKING:
    # What a reader of a model gets. The decoder also takes a null, which `Resource` replaces by the default before anyone sees it.
    Text = str
    Flag = bool
    Metadata = dict[str, Any]
    Updates = tuple["IncidentUpdate", ...]
    Components = tuple["Component", ...]
else:
    Text = str | None
    Flag = bool | None
    Metadata = Any
    Updates = tuple["IncidentUpdate", ...] | None
    Components = tuple["Component", ...] | None

ACTIVE = frozenset({"in_progress", "verifying"})
"""The statuses of a maintenance that goes on (statuspage-api.md, 3.7)."""

Identifier = Annotated[str, msgspec.Meta(min_length=1)]
"""Twelve digits and consonants as far as known; treated as opaque."""


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """Base of the models: a null where a default exists becomes that default."""

    def __post_init__(self) -> None:
        for name, default in _defaults(type(self)):
            if getattr(self, name) is None:
                msgspec.structs.force_setattr(self, name, default)


@cache
def _defaults(model: type[Resource]) -> tuple[tuple[str, object], ...]:
    return tuple(
        (field.name, field.default)
        for field in msgspec.structs.fields(model)
        if field.default is not None and field.default is not msgspec.NODEFAULT
    )


class Page(Resource, frozen=True, kw_only=True):
    """A status page's profile, as far as the bridge needs it: to pin the page's identity and to write times in its zone."""

    id: Identifier
    name: Text = ""
    subdomain: str | None = None
    domain: str | None = None
    url: str | None = None
    time_zone: Text = ""
    created_at_text: str | None = msgspec.field(name="created_at", default=None)

    @property
    def created_at(self) -> str:
        """RFC 3339 in UTC, whole seconds; empty where it is not known."""
        return utc_second(self.created_at_text)


class Component(Resource, frozen=True, kw_only=True):
    """A component, or a group of components (`group` is true), which the same list holds."""

    id: Identifier
    name: Text = ""
    status: Text = ""
    description: str | None = None
    group: Flag = False
    group_id: str | None = None
    position: int | None = None
    only_show_if_degraded: Flag = False
    updated_at_text: str | None = msgspec.field(name="updated_at", default=None)

    @property
    def known_status(self) -> ComponentStatus | None:
        """The status, or None for one that we do not know: third-party components have an empty one."""
        try:
            return ComponentStatus(self.status)
        except ValueError:
            return None

    @property
    def updated_at(self) -> float | None:
        """Unix epoch seconds."""
        return epoch_seconds(self.updated_at_text)


class AffectedComponent(Resource, frozen=True, kw_only=True):
    """What an update says of one component; `code` is the component's id, `name` is "Group - Component" for a grouped one."""

    code: Text = ""
    name: Text = ""
    old_status: Text = ""
    new_status: Text = ""


class IncidentUpdate(Resource, frozen=True, kw_only=True):
    """One text of an incident. `affected_components` is None when the incident had no components then."""

    id: Text = ""
    status: Text = ""
    body: Text = ""
    affected_components: tuple[AffectedComponent, ...] | None = None
    deliver_notifications: bool | None = None
    created_at_text: str | None = msgspec.field(name="created_at", default=None)
    updated_at_text: str | None = msgspec.field(name="updated_at", default=None)
    display_at_text: str | None = msgspec.field(name="display_at", default=None)

    @property
    def created_at(self) -> float | None:
        """Unix epoch seconds, with milliseconds."""
        return epoch_seconds(self.created_at_text)

    @property
    def updated_at(self) -> float | None:
        """Unix epoch seconds, with milliseconds."""
        return epoch_seconds(self.updated_at_text)

    @property
    def display_at(self) -> float | None:
        """Unix epoch seconds: the time that readers see, which a person can change."""
        return epoch_seconds(self.display_at_text)


class Incident(Resource, frozen=True, kw_only=True):
    """An incident, realtime or scheduled, with its updates (newest first) and the components that it lists."""

    id: Identifier
    name: Text = ""
    status: Text = ""
    impact: Text = ""
    impact_override: str | None = None
    metadata: Metadata = msgspec.field(default_factory=dict)
    incident_updates: Updates = ()
    components: Components = ()
    shortlink: str | None = None
    created_at_text: str | None = msgspec.field(name="created_at", default=None)
    updated_at_text: str | None = msgspec.field(name="updated_at", default=None)
    monitoring_at_text: str | None = msgspec.field(name="monitoring_at", default=None)
    resolved_at_text: str | None = msgspec.field(name="resolved_at", default=None)
    scheduled_for_text: str | None = msgspec.field(name="scheduled_for", default=None)
    scheduled_until_text: str | None = msgspec.field(name="scheduled_until", default=None)

    def __post_init__(self) -> None:
        super().__post_init__()
        metadata: object = self.metadata
        if not isinstance(metadata, dict):
            # Someone else's incident may carry anything here, and must not hide the rest of the list.
            msgspec.structs.force_setattr(self, "metadata", {})

    @property
    def known_status(self) -> IncidentStatus | None:
        """The status of a realtime incident; None for a maintenance's, and for one that we do not know."""
        try:
            return IncidentStatus(self.status)
        except ValueError:
            return None

    @property
    def under_way(self) -> bool:
        """Whether it is a maintenance that has begun and is not completed."""
        return self.status in ACTIVE

    @property
    def created_at(self) -> float | None:
        """Unix epoch seconds, whole."""
        return epoch_seconds(self.created_at_text)

    @property
    def updated_at(self) -> float | None:
        """Unix epoch seconds, whole."""
        return epoch_seconds(self.updated_at_text)

    @property
    def monitoring_at(self) -> float | None:
        """Unix epoch seconds, or None while it has not been monitored."""
        return epoch_seconds(self.monitoring_at_text)

    @property
    def resolved_at(self) -> float | None:
        """Unix epoch seconds, or None while it is unresolved."""
        return epoch_seconds(self.resolved_at_text)

    @property
    def scheduled_for(self) -> float | None:
        """Unix epoch seconds at which a maintenance begins; None for a realtime incident."""
        return epoch_seconds(self.scheduled_for_text)

    @property
    def scheduled_until(self) -> float | None:
        """Unix epoch seconds at which a maintenance ends; None for a realtime incident."""
        return epoch_seconds(self.scheduled_until_text)


class Postmortem(Resource, frozen=True, kw_only=True):
    """What stands as an incident's postmortem: published, as a draft, or nothing yet."""

    body: str | None = None
    body_draft: str | None = None


class IncidentTemplate(Resource, frozen=True, kw_only=True):
    """A text for incidents that a person of the page wrote."""

    id: Identifier
    name: Text = ""
    title: Text = ""
    body: Text = ""


class Metric(Resource, frozen=True, kw_only=True):
    """A metric; its points are written and never read."""

    id: Identifier
    name: Text = ""
    suffix: str | None = None
    metric_identifier: str | None = None
    metrics_provider_id: str | None = None
    display: Flag = False
    decimal_places: int | None = None
