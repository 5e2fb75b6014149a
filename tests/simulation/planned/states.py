"""Random states of a daemon and its page: random rules, alerts that come and go, people, operators, maintenances, drafts, lost answers, kills. Everything is drawn from a number.

At their end nothing breaks any more, and somebody asks what would be sent now: as things are, under another cap, or under other rules. Then exactly that comes true.
"""

from __future__ import annotations

import random  # noqa: TID251 - seeded instances alone
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, settings

from bridge.core.copying import copied
from bridge.core.maintenance_rules import MaintenanceId, MaintenanceRule
from bridge.core.matching import parse_matchers
from bridge.core.pacing import Limits
from bridge.core.page import PlanSettings
from bridge.core.reasons import Reason
from bridge.core.rule_changes import RuleChange
from bridge.core.rules import ComponentName, ComponentRule, Notify, Postmortem, RuleId
from bridge.core.statuses import CLAIMABLE, Automation
from bridge.core.windows import Span
from bridge.simulation.network import NetworkConditions
from bridge.simulation.world import DAEMON, EPOCH, PAGE, TOKEN, World, WorldSettings, alert
from bridge.simulator.fault_rules import FaultKind, FaultRule
from bridge.simulator.options import Options, draw_options
from bridge.web.draft_documents import drafts_document
from tests.core.strategies import COMPONENTS, REGIONS, SERVICES, SEVERITIES, rule_sets
from tests.simulation.shop import by_hand, component_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridge.core.planned import PagePlan
    from bridge.core.rules import RuleSet
    from bridge.engine.engine import Engine, PageSetup
    from bridge.simulator.ledgers import Arrival, Notification

SPACING = 0.4
"""Virtual seconds between two requests of the daemon, and more than one takes: so each is answered before the next is chosen, and their order is the plan's."""

ONE_BY_ONE = Limits(requests=1_000_000, window=1e6, burst=100_000, cold_spacing=SPACING)

WINDOW = 50.0
"""Virtual seconds for which a plan is compared: the next reading of the lists is later."""

LONGER = 20.0
"""By how much the holds of the strategies are longer here: a state is to last longer than its calls take."""

ALONE = (ComponentName("Mail"), ComponentName("Docs"), ComponentName("Blog"))
"""Components of no incident."""

MATCHERS = ('service="api"', 'service="web"', 'region="eu"', 'severity=~"critical|warning"')

CAPS = (Automation.SHADOW, Automation.STATUSES, Automation.DRAFT, Automation.FULL)

_OPTIONS = (
    "metadata_patch",
    "metadata_in_lists",
    "update_for_new_status",
    "update_for_same_status",
    "missing_body",
    "impact_keeps_worst",
    "scheduled_lists_running",
    "maintenance_components",
)


class Question(StrEnum):
    """What is asked."""

    AS_IT_IS = "as it is"
    CAP = "another cap"
    RULES = "other rules"
    BOTH = "other rules and another cap"


@dataclass(frozen=True, slots=True)
class Answer:
    """A plan, and what came of it.

    Attributes:
        plan: what was said.
        arrivals: every write that the daemon sent before the plan's own end, in order.
        notifications: what subscribers were told meanwhile.
        met: what the state held, in words.
    """

    plan: PagePlan
    arrivals: tuple[Arrival, ...]
    notifications: tuple[Notification, ...]
    met: frozenset[str] = field(default_factory=frozenset)


def drawn_rule_sets(count: int) -> list[RuleSet]:
    """Random rule sets, the same at each call."""
    found: list[RuleSet] = []

    @settings(
        max_examples=3 * count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(rule_sets())
    def collect(rules: RuleSet) -> None:
        if rules.incidents:
            found.append(rules)

    collect()
    return found[:count]


class CappedWorld(World):
    """A world whose daemon asks for its cap before each request."""

    cap_now = Automation.FULL
    since: Mapping[str, float] = MappingProxyType({})
    """When alerts began that fire."""

    def setups(self) -> list[PageSetup]:
        """As a world's, with the cap."""
        return [replace(one, automation_max=lambda: self.cap_now) for one in super().setups()]


class Scene:
    """One state, and what is asked about it."""

    def __init__(self, number: int, rules: RuleSet, others: RuleSet) -> None:
        """Draw it. Nothing runs yet.

        Args:
            number: what everything else is drawn from.
            rules: those in force.
            others: those that may be asked about.
        """
        self.drawn = drawn = random.Random(f"state {number}")
        self.rules, self.others = _adapted(rules, drawn), _adapted(others, drawn)
        self.question = drawn.choice(tuple(Question))
        self.world = CappedWorld(
            number,
            self.rules,
            WorldSettings(
                components=(*COMPONENTS, *ALONE),
                plan=PlanSettings(
                    blast_radius=drawn.choice((0.5, 1.0)),
                    create_silently=drawn.random() < 0.2,
                    notifications_per_hour=drawn.choice((1, 20, 20)),
                ),
                conditions=NetworkConditions(latency=(0.01, 0.05)),
                options=draw_options(number, among=_OPTIONS, otherwise=Options(rate_limit=1_000_000)),
                limits=ONE_BY_ONE,
            ),
        )
        self.world.cap_now = drawn.choice(
            CAPS[:3] if self.asks_cap else (Automation.DRAFT, *[Automation.FULL] * 3)
        )
        self.met: set[str] = set()
        self.latest = 3 * SPACING
        """Seconds after the question in which alerts still come: the page is read meanwhile, and the answer goes by them."""
        self.untouched = False
        """Whether the daemon knew after it was asked what it knew before, and nothing else."""
        self._firing: dict[tuple[str, str, str], float] = {}

    @property
    def asks_cap(self) -> bool:
        """Whether another cap is asked about."""
        return self.question in {Question.CAP, Question.BOTH}

    @property
    def asks_rules(self) -> bool:
        """Whether other rules are asked about."""
        return self.question in {Question.RULES, Question.BOTH}

    # --- how it came to be

    def play(self) -> None:
        """Everything that happened before."""
        world, drawn = self.world, self.drawn
        world.start()
        world.run_for(20.0)
        for _ in range(drawn.randint(3, 14)):
            drawn.choices(
                (self._alerts, self._person, self._operator, self._kill, self._bad_network, self._cap),
                weights=(12, 3, 2, 1, 2, 1),
            )[0]()
            world.run_for(drawn.choice((0.5, 5.0, 40.0, 130.0, 700.0)) * drawn.uniform(0.5, 1.5))
        world.network.conditions = NetworkConditions(latency=(0.01, 0.05))
        for _ in range(drawn.randint(1, 3)):
            self._alerts()
            world.run_for(drawn.choice((0.0, 1.0, 60.0)))

    def _alerts(self) -> None:
        drawn, world = self.drawn, self.world
        told = []
        for _ in range(drawn.randint(1, 3)):
            labels = drawn.choice(SERVICES), drawn.choice((*REGIONS, "")), drawn.choice(SEVERITIES)
            if self._firing and drawn.random() < 0.5:
                labels = drawn.choice(list(self._firing))
            firing = labels not in self._firing or drawn.random() < 0.1
            since = self._firing.setdefault(labels, world.now())
            if not firing:
                del self._firing[labels]
            named = dict(zip(("service", "region", "severity"), labels, strict=True))
            told.append(alert("Broken", firing=firing, since=since, until=world.now(), **named))
        world.send_alerts(told)

    def _person(self) -> None:
        """Somebody uses the page by hand."""
        drawn, world = self.drawn, self.world
        deed = drawn.choice(("sets a component", "speaks", "resolves", "opens", "deletes", "maintains"))
        self.met.add(f"a person {deed}")
        component = component_id(world, drawn.choice((*COMPONENTS, *ALONE)))
        live = [one for one in world.simulator.incidents(world.page_id) if one.resolved_at is None]
        ours = [one for one in live if one.scheduled_for is None]
        match deed:
            case "sets a component":
                status = drawn.choice(("operational", "degraded_performance", "major_outage"))
                by_hand(world, "PATCH", f"/components/{component}", {"component": {"status": status}})
            case "speaks" | "resolves" if ours:
                status = "resolved" if deed == "resolves" else "identified"
                told = {"incident": {"status": status, "body": "It is the cable."}}
                by_hand(world, "PATCH", f"/incidents/{drawn.choice(ours).id}", told)
            case "deletes" if ours:
                by_hand(world, "DELETE", f"/incidents/{drawn.choice(ours).id}", {})
            case "opens":
                own = {"name": "Ours", "status": "investigating", "component_ids": [component]}
                by_hand(world, "POST", "/incidents", {"incident": own})
            case "maintains":
                begins = world.now() + drawn.choice((30.0, 400.0, 5000.0))
                window = {
                    "scheduled_for": _instant(begins),
                    "scheduled_until": _instant(begins + 900.0),
                }
                planned = {
                    "name": "Works",
                    "status": "scheduled",
                    "component_ids": [component],
                }
                automatic = {
                    "scheduled_auto_in_progress": True,
                    "scheduled_auto_completed": True,
                    "auto_transition_to_maintenance_state": True,
                    "auto_transition_to_operational_state": True,
                }
                by_hand(world, "POST", "/incidents", {"incident": {**planned, **window, **automatic}})
            case _:
                pass

    def _operator(self) -> None:
        drawn, world = self.drawn, self.world
        deed = drawn.choice(("override", "hand back", "yield", "review", "review", "pause"))
        self.met.add(f"an operator: {deed}")
        component = drawn.choice((*COMPONENTS, *ALONE))
        match deed:
            case "override":
                status = drawn.choice(("operational", "partial_outage"))
                world.command("override_set", component=component, status=status)
            case "hand back":
                world.command("override_clear", component=component)
            case "yield":
                world.command("yield_component", component=component)
            case "pause":
                world.command("pause", **{"for": "1m"})
            case _ if world.engine is not None:
                (page,) = world.engine.pages
                for one in drafts_document(page, 0.0):
                    command = drawn.choice(("draft_approve", "draft_approve", "draft_discard"))
                    world.command(command, draft=one["draft"], hash=one["hash"])
            case _:
                pass

    def _kill(self) -> None:
        self.met.add("a kill")
        self.world.crash()
        if self.drawn.random() < 0.3:
            self.world.lose_the_disk()
            self.met.add("a lost disk")
        self.world.run_for(self.drawn.choice((1.0, 30.0)))
        self.world.start()
        self.world.run_for(20.0)

    def _bad_network(self) -> None:
        """For a while some answers are lost, or nothing arrives."""
        kind = self.drawn.choice((FaultKind.ANSWER_LOST, FaultKind.DROPPED, FaultKind.STATUS_AFTER))
        share = self.drawn.choice((0.5, 1.0))
        faults = tuple(FaultRule(kind=kind, share=share, method=method) for method in ("POST", "PATCH"))
        self.world.network.conditions = NetworkConditions(latency=(0.01, 0.05), faults=faults)
        self._alerts()
        self.world.run_for(self.drawn.choice((20.0, 100.0)))
        self.world.network.conditions = NetworkConditions(latency=(0.01, 0.05))

    def _cap(self) -> None:
        self.world.cap_now = self.drawn.choice(CAPS)

    # --- what is asked, and what comes of it

    def ask(self) -> Answer:
        """Ask, have it come true at the same instant, and let the daemon go on until the plan would be another by itself."""
        world = self.world
        engine = world.engine
        assert engine is not None
        cap = Automation.FULL if self.drawn.random() < 0.8 else self.drawn.choice(CAPS)
        asked: list[PagePlan] = []

        async def ask() -> None:
            await engine.read_anew(PAGE, within=60.0)
            rules = (self.others, "others", RuleChange()) if self.asks_rules else None
            run = engine.dry_run(PAGE, rules=rules, automation_max=cap if self.asks_cap else None)
            before = everything_known(engine)
            asked.append(run.run())
            self.untouched = everything_known(engine) == before
            if self.asks_cap:
                world.cap_now = cap
                # At once, or rules that come with it would be evaluated under the cap before.
                for followed, _ in engine._followed:
                    followed.look()
            if self.asks_rules:
                engine.replace_rules({PAGE: self.others}, "others")

        for _ in range(self.drawn.randint(0, 2)):
            world.loop.call_later(self.drawn.uniform(0.0, self.latest), self._alerts)
        with world.loop.incarnation(DAEMON):
            task = world.loop.create_task(ask())
        world.loop.run_until(task.done)
        (plan,) = asked
        (page,) = engine.pages
        self.met |= {f"an intent is {one.state}" for one in page.intents.values()}
        self.met |= {f"a draft is {one.state}" for one in page.drafts.values()}
        self.met |= {"yielded" for one in page.incidents_told.values() if one.yielded}
        self.met |= {"taken" for _ in page.taken}
        began, heard = len(world.simulator.arrivals), len(world.simulator.notifications)
        world.loop.run_until(min(plan.next_at, plan.at + WINDOW) - EPOCH - 0.01)
        arrivals = world.simulator.arrivals[began:]
        return Answer(
            plan,
            tuple(one for one in arrivals if one.token == TOKEN and one.method != "GET"),
            tuple(one for one in world.simulator.notifications[heard:] if not one.automatic),
            frozenset(self.met),
        )

    def lasts(self, answer: Answer) -> bool:
        """Whether the state lasted for as long as its calls may take, each with a reading before it; and nothing had to be read of which nobody could say what it would show."""
        if any(wait.reason is Reason.READ_OBSERVED for wait in answer.plan.waits):
            return False
        return answer.plan.next_at > answer.plan.at + 4.0 + 3 * SPACING * len(answer.plan.calls)


def everything_known(engine: Engine) -> dict[str, object]:
    """All that the daemon knows of the page and evaluates, copied."""
    ((_, reconciler),) = engine.reconcilers.items()
    page, state = copied(reconciler.page), reconciler.state
    known: dict[str, object] = {one.name: getattr(page, one.name) for one in fields(page)}
    known["points"] = (page.points._hours, page.points._sent, page.points._unsent, page.points._begun)
    known["memory"] = (dict(state.memory.holds), dict(state.memory.incidents), state.memory.blast)
    known["signals"] = (reconciler.signals, reconciler.sources)
    return known


def _adapted(rules: RuleSet, drawn: random.Random) -> RuleSet:
    """Rules of the strategies, with longer holds and with what those leave out."""
    incidents = tuple(
        replace(
            rule,
            monitor_for=rule.monitor_for * drawn.choice((0.0, LONGER)),
            automation=drawn.choice((rule.automation, *[Automation.FULL] * 2)),
            updates=None
            if rule.updates is None
            else replace(rule.updates, every=rule.updates.every * LONGER),
            reopen_within=rule.reopen_within * LONGER,
            notify=frozenset(one for one in Notify if drawn.random() < 0.6),
            postmortem=drawn.choice(tuple(Postmortem)),
            publish_after=drawn.choice((None, 60.0)),
        )
        for rule in rules.incidents
    )
    components = tuple(
        replace(
            rule,
            for_=rule.for_ * drawn.choice((0.0, 1.0, LONGER)),
            keep_firing_for=rule.keep_firing_for * drawn.choice((0.0, 1.0, LONGER)),
            automation=drawn.choice((rule.automation, *[Automation.FULL] * 3)),
            # Of those drawn by the strategies few match anything.
            matchers=parse_matchers(drawn.choice(MATCHERS)) if rule.condition is None else (),
        )
        for rule in rules.components
    )
    alone = tuple(
        ComponentRule(
            RuleId(f"alone-{number}"),
            name,
            parse_matchers(drawn.choice(MATCHERS)),
            drawn.choice(CLAIMABLE),
            for_=drawn.choice((0.0, 60.0)),
            keep_firing_for=drawn.choice((0.0, 300.0)),
            automation=Automation.FULL,
        )
        for number, name in enumerate(ALONE)
        if drawn.random() < 0.6
    )
    begins = EPOCH + drawn.uniform(-1000.0, 6000.0)
    maintenance = MaintenanceRule(
        MaintenanceId("works"),
        (drawn.choice(COMPONENTS),),
        "Planned works",
        Span(begins, begins + drawn.choice((600.0, 3000.0))),
        automation=Automation.FULL,
        remind=drawn.random() < 0.5,
    )
    maintenances = (maintenance,) if drawn.random() < 0.4 else ()
    return replace(
        rules,
        page=PAGE,
        components=(*components, *alone),
        incidents=incidents,
        maintenances=maintenances,
        silences=(),
    )


def _instant(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def drawn_states(count: int) -> Sequence[tuple[int, RuleSet, RuleSet]]:
    """So many numbers, each with the rules in force and others."""
    found = drawn_rule_sets(2 * count)
    return [(number, found[2 * number], found[2 * number + 1]) for number in range(count)]
