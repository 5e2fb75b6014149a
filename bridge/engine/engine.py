"""The engine as one thing: intake, a reconciler for each page, a dispatcher for each token, taken up from what was stored.

The daemon and the simulation both put it together here, so that what is proven is what runs. It knows no setting, no socket and no database.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bridge.core.awaited import NOTHING_EXPECTED
from bridge.core.blast import blast_of
from bridge.core.changes import Changes
from bridge.core.component_renames import with_former_names
from bridge.core.desired import Memory
from bridge.core.guards import GuardKind
from bridge.core.health import resumed_sources, source_record
from bridge.core.intents import IntentEvent, IntentState, OperationId
from bridge.core.maintenance import recall
from bridge.core.maintenance_ledger import recall_told
from bridge.core.pacing import Budget, Lane, Limits, Slot
from bridge.core.page import Page, PlanSettings
from bridge.core.points import Points
from bridge.core.reasons import Reason
from bridge.core.resumption import BELIEVED, Pause, last_alive, last_instant, resume_memory, resume_signals
from bridge.core.rule_changes import HeldRules
from bridge.core.state import State
from bridge.engine.cap import Cap
from bridge.engine.commands import Commands
from bridge.engine.dispatcher import REQUEST_TIMEOUT, Dispatcher
from bridge.engine.dry_run import DryRun
from bridge.engine.evaluations import Evaluations
from bridge.engine.gauges import Gauges
from bridge.engine.guards import remember_blast
from bridge.engine.identity import another_page, believe_last_life
from bridge.engine.intake import Intake
from bridge.engine.intents import lose_write, move_intent
from bridge.engine.pulse import Pulse
from bridge.engine.received import watched_anew
from bridge.engine.reconciler import Reconciler
from bridge.engine.rereading import read_anew
from bridge.engine.rules_in_force import (
    RELOAD_MAX_CHANGES,
    held_start,
    hold_reload,
    hold_start,
    is_reload_confirmed,
    put_in_force,
    weigh,
    weigh_start,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from bridge.core.awaited import Expected
    from bridge.core.changes import Stored
    from bridge.core.rule_changes import RuleChange
    from bridge.core.rules import RuleSet
    from bridge.core.statuses import Automation
    from bridge.engine.ports import Clock, Durable, OperationIds, Statuspage
    from bridge.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class PageSetup:
    """One page to serve.

    Attributes:
        name: in the settings and rule files.
        page_id: Statuspage's id.
        budget: the name of its token's budget; pages of one token share it.
        statuspage: its door.
        ruleset: its rules.
        reached_by: as in `Page`.
        rules_digest: of the rule files that they come from; empty where nobody keeps them, and then no change of them is noticed at a start.
        automation_max: asked before each request for the most that may be done on the page, whatever its rules say; a `BridgeError` counts as `shadow`. None where nothing changes it.
    """

    name: str
    page_id: str
    budget: str
    statuspage: Statuspage
    ruleset: RuleSet
    automation_max: Callable[[], Automation] | None = None
    rules_digest: str = ""
    reached_by: str = ""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What the engine is told.

    Attributes:
        secret: the installation's, for the identity of incidents.
        plan: durations and caps of the plan.
        limits: how a token's window is shared.
        request_timeout: seconds for one request.
        reload_max_changes: of how many components of a page a reload may change the desired status without a confirmation.
        stale_after: for each source, seconds of silence after which it is blind; None where silence proves nothing.
    """

    secret: bytes = field(repr=False)
    plan: PlanSettings = field(default_factory=PlanSettings)
    limits: Limits = field(default_factory=Limits)
    request_timeout: float = REQUEST_TIMEOUT
    reload_max_changes: int = RELOAD_MAX_CHANGES
    stale_after: Mapping[str, float | None] = field(default_factory=dict)


ALIVE = OperationId("alive")
WAITED_EVERY = 1.0
LOOK_EVERY = 2.0
_NEVER = 86_400.0
"""Seconds; a task that has nothing more to do sleeps on."""


class Engine:
    """Everything between a committed signal and a recorded outcome."""

    def __init__(
        self,
        settings: EngineSettings,
        setups: Sequence[PageSetup],
        stored: Stored,
        *,
        store: Durable,
        clock: Clock,
        operation_ids: OperationIds,
        metrics: Metrics,
        expected: Expected = NOTHING_EXPECTED,
        between_slices: Callable[[], None] | None = None,
    ) -> None:
        """Take up every page where it was left. Nothing runs yet.

        Args:
            settings: as above.
            setups: the pages.
            stored: what the store holds.
            store: where everything becomes durable.
            clock: our time.
            operation_ids: names for attempts.
            metrics: the daemon's metrics.
            expected: the signals that queries will report.
            between_slices: called between two slices of an evaluation that takes long.
        """
        now = clock.now()
        away = now - last_alive(stored, now)
        self.clock = clock
        self._store = store
        self._reload_max_changes = settings.reload_max_changes
        self._pulse = Pulse(clock)
        self._resumed = Changes(journal=[watched_anew(Reason.STARTED, now, away=away)])
        self._waited_out_at = 0.0
        signals = resume_signals(stored.signals, now, away=away, ended_at=last_instant(stored))
        # The next start is to find no instant in the future, or it could not tell when this life ended; nor one that a clock left far behind.
        self._resumed.signals += [
            signal
            for signal, before in zip(signals, stored.signals, strict=True)
            if before.received_at > now
            or signal.expires_at < before.expires_at
            or (away > BELIEVED and signal != before)
        ]
        sources = resumed_sources(
            settings.stale_after, stored.guards, stored.signals, ended_at=last_instant(stored), now=now
        )
        records = [source_record(health) for health in sources if health.stale_after is not None]
        self._resumed.guards += [record for record in records if record not in stored.guards]
        self.intake = Intake(store=store, clock=clock, metrics=metrics, signals=signals, sources=sources)
        self.intake.await_signals(expected)
        pause = Pause(away, now, settings.request_timeout, settings.plan.settle_for)
        self.dispatchers: dict[str, Dispatcher] = {}
        self._serving: dict[str, Dispatcher] = {}
        self._followed: list[tuple[Cap, Dispatcher]] = []
        self.reconcilers: dict[str, Reconciler] = {}
        for setup in setups:
            dispatcher = self.dispatchers.get(setup.budget)
            if dispatcher is None:
                slots = self._resume_slots(setup.budget, stored, pause, settings.limits.window)
                budget = Budget(settings.limits, slots, now=now)
                dispatcher = self.dispatchers[setup.budget] = Dispatcher(
                    budget,
                    name=setup.budget,
                    store=store,
                    clock=clock,
                    operation_ids=operation_ids,
                    metrics=metrics,
                    timeout=settings.request_timeout,
                )
                self._pulse.tell_drift(dispatcher.clock_moved)
            page = _page(setup, settings, stored)
            recall(page, now)
            recall_told(page, now)
            believe_last_life(page, now)
            memory = _memory(setup.name, stored)
            self._resume_memory(setup.name, memory, away=away, now=now)
            page.ruleset = with_former_names(page, setup.ruleset, (key.rule for key in memory.holds))
            remember_blast(page, memory.blast, self._resumed)
            self._resume_records(page, pause)
            self._resume_told(page, pause)
            self._resume_standing(page, pause)
            self._resume_drafts(page, pause)
            self._resume_intents(page, pause)
            reconciler = self.reconcilers[setup.name] = Reconciler(
                page,
                State(page.ruleset, memory),
                intake=self.intake,
                store=store,
                clock=clock,
                metrics=metrics,
                compare=dispatcher.compare,
                missed=self._pulse.missed,
                between_slices=between_slices,
            )
            self._pulse.tell(reconciler.wake)
            cap = Cap(page, setup.automation_max, metrics=metrics, changed=reconciler.wake)
            if setup.automation_max is not None:
                self._followed.append((cap, dispatcher))
            dispatcher.serve(page, setup.statuspage, cap=cap, adopt=reconciler.adopt, wake=reconciler.wake)
            self._serving[setup.name] = dispatcher
        self.commands = Commands(
            self.reconcilers, store=store, clock=clock, operation_ids=operation_ids, metrics=metrics
        )
        self.evaluations = Evaluations(self.reconcilers, journal=store, clock=clock)
        self.gauges = Gauges(self.pages, self.intake, self.dispatchers, clock=clock, metrics=metrics)

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages as they are known now."""
        return tuple(reconciler.page for reconciler in self.reconcilers.values())

    def public_annotations(self) -> frozenset[str]:
        """The annotations of alerts that rules list, on any page: no other is kept."""
        return frozenset().union(*(page.ruleset.public_annotations for page in self.pages))

    async def start(self) -> None:
        """Commit what the restart itself decided: writes that were under way are unknown now. Rule files that changed since the stop, and would change much, wait.

        Raises:
            StoreError: the store cannot take it.
        """
        now = self.clock.now()
        for reconciler in self.reconcilers.values():
            page = reconciler.page
            weighed = weigh_start(page, reconciler.state.memory, self.intake, now)
            hold_start(page, weighed, most=self._reload_max_changes, changes=self._resumed, now=now)
        await self._store.commit(self._resumed)

    def tasks(self) -> Mapping[str, Callable[[], Coroutine[Any, Any, None]]]:
        """What has to run, by name. The failure of any of these is fatal: the store cannot remember."""
        return {
            "pulse": self._pulse.run,
            "window": self._wait_out_the_window,
            **({"cap": self._follow_caps} if self._followed else {}),
            **{f"reconciler:{name}": reconciler.run for name, reconciler in self.reconcilers.items()},
            **{f"dispatcher:{name}": dispatcher.run for name, dispatcher in self.dispatchers.items()},
        }

    async def _follow_caps(self) -> None:
        """A cap is asked before each request; where there is none to send, that it was raised shows only to somebody who looks."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            for cap, dispatcher in self._followed:
                if cap.look():
                    dispatcher.compare()

    async def _wait_out_the_window(self) -> None:
        """Remember, each second, how far the window that was taken up has been waited out.

        While it is full nothing is sent, and so nothing else is committed: a crash loop with pauses would begin the wait anew in each life.
        """
        while True:
            now = self.clock.now()
            if now >= self._waited_out_at:
                await asyncio.sleep(_NEVER)
                continue
            await asyncio.sleep(WAITED_EVERY)
            # It holds nothing; it only says until when there was life (`last_alive`).
            alive = Slot(ALIVE, Lane.OBSERVE, now, now)
            await self._store.commit(Changes(slots=[(next(iter(self.dispatchers)), alive)]))

    def held(self) -> tuple[str, ...]:
        """What guards keep from being written until an operator confirms it, a text for each."""
        texts = (text for page in self.pages for text in (another_page(page), held_start(page)))
        return tuple(text for text in texts if text)

    def stop(self) -> None:
        """Begin nothing more; dispatchers end when what is under way has ended."""
        for dispatcher in self.dispatchers.values():
            dispatcher.stop()

    def replace_rules(
        self, rule_sets: Mapping[str, RuleSet], digest: str = "", *, expected: Expected = NOTHING_EXPECTED
    ) -> None:
        """Go on with other rules. A page that they do not name keeps none, and what is shown there stays as it is.

        Args:
            rule_sets: a rule set for each page.
            digest: of the files that they come from.
            expected: the signals that their queries will report.
        """
        # In one go: the new rules must not see what an old expression measured, nor the old ones that it is gone.
        self.intake.await_signals(expected)
        for name, reconciler in self.reconcilers.items():
            reconciler.replace_rules(rule_sets[name])
            put_in_force(reconciler.page, digest)

    async def current(self) -> None:
        """Return when every page has been evaluated by the rules of now: before that, a trial would compare with half of it."""
        for reconciler in self.reconcilers.values():
            await reconciler.current()

    def trial(
        self, rule_sets: Mapping[str, RuleSet], *, expected: Expected = NOTHING_EXPECTED
    ) -> Callable[[], Mapping[str, RuleChange]]:
        """Prepare the trial of other rules, whose queries will report these signals. What is returned works on copies, and may be called in a thread: it says for each page what they would change."""
        now = self.clock.now()
        awaited = self.intake.awaiting(expected)
        trials = {
            name: weigh(
                reconciler.page,
                reconciler.state,
                reconciler.remembered,
                ruleset=rule_sets[name],
                awaited=awaited,
                now=now,
            )
            for name, reconciler in self.reconcilers.items()
        }
        return lambda: {name: trial.run() for name, trial in trials.items()}

    async def read_anew(self, name: str, *, within: float) -> None:
        """Return when a page has been read from now on, and everything known of it is evaluated.

        Raises:
            UnreadError: not within so many seconds.
        """
        await read_anew(self.reconcilers[name], self._serving[name], self.clock, within=within)

    def dry_run(
        self,
        name: str,
        *,
        rules: tuple[RuleSet, str, RuleChange] | None = None,
        expected: Expected = NOTHING_EXPECTED,
        automation_max: Automation | None = None,
    ) -> DryRun:
        """Prepare to say what would be sent to a page now. What is returned works on copies, and may be run in a thread.

        Args:
            name: of the page.
            rules: other rules, the digest of their files, and what a trial said that they change; None for those in force.
            expected: the signals that their queries will report.
            automation_max: another cap; None for the one in force.
        """
        run = DryRun(self.reconcilers[name], self.clock, other_rules=rules is not None)
        if rules is not None:
            ruleset, digest, change = rules
            awaited = self.intake.awaiting(expected)
            run.try_rules(ruleset, digest, change, most=self._reload_max_changes, awaited=awaited)
        if automation_max is not None:
            run.cap(automation_max)
        return run

    def objections(self, weighed: Mapping[str, RuleChange], digest: str) -> tuple[str, ...]:
        """Why rules may not be put in force: nothing if they change little, or an operator has confirmed them on every page on which they change much.

        Args:
            weighed: what the trial said.
            digest: of the files.
        """
        now = self.clock.now()
        found = [
            hold_reload(page, HeldRules(digest, weighed[page.name]), most=self._reload_max_changes, now=now)
            for page in self.pages
        ]
        return tuple(text for texts in found for text in texts)

    def reload_confirmed(self) -> bool:
        """Whether everything is confirmed that a refused reload waits for; false where none waits."""
        now = self.clock.now()
        waiting = [page for page in self.pages if page.held_reload is not None]
        return bool(waiting) and all(is_reload_confirmed(page, now) for page in waiting)

    def forget_reload(self) -> None:
        """Nothing waits to be put in force any more."""
        for page in self.pages:
            page.held_reload = None

    def _resume_memory(self, page: str, memory: Memory, *, away: float, now: float) -> None:
        """Move what waits for time, and keep that: a second restart moves it only by what passed since."""
        holds, incidents = dict(memory.holds), dict(memory.incidents)
        resume_memory(memory, away=away, now=now)
        self._resumed.holds += [(page, key, hold) for key, hold in memory.holds.items() if hold != holds[key]]
        self._resumed.incidents += [
            (page, incident) for place, incident in memory.incidents.items() if incident != incidents[place]
        ]

    def _resume_slots(self, budget: str, stored: Stored, pause: Pause, window: float) -> list[Slot]:
        slots = stored.slots.get(budget, [])
        resumed = [pause.slot(slot, window) for slot in slots]
        moved = [slot for slot, before in zip(resumed, slots, strict=True) if slot != before]
        self._resumed.slots += [(budget, slot) for slot in moved]
        self._waited_out_at = max([self._waited_out_at, *(slot.held_until for slot in moved)])
        return resumed

    def _resume_told(self, page: Page, pause: Pause) -> None:
        for component_id, component in page.components_told.items():
            page.components_told[component_id] = resumed = pause.component(component)
            if resumed != component:
                self._resumed.components_told.append(resumed)
        for key, incident in page.incidents_told.items():
            page.incidents_told[key] = moved = pause.incident(incident)
            if moved != incident:
                self._resumed.incidents_told.append(moved)

    def _resume_standing(self, page: Page, pause: Pause) -> None:
        for key, standing in page.standing.items():
            page.standing[key] = resumed = pause.standing(standing)
            if resumed != standing:
                self._resumed.standing.append(resumed)

    def _resume_records(self, page: Page, pause: Pause) -> None:
        resume = {GuardKind.NOTIFIED: pause.notified, GuardKind.POSTMORTEM: pause.drafted}
        for key, record in page.guards.items():
            if record.kind in resume:
                page.guards[key] = moved = resume[record.kind](record)
                if moved != record:
                    self._resumed.guards.append(moved)

    def _resume_drafts(self, page: Page, pause: Pause) -> None:
        for draft_id, draft in page.drafts.items():
            page.drafts[draft_id] = moved = pause.draft(draft)
            if moved != draft:
                self._resumed.drafts.append(moved)

    def _resume_intents(self, page: Page, pause: Pause) -> None:
        for stored in list(page.intents.values()):
            intent = page.intents[stored.operation] = pause.intent(stored)
            if intent.state is IntentState.UNKNOWN and intent != stored:
                self._resumed.intents.append(intent)
            if intent.state is IntentState.OPEN:
                moved = move_intent(
                    page, intent, IntentEvent.RESTARTED, reason=Reason.CRASHED, changes=self._resumed
                )
                lose_write(page, moved, self._resumed, now=pause.now)


def _page(setup: PageSetup, settings: EngineSettings, stored: Stored) -> Page:
    name = setup.name
    return Page(
        name,
        setup.page_id,
        settings.secret,
        setup.ruleset,
        settings.plan,
        component_ids=dict(stored.bindings.get(name, {})),
        components_told={told.component_id: told for told in stored.components_told if told.page == name},
        incidents_told={told.key: told for told in stored.incidents_told if told.page == name},
        intents={intent.operation: intent for intent in stored.intents if intent.page == name},
        points=Points(tuple(stored.points.get(name, []))),
        standing={standing.key: standing for standing in stored.standing if standing.page == name},
        taken={taken.component_id: taken for taken in stored.taken if taken.page == name},
        guards={record.key: record for record in stored.guards if record.page == name},
        drafts={draft.id: draft for draft in stored.drafts if draft.page == name},
        reached_by=setup.reached_by,
        rules_digest=setup.rules_digest,
    )


def _memory(name: str, stored: Stored) -> Memory:
    incidents = stored.incidents.get(name, [])
    return Memory(
        holds=dict(stored.holds.get(name, {})),
        incidents={(memory.rule, memory.group): memory for memory in incidents},
        blast=blast_of(record for record in stored.guards if record.page == name),
    )
