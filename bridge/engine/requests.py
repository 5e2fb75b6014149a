"""One request, from its slot to its outcome: which targets it makes busy, what is committed before it and what after. Sends nothing itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from bridge.core.changes import Changes
from bridge.core.intents import Done, Intent, IntentKind, NotSent
from bridge.core.journal import JournalEntry, JournalKind, of_group
from bridge.core.notifications import note_begun, note_notified
from bridge.core.operations import (
    DraftPostmortem,
    FindIncident,
    IdentifyIncident,
    Operation,
    PushPoints,
    ReadIncident,
    ReadList,
    ReadPage,
    ReadPostmortem,
    SetComponent,
    WriteIncident,
    WriteMaintenance,
)
from bridge.core.payload import encode_write
from bridge.core.reasons import Reason
from bridge.core.statuses import Automation
from bridge.engine.postmortems import begin_postmortem

if TYPE_CHECKING:
    from bridge.core.guards import GuardRecord
    from bridge.core.intents import OperationId, Outcome, Target
    from bridge.core.journal import Fact
    from bridge.core.pacing import Slot
    from bridge.core.page import Page
    from bridge.engine.cap import Cap
    from bridge.engine.outcomes import Outcomes
    from bridge.engine.ports import Statuspage

KINDS: dict[type[Operation], str] = {
    ReadPage: "read_page",
    ReadList: "read_list",
    ReadIncident: "read_incident",
    IdentifyIncident: "identify_incident",
    FindIncident: "find_incident",
    WriteIncident: "write_incident",
    WriteMaintenance: "write_maintenance",
    SetComponent: "set_component",
    PushPoints: "push_points",
    ReadPostmortem: "read_postmortem",
    DraftPostmortem: "draft_postmortem",
}
"""What operations are called in the journal, in metrics and in the log."""

Facts: TypeAlias = "dict[str, Fact]"


@dataclass(slots=True)
class Desk:
    """One page as the dispatcher works on it.

    Attributes:
        page: what is known of it.
        statuspage: its door.
        outcomes: where outcomes are entered.
        cap: the most that may be done on it now.
        paused_until: our clock; nothing is sent before, because the page refuses the token or cannot be reached.
        pause: seconds of the last such pause; the next is longer.
        unauthorized: the token was refused, and no request has succeeded since.
    """

    page: Page
    statuspage: Statuspage
    outcomes: Outcomes
    cap: Cap
    paused_until: float = 0.0
    pause: float = 0.0
    unauthorized: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One request that has its slot.

    Attributes:
        desk: whose page it is about.
        operation: what it does.
        slot: its place in the window.
        intent: of a write.
        commanded: how many commands had come into force when it was planned.
        planned_under: the most that might be done then.
    """

    desk: Desk
    operation: Operation
    slot: Slot
    intent: Intent | None
    commanded: int = 0
    planned_under: Automation = Automation.FULL
    noted: list[GuardRecord] = field(default_factory=list)
    """What guards remember of it; entered when its targets are marked."""

    @property
    def overtaken(self) -> bool:
        """Whether a command came into force since it was planned, or less may be done. What only reads is as good as before."""
        writes = self.intent is not None or isinstance(self.operation, PushPoints | DraftPostmortem)
        lowered = self.desk.page.automation_max.level < self.planned_under.level
        return writes and (lowered or self.commanded != self.desk.page.commanded)

    @property
    def kind(self) -> str:
        """What the operation is called."""
        return KINDS[type(self.operation)]

    @property
    def notifying(self) -> bool:
        """Whether it is a write that readers of the page can see."""
        return self.intent is not None

    def mark(self) -> None:
        """Make its targets busy, before anything is awaited."""
        page = self.desk.page
        for target in targets(self.operation):
            page.in_flight[target] = self.slot.operation
        if isinstance(self.operation, PushPoints):
            for _, series, points in self.operation.points:
                page.points.begin(series, (bucket for bucket, _ in points))
        if self.intent is not None:
            page.intents[self.slot.operation] = self.intent
        if isinstance(self.operation, WriteIncident):
            # At once: the next plan must not find room for a notification that this one takes.
            self.noted.extend(note_begun(page, self.operation, self.slot.operation, self.slot.taken_at))
        elif isinstance(self.operation, WriteMaintenance) and self.operation.notify:
            self.noted.append(note_notified(page, self.slot.operation, self.slot.taken_at))

    def begun(self, budget: str) -> Changes:
        """What is committed before it is sent."""
        changes = Changes(slots=[(budget, self.slot)])
        if self.intent is not None:
            changes.intents.append(self.intent)
            detail: Facts = {"operation": self.slot.operation, "kind": self.kind, **facts(self.operation)}
            changes.journal.append(self._entry(JournalKind.REQUEST, self.slot.taken_at, detail))
            if isinstance(self.operation, WriteIncident) and self.operation.silenced:
                changes.journal.append(
                    JournalEntry(
                        self.slot.taken_at,
                        JournalKind.GUARD,
                        self.operation.page,
                        self.operation.target,
                        Reason.SILENCED,
                        {"operation": self.slot.operation},
                    )
                )
            if isinstance(self.operation, WriteIncident) and self.operation.withheld:
                changes.journal.append(
                    JournalEntry(
                        self.slot.taken_at,
                        JournalKind.GUARD,
                        self.operation.page,
                        self.operation.target,
                        Reason.WITHHELD,
                        {"operation": self.slot.operation, "leaks": ", ".join(self.operation.withheld)},
                    )
                )
        changes.guards += self.noted
        if isinstance(self.operation, DraftPostmortem):
            changes.guards += begin_postmortem(self.desk.page, self.operation, self.slot.held_until)
        return changes

    def ended(self, outcome: Outcome, now: float) -> Changes:
        """Enter its outcome and free its targets. Returns what is to be committed.

        Reads and points that were done stay out of the journal: they say nothing in public.
        """
        page = self.desk.page
        changes = self.desk.outcomes.apply(
            self.operation, self.slot.operation, outcome, began_at=self.slot.taken_at, now=now
        )
        for target in targets(self.operation):
            page.in_flight.pop(target, None)
        if isinstance(outcome, NotSent):
            # What was not sent took no notification and silenced nothing.
            for record in self.noted:
                if page.guards.pop(record.key, None) is not None:
                    changes.guards_gone.append((page.name, *record.key))
        if self.intent is not None or not isinstance(outcome, Done):
            detail: Facts = {
                "operation": self.slot.operation,
                "kind": self.kind,
                "message": "" if isinstance(outcome, Done) else outcome.message,
                "seconds": now - self.slot.taken_at,
            }
            entry = JournalEntry(
                now, JournalKind.OUTCOME, page.name, self.operation.target, outcome.reason, detail
            )
            changes.journal.append(entry)
        return changes

    def _entry(self, kind: JournalKind, at: float, detail: Facts) -> JournalEntry:
        operation = self.operation
        return JournalEntry(at, kind, operation.page, operation.target, operation.reason, detail)


def intent_of(
    operation: Operation, operation_id: OperationId, *, now: float, deadline: float
) -> Intent | None:
    """The intent of a write; None for what may be repeated freely."""
    match operation:
        case WriteIncident():
            kind = IntentKind.UPDATE_INCIDENT if operation.incident_id else IntentKind.CREATE_INCIDENT
            incident_id, touches = operation.incident_id, operation.touches
        case WriteMaintenance():
            kind = IntentKind.UPDATE_MAINTENANCE if operation.incident_id else IntentKind.CREATE_MAINTENANCE
            incident_id, touches = operation.incident_id, ()
        case SetComponent():
            kind, incident_id, touches = IntentKind.SET_COMPONENT, "", ()
        case _:
            return None
    return Intent(
        operation_id,
        kind,
        operation.target,
        operation.page,
        began_at=now,
        deadline=deadline,
        payload=encode_write(operation),
        incident_id=incident_id,
        touches=touches,
    )


def targets(operation: Operation) -> tuple[Target, ...]:
    """Everything that no other request may be about while this one is under way."""
    if isinstance(operation, WriteIncident):
        return (operation.target, *operation.touches)
    return (operation.target,)


def facts(operation: Operation) -> Facts:
    """What an operation says in public, for the journal and the log."""
    match operation:
        case WriteIncident():
            return {
                "rule": operation.place[0],
                **of_group(operation.place[1]),
                "incident_id": operation.incident_id,
                "status": operation.status,
                "episode": operation.episode,
                "sequence": operation.sequence,
                "notify": operation.notify,
                "draft": operation.draft,
                "components": ", ".join(f"{name}={status}" for name, status in operation.components),
            }
        case WriteMaintenance():
            return {
                "rule": operation.rule,
                "incident_id": operation.incident_id,
                "status": operation.status,
                "episode": operation.episode,
                "sequence": operation.sequence,
                "notify": operation.notify,
                "begins_at": operation.begins_at,
                "ends_at": operation.ends_at,
            }
        case SetComponent():
            return {"status": operation.status}
        case _:
            return {}
