"""A dry run: the evaluation and the plan of one page carried out on copies, to see what would be sent now. Nothing is sent, nothing is stored, nothing live is changed.

It is the reconciler and the entering of outcomes that the daemon runs, with a store that forgets, a clock that stands still and a page that is presumed (`bridge.engine.presumed`).
What the dispatcher adds is when: slots, pauses, what failed a moment ago. That delays calls and changes none, so it is not played.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import structlog

from bridge.core.component_renames import with_former_names
from bridge.core.copying import copied
from bridge.core.holds import NEVER
from bridge.core.intents import Done, IntentState, OperationId
from bridge.core.notifications import room_at
from bridge.core.operations import (
    DraftPostmortem,
    PushPoints,
    ReadList,
    SetComponent,
    WriteIncident,
    WriteMaintenance,
)
from bridge.core.pacing import Slot
from bridge.core.plan import READ_ANEW, plan
from bridge.core.planned import PagePlan, PlannedCall
from bridge.core.planned_causes import causes_of, claims_behind
from bridge.core.planned_waits import waits_of
from bridge.core.rule_changes import HeldRules
from bridge.core.state import State
from bridge.engine.cap import Cap
from bridge.engine.intake import Intake
from bridge.engine.observer import Observer
from bridge.engine.outcomes import Outcomes
from bridge.engine.presumed import PresumedPage
from bridge.engine.reconciler import Reconciler
from bridge.engine.requests import Desk, Request, intent_of
from bridge.engine.rules_in_force import hold_reload, put_in_force
from bridge.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

    from bridge.core.changes import Changes
    from bridge.core.incidents import IncidentMemory
    from bridge.core.intents import Outcome
    from bridge.core.operations import Operation
    from bridge.core.plan import Plan
    from bridge.core.planned import Sendable
    from bridge.core.rule_changes import RuleChange
    from bridge.core.rules import RuleSet
    from bridge.core.signals import Signal
    from bridge.core.statuses import Automation
    from bridge.engine.ports import Clock

TICK = 1e-5
"""Seconds by which the clock moves at each request and each answer, so that what comes later is later; a thousand requests are over in the hundredth of a second."""

MOST_REQUESTS = 20_000
"""Of one dry run; more is a plan that never comes to rest, a defect of ours."""


class DryRun:
    """One page, copied. Made where the page lives; run anywhere, in a thread of its own too."""

    def __init__(self, reconciler: Reconciler, clock: Clock, *, other_rules: bool = False) -> None:
        """Copy everything that is known.

        Args:
            reconciler: of the page, at rest.
            clock: our time.
            other_rules: other rules follow (`try_rules`): what those that wait for a confirmation did to memory does not count then.
        """
        self._clock = _StandingClock(clock)
        self._page = page = copied(reconciler.page)
        page.clock_offset = clock.wall() - clock.now()
        writes = {
            target
            for intent in page.intents.values()
            if intent.state is IntentState.OPEN
            for target in (intent.target, *intent.touches)
        }
        # A reading under way will show what is known already, and what failed a moment ago is tried again soon: neither is a hold.
        page.in_flight = {target: name for target, name in page.in_flight.items() if target in writes}
        page.backoffs = {}
        # Nothing is read again because time has passed: none does.
        page.settings = replace(
            page.settings, read_every=NEVER, metrics_every=NEVER, maintenances_every=NEVER
        )
        remembered = reconciler.remembered if other_rules else reconciler.state.memory
        self._memory = remembered.copy()
        self._before = page.ruleset if remembered is reconciler.state.memory else None
        self._signals = list(reconciler.signals.values())
        self._sources = list(reconciler.sources.values())
        self._names = count(1)
        self._calls: list[tuple[Sendable, OperationId]] = []
        self._untold: list[Operation] = []

    def try_rules(
        self,
        ruleset: RuleSet,
        digest: str,
        change: RuleChange,
        *,
        most: int,
        awaited: Iterable[Signal] = (),
    ) -> None:
        """Go by other rules, as if they had been loaded, and confirmed where they have to be.

        Args:
            ruleset: of this page.
            digest: of their files.
            change: what a trial of them said.
            most: components whose status they may change without a confirmation.
            awaited: what their queries do not know yet.
        """
        self._signals = list(
            ({one.key: one for one in self._signals} | {one.key: one for one in awaited}).values()
        )
        page = self._page
        page.ruleset = with_former_names(page, ruleset, (key.rule for key in self._memory.holds))
        hold_reload(page, HeldRules(digest, change), most=most, now=self._clock.now())
        waits = page.held_reload
        put_in_force(page, digest)
        page.held_reload = waits  # that they wait is said, and beside it what follows once they are confirmed

    def cap(self, most: Automation) -> None:
        """Go by another cap than the settings'."""
        self._page.settings = replace(self._page.settings, automation_max=most)

    def run(self) -> PagePlan:
        """What would be sent now. Cost: an evaluation of everything, and a plan for each request."""
        # What the engine logs on the way is about nothing that happens.
        with structlog.contextvars.bound_contextvars(dry_run=True):
            return self._run()

    def _run(self) -> PagePlan:
        page, clock, metrics = self._page, self._clock, Metrics(pages=[self._page.name])
        began_at = clock.now()
        store = _Forgetful()
        reconciler = Reconciler(
            page,
            State(page.ruleset, self._memory, before=self._before),
            intake=Intake(
                store=store, clock=clock, metrics=metrics, signals=self._signals, sources=self._sources
            ),
            store=store,
            clock=clock,
            metrics=metrics,
            compare=_nothing,
            missed=_never,
        )
        woken = _Flag()

        def wake() -> None:
            woken.up = True

        def adopt(memory: IncidentMemory) -> None:
            reconciler.adopt(memory)
            wake()

        observer = Observer(page, adopt, wake)
        desk = Desk(page, _Nobody(), Outcomes(page, observer), Cap(page, None, metrics=metrics))
        presumed = PresumedPage(page)
        _finish(reconciler.reconcile())
        for _ in range(MOST_REQUESTS):
            planned = plan(page, clock.tick())
            setting = (one.target for one in planned.operations if isinstance(one, SetComponent))
            page.wait(setting, clock.now())
            if not planned.operations:
                return self._told(reconciler, planned, began_at)
            self._perform(desk, presumed, planned.operations[0])
            if woken.up:
                woken.up = False
                _finish(reconciler.reconcile())
        raise AssertionError(f"the plan of {page.name} does not come to rest")

    def _perform(self, desk: Desk, presumed: PresumedPage, operation: Operation) -> None:
        """Begin a request, and enter what the page is presumed to answer. What nobody can know stays begun, so that nothing follows."""
        now = self._clock.now()
        name = OperationId(f"planned-{next(self._names)}")
        intent = intent_of(operation, name, now=now, deadline=now)
        request = Request(desk, operation, Slot(name, operation.lane, now, now), intent)
        request.mark()
        if isinstance(
            operation, WriteIncident | WriteMaintenance | SetComponent | PushPoints | DraftPostmortem
        ):
            self._calls.append((operation, name))
        answer = presumed.answer(operation, name, number=len(self._calls), now=now)
        if answer is None:
            self._untold.append(operation)
            return
        request.ended(Done(answer), self._clock.tick())

    def _told(self, reconciler: Reconciler, rest: Plan, began_at: float) -> PagePlan:
        page = self._page
        claims = claims_behind(reconciler.state) if self._calls else {}
        calls = tuple(
            PlannedCall(operation, name, causes_of(page, claims, operation), _presumes(operation))
            for operation, name in self._calls
        )
        read_at = [page.observed.listings[kind].complete_at for kind in READ_ANEW]
        read = [at for at in read_at if at is not None]
        return PagePlan(
            page.name,
            began_at,
            min(read, default=None) if page.observed.complete else None,
            calls,
            waits_of(page, parked=rest.parked, untold=self._untold),
            min(reconciler.wake_at, rest.wake_at, room_at(page, began_at), self._unread_at(began_at)),
        )

    def _unread_at(self, began_at: float) -> float:
        """When a list tells more that is to be read because of what was sent; a list shows it after its lag at the latest. Infinity for none."""
        lists = [one for one in self._untold if isinstance(one, ReadList) and one.kind in READ_ANEW]
        return began_at + self._page.settings.lists_lag if lists else NEVER


def _presumes(operation: Sendable) -> str:
    if isinstance(operation, DraftPostmortem):
        return "nobody has written a postmortem of it; that is looked at before"
    return ""


class _StandingClock:
    """Time that stands still but for ticks. Implements `Clock`."""

    def __init__(self, clock: Clock) -> None:
        self._now = clock.now()
        self._ahead = clock.wall() - self._now

    def now(self) -> float:
        return self._now

    def wall(self) -> float:
        return self._now + self._ahead

    def anchor(self) -> float:
        return 0.0

    def tick(self) -> float:
        self._now += TICK
        return self._now


class _Forgetful:
    """A store that keeps nothing. Implements `Store`."""

    async def commit(self, changes: Changes) -> None:
        """Nothing of it is kept."""


class _Nobody:
    """A page that cannot be reached, whoever tries. Implements `Statuspage`."""

    async def perform(self, operation: Operation, operation_id: OperationId, *, timeout: float) -> Outcome:  # noqa: ASYNC109, ARG002 - as in Statuspage
        """Send nothing.

        Raises:
            AssertionError: always; a defect of ours.
        """
        raise AssertionError(f"a dry run would send {type(operation).__name__}")


class _Flag:
    """Whether evaluation is to look again."""

    up = False


def _finish(work: Coroutine[object, object, None]) -> None:
    """Run to its end what only lets others go first, and waits for nothing."""
    while True:
        try:
            work.send(None)
        except StopIteration:
            return


def _nothing() -> None:
    pass


def _never() -> float:
    return 0.0
