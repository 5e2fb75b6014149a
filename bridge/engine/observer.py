"""The observer: applies what was read from the page to what we know of it.

A reading that began before a write of ours ended is not believed about that write's target. What a reading shows else is compared with what was told: our own lost writes are
recognised by their name, and only what two readings of a settled target show is a person's. Sends nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.answers import ComponentList, ComponentRow, IncidentList, IncidentRow, MetricList
from bridge.core.changes import Changes
from bridge.core.component_plan import ended_yields
from bridge.core.incidents import IncidentMemory, IncidentPhase
from bridge.core.intents import IntentKind, IntentState
from bridge.core.journal import JournalEntry, JournalKind
from bridge.core.ledger import ComponentTold, IncidentTold
from bridge.core.observed import Listing, ListKind, ObservedComponent, ObservedIncident
from bridge.core.operations import ReadIncident, component_target, incident_target
from bridge.core.page import ATTEMPTS
from bridge.core.payload import decode_component_write
from bridge.core.reasons import Reason
from bridge.core.signals import NO_LABELS
from bridge.core.statuses import ComponentStatus, IncidentStatus
from bridge.engine.intents import finish_intent, tell_incident

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.desired import IncidentPlace
    from bridge.core.incidents import IncidentKey
    from bridge.core.operations import ReadList
    from bridge.core.page import Page

FOREIGN_AFTER = 2
"""Readings in a row that must show what we did not do (design.md, "People win"): one may be a stale list."""

_PHASES = {
    IncidentStatus.INVESTIGATING: IncidentPhase.INVESTIGATING,
    IncidentStatus.IDENTIFIED: IncidentPhase.INVESTIGATING,
    IncidentStatus.MONITORING: IncidentPhase.MONITORING,
}


class Observer:
    """Readings of one page."""

    def __init__(self, page: Page, adopt: Callable[[IncidentMemory], None]) -> None:
        """Observe a page.

        Args:
            page: what is known of it; changed in place.
            adopt: called with an incident of ours that nothing remembers.
        """
        self._page = page
        self._adopt = adopt
        self._components: list[ComponentRow] = []
        self._incidents: list[IncidentRow] = []
        self._metrics: list[tuple[str, str]] = []

    def list_read(
        self,
        operation: ReadList,
        answer: ComponentList | IncidentList | MetricList,
        *,
        began_at: float,
        now: float,
    ) -> Changes:
        """Apply one page of a list; the list counts when its last page has come."""
        listing = self._page.observed.listings[operation.kind]
        first = operation.number == 1
        rows_began = began_at if first or listing.began_at is None else listing.began_at
        changes = Changes()
        match answer:
            case ComponentList(rows=component_rows):
                self._components = [*([] if first else self._components), *component_rows]
                if answer.last:
                    self._components_complete(rows_began, changes, now)
            case IncidentList(rows=incident_rows):
                self._incidents = [*([] if first else self._incidents), *incident_rows]
                if answer.last:
                    self._unresolved_complete(rows_began, changes, now)
            case MetricList(rows=metric_rows):
                self._metrics = [*([] if first else self._metrics), *metric_rows]
                if answer.last:
                    self._page.observed.metrics = dict(self._metrics)
        self._page.observed.listings[operation.kind] = (
            Listing(complete_at=rows_began)
            if answer.last
            else Listing(listing.complete_at, rows_began, operation.number + 1)
        )
        return changes

    def list_failed(self, kind: ListKind, *, anew: bool = False) -> None:
        """A page of a list could not be read: the reading begins anew, because rows may have moved between pages.

        With `anew`, what was read before is not believed any more either.
        """
        listing = self._page.observed.listings[kind]
        self._page.observed.listings[kind] = Listing(None if anew else listing.complete_at)

    def incident_read(self, row: IncidentRow, key: IncidentKey, *, began_at: float, now: float) -> Changes:
        """Apply the reading of one incident of ours."""
        changes = Changes()
        self._page.missing.pop(key, None)
        self._observe_incident(row, began_at, now, verified_at=now)
        told = self._page.incidents_told.get(key)
        if told is not None and told.incident_id == row.id:
            self._compare(told, row, changes, now=now)
        return changes

    def incident_not_found(self, operation: ReadIncident, now: float) -> Changes:
        """An incident of ours was not found. Twice in a row, and a person has deleted it: it is not opened again in this episode."""
        page, key = self._page, operation.key
        changes = Changes()
        page.missing[key] = page.missing.get(key, 0) + 1
        if page.missing[key] < FOREIGN_AFTER:
            return changes
        intent = operation.settles
        if intent is not None and intent.operation in page.intents:
            finish_intent(page, intent, IntentState.NOT_APPLIED, changes, now=now)
        told = page.incidents_told.get(key)
        if told is not None:
            page.observed.incidents.pop(told.incident_id, None)
            self._yield(replace(told, status=IncidentStatus.RESOLVED), Reason.NOT_FOUND, changes, now)
        return changes

    def _components_complete(self, began_at: float, changes: Changes, now: float) -> None:
        page = self._page
        groups = {row.id: row.name for row in self._components if row.is_group}
        seen = {}
        for row in self._components:
            if row.is_group:
                continue
            before = page.observed.components.get(row.id)
            seen[row.id] = self._observed(row, groups.get(row.group_id or "", ""), before, began_at)
        page.observed.components = seen
        self._components = []
        self._settle_intents(began_at, changes, now)
        for component_id in seen:
            # It is there, so that it was not found has another reason, and may be over.
            target = component_target(component_id)
            refused = page.refused.get(target)
            if refused is not None and refused.parked and refused.reason is Reason.NOT_FOUND:
                page.refused[target] = replace(refused, times=ATTEMPTS - 1)
        for told in list(page.components_told.values()):
            self._settle_component(told, began_at, changes)
        for told in list(ended_yields(page)):
            self._disown(told, changes)
        for name in page.ruleset.component_names:
            bound = page.component_id(name)
            if bound is not None and page.component_ids.get(name) != bound:
                page.component_ids[name] = bound
                changes.bindings.append((page.name, name, bound))

    def _observed(
        self, row: ComponentRow, group: str, before: ObservedComponent | None, began_at: float
    ) -> ObservedComponent:
        told = self._page.components_told.get(row.id)
        overtaken = self._page.busy(component_target(row.id)) or (
            told is not None and told.told_at >= began_at
        )
        if before is not None and (overtaken or before.read_at > began_at):
            return replace(before, name=row.name, group=group)
        reads = before.reads + 1 if before is not None and before.status is row.status else 1
        return ObservedComponent(row.id, row.name, group, row.status, began_at, reads)

    def _settle_intents(self, began_at: float, changes: Changes, now: float) -> None:
        """A reading begun after the last chance of a lost write to a component says whether it was applied."""
        page = self._page
        for intent in list(page.intents.values()):
            if intent.kind is not IntentKind.SET_COMPONENT or intent.state is not IntentState.UNKNOWN:
                continue
            if began_at >= intent.settled_at(page.settings.settle_for):
                write = decode_component_write(page.name, intent.payload)
                observed = page.observed.components.get(write.component_id)
                applied = observed is not None and observed.status is write.status
                state = IntentState.ADOPTED if applied else IntentState.NOT_APPLIED
                finish_intent(page, intent, state, changes, now=now)

    def _settle_component(self, told: ComponentTold, began_at: float, changes: Changes) -> None:
        """A reading begun after the last chance of every lost write says what the component shows, and whether that is our doing."""
        page = self._page
        observed = page.observed.components.get(told.component_id)
        until = told.unsettled_until
        if observed is None:
            return  # deleted, or lost between two pages of the list: if it comes back, it is still ours
        if observed.status is ComponentStatus.UNDER_MAINTENANCE:
            # Taken over by a maintenance: what it shows afterwards is not our doing any more.
            self._disown(told, changes)
        elif until is not None and began_at >= until and not page.busy(component_target(told.component_id)):
            settled = replace(told, possible=(), unsettled_until=None)
            if told.explains(observed.status) and observed.status is not None:
                settled = replace(settled, status=observed.status)
            if settled.status is ComponentStatus.OPERATIONAL:
                self._disown(told, changes)
            else:
                page.components_told[told.component_id] = settled
                changes.components_told.append(settled)

    def _disown(self, told: ComponentTold, changes: Changes) -> None:
        if self._page.components_told.pop(told.component_id, None) is not None:
            changes.components_told_gone.append((told.page, told.component_id))

    def _unresolved_complete(self, began_at: float, changes: Changes, now: float) -> None:
        page = self._page
        rows, self._incidents = self._incidents, []
        listed = {row.id for row in rows}
        for incident_id, observed in list(page.observed.incidents.items()):
            # What a write or a later reading showed is newer than this list.
            if incident_id not in listed and observed.read_at < began_at:
                del page.observed.incidents[incident_id]
        for row in rows:
            self._observe_incident(row, began_at, now)
        for told in list(page.incidents_told.values()):
            if not told.open or told.told_at >= began_at or incident_target(told.key) in page.in_flight:
                continue
            listed_row = next((row for row in rows if row.id == told.incident_id), None)
            if listed_row is None:
                self._missed(told, changes, now)
            else:
                page.missing.pop(told.key, None)
                self._compare(told, listed_row, changes, now=now)
        self._find_lost(rows, changes, now)
        self._adopt_unknown(rows, changes, now)
        for told in page.incidents_told.values():
            # Adopted, and killed before it was remembered.
            if (
                told.open
                and not told.yielded
                and told.place not in page.desired.incidents
                and told.place[0] in {rule.id for rule in page.ruleset.incidents}
            ):
                self._adopt(self.remembered(told, now))

    def _observe_incident(
        self, row: IncidentRow, read_at: float, now: float, *, verified_at: float = 0.0
    ) -> None:
        before = self._page.observed.incidents.get(row.id)
        if before is not None and before.read_at > read_at:
            return
        self._page.observed.incidents[row.id] = ObservedIncident(
            row.id,
            row.status,
            row.key,
            row.episode,
            row.sequence,
            row.operation,
            row.component_ids,
            read_at,
            now,
            row.update_id,
            verified_at,
        )

    def _missed(self, told: IncidentTold, changes: Changes, now: float) -> None:
        """An open incident of ours is not among the unresolved: a person resolved or deleted it, or the list is stale."""
        if any(intent.target == incident_target(told.key) for intent in self._page.intents.values()):
            return  # our own lost write may be why
        count = self._page.missing[told.key] = self._page.missing.get(told.key, 0) + 1
        if count >= FOREIGN_AFTER and self._settled(told, now):
            self._yield(replace(told, status=IncidentStatus.RESOLVED), Reason.YIELDED, changes, now)

    def _compare(self, told: IncidentTold, row: IncidentRow, changes: Changes, *, now: float) -> None:
        page = self._page
        if row.operation == told.operation and row.status is told.status and row.update_id == told.update_id:
            page.suspect.pop(told.key, None)
            return
        if told.yielded or any(
            intent.target == incident_target(told.key) for intent in page.intents.values()
        ):
            return  # not settled: our own lost write may be why
        count = page.suspect[told.key] = page.suspect.get(told.key, 0) + 1
        if count >= FOREIGN_AFTER and self._settled(told, now):
            self._yield(told, Reason.YIELDED, changes, now)

    def _settled(self, told: IncidentTold, now: float) -> bool:
        """Whether no write of ours in the last 2·S can explain what is shown: until then a reading may lag behind it."""
        return now > told.told_at + 2 * self._page.settings.settle_for

    def _yield(self, told: IncidentTold, reason: Reason, changes: Changes, now: float) -> None:
        """A person acted on an incident of ours: what is said in it is theirs from now on."""
        page = self._page
        page.missing.pop(told.key, None)
        page.suspect.pop(told.key, None)
        memory = page.desired.incidents.get(told.place)
        # What the person did, they did to the episode that goes on now, whichever was told last.
        yielded = replace(told, yielded=True)
        if memory is not None and memory.episode >= told.episode:
            yielded = replace(yielded, episode=memory.episode, sequence=memory.sequence)
        page.incidents_told[told.key] = yielded
        changes.incidents_told.append(yielded)
        detail = {"incident_id": told.incident_id, "status": told.status}
        changes.journal.append(
            JournalEntry(now, JournalKind.OBSERVED, page.name, told.place[0], reason, detail)
        )

    def _find_lost(self, rows: list[IncidentRow], changes: Changes, now: float) -> None:
        """A lost write that already shows need not be waited for: presence is proof, only absence takes time."""
        page = self._page
        by_operation = {row.operation: row for row in rows if row.operation is not None}
        for intent in list(page.intents.values()):
            row = by_operation.get(intent.operation)
            if (
                row is not None
                and intent.state is IntentState.UNKNOWN
                and intent.kind is not IntentKind.SET_COMPONENT
            ):
                finish_intent(page, intent, IntentState.ADOPTED, changes, now=now)
                tell_incident(page, intent, row, changes, now=now)

    def _adopt_unknown(self, rows: list[IncidentRow], changes: Changes, now: float) -> None:
        """Incidents of ours that the ledger does not know: the store was lost, or another replica's write is only seen here."""
        page = self._page
        places = self._places()
        for row in rows:
            place = places.get(row.key) if row.key is not None else None
            told = page.incidents_told.get(row.key) if row.key is not None else None
            if row.key is None or place is None or row.status is None or row.operation is None:
                continue
            if (told is not None and told.open) or incident_target(row.key) in page.in_flight:
                continue
            if any(intent.target == incident_target(row.key) for intent in page.intents.values()):
                continue
            if told is not None and (told.incident_id == row.id):
                continue  # a person reopened, or the list is stale: not ours to continue
            adopted = IncidentTold(
                page.name,
                place,
                row.key,
                row.id,
                row.episode,
                row.sequence,
                row.status,
                # How bad it was told to be is not in the metadata; the worst, so that nobody is told of an escalation twice.
                ComponentStatus.MAJOR_OUTAGE,
                row.component_ids,
                row.operation,
                now,
                row.update_id,
            )
            page.incidents_told[row.key] = adopted
            changes.incidents_told.append(adopted)
            detail = {"incident_id": row.id, "status": row.status}
            changes.journal.append(
                JournalEntry(now, JournalKind.OBSERVED, page.name, place[0], Reason.ADOPTED, detail)
            )
            self._adopt_components(row, changes, now)
            self._adopt(self.remembered(adopted, now))

    def _adopt_components(self, row: IncidentRow, changes: Changes, now: float) -> None:
        """What our metadata says we wrote, and the page still shows, is ours again."""
        page = self._page
        for component_id, status in row.shown:
            observed = page.observed.components.get(component_id)
            if (
                row.operation is None
                or observed is None
                or observed.status is not status
                or component_id in page.components_told
            ):
                continue
            told = ComponentTold(page.name, component_id, status, row.operation, now)
            page.components_told[component_id] = told
            changes.components_told.append(told)

    def remembered(self, told: IncidentTold, now: float) -> IncidentMemory:
        """What would be remembered of an incident, had it not been forgotten: that it is open, and nothing of why."""
        page = self._page
        rule = next(rule for rule in page.ruleset.incidents if rule.id == told.place[0])
        names = {name: page.component_id(name) for name in rule.components}
        return IncidentMemory(
            *told.place,
            phase=_PHASES.get(told.status, IncidentPhase.INVESTIGATING),
            episode=told.episode,
            sequence=told.sequence,
            reason=Reason.ADOPTED,
            high_water=told.high_water,
            components=tuple(
                name for name, component_id in names.items() if component_id in told.component_ids
            ),
            unproven_until=now + page.settings.prove_within,
        )

    def _places(self) -> dict[IncidentKey, IncidentPlace]:
        page = self._page
        ungrouped = [(rule.id, NO_LABELS) for rule in page.ruleset.incidents if not rule.group_by]
        return {page.key(place): place for place in [*ungrouped, *page.desired.incidents]}
