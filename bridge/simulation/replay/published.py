"""What was published in a replay, read from the simulator's model after its end: statuses by component over time, incidents with their updates, who was told how often."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.simulation.replay.history import History
    from bridge.simulation.replay.player import Player
    from bridge.simulator.records.incidents import Incident

OPERATIONAL = "operational"


@dataclass(frozen=True, slots=True)
class Span:
    """A component showed a status from `begin` to `end`, Unix seconds."""

    status: str
    begin: float
    end: float

    @property
    def seconds(self) -> float:
        """How long."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Told:
    """An update of an incident, Unix seconds."""

    at: float
    status: str
    body: str
    notified: bool


@dataclass(frozen=True, slots=True)
class Story:
    """An incident.

    Attributes:
        title: its name on the page.
        impact: the worst that it had.
        components: names of those that it lists.
        told: its updates, oldest first.
        end: when it was resolved; None where the history ends before.
    """

    title: str
    impact: str
    components: tuple[str, ...]
    told: tuple[Told, ...]
    end: float | None

    @property
    def begin(self) -> float:
        """When it was opened."""
        return self.told[0].at


@dataclass(frozen=True, slots=True)
class Published:
    """Everything that would have been published.

    Attributes:
        begin, end: of the history, Unix seconds.
        components: by name, the spans over the whole of it.
        stories: the incidents, in the order in which they were opened.
        notifications: how often subscribers were told.
        calls: how many writes were sent.
        flaps: how often a rule's condition came and went before it was said.
        would_have: changes that rules in shadow alone decided.
    """

    begin: float
    end: float
    components: Mapping[str, tuple[Span, ...]]
    stories: tuple[Story, ...]
    notifications: int
    calls: int
    flaps: int

    def seconds(self, component: str) -> Counter[str]:
        """For how long a component showed each status that is not operational."""
        found: Counter[str] = Counter()
        for span in self.components[component]:
            if span.status != OPERATIONAL:
                found[span.status] += round(span.seconds)
        return found


def published(player: Player, history: History, reasons: Iterable[Reason]) -> Published:
    """What a player that has played a history to its end published."""
    page = player.simulator.page(player.page_id)
    groups = {group.id: group.name for group in page.groups.values()}
    names = {
        one.id: f"{groups[one.group_id]} / {one.name}" if one.group_id in groups else one.name
        for one in page.components.values()
    }
    components = {}
    for one in page.components.values():
        ends = [change.at for change in one.changes[1:]] + [history.end]
        components[names[one.id]] = tuple(
            Span(str(change.status), max(change.at, history.begin), end)
            for change, end in zip(one.changes, ends, strict=True)
            if end > change.at
        )
    return Published(
        history.begin,
        history.end,
        components,
        tuple(_story(incident, names) for incident in page.incidents.values()),
        len(player.simulator.notifications),
        sum(arrival.method != "GET" for arrival in player.simulator.arrivals),
        Counter(reasons)[Reason.CLEARED_WHILE_PENDING],
    )


def _story(incident: Incident, names: Mapping[str, str]) -> Story:
    return Story(
        incident.name,
        str(incident.impact),
        tuple(names[one] for one in incident.component_ids if one in names),
        tuple(
            Told(update.created_at, str(update.status), update.body, update.deliver_notifications)
            for update in incident.updates
        ),
        incident.resolved_at,
    )
