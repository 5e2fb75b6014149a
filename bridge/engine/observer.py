"""The observer: applies what was read from the page to what we know of it.

A reading that began before a write of ours ended is not believed about that write's target. What a reading shows else is compared with what was told: our own lost writes are
recognised by their name, and only what two readings of a settled target show is a person's. Sends nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bridge.core.answers import ComponentList, ComponentRow, IncidentList, IncidentRow, MetricList
from bridge.core.changes import Changes
from bridge.core.component_plan import FOREIGN_AFTER, ended_yields
from bridge.core.incident_plan import found_incident
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

logger = structlog.get_logger(__name__)

LISTS_LAG = 30.0
"""Seconds by which a list may lag behind a write that was answered. Nobody has recorded it (statuspage-api.md, "What a real page must still tell")."""

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
        self._identities: dict[str, IncidentRow] = {}
        """What a reading of its own said of an incident whose list shows no metadata, by id; believed until the incident changes."""
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
                known = [self.known(row) for row in incident_rows]
                self._incidents = [*([] if first else self._incidents), *known]
                self._find_lost(known, changes, now)
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

    def known(self, row: IncidentRow) -> IncidentRow:
        """A row of a list that shows no metadata, with what is known of it otherwise: from the ledger, or from when it was read by itself."""
        if not row.hidden:
            return row
        for told in self._page.incidents_told.values():
            if told.incident_id == row.id:
                # Which attempt it shows is not known: a reading of its own, before a write, tells.
                return replace(
                    row,
                    key=told.key,
                    episode=told.episode,
                    sequence=told.sequence,
                    announced=told.announced,
                )
        read = self._identities.get(row.id)
        if read is None or (read.updated_at, read.update_id) != (row.updated_at, row.update_id):
            return row
        return read

    def incident_identified(self, row: IncidentRow, *, began_at: float, now: float) -> Changes:
        """Apply the reading of an incident of which no list said whose it is."""
        changes = Changes()
        self._identities[row.id] = row
        self._page.observed.unidentified.pop(row.id, None)
        if row.live:
            self._observe_incident(row, began_at, now)
        self._find_lost([row], changes, now)
        self._adopt_unknown([row], changes, now)
        self._identified()
        return changes

    def not_identified(self, incident_id: str, *, gone: bool = False) -> None:
        """Such an incident could not be read, or is there no more."""
        unidentified = self._page.observed.unidentified
        if gone:
            unidentified.pop(incident_id, None)
            self._page.observed.incidents.pop(incident_id, None)
        elif incident_id in unidentified:
            unidentified[incident_id] += 1
        self._identified()

    def _identified(self) -> None:
        observed = self._page.observed
        observed.adopting = observed.adopting and observed.identifying

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
        place = self._places().get(key)
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
        if before is not None and (overtaken or before.read_at > began_at or _lags(before, told, began_at)):
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
        self._note_unidentified(rows)
        for told in list(page.incidents_told.values()):
            if not told.open or told.told_at >= began_at or incident_target(told.key) in page.in_flight:
                continue
            listed_row = next((row for row in rows if row.id == told.incident_id), None)
            if listed_row is None:
                self._missed(told, changes, now)
            else:
                page.missing.pop(told.key, None)
                self._compare(told, listed_row, changes, now=now)
        self._adopt_unknown(rows, changes, now)
        self._find_twins(rows, changes, now)
        for told in page.incidents_told.values():
            # Adopted, and killed before it was remembered.
            if (
                told.open
                and not told.yielded
                and told.place not in page.desired.incidents
                and told.place[0] in {rule.id for rule in page.ruleset.incidents}
            ):
                self._adopt(self.remembered(told, now))

    def _note_unidentified(self, rows: list[IncidentRow]) -> None:
        page, observed = self._page, self._page.observed
        failures = observed.unidentified
        observed.unidentified = {row.id: failures.get(row.id, 0) for row in rows if row.unidentified}
        if observed.listings[ListKind.UNRESOLVED].complete_at is None:
            observed.adopting = True
        if not any(intent.kind is IntentKind.CREATE_INCIDENT for intent in page.intents.values()):
            # A search for a lost create also reads incidents that are over.
            listed = {row.id for row in rows}
            self._identities = {one: row for one, row in self._identities.items() if one in listed}
        self._identified()

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
            row.key,
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
        ours = row.hidden or row.operation == told.operation
        if ours and row.status is told.status and row.update_id == told.update_id:
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
        """A write that already shows need not be waited for, be its answer lost or still to come: presence is proof, only absence takes time.

        What was seen once counts as told for good: if it is gone later, a person deleted it.
        """
        page = self._page
        by_operation = {row.operation: row for row in rows if row.operation is not None}
        for intent in list(page.intents.values()):
            row = by_operation.get(intent.operation)
            if row is not None and intent.kind is not IntentKind.SET_COMPONENT:
                finish_intent(page, intent, IntentState.ADOPTED, changes, now=now)
                tell_incident(page, intent, row, changes, now=now)

    def _adopt_unknown(self, rows: list[IncidentRow], changes: Changes, now: float) -> None:
        """Incidents of ours that the ledger does not know: the store was lost, or another replica's write is only seen here."""
        page = self._page
        places = self._places()
        # The eldest first: of two with one key, it is the one that goes on.
        for row in sorted(rows, key=lambda row: (row.created_at, row.id)):
            place = places.get(row.key) if row.key is not None else None
            told = page.incidents_told.get(row.key) if row.key is not None else None
            if (
                row.key is None
                or place is None
                or row.status is None
                or row.operation is None
                or not row.live
            ):
                continue
            if (told is not None and told.open) or incident_target(row.key) in page.in_flight:
                continue
            if any(intent.target == incident_target(row.key) for intent in page.intents.values()):
                continue
            if told is not None and (told.incident_id == row.id):
                continue  # a person reopened, or the list is stale: not ours to continue
            if told is not None and row.episode <= told.episode:
                continue  # a twin: its episode was told elsewhere
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
                announced=row.announced,
            )
            page.incidents_told[row.key] = adopted
            changes.incidents_told.append(adopted)
            detail = {"incident_id": row.id, "status": row.status}
            changes.journal.append(
                JournalEntry(now, JournalKind.OBSERVED, page.name, place[0], Reason.ADOPTED, detail)
            )
            self._adopt_components(row, changes, now)
            self._adopt(self.remembered(adopted, now))

    def _find_twins(self, rows: list[IncidentRow], changes: Changes, now: float) -> None:
        """Live incidents with the key of one that the ledger has under another id: our lost create came after all, or somebody else has our secret.

        Two lists in a row must show it, and no write of ours in the last 2·S may explain it: what we resolved just now may still be listed.
        """
        page = self._page
        by_id = {row.id: row for row in rows}
        page.twins = {one: lists for one, lists in page.twins.items() if one in by_id}
        for row in rows:
            told = page.incidents_told.get(row.key) if row.key is not None else None
            if told is None or not row.live or row.operation is None:
                continue
            if row.id == told.incident_id:
                page.twins.pop(row.id, None)
            elif page.twins.get(row.id, 0) < FOREIGN_AFTER and self._settled(told, now):
                page.twins[row.id] = page.twins.get(row.id, 0) + 1
                if page.twins[row.id] == FOREIGN_AFTER:
                    self._twin_found(told, row, by_id.get(told.incident_id), changes, now=now)

    def _twin_found(
        self,
        told: IncidentTold,
        twin: IncidentRow,
        ledger: IncidentRow | None,
        changes: Changes,
        *,
        now: float,
    ) -> None:
        """Say that there are two, once, and go on with the elder. What was told in either is told: it is not said again in the other."""
        page = self._page
        if ledger is not None and told.open and not told.yielded and self._is_elder(twin, ledger):
            page.twins[told.incident_id] = FOREIGN_AFTER
            page.twins.pop(twin.id)
            told = replace(
                told,
                incident_id=twin.id,
                status=twin.status or told.status,
                component_ids=twin.component_ids,
                operation=twin.operation or told.operation,
                update_id=twin.update_id,
                announced=told.announced or twin.announced,
            )
            page.suspect.pop(told.key, None)
            page.missing.pop(told.key, None)
            page.incidents_told[told.key] = told
            changes.incidents_told.append(told)
            twin = ledger
        elif ledger is not None and twin.announced and not told.announced:
            told = replace(told, announced=True)
            page.incidents_told[told.key] = told
            changes.incidents_told.append(told)
        detail: dict[str, str | int | float | None] = {
            "incident_id": twin.id,
            "beside": told.incident_id,
            "announced": int(twin.announced),
        }
        changes.journal.append(
            JournalEntry(now, JournalKind.OBSERVED, page.name, told.place[0], Reason.TWIN, detail)
        )
        logger.warning("incident_has_twin", page=page.name, reason=Reason.TWIN, **detail)

    def _is_elder(self, row: IncidentRow, other: IncidentRow) -> bool:
        return row.created_at < other.created_at

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


def _lags(before: ObservedComponent, told: ComponentTold | None, began_at: float) -> bool:
    """Whether what a list shows may be older than what the answer to a write of ours showed."""
    answered = told is not None and before.read_at == told.told_at and before.status is told.status
    return answered and began_at < before.read_at + LISTS_LAG
