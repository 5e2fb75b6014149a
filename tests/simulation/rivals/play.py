"""One course under one strategy, and what the simulator's ledgers say of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, cast

from bridge.core.page import PlanSettings
from bridge.core.statuses import ComponentStatus
from bridge.simulation.network import NetworkConditions
from bridge.simulation.world import TOKEN, World, WorldSettings
from bridge.sources.alertmanager import parse_webhook
from bridge.statuspage.client import StatuspageClient
from tests.simulation.judge import one_live_incident, one_notification_for_each_transition
from tests.simulation.rivals import blind_retry, search_then_create
from tests.simulation.rivals.outages import BUSY, Act, Course, Trouble
from tests.simulation.rivals.rival import Disk, Rival
from tests.simulation.shop import API, SEARCH, fire, resolve, shop_rules, status, updates

if TYPE_CHECKING:
    import asyncio

    from bridge.core.rules import RuleSet
    from bridge.engine.engine import Engine
    from tests.simulation.rivals.rival import Create

MONITOR_FOR = 60.0
QUIET = 150.0 + 120.0 + MONITOR_FOR
"""Seconds after the faults by which the page must be right: S + 120 s (I5), and the hold of the rules. The last that is applied late is applied by then."""

EXPECTED = {
    "CheckoutErrors": (API, ComponentStatus.MAJOR_OUTAGE),
    "SearchErrors": (SEARCH, ComponentStatus.PARTIAL_OUTAGE),
}


class Strategy(Enum):
    """A way to deal with a lost answer."""

    BLIND_RETRY = "blind retry"
    SEARCH_THEN_CREATE = "search by metadata, then create; PATCH retried"
    OURS = "intent → settle → probe for every notifying write"


CREATE: dict[Strategy, Create] = {
    Strategy.BLIND_RETRY: blind_retry.create,
    Strategy.SEARCH_THEN_CREATE: search_then_create.create,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in one run.

    Attributes:
        duplicate: two incidents of one cause lived at the same time (I2).
        doubled: subscribers were told of one transition twice (I3): in one incident, or by more incidents than there were outages.
        wrong: the page was not right in the end (I5).
        lost: notifying writes whose answer was lost.
        kills: of the bridge.
    """

    duplicate: bool
    doubled: bool
    wrong: bool
    lost: int
    kills: int


class RivalWorld(World):
    """The daemon's world, in which a naive bridge runs instead."""

    def __init__(self, seed: int, rules: RuleSet, settings: WorldSettings, create: Create) -> None:
        super().__init__(seed, rules, settings)
        self._create = create
        self._disk = Disk()

    async def _daemon(self) -> None:
        client = StatuspageClient(self.network.transport(TOKEN), self.page_id)
        rival = Rival(client, self._disk, self.ruleset, create=self._create, now=self.now)
        # Deliveries are handed to whatever stands here.
        self.engine = cast("Engine", rival)
        await rival.run()

    async def _accept(self, engine: Engine, body: bytes, answered: asyncio.Future[bool]) -> None:
        hook = parse_webhook(body, source="alertmanager", now=self.now(), expiry=self.settings.alert_expiry)
        cast("Rival", engine).accept(hook.signals)
        answered.set_result(True)


def play(course: Course, strategy: Strategy, trouble: Trouble, settle_for: float = 150.0) -> Verdict:
    """Play a course to its end and judge it. `settle_for` is the daemon's S; the others know none."""
    settings = WorldSettings(
        plan=PlanSettings(settle_for=settle_for),
        conditions=NetworkConditions(latency=(0.02, course.latency)),
    )
    create = CREATE.get(strategy)
    rules = prompt(shop_rules())
    world = (
        World(course.seed, rules, settings)
        if create is None
        else RivalWorld(course.seed, rules, settings, create)
    )
    with world:
        kills = perform(world, course, trouble)
        duplicate = bool(one_live_incident(world))
        return Verdict(
            duplicate=duplicate,
            doubled=duplicate
            or bool(one_notification_for_each_transition(world))
            or len(world.simulator.incidents(world.page_id)) > course.outages("CheckoutErrors"),
            wrong=bool(wrong_in_the_end(world, course)),
            lost=sum(world.network.unknown_outcomes.values()),
            kills=kills,
        )


def prompt(rules: RuleSet) -> RuleSet:
    """The shop's rules with short holds, so that there is more to tell in a run. The probe has no part in it."""
    components = tuple(
        replace(rule, for_=0.0, keep_firing_for=0.0)
        for rule in rules.components
        if rule.component in {API, SEARCH}
    )
    incidents = tuple(replace(rule, monitor_for=MONITOR_FOR) for rule in rules.incidents)
    return replace(rules, components=components, incidents=incidents)


def perform(world: World, course: Course, trouble: Trouble) -> int:
    """Let everything happen, and then nothing. Returns how often the bridge was killed."""
    since: dict[str, float] = {}
    running, kills = True, 0
    world.start()
    world.network.conditions = course.conditions(trouble)
    for happening in course.happenings:
        world.run_for(max(0.0, happening.at - world.loop.time()))
        match happening.act:
            case Act.FIRE:
                since[happening.alert] = fire(world, happening.alert)
            case Act.RESOLVE:
                resolve(world, happening.alert, since.pop(happening.alert))
            case Act.KILL if running:
                world.crash()
                running, kills = False, kills + 1
            case Act.START if not running:
                world.start()
                running = True
            case _:
                pass  # two kills that overlap are one
    world.run_for(max(0.0, BUSY - world.loop.time()))
    world.network.conditions = NetworkConditions(latency=(0.02, course.latency))
    world.run_for(QUIET)
    return kills


def wrong_in_the_end(world: World, course: Course) -> list[str]:
    """I5: once the faults have stopped, the page is what it should be."""
    found = []
    for alert, (component, broken) in EXPECTED.items():
        wanted = broken if alert in course.broken else ComponentStatus.OPERATIONAL
        if status(world, component) != wanted:
            found.append(f"I5: {component} shows {status(world, component)} instead of {wanted}")
    unresolved = [told[-1] for told in updates(world) if told[-1] != "resolved"]
    if unresolved != ["investigating"] * ("CheckoutErrors" in course.broken):
        found.append(f"I5: unresolved incidents show {unresolved}")
    return found
