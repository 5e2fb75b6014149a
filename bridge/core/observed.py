"""What the page was last seen to be, and from when each part of that is.

A list that was begun before a write of ours ended says nothing about what was written: every row carries the instant at which its reading *began*. Knows no wire format.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.core.answers import MaintenanceRow
    from bridge.core.incidents import IncidentKey
    from bridge.core.intents import OperationId
    from bridge.core.maintenance import Maintenance
    from bridge.core.rules import ComponentName
    from bridge.core.statuses import ComponentStatus, IncidentStatus

ID_PREFIX = "id:"

LISTS_LAG = 30.0
"""Seconds by which a list may lag behind a write that was answered, at least. Nobody has recorded it (statuspage-api.md, "What a real page must still tell"); a page that was asked may raise it."""

UNREAD_AFTER = 3
"""Failed readings of a list of maintenances after which raising and opening do not wait for the first good one any more."""

IDENTIFIED_WITHIN = 10
"""Failed readings of one incident, two minutes or more, after which the others are not held up for it."""


@dataclass(frozen=True, slots=True)
class ObservedComponent:
    """A component as last read, or as a write of ours was answered.

    Attributes:
        id: Statuspage's id.
        name: as shown.
        group: the name of its group, or an empty text.
        status: as read; None for a status that we do not know.
        read_at: our clock, when the request began that showed it.
        reads: how many reads in a row showed this status.
        disputed: what a write of ours was answered, and a list begun before lists are believed again showed something else.
        page_own: it changed to this where a maintenance began or ended: the page's own doing, and nobody's.
        doubtful_until: our clock; what a list begun earlier shows may be older than a write of ours, of this life or the one before.
    """

    id: str
    name: str
    group: str
    status: ComponentStatus | None
    read_at: float
    reads: int = 1
    disputed: bool = False
    page_own: bool = False
    doubtful_until: float = 0.0

    @property
    def display_name(self) -> str:
        """The name that readers of the page know."""
        return f"{self.group} / {self.name}" if self.group else self.name


@dataclass(frozen=True, slots=True)
class ObservedIncident:
    """An unresolved incident as last read.

    Attributes:
        id: Statuspage's id.
        status: as read; None for one that we do not know, such as a maintenance's.
        key: our identity in its metadata, or None: somebody else's.
        episode: from the metadata.
        sequence: from the metadata.
        operation: our last attempt that was applied to it, from the metadata.
        component_ids: the components that it lists.
        read_at: our clock, when the request began that showed it.
        seen_at: our clock, when its answer was read.
        update_id: the newest update's.
        verified_at: our clock, when the answer of a reading of this incident alone was read; lists may lag, and prove nothing. Zero for never.
        created_at: the page's clock; tells the elder of two.
        updates: how many updates it has.
        announced: as far as can be read, subscribers were told of it.
        identified_at: from the metadata: the transition that told a cause last.
    """

    id: str
    status: IncidentStatus | None
    key: IncidentKey | None
    episode: int
    sequence: int
    operation: OperationId | None
    component_ids: tuple[str, ...]
    read_at: float
    seen_at: float
    update_id: str = ""
    created_at: float = 0.0
    updates: int = 1
    announced: bool = True
    verified_at: float = 0.0
    identified_at: int = 0

    @property
    def live(self) -> bool:
        """Whether it is an incident that is not over."""
        return self.status is not None and self.status.live


class ListKind(StrEnum):
    """The lists that make up Observed."""

    COMPONENTS = "components"
    UNRESOLVED = "unresolved"
    SCHEDULED = "scheduled"
    """Maintenances to come."""
    ACTIVE = "active_maintenance"
    """Maintenances in progress or being verified."""
    METRICS = "metrics"
    TEMPLATES = "incident_templates"


MAINTENANCES = (ListKind.SCHEDULED, ListKind.ACTIVE)


@dataclass(frozen=True, slots=True)
class Listing:
    """How far a list has been read.

    Attributes:
        complete_at: our clock; when the first request of the last complete reading began, or None before the first.
        began_at: the same of a reading under way, or None.
        next_page: the page to ask for next.
        failures: how often it failed since it was last read completely.
    """

    complete_at: float | None = None
    began_at: float | None = None
    next_page: int = 1
    failures: int = 0


@dataclass(slots=True)
class Observed:
    """One page as we know it. Changed in place by the engine; read by the plan.

    Attributes:
        components: by id.
        incidents: unresolved ones, by id.
        maintenances: those that are not over, by id.
        maintenances_since: our clock; when the first complete reading of a list of maintenances began that this store knows of; zero for an earlier life's. None before.
        maintenance_rows: what the lists of this life showed of them, by id; of one whose list shows no metadata, what was read of it alone.
        metrics: metric id to name.
        templates: of incidents: id to name, title and body.
        listings: how far each list has been read.
        unidentified: ids of incidents of which no list says whose they are, each with how often its own reading failed.
        adopting: the first reading of the incidents is not over, because some of them are unidentified.
    """

    components: dict[str, ObservedComponent] = field(default_factory=dict)
    incidents: dict[str, ObservedIncident] = field(default_factory=dict)
    maintenances: dict[str, Maintenance] = field(default_factory=dict)
    maintenance_rows: dict[str, MaintenanceRow] = field(default_factory=dict)
    maintenances_since: float | None = None
    metrics: dict[str, str] = field(default_factory=dict)
    templates: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    listings: dict[ListKind, Listing] = field(default_factory=lambda: dict.fromkeys(ListKind, Listing()))
    unidentified: dict[str, int] = field(default_factory=dict)
    adopting: bool = False

    @property
    def complete(self) -> bool:
        """Whether components and incidents have been read at least once. Nothing is written before; metrics that cannot be listed keep back only their points, maintenances only what gets worse."""
        listings = self.listings
        return (
            not self.adopting
            and listings[ListKind.COMPONENTS].complete_at is not None
            and listings[ListKind.UNRESOLVED].complete_at is not None
        )

    @property
    def maintained(self) -> bool:
        """Whether it is known what is under maintenance: nothing is raised or opened before. A page that does not list maintenances keeps nothing back for long."""
        return all(
            listing.complete_at is not None or listing.failures >= UNREAD_AFTER
            for listing in map(self.listings.__getitem__, MAINTENANCES)
        )

    @property
    def identifying(self) -> bool:
        """Whether an incident may still turn out to be ours: until then none is opened, and nothing lost is given up.

        One that cannot be read for long is taken for somebody else's, so that it does not stop everything; as such it still keeps ours from opening beside it.
        """
        return any(failures < IDENTIFIED_WITHIN for failures in self.unidentified.values())


def resolve_component(name: ComponentName, components: dict[str, ObservedComponent]) -> tuple[str, ...]:
    """The ids that a name in a rule file can mean: exactly one, or it is not bound."""
    if name.startswith(ID_PREFIX):
        wanted = name.removeprefix(ID_PREFIX)
        return (wanted,) if wanted in components else ()
    full = tuple(component.id for component in components.values() if component.display_name == name)
    # A name without its group is accepted where it is the only one.
    return full or tuple(component.id for component in components.values() if component.name == name)


def resolve_metric(name: str, metrics: dict[str, str]) -> tuple[str, ...]:
    """The ids that a metric's name can mean: exactly one, or it is not bound."""
    if name.startswith(ID_PREFIX):
        wanted = name.removeprefix(ID_PREFIX)
        return (wanted,) if wanted in metrics else ()
    return tuple(identifier for identifier, shown in metrics.items() if shown == name)
