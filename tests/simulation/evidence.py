"""What a run leaves behind for its judge: when things were really broken, when somebody watched, what a person did, and what left the daemon.

Written by the scenario and by the wire, never by the product.
"""

from __future__ import annotations

import json
import random  # noqa: TID251 - seeded instances alone
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bridge.simulation.network import Network
from bridge.statuspage.transport import TransportError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response
    from tests.simulation.operators import Given
    from tests.simulation.reviewers import Review
    from tests.simulation.speakers import Said

NEVER = float("inf")

CHECKED = 45.0
"""Seconds within which a probe has looked: its 30, its time-out, and a little."""


@dataclass(slots=True)
class Interval:
    """Something lasted from `begin` until `end`, Unix seconds; infinity while it lasts."""

    begin: float
    end: float = NEVER


@dataclass(slots=True)
class Sent:
    """One request that left the daemon.

    Attributes:
        at: when it left, Unix seconds.
        method, path, body: as sent; the path begins with `/pages`.
        ended_at: when its answer was read or it was given up; infinity while it is under way.
        status: of the answer, None without one.
        whole: whether the answer came whole, as JSON.
    """

    at: float
    method: str
    path: str
    body: dict[str, Any] | None
    ended_at: float = NEVER
    status: int | None = None
    whole: bool = False

    @property
    def good(self) -> bool:
        """Whether it was answered with what it asked for."""
        return self.status == 200 and self.whole

    @property
    def incident(self) -> dict[str, Any] | None:
        """What it says about an incident, if that is what it writes."""
        return self.body.get("incident") if self.body is not None else None

    @property
    def components(self) -> dict[str, str]:
        """The statuses that it sets, by component id."""
        if self.body is None:
            return {}
        if "component" in self.body:
            return {self.path.rpartition("/")[2]: str(self.body["component"]["status"])}
        incident = self.incident or {}
        return {str(key): str(value) for key, value in (incident.get("components") or {}).items()}

    @property
    def notifies(self) -> bool:
        """Whether it asks for subscribers to be told."""
        incident = self.incident
        return incident is not None and bool(incident.get("deliver_notifications", True))


@dataclass(frozen=True, slots=True)
class PersonsAct:
    """Something that a person did on the page.

    Attributes:
        at: when, Unix seconds.
        what: the id of the incident or component.
        value: the status set, or what was done.
    """

    at: float
    what: str
    value: str


@dataclass(slots=True)
class Announced:
    """A maintenance of one component that a person announced; instants are Unix seconds.

    Attributes:
        incident_id: of the maintenance.
        component_id: what it is about.
        at: when it was announced.
        begun_at, completed_at: when the page said so; infinity until then.
    """

    incident_id: str
    component_id: str
    at: float
    begun_at: float = NEVER
    completed_at: float = NEVER


@dataclass(slots=True)
class Evidence:
    """The account of one run.

    Attributes:
        broken: by cause, when it was broken.
        unwatched: when the daemon was down or frozen.
        blind: when its probes could see nothing.
        sent: every request of the daemon.
        on_components, on_ours: what a person did to components, and to incidents of the bridge.
        persons_incidents: ids of incidents that a person opened.
        maintenances: what a person announced.
        disk_lost_at: when the store was lost.
        lost_alerts: what was found missing in the store after a crash.
        commands: what operators told the bridge.
        reviews: what became of drafts that somebody read.
        said: the causes that operators said.
        slow: whether the store ever was slow.
    """

    broken: dict[str, list[Interval]] = field(default_factory=dict)
    unwatched: list[Interval] = field(default_factory=list)
    blind: list[Interval] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    on_components: list[PersonsAct] = field(default_factory=list)
    on_ours: list[PersonsAct] = field(default_factory=list)
    persons_incidents: set[str] = field(default_factory=set)
    maintenances: list[Announced] = field(default_factory=list)
    disk_lost_at: list[float] = field(default_factory=list)
    lost_alerts: list[str] = field(default_factory=list)
    commands: list[Given] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    slow: bool = False

    @property
    def not_ours(self) -> set[str]:
        """The ids of incidents and maintenances that are a person's."""
        return self.persons_incidents | {one.incident_id for one in self.maintenances}

    def read_of(self, one: Announced, before: float, *, lag: float) -> bool:
        """Whether a list showed, before an instant, that a maintenance goes on, and the daemon lived on for a moment to remember it."""
        return any(
            sent.method == "GET"
            and sent.path.endswith("/incidents/active_maintenance")
            and sent.good
            and one.begun_at + lag < sent.at
            and sent.ended_at < min(before, one.completed_at)
            and not self.pauses(sent.at, sent.ended_at + 5.0)
            for sent in self.sent
        )

    def over_by(self, one: Announced, *, lag: float) -> float:
        """When a list showed that a maintenance does not go on any more; infinity for never. The first one after its end may be an old one, which was kept somewhere on the way."""
        read = [
            sent.ended_at
            for sent in self.sent
            if sent.path.endswith("/incidents/active_maintenance")
            and sent.good
            and one.completed_at + lag < sent.at
        ]
        return read[1] if len(read) > 1 else NEVER

    @property
    def released(self) -> set[str]:
        """The ids of incidents that operators let go: they are persons' from then on."""
        return {given.subject for given in self.commands if given.kind == "release" and given.told.accepted}

    def overridden_to(self, component_id: str) -> set[str]:
        """Every status that an operator wanted on a component."""
        return {
            str(given.told.document["status"])
            for given in self.commands
            if given.kind == "override_set" and given.subject == component_id
        }

    def missed(self, begin: float, end: float) -> float:
        """Seconds by which time may have been moved on between two instants, because nobody watched."""
        return (end - begin) - self.watched(begin, end) + 35.0 * self.pauses(begin, end)

    def pauses(self, begin: float, end: float) -> int:
        """How often the daemon stopped or started between two instants."""
        return sum(1 for gap in self.unwatched if gap.begin < end and gap.end > begin)

    def watched(
        self,
        begin: float,
        end: float,
        *,
        by_probe: bool = False,
        noticed: bool = False,
        silent: Sequence[Interval] = (),
    ) -> float:
        """Seconds between two instants in which the daemon ran, and for a probe could see, outside of `silent`.

        With `noticed`, blindness counts only from when a check must have met it.
        """
        if end <= begin:
            return 0.0
        blind = self.blind if by_probe else []
        if noticed:
            blind = [Interval(gap.begin + CHECKED, gap.end) for gap in blind if gap.end > gap.begin + CHECKED]
        gone = [*self.unwatched, *blind, *silent]
        missed = sorted(
            (max(begin, gap.begin), min(end, gap.end)) for gap in gone if gap.begin < end and gap.end > begin
        )
        total, reached = end - begin, begin
        for first, last in missed:
            total -= max(0.0, last - max(first, reached))
            reached = max(reached, last)
        return total


class WatchedNetwork(Network):
    """The world's network, with an account of what left the daemon and when it was answered."""

    def __init__(self, world: World, evidence: Evidence) -> None:
        super().__init__(
            world.loop,
            random.Random(world.seed),
            world.simulator,
            wall_clock=world.now,
            conditions=world.settings.conditions,
        )
        self._world = world
        self._evidence = evidence

    async def exchange(self, request: Request, timeout: float) -> Response:  # noqa: ASYNC109 - as in Transport.send
        """Send one request, and note it."""
        body = json.loads(request.body) if request.body else None
        sent = Sent(self._world.now(), request.method, request.path, body)
        self._evidence.sent.append(sent)
        try:
            answer = await super().exchange(request, timeout)
        except TransportError:
            sent.ended_at = self._world.now()
            raise
        sent.ended_at = self._world.now()
        sent.status = answer.status
        sent.whole = _is_json(answer.body)
        return answer


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
