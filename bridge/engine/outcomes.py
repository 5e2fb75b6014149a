"""What became of a request: from its outcome to the page as we know it, and to what is to be committed. Sends nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from bridge.core.answers import (
    ComponentList,
    ComponentRow,
    IncidentList,
    IncidentRow,
    MaintenanceList,
    MetricList,
    PageRow,
    PointsAccepted,
    PostmortemRow,
    TemplateList,
)
from bridge.core.changes import Changes
from bridge.core.intents import OF_MAINTENANCES, Done, IntentState, NotSent, Outcome, Unknown, event_of
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.observed import IDENTIFIED_WITHIN, MAINTENANCES, UNREAD_AFTER, ListKind
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
from bridge.core.page import LONGEST_BACKOFF, Backoff, Refusal
from bridge.core.reasons import Reason
from bridge.core.telling import goes_back
from bridge.engine.drafts import note_drafts
from bridge.engine.identity import page_read
from bridge.engine.intents import finish_intent, lose_write, move_intent, tell_component
from bridge.engine.own_maintenances import (
    maintenance_not_found,
    maintenance_read,
    tell_write,
)
from bridge.engine.postmortems import postmortem_answered, postmortem_not_sent, postmortem_read

if TYPE_CHECKING:
    from bridge.core.intents import Intent, OperationId
    from bridge.core.page import Page
    from bridge.engine.observer import Observer

REFUSED_AS_INVALID = frozenset({Reason.REJECTED, Reason.NOT_FOUND})


CLOCKS_APART = 86_400.0
"""Seconds by which the page's clock may differ from ours: incidents that are older than a create by more than that need no search."""

NOT_THE_TARGETS = frozenset(
    {Reason.RATE_LIMITED, Reason.REFUSED_CONNECTION, Reason.UNAUTHORIZED, Reason.OUTDATED}
)
"""Refusals that say nothing about what was asked: they hold back the whole page, or nothing."""

NOTHING_READ = NOT_THE_TARGETS - {Reason.UNAUTHORIZED}
"""After which a list was not tried; a token may be refused for one list alone."""


class Outcomes:
    """Applies outcomes to one page."""

    def __init__(self, page: Page, observer: Observer) -> None:
        self._page = page
        self._observer = observer

    def apply(
        self,
        operation: Operation,
        operation_id: OperationId,
        outcome: Outcome,
        *,
        began_at: float,
        now: float,
    ) -> Changes:
        """Enter an outcome. The changes returned must be committed before anything is decided by them is sent; commits keep their order."""
        changes = Changes()
        intent = self._page.intents.get(operation_id)
        if intent is not None:
            move_intent(self._page, intent, event_of(outcome), reason=outcome.reason, changes=changes)
        match outcome:
            case Done(body=body):
                self._page.backoffs.pop(operation.target, None)
                if intent is not None:
                    self._page.refused.pop(operation.target, None)
                # Of a write without its intent, a list has shown it before its answer came, and that was entered then.
                if intent is not None or not isinstance(
                    operation, WriteIncident | WriteMaintenance | SetComponent
                ):
                    self._done(operation, intent, body, changes, began_at=began_at, now=now)
            case NotSent(reason=reason):
                if reason not in NOT_THE_TARGETS:
                    self._page.back_off(operation.target, now)
                self._not_sent(operation, operation_id, reason, changes, now=now)
            case Unknown():
                self._page.back_off(operation.target, now)
                self._unknown(operation, intent, changes, now)
        settles = isinstance(operation, FindIncident) or (
            isinstance(operation, ReadIncident) and operation.settles is not None
        )
        if settles or isinstance(operation, WriteIncident):
            note_drafts(self._page, changes, now)
        return changes

    def _done(
        self,
        operation: Operation,
        intent: Intent | None,
        body: object,
        changes: Changes,
        *,
        began_at: float,
        now: float,
    ) -> None:
        match operation, body:
            case ReadPage(), PageRow():
                page_read(self._page, body, changes, now)
            case ReadList(), (
                ComponentList() | IncidentList() | MaintenanceList() | MetricList() | TemplateList()
            ):
                changes.extend(self._observer.list_read(operation, body, began_at=began_at, now=now))
            case ReadIncident() | IdentifyIncident(), IncidentRow():
                self._incident_read(operation, body, changes, began_at=began_at, now=now)
            case FindIncident(), IncidentList():
                self._searched(operation, body, changes, now)
            case ((WriteIncident() | WriteMaintenance()), IncidentRow()) if intent is not None:
                tell_write(self._page, intent, body, changes, now=now, answered=True)
                for part in operation.parts if isinstance(operation, WriteIncident) else ():
                    tell_component(self._page, part, intent.operation, changes, now=now)
            case SetComponent(), ComponentRow() if intent is not None:
                tell_component(self._page, operation, intent.operation, changes, now=now)
            case PushPoints(), PointsAccepted():
                self._points_sent(operation, changes)
            case ReadPostmortem() | DraftPostmortem(), PostmortemRow():
                postmortem_answered(self._page, operation, body, changes, began_at=began_at, now=now)
            case _:
                raise AssertionError(f"{type(body).__name__} does not answer {type(operation).__name__}")

    def _points_sent(self, operation: PushPoints, changes: Changes) -> None:
        for _, series, points in operation.points:
            hours = self._page.points.mark_sent(series, [bucket for bucket, _ in points])
            changes.points.extend((self._page.name, hour) for hour in hours)

    def _incident_read(
        self,
        operation: ReadIncident | IdentifyIncident,
        row: IncidentRow,
        changes: Changes,
        *,
        began_at: float,
        now: float,
    ) -> None:
        if isinstance(operation, IdentifyIncident):
            changes.extend(self._observer.incident_identified(row, began_at=began_at, now=now))
            return
        intent = operation.settles
        if intent is not None and intent.operation in self._page.intents:
            if row.operation == intent.operation:
                finish_intent(self._page, intent, IntentState.ADOPTED, changes, now=now)
                tell_write(self._page, intent, row, changes, now=now)
            else:
                finish_intent(self._page, intent, IntentState.NOT_APPLIED, changes, now=now)
        if row.maintenance is not None:
            maintenance_read(self._page, row.maintenance, operation.key, changes, now=now)
            return
        changes.extend(self._observer.incident_read(row, operation.key, began_at=began_at, now=now))
        if operation.key in self._page.suspect:
            self._page.back_off(operation.target, now)  # it is read once more, not at full speed

    def _searched(self, operation: FindIncident, answer: IncidentList, changes: Changes, now: float) -> None:
        intent = operation.settles
        if intent.operation not in self._page.intents:
            return  # found meanwhile, in a list
        rows = [self._observer.known(row) for row in answer.rows]
        found = next((row for row in rows if row.operation == intent.operation), None)
        if found is not None:
            finish_intent(self._page, intent, IntentState.ADOPTED, changes, now=now)
            tell_write(self._page, intent, found, changes, now=now)
        elif unidentified := self._candidates(intent, rows):
            for row in unidentified:
                self._page.observed.unidentified.setdefault(row.id, 0)
        elif answer.last or self._before(intent, answer):
            finish_intent(self._page, intent, IntentState.NOT_APPLIED, changes, now=now)
        else:
            self._page.searches[intent.operation] = operation.number + 1

    def _candidates(self, intent: Intent, rows: list[IncidentRow]) -> list[IncidentRow]:
        """What the lost create may have made, and what has to be read by itself because the list does not say whose it is."""
        oldest = self._oldest(intent)
        failures = self._page.observed.unidentified
        return [
            row
            for row in rows
            if row.hidden
            and row.key is None
            and (row.status is not None or row.maintenance is not None)
            and row.created_at >= oldest
            and failures.get(row.id, 0) < IDENTIFIED_WITHIN
        ]

    def _before(self, intent: Intent, answer: IncidentList) -> bool:
        """Whether everything from here on was created long before the write that is looked for."""
        return all(row.created_at < self._oldest(intent) for row in answer.rows)

    def _oldest(self, intent: Intent) -> float:
        # Our machine's clock may be what is wrong: an offset never shortens the search.
        return intent.began_at + min(0.0, self._page.clock_offset) - CLOCKS_APART

    def _not_sent(
        self,
        operation: Operation,
        operation_id: OperationId,
        reason: Reason,
        changes: Changes,
        *,
        now: float,
    ) -> None:
        if isinstance(operation, ReadList):
            self._list_failed(operation, now, of_itself=reason not in NOTHING_READ)
        if isinstance(operation, IdentifyIncident) and reason not in NOT_THE_TARGETS:
            self._observer.not_identified(operation.incident_id, gone=reason is Reason.NOT_FOUND)
        if isinstance(operation, ReadPostmortem) and reason is Reason.NOT_FOUND:
            postmortem_read(self._page, operation, written=False, changes=changes, began_at=now)
        if isinstance(operation, DraftPostmortem):
            refused = reason in REFUSED_AS_INVALID
            postmortem_not_sent(self._page, operation, changes, refused=refused)
        if isinstance(operation, ReadIncident) and reason is Reason.NOT_FOUND and self._own(operation):
            maintenance_not_found(self._page, operation, changes, now=now)
        elif isinstance(operation, ReadIncident) and reason is Reason.NOT_FOUND:
            changes.extend(self._observer.incident_not_found(operation, now))
        elif reason in REFUSED_AS_INVALID and isinstance(
            operation, WriteIncident | WriteMaintenance | SetComponent | PushPoints
        ):
            if isinstance(operation, PushPoints):
                self._observer.list_failed(ListKind.METRICS, anew=True)  # one of them may be gone
            self._refuse(operation, operation_id, reason, changes, now=now)

    def _own(self, operation: ReadIncident) -> bool:
        """Whether a reading is about a maintenance of ours."""
        intent = operation.settles
        return operation.key in self._page.maintenances_told or (
            intent is not None and intent.kind in OF_MAINTENANCES
        )

    def _list_failed(self, operation: ReadList, now: float, *, of_itself: bool = True) -> None:
        page = self._page
        self._observer.list_failed(operation.kind, of_itself=of_itself)
        failures = page.observed.listings[operation.kind].failures
        known = page.observed.maintenances or page.maintenances_told
        if operation.kind in MAINTENANCES and failures >= UNREAD_AFTER and not known:
            # Nothing waits for it any more, and it is not to cost everything else a pause each minute. Where a maintenance is known, what it spares waits to hear that it is over.
            until = now + page.settings.maintenances_every
            page.backoffs[operation.target] = Backoff(until, LONGEST_BACKOFF)

    def _refuse(
        self,
        operation: WriteIncident | WriteMaintenance | SetComponent | PushPoints,
        operation_id: OperationId,
        reason: Reason,
        changes: Changes,
        *,
        now: float,
    ) -> None:
        """Count the refusals of exactly this; what is parked by that is told once."""
        page = self._page
        before = page.refused.get(operation.target)
        back = self._goes_back(operation)
        # What rides on a return may differ from try to try; that it goes back is what is refused.
        same = before is not None and (
            before.operation == operation or (back is not None and self._goes_back(before.operation) == back)
        )
        if before is None or not same:
            before = Refusal(operation, 0, reason)
        refused = replace(before, operation=operation, times=before.times + 1, reason=reason)
        if refused.parked and not refused.told:
            refused = replace(refused, told=True)
            detail: dict[str, str | int | float | None] = {"operation": operation_id, "refused": reason}
            changes.journal.append(
                JournalEntry(now, JournalKind.OUTCOME, page.name, operation.target, Reason.PARKED, detail)
            )
        page.refused[operation.target] = refused
        if back is not None and reason is Reason.REJECTED and refused.parked:
            page.one_way.add(back)

    def _goes_back(self, operation: Operation) -> str | None:
        """The id of the incident that a write would take back from monitoring, or None."""
        told = self._page.incidents_told.get(operation.key) if isinstance(operation, WriteIncident) else None
        if told is None or not isinstance(operation, WriteIncident):
            return None
        back = told.incident_id == operation.incident_id and goes_back(told, operation.status)
        return told.incident_id if back else None

    def _unknown(self, operation: Operation, intent: Intent | None, changes: Changes, now: float) -> None:
        match operation:
            case ReadList():
                self._list_failed(operation, now)
            case WriteIncident() | WriteMaintenance() | SetComponent():
                if intent is not None:
                    lose_write(self._page, intent, changes, now=now)
            case IdentifyIncident():
                self._observer.not_identified(operation.incident_id)
            case ReadPostmortem() | DraftPostmortem():
                pass  # it is looked at, once a write can have been applied
            case ReadPage() | ReadIncident() | FindIncident() | PushPoints():
                pass  # read again; the same points sent again change nothing
            case _:
                assert_never(operation)
