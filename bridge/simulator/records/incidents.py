"""Incidents, maintenances and their updates."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from bridge.simulator.options import MetadataInLists
from bridge.simulator.records.components import Component
from bridge.simulator.records.encoding import encode
from bridge.simulator.records.postmortems import Postmortem
from bridge.simulator.records.subscribers import SubscriberTable
from bridge.simulator.statuses import (
    CLOSED_STATUSES,
    SCHEDULED_STATUSES,
    ComponentStatus,
    Impact,
    IncidentStatus,
)
from bridge.simulator.timestamps import in_milliseconds, in_seconds, seconds_or_null


@dataclass(frozen=True, slots=True)
class AffectedComponent:
    """A component as an incident update shows it: "Group - Component", and what the update did to it."""

    code: str
    name: str
    old_status: ComponentStatus
    new_status: ComponentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentUpdate:
    """One public update; `affected_components` is None where the incident has no components.

    `created_at` is when it was made, `display_at` the time that the page shows beside it. An edited update is another
    record in the place of this one (`dataclasses.replace`), so that a list joins texts and writes none.
    """

    id: str
    incident_id: str
    status: IncidentStatus
    body: str
    created_at: float
    updated_at: float
    display_at: float
    deliver_notifications: bool
    wants_twitter_update: bool
    affected_components: tuple[AffectedComponent, ...] | None
    written: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Write the JSON once: this record does not change any more."""
        text = encode(
            {
                "id": self.id,
                "incident_id": self.incident_id,
                "affected_components": self.affected_as_shown(),
                "body": self.body,
                "created_at": in_milliseconds(self.created_at),
                "custom_tweet": None,
                "deliver_notifications": self.deliver_notifications,
                "display_at": in_milliseconds(self.display_at),
                "status": self.status,
                "tweet_id": None,
                "twitter_updated_at": None,
                "updated_at": in_milliseconds(self.updated_at),
                "wants_twitter_update": self.wants_twitter_update,
            }
        )
        object.__setattr__(self, "written", text)

    def affected_as_shown(self) -> list[dict[str, str]] | None:
        """Return the affected components as every answer shows them."""
        if self.affected_components is None:
            return None
        return [
            {
                "code": component.code,
                "name": component.name,
                "old_status": component.old_status,
                "new_status": component.new_status,
            }
            for component in self.affected_components
        ]


# Switches that an incident keeps, with what it has when they were never set.
PLAIN_SETTINGS: dict[str, bool | None] = {
    "scheduled_auto_completed": False,
    "scheduled_auto_in_progress": False,
    "scheduled_remind_prior": False,
    "auto_transition_deliver_notifications_at_end": None,
    "auto_transition_deliver_notifications_at_start": None,
    "auto_transition_to_maintenance_state": None,
    "auto_transition_to_operational_state": None,
    # No answer shows these. The page has no Twitter account; an update that would have been tweeted says that it wanted to be.
    "auto_tweet_at_beginning": None,
    "auto_tweet_on_completion": None,
    "auto_tweet_on_creation": None,
    "auto_tweet_one_hour_before": None,
}


class MaintenanceEvent(IntEnum):
    """What time does to a maintenance by itself; of one instant, in this order."""

    REMINDER = 0
    START = 1
    END = 2


_OTHER_METADATA = {MetadataInLists.EMPTY: '"metadata":{},', MetadataInLists.ABSENT: ""}


@dataclass(slots=True, kw_only=True)
class Incident:
    """An incident or maintenance; `updates` is oldest first (answers show them newest first).

    `due` holds the instants of what time will do to it by itself. `components_at_start` are the statuses that its
    components are to show once it begins.
    """

    id: str
    page_id: str
    name: str
    status: IncidentStatus
    shortlink: str
    created_at: float
    updated_at: float
    impact_override: Impact | None = None
    worst_impact: Impact = Impact.NONE
    metadata: dict[str, dict[str, Any]] = field(default_factory=dict)
    component_ids: list[str] = field(default_factory=list)
    updates: list[IncidentUpdate] = field(default_factory=list)
    subscribers: SubscriberTable = field(default_factory=SubscriberTable)
    monitoring_at: float | None = None
    resolved_at: float | None = None
    scheduled_for: float | None = None
    scheduled_until: float | None = None
    backfilled: bool = False
    created_silently: bool = False
    reminder_intervals: str | None = None
    scheduled_reminded_at: float | None = None
    postmortem: Postmortem | None = None
    postmortem_ignored: bool = False
    settings: dict[str, bool | None] = field(default_factory=PLAIN_SETTINGS.copy)
    due: dict[MaintenanceEvent, float] = field(default_factory=dict)
    components_at_start: dict[str, ComponentStatus] = field(default_factory=dict)
    _written: tuple[str, str, str] | None = None

    @property
    def scheduled(self) -> bool:
        """Say whether this is a maintenance."""
        return self.status in SCHEDULED_STATUSES

    @property
    def closed(self) -> bool:
        """Say whether it is resolved or completed."""
        return self.status in CLOSED_STATUSES

    @property
    def impact(self) -> Impact:
        """Return the override, or else the worst impact that its components ever gave it."""
        return self.impact_override if self.impact_override is not None else self.worst_impact

    def touch(self, now: float) -> None:
        """Note that a field was changed or an update added."""
        self.updated_at = now
        self._written = None

    def written(
        self, components: Iterable[Component], metadata: MetadataInLists = MetadataInLists.SHOWN
    ) -> str:
        """Return the incident as JSON, in the key order recorded of the live service."""
        if self._written is None:
            self._written = (self._head(), f'"metadata":{encode(self.metadata)},', self._tail())
        head, labelled, tail = self._written
        if metadata is not MetadataInLists.SHOWN:
            labelled = _OTHER_METADATA[metadata]
        listed = ",".join(component.written() for component in components)
        updates = ",".join(update.written for update in reversed(self.updates))
        return f'{{"id":"{self.id}","components":[{listed}],{head},"incident_updates":[{updates}],"incident_impacts":[],{labelled}{tail}}}'

    def _head(self) -> str:
        return encode(
            {
                "created_at": in_seconds(self.created_at),
                "impact": self.impact,
                "impact_override": self.impact_override,
            }
        )[1:-1]

    def _tail(self) -> str:
        settings, postmortem = self.settings, self.postmortem
        return encode(
            {
                "monitoring_at": seconds_or_null(self.monitoring_at),
                "name": self.name,
                "page_id": self.page_id,
                "postmortem_body": None if postmortem is None else postmortem.body,
                "postmortem_body_last_updated_at": None
                if postmortem is None
                else seconds_or_null(postmortem.body_updated_at),
                "postmortem_ignored": self.postmortem_ignored,
                "postmortem_notified_subscribers": postmortem is not None and postmortem.notified_subscribers,
                "postmortem_notified_twitter": postmortem is not None and postmortem.notified_twitter,
                "postmortem_published_at": None
                if postmortem is None
                else seconds_or_null(postmortem.published_at),
                "resolved_at": seconds_or_null(self.resolved_at),
                "scheduled_auto_completed": settings["scheduled_auto_completed"],
                "scheduled_auto_in_progress": settings["scheduled_auto_in_progress"],
                "scheduled_for": seconds_or_null(self.scheduled_for),
                "auto_transition_deliver_notifications_at_end": settings[
                    "auto_transition_deliver_notifications_at_end"
                ],
                "auto_transition_deliver_notifications_at_start": settings[
                    "auto_transition_deliver_notifications_at_start"
                ],
                "auto_transition_to_maintenance_state": settings["auto_transition_to_maintenance_state"],
                "auto_transition_to_operational_state": settings["auto_transition_to_operational_state"],
                "scheduled_remind_prior": settings["scheduled_remind_prior"],
                "scheduled_reminded_at": seconds_or_null(self.scheduled_reminded_at),
                "scheduled_until": seconds_or_null(self.scheduled_until),
                "shortlink": self.shortlink,
                "status": self.status,
                "updated_at": in_seconds(self.updated_at),
                "reminder_intervals": self.reminder_intervals,
            }
        )[1:-1]
