"""Components, and the groups that they stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import field

from bridge.core.statuses import ComponentStatus
from bridge.statuspage.api.models.fields import Instant, identifiers
from bridge.statuspage.models import Flag, Identifier, Resource, Text

if TYPE_CHECKING:
    Identifiers = tuple[str, ...]
else:
    Identifiers = Any


class Component(Resource, frozen=True, kw_only=True):
    """A component, or a group (`group` is true), which the list of components holds too. `status` is empty for a third-party component at its official one."""

    id: Identifier
    page_id: str | None = None
    group_id: str | None = None
    group: Flag = False
    name: Text = ""
    description: str | None = None
    position: int | None = None
    status: Text = ""
    showcase: Flag = False
    only_show_if_degraded: Flag = False
    automation_email: str | None = None
    start_date: str | None = None
    created_at_text: str | None = field(name="created_at", default=None)
    updated_at_text: str | None = field(name="updated_at", default=None)

    created_at = Instant()
    updated_at = Instant()

    @property
    def known_status(self) -> ComponentStatus | None:
        """The status, or None for one that we do not know."""
        try:
            return ComponentStatus(self.status)
        except ValueError:
            return None


class ComponentGroup(Resource, frozen=True, kw_only=True):
    """A group; `components` are the ids of what stands in it."""

    id: Identifier
    page_id: str | None = None
    name: Text = ""
    description: str | None = None
    components: Identifiers = ()
    position: int | str | None = None
    created_at_text: str | None = field(name="created_at", default=None)
    updated_at_text: str | None = field(name="updated_at", default=None)

    created_at = Instant()
    updated_at = Instant()

    def __post_init__(self) -> None:
        super().__post_init__()
        msgspec.structs.force_setattr(self, "components", identifiers(self.components))
