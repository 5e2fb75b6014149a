"""Maintenances as they are written: incidents with times, which the page begins and ends by itself (statuspage-api.md, 3.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.statuses import MaintenanceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceWrite:
    """What to write of a maintenance.

    Attributes:
        deliver_notifications: whether subscribers are told now.
        name: title, at most 255 characters.
        status: goes together with `body`; None for a change without a text.
        body: text of the update, at most 25,000 characters.
        component_ids: all components that it lists.
        scheduled_for, scheduled_until: Unix seconds; None where they stay as they are.
        auto_completed: the page ends it by itself.
        sets_components: the page sets its components when it begins and when it is completed.
        remind: subscribers are reminded an hour before.
        notify_begin, notify_end: the page tells them when it begins and ends by itself.
        metadata: the values at the top must be objects.
    """

    deliver_notifications: bool
    name: str
    status: MaintenanceStatus | None
    body: str | None
    component_ids: tuple[str, ...]
    scheduled_for: float | None
    scheduled_until: float | None
    auto_completed: bool
    sets_components: bool
    remind: bool
    notify_begin: bool
    notify_end: bool
    metadata: Mapping[str, Mapping[str, object]]

    def document(self) -> dict[str, Any]:
        """The request's body."""
        members: dict[str, Any] = {
            "name": self.name,
            "status": self.status,
            "body": self.body,
            "component_ids": self.component_ids,
            "scheduled_for": _timestamp(self.scheduled_for),
            "scheduled_until": _timestamp(self.scheduled_until),
            "scheduled_remind_prior": self.remind,
            "scheduled_auto_in_progress": True,
            "scheduled_auto_completed": self.auto_completed,
            "auto_transition_to_maintenance_state": self.sets_components,
            "auto_transition_to_operational_state": self.sets_components,
            "auto_transition_deliver_notifications_at_start": self.notify_begin,
            "auto_transition_deliver_notifications_at_end": self.notify_end,
            "metadata": self.metadata,
        }
        written = {key: value for key, value in members.items() if value is not None}
        return {"incident": {**written, "deliver_notifications": self.deliver_notifications}}


def _timestamp(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
