"""Bookkeeping of writes: how an intent ends, and what the ledger says after it. Pure changes of a page and of what is to be committed; sends and reads nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.commands import StandingKind
from bridge.core.intents import (
    INTENT_TRANSITIONS,
    LIVE,
    OF_MAINTENANCES,
    Intent,
    IntentEvent,
    IntentKind,
    IntentState,
)
from bridge.core.journal import JournalEntry, JournalKind, of_group
from bridge.core.ledger import ComponentTold, IncidentTold
from bridge.core.notifications import still_silenced
from bridge.core.observed import ObservedIncident
from bridge.core.operations import SetComponent, Write, WriteIncident, WriteMaintenance
from bridge.core.overrides import spent
from bridge.core.payload import decode_component_write, decode_incident_write, decode_maintenance_write
from bridge.core.postmortems import note_told
from bridge.core.reasons import Reason
from bridge.core.standing import is_released
from bridge.core.statuses import ComponentStatus, IncidentStatus
from bridge.engine.enforcement import enforce

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.answers import IncidentRow
    from bridge.core.changes import Changes
    from bridge.core.intents import OperationId
    from bridge.core.page import Page

_SETTLED = {IntentState.ADOPTED: Reason.ADOPTED, IntentState.NOT_APPLIED: Reason.NOT_APPLIED}


def move_intent(
    page: Page, intent: Intent, event: IntentEvent, *, reason: Reason, changes: Changes
) -> Intent:
    """Enter what happened to an intent, by the transition table."""
    moved = replace(intent, state=INTENT_TRANSITIONS[intent.state, event], reason=reason)
    if moved.state in LIVE:
        page.intents[moved.operation] = moved
    else:
        page.intents.pop(moved.operation, None)
        page.searches.pop(moved.operation, None)
    changes.intents.append(moved)
    return moved


def finish_intent(page: Page, intent: Intent, state: IntentState, changes: Changes, *, now: float) -> None:
    """A lost write was found on the page, or found absent after the time by which it would have been applied."""
    event = IntentEvent.FOUND if state is IntentState.ADOPTED else IntentEvent.ABSENT
    moved = move_intent(page, intent, event, reason=_SETTLED[state], changes=changes)
    detail: dict[str, str | int | float | None] = {
        "operation": intent.operation,
        "waited": now - intent.began_at,
    }
    changes.journal.append(
        JournalEntry(
            now, JournalKind.OUTCOME, page.name, intent.target, moved.reason or Reason.SETTLE_UNKNOWN, detail
        )
    )


def tell_incident(
    page: Page, intent: Intent, row: IncidentRow, changes: Changes, *, now: float, answered: bool = False
) -> None:
    """A write to an incident was applied: the ledger says so, and the page is known to show it.

    With `answered`, its own answer shows it; else it was found later.

    Of the components that rode on it this says nothing: where the answer was lost, they may have been written again since.
    """
    write = decode_incident_write(page.name, intent.payload)
    if write.reason is Reason.TWIN:
        page.observed.incidents.pop(row.id, None)
        page.twins.pop(row.id, None)
        return  # the ledger goes on with the other one
    before = page.incidents_told.get(write.key)
    status = write.status if write.status is not None else before.status if before is not None else None
    released = is_released(page, row.id)
    if released:
        status = IncidentStatus.RESOLVED  # as far as we are concerned; what this told is told
    if status is None:
        return  # a quiet change of an incident that the ledger does not know: adopted by the next list
    earlier = before if before is not None and before.incident_id == row.id else None
    # One that the ledger does not have yet was read before it was written to.
    known = earlier or (page.observed.incidents.get(row.id) if write.incident_id else None)
    interrupted = _interrupted(row, known, write, answered=answered)
    if interrupted and not (earlier is not None and earlier.yielded):
        changes.journal.append(
            JournalEntry(
                now,
                JournalKind.OBSERVED,
                page.name,
                write.place[0],
                Reason.YIELDED,
                {"incident_id": row.id, **of_group(write.place[1])},
            )
        )
    told = IncidentTold(
        page.name,
        write.place,
        write.key,
        row.id,
        write.episode,
        write.sequence,
        status,
        write.high_water,
        write.component_ids,
        intent.operation,
        now,
        row.update_id,
        yielded=interrupted or (earlier is not None and earlier.yielded),
        announced=write.announced,
        identified_at=write.identified_at,
    )
    if (
        released
        and earlier is not None
        and (earlier.episode, earlier.sequence) > (told.episode, told.sequence)
    ):
        # What went on when it was let go is not told again, however old the write is that is answered now.
        told = replace(told, episode=earlier.episode, sequence=earlier.sequence)
    silenced = still_silenced(page, before, told)
    page.guards.update({record.key: record for record in silenced})
    changes.guards += silenced
    page.incidents_told[write.key] = told
    changes.incidents_told.append(told)
    account = note_told(page, write, row.id, yielded=told.yielded, now=now)
    if account is not None:
        page.guards[account.key] = account
        changes.guards.append(account)
    if status is IncidentStatus.RESOLVED:
        page.one_way.discard(row.id)
        page.observed.incidents.pop(row.id, None)
    else:
        page.observed.incidents[row.id] = ObservedIncident(
            row.id,
            status,
            write.key,
            write.episode,
            write.sequence,
            intent.operation,
            write.component_ids,
            now,
            now,
            row.update_id,
            row.created_at,
            len(row.updates),
            announced=write.announced,
            identified_at=write.identified_at,
        )


def _interrupted(
    row: IncidentRow, known: IncidentTold | ObservedIncident | None, write: WriteIncident, *, answered: bool
) -> bool:
    """Whether there is more to be seen than a write of ours made: a person acted between our last reading and the write.

    Their update may lie under ours, where a look at the newest one would never find it. `known` is what we knew before; None where the write created the incident.
    """
    if known is None:
        return len(row.updates) > 1
    if write.status is None and row.status is not known.status:
        return True  # a quiet change says no status
    if known.update_id not in row.updates:
        return False  # that update was deleted, or the page shows none
    newer = row.updates[: row.updates.index(known.update_id)]
    if write.status is not None:
        return len(newer) > 1
    # Whether a quiet change makes an update nobody has recorded. If it does, nobody wrote its text and it asks for no mail; any other is a person's, and so is what was only found later.
    ours = int(answered and row.worded.isdisjoint(newer))
    return len(newer) > ours


def tell_component(
    page: Page, write: SetComponent, operation: OperationId, changes: Changes, *, now: float
) -> None:
    """A component was written: the ledger says so, and the page is known to show it.

    If an earlier write to it is still lost, that one may yet be applied over this one; it stays in mind until then.
    """
    component_id, status = write.component_id, write.status
    before = page.components_told.get(component_id)
    observed = page.observed.components.get(component_id)
    if observed is not None:
        page.observed.components[component_id] = replace(
            observed,
            status=status,
            read_at=now,
            reads=1,
            page_own=False,
            doubtful_until=now + page.settings.lists_lag,
        )
    if page.taken.pop(component_id, None) is not None:  # it had been handed back
        changes.taken_gone.append((page.name, component_id))
    # What was lost before may land on top of this; only a reading after its last chance tells, however late that comes.
    open_until = before.unsettled_until if before is not None else None
    overridden = (StandingKind.OVERRIDE, component_id) in page.standing
    if status is ComponentStatus.OPERATIONAL and open_until is None and not overridden:
        if page.components_told.pop(component_id, None) is not None:
            changes.components_told_gone.append((page.name, component_id))
        return
    # What those were written over is not: this one was written over it too.
    possible = dict.fromkeys(_lost_values(page, component_id)) if open_until is not None else {}
    possible.pop(status, None)
    told = ComponentTold(page.name, component_id, status, operation, now, tuple(possible), open_until)
    page.components_told[component_id] = told
    changes.components_told.append(told)
    _use_up(page, changes)


def _lost_values(page: Page, component_id: str) -> Iterator[ComponentStatus]:
    """The values that lost writes carry which may yet be applied to a component."""
    for intent in page.intents.values():
        if intent.state is IntentState.UNKNOWN:
            for part in _parts(written(page, intent)):
                if part.component_id == component_id:
                    yield part.status


def _use_up(page: Page, changes: Changes) -> None:
    """What was given to be written over has been, once."""
    used = spent(page)
    enforce(page, used)
    changes.extend(used)


def _lose_component(page: Page, write: SetComponent, intent: Intent, changes: Changes, *, now: float) -> None:
    component_id, status = write.component_id, write.status
    before = page.components_told.get(component_id)
    observed = page.observed.components.get(component_id)
    shown = (
        observed.status
        if observed is not None and observed.status is not None
        else ComponentStatus.OPERATIONAL
    )
    possible = dict.fromkeys((*(before.possible if before is not None else ()), shown))
    if before is not None:
        possible[before.status] = None
    possible.pop(status, None)
    until = intent.settled_at(page.settings.settle_for)
    if before is not None and before.unsettled_until is not None:
        until = max(until, before.unsettled_until)
    told = ComponentTold(page.name, component_id, status, intent.operation, now, tuple(possible), until)
    page.components_told[component_id] = told
    changes.components_told.append(told)


def lose_write(page: Page, intent: Intent, changes: Changes, *, now: float) -> None:
    """The outcome of a write is unknown: what it set may show now, later or never."""
    for part in _parts(written(page, intent)):
        _lose_component(page, part, intent, changes, now=now)


def _parts(write: Write) -> tuple[SetComponent, ...]:
    """What a write sets of components. What a maintenance does to them is the page's own."""
    match write:
        case WriteIncident():
            return write.parts
        case SetComponent():
            return (write,)
        case WriteMaintenance():
            return ()


def written(page: Page, intent: Intent) -> Write:
    """The write of an intent, as it was stored."""
    if intent.kind in OF_MAINTENANCES:
        return decode_maintenance_write(page.name, intent.payload)
    if intent.kind is IntentKind.SET_COMPONENT:
        return decode_component_write(page.name, intent.payload)
    return decode_incident_write(page.name, intent.payload)
