"""What was told: the last thing that we wrote to each incident and component, and under which identity.

A component is lowered only from a value that stands here. Records are replaced, never changed; the store keeps them. Knows no operation and no wire format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.statuses import ComponentStatus, IncidentStatus

if TYPE_CHECKING:
    from bridge.core.desired import IncidentPlace
    from bridge.core.incidents import IncidentKey
    from bridge.core.intents import OperationId


@dataclass(frozen=True, slots=True)
class ComponentTold:
    """What we last wrote to a component.

    Attributes:
        page: the page's name in the settings.
        component_id: Statuspage's id.
        status: the value written.
        operation: by which attempt.
        told_at: our clock, when the answer was read or given up.
        possible: other values that would not be a person's if the page showed them: what was written over, what lost writes carried, and `operational` since the claim ended.
        unsettled_until: our clock; until then a lost write may still be applied. None when nothing is open.
    """

    page: str
    component_id: str
    status: ComponentStatus
    operation: OperationId
    told_at: float
    possible: tuple[ComponentStatus, ...] = ()
    unsettled_until: float | None = None

    def unsettled(self, now: float) -> bool:
        """Whether a lost write may still be applied."""
        return self.unsettled_until is not None and now < self.unsettled_until

    def explains(self, status: ComponentStatus | None) -> bool:
        """Whether a write of ours can be why the page shows this."""
        return status is not None and (status is self.status or status in self.possible)


@dataclass(frozen=True, slots=True)
class IncidentTold:
    """What we last told in an incident of ours, and its id there.

    Attributes:
        page: the page's name in the settings.
        place: incident rule and group labels.
        key: the identity in the incident's metadata.
        incident_id: Statuspage's id: the binding of the key. Empty where nothing was opened, because a person told of it.
        episode: which episode of the key it tells.
        sequence: the number of the transition last told.
        status: as told.
        high_water: the worst status told in the episode.
        component_ids: the components that it lists.
        operation: the attempt that told it, as in the metadata.
        told_at: our clock.
        update_id: the newest update after what we told; another one there is a person's.
        yielded: a person acted on it: its text and status are theirs.
        announced: subscribers were told that this episode began. False between a silent create and its announcement.
        identified_at: the number of the transition that told a cause last; zero for none in this episode.
    """

    page: str
    place: IncidentPlace
    key: IncidentKey
    incident_id: str
    episode: int
    sequence: int
    status: IncidentStatus
    high_water: ComponentStatus
    component_ids: tuple[str, ...]
    operation: OperationId
    told_at: float
    update_id: str = ""
    yielded: bool = False
    announced: bool = True
    identified_at: int = 0

    @property
    def open(self) -> bool:
        """Whether, as far as we told, it is unresolved."""
        return self.status is not IncidentStatus.RESOLVED
