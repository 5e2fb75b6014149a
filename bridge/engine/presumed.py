"""The page as it would answer a dry run: what was read of it last, and on top of that what the dry run has written. Asks nobody, and sends nothing.

A write is presumed to be taken, and a reading to show what the lists showed that were read just before. What neither of them tells is not answered: then nothing follows from it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.answers import (
    ComponentRow,
    IncidentList,
    IncidentRow,
    MaintenanceMark,
    MaintenanceRow,
    PointsAccepted,
    PostmortemRow,
)
from bridge.core.maintenance_ledger import Standing
from bridge.core.observed import ListKind
from bridge.core.occurrences import wall_clock
from bridge.core.operations import (
    DraftPostmortem,
    PushPoints,
    ReadIncident,
    ReadList,
    ReadPostmortem,
    SetComponent,
    WriteIncident,
    WriteMaintenance,
)
from bridge.core.statuses import IncidentStatus

if TYPE_CHECKING:
    from bridge.core.answers import Answer
    from bridge.core.intents import OperationId
    from bridge.core.maintenance_ledger import MaintenanceTold
    from bridge.core.observed import ObservedIncident
    from bridge.core.operations import Operation
    from bridge.core.page import Page

NEW = "new-"
"""How the ids begin of what does not exist before it is created; the number of its call follows."""


class PresumedPage:
    """What a copy of a page would be answered."""

    def __init__(self, page: Page) -> None:
        """Go by a page.

        Args:
            page: the copy; read here, and changed by whoever enters the answers.
        """
        self._page = page
        self._updates = 0

    def answer(self, operation: Operation, name: OperationId, *, number: int, now: float) -> Answer | None:
        """What the page says to an operation; None where nothing that was read tells.

        Args:
            operation: what is asked.
            name: of this attempt.
            number: of the call, from 1; for the id of what it creates.
            now: our clock.
        """
        answer: Answer | None = None
        match operation:
            case WriteIncident():
                answer = self._written(operation, name, number, now)
            case WriteMaintenance():
                incident_id = operation.incident_id or f"{NEW}{number}"
                answer = IncidentRow(incident_id, None, operation.component_ids, wall_clock(self._page, now))
            case SetComponent():
                answer = ComponentRow(
                    operation.component_id, "", None, is_group=False, status=operation.status
                )
            case PushPoints():
                answer = PointsAccepted()
            case DraftPostmortem():
                answer = PostmortemRow(written=True)
            case ReadPostmortem():
                answer = PostmortemRow(written=False)  # said with the call (`PlannedCall.presumes`)
            case ReadIncident(settles=None):
                answer = self._read(operation)
            case ReadList(kind=ListKind.UNRESOLVED):
                # Asked for at once where something was created silently: it is announced when a list shows it alone.
                rows = tuple(self._listed(one) for one in self._page.observed.incidents.values())
                answer = IncidentList(rows, last=True)
            case _:
                pass
        return answer

    def _written(self, write: WriteIncident, name: OperationId, number: int, now: float) -> IncidentRow:
        page = self._page
        observed = page.observed.incidents.get(write.incident_id)
        told = page.incidents_told.get(write.key)
        before = _updates(observed) if observed is not None else (told.update_id,) if told is not None else ()
        status = write.status or (told.status if told is not None else None)
        if write.status is not None:
            self._updates += 1
            before = (f"{NEW}update-{self._updates}", *(before if write.incident_id else ()))
        return IncidentRow(
            write.incident_id or f"{NEW}{number}",
            status,
            write.component_ids,
            observed.created_at if observed is not None else wall_clock(page, now),
            before,
            write.key,
            write.episode,
            write.sequence,
            name,
            write.shown,
            announced=write.announced,
            identified_at=write.identified_at,
        )

    def _read(self, operation: ReadIncident) -> IncidentRow | None:
        page = self._page
        maintenance = page.maintenances_told.get(operation.key)
        if maintenance is not None and maintenance.incident_id == operation.incident_id:
            return self._maintenance_read(maintenance)
        observed = page.observed.incidents.get(operation.incident_id)
        told = page.incidents_told.get(operation.key)
        known = told is not None and told.incident_id == operation.incident_id
        if observed is not None:
            row = _row(observed)
            if told is not None and known and observed.operation is None and observed.key == told.key:
                return _with_operation(row, told.operation)  # its list shows no metadata
            return row
        if told is None or not known:
            return None
        if told.open:
            # It is on no list of those that go on: a person ended it, and how does not matter.
            return IncidentRow(operation.incident_id, IncidentStatus.RESOLVED, told.component_ids, 0.0)
        return IncidentRow(
            operation.incident_id,
            told.status,
            told.component_ids,
            0.0,
            (told.update_id,),
            told.key,
            told.episode,
            told.sequence,
            told.operation,
            announced=told.announced,
            identified_at=told.identified_at,
        )

    def _maintenance_read(self, told: MaintenanceTold) -> IncidentRow | None:
        row = self._page.observed.maintenance_rows.get(told.incident_id)
        if told.incident_id.startswith(NEW) or (row is not None and row.hidden):
            row = _as_told(told)
        if row is None:
            return None
        return IncidentRow(told.incident_id, None, row.component_ids, 0.0, maintenance=row)

    def _listed(self, observed: ObservedIncident) -> IncidentRow:
        row = _row(observed)
        for told in self._page.incidents_told.values():
            if told.incident_id == observed.id and observed.operation is None and observed.key == told.key:
                return _with_operation(row, told.operation)
        return row


def _updates(observed: ObservedIncident) -> tuple[str, ...]:
    """As many as there are; of those before the newest, nothing is known but that."""
    return (observed.update_id, *("" for _ in range(observed.updates - 1)))


def _row(observed: ObservedIncident) -> IncidentRow:
    return IncidentRow(
        observed.id,
        observed.status,
        observed.component_ids,
        observed.created_at,
        _updates(observed),
        observed.key,
        observed.episode,
        observed.sequence,
        observed.operation,
        announced=observed.announced,
        identified_at=observed.identified_at,
    )


def _with_operation(row: IncidentRow, operation: OperationId) -> IncidentRow:
    return replace(row, operation=operation)


def _as_told(told: MaintenanceTold) -> MaintenanceRow:
    mark = MaintenanceMark(
        told.key,
        told.episode,
        told.sequence,
        told.operation,
        told.begins_at,
        told.ends_at,
        told.planned_end,
        told.extended,
        told.open_ended,
    )
    over = told.standing is Standing.OVER
    return MaintenanceRow(
        told.incident_id,
        active=False,
        component_ids=told.component_ids,
        begins_at=told.begins_at,
        ends_at=told.ends_at,
        name=told.name,
        over=over,
        told=mark,
    )
