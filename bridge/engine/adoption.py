"""Adoption: whose the incidents are that the page shows, and which of them the ledger takes up.

A list may show no metadata; then an incident is read by itself, once. What carries the name of a write of ours proves that it was applied. What carries our identity, and nothing
remembers it, is ours all the same: the store was lost. Sends nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.found_incidents import spoken_in
from bridge.core.incidents import IncidentMemory, IncidentPhase
from bridge.core.intents import CREATING, IntentKind, IntentState
from bridge.core.journal import JournalEntry, JournalKind, of_group
from bridge.core.ledger import ComponentTold, IncidentTold
from bridge.core.observed import ListKind
from bridge.core.operations import incident_target
from bridge.core.reasons import Reason
from bridge.core.standing import is_released
from bridge.core.statuses import CLAIMABLE, ComponentStatus, IncidentStatus
from bridge.engine.intents import finish_intent, lose_write
from bridge.engine.own_maintenances import take_up, tell_write
from bridge.engine.people import let_go

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.answers import IncidentRow
    from bridge.core.changes import Changes
    from bridge.core.journal import Fact
    from bridge.core.page import Page

_PHASES = {
    IncidentStatus.INVESTIGATING: IncidentPhase.INVESTIGATING,
    IncidentStatus.IDENTIFIED: IncidentPhase.IDENTIFIED,
    IncidentStatus.MONITORING: IncidentPhase.MONITORING,
}


class Adoption:
    """The identities of one page's incidents."""

    def __init__(self, page: Page, adopt: Callable[[IncidentMemory], None]) -> None:
        """Begin with nothing known.

        Args:
            page: what is known of it; changed in place.
            adopt: called with an incident of ours that nothing remembers.
        """
        self._page = page
        self._adopt = adopt
        self._identities: dict[str, IncidentRow] = {}
        """What a reading of its own said of an incident whose list shows no metadata, by id; believed until the incident changes."""

    def known(self, row: IncidentRow) -> IncidentRow:
        """A row of a list that shows no metadata, with what is known of it otherwise: from the ledger, or from when it was read by itself."""
        if is_released(self._page, row.id):
            return replace(row, key=None, operation=None, hidden=False)  # a person's, whatever it carries
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
                    identified_at=told.identified_at,
                )
        read = self._identities.get(row.id)
        if read is None or (read.updated_at, read.update_id) != (row.updated_at, row.update_id):
            return row
        return read

    def identified(self, row: IncidentRow, changes: Changes, now: float) -> None:
        """Take up what the reading of an incident said of which no list says whose it is."""
        self._identities[row.id] = row
        self._page.observed.unidentified.pop(row.id, None)
        self.find_lost([row], changes, now)
        self.take_up_unknown([row], changes, now)
        if row.maintenance is not None:
            self._page.observed.maintenance_rows[row.id] = row.maintenance
            take_up(self._page, row.maintenance, changes, now=now)
        self._end()

    def not_identified(self, incident_id: str, *, gone: bool = False) -> None:
        """Such an incident could not be read, or is there no more."""
        unidentified = self._page.observed.unidentified
        if gone:
            unidentified.pop(incident_id, None)
            self._page.observed.incidents.pop(incident_id, None)
        elif incident_id in unidentified:
            unidentified[incident_id] += 1
        self._end()

    def _end(self) -> None:
        """The first reading of the incidents is over when none may still turn out to be ours."""
        observed = self._page.observed
        observed.adopting = observed.adopting and observed.identifying

    def note_unidentified(self, rows: list[IncidentRow]) -> None:
        """Note which incidents of a whole list have to be read by themselves, and forget what is not listed any more."""
        page, observed = self._page, self._page.observed
        failures = observed.unidentified
        searching = any(intent.kind in CREATING for intent in page.intents.values())
        # A search for a lost create also reads incidents that are over, which this list lacks.
        observed.unidentified = dict(failures) if searching else {}
        observed.unidentified |= {row.id: failures.get(row.id, 0) for row in rows if row.unidentified}
        if observed.listings[ListKind.UNRESOLVED].complete_at is None:
            observed.adopting = True
        if not searching:
            listed = {row.id for row in rows}
            self._identities = {one: row for one, row in self._identities.items() if one in listed}
        self._end()

    def find_lost(self, rows: list[IncidentRow], changes: Changes, now: float) -> None:
        """A write that already shows need not be waited for, be its answer lost or still to come: presence is proof, only absence takes time.

        What was seen once counts as told for good: if it is gone later, a person deleted it.
        """
        page = self._page
        by_operation = {row.operation: row for row in rows if row.operation is not None}
        for intent in list(page.intents.values()):
            row = by_operation.get(intent.operation)
            if row is not None and intent.kind is not IntentKind.SET_COMPONENT:
                if intent.state is IntentState.OPEN:
                    lose_write(
                        page, intent, changes, now=now
                    )  # what it set on the way is looked at when it settles
                finish_intent(page, intent, IntentState.ADOPTED, changes, now=now)
                tell_write(page, intent, row, changes, now=now)

    def take_up_unknown(self, rows: list[IncidentRow], changes: Changes, now: float) -> None:
        """Incidents of ours that the ledger does not know: the store was lost, or another replica's write is only seen here."""
        page = self._page
        places = page.places()
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
                or is_released(page, row.id)
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
            by_another_name = page.incidents_told.get(page.key(place))
            if by_another_name is not None and by_another_name.open:
                continue  # the rule had another id before, and goes on by the other identity
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
                yielded=spoken_in(
                    page,
                    episode=row.episode,
                    sequence=row.sequence,
                    created_at=row.created_at,
                    updates=len(row.updates),
                ),
                announced=row.announced,
                identified_at=row.identified_at,
            )
            page.incidents_told[row.key] = adopted
            changes.incidents_told.append(adopted)
            detail: dict[str, Fact] = {
                "incident_id": row.id,
                "status": row.status,
                **of_group(place[1]),
            }
            changes.journal.append(
                JournalEntry(now, JournalKind.OBSERVED, page.name, place[0], Reason.ADOPTED, detail)
            )
            self._adopt_components(row, changes, now)
            self.remember(adopted, now)

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
            let_go(page, component_id, changes)  # taken for a person's by a store that knew of nothing
            page.components_told[component_id] = told
            changes.components_told.append(told)

    def remember(self, told: IncidentTold, now: float) -> None:
        """Have an incident that the ledger has remembered by evaluation too."""
        self._adopt(self._remembered(told, now))

    def _remembered(self, told: IncidentTold, now: float) -> IncidentMemory:
        """What would be remembered of an incident, had it not been forgotten: that it is open, and nothing of why."""
        page = self._page
        place = page.place_now(told.place)
        rule = next(rule for rule in page.ruleset.incidents if rule.id == place[0])
        absorbed = [page.ruleset.incident_rules[one] for one in rule.absorbs]
        covered = dict.fromkeys(name for one in (rule, *absorbed) for name in one.components)
        names = {name: page.component_id(name) for name in covered}
        told_of = {
            name: page.components_told.get(component_id)
            for name, component_id in names.items()
            if component_id in told.component_ids
        }
        return IncidentMemory(
            *place,
            phase=_PHASES.get(told.status, IncidentPhase.INVESTIGATING),
            episode=told.episode,
            sequence=told.sequence,
            reason=Reason.ADOPTED,
            high_water=told.high_water,
            components=tuple(told_of),
            unproven_until=now + page.settings.prove_within,
            grouped_by=rule.group_by,
            # What they show by our doing may be without any claim, where they are lowered with the resolve.
            kept=tuple(
                (name, shown.status)
                for name, shown in told_of.items()
                if shown is not None and shown.status in CLAIMABLE
            ),
            identified_at=told.identified_at,
        )
