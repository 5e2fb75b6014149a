"""Ten days of a page on which everything happens: outages and flaps, drafts, maintenances, people, operators, lost answers, restarts. At each write that leaves, the daemon is asked why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.core.explanation import explain_component
from bridge.core.incident_explanation import explain_incident
from bridge.core.operations import SetComponent, WriteIncident, WriteMaintenance
from bridge.core.page import PlanSettings
from bridge.engine.engine import PageSetup
from bridge.simulation.world import PAGE, World, WorldSettings, alert
from tests.mutants.scenarios.announced import announce, move
from tests.simulation.adversity.interference import Interference
from tests.simulation.shop import by_hand, component_id

if TYPE_CHECKING:
    import random  # noqa: TID251 - the type

    from bridge.core.explanation import ComponentAccount
    from bridge.core.incident_explanation import IncidentAccount
    from bridge.core.intents import OperationId, Outcome
    from bridge.core.operations import Operation
    from bridge.core.rules import RuleSet
    from bridge.engine.ports import Statuspage
    from bridge.simulator.model import Request
    from bridge.statuspage.transport import Response

DAYS = 10
DAY = 86_400.0
EVERY = 600.0
"""Seconds between two things that happen, on average."""
COMPONENTS = (
    "Checkout / API",
    "Checkout / Web",
    "Search",
    "Payments",
    "Database",
    "CDN",
    "Catalog",
)

RULES = """
page: acme
defaults: {for: 1m, keep_firing_for: 2m, automation: full}
conditions:
  web-slow: {alert: WebSlow}
  web-errors: {alert: WebErrors, at_least: 2, of: {region: [eu, us, ap]}}
components:
  Checkout / API:
    - alert: CheckoutErrors
      status: {severity: {critical: major_outage, warning: degraded_performance}}
  Checkout / Web:
    - id: web
      all: [web-slow, web-errors]
      status: partial_outage
  Search:
    - alert: SearchErrors
      status: partial_outage
      keep_firing_for: 0s
  Payments:
    - alert: PaymentErrors
      status: major_outage
  Database:
    - alert: DatabaseDown
      status: major_outage
      cause: The database is not reachable.
  CDN:
    - alert: CdnErrors
      status: partial_outage
  Catalog:
    - alert: CatalogErrors
      of: {region: [eu, us, ap]}
      status: {at_least: {1: degraded_performance, 2: major_outage}}
    - alert: CatalogSlow
      status: degraded_performance
      automation: shadow
incidents:
  - id: database
    components: [Database]
    title: Our database is having problems
    monitor_for: 5m
    absorbs: [checkout]
  - id: checkout
    components: [Checkout / *]
    title: Checkout is having problems
    monitor_for: 10m
    reopen_within: 30m
    updates: {every: 30m, at_most: 3}
    notify: [open, escalate, return, monitor, resolve]
  - id: search
    components: [Search]
    title: Search is having problems
    monitor_for: 5m
    lower_at: resolved
  - id: payments
    components: [Payments]
    title: Payments are having problems
    monitor_for: 5m
    automation: draft
    publish_after: 20m
    components_while_drafted: with_draft
  - id: cdn
    components: [CDN]
    group_by: [region]
    title: "Our CDN is having problems[ in {region}]"
    public_labels: [region]
    monitor_for: 5m
maintenances:
  - id: rebuild
    components: [Search]
    title: We rebuild the search index
    schedule: {cron: "30 2 * * *", duration: 40m, time_zone: Europe/Berlin}
    announce: 3h
    grace: 5m
    automation: full
silences:
  - alert: CatalogErrors
    schedule: {cron: "0 4 * * *", duration: 1h, time_zone: Europe/Berlin}
    comment: The catalog is imported at night.
"""

ALERTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("CheckoutErrors", {"severity": "critical"}),
    ("CheckoutErrors", {"severity": "warning"}),
    ("WebSlow", {}),
    ("WebErrors", {"region": "eu"}),
    ("WebErrors", {"region": "us"}),
    ("SearchErrors", {}),
    ("PaymentErrors", {}),
    ("DatabaseDown", {}),
    ("CdnErrors", {"region": "eu"}),
    ("CdnErrors", {"region": "us"}),
    ("CatalogErrors", {"region": "eu"}),
    ("CatalogErrors", {"region": "us"}),
    ("CatalogSlow", {}),
)


@dataclass(frozen=True, slots=True)
class Written:
    """A write that left, and what the daemon said of it in that very moment.

    Attributes:
        at: the world's clock.
        operation: its name.
        write: what it does.
        components: the account of each component that it sets.
        incident: the account of its incident; None for a component's own write.
    """

    at: float
    operation: str
    write: SetComponent | WriteIncident
    components: tuple[ComponentAccount, ...]
    incident: IncidentAccount | None


class Asking:
    """A door at which, before each write goes through, the daemon is asked why."""

    def __init__(self, door: Statuspage, world: AskedWorld) -> None:
        self._door = door
        self._world = world

    async def perform(self, operation: Operation, operation_id: OperationId, *, timeout: float) -> Outcome:  # noqa: ASYNC109 - as in Statuspage
        """Ask, and let it through."""
        if isinstance(operation, SetComponent | WriteIncident):
            self._world.ask(operation, operation_id)
        elif isinstance(operation, WriteMaintenance):
            self._world.maintenances.add(operation_id)
        return await self._door.perform(operation, operation_id, timeout=timeout)


class AskedWorld(World):
    """A world that keeps what the daemon said of each of its writes."""

    def __init__(self, seed: int, ruleset: RuleSet) -> None:
        """As a world of these rules; read seldom, so that ten days are short."""
        # Lists are read seldom: ten days of readings are no part of the question.
        plan = PlanSettings(blast_radius=0.5, read_every=240.0, maintenances_every=900.0)
        super().__init__(seed, ruleset, WorldSettings(components=COMPONENTS, plan=plan))
        self.written: list[Written] = []
        self.maintenances: set[str] = set()
        """Names of writes about maintenances."""
        self.hand = Interference(self)
        self.network = self.hand

    def setups(self) -> list[PageSetup]:
        """The page, behind a door at which is asked."""
        (setup,) = super().setups()
        door = Asking(setup.statuspage, self)
        return [
            PageSetup(PAGE, setup.page_id, setup.budget, door, setup.ruleset, reached_by=setup.reached_by)
        ]

    def ask(self, write: SetComponent | WriteIncident, operation: OperationId) -> None:
        """Keep what is said of a write that is about to leave."""
        assert self.engine is not None
        reconciler = self.engine.reconcilers[PAGE]
        page, state, now = reconciler.page, reconciler.state, self.engine.clock.now()
        parts = write.parts if isinstance(write, WriteIncident) else (write,)
        names = {page.component_id(name): name for name in page.ruleset.component_names}
        self.written.append(
            Written(
                now,
                operation,
                write,
                tuple(explain_component(state, page, names[part.component_id], now) for part in parts),
                explain_incident(state, page, write.place, now) if isinstance(write, WriteIncident) else None,
            )
        )


@dataclass
class Course:
    """What happens in ten days, drawn as it goes.

    Attributes:
        world: in which.
        random: seeded.
        firing: alerts that fire, each with since when.
        maintained: maintenances that people began.
    """

    world: AskedWorld
    random: random.Random
    firing: dict[int, float] = field(default_factory=dict)
    maintained: list[str] = field(default_factory=list)

    def play(self) -> None:
        """Ten days, from the first start to the last hour, in which all comes to an end."""
        world = self.world
        world.hand.hooks.append(self._lose)
        world.start()
        world.run_for(60)
        end = world.now() + DAYS * DAY - 7200
        while world.now() < end:
            world.run_for(self.random.expovariate(1 / EVERY))
            self.random.choices(
                (self._alert, self._operate, self._review, self._meddle, self._maintain, self._restart),
                weights=(70, 8, 12, 4, 3, 3),
            )[0]()
        for number in list(self.firing):
            self._resolve(number)
        world.run_for(7200)

    def _alert(self) -> None:
        number = self.random.randrange(len(ALERTS))
        if number in self.firing:
            self._resolve(number)
        elif self.random.random() < 0.55:
            self.firing[number] = self.world.now()
            self._send(number, firing=True, since=self.world.now())

    def _resolve(self, number: int) -> None:
        self._send(number, firing=False, since=self.firing.pop(number))

    def _send(self, number: int, *, firing: bool, since: float) -> None:
        name, labels = ALERTS[number]
        until = 0.0 if firing else self.world.now()
        sent = alert(name, firing=firing, since=since, until=until)
        self.world.send_alerts([{**sent, "labels": {"alertname": name, **labels}}])

    def _operate(self) -> None:
        world, name = self.world, self.random.choice(COMPONENTS)
        match self.random.randrange(6):
            case 0:
                status = self.random.choice(("operational", "degraded_performance", "major_outage"))
                world.command("override_set", component=name, status=status, **{"for": "20m"})
            case 1:
                world.command("override_clear", component=name)
            case 2:
                world.command("yield_component", component=name, **{"for": "15m"})
            case 3:
                world.command("pause", **{"for": "10m"})
            case 4:
                world.command("resume")
            case _:
                incidents = [
                    one for one in world.simulator.incidents(world.page_id) if one.status != "resolved"
                ]
                if incidents:
                    told = self.random.choice(incidents)
                    which = self.random.choice(("adopt", "identify"))
                    cause = {"cause": "A cable was cut."} if which == "identify" else {}
                    world.command(which, incident=str(told.id), **cause)

    def _review(self) -> None:
        """Somebody reads the drafts that wait."""
        engine = self.world.engine
        if engine is None:
            return
        (page,) = engine.pages
        for draft in page.drafts.values():
            if self.random.random() < 0.7:
                self.world.command("draft_approve", draft=draft.id, hash=draft.hash)
            else:
                self.world.command("draft_discard", draft=draft.id)

    def _meddle(self) -> None:
        """A person does something on the page by hand."""
        world, name = self.world, self.random.choice(COMPONENTS)
        live = [
            one
            for one in world.simulator.incidents(world.page_id)
            if one.status in {"investigating", "identified", "monitoring"}
        ]
        if live and self.random.random() < 0.4:
            status = self.random.choice(("resolved", "identified"))
            body = {"incident": {"status": status, "body": "We are on it."}}
            by_hand(world, "PATCH", f"/incidents/{self.random.choice(live).id}", body)
            return
        status = self.random.choice(("operational", "partial_outage"))
        by_hand(world, "PATCH", f"/components/{component_id(world, name)}", {"component": {"status": status}})

    def _maintain(self) -> None:
        if self.maintained:
            move(self.world, self.maintained.pop(), "completed")
        else:
            name = self.random.choice(COMPONENTS)
            going_on = announce(self.world, name, begins_in=-60.0, lasts=1800.0, status="in_progress")
            self.maintained.append(going_on)

    def _restart(self) -> None:
        self.world.crash()
        self.world.run_for(self.random.uniform(2, 60))
        self.world.start()

    async def _lose(self, request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109
        """One write in twelve gets no answer, or a wrong one."""
        if request.method == "GET" or self.random.random() > 1 / 12:
            return None
        hand = self.world.hand
        match self.random.randrange(4):
            case 0:
                return await hand.apply_late(request, self.random.uniform(0.1, 60.0), timeout)
            case 1:
                return await hand.drop(request, timeout)
            case 2:
                return await hand.fail_before(request, timeout)
            case _:
                return await hand.fail_after(request, timeout)
