"""Operations: one API action each, as the plan wants it. A closed union; the client turns each into one request. Knows no path and no JSON."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from bridge.core.intents import Target
from bridge.core.pacing import Lane
from bridge.core.reasons import Reason
from bridge.core.statuses import Impact

if TYPE_CHECKING:
    from bridge.core.desired import IncidentPlace
    from bridge.core.incidents import IncidentKey
    from bridge.core.intents import Intent
    from bridge.core.leaks import Leak
    from bridge.core.maintenance_rules import MaintenanceId
    from bridge.core.observed import ListKind
    from bridge.core.rules import Series
    from bridge.core.statuses import ComponentStatus, IncidentStatus, MaintenanceStatus


@dataclass(frozen=True, slots=True)
class ReadPage:
    """Read the page itself, to see that it is the one that was served before."""

    page: str
    reason: Reason = Reason.READ_OBSERVED
    lane: Lane = Lane.OBSERVE

    @property
    def target(self) -> Target:
        """One such reading at a time."""
        return page_target(self.page)


@dataclass(frozen=True, slots=True)
class ReadList:
    """Read one page of a list of Observed."""

    page: str
    kind: ListKind
    number: int
    reason: Reason = Reason.READ_OBSERVED
    lane: Lane = Lane.OBSERVE

    @property
    def target(self) -> Target:
        """One reading of a list at a time."""
        return list_target(self.page, self.kind)


@dataclass(frozen=True, slots=True)
class ReadIncident:
    """Read one incident, before a write to it or to settle one."""

    page: str
    incident_id: str
    key: IncidentKey
    reason: Reason = Reason.VERIFY_BEFORE_WRITE
    settles: Intent | None = None
    lane: Lane = Lane.INCIDENT

    @property
    def target(self) -> Target:
        """Shared with the writes to the incident."""
        return incident_target(self.key)


@dataclass(frozen=True, slots=True)
class IdentifyIncident:
    """Read one unresolved incident, because no list says whose it is."""

    page: str
    incident_id: str
    reason: Reason = Reason.READ_OBSERVED
    lane: Lane = Lane.OBSERVE

    @property
    def target(self) -> Target:
        """Nothing is written to what is not known to be ours: no write shares this."""
        return Target(f"identity:{self.incident_id}")


@dataclass(frozen=True, slots=True)
class FindIncident:
    """Look for what a lost create may have made: one page of all recent incidents, resolved ones included."""

    page: str
    key: IncidentKey
    settles: Intent
    number: int
    reason: Reason = Reason.SETTLE_UNKNOWN
    lane: Lane = Lane.INCIDENT

    @property
    def target(self) -> Target:
        """Shared with the writes to the incident."""
        return incident_target(self.key)


@dataclass(frozen=True, slots=True)
class WriteIncident:
    """Create an incident, or update the one that is bound.

    Attributes:
        page: the page's name in the settings.
        place: incident rule and group labels.
        key: identity, for the metadata.
        incident_id: empty to create.
        episode, sequence: for the metadata.
        name: the title; told on create only.
        status: the new status, or None for a quiet change of components.
        body: the text of the update; empty exactly where status is None.
        component_ids: all components that the incident lists.
        components: statuses to set with the same call.
        shown: what the components that it lists show, by our doing, once this is done; for the metadata, from which an empty store learns it again.
        high_water: the worst status of the episode.
        notify: whether subscribers are told.
        reason: the transition that it tells.
        announced: whether subscribers were told of the incident, by this or before; for the metadata.
        silenced: subscribers would be told, had the page's notifications of the hour not been used up.
        withheld: kinds of what its title and body would have shown and must not; they are told without labels.
        impact: how bad it is, whatever its components say; told on create only, so that a person's is left alone.
        draft: the hash of the draft in whose words it begins; empty without one.
        identified_at: the number of the transition that told a cause last, once this is done; for the metadata.
    """

    page: str
    place: IncidentPlace
    key: IncidentKey
    incident_id: str
    episode: int
    sequence: int
    name: str
    status: IncidentStatus | None
    body: str
    component_ids: tuple[str, ...]
    components: tuple[tuple[str, ComponentStatus], ...]
    high_water: ComponentStatus
    notify: bool
    reason: Reason
    lane: Lane = Lane.INCIDENT
    shown: tuple[tuple[str, ComponentStatus], ...] = ()
    announced: bool = True
    silenced: bool = False
    withheld: tuple[Leak, ...] = ()
    impact: Impact = Impact.AUTO
    draft: str = ""
    identified_at: int = 0

    @property
    def target(self) -> Target:
        """One write to an incident at a time."""
        return incident_target(self.key)

    @property
    def touches(self) -> tuple[Target, ...]:
        """The components that it sets on the way."""
        return tuple(part.target for part in self.parts)

    @property
    def parts(self) -> tuple[SetComponent, ...]:
        """What it does to components, as writes of their own."""
        return tuple(
            SetComponent(self.page, component_id, status, self.reason)
            for component_id, status in self.components
        )


@dataclass(frozen=True, slots=True)
class SetComponent:
    """Set the status of one component."""

    page: str
    component_id: str
    status: ComponentStatus
    reason: Reason
    lane: Lane = Lane.ROUTINE

    @property
    def target(self) -> Target:
        """One write to a component at a time."""
        return component_target(self.component_id)


@dataclass(frozen=True, slots=True)
class PushPoints:
    """Send metric points, all metrics of the page in one call.

    Attributes:
        page: the page's name in the settings.
        points: metric id, series, and the points as (Unix seconds, value), oldest first.
    """

    page: str
    points: tuple[tuple[str, Series, tuple[tuple[int, float], ...]], ...]
    reason: Reason = Reason.POINTS_DUE
    lane: Lane = Lane.ROUTINE

    @property
    def target(self) -> Target:
        """One push at a time."""
        return points_target(self.page)


@dataclass(frozen=True, slots=True)
class WriteMaintenance:
    """Announce a maintenance of ours, or tell the next of it.

    Attributes:
        page: the page's name in the settings.
        rule: its id in the rule files.
        key: identity, for the metadata.
        incident_id: empty to announce.
        episode, sequence: for the metadata.
        name: the title.
        status: goes together with the body; None for a quiet change.
        body: the text of the update, or empty.
        component_ids: all that it lists.
        begins_at, ends_at: the page's clock.
        planned_end: as its window says.
        extended: how often its end has been moved because it takes longer.
        open_ended: the page does not end it.
        sets_components: the page sets them under maintenance when it begins, and operational when it ends; false for one that is called off before it began, or the page would set them operational then.
        remind: subscribers are reminded an hour before.
        notify: subscribers are told now.
        notify_begin, notify_end: the page tells them when it begins and ends by itself.
        reason: what it tells.
    """

    page: str
    rule: MaintenanceId
    key: IncidentKey
    incident_id: str
    episode: int
    sequence: int
    name: str
    status: MaintenanceStatus | None
    body: str
    component_ids: tuple[str, ...]
    begins_at: float
    ends_at: float
    planned_end: float
    reason: Reason
    extended: int = 0
    open_ended: bool = False
    sets_components: bool = True
    remind: bool = False
    notify: bool = False
    notify_begin: bool = False
    notify_end: bool = False
    lane: Lane = Lane.ROUTINE

    @property
    def target(self) -> Target:
        """One write to a maintenance at a time."""
        return incident_target(self.key)


@dataclass(frozen=True, slots=True)
class ReadPostmortem:
    """Look at what stands as an incident's postmortem, before a draft is written."""

    page: str
    incident_id: str
    key: str
    reason: Reason = Reason.POSTMORTEM_DUE
    lane: Lane = Lane.ROUTINE

    @property
    def target(self) -> Target:
        """Shared with the write of the draft."""
        return postmortem_target(self.incident_id)


@dataclass(frozen=True, slots=True)
class DraftPostmortem:
    """Write the draft of an incident's postmortem, where none is.

    Attributes:
        page: the page's name in the settings.
        incident_id: Statuspage's id.
        key: our identity of the incident.
        body: Markdown.
    """

    page: str
    incident_id: str
    key: str
    body: str
    reason: Reason = Reason.POSTMORTEM_DUE
    lane: Lane = Lane.ROUTINE

    @property
    def target(self) -> Target:
        """One request about an incident's postmortem at a time."""
        return postmortem_target(self.incident_id)


Read = ReadPage | ReadList | ReadIncident | IdentifyIncident | FindIncident | ReadPostmortem
Write = WriteIncident | SetComponent | WriteMaintenance
Operation = (
    ReadPage
    | ReadList
    | ReadIncident
    | IdentifyIncident
    | FindIncident
    | WriteIncident
    | SetComponent
    | WriteMaintenance
    | PushPoints
    | ReadPostmortem
    | DraftPostmortem
)


@cache
def list_target(page: str, kind: ListKind) -> Target:
    """What readings of a list exclude each other by. There are few, and each plan asks for all of them."""
    return Target(f"list:{page}:{kind}")


def page_target(page: str) -> Target:
    """What readings of the page itself exclude each other by."""
    return Target(f"page:{page}")


def postmortem_target(incident_id: str) -> Target:
    """What requests about an incident's postmortem exclude each other by."""
    return Target(f"postmortem:{incident_id}")


def points_target(page: str) -> Target:
    """What pushes of points exclude each other by."""
    return Target(f"points:{page}")


def incident_target(key: IncidentKey) -> Target:
    """What requests about one of our incidents exclude each other by."""
    return Target(f"incident:{key}")


def component_target(component_id: str) -> Target:
    """What writes to one component exclude each other by."""
    return Target(f"component:{component_id}")
