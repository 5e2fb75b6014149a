"""The reconciler of one page: keeps its evaluation current, remembers what it decided, and says when something should be compared again.

It sleeps until a signal changes or until the instant at which the same input would give another answer. It sends nothing and reads nothing from the page.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bridge.core.changes import Changes
from bridge.core.component_plan import moot_refusals
from bridge.core.component_renames import with_former_names
from bridge.core.desired import (
    BlastDecision,
    Decision,
    Memory,
    SourceDecision,
    Step,
)
from bridge.core.holds import INACTIVE
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.maintained import maintained_until, next_edge
from bridge.core.overrides import spent
from bridge.core.reasons import Reason
from bridge.core.resumption import later, resume_memory
from bridge.core.said_causes import ended_causes, said_causes
from bridge.core.standing import expired, next_end
from bridge.core.state import State
from bridge.core.statuses import Automation
from bridge.core.step import advance, step
from bridge.engine.alarm import Alarm
from bridge.engine.decision_entries import DecisionEntries
from bridge.engine.drafts import note_drafts
from bridge.engine.enforcement import enforce
from bridge.engine.guards import blast_terms, forget_notifications, note_unannounced, remember_blast
from bridge.engine.identity import pin_confirmed
from bridge.engine.maintenances import note_maintained
from bridge.engine.own_maintenances import note_ended
from bridge.engine.people import note_people
from bridge.engine.rules_in_force import note_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bridge.core.health import SourceHealth
    from bridge.core.incidents import IncidentMemory
    from bridge.core.journal import Fact
    from bridge.core.page import Page
    from bridge.core.rules import RuleSet
    from bridge.core.signals import Signal, SignalKey
    from bridge.engine.intake import Intake
    from bridge.engine.ports import Clock, Store
    from bridge.telemetry.metrics import Metrics

SLICE = 0.004
"""Seconds for which an evaluation holds the loop, about; a webhook waits for no longer."""
SLICE_UNITS = 2000
"""Signals and holds of one slice, where the clock stands still."""
LINES = 100
"""Decisions that are logged at once. Of more, the rest follows when they are durable: a thousand lines would hold the loop for longer than the evaluation."""
FEW = 20
"""Signals and holds between two looks at the clock."""

logger = structlog.get_logger(__name__)


class Reconciler:
    """Evaluation of one page, under way."""

    def __init__(
        self,
        page: Page,
        state: State,
        *,
        intake: Intake,
        store: Store,
        clock: Clock,
        metrics: Metrics,
        compare: Callable[[], None],
        missed: Callable[[], float],
        between_slices: Callable[[], None] | None = None,
    ) -> None:
        """Take up a page.

        Args:
            page: whose desired state is kept current.
            state: the evaluation, with the memory that was stored and no signals yet.
            intake: where the signals come from.
            store: where holds and incidents are remembered.
            clock: our time.
            metrics: where decisions are counted.
            compare: called when the desired state may have changed.
            missed: seconds in all, since the start, in which this process did not run.
            between_slices: called between two slices of an evaluation that takes long.
        """
        self.page = page
        self.state = state
        self._intake = intake
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._compare = compare
        self._missed = missed
        self._between_slices = between_slices or _nothing
        self._accounted = 0.0
        self._alarm = Alarm()
        self._pending: dict[SignalKey, Signal] = {signal.key: signal for signal in intake.signals}
        self._heard: dict[str, SourceHealth] = {health.source: health for health in intake.sources}
        self._wake_at = 0.0
        self._kept: Memory | None = None
        self._before: Memory | None = state.memory.copy()
        """What was remembered when the first step by other rules is still to come."""
        self._level = Automation.FULL
        """The cap that the journal says."""
        self._current = asyncio.Event()
        self._retired: list[State] = []
        intake.subscribe(self, page)

    @property
    def remembered(self) -> Memory:
        """Holds and incidents as the rules in force left them; those that wait for a confirmation do nothing to them."""
        return self._kept if self._kept is not None else self.state.memory

    @property
    def signals(self) -> dict[SignalKey, Signal]:
        """Every signal that is known, be it evaluated or about to be."""
        return {**self.state.signals, **self._pending}

    @property
    def sources(self) -> dict[str, SourceHealth]:
        """How the sources are, as far as evaluation has heard or is about to."""
        return {**self.state.sources, **self._heard}

    @property
    def at_rest(self) -> bool:
        """Whether everything that is known has been evaluated, and nothing is half done."""
        return self._current.is_set() and not self._pending and not self._heard

    @property
    def wake_at(self) -> float:
        """When evaluation would give another answer by itself, as of the last one. Our clock."""
        return self._wake_at

    def offer(self, signals: Iterable[Signal]) -> None:
        """Signals changed; look at them soon. What is offered twice before that is looked at once."""
        self._pending.update({signal.key: signal for signal in signals})
        self._alarm.ring()

    def refresh(self, signal: Signal) -> None:
        """A signal was repeated unchanged."""
        if signal.key in self._pending:
            self._pending[signal.key] = signal
        else:
            self.state.refresh(signal)

    def turns(self, before: Signal, after: Signal) -> bool:
        """Whether a repeated signal's value means something else to a rule than it did."""
        return self.state.turns(before, after)

    def hear(self, health: SourceHealth) -> None:
        """A source succeeded, or is expected to at other times. Most often nothing else follows from it."""
        if health.source in self._heard or not self.state.hear(health):
            self._heard[health.source] = health
            self._alarm.ring()

    def wake(self) -> None:
        """Look again, though no signal changed."""
        self._alarm.ring()

    def commanded(self) -> None:
        """A command came into force: compare at once, and look when it ends."""
        self._compare()
        self._alarm.ring()

    def samples_arrived(self) -> None:
        """Metric points may be due."""
        self._compare()

    def adopt(self, memory: IncidentMemory) -> None:
        """An incident of ours was found on the page that nothing here remembers."""
        self.state.adopt(memory)
        self._alarm.ring()

    def replace_rules(self, ruleset: RuleSet) -> None:
        """Go on with other rules, from the same signals and memory. Rules that keep their id keep their holds."""
        ruleset = with_former_names(self.page, ruleset, (key.rule for key in self.remembered.holds))
        before = self.page.ruleset if self._kept is None else None
        self.page.ruleset = ruleset
        self._current.clear()
        self._heard = {**self.state.sources, **self._heard}
        self._before = self.remembered.copy()
        state = State(ruleset, self.remembered, unsaved=self.state.unsaved, before=before)
        self._begin_anew(state, self.state.signals)
        self._kept = None
        self._alarm.ring()

    def _begin_anew(self, state: State, signals: dict[SignalKey, Signal]) -> None:
        """Go on with another state, by these signals and those that wait to be looked at."""
        retired, self.state = self.state, state
        retired.signals = {}
        self._retired.append(retired)
        signals.update(self._pending)
        self._pending = signals

    async def current(self) -> None:
        """Return when everything that is known has been evaluated by the rules of now."""
        await self._current.wait()

    def holds(self, key: SignalKey) -> bool:
        """Whether the page's evaluation still goes by a signal: one that a silence covers is not forgotten while that lasts."""
        return key in self.state.signals or key in self._pending

    async def run(self) -> None:
        """Reconcile for ever.

        Raises:
            StoreError: what was decided cannot be remembered.
        """
        while True:
            await self._alarm.wait_until(self._wake_at, self._clock)
            await self.reconcile()

    async def reconcile(self) -> None:
        """Bring the page's desired state to now."""
        now, moved = await self._prepare()
        # From here to the commit nothing is awaited: what is published is what was remembered.
        taken = step(
            self.state,
            (),
            now,
            terms=blast_terms(self.page, now),
            maintained=maintained_until(self.page, now),
            said=said_causes(self.page),
        )
        self.page.desired, self.page.evaluated = self.state.desired, True
        self._current.set()
        ended = self._end_what_stood(now)
        self._wake_at = min(taken.wake_at, next_end(self.page), next_edge(self.page, now))
        for target in list(moot_refusals(self.page)):
            del self.page.refused[target]
        changes = self._changes(taken, now)
        decided = len(taken.decisions)
        changes.holds[:0], changes.incidents[:0] = moved.holds, moved.incidents
        changes.extend(ended)
        changes.guards[:0] = moved.guards
        changes.journal += moved.journal
        # As they are now: while slices were evaluated, somebody may have approved one.
        drafts = self.page.drafts
        changes.drafts[:0] = [drafts[one.id] for one in moved.drafts if one.id in drafts]
        changes.guards_gone[:0] = moved.guards_gone
        # Before the commit is awaited: whatever is sent because of this is committed later, and commits keep their order.
        self._compare()
        more = changes.journal[LINES:decided]
        if changes:
            await self._store.commit(changes)
        for first in range(0, len(more), LINES):
            await asyncio.sleep(0)
            _log(self.page.name, more[first : first + LINES])

    async def _prepare(self) -> tuple[float, Changes]:
        """Do what has to be done before the page can be judged as a whole, in slices, so that the loop is never held for long.

        What changes meanwhile is taken up by the next slice; other rules, or time in which this process did not run, begin anew.

        Returns:
            Our clock, what was moved by missed time, and what came under maintenance.
        """
        moved = Changes()
        while True:
            now = self._clock.now()
            if self.page.held_rules is not None and self._kept is None:
                self._keep_memory()
            moved.extend(self._resume(now))
            note_ended(self.page, moved, now)
            note_maintained(self.page, moved, now)
            if not self._slice(now):
                return now, moved
            self._between_slices()
            await asyncio.sleep(0)

    def _slice(self, now: float) -> bool:
        """Evaluate for a few milliseconds, as of `now`. Returns whether something is left."""
        maintained = maintained_until(self.page, now)
        for _ in range(SLICE_UNITS // FEW):
            if self._dismantle():
                continue
            left = advance(self.state, self._pending, self._heard, now, maintained=maintained, most=FEW)
            if not left:
                return False
            if self._clock.now() - now >= SLICE:
                break
        return True

    def _dismantle(self) -> bool:
        """Let go of a part of a former state. Returns whether there was one."""
        if not self._retired:
            return False
        if not self._retired[-1].dismantle(FEW):
            self._retired.pop()
        return True

    def _end_what_stood(self, now: float) -> Changes:
        """What an operator told and that has run out, or is used up."""
        if not self.page.standing:
            return Changes()
        ended = expired(self.page, now)
        enforce(self.page, ended)
        for over in (spent(self.page), ended_causes(self.page)):
            enforce(self.page, over)
            ended.extend(over)
        return ended

    def _keep_memory(self) -> None:
        """From now on rules are evaluated that are not in force: what they do to holds and incidents may have to be undone."""
        self._kept = memory = self.state.memory
        copied = memory.copy()
        self._heard = {**self.state.sources, **self._heard}
        self._begin_anew(State(self.page.ruleset, copied, unsaved=self.state.unsaved), self.state.signals)

    def _let_go_of_memory(self, changes: Changes, now: float) -> None:
        """These rules are in force: what they did counts."""
        before, after = self.remembered, self.state.memory
        self._kept = self._before = None
        page = self.page.name
        gone = [place for place in before.incidents if place not in after.incidents]
        changed = Memory(
            {key: after.holds.get(key, INACTIVE) for key in before.holds.keys() | after.holds.keys()},
            after.incidents,
        )
        entries = DecisionEntries(page, self.state, now)
        changes.journal += entries.of_difference(before, changed, gone=gone)
        changes.holds += [
            (page, key, after.holds.get(key, INACTIVE))
            for key in before.holds.keys() | after.holds.keys()
            if before.holds.get(key) != after.holds.get(key)
        ]
        changes.incidents += [
            (page, memory)
            for place, memory in after.incidents.items()
            if memory != before.incidents.get(place)
        ]
        changes.incidents_gone += [(page, place) for place in gone]
        remember_blast(self.page, after.blast, changes)

    def _resume(self, now: float) -> Changes:
        """Time in which this process did not run counts for nothing, as after a restart. Returns what was moved by it."""
        moved = Changes()
        missed = self._missed()
        away = missed - self._accounted
        if away <= 0:
            return moved
        self._accounted = missed
        moved.extend(self._intake.resume(missed, now))
        memory = self.remembered
        holds, incidents = dict(memory.holds), dict(memory.incidents)
        resume_memory(memory, away=away, now=now)
        if memory is not self.state.memory:
            resume_memory(self.state.memory, away=away, now=now)
        page = self.page.name
        moved.holds += [(page, key, hold) for key, hold in memory.holds.items() if hold != holds[key]]
        moved.incidents += [
            (page, incident) for place, incident in memory.incidents.items() if incident != incidents[place]
        ]
        remember_blast(self.page, memory.blast, moved)
        for draft in self.page.drafts.values():
            moved.drafts.append(later(draft, away, now))
        self.page.drafts.update({draft.id: draft for draft in moved.drafts})
        state = State(self.page.ruleset, self.state.memory, unsaved=self.state.unsaved)
        self._heard = {health.source: health for health in self._intake.sources}
        self._pending.clear()
        self._begin_anew(state, {signal.key: signal for signal in self._intake.signals})
        return moved

    def _note_cap(self, changes: Changes, now: float) -> None:
        """Write down that another cap is in force; each life begins with none."""
        level = self.page.settings.automation_max
        if level is not self._level:
            self._level = level
            detail: dict[str, Fact] = {"level": level}
            changes.journal.append(
                JournalEntry(now, JournalKind.GUARD, self.page.name, "automation_max", Reason.CAPPED, detail)
            )

    def _changes(self, taken: Step, now: float) -> Changes:
        page = self.page.name
        entries = DecisionEntries(page, self.state, now)
        changes = Changes(
            signals_gone=self._intake.forget(taken.forgotten, now),
            journal=entries.of_step(taken, trial=self._kept is not None),
        )
        if self._kept is None:
            if self._before is not None:
                changes.journal += entries.of_other_rules(self._before, taken)
                self._before = None
            changes.holds += [(page, key, hold) for key, hold in taken.holds.items()]
            changes.incidents += [(page, memory) for memory in taken.incidents.values()]
            changes.incidents_gone += [(page, place) for place in taken.incidents_gone]
            if taken.blast is not None:
                remember_blast(self.page, taken.blast, changes)
        for decision in taken.decisions:
            self._metrics.decisions.labels(page, decision.reason).inc()
        _log(page, changes.journal[:LINES])
        _warn(page, taken.decisions)
        self._note_cap(changes, now)
        forget_notifications(self.page, changes, now)
        note_people(self.page, changes, now)
        note_drafts(self.page, changes, now)
        note_unannounced(self.page, changes, now)
        for series, hour in self.page.points.forget(now):
            changes.points_gone.append((page, series, hour))
        pin_confirmed(self.page, changes, now)
        note_rules(self.page, changes, now)
        if self._kept is not None and self.page.held_rules is None:
            self._let_go_of_memory(changes, now)
        return changes


def _nothing() -> None:
    pass


def _log(page: str, entries: Iterable[JournalEntry]) -> None:
    for entry in entries:
        logger.info("decided", page=page, kind=entry.kind, subject=entry.subject, reason=entry.reason)


def _warn(page: str, decisions: Iterable[Decision]) -> None:
    """Tell operators what they may have to act on."""
    for decision in decisions:
        match decision:
            case SourceDecision(reason=Reason.SOURCE_BLIND):
                logger.warning("source_is_blind", page=page, source=decision.source)
            case BlastDecision(reason=Reason.BLAST_HELD | Reason.BLAST_OVERDUE):
                logger.warning(
                    "blast_radius_exceeded",
                    page=page,
                    reason=decision.reason,
                    hold=decision.hold.id,
                    components=len(decision.hold.caps),
                )
            case _:
                pass
