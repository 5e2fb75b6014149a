"""New incidents of the three kinds, what is told next of one, and corrections of what was told.

Each says whether subscribers are told: the API's default is yes, on creation and on every change (statuspage-api.md, 3.11), so there is no default here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date  # noqa: TC003 - a field's type
from itertools import pairwise
from typing import Any, ClassVar, Final

from bridge.core.statuses import ComponentStatus  # noqa: TC001 - a field's type
from bridge.statuspage.api.values import Impact, MaintenanceStatus, OfficialStatus, RealtimeStatus
from bridge.statuspage.api.writes.components import STATUSES
from bridge.statuspage.api.writes.write import (
    LONGEST_BODY,
    LONGEST_NAME,
    Write,
    check_identifiers,
    check_objects,
    check_one_of,
    check_seconds,
    check_something,
    check_text,
)

Statuses = Mapping[str, "ComponentStatus | OfficialStatus"]
"""Component id → the status that it is set to."""
Metadata = Mapping[str, Mapping[str, Any]]
"""Values at the top must be objects."""
Reminders = int | tuple[int, ...]
"""When subscribers are reminded of an incident that is not resolved: every so many hours, or after so many; `()` for never."""

LAST_REMINDER: Final = 24
"""Hours (the vendor's document)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentWrite(Write):
    """What every incident may have.

    Attributes:
        deliver_notifications: whether subscribers are told.
        body: text of the update, at most 25,000 characters.
        impact_override: the impact, whatever the components say.
        metadata: anything, under names whose values are objects.
    """

    wrapper: ClassVar[str] = "incident"

    deliver_notifications: bool
    body: str | None = None
    impact_override: Impact | None = None
    metadata: Metadata | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RealtimeIncident(IncidentWrite):
    """Something that is wrong now.

    Attributes:
        name: at most 255 characters.
        status: where it stands.
        component_ids: the components that it lists; those of `components` if None.
        components: the statuses that are set with it. They are not set back when it is resolved.
        reminder_intervals: the API's default, 3, 6, 12 and 24 hours, if None.

    Raises:
        ValueError: something is out of bounds.
    """

    name: str
    status: RealtimeStatus = RealtimeStatus.INVESTIGATING
    component_ids: tuple[str, ...] | None = None
    components: Statuses | None = None
    reminder_intervals: Reminders | None = None

    def __post_init__(self) -> None:
        _check_incident(self, self.name)
        check_one_of("status", self.status, tuple(RealtimeStatus))
        _check_components(self.component_ids, self.components)
        _check_reminders(self.reminder_intervals)

    def members(self) -> dict[str, Any]:
        """As JSON has them; `component_ids` always stands beside `components`."""
        return _with_components(_with_reminders(Write.members(self)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledMaintenance(IncidentWrite):
    """A maintenance to come. What the page does by itself is off unless it is asked for.

    Attributes:
        name: at most 255 characters.
        scheduled_for: Unix epoch seconds at which it begins.
        scheduled_until: Unix epoch seconds at which it ends.
        status: where it stands.
        component_ids: the components that it lists; those of `components` if None.
        components: the statuses that are set with it, at once and not when it begins.
        scheduled_remind_prior: subscribers are reminded an hour before.
        scheduled_auto_in_progress: it begins by itself.
        scheduled_auto_completed: it ends by itself.
        auto_transition_to_maintenance_state: its components are under maintenance when it begins.
        auto_transition_to_operational_state: its components are operational when it ends.
        auto_transition_deliver_notifications_at_start: subscribers are told when it begins by itself.
        auto_transition_deliver_notifications_at_end: subscribers are told when it ends by itself.
        auto_tweet_on_creation: tweeted now; and so on.

    Raises:
        ValueError: something is out of bounds, or it ends before it begins.
    """

    name: str
    scheduled_for: float
    scheduled_until: float
    status: MaintenanceStatus = MaintenanceStatus.SCHEDULED
    component_ids: tuple[str, ...] | None = None
    components: Statuses | None = None
    scheduled_remind_prior: bool = False
    scheduled_auto_in_progress: bool = False
    scheduled_auto_completed: bool = False
    auto_transition_to_maintenance_state: bool = False
    auto_transition_to_operational_state: bool = False
    auto_transition_deliver_notifications_at_start: bool = False
    auto_transition_deliver_notifications_at_end: bool = False
    auto_tweet_on_creation: bool | None = None
    auto_tweet_one_hour_before: bool | None = None
    auto_tweet_at_beginning: bool | None = None
    auto_tweet_on_completion: bool | None = None

    def __post_init__(self) -> None:
        _check_incident(self, self.name)
        check_one_of("status", self.status, tuple(MaintenanceStatus))
        _check_components(self.component_ids, self.components)
        _check_span(self.scheduled_for, self.scheduled_until)

    def members(self) -> dict[str, Any]:
        """As JSON has them; `component_ids` always stands beside `components`."""
        return _with_components(Write.members(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoricalIncident(IncidentWrite):
    """Something that was wrong, entered afterwards. It cannot name components.

    Attributes:
        name: at most 255 characters.
        backfill_date: the day.
        status: where it ended.

    Raises:
        ValueError: something is out of bounds.
    """

    name: str
    backfill_date: date
    status: RealtimeStatus = RealtimeStatus.RESOLVED

    def __post_init__(self) -> None:
        _check_incident(self, self.name)
        check_one_of("status", self.status, tuple(RealtimeStatus))

    def members(self) -> dict[str, Any]:
        """As JSON has them."""
        return {**Write.members(self), "backfilled": True}


NewIncident = RealtimeIncident | ScheduledMaintenance | HistoricalIncident


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentChange(IncidentWrite):
    """What to change of an incident; None leaves a member as it is. With a body it adds an update.

    Attributes:
        status: goes with `body`, or the API makes two updates of it.
        component_ids: all components that it lists from then on; needed beside `components`.
        components: the statuses that are set with it. A resolve sets nothing back by itself.

    The others are those of `RealtimeIncident` and `ScheduledMaintenance`.

    Raises:
        ValueError: something is out of bounds, members that go together do not, or nothing is changed.
    """

    name: str | None = None
    status: RealtimeStatus | MaintenanceStatus | None = None
    component_ids: tuple[str, ...] | None = None
    components: Statuses | None = None
    reminder_intervals: Reminders | None = None
    scheduled_for: float | None = None
    scheduled_until: float | None = None
    scheduled_remind_prior: bool | None = None
    scheduled_auto_in_progress: bool | None = None
    scheduled_auto_completed: bool | None = None
    auto_transition_to_maintenance_state: bool | None = None
    auto_transition_to_operational_state: bool | None = None
    auto_transition_deliver_notifications_at_start: bool | None = None
    auto_transition_deliver_notifications_at_end: bool | None = None
    auto_tweet_on_creation: bool | None = None
    auto_tweet_one_hour_before: bool | None = None
    auto_tweet_at_beginning: bool | None = None
    auto_tweet_on_completion: bool | None = None

    def __post_init__(self) -> None:
        check_something(self, "deliver_notifications")
        _check_incident(self, self.name)
        check_one_of("status", self.status, (*RealtimeStatus, *MaintenanceStatus))
        if self.body is not None and self.status is None:
            raise ValueError(
                "a body goes with its status, or two updates are made of it; name the status too"
            )
        if self.components is not None and self.component_ids is None:
            raise ValueError(
                "components needs component_ids beside it: all components that the incident lists from then on"
            )
        _check_components(self.component_ids, self.components)
        _check_reminders(self.reminder_intervals)
        _check_span(self.scheduled_for, self.scheduled_until)

    def members(self) -> dict[str, Any]:
        """As JSON has them."""
        return _with_reminders(Write.members(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCorrection(Write):
    """What to correct of an update that was told already; None leaves a member as it is. Its status cannot be changed.

    Attributes:
        deliver_notifications: whether subscribers are told of the correction.
        body: the new text, at most 25,000 characters.
        display_at: Unix epoch seconds at which readers are told that it happened.
        wants_twitter_update: whether it is tweeted.

    Raises:
        ValueError: something is out of bounds, or nothing is corrected.
    """

    wrapper: ClassVar[str] = "incident_update"

    deliver_notifications: bool
    body: str | None = None
    display_at: float | None = None
    wants_twitter_update: bool | None = None

    def __post_init__(self) -> None:
        check_something(self, "deliver_notifications")
        check_text("body", self.body, longest=LONGEST_BODY)
        check_seconds("display_at", self.display_at)


def _check_incident(write: IncidentWrite, name: str | None) -> None:
    check_text("name", name, longest=LONGEST_NAME)
    check_text("body", write.body, longest=LONGEST_BODY)
    check_one_of("impact_override", write.impact_override, tuple(Impact))
    check_objects("metadata", write.metadata)


def _check_components(component_ids: tuple[str, ...] | None, components: Statuses | None) -> None:
    check_identifiers("component_ids", component_ids)
    check_identifiers("components", components)
    for component_id, status in (components or {}).items():
        check_one_of(f"components.{component_id}", status, STATUSES)


def _check_span(begin: float | None, end: float | None) -> None:
    check_seconds("scheduled_for", begin)
    check_seconds("scheduled_until", end)
    if begin is not None and end is not None and end <= begin:
        raise ValueError("scheduled_until is not after scheduled_for")


def _check_reminders(reminders: Reminders | None) -> None:
    hours = (reminders,) if isinstance(reminders, int) else reminders or ()
    if any(not 1 <= hour <= LAST_REMINDER for hour in hours):
        raise ValueError(f"reminder_intervals is {reminders!r}; expected hours from 1 to {LAST_REMINDER}")
    if any(later <= earlier for earlier, later in pairwise(hours)):
        raise ValueError(f"reminder_intervals is {reminders!r}; expected hours that rise")


def _with_components(members: dict[str, Any]) -> dict[str, Any]:
    if "components" in members and "component_ids" not in members:
        return {**members, "component_ids": list(members["components"])}
    return members


def _with_reminders(members: dict[str, Any]) -> dict[str, Any]:
    """The API takes a number as text, and a list as the text of a JSON array."""
    match members.get("reminder_intervals"):
        case None:
            return members
        case int(hours):
            return {**members, "reminder_intervals": str(hours)}
        case hours:
            return {**members, "reminder_intervals": str(list(hours))}
