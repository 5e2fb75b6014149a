"""Components and their groups."""

from dataclasses import dataclass, field

from bridge.simulator.records.encoding import encode
from bridge.simulator.statuses import ComponentStatus
from bridge.simulator.timestamps import in_seconds


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A component's status from `at` on."""

    at: float
    status: ComponentStatus


@dataclass(slots=True, kw_only=True)
class Component:
    """A component; `changes` is its history, oldest first, and never empty."""

    id: str
    page_id: str
    name: str
    status: ComponentStatus
    position: int
    created_at: float
    updated_at: float
    automation_email: str
    group_id: str | None = None
    description: str | None = None
    showcase: bool = False
    only_show_if_degraded: bool = False
    start_date: str | None = None
    changes: list[StatusChange] = field(default_factory=list)
    _written: str | None = None

    def touch(self, now: float) -> None:
        """Note that a field was changed."""
        self.updated_at = now
        self._written = None

    def set_status(self, status: ComponentStatus, *, now: float) -> None:
        """Show a status from now on; the same one again changes nothing."""
        if status is not self.status:
            self.status = status
            self.changes.append(StatusChange(now, status))
            self.touch(now)

    def written(self) -> str:
        """Return the component as JSON, in the key order recorded of the live service."""
        if self._written is None:
            self._written = encode(
                {
                    "id": self.id,
                    "page_id": self.page_id,
                    "group_id": self.group_id,
                    "created_at": in_seconds(self.created_at),
                    "updated_at": in_seconds(self.updated_at),
                    "group": False,
                    "name": self.name,
                    "description": self.description,
                    "position": self.position,
                    "status": self.status,
                    "showcase": self.showcase,
                    "only_show_if_degraded": self.only_show_if_degraded,
                    "automation_email": self.automation_email,
                    "start_date": self.start_date,
                }
            )
        return self._written


@dataclass(slots=True, kw_only=True)
class ComponentGroup:
    """A group of components; it is never empty while it exists."""

    id: str
    page_id: str
    name: str
    position: int
    created_at: float
    updated_at: float
    description: str | None = None
    component_ids: list[str] = field(default_factory=list)

    def written(self) -> str:
        """Return the group as JSON, as the component-groups operations show it."""
        return encode(
            {
                "id": self.id,
                "page_id": self.page_id,
                "name": self.name,
                "description": self.description,
                "components": self.component_ids,
                "position": self.position,
                "created_at": in_seconds(self.created_at),
                "updated_at": in_seconds(self.updated_at),
            }
        )

    def written_as_component(self, status: ComponentStatus) -> str:
        """Return the group as the components list shows it, with the worst status of its children."""
        return encode(
            {
                "id": self.id,
                "page_id": self.page_id,
                "group_id": None,
                "created_at": in_seconds(self.created_at),
                "updated_at": in_seconds(self.updated_at),
                "group": True,
                "name": self.name,
                "description": self.description,
                "position": self.position,
                "status": status,
                "showcase": False,
                "only_show_if_degraded": False,
                "automation_email": None,
                "start_date": None,
            }
        )
