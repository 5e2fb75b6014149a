"""What the naive bridges share: the daemon's own decisions, an outbox on a disk that never fails, correct pacing, pauses that double. How an incident is created is theirs.

They are given every advantage that does not belong to the strategy: what is durable costs no time, no crash falls between a decision and its row in the outbox or between an answer
and its record, components are read every minute and mended.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bridge.core.desired import IncidentDecision, Memory
from bridge.core.holds import NEVER
from bridge.core.intents import Done, NotSent, Outcome
from bridge.core.reasons import Reason
from bridge.core.state import State
from bridge.core.statuses import ComponentStatus
from bridge.core.step import step
from bridge.core.text import incident_body, incident_title
from bridge.statuspage.incidents import IncidentWrite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bridge.core.desired import Step
    from bridge.core.rules import RuleSet
    from bridge.core.signals import Signal, SignalKey
    from bridge.statuspage.client import StatuspageClient
    from bridge.statuspage.models import Incident

TIMEOUT = 30.0
SPACING = 1.1
"""Seconds between two requests: 55 a minute."""

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
READ_EVERY = 60.0
RATE_LIMITED_PAUSE = 60.0

TOLD = frozenset({Reason.OPENED, Reason.ESCALATED, Reason.RECOVERED, Reason.RETURNED, Reason.MONITORED_FOR})
NOTIFYING = frozenset({Reason.OPENED, Reason.ESCALATED, Reason.MONITORED_FOR})
DEFINITE = frozenset({Reason.REJECTED, Reason.NOT_FOUND})


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the outbox: one transition of an incident that is still to be told.

    Attributes:
        episode: which life of the incident.
        opens: whether it creates the incident.
        write: what is sent.
    """

    episode: int
    opens: bool
    write: IncidentWrite


@dataclass(slots=True)
class Disk:
    """What outlives a kill. Every change is durable at once."""

    signals: dict[SignalKey, Signal] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    outbox: list[Row] = field(default_factory=list)
    incident_ids: dict[int, str] = field(default_factory=dict)


class Create(Protocol):
    """A strategy: how an incident is created, each time that its row is tried."""

    async def __call__(self, rival: Rival, write: IncidentWrite) -> Outcome:
        """Try once. `Done` holds the incident."""
        ...


class Rival:
    """One life of a naive bridge."""

    def __init__(
        self,
        client: StatuspageClient,
        disk: Disk,
        ruleset: RuleSet,
        *,
        create: Create,
        now: Callable[[], float],
    ) -> None:
        self.client = client
        self._disk = disk
        self._ruleset = ruleset
        self._create = create
        self._now = now
        self._changed: list[Signal] = list(disk.signals.values())
        self._wanted: dict[str, ComponentStatus] = {}
        self._ids: dict[str, str] = {}
        self._next_slot = 0.0
        self._signalled, self._outbox_grew, self._wanted_changed = (asyncio.Event() for _ in range(3))

    def accept(self, signals: Iterable[Signal]) -> None:
        """Take a delivery; it is durable when this returns."""
        for signal in signals:
            self._disk.signals[signal.key] = signal
            self._changed.append(signal)
        self._signalled.set()

    async def run(self) -> None:
        """Run until killed."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._evaluate(), name="evaluate")
            group.create_task(self._tell(), name="tell")
            group.create_task(self._keep_components(), name="components")

    # --- decisions

    async def _evaluate(self) -> None:
        remembered = self._disk.memory
        state = State(self._ruleset, Memory(dict(remembered.holds), dict(remembered.incidents)))
        while True:
            self._signalled.clear()
            changed, self._changed = self._changed, []
            taken = step(state, changed, self._now())
            # One transaction: what was decided, and what is to be told because of it.
            self._disk.memory = Memory(dict(state.memory.holds), dict(state.memory.incidents))
            self._disk.outbox.extend(self._rows(taken))
            self._outbox_grew.set()
            self._wanted = {
                name: state.desired.components.get(name, ComponentStatus.OPERATIONAL)
                for name in self._ruleset.component_names
            }
            self._wanted_changed.set()
            await wait(self._signalled, taken.wake_at - self._now())

    def _rows(self, taken: Step) -> Iterable[Row]:
        rules = {rule.id: rule for rule in self._ruleset.incidents}
        for decision in taken.decisions:
            if isinstance(decision, IncidentDecision) and decision.reason in TOLD:
                memory, reason = decision.memory, decision.reason
                rule, opens = rules[memory.rule], reason is Reason.OPENED
                write = IncidentWrite(
                    deliver_notifications=reason in NOTIFYING,
                    name=incident_title(rule).text if opens else None,
                    status=memory.phase.status,
                    body=incident_body(rule, reason, memory.components).text,
                    metadata={"bridge": {"key": memory.rule, "episode": memory.episode}},
                )
                yield Row(memory.episode, opens, write)

    # --- incidents

    async def _tell(self) -> None:
        outbox = self._disk.outbox
        while True:
            self._outbox_grew.clear()
            while outbox:
                await self._until_told(outbox[0])
                outbox.pop(0)
            await self._outbox_grew.wait()

    async def _until_told(self, row: Row) -> None:
        """Send a row until it is answered; what is certainly not accepted is given up."""
        ids, pause = self._disk.incident_ids, FIRST_PAUSE
        while True:
            if row.opens:
                outcome = await self._create(self, row.write)
            elif row.episode in ids:
                await self.slot()
                outcome = await self.client.update_incident(ids[row.episode], row.write, timeout=TIMEOUT)
            else:
                return  # it could not be opened
            if isinstance(outcome, Done):
                ids[row.episode] = incident_of(outcome).id
                return
            if isinstance(outcome, NotSent) and outcome.reason in DEFINITE:
                return
            pause = await self._after_failure(outcome, pause)

    async def _after_failure(self, outcome: Outcome, pause: float) -> float:
        """Wait; returns the next pause."""
        if isinstance(outcome, NotSent) and outcome.reason is Reason.RATE_LIMITED:
            await asyncio.sleep(outcome.retry_after or RATE_LIMITED_PAUSE)
        else:
            await asyncio.sleep(pause)
        return min(pause * 2, LONGEST_PAUSE)

    async def slot(self) -> None:
        """Wait for one's turn."""
        at = self._next_slot = max(self._next_slot + SPACING, self._now())
        await asyncio.sleep(at - self._now())

    # --- components: read every minute, and written until they show what is wanted

    async def _keep_components(self) -> None:
        shown: dict[str, ComponentStatus | None] = {}
        read_at, pause = float("-inf"), FIRST_PAUSE
        while True:
            self._wanted_changed.clear()
            if self._now() - read_at >= READ_EVERY:
                await self.slot()
                outcome = await self.client.list_components(1, timeout=TIMEOUT)
                if isinstance(outcome, Done):
                    read_at, shown = self._now(), self._read(outcome)
            for name, component_id in self._ids.items():
                wanted = self._wanted.get(name)
                if wanted is None or shown.get(component_id) is wanted:
                    continue
                await self.slot()
                outcome = await self.client.set_component(component_id, wanted, timeout=TIMEOUT)
                if isinstance(outcome, Done):
                    shown[component_id] = wanted
            wrong = any(
                shown.get(self._ids.get(name, "")) is not status for name, status in self._wanted.items()
            )
            if wrong:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                pause = FIRST_PAUSE
                await wait(self._wanted_changed, read_at + READ_EVERY - self._now())

    def _read(self, outcome: Done) -> dict[str, ComponentStatus | None]:
        rows = outcome.body
        assert isinstance(rows, tuple)
        groups = {row.id: row.name for row in rows if row.group}
        self._ids = {
            f"{groups[row.group_id]} / {row.name}" if row.group_id else row.name: row.id
            for row in rows
            if not row.group
        }
        return {row.id: row.known_status for row in rows if not row.group}


def incident_of(outcome: Done) -> Incident:
    """The incident that an answer holds."""
    incident: Incident = outcome.body  # type: ignore[assignment]  # the call's own type
    return incident


async def wait(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, for so many seconds at most."""
    with suppress(TimeoutError):
        async with asyncio.timeout(None if seconds == NEVER else max(0.0, seconds)):
            await event.wait()
