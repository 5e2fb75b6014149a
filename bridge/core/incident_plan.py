"""What should be told about each incident, compared with what was told. A difference that no longer exists costs nothing; what was begun and lost is settled first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.core.holds import NEVER
from bridge.core.incidents import IncidentKey, IncidentMemory, IncidentPhase
from bridge.core.intents import Intent, IntentKind, IntentState
from bridge.core.ledger import IncidentTold
from bridge.core.operations import FindIncident, Operation, ReadIncident, WriteIncident, incident_target
from bridge.core.reasons import Reason
from bridge.core.statuses import Automation, ComponentStatus, IncidentStatus, least, worst
from bridge.core.text import incident_body, incident_title

if TYPE_CHECKING:
    from bridge.core.component_plan import ComponentChange
    from bridge.core.desired import IncidentPlace
    from bridge.core.page import Page
    from bridge.core.rules import IncidentRule

NOTIFYING = frozenset({Reason.OPENED, Reason.ESCALATED, Reason.MONITORED_FOR})
"""Subscribers are told that it began, that it grew, and that it is over (users.md, "Notification hygiene")."""


@dataclass(slots=True)
class IncidentPlan:
    """What incidents need now.

    Attributes:
        operations: the next operation for each incident that needs one.
        awaited: ids of components whose change rides on a call that is only waiting for its incident to be read.
        wake_at: the instant at which this answer changes by itself.
    """

    operations: list[Operation] = field(default_factory=list)
    awaited: set[str] = field(default_factory=set)
    wake_at: float = NEVER


def plan_incidents(page: Page, changes: dict[str, ComponentChange], now: float) -> IncidentPlan:
    """Compare every incident's life with what was told of it."""
    planned = IncidentPlan()
    rules = {rule.id: rule for rule in page.ruleset.incidents}
    settling = _settling(page)
    for intent in settling.values():
        settled_at = intent.settled_at(page.settings.settle_for)
        if now < settled_at:
            planned.wake_at = min(planned.wake_at, settled_at)
        elif intent.target not in page.in_flight:
            planned.operations.append(_settle(page, intent))
    writing = {intent.target for intent in page.intents.values()}
    for place, memory in page.desired.incidents.items():
        rule = rules.get(place[0])
        target = incident_target(page.key(place))
        if rule is None or target in writing:
            continue
        operation = _next(page, rule, memory, changes, now=now)
        if isinstance(operation, ReadIncident) and page.backed_off_until(target) <= now:
            planned.awaited.update(_riding(page, rule, changes))
        if operation is not None and target not in page.in_flight:
            planned.operations.append(operation)
    return planned


def _settling(page: Page) -> dict[str, Intent]:
    """Lost writes to incidents, by target. Nothing else is said about the target before it is known what became of them."""
    return {
        intent.target: intent
        for intent in page.intents.values()
        if intent.kind is not IntentKind.SET_COMPONENT and intent.state is IntentState.UNKNOWN
    }


def _settle(page: Page, intent: Intent) -> Operation:
    key = IncidentKey(intent.target.removeprefix("incident:"))
    if intent.kind is IntentKind.CREATE_INCIDENT:
        return FindIncident(page.name, key, intent, page.searches.get(intent.operation, 1))
    return ReadIncident(page.name, intent.incident_id, key, Reason.SETTLE_UNKNOWN, intent)


def _next(
    page: Page, rule: IncidentRule, memory: IncidentMemory, changes: dict[str, ComponentChange], *, now: float
) -> Operation | None:
    if least(rule.automation, page.settings.automation_max) is not Automation.FULL:
        return None
    key = page.key((memory.rule, memory.group))
    told = page.incidents_told.get(key) or _found(page, memory)
    reason = _transition(memory, told)
    riding = _riding(page, rule, changes)
    if told is not None and told.open:
        if told.yielded or (reason is None and not _joined(page, memory, told)):
            return None
        write = _write(page, rule, memory, told, riding=riding, reason=reason)
        # What the page has refused is not verified for its own sake.
        if reason is not None and not (write is None or page.is_parked(write) or _verified(page, told, now)):
            return ReadIncident(page.name, told.incident_id, told.key)
        return write
    if reason is None:
        return None
    return _write(page, rule, memory, None, riding=riding, reason=reason)


def _found(page: Page, memory: IncidentMemory) -> IncidentTold | None:
    """An unresolved incident with our identity that the ledger does not know: the store was lost, and the group's labels were only learned now."""
    place = (memory.rule, memory.group)
    key = page.key(place)
    for observed in page.observed.incidents.values():
        if observed.key == key and observed.status is not None and observed.operation is not None:
            return IncidentTold(
                page.name,
                place,
                key,
                observed.id,
                observed.episode,
                observed.sequence,
                observed.status,
                ComponentStatus.MAJOR_OUTAGE,
                observed.component_ids,
                observed.operation,
                observed.seen_at,
                observed.update_id,
            )
    return None


def _persons(page: Page, component_ids: tuple[str, ...]) -> bool:
    """Whether a person has an incident of their own open on any of these components: then ours is not opened beside it."""
    return any(
        observed.key is None
        and observed.status is not None  # a maintenance announces; it tells of no outage
        and not set(observed.component_ids).isdisjoint(component_ids)
        for observed in page.observed.incidents.values()
    )


def _transition(memory: IncidentMemory, told: IncidentTold | None) -> Reason | None:
    """The transition that is to be told now, or None. What came and went untold is never told."""
    if told is None or not told.open:
        # A person ended it; what fires anew after all was well is told, though the episode goes on in memory.
        anew = told is not None and told.yielded and told.sequence < memory.fired_at
        newer = told is None or told.episode < memory.episode or anew
        return Reason.OPENED if memory.phase is IncidentPhase.INVESTIGATING and newer else None
    match memory.phase:
        case IncidentPhase.INVESTIGATING:
            # Growth first: what returns worse than it ever was told to be is told to subscribers.
            if told.high_water.severity < memory.high_water.severity:
                return Reason.ESCALATED
            return Reason.RETURNED if told.status is IncidentStatus.MONITORING else None
        case IncidentPhase.MONITORING:
            return None if told.status is IncidentStatus.MONITORING else Reason.RECOVERED
        case IncidentPhase.CLOSED:
            return Reason.MONITORED_FOR


def _joined(page: Page, memory: IncidentMemory, told: IncidentTold) -> bool:
    """Whether a component takes part that the incident does not list yet. A recovered incident is not changed for it."""
    if memory.phase is not IncidentPhase.INVESTIGATING:
        return False
    return not set(_component_ids(page, memory)) <= set(told.component_ids)


def _verified(page: Page, told: IncidentTold, now: float) -> bool:
    """Whether the incident was read just now and shows nothing but what we told (reliability.md, 2.). What it shows else is read once more before it counts."""
    observed = page.observed.incidents.get(told.incident_id)
    if observed is None or now - observed.verified_at > page.settings.verify_for:
        return False
    return (
        observed.operation == told.operation
        and observed.status is told.status
        and observed.update_id == told.update_id
    )


def _riding(
    page: Page, rule: IncidentRule, changes: dict[str, ComponentChange]
) -> dict[str, ComponentChange]:
    """The component changes that go with the call at no cost: those of components that the incident covers."""
    covered = {page.component_id(name) for name in rule.components}
    return {component_id: change for component_id, change in changes.items() if component_id in covered}


def _write(
    page: Page,
    rule: IncidentRule,
    memory: IncidentMemory,
    told: IncidentTold | None,
    *,
    riding: dict[str, ComponentChange],
    reason: Reason | None,
) -> WriteIncident | None:
    component_ids = _component_ids(page, memory)
    if told is None and not component_ids:
        return None  # nothing that it covers is bound: an incident about nothing helps nobody
    if told is None and _persons(page, component_ids):
        return None
    if told is not None:
        listed = (*told.component_ids, *component_ids)
        # One that was deleted meanwhile would have the whole call refused.
        component_ids = tuple(dict.fromkeys(one for one in listed if one in page.observed.components))
    place: IncidentPlace = (memory.rule, memory.group)
    return WriteIncident(
        page=page.name,
        place=place,
        key=page.key(place),
        incident_id=told.incident_id if told is not None else "",
        episode=memory.episode,
        sequence=memory.sequence,
        name=incident_title(rule),
        status=memory.phase.status if reason is not None else None,
        body=incident_body(rule, reason, _display_names(page, component_ids)) if reason is not None else "",
        component_ids=component_ids,
        components=tuple((component_id, change.status) for component_id, change in riding.items()),
        shown=_shown(page, component_ids, riding),
        high_water=_high_water(memory, told, reason),
        notify=reason in NOTIFYING,
        reason=reason or Reason.JOINED,
    )


def _high_water(memory: IncidentMemory, told: IncidentTold | None, reason: Reason | None) -> ComponentStatus:
    """The worst status of which subscribers were told, once this is written: a quiet update tells nobody of a growth."""
    if told is None:
        return memory.high_water
    return worst((memory.high_water, told.high_water)) if reason in NOTIFYING else told.high_water


def _shown(
    page: Page, component_ids: tuple[str, ...], riding: dict[str, ComponentChange]
) -> tuple[tuple[str, ComponentStatus], ...]:
    """What the listed components show by our doing after this write. `operational` is nobody's doing."""
    told = {component_id: told.status for component_id, told in page.components_told.items()}
    told |= {component_id: change.status for component_id, change in riding.items()}
    return tuple(
        (component_id, told[component_id])
        for component_id in component_ids
        if told.get(component_id, ComponentStatus.OPERATIONAL) is not ComponentStatus.OPERATIONAL
    )


def _component_ids(page: Page, memory: IncidentMemory) -> tuple[str, ...]:
    ids = (page.component_id(name) for name in memory.components)
    return tuple(dict.fromkeys(component_id for component_id in ids if component_id is not None))


def _display_names(page: Page, component_ids: tuple[str, ...]) -> tuple[str, ...]:
    components = page.observed.components
    return tuple(
        components[component_id].display_name for component_id in component_ids if component_id in components
    )
