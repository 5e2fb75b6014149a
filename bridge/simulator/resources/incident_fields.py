"""The fields of an incident's create and change, read and checked against the page before anything happens."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bridge.simulator.fields import Fields
from bridge.simulator.options import Options
from bridge.simulator.records.incidents import PLAIN_SETTINGS, Incident
from bridge.simulator.records.pages import Page
from bridge.simulator.resources.components import NAME_LENGTH, TEXT_LENGTH, status_or_official
from bridge.simulator.statuses import (
    CLOSED_STATUSES,
    SCHEDULED_STATUSES,
    ComponentStatus,
    Impact,
    IncidentStatus,
)

LONGEST_REMINDER = 24
_PLACE = {status: place for place, status in enumerate(IncidentStatus)}


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentEdit:
    """What a request asks of an incident; None stands for "not sent", except where `given` says otherwise.

    `given` holds the names of those fields that may be set back to nothing by sending null.
    """

    given: frozenset[str]
    name: str | None
    status: IncidentStatus | None
    body: str | None
    impact_override: Impact | None
    component_ids: list[str] | None
    components: Mapping[str, ComponentStatus]
    metadata: dict[str, dict[str, Any]] | None
    deliver_notifications: bool
    scheduled_for: float | None
    scheduled_until: float | None
    reminder_intervals: str | None
    backfilled: bool
    backfill_date: float | None
    settings: Mapping[str, bool]
    wants_twitter_update: bool = False
    display_at: float | None = None


def read_edit(fields: Fields, page: Page, incident: Incident | None, options: Options) -> IncidentEdit:
    """Read a create (no `incident`) or a change.

    Raises:
        RefusedError: 422 with everything that is wrong, by field.
    """
    creating = incident is None
    deliver = fields.boolean("deliver_notifications")
    edit = IncidentEdit(
        given=frozenset(
            name
            for name in (
                "impact_override",
                "metadata",
                "reminder_intervals",
                "scheduled_for",
                "scheduled_until",
            )
            if fields.given(name)
        ),
        name=fields.text("name", maximum=NAME_LENGTH, required=creating or fields.given("name")),
        status=read_status(fields),
        body=_read_body(fields),
        impact_override=None
        if fields.raw("impact_override") == ""
        else fields.choice("impact_override", Impact),
        component_ids=read_component_ids(fields, page),
        components=_read_components(fields, page),
        metadata=_read_metadata(fields),
        deliver_notifications=deliver is not False,
        scheduled_for=fields.instant("scheduled_for"),
        scheduled_until=fields.instant("scheduled_until"),
        reminder_intervals=_read_reminders(fields),
        backfilled=fields.boolean("backfilled") is True,
        backfill_date=fields.instant("backfill_date"),
        settings=_read_settings(fields),
    )
    if incident is None:
        _check_new(fields, edit)
    else:
        _check_change(fields, edit, incident)
        _check_direction(fields, edit, incident, options)
    fields.finish()
    return edit


def read_status(fields: Fields, name: str = "status") -> IncidentStatus | None:
    """Read a status; blank counts as not sent: "defaults to investigating if left blank"."""
    return None if fields.raw(name) == "" else fields.choice(name, IncidentStatus)


def _read_body(fields: Fields) -> str | None:
    body = fields.text("body", maximum=TEXT_LENGTH)
    return None if body is None or not body.strip() else body


def read_component_ids(fields: Fields, page: Page) -> list[str] | None:
    """Read `component_ids`, each of them a component of the page."""
    identifiers = fields.texts("component_ids")
    for identifier in identifiers or ():
        if identifier not in page.components:
            fields.refuse("component_ids", f"{identifier[:50]!r} is not a component of this page")
    return identifiers


def _read_components(fields: Fields, page: Page) -> dict[str, ComponentStatus]:
    statuses: dict[str, ComponentStatus] = {}
    for identifier, word in (fields.mapping("components") or {}).items():
        if identifier not in page.components:
            fields.refuse("components", f"{identifier[:50]!r} is not a component of this page")
            continue
        status = status_or_official(fields, "components", word)
        if status is not None:
            statuses[identifier] = status
    return statuses


def _read_metadata(fields: Fields) -> dict[str, dict[str, Any]] | None:
    metadata = fields.mapping("metadata")
    if metadata is not None and not all(isinstance(value, dict) for value in metadata.values()):
        fields.refuse("metadata", "top-level values must be objects")
        return None
    return metadata


def _read_settings(fields: Fields) -> dict[str, bool]:
    settings = {name: fields.boolean(name) for name in PLAIN_SETTINGS}
    # A legacy name of the same switch; the proper one wins.
    alias = fields.boolean("scheduled_auto_transition")
    if settings["scheduled_auto_in_progress"] is None:
        settings["scheduled_auto_in_progress"] = alias
    return {name: value for name, value in settings.items() if value is not None}


def _read_reminders(fields: Fields) -> str | None:
    """Read hours as `"4"`, or a serialised list of strictly rising ones, or `"[]"`."""
    text = fields.text("reminder_intervals", maximum=NAME_LENGTH)
    if not text:
        return None
    try:
        hours = json.loads(text)
    except (ValueError, RecursionError):
        hours = None
    listed = hours if isinstance(hours, list) else [hours]
    in_range = all(type(hour) is int and 1 <= hour <= LONGEST_REMINDER for hour in listed)
    if not in_range or listed != sorted(set(listed)):
        fields.refuse("reminder_intervals", f"must be hours from 1 to {LONGEST_REMINDER}, strictly rising")
        return None
    return text


def _check_new(fields: Fields, edit: IncidentEdit) -> None:
    if edit.backfilled and (edit.components or edit.component_ids):
        fields.refuse("components", "cannot be specified for a backfilled incident")
    scheduled = edit.status in SCHEDULED_STATUSES or (
        edit.status is None and edit.scheduled_for is not None and not edit.backfilled
    )
    if scheduled:
        _check_schedule(fields, edit.scheduled_for, edit.scheduled_until)


def _check_change(fields: Fields, edit: IncidentEdit, incident: Incident) -> None:
    if edit.status is not None and (edit.status in SCHEDULED_STATUSES) != incident.scheduled:
        kind = "scheduled maintenance" if incident.scheduled else "realtime incident"
        fields.refuse("status", f"{edit.status.value} is not a status of a {kind}")
    if incident.scheduled and edit.given & {"scheduled_for", "scheduled_until"}:
        given = edit.given
        _check_schedule(
            fields,
            edit.scheduled_for if "scheduled_for" in given else incident.scheduled_for,
            edit.scheduled_until if "scheduled_until" in given else incident.scheduled_until,
        )


def _check_direction(fields: Fields, edit: IncidentEdit, incident: Incident, options: Options) -> None:
    if edit.status is None or edit.status in CLOSED_STATUSES:
        return
    if incident.closed:
        if not options.reopening:
            fields.refuse("status", f"cannot become {edit.status.value} after {incident.status.value}")
    elif not options.going_backwards and _PLACE[edit.status] < _PLACE[incident.status]:
        fields.refuse("status", f"cannot go back from {incident.status.value} to {edit.status.value}")


def _check_schedule(fields: Fields, start: float | None, end: float | None) -> None:
    for name, instant in (("scheduled_for", start), ("scheduled_until", end)):
        if instant is None and not fields.wrong(name):
            fields.refuse(name, "can't be blank")
    if start is not None and end is not None and end <= start:
        fields.refuse("scheduled_until", "must be after scheduled_for")
