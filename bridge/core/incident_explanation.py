"""Why an incident is as it is: from the claims on what it covers over its life in memory to what was told, and what stands between.

The same for incidents as `bridge.core.explanation` for components: reads what evaluation and plan look at, and decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bridge.core.absorption import absorbed_by, with_absorbed
from bridge.core.coverage import coverage_of
from bridge.core.drafts import DraftState, drafts_by_place
from bridge.core.explanation import next_operations
from bridge.core.holds import NEVER
from bridge.core.incident_components import component_ids_of
from bridge.core.incident_plan import NOTIFIES, WORSENING
from bridge.core.incidents import Coverage, IncidentMemory, IncidentPhase, Level, incident_due_at, level_in
from bridge.core.maintenance import held_components
from bridge.core.notifications import is_silenced, notifications_left
from bridge.core.obstacles import (
    Obstacle,
    blast_obstacle,
    draft_obstacle,
    maintenance_obstacle,
    page_obstacles,
    persons_obstacle,
    target_obstacles,
)
from bridge.core.operations import WriteIncident, incident_target
from bridge.core.people import orphaned_components, orphans
from bridge.core.reasons import Reason
from bridge.core.regrouping import telling_rule
from bridge.core.statuses import Automation, ComponentStatus, least
from bridge.core.transitions import due
from bridge.core.under_way import writes_under_way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.desired import IncidentPlace
    from bridge.core.drafts import Draft
    from bridge.core.ledger import IncidentTold
    from bridge.core.operations import Operation
    from bridge.core.page import Page
    from bridge.core.rules import ComponentName, IncidentRule
    from bridge.core.state import State
    from bridge.core.under_way import UnderWay


@dataclass(frozen=True, slots=True)
class IncidentAccount:
    """An incident.

    Attributes:
        place: its rule and group labels.
        rule: as it tells of it now; None where it is gone, or groups otherwise since.
        memory: where its life stands.
        level: of what it covers, against its thresholds.
        worst: the worst claim on what it covers.
        raising: the components that are claimed worse than `close_at`.
        unknown: not everything that it covers is known, so its clock stands still.
        spared: something that it covers is true and may not be claimed, because of a maintenance.
        due_at: our clock; when it moves by itself. Infinity for never.
        told: what was told last in it; None for nothing.
        to_tell: the transition that would be told now; None for none.
        draft: of it, if there is one.
        obstacles: why that is not told; empty where nothing stands between.
        next: the operation of the next plan about it.
        under_way: what was begun and has not ended.
    """

    place: IncidentPlace
    rule: IncidentRule | None
    memory: IncidentMemory
    level: Level
    worst: ComponentStatus
    raising: tuple[ComponentName, ...]
    unknown: bool
    spared: bool
    due_at: float
    told: IncidentTold | None
    to_tell: Reason | None
    draft: Draft | None
    obstacles: tuple[Obstacle, ...]
    next: Operation | None
    under_way: tuple[UnderWay, ...]

    @property
    def shadow(self) -> bool:
        """Whether nothing of it is ever told."""
        return self.rule is not None and self.rule.automation.level < Automation.DRAFT.level


def explain_incident(state: State, page: Page, place: IncidentPlace, now: float) -> IncidentAccount:
    """Why an incident is as it is. Cost: the claims on what it covers, and a plan."""
    memory = state.memory.incidents.get(place) or IncidentMemory(*place)
    rule = telling_rule(state.incident_rules, place, state.memory.incidents.get(place))
    told, to_tell = due(page, memory)
    draft = drafts_by_place(page).get(place)
    target = incident_target(page.key(place))
    coverage = (
        _coverage(state, rule, place)
        if rule is not None
        else Coverage(ComponentStatus.OPERATIONAL, (), blind=False)
    )
    following = next_operations(page, now).get(target)
    obstacles = _Obstacles(state, page, rule, memory, told, to_tell, draft, coverage.blind, now)
    return IncidentAccount(
        place,
        rule,
        memory,
        level_in(coverage, rule) if rule is not None else Level.RECOVERED,
        coverage.worst,
        coverage.raised,
        coverage.blind,
        coverage.spared,
        incident_due_at(memory, rule) if rule is not None else NEVER,
        told,
        to_tell,
        draft,
        tuple(dict.fromkeys(obstacles.found(ready=isinstance(following, WriteIncident)))),
        following,
        tuple(writes_under_way(page, target)),
    )


def _coverage(state: State, rule: IncidentRule, place: IncidentPlace) -> Coverage:
    """What it covers, with what it absorbed, as its life is judged."""
    own = coverage_of(state, rule, place[1])
    if not rule.absorbs:
        return own
    others = state.absorption.of(place, state.memory.incidents)
    return with_absorbed(own, rule, others, coverage=partial(coverage_of, state), rules=state.incident_rules)


@dataclass(frozen=True, slots=True)
class _Obstacles:
    """What stands between an incident's life and what is told of it, as the plan asks."""

    state: State
    page: Page
    rule: IncidentRule | None
    memory: IncidentMemory
    told: IncidentTold | None
    to_tell: Reason | None
    draft: Draft | None
    blind: bool
    now: float

    def found(self, *, ready: bool) -> Iterator[Obstacle]:
        """All of them. With `ready`, the next plan writes to it: then only what changes how."""
        page, rule, told = self.page, self.rule, self.told
        target = incident_target(page.key((self.memory.rule, self.memory.group)))
        yield from page_obstacles(page)
        yield from self._levels()
        if self._discarded is not None:
            yield draft_obstacle(page, self._discarded, rule)
        elif told is not None and told.yielded and self._lives:
            remedy = f"bridge adopt {told.incident_id} --page {page.name}" if told.open else ""
            yield Obstacle(Reason.YIELDED, told.incident_id, "a person on the page", remedy=remedy)
        if not ready and rule is not None:
            yield from self._of_the_beginning(rule)
            yield from self._of_worsening(rule)
        if self.blind and self._lives:
            held = any(name in page.desired.held for name in self.memory.components)
            yield blast_obstacle(page) if held else Obstacle(Reason.SOURCE_BLIND)
        if self._mutes:
            yield Obstacle(Reason.SILENCED)
        yield from target_obstacles(page, target, self.now)

    @property
    def _lives(self) -> bool:
        return self.memory.phase is not IncidentPhase.CLOSED or (self.told is not None and self.told.open)

    @property
    def _discarded(self) -> Draft | None:
        """The draft of this episode, if a person discarded it."""
        draft = self.draft
        if draft is None or draft.state is not DraftState.DISCARDED or draft.episode != self.memory.episode:
            return None
        return draft

    @property
    def _begins(self) -> bool:
        """Whether what is to be told is a beginning."""
        going_on = self.told is not None and self.told.open
        return self.to_tell is Reason.REOPENED or (self.to_tell is Reason.OPENED and not going_on)

    @property
    def _mutes(self) -> bool:
        """Whether mails that would go out do not, because the page's are used up."""
        if self.to_tell is None or self.rule is None:
            return is_silenced(self.page, self.told) and self._lives
        mailed = self._begins or NOTIFIES.get(self.to_tell) in self.rule.notify
        return mailed and notifications_left(self.page, self.now) == 0

    def _levels(self) -> Iterator[Obstacle]:
        """What may be done by itself."""
        page, rule = self.page, self.rule
        if rule is None:
            if any(one.place == (self.memory.rule, self.memory.group) for one in orphans(page)):
                yield Obstacle(Reason.UNBOUND, remedy=_adoption(page, self.told))
            return
        level = least(rule.automation, page.automation_max)
        if rule.automation.level < Automation.DRAFT.level:
            yield Obstacle(Reason.SHADOW, rule.automation)
        elif level is Automation.STATUSES:
            yield Obstacle(Reason.SHADOW, level)

    def _of_the_beginning(self, rule: IncidentRule) -> Iterator[Obstacle]:
        if not self._begins:
            return
        page, memory, draft = self.page, self.memory, self.draft
        by = absorbed_by(page.ruleset, memory)
        if by is not None:
            yield Obstacle(Reason.ABSORBED, said_place(by))
        if (memory.rule, memory.group) in page.desired.unclaimed:
            yield Obstacle(Reason.RECOVERED)
        if draft is not None and draft.episode == memory.episode:
            yield draft_obstacle(page, draft, rule)
        ids = frozenset(component_ids_of(page, memory, rule.components))
        if not ids and page.observed.complete:
            yield Obstacle(Reason.UNBOUND, ", ".join(memory.components or rule.components))
        persons = persons_obstacle(page, ids)
        if persons.about:
            yield persons
        if not orphaned_components(page).isdisjoint(ids):
            others = [one.incident_id for one in orphans(page) if not ids.isdisjoint(one.component_ids)]
            yield Obstacle(Reason.UNBOUND, ", ".join(others))
        if page.observed.identifying:
            yield Obstacle(Reason.READ_OBSERVED, "to whom the unresolved incidents of the page belong")

    def _of_worsening(self, rule: IncidentRule) -> Iterator[Obstacle]:
        page, memory = self.page, self.memory
        recovers = self.to_tell in {Reason.RECOVERED, Reason.MONITORED_FOR}
        if recovers and page.desired.is_broken((*rule.components, *memory.components)):
            yield Obstacle(Reason.MAINTAINED)
        if self.to_tell not in WORSENING:
            return
        ids = frozenset(component_ids_of(page, memory, rule.components if self._begins else None))
        if not page.observed.maintained:
            yield Obstacle(Reason.READ_OBSERVED, "the maintenances")
        if ids and ids & held_components(page, self.now):
            yield maintenance_obstacle(page, ids, self.now)


def _adoption(page: Page, told: IncidentTold | None) -> str:
    if told is None or not told.open:
        return ""
    return f"bridge adopt {told.incident_id} --as RULE --page {page.name}"


def said_place(place: IncidentPlace) -> str:
    """An incident as a person names it: its rule, and its group in braces."""
    rule, group = place
    return f"{rule}{group!r}" if group else rule
