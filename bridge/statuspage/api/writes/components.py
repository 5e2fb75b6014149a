"""New components and groups, and changes to them. None of these tells subscribers of incidents; webhook subscribers hear of a component's status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - a field's type
from typing import Any, ClassVar

from bridge.core.statuses import ComponentStatus
from bridge.statuspage.api.values import NO_GROUP, OFFICIAL_STATUS, OfficialStatus
from bridge.statuspage.api.writes.write import (
    Write,
    check_identifiers,
    check_one_of,
    check_something,
    check_text,
)

STATUSES = (*ComponentStatus, OFFICIAL_STATUS)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewComponent(Write):
    """A component to be made. Names need not be unique.

    Raises:
        ValueError: the name is empty, the status unknown, or the group's id is none.
    """

    wrapper: ClassVar[str] = "component"

    name: str
    description: str | None = None
    status: ComponentStatus | OfficialStatus | None = None
    group_id: str | None = None
    showcase: bool | None = None
    only_show_if_degraded: bool | None = None
    start_date: date | None = None

    def __post_init__(self) -> None:
        check_text("name", self.name)
        check_one_of("status", self.status, STATUSES)
        check_identifiers("group_id", None if self.group_id is None else (self.group_id,))


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentChange(Write):
    """What to change of a component; None leaves a member as it is. `group_id` is a group's, or `NO_GROUP`.

    Raises:
        ValueError: nothing is changed, the name is empty, the status unknown, or the group's id is none.
    """

    wrapper: ClassVar[str] = "component"

    name: str | None = None
    description: str | None = None
    status: ComponentStatus | OfficialStatus | None = None
    group_id: str | None = None
    showcase: bool | None = None
    only_show_if_degraded: bool | None = None
    start_date: date | None = None

    def __post_init__(self) -> None:
        check_something(self)
        check_text("name", self.name)
        check_one_of("status", self.status, STATUSES)
        if self.group_id != NO_GROUP:
            check_identifiers("group_id", None if self.group_id is None else (self.group_id,))


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupWrite(Write):
    """A group as it shall be, whether new or changed: the API wants name and components each time.

    Attributes:
        name: its name.
        components: ids of all that stand in it from then on; they must exist, and one at least is needed.
        description: more of it.

    Raises:
        ValueError: the name is empty, or no component is named.
    """

    wrapper: ClassVar[str] = "component_group"

    name: str
    components: tuple[str, ...]
    description: str | None = None

    def __post_init__(self) -> None:
        check_text("name", self.name)
        check_identifiers("components", self.components, least=1)

    def document(self) -> dict[str, Any]:
        """The request's body.

        The vendor's document has `description` beside the wrapper; clients that were tested against the live service send it inside (statuspage-api.md, "Known defects"). Both are sent.
        """
        body: dict[str, Any] = {self.wrapper: self.members()}
        return body if self.description is None else {**body, "description": self.description}
