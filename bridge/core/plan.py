"""The plan: the whole difference between what the page should be and what it is, as ordered operations.

It is made anew for each slot that the budget grants, and only its first operation is sent: there is no queue, so nothing sent is ever stale. Before everything has been read
once, the plan holds nothing but reads; before it is known to be the right page, nothing but that question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.component_plan import component_changes, without_held
from bridge.core.holds import NEVER
from bridge.core.incident_plan import plan_incidents
from bridge.core.incident_templates import names_templates
from bridge.core.maintenance import holds_until, look_at
from bridge.core.maintenance_plan import plan_maintenances
from bridge.core.notifications import is_silenced
from bridge.core.observed import MAINTENANCES, ListKind
from bridge.core.operations import (
    DraftPostmortem,
    IdentifyIncident,
    Operation,
    PushPoints,
    ReadList,
    ReadPage,
    ReadPostmortem,
    SetComponent,
    WriteIncident,
    WriteMaintenance,
    list_target,
    page_target,
    points_target,
)
from bridge.core.points import GRID
from bridge.core.postmortems import plan_postmortems
from bridge.core.reasons import Reason
from bridge.core.statuses import Automation

if TYPE_CHECKING:
    from bridge.core.page import Page

GAP = 300.0
"""Seconds after which a metric without a point shows a gap (quick reference, "Constraints")."""

SELDOM_READ = (*MAINTENANCES, ListKind.METRICS, ListKind.TEMPLATES)

READ_ANEW = (ListKind.COMPONENTS, ListKind.UNRESOLVED, *MAINTENANCES)
"""What is read anew for whoever asks what would be sent now; names of metrics and templates change seldom."""

URGENT_BEFORE_GAP = 60.0

LOOK_AGAIN = 10.0
"""Seconds after which a list is read again that does not show what we created yet: its announcement waits for that."""

POINTS_PER_CALL = 3000

AGEING = 60.0
"""Seconds of waiting that outweigh one step of severity among component changes (design.md: "worst first, ageing so that none starves")."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What should be sent, first things first, and the instant at which this answer changes by itself.

    Attributes:
        operations: what should be sent.
        wake_at: that instant.
        parked: what would be sent, had the page not refused exactly that.
    """

    operations: tuple[Operation, ...]
    wake_at: float
    parked: tuple[Operation, ...] = ()


def plan(page: Page, now: float) -> Plan:
    """Compare one page's desired with its observed state. Cost: the page's components and incidents."""
    if not page.identified:
        return _ask_for_identity(page, now)
    reads, read_at = _reads(page, now)
    names = [
        operation
        for operation in (IdentifyIncident(page.name, one) for one in page.observed.unidentified)
        if operation.target not in page.in_flight
    ]
    if not page.observed.complete:
        ready = [one for one in names if page.backed_off_until(one.target) <= now]
        waits = [page.backed_off_until(one.target) for one in names if one not in ready]
        return Plan((*reads, *ready), min((read_at, *waits)))
    changes = (
        without_held(page, component_changes(page, now))
        if page.automation_max.level >= Automation.STATUSES.level
        else {}
    )
    incidents = plan_incidents(page, changes, now)
    maintenances = plan_maintenances(page, now)
    points, points_at = (
        _points(page, now + page.clock_offset)
        if page.automation_max is not Automation.SHADOW
        else ([], NEVER)
    )
    postmortems, postmortems_at = plan_postmortems(page, now)
    alone: list[Operation] = [*names, *maintenances.operations, *points, *postmortems]
    if not (changes or incidents.operations or alone):  # most plans: nothing differs
        quiet_until = min(
            read_at,
            incidents.wake_at,
            maintenances.wake_at,
            points_at - page.clock_offset,
            postmortems_at,
            _component_wake(page, now),
        )
        return Plan(tuple(reads), quiet_until)
    # What the page has refused twice is not sent, and what failed just now waits; nothing waits to ride on either.
    telling = [operation for operation in incidents.operations if not page.is_parked(operation)]
    riding = {
        part.component_id
        for write in telling
        if isinstance(write, WriteIncident) and page.backed_off_until(write.target) <= now
        for part in write.parts
    }
    components = [
        SetComponent(page.name, change.component_id, change.status, change.reason)
        for change in changes.values()
        if change.component_id not in riding | incidents.awaited
    ]
    alone = [*names, *components, *maintenances.operations, *points, *postmortems]
    silent = [operation for operation in alone if not page.is_parked(operation)]
    held = {operation.target: page.backed_off_until(operation.target) for operation in (*telling, *silent)}
    operations = sorted(
        [*reads, *(operation for operation in (*telling, *silent) if held[operation.target] <= now)],
        key=lambda operation: _rank(operation, page, now),
    )
    held_at = min((until for until in held.values() if until > now), default=NEVER)
    wakes = (
        read_at,
        incidents.wake_at,
        maintenances.wake_at,
        points_at - page.clock_offset,
        postmortems_at,
        held_at,
        _component_wake(page, now),
    )
    parked = tuple(operation for operation in (*incidents.operations, *alone) if page.is_parked(operation))
    return Plan(tuple(operations), min(wakes), parked)


def _ask_for_identity(page: Page, now: float) -> Plan:
    """Nothing of another page is even read: what its lists lack would be taken for a person's deletion. It is asked again and again, because whatever lies behind the address may be put right."""
    target = page_target(page.name)
    if target in page.in_flight:
        return Plan((), NEVER)
    asked_at = page.seen.at + page.settings.read_every if page.seen is not None else 0.0
    due_at = max(asked_at, page.backed_off_until(target))
    return Plan((), due_at) if due_at > now else Plan((ReadPage(page.name),), NEVER)


def _reads(page: Page, now: float) -> tuple[list[ReadList], float]:
    reads = []
    wake_at = NEVER
    for kind, listing in page.observed.listings.items():
        target = list_target(page.name, kind)
        due_at = max(_due_at(page, kind, now), page.backed_off_until(target))
        if due_at > now:
            wake_at = min(wake_at, due_at)
        elif target not in page.in_flight:
            reads.append(ReadList(page.name, kind, listing.next_page))
    return reads, wake_at


def _due_at(page: Page, kind: ListKind, now: float) -> float:
    listing = page.observed.listings[kind]
    unwanted = kind is ListKind.TEMPLATES and not names_templates(page)
    # An incident is adopted with what it set, and that needs the components.
    early = kind is ListKind.UNRESOLVED and page.observed.listings[ListKind.COMPONENTS].complete_at is None
    if unwanted or early:
        return NEVER
    anew = kind in READ_ANEW and (listing.complete_at or 0.0) < page.read_anew_from
    if listing.complete_at is None or listing.began_at is not None or anew:
        return now
    if kind in SELDOM_READ:
        announced = kind in MAINTENANCES
        every = page.settings.maintenances_every if announced else page.settings.metrics_every
        return min(listing.complete_at + every, look_at(page, kind, listing.complete_at))
    due_at = listing.complete_at + page.settings.read_every
    if kind is ListKind.COMPONENTS:
        disputed = (
            one.read_at + page.settings.lists_lag for one in page.observed.components.values() if one.disputed
        )
        due_at = min(due_at, min(disputed, default=NEVER))
    if kind is ListKind.COMPONENTS and any(
        told.unsettled_until is not None and told.told_at > listing.complete_at
        for told in page.components_told.values()
    ):
        return now  # a write was lost: nothing more is written to its component before it was looked at
    if kind is ListKind.UNRESOLVED:
        return min(_announced_by(page, listing.complete_at), listing.complete_at + page.settings.read_every)
    return due_at


def _announced_by(page: Page, listed_at: float) -> float:
    """When the list has to be read next, so that what was created silently is seen to be alone and announced."""
    due_at = NEVER
    for told in page.incidents_told.values():
        if told.announced or not told.open or told.yielded or is_silenced(page, told):
            continue
        if told.told_at >= listed_at:
            return listed_at
        observed = page.observed.incidents.get(told.incident_id)
        if observed is None or observed.read_at < listed_at:
            due_at = listed_at + LOOK_AGAIN
    return due_at


def _component_wake(page: Page, now: float) -> float:
    """When what may be written to components changes by itself."""
    wake_at = holds_until(page, now)
    for told in page.components_told.values():
        if told.unsettled_until is not None and told.unsettled_until > now:
            wake_at = min(wake_at, told.unsettled_until)
    for taken in page.taken.values():
        if taken.until is not None and taken.until > now:
            wake_at = min(wake_at, taken.until)
    return wake_at


def _points(page: Page, now: float) -> tuple[list[PushPoints], float]:
    if not page.ruleset.metrics or points_target(page.name) in page.in_flight:
        return [], NEVER
    found = []
    room = POINTS_PER_CALL
    oldest = NEVER
    over_at = NEVER
    for rule in page.ruleset.metrics:
        metric_id = page.metric_id(rule.metric)
        if metric_id is None or room <= 0:
            continue
        unsent = page.points.unsent(rule.series, now)[:room]
        opened = page.points.next_over(rule.series, now)
        if opened is not None:
            over_at = min(over_at, opened + max(page.settings.push_every, GRID / 2))
        if unsent:
            found.append((metric_id, rule.series, tuple(unsent)))
            oldest = min(oldest, unsent[0][0])
            room -= len(unsent)
    due_at = oldest + page.settings.push_every
    if not found or due_at > now:
        return [], min(due_at, over_at)
    return [PushPoints(page.name, tuple(found))], NEVER


def _rank(operation: Operation, page: Page, now: float) -> tuple[int, float]:
    """What comes first: an incident that opens or grows and the reads it needs, then resolves, reads, components worst first, points.

    A component's change is overtaken by a worse one that began to wait at most `AGEING` later for each step of severity, and by no other: so none starves.
    """
    match operation:
        case WriteIncident():
            urgent = {Reason.OPENED, Reason.REOPENED, Reason.ESCALATED}
            return (0 if operation.reason in urgent else 1), operation.episode
        case ReadPage() | ReadList() | IdentifyIncident():
            # What people announce is read after what they did.
            return 2, float(isinstance(operation, ReadList) and operation.kind in MAINTENANCES)
        case SetComponent():
            since = page.waiting_since.get(operation.target, now)
            return 3, since - AGEING * operation.status.severity
        case PushPoints():
            oldest = min(points[0][0] for _, _, points in operation.points)
            # Even where a gap is near, what opens or grows comes first.
            return (1 if now + page.clock_offset - oldest > GAP - URGENT_BEFORE_GAP else 4), 0.0
        case WriteMaintenance() | ReadPostmortem() | DraftPostmortem():
            # A maintenance's times are known long before; only what takes longer has little time. A draft has all the time.
            return {Reason.OVERRUN: 2, Reason.POSTMORTEM_DUE: 5}.get(operation.reason, 3), now
        case _:
            return 0, 0.0
