"""The world in which the daemon is rehearsed: virtual time, the simulated Statuspage behind a bad network, services that fail, and an Alertmanager that tells of it.

The whole daemon runs in it, put together as the real one is; only sockets, threads and the machine's clock are replaced. The database is the world's: it stands for the disk and
outlives a killed daemon. A world is a function of its seed.
"""

from __future__ import annotations

import asyncio
import json
import random  # noqa: TID251 - seeded instances alone
from collections import deque
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Self

from bridge.clock import Clock
from bridge.config.names import group_of, own_name
from bridge.core.intents import OperationId
from bridge.core.pacing import Limits
from bridge.core.page import PlanSettings
from bridge.engine.engine import Engine, EngineSettings, PageSetup
from bridge.errors import BridgeError
from bridge.simulation.loop import SimulationLoop
from bridge.simulation.network import Network, NetworkConditions
from bridge.simulation.prometheus import SimulatedPrometheus
from bridge.simulation.trace import TraceLine, arrival_lines, journal_lines, notification_lines, render
from bridge.simulator.model import Options, Simulator
from bridge.sources.alertmanager import parse_webhook
from bridge.sources.exchange import Answer, Failure, Fault
from bridge.sources.probes.http import PROBE_SOURCE, HttpProber, stale_after
from bridge.sources.promql import PrometheusClient, source_of
from bridge.sources.queries import QueryPoller, expected
from bridge.sources.queries import stale_after as queries_stale_after
from bridge.statuspage.client import StatuspageClient
from bridge.statuspage.door import StatuspageDoor
from bridge.store.database import Database
from bridge.store.store import Store
from bridge.telemetry.metrics import Metrics
from bridge.web.commands import command_answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.core.observation import HttpCheck, Poll, Probe, Query
    from bridge.core.rules import RuleSet
    from bridge.core.signals import Signal
    from bridge.web.commands import Answered
from bridge.core.samples import Observation

EPOCH = 1_790_000_000.0
"""Unix seconds at which every world begins: in September 2026."""

TOKEN = "0" * 64
SECRET = b"the installation secret of a world"
PAGE = "acme"
DAEMON = "bridge"
ALERTMANAGER = "alertmanager"
NEXT_DELIVERY = (0.001, 0.05)
"""Seconds until the next delivery leaves: what was sent before, and given up, is read first."""

REDELIVERY = (1.0, 5.0)
"""Seconds between an Alertmanager's attempts to deliver, and an operator's to command."""


@dataclass(frozen=True, slots=True)
class WorldSettings:
    """What kind of world.

    Attributes:
        components: names, `Group / Name` or alone.
        metrics: names of the page's metrics.
        probes: what the daemon probes.
        polls: what it asks the one Prometheus.
        plan: durations of the plan.
        conditions: the network.
        options: the simulator's answers to what nobody has recorded.
        alert_expiry: seconds after which an alert that is not repeated is unknown.
        stale_after: seconds of silence after which the Alertmanager is blind; None where silence proves nothing.
        begins_at: Unix seconds by the world's wall clock at which it begins.
        limits: how the token's window is shared.
    """

    components: tuple[str, ...] = ("Checkout / API", "Checkout / Web", "Search")
    metrics: tuple[str, ...] = ()
    probes: tuple[Probe, ...] = ()
    polls: tuple[Poll, ...] = ()
    plan: PlanSettings = field(default_factory=PlanSettings)
    conditions: NetworkConditions = field(default_factory=NetworkConditions)
    options: Options = field(default_factory=Options)
    alert_expiry: float = 12 * 3600.0
    stale_after: float | None = None
    begins_at: float = EPOCH
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An alert that the daemon answered 200 to, as it read it, and when."""

    at: float
    signal: Signal


@dataclass(slots=True)
class Told:
    """A command that an operator gives.

    Attributes:
        document: as it is sent.
        given_at: when it was sent first.
        answered_at: when it was answered for good, or None.
        status: the answer that ended it: 200, or 4xx.
        answer: its document.
        attempts: how often it was sent.
    """

    document: dict[str, object]
    given_at: float
    answered_at: float | None = None
    status: int | None = None
    answer: dict[str, object] = field(default_factory=dict)
    attempts: int = 0

    @property
    def accepted(self) -> bool:
        """Whether it was answered 200."""
        return self.status == HTTPStatus.OK


class _Thread(Executor):
    """Stands for a thread of one worker: the loop runs its jobs."""


class World:
    """One run. A context manager; closing it ends everything."""

    def __init__(
        self,
        seed: int,
        ruleset: RuleSet,
        settings: WorldSettings | None = None,
        *,
        database: Database | None = None,
    ) -> None:
        """Make a world in which nothing runs yet.

        Args:
            seed: everything is drawn from it.
            ruleset: the rules of the one page.
            settings: what kind of world.
            database: the disk; a new one in memory when none is given.
        """
        self.seed = seed
        self.settings = settings if settings is not None else WorldSettings()
        self.ruleset = ruleset
        self.random = random.Random(seed)
        self.loop = SimulationLoop(random.Random(self.random.random()))
        self.simulator = Simulator(seed, self.settings.options)
        self.simulator.add_token(TOKEN)
        self.page_id = self.simulator.add_page("Acme", now=self.settings.begins_at)
        for name in self.settings.components:
            group, component = group_of(name) or None, own_name(name)
            self.simulator.add_component(self.page_id, component, group=group, now=self.settings.begins_at)
        for name in self.settings.metrics:
            self.simulator.add_metric(self.page_id, name, now=self.settings.begins_at)
        self.network = Network(
            self.loop,
            random.Random(self.random.random()),
            self.simulator,
            wall_clock=self.now,
            conditions=self.settings.conditions,
        )
        self.database = database if database is not None else empty_disk()
        self.services: dict[str, int] = {}
        self.slowness: dict[str, float] = {}
        """URL to the status it answers; 0 refuses the connection."""
        self.blind = False
        """Whether probes find no network of our own."""
        self.prometheus = SimulatedPrometheus(self.random.uniform)
        self.engine: Engine | None = None
        self._polling: asyncio.Task[None] | None = None
        self.acknowledged: list[Acknowledged] = []
        """Every alert of every acknowledged delivery, in order."""
        self.commands: list[Told] = []
        """Every command that operators gave, in order."""
        self.clock_set_by = 0.0
        """Seconds by which the machine's clock of the daemon is ahead of the world's."""
        self._undelivered: deque[bytes] = deque()
        self._delivering = False
        self._notes: list[TraceLine] = []
        self._operation_random = random.Random(self.random.random())
        self._writer, self._reader = _Thread(), _Thread()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.loop.close()

    # --- time and account

    def now(self) -> float:
        """The world's wall clock, Unix seconds."""
        return self.settings.begins_at + self.loop.time()

    def machine_clock(self) -> float:
        """What the machine on which the daemon runs takes for the time."""
        return self.now() + self.clock_set_by

    def note(self, text: str) -> None:
        """Write a line into the trace."""
        self._notes.append(TraceLine(self.now(), "world", text))

    def run_for(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.loop.run_for(seconds)

    def trace(self) -> str:
        """Everything that happened, readable."""
        lines = [
            *self._notes,
            *journal_lines(entry for _, entry in self.database.journal(limit=1_000_000)),
            *arrival_lines(self.simulator.arrivals),
            *notification_lines(self.simulator.notifications),
        ]
        return render(lines, self.settings.begins_at)

    # --- the daemon

    def start(self) -> None:
        """Start the daemon; it loads what the database holds."""
        self.note("the daemon starts")
        with self.loop.incarnation(DAEMON):
            self.loop.create_task(self._daemon(), name="daemon")

    def crash(self) -> None:
        """Kill the daemon as SIGKILL would."""
        if self.loop.crash(DAEMON):
            self.note("the daemon is killed")
        self.engine = self._polling = None

    def freeze(self) -> None:
        """Stop the daemon's process, as SIGSTOP would, until `thaw`."""
        if self.loop.freeze(DAEMON):
            self.note("the daemon is frozen")

    def thaw(self) -> None:
        """Let it go on."""
        self.loop.thaw(DAEMON)
        self.note("the daemon goes on")

    def lose_the_disk(self) -> None:
        """The daemon will find an empty store."""
        self.database = empty_disk()
        self.note("the store is lost")

    async def _daemon(self) -> None:
        store = Store(self.database, writer=self._writer, reader=self._reader)
        stored = await store.load()
        clock = Clock(self.machine_clock)
        engine = Engine(
            EngineSettings(
                SECRET,
                self.settings.plan,
                self.settings.limits,
                stale_after={
                    ALERTMANAGER: self.settings.stale_after,
                    PROBE_SOURCE: None,
                    **dict.fromkeys(source_of(name) for name in self._servers),
                },
            ),
            self.setups(),
            stored,
            store=store,
            clock=clock,
            operation_ids=self._operation_id,
            metrics=_metrics(),
            expected=expected(self._queries),
        )
        await engine.start()
        prober = HttpProber(
            self.settings.probes,
            fetch=self,
            deliver=engine.intake.accept,
            now=clock.now,
            known=engine.intake.signals,
        )
        engine.intake.expect(PROBE_SOURCE, stale_after(self.settings.probes))
        self.engine = engine
        async with asyncio.TaskGroup() as group:
            for name, run in engine.tasks().items():
                group.create_task(run(), name=name)
            if self.settings.probes:
                group.create_task(prober.run(), name="prober")
            self._poll(engine)

    @property
    def _servers(self) -> tuple[str, ...]:
        """What rules call the Prometheus, each name."""
        return tuple(dict.fromkeys(poll.prometheus for poll in self.settings.polls))

    @property
    def _queries(self) -> list[Query]:
        return [query for poll in self.settings.polls for query in poll.queries]

    def _poll(self, engine: Engine) -> None:
        """Ask what is to be asked, and nothing else any more."""
        if self._polling is not None:
            self._polling.cancel()
            self._polling = None
        stale = queries_stale_after(self._queries)
        for name in self._servers:
            engine.intake.expect(source_of(name), stale.get(source_of(name)))
        if self.settings.polls:
            client = PrometheusClient("http://prometheus.example", exchange=self.prometheus)
            poller = QueryPoller(
                self.settings.polls,
                clients=dict.fromkeys(self._servers, client),
                deliver=engine.intake.accept,
                now=engine.clock.now,
                known=engine.intake.signals,
            )
            self._polling = self.loop.create_task(poller.run(), name="poller")

    def reload(self, ruleset: RuleSet, polls: tuple[Poll, ...]) -> None:
        """Put other rules in force, and ask what they go by."""
        self.ruleset, self.settings = ruleset, replace(self.settings, polls=polls)
        self.note("the rules change")
        engine = self.engine
        if engine is not None:
            with self.loop.incarnation(DAEMON):
                engine.replace_rules({PAGE: ruleset}, expected=expected(self._queries))
                self._poll(engine)

    def setups(self) -> list[PageSetup]:
        """What the daemon serves; a world of several pages says more."""
        client = StatuspageClient(self.network.transport(TOKEN), self.page_id)
        door = StatuspageDoor(client, PAGE)
        return [PageSetup(PAGE, self.page_id, TOKEN[:8], door, self.ruleset, reached_by=self.page_id)]

    def _operation_id(self) -> OperationId:
        return OperationId(f"{self._operation_random.getrandbits(96):024x}")

    # --- what it observes

    async def fetch(self, check: HttpCheck, *, timeout: float) -> Answer | Failure:  # noqa: ASYNC109 - as in Fetch
        """Answer a probe as the service behind the URL is now. Implements `Fetch`."""
        await asyncio.sleep(self._operation_random.uniform(0.005, min(0.2, timeout / 2)))
        if self.blind:
            return Failure(Fault.LOCAL)
        if check.url in self.slowness:
            await asyncio.sleep(self.slowness[check.url])
        status = self.services.get(check.url, 200)
        return Answer(status) if status else Failure(Fault.REFUSED)

    def send_alerts(self, alerts: Sequence[dict[str, object]]) -> None:
        """Have Alertmanager deliver a group of alerts, after what it has not delivered yet, until it is acknowledged."""
        self._undelivered.append(json.dumps(webhook(alerts)).encode())
        if not self._delivering:
            self._delivering = True
            with self.loop.outside():
                self.loop.create_task(self._deliver(), name="alertmanager")

    async def _deliver(self) -> None:
        while self._undelivered:
            engine = self.engine
            if engine is not None and await self._post(engine, self._undelivered[0]):
                self._undelivered.popleft()
                await asyncio.sleep(self.random.uniform(*NEXT_DELIVERY))
            else:
                await asyncio.sleep(self.random.uniform(*REDELIVERY))
        self._delivering = False

    async def _post(self, engine: Engine, body: bytes) -> bool:
        """One delivery; whether it was acknowledged. A killed daemon never answers."""
        answered: asyncio.Future[bool] = self.loop.create_future()
        with self.loop.incarnation(DAEMON):
            self.loop.create_task(self._accept(engine, body, answered), name="webhook")
        try:
            async with asyncio.timeout(10.0):
                return await asyncio.shield(answered)
        except TimeoutError:
            return False

    async def _accept(self, engine: Engine, body: bytes, answered: asyncio.Future[bool]) -> None:
        now = engine.clock.now()
        hook = parse_webhook(
            body,
            source=ALERTMANAGER,
            now=now,
            expiry=self.settings.alert_expiry,
            annotations=engine.public_annotations(),
        )
        try:
            await engine.intake.accept(Observation(hook.signals, source=ALERTMANAGER))
        except BridgeError:
            answered.set_result(False)
            return
        self.acknowledged.extend(Acknowledged(self.now(), signal) for signal in hook.signals)
        answered.set_result(True)

    # --- what operators tell it

    def command(self, command: str, **fields: object) -> Told:
        """Have an operator give a command to the API, and give it again under the same id until it is accepted or refused.

        Args:
            command: such as `override_set`.
            fields: of its document, `for` and `until` among them; who and an id are there by themselves.
        """
        number = len(self.commands) + 1
        document = {"command": command, "by": "an operator", "id": f"command-{number}", **fields}
        told = Told(document, self.now())
        self.commands.append(told)
        self.note(f"an operator commands {command}")
        with self.loop.outside():
            self.loop.create_task(self._command(told), name="operator")
        return told

    async def _command(self, told: Told) -> None:
        body = json.dumps(told.document).encode()
        while told.status is None:
            engine = self.engine
            if engine is not None:
                told.attempts += 1
                answered = await self._give(engine, body)
                if answered is not None and answered.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    told.status, told.answer = answered
                    told.answered_at = self.now()
                    return
            await asyncio.sleep(self.random.uniform(*REDELIVERY))

    async def _give(self, engine: Engine, body: bytes) -> Answered | None:
        """One attempt; a killed daemon never answers."""
        answered: asyncio.Future[Answered] = self.loop.create_future()

        async def take() -> None:
            answered.set_result(await command_answer(body, engine.commands))

        with self.loop.incarnation(DAEMON):
            self.loop.create_task(take(), name="command")
        try:
            async with asyncio.timeout(10.0):
                return await asyncio.shield(answered)
        except TimeoutError:
            return None


def empty_disk() -> Database:
    """An empty store, cloned from a template: its tables made anew would cost as much as virtual minutes."""
    return _template().clone()


@cache
def _template() -> Database:
    return Database.in_memory()


@cache
def _metrics() -> Metrics:
    """What all daemons of all worlds count into. Nobody scrapes them here, and hundreds of series at zero would cost each incarnation a millisecond."""
    return Metrics(pages=[PAGE], budgets=[TOKEN[:8]])


def alert(name: str, *, firing: bool, since: float, until: float = 0.0, **labels: str) -> dict[str, object]:
    """One alert of a webhook, as Alertmanager writes it; times are Unix seconds."""
    return {
        "status": "firing" if firing else "resolved",
        "labels": {"alertname": name, **labels},
        "annotations": {},
        "startsAt": _timestamp(since),
        "endsAt": "0001-01-01T00:00:00Z" if firing else _timestamp(until),
        "generatorURL": "",
        "fingerprint": "",
    }


def webhook(alerts: Sequence[dict[str, object]]) -> dict[str, object]:
    """The body of a delivery, version 4."""
    firing = any(one["status"] == "firing" for one in alerts)
    return {
        "version": "4",
        "groupKey": "{}:{}",
        "truncatedAlerts": 0,
        "status": "firing" if firing else "resolved",
        "receiver": "bridge",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "",
        "alerts": list(alerts),
    }


def _timestamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
