"""New templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bridge.statuspage.api.values import MaintenanceStatus, RealtimeStatus
from bridge.statuspage.api.writes.write import Write, check_identifiers, check_one_of, check_text


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTemplate(Write):
    """What an incident or maintenance can be begun from. The API can neither change nor delete one.

    Attributes:
        name: in the list of templates.
        title: the incident's name.
        body: the text of its first update.
        group_id: the group of templates.
        update_status: the incident's status.
        should_tweet: whether the form proposes a tweet.
        should_send_notifications: whether the form proposes to tell subscribers.
        component_ids: the components that the incident lists.

    Raises:
        ValueError: something is out of bounds.
    """

    wrapper: ClassVar[str] = "template"

    name: str
    title: str
    body: str
    group_id: str | None = None
    update_status: RealtimeStatus | MaintenanceStatus | None = None
    should_tweet: bool | None = None
    should_send_notifications: bool | None = None
    component_ids: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        check_text("name", self.name)
        check_text("title", self.title)
        check_text("body", self.body)
        check_identifiers("group_id", None if self.group_id is None else (self.group_id,))
        check_one_of("update_status", self.update_status, (*RealtimeStatus, *MaintenanceStatus))
        check_identifiers("component_ids", self.component_ids)
