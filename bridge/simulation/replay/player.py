"""The player: evaluation, plan and page over a history, in one thread and without a clock. Time is whatever comes next: a change, or an instant that evaluation or plan named.

The core decides, the planner says what is to be sent, and the simulator's model takes it at once; nothing is paced, lost or late. So a month takes seconds, where the whole daemon on
virtual time would read the page sixty times an hour; what it publishes is the same as far as the page follows, which it does within seconds (docs/testing.md tells the difference).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from bridge.config.names import group_of, own_name
from bridge.core.health import SourceHealth
from bridge.core.holds import NEVER, Truth
from bridge.core.intents import OperationId
from bridge.core.maintained import maintained_until
from bridge.core.operations import SetComponent
from bridge.core.pacing import Slot
from bridge.core.page import Page, PlanSettings
from bridge.core.plan import plan
from bridge.core.signals import AtExpiry, Signal, SignalState
from bridge.core.state import State
from bridge.core.step import step
from bridge.engine.cap import Cap
from bridge.engine.guards import blast_terms
from bridge.engine.observer import Observer
from bridge.engine.outcomes import Outcomes
from bridge.engine.requests import Desk, Request, intent_of
from bridge.simulation.replay.history import ALERTMANAGER, EVERY_SOURCE, SightChange, SignalChange
from bridge.simulation.replay.unseen import Watch
from bridge.simulation.world import SECRET, TOKEN
from bridge.simulator import model
from bridge.simulator.model import Options, Simulator
from bridge.statuspage.client import StatuspageClient
from bridge.statuspage.door import StatuspageDoor
from bridge.statuspage.transport import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from typing import Any

    from bridge.core.desired import Decision
    from bridge.core.intents import Outcome
    from bridge.core.operations import Operation
    from bridge.core.rules import ComponentName, RuleSet
    from bridge.simulation.replay.history import Change, History
    from bridge.statuspage.transport import Request as Sent
    from bridge.telemetry.metrics import Metrics

RARELY = 10.0 * 365 * 86_400.0
"""Seconds: nobody but the bridge writes to this page, so its lists are read once."""

SETTINGS = PlanSettings(read_every=RARELY, metrics_every=RARELY, maintenances_every=RARELY)

FORGOTTEN_AFTER = 6 * 3600.0
"""Seconds after which an alert that ended is let go, as by the daemon."""

PATIENCE = 30.0
MOST_ROUNDS = 10_000
"""Requests at one instant; more is a plan that never comes to rest."""


class ReplayError(Exception):
    """A defect of ours: the plan does not come to rest."""


class Player:
    """One page, from an empty store on."""

    def __init__(
        self,
        ruleset: RuleSet,
        *,
        begin: float,
        metrics: Metrics,
        decided: Callable[[float, Decision], None],
        settings: PlanSettings = SETTINGS,
    ) -> None:
        """Take up a page on which nothing happened yet.

        Args:
            ruleset: its rules.
            begin: when, Unix seconds.
            metrics: where the engine's parts count; nobody reads it.
            decided: is told each decision and when.
            settings: durations of the plan.
        """
        self.now = begin
        self._decided = decided
        self.simulator = Simulator(0, Options(rate_limit=1_000_000_000))
        self.page_id = _furnish(self.simulator, ruleset, begin)
        # The ids of a lock file are the real page's.
        ruleset = replace(ruleset, component_ids={}, metric_ids={}, metrics=())
        self.page = page = Page(ruleset.page, self.page_id, SECRET, ruleset, settings)
        self.state = State(ruleset)
        door = StatuspageDoor(StatuspageClient(_AtOnce(self), self.page_id), page.name)
        observer = Observer(page, self.state.adopt, lambda: None)
        self._desk = Desk(page, door, Outcomes(page, observer), Cap(page, None, metrics=metrics))
        self._numbers = count(1)
        self._evaluate_at = self._plan_at = begin
        self._changed: list[Signal] = []
        self._heard: dict[str, SourceHealth] = {}
        self._blind: set[str] = set()
        """Sources that are blind, and `EVERY_SOURCE` while nobody watches."""
        self._sources: set[str] = set()
        self.watch = Watch()

    def play(self, history: History, progress: Callable[[float], None] = lambda _: None) -> None:
        """Play a history to its end.

        Args:
            history: what was observed.
            progress: is told, now and then, how much of it is played, from 0 to 1.
        """
        changes = iter(history.changes)
        change = next(changes, None)
        span = max(history.end - history.begin, 1.0)
        while True:
            due_at = min(self._evaluate_at, self._plan_at)
            at = min(due_at, change.at if change is not None else NEVER)
            if at > history.end:
                break
            self.now = max(self.now, at)
            while change is not None and change.at <= self.now:
                self._take(change)
                change = next(changes, None)
            # Most alerts of a history are none that a rule is about: nothing follows from them.
            if self._evaluate() or due_at <= self.now:
                self._follow()
            progress((self.now - history.begin) / span)
        self.now = history.end
        self.watch.note((), self.now)
        self.simulator.advance(self.now)

    def _take(self, change: Change) -> None:
        match change:
            case SignalChange():
                self._changed.append(self._signal(change))
                if change.source not in self._sources:
                    self._sources.add(change.source)
                    self._look_at(change.source)
            case SightChange():
                (self._blind.add if change.blind else self._blind.discard)(change.source)
                if change.source != EVERY_SOURCE:
                    self._sources.add(change.source)
                    self._look_at(change.source)
                    return
                for source in self._sources:
                    self._look_at(source)

    def _signal(self, change: SignalChange) -> Signal:
        # An alert that ended is forgotten; what is measured all the time stays known, though nobody repeats it here.
        ended = change.state is SignalState.OK and change.source.startswith(ALERTMANAGER)
        expires = 0.0 if change.silent else FORGOTTEN_AFTER if ended else RARELY
        return Signal(
            change.source,
            change.labels,
            change.state,
            change.at,
            self.now,
            self.now + expires,
            at_expiry=AtExpiry.FORGOTTEN if ended else AtExpiry.UNKNOWN,
            value=change.value,
            annotations=change.annotations,
        )

    def _look_at(self, source: str) -> None:
        health = SourceHealth(source, self.now)
        if source in self._blind or EVERY_SOURCE in self._blind:
            health = replace(health, watchdog=Truth.FALSE, doubted_at=self.now)
        self._heard[source] = health

    def _evaluate(self) -> bool:
        """Bring evaluation to now. Returns whether anything that the page is compared with may have changed."""
        page, counted = self.page, self.state.entries
        changed = [signal.key for signal in self._changed]
        concerned = bool(self._heard) or any(key in counted for key in changed)
        taken = step(
            self.state,
            self._changed,
            self.now,
            sources=self._heard.values(),
            terms=blast_terms(page, self.now),
            maintained=maintained_until(page, self.now),
        )
        self._changed, self._heard = [], {}
        page.desired, page.evaluated = self.state.desired, True
        self.watch.note((name for name, holds in self.state.live.blind.items() if holds), self.now)
        self._evaluate_at = taken.wake_at
        for decision in taken.decisions:
            self._decided(self.now, decision)
        return concerned or bool(taken.decisions) or any(key in counted for key in changed)

    def _follow(self) -> None:
        """Bring the page to what is wanted, request by request."""
        for _ in range(MOST_ROUNDS):
            planned = plan(self.page, self.now)
            if not planned.operations:
                self._plan_at = planned.wake_at
                return
            self._perform(planned.operations[0])
        raise ReplayError(f"the plan does not come to rest at {self.now}")

    def _perform(self, operation: Operation) -> None:
        name = OperationId(f"{next(self._numbers):024x}")
        slot = Slot(name, operation.lane, self.now, self.now)
        intent = intent_of(operation, name, now=self.now, deadline=self.now + PATIENCE)
        request = Request(self._desk, operation, slot, intent)
        request.mark()
        request.ended(_run(self._desk.statuspage.perform(operation, name, timeout=PATIENCE)), self.now)
        if isinstance(operation, SetComponent):
            self.page.wait((), self.now)


class _AtOnce:
    """A transport whose answers are there at once. Implements `Transport`."""

    def __init__(self, player: Player) -> None:
        self._player = player

    async def send(self, request: Sent, *, timeout: float) -> Response:  # noqa: ASYNC109, ARG002 - as in Transport
        """Ask the model."""
        player = self._player
        headers = {"Authorization": f"OAuth {TOKEN}", "Content-Type": "application/json"}
        asked = model.Request(request.method, request.path, dict(request.query), headers, request.body or b"")
        answer = player.simulator.handle(asked, now=player.now)
        return Response(answer.status, answer.headers, answer.body)


def _run(outcome: Coroutine[Any, Any, Outcome]) -> Outcome:
    """The outcome of what never waits."""
    try:
        outcome.send(None)
    except StopIteration as ended:
        result: Outcome = ended.value
        return result
    raise ReplayError("a request waits, though its answer is there")


def _furnish(simulator: Simulator, ruleset: RuleSet, now: float) -> str:
    """A page with every component that the rules name, all operational."""
    simulator.add_token(TOKEN)
    page_id = simulator.add_page(ruleset.page, now=now)
    for name in _names(ruleset):
        simulator.add_component(page_id, own_name(name), group=group_of(name) or None, now=now)
    return page_id


def _names(ruleset: RuleSet) -> Iterable[ComponentName]:
    return dict.fromkeys(
        [*ruleset.component_names, *(name for one in ruleset.incidents for name in one.components)]
    )
