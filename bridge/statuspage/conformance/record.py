"""What was seen on the page, by the names of the steps. The questions read it; nothing here sends.

A step that was skipped, refused before it began, or lost on the way is not in the record: who looks for it finds nothing, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

import msgspec

from bridge.core.capabilities import Evidence
from bridge.core.intents import RATE_LIMIT_STATUSES
from bridge.statuspage.errors import MAX_CHARACTERS, one_line

_REFUSALS: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY})


class Step(StrEnum):
    """Everything that is looked at."""

    OPENED = "opened"
    LISTED = "listed"
    METADATA_CHANGED = "metadata_changed"
    COMPONENT_RECOVERED = "component_recovered"
    STATUS_ALONE = "status_alone"
    STATUS_AGAIN = "status_again"
    WENT_BACK = "went_back"
    NAME_TOO_LONG = "name_too_long"
    UPDATE_CORRECTED = "update_corrected"
    DRAFTED = "drafted"
    PUBLISHED_EARLY = "published_early"
    RESOLVED = "resolved"
    GONE_FROM_LIST = "gone_from_list"
    REOPENED = "reopened"
    SCHEDULED = "scheduled"
    COMPONENT_SCHEDULED = "component_scheduled"
    DUE_SCHEDULED = "due_scheduled"
    BEGAN = "began"
    COMPONENT_BEGAN = "component_began"
    SCHEDULED_LIST = "scheduled_list"
    UPCOMING_LIST = "upcoming_list"
    DUE = "due"
    SUBSCRIBED = "subscribed"
    SUBSCRIBED_AGAIN = "subscribed_again"
    WEBHOOK_SUBSCRIBED = "webhook_subscribed"
    UNCONFIRMED_LIST = "unconfirmed_list"
    ACTIVE_LIST = "active_list"
    STRAY_POINT = "stray_point"
    STRAY_METRIC = "stray_metric"
    UNPAGINATED = "unpaginated"
    UNPAGINATED_AGAIN = "unpaginated_again"
    PAGINATED = "paginated"
    OTHER_PAGE = "other_page"
    OVER_LIMIT = "over_limit"
    AFTER_LIMIT = "after_limit"
    CONTROL_ANNOUNCED = "control_announced"
    ANNOUNCED = "announced"


@dataclass(frozen=True, slots=True)
class Seen:
    """One exchange.

    Attributes:
        call: method and path, with the ids' names in their places.
        sent: the body, as JSON has it; None for none.
        status: the HTTP status code.
        body: the answer's JSON; None where there is none.
        retry_after: the header as it came.
    """

    call: str
    sent: Any
    status: int
    body: Any = None
    retry_after: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether it was done."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def refused(self) -> bool:
        """Whether what was asked for cannot be done, as such: not for lack of rights, of the thing, or of a place in the window."""
        return self.status in _REFUSALS

    @property
    def limited(self) -> bool:
        """Whether it was one call too many."""
        return self.status in RATE_LIMIT_STATUSES

    def member(self, name: str) -> Any:
        """A member of the answer; None where it has none."""
        return self.body.get(name) if isinstance(self.body, dict) else None

    @property
    def updates(self) -> list[dict[str, Any]]:
        """The updates of the incident that was answered, newest first."""
        updates = self.member("incident_updates")
        return [update for update in updates if isinstance(update, dict)] if isinstance(updates, list) else []

    def row(self, identifier: str | None) -> dict[str, Any] | None:
        """The row of this id, where a list was answered."""
        rows = self.body if isinstance(self.body, list) else []
        return next((row for row in rows if isinstance(row, dict) and row.get("id") == identifier), None)

    @property
    def evidence(self) -> Evidence:
        """What was sent and seen, each a line without secrets."""
        sent = "" if self.sent is None else f" {_json(self.sent)}"
        waiting = "" if self.retry_after is None else f" Retry-After: {self.retry_after}"
        return Evidence(
            one_line(f"{self.call}{sent}"), one_line(f"{self.status}{waiting} {_json(_brief(self.body))}")
        )


@dataclass(frozen=True, slots=True)
class Lag:
    """How long a list took to show a write.

    Attributes:
        of: the step that was to show.
        seconds: after the write's answer when the list first showed it, as the step of polling has it; None if it never did.
    """

    of: Step
    seconds: float | None


@dataclass(slots=True)
class Record:
    """Everything that was seen.

    Attributes:
        seen: by step.
        lags: each time that a list was waited for.
        control_heard: whether the listener heard of an incident that was opened aloud; None where nobody listened.
        silent_heard: likewise of the update that an incident had which was opened silently.
        other_page_exists: whether the other page that was read is known to be somebody's.
        skipped: why a step was left out.
    """

    seen: dict[Step, Seen] = field(default_factory=dict)
    lags: list[Lag] = field(default_factory=list)
    control_heard: bool | None = None
    silent_heard: bool | None = None
    other_page_exists: bool = False
    skipped: dict[Step, str] = field(default_factory=dict)

    def skip(self, why: str, *steps: Step) -> None:
        """Note why steps are left out."""
        self.skipped.update(dict.fromkeys(steps, why))

    def identifier(self, step: Step) -> str | None:
        """The id of what a step made."""
        found = self.seen[step].member("id") if step in self.seen else None
        return found if isinstance(found, str) else None


_SHOWN: Final = (
    "id",
    "status",
    "impact",
    "metadata",
    "error",
    "message",
    "deliver_notifications",
    "published_at",
    "postmortem_ignored",
    "most_recent_data_at",
    "incident_updates",
    "body",
)
"""What evidence shows of an answer; a whole incident is longer than a line."""
_MOST_ROWS: Final = 5


def _brief(body: Any) -> Any:
    match body:
        case dict():
            return {name: _brief(value) for name, value in body.items() if name in _SHOWN}
        case list():
            return [_brief(row) for row in body[:_MOST_ROWS]]
        case str():
            return body[:80]
        case _:
            return body


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()[: 4 * MAX_CHARACTERS]
