"""The dispatcher of one API token: for each slot that the budget grants, the plan is made anew and its first operation is sent.

The order of one write: slot and intent and journal in one commit, then the request, then its outcome in one commit. The end of a request is recorded under a shield: a write
that was answered is never forgotten because somebody stopped waiting for it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bridge.core.holds import NEVER
from bridge.core.intents import NotSent, Outcome, Unknown
from bridge.core.operations import SetComponent
from bridge.core.pacing import Lane
from bridge.core.plan import plan
from bridge.core.reasons import Reason
from bridge.engine.account import Account
from bridge.engine.alarm import Alarm
from bridge.engine.observer import Observer
from bridge.engine.outcomes import Outcomes
from bridge.engine.requests import Desk, Request, intent_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.changes import Changes
    from bridge.core.incidents import IncidentMemory
    from bridge.core.operations import Operation
    from bridge.core.pacing import Budget, Slot
    from bridge.core.page import Page
    from bridge.engine.cap import Cap
    from bridge.engine.ports import Clock, OperationIds, Statuspage, Store
    from bridge.telemetry.metrics import Metrics

REQUEST_TIMEOUT = 30.0
"""Seconds in all for one request (reliability.md, "Exactly once in effect", 2.)."""

FRESH_FOR = 5.0
"""Seconds from the plan to the start of its request, at most, and half of the time-out; beyond, it is planned anew."""

UNAUTHORIZED_PAUSE = 60.0
"""Seconds without a request after a page refused the token, for all pages that refused it: a new one may be in its file by then."""

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
"""Seconds between requests to a page that cannot be reached or answers with errors of its own, doubled from the first to the longest."""

FAULTS = frozenset(
    {
        Reason.REFUSED_CONNECTION,
        Reason.SERVER_ERROR,
        Reason.TIMEOUT,
        Reason.CONNECTION_LOST,
        Reason.UNREADABLE_ANSWER,
    }
)
TOKEN_UNTRIED = frozenset({Reason.CANCELLED, Reason.OUTDATED})
NEVER_READ = frozenset({Reason.TIMEOUT, Reason.CONNECTION_LOST, Reason.CANCELLED})


class Dispatcher:
    """All requests of one API token."""

    def __init__(
        self,
        budget: Budget,
        *,
        name: str,
        store: Store,
        clock: Clock,
        operation_ids: OperationIds,
        metrics: Metrics,
        timeout: float = REQUEST_TIMEOUT,
    ) -> None:
        """Take up a token.

        Args:
            budget: its window, with what was stored of it.
            name: the budget's name in the store and in metrics.
            store: where slots, intents and outcomes become durable.
            clock: our time.
            operation_ids: names for attempts.
            metrics: where requests are counted.
            timeout: seconds for one request.
        """
        self._budget = budget
        self._name = name
        self._store = store
        self._clock = clock
        self._operation_ids = operation_ids
        self._account = Account(metrics)
        self._timeout = timeout
        self._desks: list[Desk] = []
        self._alarm = Alarm()
        self._requests: set[asyncio.Task[None]] = set()
        self._failed: BaseException | None = None
        self._stopping = False

    def serve(
        self,
        page: Page,
        statuspage: Statuspage,
        *,
        cap: Cap,
        adopt: Callable[[IncidentMemory], None],
        wake: Callable[[], None],
    ) -> None:
        """Send for this page too."""
        self._desks.append(Desk(page, statuspage, Outcomes(page, Observer(page, adopt, wake)), cap))

    def compare(self) -> None:
        """Something changed: plan again soon."""
        self._alarm.ring()

    def held(self, now: float) -> dict[Lane, int]:
        """How many slots of the window each lane holds."""
        return self._budget.held(now)

    def clock_moved(self, seconds: float) -> None:
        """Our clock was moved forward by a drift. The store is not told: it would be early by as much for one window, if the daemon were killed in it."""
        self._budget.clock_moved(seconds)

    async def run(self) -> None:
        """Dispatch until stopped; then wait for what is under way, each request for up to its time-out.

        Raises:
            StoreError: what was begun or what became of it cannot be remembered.
        """
        while not self._stopping and self._failed is None:
            wake_at = self._dispatch()
            await self._alarm.wait_until(wake_at, self._clock)
        if self._requests:
            await asyncio.wait(self._requests)
        if self._failed is not None:
            raise self._failed

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopping = True
        self._alarm.ring()

    def _dispatch(self) -> float:
        """Start everything for which there is a slot now. Returns when to look again."""
        while True:
            now = self._clock.now()
            chosen, wake_at = self._choose(now)
            if chosen is None:
                return wake_at
            desk, operation = chosen
            self._start(desk, operation, now)

    def _choose(self, now: float) -> tuple[tuple[Desk, Operation] | None, float]:
        """The first operation whose lane has a slot, taking pages in turn, and else when to look again."""
        wake_at = NEVER
        ready = {lane: self._budget.ready_at(lane, now) for lane in Lane}
        for desk in self._desks:
            if desk.paused_until > now:
                wake_at = min(wake_at, desk.paused_until)
                continue
            if desk.unauthorized and any(other.page.in_flight for other in self._unauthorized()):
                continue  # one request of the token at a time, until one shows that it is good again
            desk.cap.look()
            desk.page.clock_offset = self._clock.wall() - now
            planned = plan(desk.page, now)
            desk.page.wait((one.target for one in planned.operations if isinstance(one, SetComponent)), now)
            self._account.planned(desk.page.name, planned)
            wake_at = min(wake_at, planned.wake_at)
            for operation in planned.operations:
                ready_at = ready[operation.lane]
                if ready_at <= now:
                    self._desks.append(self._desks.pop(self._desks.index(desk)))
                    return (desk, operation), now
                wake_at = min(wake_at, ready_at)
        return None, wake_at

    def _start(self, desk: Desk, operation: Operation, now: float) -> None:
        """Take the slot and mark the targets, at once; the rest happens in a task of its own, so that a hanging call stops no other."""
        operation_id = self._operation_ids()
        slot = self._budget.take(operation.lane, operation_id, now=now, deadline=now + self._timeout)
        intent = intent_of(operation, operation_id, now=now, deadline=now + self._timeout)
        page = desk.page
        request = Request(desk, operation, slot, intent, page.commanded, page.automation_max)
        request.mark()
        task = asyncio.create_task(self._carry_out(request), name=f"request:{operation_id}")
        self._requests.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._requests.discard(task)
        # What it freed was planned for when its outcome was entered; that the commit of it is over changes no plan.
        if not task.cancelled() and task.exception() is not None:
            self._failed = self._failed or task.exception()
            self._alarm.ring()

    async def _carry_out(self, request: Request) -> None:
        await self._store.commit(request.begun(self._name))
        operation, operation_id = request.operation, request.slot.operation
        request.desk.cap.look()
        late = self._clock.now() - request.slot.taken_at
        if late > min(FRESH_FOR, self._timeout / 2) or request.overtaken:
            # The commit hung, or an operator spoke. What was planned then may not be so any more, and too little is left until the stored deadline.
            await asyncio.shield(self._record(request, NotSent(Reason.OUTDATED)))
            return
        try:
            outcome = await request.desk.statuspage.perform(
                operation,
                operation_id,
                timeout=self._timeout - max(0.0, late),  # the stored deadline is the real one
            )
        except asyncio.CancelledError:
            await asyncio.shield(self._record(request, Unknown(Reason.CANCELLED)))
            raise
        await asyncio.shield(self._record(request, outcome))

    async def _record(self, request: Request, outcome: Outcome) -> None:
        now = self._clock.now()
        changes = request.ended(outcome, now)
        self._settle_slot(request.slot, outcome, changes, now)
        changes.slots_gone.extend(self._budget.expired())
        self._pace(request.desk, outcome, began_at=request.slot.taken_at, now=now)
        self._account.ended(request, outcome, changes, now=now)
        self._alarm.ring()
        await self._store.commit(changes)

    def _settle_slot(self, slot: Slot, outcome: Outcome, changes: Changes, now: float) -> None:
        if outcome.reason in {Reason.REFUSED_CONNECTION, Reason.OUTDATED}:
            self._budget.never_sent(slot.operation)
            changes.slots_gone.append(slot.operation)
        elif outcome.reason not in NEVER_READ:
            answered = self._budget.answered(slot.operation, now)
            if answered is not None:
                changes.slots.append((self._name, answered))

    def _pace(self, desk: Desk, outcome: Outcome, *, began_at: float, now: float) -> None:
        if outcome.reason is not Reason.RATE_LIMITED and outcome.reason not in FAULTS:
            self._budget.accepted()
        if isinstance(outcome, NotSent) and outcome.reason is Reason.RATE_LIMITED:
            self._budget.penalise(now, outcome.retry_after, began_at=began_at)
        elif outcome.reason is Reason.UNAUTHORIZED:
            desk.unauthorized = True
        elif outcome.reason in FAULTS:
            desk.pause = min(max(FIRST_PAUSE, desk.pause * 2), LONGEST_PAUSE)
            desk.paused_until = now + desk.pause
        elif outcome.reason not in TOKEN_UNTRIED:
            desk.unauthorized = False
            desk.pause = 0.0
        if desk.unauthorized:
            # Whatever else went wrong, the token has not been accepted yet.
            for refused in self._unauthorized():
                refused.paused_until = now + UNAUTHORIZED_PAUSE

    def _unauthorized(self) -> list[Desk]:
        """The pages for which the token was refused last."""
        return [desk for desk in self._desks if desk.unauthorized]
