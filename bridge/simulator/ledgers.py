"""Append-only accounts of what reached the server and of what subscribers would have been told.

They are evidence for tests: nothing in the model reads them back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bridge.simulator.statuses import IncidentStatus


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request, with its answer.

    `token` is None when authentication failed. `template` is for example
    `/pages/{page_id}/incidents/{incident_id}`, None for an unknown route; `targets` holds the identifiers that stood
    in the path, by those names. `body` is the decoded body, None where it could not be read or was not looked at.
    `status` is what the server answered; `fault` names the fault that the request met, if any, in which case the client may
    have seen another answer, or none.
    """

    at: float
    token: str | None = field(repr=False)
    method: str
    path: str
    template: str | None
    targets: Mapping[str, str]
    body: Mapping[str, Any] | None
    status: int
    fault: str | None = None


class NotificationKind(StrEnum):
    """What subscribers would have been told of."""

    UPDATE = "update"
    REMINDER = "reminder"
    POSTMORTEM = "postmortem"
    CONFIRMATION = "confirmation"
    UNSUBSCRIPTION = "unsubscription"


@dataclass(frozen=True, slots=True)
class Notification:
    """One time that the subscribers of a page would have been notified.

    `arrival` is the number of the request that caused it: its place in the list of arrivals, or where the next one would stand
    when time caused it (`automatic`). `update_id` is that of the update that was told or, for a reminder, repeated; it is empty
    for a postmortem. What is about a subscription has no update and no status, and an incident only where that is what was
    subscribed to. `recipients` are ids of subscribers; a page without any still says what it would have told.
    """

    at: float
    page_id: str
    incident_id: str
    update_id: str
    status: IncidentStatus | None
    body: str
    arrival: int
    kind: NotificationKind = NotificationKind.UPDATE
    recipients: tuple[str, ...] = ()
    automatic: bool = False
