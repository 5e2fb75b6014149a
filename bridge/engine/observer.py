"""The observer: applies what was read from the page to what we know of it.

A reading that began before a write of ours ended is not believed about that write's target. What a reading shows else is compared with what was told: our own lost writes are
recognised by their name, and only what two readings of a settled target show is a person's. Sends nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bridge.core.answers import (
    ComponentList,
    ComponentRow,
    IncidentList,
    IncidentRow,
    MaintenanceList,
    MaintenanceRow,
    MetricList,
    TemplateList,
)
from bridge.core.bindings import mismatches
from bridge.core.changes import Changes
from bridge.core.component_plan import FOREIGN_AFTER
from bridge.core.found_incidents import found_incident
from bridge.core.intents import IntentKind, IntentState
from bridge.core.journal import JournalEntry, JournalKind, of_group
from bridge.core.maintained import under_by_page
from bridge.core.maintenance import page_may_have_changed
from bridge.core.observed import Listing, ListKind, ObservedComponent, ObservedIncident
from bridge.core.operations import ReadIncident, component_target, incident_target
from bridge.core.overrides import after_reading
from bridge.core.page import ATTEMPTS
from bridge.core.payload import decode_component_write
from bridge.core.reasons import Reason
from bridge.core.regrouping import telling_rule
from bridge.core.standing import is_released
from bridge.core.statuses import ComponentStatus, IncidentStatus
from bridge.engine.adoption import Adoption
from bridge.engine.drafts import note_drafts
from bridge.engine.enforcement import enforce
from bridge.engine.guards import note_unannounced
from bridge.engine.intents import finish_intent
from bridge.engine.maintenances import enter_maintenances, note_under_by_page
from bridge.engine.own_maintenances import note_rows
from bridge.engine.people import note_people
from bridge.engine.twins import find_twins

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.incidents import IncidentKey, IncidentMemory
    from bridge.core.journal import Fact
    from bridge.core.ledger import ComponentTold, IncidentTold
    from bridge.core.operations import ReadList
    from bridge.core.page import Page

logger = structlog.get_logger(__name__)


class Observer:
    """Readings of one page."""

    def __init__(self, page: Page, adopt: Callable[[IncidentMemory], None], wake: Callable[[], None]) -> None:
        """Observe a page.

        Args:
            page: what is known of it; changed in place.
            adopt: called with an incident of ours that nothing remembers.
            wake: called when maintenances have been read: evaluation goes by them.
        """
        self._page = page
        self._adoption = Adoption(page, adopt)
        self._wake = wake
        self._components: list[ComponentRow] = []
        self._incidents: list[IncidentRow] = []
        self._maintenances: dict[ListKind, list[MaintenanceRow]] = {}
        self._metrics: list[tuple[str, str]] = []
        self._templates: list[tuple[str, str, str, str]] = []
        self._mismatches: tuple[str, ...] = ()

    def list_read(
        self,
        operation: ReadList,
        answer: ComponentList | IncidentList | MaintenanceList | MetricList | TemplateList,
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
                known = [self._adoption.known(row) for row in incident_rows]
                self._incidents = [*([] if first else self._incidents), *known]
                self._adoption.find_lost(known, changes, now)
                if answer.last:
                    self._unresolved_complete(rows_began, changes, now)
            case MaintenanceList(rows=maintenance_rows):
                rows = self._maintenances[operation.kind] = [
                    *([] if first else self._maintenances.get(operation.kind, [])),
                    *maintenance_rows,
                ]
                if answer.last:
                    enter_maintenances(self._page, operation.kind, rows, changes, began_at=rows_began)
                    note_rows(self._page, rows, changes, now=now)
                    self._wake()
            case MetricList() | TemplateList():
                self._take_names(answer, first=first)
        self._page.observed.listings[operation.kind] = (
            Listing(complete_at=rows_began)
            if answer.last
            else Listing(listing.complete_at, rows_began, operation.number + 1, listing.failures)
        )
        if answer.last:
            self._tell_mismatches()
            # Only now is the list counted as read; what is a person's depends on that.
            note_people(self._page, changes, now)
            note_drafts(self._page, changes, now)
            note_unannounced(self._page, changes, now)
        return changes

    def _take_names(self, answer: MetricList | TemplateList, *, first: bool) -> None:
        observed = self._page.observed
        if isinstance(answer, MetricList):
            self._metrics = [*([] if first else self._metrics), *answer.rows]
            observed.metrics = dict(self._metrics) if answer.last else observed.metrics
            return
        self._templates = [*([] if first else self._templates), *answer.rows]
        if answer.last:
            observed.templates = {one: (name, title, body) for one, name, title, body in self._templates}

    def list_failed(self, kind: ListKind, *, anew: bool = False, of_itself: bool = True) -> None:
        """A page of a list could not be read: the reading begins anew, because rows may have moved between pages.

        With `anew`, what was read before is not believed any more either. `of_itself` is false where nothing at all can be read now.
        """
        listing = self._page.observed.listings[kind]
        self._page.observed.listings[kind] = Listing(
            None if anew else listing.complete_at, failures=listing.failures + of_itself
        )

    def incident_read(self, row: IncidentRow, key: IncidentKey, *, began_at: float, now: float) -> Changes:
        """Apply the reading of one incident of ours."""
        changes = Changes()
        self._page.missing.pop(key, None)
        self._observe_incident(row, began_at, now, verified_at=now)
        told = self._page.incidents_told.get(key)
        if told is not None and told.incident_id == row.id:
            self._compare(told, row, changes, now=now)
        return changes

    def known(self, row: IncidentRow) -> IncidentRow:
        """A row of a list, with whose it is where that is known from elsewhere."""
        return self._adoption.known(row)

    def incident_identified(self, row: IncidentRow, *, began_at: float, now: float) -> Changes:
        """Apply the reading of an incident of which no list said whose it is."""
        changes = Changes()
        if row.live:
            self._observe_incident(row, began_at, now)
        self._adoption.identified(row, changes, now)
        return changes

    def not_identified(self, incident_id: str, *, gone: bool = False) -> None:
        """Such an incident could not be read, or is there no more."""
        self._adoption.not_identified(incident_id, gone=gone)

    def incident_not_found(self, operation: ReadIncident, now: float) -> Changes:
        """An incident of ours was not found. Twice in a row, and a person has deleted it: it is not opened again in this episode."""
        page, key = self._page, operation.key
        changes = Changes()
        page.missing[key] = page.missing.get(key, 0) + 1
        known = page.incidents_told.get(key)
        if known is not None and known.incident_id == operation.incident_id:
            self._note_left(known)
        if page.missing[key] < FOREIGN_AFTER:
            return changes
        intent = operation.settles
        if intent is not None and intent.operation in page.intents:
            finish_intent(page, intent, IntentState.NOT_APPLIED, changes, now=now)
        told = page.incidents_told.get(key)
        place = page.places().get(key)
        if told is None and place is not None:
            told = found_incident(page, place)  # it was seen, so that it was made and is deleted is certain
        page.observed.incidents.pop(operation.incident_id, None)
        page.twins.pop(operation.incident_id, None)
        if told is not None and told.incident_id == operation.incident_id:
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
        note_under_by_page(page, changes, began_at)
        self._settle_intents(began_at, changes, now)
        for component_id in seen:
            # It is there, so that it was not found has another reason, and may be over.
            target = component_target(component_id)
            refused = page.refused.get(target)
            if refused is not None and refused.parked and refused.reason is Reason.NOT_FOUND:
                page.refused[target] = replace(refused, times=ATTEMPTS - 1)
        for told in list(page.components_told.values()):
            self._settle_component(told, began_at, changes)
        after = after_reading(page, now)
        enforce(page, after)
        changes.extend(after)
        for name in page.ruleset.component_names:
            bound = page.component_id(name)
            if bound is not None and page.component_ids.get(name) != bound:
                page.component_ids[name] = bound
                changes.bindings.append((page.name, name, bound))

    def _tell_mismatches(self) -> None:
        found = tuple(str(mismatch) for mismatch in mismatches(self._page))
        if found and found != self._mismatches:
            logger.error("ids_mismatched", page=self._page.name, names=list(found))
        self._mismatches = found

    def _observed(
        self, row: ComponentRow, group: str, before: ObservedComponent | None, began_at: float
    ) -> ObservedComponent:
        told = self._page.components_told.get(row.id)
        overtaken = self._page.busy(component_target(row.id)) or (
            told is not None and told.told_at >= began_at
        )
        if before is not None and (overtaken or before.read_at > began_at):
            return replace(before, name=row.name, group=group)
        if before is not None and _lags(before, told, began_at, self._page.settings.lists_lag):
            # It may be older than our answer, or a person's since: until a later list tells, nothing is written.
            disputed = row.status is not before.status
            return replace(before, name=row.name, group=group, disputed=disputed)
        if before is None:
            own = self._under_by_page(row) or (
                told is not None
                and not told.explains(row.status)
                and self._page_own(row, told.told_at, began_at)
            )
            # The last life may have written to it a moment ago.
            return ObservedComponent(
                row.id,
                row.name,
                group,
                row.status,
                began_at,
                page_own=own,
                doubtful_until=began_at + self._page.settings.lists_lag,
            )
        same = before.status is row.status
        if same:
            own = before.page_own or self._under_by_page(row)
        else:
            own = self._page_own(row, before.read_at, began_at)
        return ObservedComponent(
            row.id,
            row.name,
            group,
            row.status,
            began_at,
            before.reads + 1 if same else 1,
            page_own=own,
            doubtful_until=before.doubtful_until,
        )

    def _under_by_page(self, row: ComponentRow) -> bool:
        """Whether it shows a maintenance, as it did when it was read last, by the page's own doing."""
        return row.status is ComponentStatus.UNDER_MAINTENANCE and under_by_page(self._page, row.id)

    def _page_own(self, row: ComponentRow, after: float, until: float) -> bool:
        """Whether a component that changed between these instants was changed by a maintenance. Nothing worse than itself is ever set by one."""
        by_itself = row.status in {ComponentStatus.UNDER_MAINTENANCE, ComponentStatus.OPERATIONAL}
        return by_itself and page_may_have_changed(self._page, row.id, after, until)

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
        if until is not None and began_at < until:
            return  # a lost write may be applied yet; and what shows may be older than what was applied already
        if observed.read_at != began_at or began_at < told.told_at + page.settings.lists_lag:
            return  # not by this reading itself, or by one that may be older than what we wrote last
        by_page = observed.page_own and not told.explains(observed.status)
        if observed.status is ComponentStatus.UNDER_MAINTENANCE or by_page:
            # Taken over by a maintenance: what it shows afterwards is not our doing any more.
            self._disown(told, changes)
        elif until is not None:
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
        self._adoption.note_unidentified(rows)
        for told in list(page.incidents_told.values()):
            if not told.open or told.told_at >= began_at or incident_target(told.key) in page.in_flight:
                continue
            listed_row = next((row for row in rows if row.id == told.incident_id), None)
            if listed_row is None:
                self._missed(told, changes, now)
            else:
                page.missing.pop(told.key, None)
                self._compare(told, listed_row, changes, now=now)
        self._adoption.take_up_unknown(rows, changes, now)
        find_twins(page, rows, changes, now)
        rules = {rule.id: rule for rule in page.ruleset.incidents}
        for told in page.incidents_told.values():
            # Adopted, and killed before it was remembered.
            if (
                told.open
                and not told.yielded
                and (place := page.place_now(told.place)) not in page.desired.incidents
                and telling_rule(rules, place, None) is not None
            ):
                self._adoption.remember(told, now)

    def _observe_incident(
        self, row: IncidentRow, read_at: float, now: float, *, verified_at: float = 0.0
    ) -> None:
        before = self._page.observed.incidents.get(row.id)
        if before is not None and before.read_at > read_at:
            return
        if before is not None and (before.operation, before.status, before.update_id) == (
            row.operation,
            row.status,
            row.update_id,
        ):
            verified_at = max(verified_at, before.verified_at)
        self._page.observed.incidents[row.id] = ObservedIncident(
            row.id,
            row.status,
            None if is_released(self._page, row.id) else row.key,
            row.episode,
            row.sequence,
            row.operation,
            row.component_ids,
            read_at,
            now,
            row.update_id,
            row.created_at,
            len(row.updates),
            row.announced,
            verified_at,
            row.identified_at,
        )

    def _missed(self, told: IncidentTold, changes: Changes, now: float) -> None:
        """An open incident of ours is not among the unresolved: a person resolved or deleted it, or the list is stale."""
        if any(intent.target == incident_target(told.key) for intent in self._page.intents.values()):
            return  # our own lost write may be why
        count = self._page.missing[told.key] = self._page.missing.get(told.key, 0) + 1
        self._note_left(told)
        if count >= FOREIGN_AFTER and self._settled(told, now):
            self._yield(replace(told, status=IncidentStatus.RESOLVED), Reason.YIELDED, changes, now)

    def _compare(self, told: IncidentTold, row: IncidentRow, changes: Changes, *, now: float) -> None:
        page = self._page
        ours = row.hidden or row.operation == told.operation
        if ours and row.status is told.status and row.update_id == told.update_id:
            page.suspect.pop(told.key, None)
            if told.key not in page.missing:
                page.left_at.pop(told.key, None)
            return
        if any(intent.target == incident_target(told.key) for intent in page.intents.values()):
            return  # not settled: our own lost write may be why
        if told.yielded:
            if row.status is IncidentStatus.RESOLVED:  # as only a reading of it alone shows
                self._yield(replace(told, status=IncidentStatus.RESOLVED), Reason.YIELDED, changes, now)
            return
        count = page.suspect[told.key] = page.suspect.get(told.key, 0) + 1
        self._note_left(told)
        if count >= FOREIGN_AFTER and self._settled(told, now):
            # One that was over and that a person opened again is open, and theirs.
            shown = told.status if told.open or row.status is None else row.status
            left = replace(told, status=shown if row.live else IncidentStatus.RESOLVED)
            self._yield(left, Reason.YIELDED, changes, now)

    def _note_left(self, told: IncidentTold) -> None:
        memory = self._page.desired.incidents.get(self._page.place_now(told.place))
        if memory is not None:
            self._page.left_at.setdefault(told.key, (memory.episode, memory.sequence))

    def _settled(self, told: IncidentTold, now: float) -> bool:
        """Whether no write of ours in the last 2·S can explain what is shown: until then a reading may lag behind it."""
        return now > told.told_at + 2 * self._page.settings.settle_for

    def _yield(self, told: IncidentTold, reason: Reason, changes: Changes, now: float) -> None:
        """A person acted on an incident of ours: what is said in it is theirs from now on."""
        page = self._page
        page.missing.pop(told.key, None)
        page.suspect.pop(told.key, None)
        # What the person did, they did to the episode that went on when it was first seen, whichever was told last. Of one that was over, nothing went on: what has fired since is still to be told.
        known = page.incidents_told.get(told.key)
        over = known is not None and not known.open and not told.open
        self._note_left(told)
        episode, sequence = page.left_at.pop(told.key, (0, 0))
        yielded = replace(told, yielded=True)
        if episode >= told.episode and not over:
            yielded = replace(yielded, episode=episode, sequence=sequence)
        page.incidents_told[told.key] = yielded
        changes.incidents_told.append(yielded)
        detail: dict[str, Fact] = {
            "incident_id": told.incident_id,
            "status": told.status,
            **of_group(told.place[1]),
        }
        changes.journal.append(
            JournalEntry(now, JournalKind.OBSERVED, page.name, told.place[0], reason, detail)
        )


def _lags(before: ObservedComponent, told: ComponentTold | None, began_at: float, lag: float) -> bool:
    """Whether what a list shows may be older than what the answer to a write of ours showed."""
    answered = told is not None and before.read_at == told.told_at and before.status is told.status
    return answered and began_at < before.read_at + lag
