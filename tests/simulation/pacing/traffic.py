"""What the scenarios of pacing share: a page of many lone components, a network whose round trips are uniform, and counts from the simulator's own ledger."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.core.matching import parse_matchers
from bridge.core.rules import ComponentName, ComponentRule, IncidentRule, IncidentRuleId, RuleId, RuleSet
from bridge.core.statuses import Automation, ComponentStatus
from bridge.simulation.network import NetworkConditions
from bridge.simulation.world import PAGE, TOKEN, World, WorldSettings, alert
from tests.simulation.adversity.interference import Interference

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bridge.simulator.ledgers import Arrival
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

LATENCY = (0.05, 2.0)
"""Seconds from the start of a request to its answer, uniform (the issue's figure)."""

MEAN_LATENCY = sum(LATENCY) / 2
REFUSED = frozenset({420, 429})


@dataclass(frozen=True)
class ComponentCall:
    """A call that sets a component: when it left, when it arrived, and what it says."""

    at: float
    arrived_at: float
    component_id: str
    status: str


class UniformNetwork(Interference):
    """A network in which whole round trips are uniform, and each is divided at random between there and back."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.round_trip = LATENCY
        self.all_there = False
        """Whether all of it is the way there, and answers come at once."""
        self._sent: list[tuple[float, float, Request]] = []

    async def exchange(self, request: Request, timeout: float) -> Response:  # noqa: ASYNC109 - as in Transport.send
        """Send it, and remember when it left and when it arrives."""
        both = self._random.uniform(*self.round_trip)
        there = both if self.all_there else self._random.uniform(0.0, both)
        self._next = there, both - there
        now = self.world.now()
        self._sent.append((now, now + there, request))
        return await super().exchange(request, timeout)

    def component_calls(self, *, since: float) -> list[ComponentCall]:
        """The calls that set a component, in the order in which they left."""
        return [
            ComponentCall(
                left,
                arrived,
                request.path.rpartition("/")[2],
                json.loads(request.body)["component"]["status"],
            )
            for left, arrived, request in self._sent
            if left >= since and request.method == "PATCH" and "/components/" in request.path
        ]

    def _latencies(self) -> tuple[float, float]:
        return self._next


def services(count: int, kind: str = "Service") -> tuple[str, ...]:
    """Names of lone components."""
    return tuple(f"{kind} {number}" for number in range(count))


def claims(
    names: Iterable[str], status: ComponentStatus = ComponentStatus.MAJOR_OUTAGE
) -> tuple[ComponentRule, ...]:
    """For each component a rule without any waiting: it is out while the alert `Down` of its name fires."""
    return tuple(
        ComponentRule(
            RuleId(name),
            ComponentName(name),
            parse_matchers(f'alertname="Down", service="{name}"'),
            status,
            for_=0.0,
            keep_firing_for=0.0,
            automation=Automation.FULL,
        )
        for name in names
    )


def incidents(names: Iterable[str]) -> tuple[IncidentRule, ...]:
    """For each component an incident of its own."""
    return tuple(
        IncidentRule(
            IncidentRuleId(name.lower().replace(" ", "-")),
            (ComponentName(name),),
            f"{name} is having problems",
            automation=Automation.FULL,
        )
        for name in names
    )


class Busy:
    """A world with such a page, and its alerts by name."""

    def __init__(
        self,
        seed: int,
        *,
        lone: Sequence[str],
        covered: Sequence[str] = (),
        settings: WorldSettings | None = None,
    ) -> None:
        """Make the world; nothing runs yet.

        Args:
            seed: everything is drawn from it.
            lone: components that no incident covers.
            covered: components with an incident of their own.
            settings: what else is special.
        """
        names = (*lone, *covered)
        rules = RuleSet(PAGE, claims(names), incidents(covered))
        given = settings if settings is not None else WorldSettings()
        self.world = World(
            seed,
            rules,
            replace(
                given,
                components=names,
                conditions=NetworkConditions(),
                plan=replace(given.plan, blast_radius=1.0),
            ),
        )
        self.network = UniformNetwork(self.world)
        self.world.network = self.network
        self.down: dict[tuple[str, str], float] = {}
        """Since when each is down, by its name and the severity of its alert."""
        self.severity = ""
        """A label of the alerts from now on."""

    def turn(self, names: Iterable[str]) -> None:
        """What is up goes down, what is down comes up, and Alertmanager tells of all in one delivery."""
        now = self.world.now()
        told = []
        for name in names:
            since = self.down.pop((name, self.severity), None)
            if since is None:
                self.down[name, self.severity] = now
                told.append(alert("Down", firing=True, since=now, service=name, severity=self.severity))
            else:
                told.append(
                    alert("Down", firing=False, since=since, until=now, service=name, severity=self.severity)
                )
        if told:
            self.world.send_alerts(told)

    def arrived(self, *, since: float = 0.0) -> list[Arrival]:
        """The bridge's requests that the server has seen."""
        return [one for one in self.world.simulator.arrivals if one.token == TOKEN and one.at >= since]


def most_in_any_window(instants: Sequence[float], window: float = 60.0) -> int:
    """The most of some instants, in order, that lie within any window."""
    most = first = 0
    for last, at in enumerate(instants):
        while at - instants[first] >= window:
            first += 1
        most = max(most, last - first + 1)
    return most
