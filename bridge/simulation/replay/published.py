"""What was published in a replay, read from the simulator's model after its end: statuses by component over time, incidents with their updates, who was told how often."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.reasons import Reason
from bridge.simulation.replay.unseen import blind_times, unseen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.simulation.replay.history import History
    from bridge.simulation.replay.player import Player
    from bridge.simulation.replay.unseen import Time
    from bridge.simulator.records.incidents import Incident
    from bridge.simulator.records.pages import Page

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
        unseen: by name of a component that rules drive, when nobody could know how it was.
        sights: when each source was blind, and when nobody watched (`EVERY_SOURCE`).
        remarks: what is missing in the history, a sentence each.
    """

    begin: float
    end: float
    components: Mapping[str, tuple[Span, ...]]
    stories: tuple[Story, ...]
    notifications: int
    calls: int
    flaps: int
    unseen: Mapping[str, tuple[Time, ...]]
    sights: Mapping[str, list[Time]]
    remarks: tuple[str, ...]

    def unseen_seconds(self, component: str) -> int:
        """For how long nobody could know how a component was."""
        return round(sum(end - begin for begin, end in self.unseen.get(component, ())))

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
    return Published(
        history.begin,
        history.end,
        shown_on(page, history.begin, history.end),
        stories_of(page),
        len(player.simulator.notifications),
        sum(arrival.method != "GET" for arrival in player.simulator.arrivals),
        Counter(reasons)[Reason.CLEARED_WHILE_PENDING],
        {str(name): times for name, times in unseen(player.page.ruleset, history, player.watch).items()},
        blind_times(history),
        history.remarks,
    )


def shown_on(page: Page, begin: float, end: float) -> dict[str, tuple[Span, ...]]:
    """What the components of a simulator's page showed from one instant to another, by name."""
    names, components = _names(page), {}
    for one in page.components.values():
        ends = [change.at for change in one.changes[1:]] + [end]
        components[names[one.id]] = tuple(
            Span(str(change.status), max(change.at, begin), until)
            for change, until in zip(one.changes, ends, strict=True)
            if until > max(change.at, begin)
        )
    return components


def stories_of(page: Page) -> tuple[Story, ...]:
    """The incidents of a simulator's page, in the order in which they were opened."""
    names = _names(page)
    return tuple(_story(incident, names) for incident in page.incidents.values())


def _names(page: Page) -> dict[str, str]:
    groups = {group.id: group.name for group in page.groups.values()}
    return {
        one.id: f"{groups[one.group_id]} / {one.name}" if one.group_id in groups else one.name
        for one in page.components.values()
    }


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
