"""What Statuspage answered, in our words: the contract between the client, which reads the wire, and the engine, which applies it. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.core.incidents import IncidentKey
    from bridge.core.intents import OperationId
    from bridge.core.statuses import ComponentStatus, IncidentStatus


@dataclass(frozen=True, slots=True)
class PageRow:
    """The page itself: its id, and the second in which it was created (the page's clock, RFC 3339 in UTC); empty where the answer does not say that."""

    id: str
    created_at: str


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """A component, or a group, as the list of components shows it."""

    id: str
    name: str
    group_id: str | None
    is_group: bool
    status: ComponentStatus | None


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident; `key` and what follows come from our metadata and are None or zero in somebody else's.

    `created_at` and `updated_at` are the page's clock, Unix seconds. `updates` are the ids of its updates, newest first; `worded` those of them for which somebody wrote a text, or that asked to notify.
    `announced`: as far as can be read, subscribers were told of it. `identified_at`: the transition that told a cause last. `maintenance`: it, where it is one. `hidden`: it came from a list that shows no metadata of it, so that whose it is cannot be read there.
    """

    id: str
    status: IncidentStatus | None
    component_ids: tuple[str, ...]
    created_at: float
    updates: tuple[str, ...] = ()
    key: IncidentKey | None = None
    episode: int = 0
    sequence: int = 0
    operation: OperationId | None = None
    shown: tuple[tuple[str, ComponentStatus], ...] = ()
    updated_at: float = 0.0
    announced: bool = True
    hidden: bool = False
    worded: frozenset[str] = frozenset()
    identified_at: int = 0
    maintenance: MaintenanceRow | None = None

    @property
    def live(self) -> bool:
        """Whether it is an incident that is not over."""
        return self.status is not None and self.status.live

    @property
    def unidentified(self) -> bool:
        """Whether it may be ours, and only a reading of it alone can tell."""
        return self.hidden and self.key is None and self.live

    @property
    def update_id(self) -> str:
        """The newest update's, or empty."""
        return self.updates[0] if self.updates else ""


@dataclass(frozen=True, slots=True)
class ComponentList:
    """One page of the components; `last` when no other page follows."""

    rows: tuple[ComponentRow, ...]
    last: bool


@dataclass(frozen=True, slots=True)
class IncidentList:
    """One page of incidents; `last` when no other page follows."""

    rows: tuple[IncidentRow, ...]
    last: bool


@dataclass(frozen=True, slots=True)
class MaintenanceMark:
    """What our metadata says of a maintenance of ours: whose it is, and what we told last."""

    key: IncidentKey
    episode: int
    sequence: int
    operation: OperationId
    begins_at: float
    ends_at: float
    planned_end: float
    extended: int
    open_ended: bool


@dataclass(frozen=True, slots=True)
class MaintenanceRow:
    """A maintenance.

    `begins_at` and `ends_at` are the page's clock, Unix seconds, and None where the page does not say. `active`: in progress or being verified; `over`: completed. `told` comes from our
    metadata, and is None in somebody else's; `hidden`: it came from a list that shows no metadata of it.
    """

    id: str
    active: bool
    component_ids: tuple[str, ...]
    begins_at: float | None
    ends_at: float | None
    name: str = ""
    over: bool = False
    told: MaintenanceMark | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class MaintenanceList:
    """One page of maintenances; `last` when no other page follows."""

    rows: tuple[MaintenanceRow, ...]
    last: bool


@dataclass(frozen=True, slots=True)
class MetricList:
    """One page of metrics as (id, name); `last` when no other page follows."""

    rows: tuple[tuple[str, str], ...]
    last: bool


@dataclass(frozen=True, slots=True)
class TemplateList:
    """One page of incident templates as (id, name, title, body); `last` when no other page follows."""

    rows: tuple[tuple[str, str, str, str], ...]
    last: bool


@dataclass(frozen=True, slots=True)
class PointsAccepted:
    """The page has taken the points."""


@dataclass(frozen=True, slots=True)
class PostmortemRow:
    """What stands as an incident's postmortem; `written` where anybody wrote anything."""

    written: bool


Answer = (
    PageRow
    | PostmortemRow
    | ComponentRow
    | IncidentRow
    | ComponentList
    | IncidentList
    | MaintenanceList
    | MetricList
    | TemplateList
    | PointsAccepted
)
